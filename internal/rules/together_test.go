package rules_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/dataspace"
)

const togetherItems = "id,scenario,name_zh,kind,pathway,assessment_people,assessment_sensitive,contract_people,contract_sensitive,assessment_all,contract_all,bound,article,source,confidence\n" +
	"T1,S1,会员,personal,by_count,-,-,-,-,1000,200,ge,art. 1,https://example.com/a,VSS\n" +
	"T2,S1,订单,personal,by_count,-,-,-,-,1000,,gt,art. 2,https://example.com/a,VSS\n" +
	"T3,S1,行程,personal,by_count,-,10,-,-,-,200,ge,art. 3,https://example.com/a,VSS\n"

// A number of all people together counts those of the sensitive class too. One
// count that is not known matters until the other reaches the number alone.
func TestListTogether(t *testing.T) {
	set := listSet(t, togetherItems)
	forget := func(f dataspace.Facts, name string) dataspace.Facts {
		f.Known.Forget(name)
		return f
	}
	for _, c := range []struct {
		name    string
		facts   dataspace.Facts
		pathway string
	}{
		{"below", listFlow("S1", 100, 99, "T1"), "free"},
		{"contract", listFlow("S1", 100, 100, "T1"), "contract_or_certification"},
		{"contract_sensitive", listFlow("S1", 0, 200, "T1"), "contract_or_certification"},
		{"below_assessment", listFlow("S1", 999, 0, "T1"), "contract_or_certification"},
		{"assessment", listFlow("S1", 500, 500, "T1"), "security_assessment"},
		{"above_at", listFlow("S1", 500, 500, "T2"), "free"},
		{"above", listFlow("S1", 500, 501, "T2"), "security_assessment"},
		{"beside_sensitive", listFlow("S1", 0, 10, "T3"), "security_assessment"},
		{"beside_together", listFlow("S1", 191, 9, "T3"), "contract_or_certification"},
		{"unknown", forget(listFlow("S1", 0, 10, "T1"), "counts.non_sensitive"), "human_review"},
		{"unknown_enough", forget(listFlow("S1", 0, 1000, "T1"), "counts.non_sensitive"), "security_assessment"},
		{"unknown_sensitive", forget(listFlow("S1", 999, 0, "T1"), "counts.sensitive"), "human_review"},
	} {
		d, err := set.Decide(c.facts)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Regimes[0].Pathway; string(got) != c.pathway {
			t.Errorf("%s: %s, want %s", c.name, got, c.pathway)
		}
	}
	d, err := set.Decide(listFlow("S1", 700, 300, "T1"))
	if err != nil || !slices.ContainsFunc(d.Changes, func(c dataspace.Change) bool { return strings.Contains(c.Text.EN, "699") }) {
		t.Errorf("one person less is not proposed: %+v, %v", d.Changes, err)
	}
}

// With counts not known, the decision is never milder than with any counts.
func TestTogetherUnknownIsNeverHarmless(t *testing.T) {
	set := listSet(t, togetherItems)
	rapid.Check(t, func(t *rapid.T) {
		people, sensitive := rapid.Int64Range(0, 1200).Draw(t, "people"), rapid.Int64Range(0, 1200).Draw(t, "sensitive")
		whole := listFlow("S1", people, sensitive, rapid.SampledFrom([]string{"T1", "T2", "T3"}).Draw(t, "item"))
		part := whole
		part.Known.Forget(rapid.SampledFrom([]string{"counts.non_sensitive", "counts.sensitive"}).Draw(t, "unknown"))
		a, err := set.Decide(whole)
		b, err2 := set.Decide(part)
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		if b.Verdict.Severity() < a.Verdict.Severity() {
			t.Fatalf("%s with a count unknown, %s with it", b.Verdict, a.Verdict)
		}
	})
}
