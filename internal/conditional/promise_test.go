package conditional_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/conditional"
	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/internal/rules"
)

func allPacks(t testing.TB) *rules.Set {
	t.Helper()
	loaded, err := pack.LoadAll(os.DirFS(filepath.Join("..", "..", "packs")))
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(loaded...)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func words(list ...string) (out []dataspace.Value) {
	for _, w := range list {
		out = append(out, dataspace.TextOf(w))
	}
	return out
}

func numbers(list ...int64) (out []dataspace.Value) {
	for _, n := range list {
		out = append(out, dataspace.IntOf(n))
	}
	return out
}

var yesOrNo = []dataspace.Value{dataspace.BoolOf(false), dataspace.BoolOf(true)}

// answers are those that a person can give, with numbers around the thresholds
// of all laws.
var answers = map[string][]dataspace.Value{
	"exporter.ciio": yesOrNo, "exporter.state_organ": yesOrNo, "recipient.same_group": yesOrNo, "recipient.foreign_authority": yesOrNo,
	"recipient.covered_person": yesOrNo, "necessity_shown": yesOrNo, "hr_basis.labour_rules": yesOrNo, "hr_basis.collective_contract": yesOrNo,
	"domestic_mixed": yesOrNo, "data.personal": yesOrNo, "data.core": yesOrNo, "data.state_secret": yesOrNo, "data.government_related": yesOrNo,
	"consent.notice_given": yesOrNo, "consent.separate_consent": yesOrNo,
	"purpose":              words("business", "contract_with_individual", "hr_employees", "emergency", "statutory_duty", "processing_for_foreign_client"),
	"origin":               words("domestic", "abroad"),
	"data.important":       words("no", "yes", "notified", "published", "unknown"),
	"sector":               words("none", "reinsurance", "retail", "automotive", "digital_content", "seeds"),
	"transaction":          words("data_brokerage", "vendor", "employment", "other"),
	"exemption":            words("202.505", "none"),
	"recipient.role":       words("controller", "processor"),
	"counts.non_sensitive": numbers(0, 1, 99_999, 100_000, 999_999, 1_000_000, 10_000_001),
	"counts.sensitive":     numbers(0, 1, 9_999, 10_000, 100_001),
	"counts.under_14":      numbers(0, 1),
}

const (
	mostOpen    = 7
	mostAnswers = 600 // sets of answers of one flow
)

// flow is a flow with open facts, and their names.
type flow struct {
	facts dataspace.Facts
	open  []string
}

var flows = rapid.Custom(func(t *rapid.T) flow {
	text := func(name string, list ...string) dataspace.Value {
		return dataspace.TextOf(rapid.SampledFrom(list).Draw(t, name))
	}
	f := flow{facts: dataspace.Facts{On: rapid.SampledFrom([]string{"2024-04-01", "2026-06-15", "2026-11-30"}).Draw(t, "on")}}
	known := map[string]dataspace.Value{
		"exporter.jurisdiction":  text("from", "CN", "CN", "CN", "US", "DE", "SG", "GB"),
		"recipient.jurisdiction": text("to", "SG", "US", "CN", "HK", "DE", "JP"),
		"exporter.registered_in": text("registered", "CN-SH", "CN-BJ", "CN-JS-320500", "CN-TJ", "CN-YN"),
		"exporter.exports_from":  text("exports", "CN-SH", "CN-BJ", "CN-JS-320500", "CN-TJ"),
		"act":                    text("act", "transfer", "transfer", "remote_access", "access_inside"), // it has a default, so it is never open
		"consent.basis":          text("basis", "consent", "contract", "hr"),
		"data.elements":          dataspace.ListOf(rapid.SampledFrom([]dataspace.ElementID{"email", "bank_account", "diagnosis", "family_member"}).Draw(t, "element")),
	}
	for _, name := range slices.Sorted(maps.Keys(answers)) {
		known[name] = rapid.SampledFrom(answers[name]).Draw(t, name)
	}
	for _, name := range []string{"data.core", "data.state_secret", "exporter.state_organ", "recipient.foreign_authority"} {
		known[name] = dataspace.BoolOf(rapid.IntRange(0, 9).Draw(t, name+" rarely") == 0)
	}
	f.facts.Known = dataspace.ValuesOf(known)
	if rapid.Bool().Draw(t, "paper") {
		f.facts.Instruments = []dataspace.Instrument{
			{Kind: "cn.pipia", ID: "p", CompletedOn: "2024-03-25"},
			{Kind: rapid.SampledFrom([]string{"cn.security_assessment", "cn.standard_contract", "eu.scc", "sg.contract"}).Draw(t, "kind"), ID: "i", EffectiveOn: "2024-03-25", FiledOn: "2024-03-26"},
		}
	}
	product := 1
	for _, name := range rapid.Permutation(slices.Sorted(maps.Keys(answers))).Draw(t, "questions") {
		if product *= len(answers[name]); len(f.open) == mostOpen || product > mostAnswers {
			break
		}
		f.open = append(f.open, name)
		f.facts.Known.Forget(name)
	}
	if important := "data.important"; f.facts.Known.Text(important) == "unknown" {
		f.open = append(f.open, important) // nobody has looked
	}
	return f
})

// every calls check with every set of answers to the open facts.
func (f flow) every(check func(dataspace.Facts)) {
	if len(f.open) == 0 {
		check(f.facts)
		return
	}
	for _, v := range answers[f.open[0]] {
		g := flow{f.facts, f.open[1:]}
		g.facts.Known = f.facts.Known.Draft(dataspace.Values{})
		g.facts.Known.Set(f.open[0], v)
		g.every(check)
	}
}

// holds reports whether facts have the values of all statements.
func holds(f dataspace.Facts, list []dataspace.Supposed) bool {
	return !slices.ContainsFunc(list, func(s dataspace.Supposed) bool { return !f.Known.Of(s.Fact).Equal(s.Value) })
}

// outcome is the strictest outcome of a decision.
func outcome(d dataspace.Decision) dataspace.Outcome {
	out := dataspace.Outcome{Verdict: dataspace.Cleared}
	for _, r := range d.Regimes {
		if o := (dataspace.Outcome{Pathway: r.Pathway, Verdict: r.Verdict}); worse(o, out) {
			out = o
		}
	}
	return out
}

func worse(a, b dataspace.Outcome) bool {
	if d := a.Verdict.Severity() - b.Verdict.Severity(); d != 0 {
		return d > 0
	}
	return slices.Index(pack.Pathways, a.Pathway) > slices.Index(pack.Pathways, b.Pathway)
}

// claimed reports whether facts claim something that a flow does not: a claim
// that nobody makes waits for nobody, and is no part of a promise (ADR 29).
func claimed(set *rules.Set, before, after dataspace.Facts) bool {
	for _, p := range set.All() {
		reads := p.Reads()
		for _, r := range p.Compiled() {
			made := []string{r.ClaimedBy}
			if r.Claim {
				made = reads[r.ID]
			}
			if slices.ContainsFunc(made, func(name string) bool { return !before.Known.Of(name).Known() && after.Known.Of(name).Known() }) {
				return true
			}
		}
	}
	return false
}

// TestPromise: whoever makes the statements gets no worse than was promised, and
// nobody gets worse than the worst. Some completion gets exactly the promise.
func TestPromise(t *testing.T) {
	set := allPacks(t)
	promised, reached := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		f := flows.Draw(t, "flow")
		d, err := conditional.Decide(set, f.facts)
		if err != nil {
			t.Fatal(err)
		}
		c := d.Conditional
		if c == nil {
			return
		}
		promised++
		// It waits for facts: for a person, or for what all answers demand.
		if d.Verdict != dataspace.HumanReview && d.Verdict != dataspace.ActionRequired || len(d.Missing) == 0 {
			t.Fatalf("a promise for a flow that is decided: %s", d.Verdict)
		}
		supposed := f.facts
		supposed.Known = supposed.Known.Draft(dataspace.Values{})
		for _, s := range c.If {
			if v := f.facts.Known.Of(s.Fact); v.Known() && v.Text() != "unknown" {
				t.Fatalf("%s is stated already", s.Fact)
			}
			supposed.Known.Set(s.Fact, s.Value)
		}
		exactly := false
		f.every(func(g dataspace.Facts) {
			got, err := set.Brief(g)
			if err != nil {
				return // answers that contradict each other
			}
			end := outcome(got)
			if worse(end, c.Else) && !claimed(set, f.facts, g) {
				t.Fatalf("%+v with %v, and at the worst %+v was promised: %v", end, g.Known, c.Else, c.If)
			}
			if !holds(g, c.If) {
				return
			}
			exactly = exactly || end == c.Then
			if worse(end, c.Then) && !claimed(set, supposed, g) {
				t.Fatalf("%+v with %v, and %+v was promised if %v", end, g.Known, c.Then, c.If)
			}
			for _, id := range c.Demands {
				if !slices.ContainsFunc(got.Obligations, func(o dataspace.Obligation) bool { return o.ID == id }) && got.Verdict != dataspace.Prohibited {
					t.Fatalf("%s is demanded in any case, and not with %v", id, g.Known)
				}
			}
		})
		if exactly {
			reached++
		}
	})
	if promised < 20 {
		t.Errorf("%d promises in all: the test tests little", promised)
	}
	t.Logf("%d of %d promises are reached exactly", reached, promised)
}
