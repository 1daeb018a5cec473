package main

import (
	"context"
	"fmt"
	"strings"

	"hutong/internal/dataspace"
)

// kind is a kind of number with a check or a form.
type kind struct {
	name string
	ids  []dataspace.ElementID
	make func(maker) string
	// shape makes values of the same form without the check. It is nil for a kind
	// that only its form proves.
	shape func(maker) string
	// oracle is the module of python-stdnum that checks the values.
	oracle string
}

// kindsWith are the kinds that are measured.
func kindsWith() []kind {
	d := func(n int) func(maker) string { return func(m maker) string { return m.digits(n) } }
	id := func(s string) []dataspace.ElementID { return is(dataspace.ElementID(s)).ids }
	europe := id("eu_uk_national_id")
	return []kind{
		{"resident number", id("cn_resident_id"), resident, d(18), "cn.ric"},
		{"residence permit", id("cn_gat_residence_permit"), residencePermit, func(m maker) string { return m.one("810000", "820000", "830000") + m.digits(12) }, ""},
		{"permanent residence card", id("cn_foreigner_pr_card"), permanentResident, func(m maker) string { return "9" + m.digits(17) }, ""},
		{"Hong Kong identity card", id("hkid"), hongKong, func(m maker) string { return m.from(upperLetters, 1) + m.digits(7) }, ""},
		{"the same with brackets", id("hkid"), func(m maker) string { return bracketed(hongKong(m), "") }, nil, ""},
		{"the same with a space", id("hkid"), func(m maker) string { return bracketed(hongKong(m), " ") }, nil, ""},
		{"Taiwan national number", id("tw_national_id"), func(m maker) string { return taiwan(m, m.one("1", "2")) }, func(m maker) string { return m.from(upperLetters, 1) + m.digits(9) }, ""},
		{"Taiwan resident, since 2021", id("tw_national_id"), func(m maker) string { return taiwan(m, m.one("8", "9")) }, nil, ""},
		{"Taiwan resident, before", id("tw_national_id"), func(m maker) string { return taiwan(m, m.one("A", "B", "C", "D")) }, func(m maker) string { return m.from(upperLetters, 2) + m.digits(8) }, ""},
		{"Macau identity card, with brackets", id("macau_bir"), func(m maker) string { return bracketed(macau(m), "") }, nil, ""},
		{"Singapore NRIC and FIN", id("sg_nric_fin"), singapore, func(m maker) string {
			return m.from("STFGM", 1) + m.digits(7) + m.from(upperLetters, 1)
		}, ""},
		{"US social security number", id("us_ssn"), ssn, nil, "us.ssn"},
		{"Korean registration number", id("kr_jp_id"), korean, func(m maker) string { return m.digits(6) + "-" + m.digits(7) }, "kr.rrn"},
		{"Japanese My Number", id("kr_jp_id"), japanese, d(12), ""},
		{"Dutch BSN", europe, dutch, d(9), "nl.bsn"},
		{"Spanish DNI", europe, spanish, func(m maker) string { return m.digits(8) + m.from(upperLetters, 1) }, "es.dni"},
		{"Polish PESEL", europe, polish, d(11), "pl.pesel"},
		{"NHS number", europe, healthService, func(m maker) string { return m.digits(3) + " " + m.digits(3) + " " + m.digits(4) }, "gb.nhs"},
		{"Italian codice fiscale", europe, italian, nil, "it.codicefiscale"},
		{"Swedish personnummer", europe, swedish, func(m maker) string { return m.digits(6) + "-" + m.digits(4) }, "se.personnummer"},
		{"German tax number", europe, german, nil, "de.idnr"},
		{"French NIR", europe, french, d(15), "fr.nir"},
		{"payment card", id("bank_card"), card, d(16), "luhn"},
		{"payment card in fours", id("bank_card"), func(m maker) string { return inFours(card(m), " ") }, func(m maker) string { return inFours(m.digits(16), " ") }, "luhn"},
		{"IBAN", id("iban"), iban, func(m maker) string { return "DE" + m.digits(20) }, "iban"},
		{"IBAN in fours", id("iban"), func(m maker) string { return inFours(iban(m), " ") }, nil, "iban"},
		{"IMEI", id("imei_meid"), imei, d(15), "imei"},
		{"ICCID", id("imsi_iccid"), iccid, func(m maker) string { return "89" + m.digits(17) }, "luhn"},
		{"IMSI", id("imsi_iccid"), imsi, nil, "imsi"},
		{"vehicle number", id("vin"), vin, func(m maker) string { return m.from("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", 17) }, ""},
		{"social credit code", id("uscc"), socialCredit, func(m maker) string { return "91" + m.digits(6) + m.from(alphanumeric, 10) }, "cn.uscc"},
		{"LEI", id("tax_reg_other"), lei, func(m maker) string { return m.from(alphanumeric, 18) + m.digits(2) }, "lei"},
		{"IMO number", id("imo_number"), func(m maker) string { return "IMO" + imo(m) }, func(m maker) string { return "IMO" + m.digits(7) }, "imo"},
		{"container", id("container_no"), container, func(m maker) string { return m.from(upperLetters, 3) + "U" + m.digits(7) }, ""},
		{"postal item", id("courier_waybill"), postal, func(m maker) string { return m.from(upperLetters, 2) + m.digits(9) + "CN" }, ""},
		{"passport zone", id("passport_other"), passportZone, nil, ""},
		{"Bitcoin, Base58", id("crypto_wallet"), bitcoin, func(m maker) string { return m.from(base58, 34) }, "bitcoin"},
		{"Bitcoin, Bech32", id("crypto_wallet"), segwit, nil, "bitcoin"},
		{"Ethereum", id("crypto_wallet"), ethereum, nil, ""},
		{"mainland plate", id("licence_plate_cn"), maker.plate, nil, ""},
		{"MAC address", id("mac_address"), maker.mac, nil, ""},
		{"IP address", id("ip_address"), maker.ip, nil, ""},
		{"e-mail address", id("email"), maker.email, nil, ""},
	}
}

