package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/odds"
)

// same are elements that one name or one value can be; which of them, only a
// reader of the whole table can tell.
var same = [][]dataspace.ElementID{
	{"mobile_cn", "phone_intl"}, {"cn_passport", "passport_other"}, {"postal_address_zh", "postal_address_latin"},
	{"person_name_zh", "person_name_latin", "legal_rep", "insured_party", "family_member", "former_nickname"},
	{"username_account", "membership", "im_account", "bank_account"}, {"timestamp", "date_of_birth"},
	{"nationality", "coarse_region", "native_place"}, {"courier_waybill", "order_no", "bill_of_lading"},
	{"amount", "salary_income", "price_cost", "premium_amount", "transaction_personal"},
}

// right reports whether an element that was found is that of the column, or one
// that the name does not tell apart from it.
func right(known *element.Taxonomy, c *column, found *odds.Candidate) bool {
	if found == nil {
		return c.element == ""
	}
	id := found.Element.ID
	if c.element == "" {
		return found.Element.Personal == element.PersonalNo && found.Element.Group == "generic" // a date or an amount may be found in any column
	}
	if id == c.element {
		return true
	}
	if c.element == "date_of_birth" || id == "date_of_birth" || c.element == "salary_income" || id == "salary_income" {
		return !named(c) && id == neutral[c.element] // without a name, a date is a date
	}
	return slices.ContainsFunc(same, func(group []dataspace.ElementID) bool {
		return slices.Contains(group, id) && slices.Contains(group, c.element)
	})
}

// neutral is what the values of an element are without a name.
var neutral = map[dataspace.ElementID]dataspace.ElementID{"date_of_birth": "timestamp", "salary_income": "amount"}

func named(c *column) bool { return c.style != "none" && c.style != "wrong" }

// judged is one column with what was found.
type judged struct {
	*column
	p        float64
	found    bool
	accepted bool
	right    bool
}

// judgeAll scores tables with numbers.
func judgeAll(tables [][]column, n *odds.Numbers) []judged {
	known := element.Builtin()
	model := odds.New(known, n)
	var out []judged
	for _, t := range tables {
		counted := make([]*odds.Column, len(t))
		for i := range t {
			counted[i] = t[i].counted
		}
		for i, s := range model.Table(counted) {
			j := judged{column: &t[i], p: s.None, found: s.Best != nil, accepted: s.Band == dataspace.BandAccept, right: right(known, &t[i], s.Best)}
			if s.Best != nil {
				j.p = s.Best.P
			}
			j.p = min(j.p, .99)
			out = append(out, j)
		}
	}
	return out
}

// figures are the sums of a part of the columns.
type figures struct {
	n, elements, found, hit, accepted, acceptedRight int
	error                                            float64
}

func sum(list []judged) figures {
	f := figures{n: len(list)}
	var said, was [10]float64
	for i := range list {
		j := &list[i]
		at := min(9, int(j.p*10))
		said[at] += j.p
		if j.right {
			was[at]++
		}
		if j.element != "" {
			f.elements++
			if j.found && j.right {
				f.hit++
			}
		}
		if j.found && !(j.element == "" && j.right) {
			f.found++
		}
		if j.accepted && !(j.element == "" && j.right) {
			f.accepted++
			if j.right {
				f.acceptedRight++
			}
		}
	}
	for i := range said {
		f.error += math.Abs(said[i] - was[i])
	}
	f.error /= math.Max(1, float64(f.n))
	return f
}

// row prints the figures: precision and recall of what is found, F1, expected
// calibration error, the share of accepted columns that are right, and of the
// found that are accepted.
func (f figures) row(w io.Writer, name string) {
	share := func(a, b int) float64 { return float64(a) / math.Max(1, float64(b)) }
	p, r := share(f.hit, f.found), share(f.hit, f.elements)
	f1 := 2 * p * r / math.Max(1e-9, p+r)
	fmt.Fprintf(w, "| %s | %d | %d | %.3f | %.3f | %.3f | %.3f | %.3f | %.3f |\n", name, f.n, f.elements, p, r, f1, f.error, share(f.acceptedRight, f.accepted), share(f.acceptedRight, f.hit))
}

const head = "| columns | n | of an element | precision | recall | F1 | ECE | accepted right | accepted of found |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n"

// report prints the table of figures: all, by style and script of names, and by
// group of elements.
func report(w io.Writer, list []judged) {
	known := element.Builtin()
	fmt.Fprint(w, head)
	sum(list).row(w, "all")
	parts := func(title string, of func(j *judged) string) {
		groups := map[string][]judged{}
		var names []string
		for i := range list {
			k := of(&list[i])
			if groups[k] == nil {
				names = append(names, k)
			}
			groups[k] = append(groups[k], list[i])
		}
		slices.SortFunc(names, cmp.Compare[string])
		for _, k := range names {
			if k != "" {
				sum(groups[k]).row(w, title+k)
			}
		}
	}
	parts("names: ", func(j *judged) string { return j.style })
	parts("script: ", func(j *judged) string { return j.script })
	parts("group: ", func(j *judged) string {
		if j.element == "" {
			return "none"
		}
		e, _ := known.Lookup(j.element)
		return e.Group
	})
}
