package rules_test

import (
	"encoding/json"
	"sync"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/pack"
	"hutong/internal/rules"
	"hutong/packs"
)

func loadAll(t testing.TB) []*pack.Pack {
	t.Helper()
	ps, err := pack.LoadAll(packs.FS)
	if err != nil {
		t.Fatal(err)
	}
	return ps
}

func allPacks(t testing.TB) *rules.Set {
	t.Helper()
	s, err := rules.NewSet(loadAll(t)...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func parse(t testing.TB, text string) dataspace.Facts {
	t.Helper()
	f, err := pack.ParseFacts(fact.Standard(), []byte(text))
	if err != nil {
		t.Fatalf("ParseFacts: %v\n%s", err, text)
	}
	return f
}

func decide(t testing.TB, s *rules.Set, f dataspace.Facts) dataspace.Decision {
	t.Helper()
	d, err := s.Decide(f)
	if err != nil {
		t.Fatalf("Decide: %v", err)
	}
	return d
}

func show(d dataspace.Decision) string {
	b, _ := json.MarshalIndent(d, "", " ")
	return string(b)
}

// demo is the flow of the demonstration; the parts that vary are appended.
const demo = `
on: 2026-06-15
exporter: {id: acme, jurisdiction: CN, registered_in: CN-SH, exports_from: CN-SH, ciio: false, state_organ: false}
act: transfer
purpose: business
origin: domestic
data: {personal: true, important: "no", core: false, state_secret: false, elements: [person_name_zh, email, order_no]}
consent: {basis: consent, separate_consent: true, notice_given: true}
`

const (
	toCompany = "recipient: {id: harbour, jurisdiction: SG, foreign_authority: false}\n"
	toCourt   = "recipient: {id: court, jurisdiction: SG, foreign_authority: true}\n"
	content   = "sector: digital_content\n"
	few       = "counts: {non_sensitive: 100, sensitive: 0}\n"
	many      = "counts: {non_sensitive: 120000, sensitive: 0}\n"
	pipia     = "  - {kind: cn.pipia, id: pipia-1, completed_on: 2026-06-01}\n"
	contract  = "  - {kind: cn.standard_contract, id: sc-1, effective_on: 2026-06-08"
)

func TestDemonstration(t *testing.T) {
	set := allPacks(t)
	tests := map[string]struct {
		facts    string
		verdict  dataspace.Verdict
		pathway  string
		open     []string // unsatisfied obligations that come first or have a date
		missing  string
		decisive dataspace.RuleID
	}{
		"cleared": {demo + toCompany + content + few + "instruments:\n" + pipia,
			dataspace.Cleared, "exempt", nil, "", "cn.o16.5.1.4"},
		"action": {demo + toCompany + content + many,
			dataspace.ActionRequired, "contract_or_certification",
			[]string{"cn.transfer_mechanism", "cn.pipia"}, "", "cn.o16.8.people"},
		"action-done": {demo + toCompany + content + many + "instruments:\n" + pipia + contract + ", filed_on: 2026-06-12}\n",
			dataspace.Cleared, "contract_or_certification", nil, "", "cn.o16.8.people"},
		"action-not-yet-filed": {demo + toCompany + content + many + "instruments:\n" + pipia + contract + "}\n",
			dataspace.Cleared, "contract_or_certification", []string{"cn.standard_contract.file"}, "", "cn.o16.8.people"},
		"review": {demo + toCompany + "sector: reinsurance\nscenario: RE-LIFE\n" + few + "instruments:\n" + pipia,
			dataspace.HumanReview, "human_review", nil, "cn/shanghai-negative-list#annex", "cn-sh.listed"},
		"prohibited": {demo + toCourt + content + few + "instruments:\n" + pipia,
			dataspace.Prohibited, "prohibited", nil, "", "cn.pipl.41"},
		"approved": {demo + toCourt + content + few + "instruments:\n" + pipia + "  - {kind: cn.authority_approval, id: a, effective_on: 2026-06-01}\n",
			dataspace.Cleared, "exempt", nil, "", "cn.o16.5.1.4"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := decide(t, set, parse(t, tt.facts))
			if d.Verdict != tt.verdict || d.Regimes[0].Pathway != tt.pathway {
				t.Errorf("verdict %s, pathway %s; want %s, %s\n%s", d.Verdict, d.Regimes[0].Pathway, tt.verdict, tt.pathway, show(d))
			}
			var open []string
			for _, o := range d.Obligations {
				if !o.Satisfied && (o.BeforeDelivery || o.Due != nil) {
					open = append(open, o.ID)
				}
			}
			if got, want := toJSON(open), toJSON(tt.open); got != want {
				t.Errorf("open obligations %s, want %s", got, want)
			}
			if tt.missing != "" && !hasMissing(d, tt.missing) {
				t.Errorf("missing lacks %s\n%s", tt.missing, show(d))
			}
			if !decisive(d, tt.decisive) {
				t.Errorf("%s is not decisive\n%s", tt.decisive, show(d))
			}
		})
	}
}

func toJSON(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

func hasMissing(d dataspace.Decision, fact string) bool {
	for _, m := range d.Missing {
		if m.Fact == fact {
			return true
		}
	}
	return false
}

func decisive(d dataspace.Decision, id dataspace.RuleID) bool {
	for _, r := range d.Reasons {
		if r.Rule == id && r.Decisive {
			return true
		}
	}
	return false
}

// TestDecideAtOnce: one set serves many flows at the same time.
func TestDecideAtOnce(t *testing.T) {
	set := allPacks(t)
	facts := []dataspace.Facts{
		clean(),
		parse(t, demo+toCompany+content+many),
		parse(t, demo+toCourt+"sector: reinsurance\n"+few),
	}
	var want []string
	for _, f := range facts {
		want = append(want, show(decide(t, set, f)))
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := range 30 {
				d, err := set.Decide(facts[i%len(facts)])
				if err != nil || show(d) != want[i%len(facts)] {
					t.Errorf("decision %d differs: %v", i, err)
				}
			}
		})
	}
	all.Wait()
}