// decoys are columns of numbers that are none of the kinds.
var decoys = map[string]func(m maker, i int) string{
	"epoch seconds":      func(m maker, _ int) string { return fmt.Sprint(1700000000 + m.IntN(9e7)) },
	"epoch milliseconds": func(m maker, _ int) string { return fmt.Sprint(1700000000000 + m.Int64N(9e10)) },
	"dated order numbers": func(m maker, _ int) string {
		return "2025" + fmt.Sprintf("%02d%02d", 1+m.IntN(12), 1+m.IntN(28)) + m.digits(10)
	},
	"long sequence":         func(_ maker, i int) string { return fmt.Sprint(310101202601010000 + i) },
	"short sequence":        func(_ maker, i int) string { return fmt.Sprint(13800000000 + i) },
	"EAN-13":                func(m maker, _ int) string { return m.ean("690") },
	"ISBN-13":               func(m maker, _ int) string { return m.ean("978") },
	"UUID":                  func(m maker, _ int) string { return m.uuid() },
	"hash":                  func(m maker, _ int) string { return m.from("0123456789abcdef", 40) },
	"short hash":            func(m maker, _ int) string { return m.from("0123456789abcdef", 16) },
	"amounts":               func(m maker, _ int) string { return fmt.Sprintf("%d.%02d", m.IntN(1e6), m.IntN(100)) },
	"account numbers":       func(m maker, _ int) string { return m.digits(12) },
	"part numbers":          func(m maker, _ int) string { return m.from(upperLetters, 3) + m.digits(6) },
	"version numbers":       func(m maker, _ int) string { return fmt.Sprintf("%d.%d.%d", m.IntN(9), m.IntN(30), m.IntN(99)) },
	"codes with a dash":     func(m maker, _ int) string { return m.digits(6) + "-" + m.digits(4) },
	"codes in three groups": func(m maker, _ int) string { return m.digits(3) + "-" + m.digits(3) + "-" + m.digits(3) },
	"national stock codes":  func(m maker, _ int) string { return m.one("600", "000", "300", "688") + m.digits(3) },
	"timestamps":            func(m maker, _ int) string { return m.timestamp() },
	"Base64":                func(m maker, _ int) string { return m.from(base58, 24) },
}

func (m maker) ean(head string) string {
	body := head + m.digits(9)
	return body + fmt.Sprint((10-weighted(body, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3)%10)%10)
}

