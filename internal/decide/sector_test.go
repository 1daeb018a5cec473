package decide_test

import (
	"slices"
	"testing"

	"hutong/internal/dataspace"
)

// TestSectorLaw: what the columns of a profile tell makes the law of a sector ask,
// and one declaration for all datasets answers it.
func TestSectorLaw(t *testing.T) {
	set := lawSet(t)
	none := int64(0)
	const book = "cn_sectors.accounting"
	for name, tc := range map[string]struct {
		columns  []dataspace.ElementID
		declared string
		verdict  dataspace.Verdict
		asked    bool
	}{
		"addresses":                   {columns: []dataspace.ElementID{"email"}, verdict: dataspace.Cleared},
		"books":                       {columns: []dataspace.ElementID{"email", "transaction_personal", "amount"}, verdict: dataspace.HumanReview, asked: true},
		"books, declared as none":     {columns: []dataspace.ElementID{"email", "transaction_personal", "amount"}, declared: "none", verdict: dataspace.Cleared},
		"books, declared as archives": {columns: []dataspace.ElementID{"email", "transaction_personal", "amount"}, declared: "accounting_archives", verdict: dataspace.HumanReview},
		"addresses, but archives":     {columns: []dataspace.ElementID{"email"}, declared: "accounting_archives", verdict: dataspace.HumanReview},
	} {
		c := addresses(&none)
		c.Profile.Columns = nil
		for _, e := range tc.columns {
			c.Profile.Columns = append(c.Profile.Columns, dataspace.ColumnProfile{Name: string(e), Element: &e, Band: dataspace.BandAccept, Personal: e != "amount"})
		}
		if tc.declared != "" {
			c.Declared = []dataspace.Declaration{{Owner: "acme", Fact: book, Value: dataspace.TextOf(tc.declared), By: "bob", From: "2026-01-01", Until: "2026-12-31", Event: "event-1"}}
		}
		_, d := decided(t, set, c, 0, 0)
		asked := slices.ContainsFunc(d.Missing, func(m dataspace.Missing) bool { return m.Fact == book && m.Ask != nil })
		if d.Verdict != tc.verdict || asked != tc.asked {
			t.Errorf("%s: %s, asked %v, missing %+v", name, d.Verdict, asked, d.Missing)
		}
		rests := slices.ContainsFunc(d.Reasons, func(r dataspace.Reason) bool {
			return r.Pack == "cn/sectors" && slices.ContainsFunc(r.Declared, func(b dataspace.Basis) bool { return b.Fact == book })
		})
		if rests != (tc.declared == "accounting_archives") {
			t.Errorf("%s: a reason rests on the declaration: %v", name, rests)
		}
	}
}
