package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"hutong/internal/dataspace"
)

// part is what a mixed column has a share of.
type part struct {
	ids   []dataspace.ElementID
	value func(maker) string
	// weak says that one in ten to one in thirty values of the same form passes the check, so that
	// few of them among many such values cannot be told from chance.
	weak bool
	rest func(maker) string // other values of the same form
}

func parts() map[string]part {
	return map[string]part{
		"cn_resident_id": {is("cn_resident_id").ids, resident, false, func(m maker) string { return m.digits(18) }},
		"bank_card":      {is("bank_card").ids, card, true, func(m maker) string { return m.digits(16) }},
		"iban":           {is("iban").ids, iban, false, func(m maker) string { return "DE" + m.digits(20) }},
		"uscc":           {is("uscc").ids, socialCredit, true, func(m maker) string { return "91" + m.digits(6) + m.from(alphanumeric, 10) }},
		"hkid":           {is("hkid").ids, hongKong, true, func(m maker) string { return m.from(upperLetters, 1) + m.digits(7) }},
		"tw_national_id": {is("tw_national_id").ids, func(m maker) string { return taiwan(m, m.one("1", "2")) }, true, func(m maker) string { return m.from(upperLetters, 1) + m.digits(9) }},
		"sg_nric_fin":    {is("sg_nric_fin").ids, singapore, true, func(m maker) string { return "S" + m.digits(7) + m.from(upperLetters, 1) }},
		"mobile_cn":      {is("mobile_cn", "phone_intl").ids, maker.mobile, true, func(m maker) string { return "9" + m.digits(10) }},
		"imei_meid":      {is("imei_meid").ids, imei, true, func(m maker) string { return m.digits(15) }},
		"email":          {is("email").ids, maker.email, false, func(m maker) string { return m.from("abcdefghij", 8) }},
	}
}

// fillers are what the rest of a mixed column has.
var fillers = map[string]func(maker) string{
	"notes":         maker.sentence,
	"small numbers": func(m maker) string { return fmt.Sprint(m.IntN(5000)) },
	"order numbers": func(m maker) string { return "2025" + m.digits(9) },
	"codes":         func(m maker) string { return m.from(upperLetters, 2) + "-" + m.digits(5) },
}

const (
	same    = "same form"
	mixRows = 4000
)

// mixed measures whether a part of a column is missed, and whether the order of
// the rows changes what is said of it. A part counts if chance cannot explain
// it: twenty values of another form than the rest, or of the same form where
// the check is strong or the part is a tenth.
func mixed(ctx context.Context, b *bench, r *report) error {
	r.generated("columns of %d values, parts of 20, 400 and 2,000 values", mixRows)
	all := parts()
	missed, columns, differ := 0, 0, 0
	r.Head = []string{"part", "columns", "missed", "order matters"}
	for _, name := range sorted(all) {
		p := all[name]
		n, m, d := 0, 0, 0
		for _, rest := range append(sorted(fillers), same) {
			for _, size := range []int{20, 400, 2000} {
				if rest == same && p.weak && size < mixRows/10 {
					continue
				}
				found, stable, says, err := b.mix(ctx, p, rest, size)
				if err != nil {
					return err
				}
				n++
				if !found {
					m++
					r.wrong("%d of %s among %s: %s", size, name, rest, says)
				}
				if !stable {
					d++
					r.wrong("%d of %s among %s: the order of the rows matters", size, name, rest)
				}
			}
		}
		r.Rows = append(r.Rows, []string{name, fmt.Sprint(n), fmt.Sprint(m), fmt.Sprint(d)})
		columns, missed, differ = columns+n, missed+m, differ+d
	}
	r.atMost(0, "parts that are missed", float64(missed), outOf(missed, columns))
	r.atMost(0, "verdicts that depend on the order of rows", float64(differ), outOf(differ, columns))
	return nil
}

// mix profiles one mixed column in five orders.
func (b *bench) mix(ctx context.Context, p part, rest string, size int) (found, stable bool, says string, err error) {
	m := newMaker("mixed "+rest+string(p.ids[0]), size)
	filler := fillers[rest]
	if rest == same {
		filler = p.rest
	}
	values := append(many(size, func() string { return p.value(m) }), many(mixRows-size, func() string { return filler(m) })...)
	orders := []func(){
		func() {}, // the part comes first
		func() { slices.Reverse(values) },
		func() { slices.Sort(values) },
		func() { slices.SortFunc(values, func(a, b string) int { return -cmp.Compare(a, b) }) },
		func() { m.Shuffle(len(values), func(i, j int) { values[i], values[j] = values[j], values[i] }) },
	}
	found, stable = true, true
	var first string
	for i, order := range orders {
		order()
		cs, err := b.columns(ctx, []column{{name: "v", values: values}})
		if err != nil {
			return false, false, "", err
		}
		raw, err := json.Marshal(cs[0])
		if err != nil {
			return false, false, "", err
		}
		if i == 0 {
			first = string(raw)
		}
		stable = stable && first == string(raw)
		if !tells(cs[0], p.ids) {
			found, says = false, named(cs[0])
		}
	}
	return found, stable, says, nil
}

// tells reports whether a profile says that an element is in the column, as the
// whole, as a part, or as a question to a person.
func tells(c dataspace.ColumnProfile, ids []dataspace.ElementID) bool {
	if c.Element != nil && slices.Contains(ids, *c.Element) {
		return true
	}
	return slices.ContainsFunc(c.Contains, func(in dataspace.Contained) bool { return slices.Contains(ids, in.Element) })
}

func sorted[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.SortFunc(out, strings.Compare)
	return out
}