// dirty replaces a part of the values as people do: nothing, words for nothing,
// a wrong digit, a cut value, spaces around, something else.
func (m maker) dirty(values []string, share float64) []string {
	for i, v := range values {
		if m.Float64() >= share {
			continue
		}
		at := m.IntN(len(v))
		values[i] = []string{
			"", "N/A", "待补", v[:at] + string("0123456789"[m.IntN(10)]) + v[min(at+1, len(v)):], v[:len(v)*2/3], "  " + v + " ", m.digits(7), "see note",
		}[m.IntN(8)]
		if !strings.Contains(values[i], "待") {
			values[i] = strings.ToValidUTF8(values[i], "?")
		}
	}
	return values
}

const kindColumns = 8 // of each kind and share of dirt

// kinds measures whether columns of numbers with a check are found without a
// header, and whether other columns are taken for them.
func kinds(ctx context.Context, b *bench, r *report) error {
	all := append(kindsWith(), forms()...)
	shares := []float64{0, .05, .2}
	r.generated("%d kinds, %d columns of each with 0, 5 and 20 %% dirt; decoys of %d sorts and of each form without its check", len(all), kindColumns, len(decoys))
	if err := r.oracle(ctx, all); err != nil {
		return err
	}
	known := map[dataspace.ElementID]bool{}
	for _, k := range all {
		for _, id := range k.ids {
			known[id] = true
		}
	}
	said, right, columns := 0, 0, 0
	claim := func(c dataspace.ColumnProfile, ids []dataspace.ElementID) bool {
		found, wrong := tells(c, ids), false
		other := func(id dataspace.ElementID) bool { return (known[id] || direct(id)) && !contains(ids, id) }
		if c.Element != nil && other(*c.Element) {
			wrong = true
		}
		for _, in := range c.Contains {
			wrong = wrong || other(in.Element)
		}
		if found {
			right++
		}
		if found || wrong {
			said++
		}
		if wrong && found {
			said++
			r.wrong("%v is found, and also: %s", ids, named(c))
		}
		return found
	}
	r.Head = []string{"kind", "clean", "5 % dirt", "20 % dirt", "the form without its check"}
	for _, k := range all {
		row := []string{k.name}
		for _, s := range shares {
			hit := 0
			for n := range kindColumns {
				m := newMaker(fmt.Sprintf("kinds %s %g", k.name, s), n)
				values := m.dirty(many([]int{40, 200, 1000}[n%3], func() string { return k.make(m) }), s)
				cs, err := b.columns(ctx, []column{{name: "column_1", values: values, truth: truth{true, k.ids}}})
				if err != nil {
					return err
				}
				columns++
				if claim(cs[0], k.ids) {
					hit++
				} else {
					r.wrong("%s with %g %% dirt, %d values: %s", k.name, 100*s, len(values), named(cs[0]))
				}
			}
			row = append(row, outOf(hit, kindColumns))
		}
		row = append(row, "")
		if k.shape != nil {
			wrong, err := b.decoy(ctx, r, k.name+" without its check", claim, func(m maker, _ int) string { return k.shape(m) })
			if err != nil {
				return err
			}
			row[len(row)-1] = fmt.Sprintf("%d of %d wrong", wrong, kindColumns)
		}
		r.Rows = append(r.Rows, row)
	}
	for _, name := range sorted(decoys) {
		wrong, err := b.decoy(ctx, r, name, claim, decoys[name])
		if err != nil {
			return err
		}
		r.Rows = append(r.Rows, []string{name, "", "", "", fmt.Sprintf("%d of %d wrong", wrong, kindColumns)})
	}
	r.atLeast(.99, "recall", share(right, columns), outOf(right, columns))
	r.atLeast(.995, "precision", share(right, said), outOf(right, said))
	return nil
}

// decoy profiles columns that are none of the kinds, and returns how many are
// taken for one.
func (b *bench) decoy(ctx context.Context, r *report, name string, claim func(dataspace.ColumnProfile, []dataspace.ElementID) bool, value func(m maker, i int) string) (wrong int, err error) {
	for n := range kindColumns {
		m := newMaker("decoy "+name, n)
		i := -1
		values := many([]int{40, 200, 1000}[n%3], func() string { i++; return value(m, i) })
		cs, err := b.columns(ctx, []column{{name: "column_1", values: values, truth: plain}})
		if err != nil {
			return 0, err
		}
		claim(cs[0], nil)
		if !plain.right(cs[0]) {
			wrong++
			r.wrong("%s, %d values: %s", name, len(values), named(cs[0]))
		}
	}
	return wrong, nil
}
