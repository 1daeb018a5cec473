package decide_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/decide"
	"hutong/internal/pack"
	"hutong/internal/people"
	"hutong/internal/rules"
	"hutong/packs"
)

// lawSet are the packs that come with the program.
func lawSet(t *testing.T) *rules.Set {
	t.Helper()
	list, err := pack.LoadAll(packs.FS)
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(list...)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

const answer, counted = "data.under_14", "counts.under_14"

// addresses is a flow of e-mail addresses that lacks nothing; young is how many
// children its profile counts, nil if no column says how old people are.
func addresses(young *int64, unread ...string) decide.Case {
	text, yes, no := dataspace.TextOf[string], dataspace.BoolOf(true), dataspace.BoolOf(false)
	email := dataspace.ElementID("email")
	return decide.Case{
		Profile: dataspace.Profile{Columns: []dataspace.ColumnProfile{{Name: "mail", Element: &email, Band: dataspace.BandAccept, Personal: true}},
			Subjects: dataspace.Subjects{Classes: map[string]*int64{"under_14": young}, Unread: unread}},
		Exporter: dataspace.ValuesOf(map[string]dataspace.Value{"exporter.jurisdiction": text("CN"), "exporter.registered_in": text("CN-SH"), "exporter.exports_from": text("CN-SH"),
			"exporter.ciio": no, "exporter.state_organ": no}),
		Recipient: dataspace.ValuesOf(map[string]dataspace.Value{"recipient.jurisdiction": text("SG"), "recipient.foreign_authority": no}),
		Purpose:   "business", Format: "csv",
		Dataset: dataspace.DatasetFacts{Known: dataspace.ValuesOf(map[string]dataspace.Value{"sector": text("digital_content"), "origin": text("domestic"), "important": text("no"),
			"core": no, "state_secret": no, "consent.basis": text("contract"), "consent.notice_given": yes, "necessity_shown": yes})},
		Instruments: []dataspace.Instrument{{Kind: "cn.pipia", CompletedOn: "2026-06-01"}, {Kind: "cn.standard_contract", EffectiveOn: "2026-06-08", FiledOn: "2026-06-12"}},
		Dates:       clear.Dates{On: "2026-06-15"},
	}
}

func decided(t *testing.T, set *rules.Set, c decide.Case, sensitive, young int64) (dataspace.Facts, dataspace.Decision) {
	t.Helper()
	plan, err := decide.Propose(set, c)
	if err != nil {
		t.Fatal(err)
	}
	f, d, err := decide.Decide(set, c, plan, dataspace.ValuesOf(map[string]dataspace.Value{
		"counts.non_sensitive": dataspace.IntOf(50), "counts.sensitive": dataspace.IntOf(sensitive), counted: dataspace.IntOf(young)}))
	if err != nil {
		t.Fatal(err)
	}
	return f, d
}

func asks(list []dataspace.Missing) bool {
	return slices.ContainsFunc(list, func(m dataspace.Missing) bool {
		return m.Fact == answer && m.Ask != nil && strings.Contains(m.Why.EN, "no column says how old") && strings.Contains(m.Why.ZH, "没有说明年龄的列")
	})
}

// TestYoung: where no column says how old people are, the number of children is
// not known. A question is asked where the answer can change the outcome, and
// stops the flow where the law asks for them.
func TestYoung(t *testing.T) {
	set := lawSet(t)
	none, some := int64(0), int64(3)
	says := func(b bool) func(*decide.Case) {
		return func(c *decide.Case) { c.Dataset.Known.Set("under_14", dataspace.BoolOf(b)) }
	}
	declares := func(b bool) func(*decide.Case) {
		return func(c *decide.Case) {
			c.Declared = []dataspace.Declaration{{Owner: "acme", Fact: answer, Value: dataspace.BoolOf(b), By: "bob", From: "2026-01-01", Until: "2026-12-31", Event: "event-1"}}
		}
	}
	nothing := func(*decide.Case) {}
	for name, tc := range map[string]struct {
		young            *int64
		unread           []string
		change           func(*decide.Case)
		sensitive, count int64 // of the year
		verdict          dataspace.Verdict
		known            int64 // -1: not known
		missing, assumed bool
		pathway          string
	}{
		"ordinary":              {verdict: dataspace.Cleared, known: -1, assumed: true, pathway: "exempt"},
		"stated none":           {change: says(false), verdict: dataspace.Cleared, pathway: "exempt"},
		"declared none":         {change: declares(false), verdict: dataspace.Cleared, pathway: "exempt"},
		"declared some":         {change: declares(true), sensitive: 50, count: 50, verdict: dataspace.ActionRequired, known: 50, pathway: "contract_or_certification"},
		"declared some after":   {change: declares(true), verdict: dataspace.ActionRequired, known: 1, pathway: "contract_or_certification"},
		"sensitive":             {sensitive: 20, verdict: dataspace.HumanReview, known: -1, missing: true, pathway: "contract_or_certification"},
		"sensitive, none":       {change: declares(false), sensitive: 20, verdict: dataspace.Cleared, pathway: "contract_or_certification"},
		"read, none":            {young: &none, sensitive: 20, verdict: dataspace.Cleared, pathway: "contract_or_certification"},
		"read, some":            {young: &some, sensitive: 20, count: 3, verdict: dataspace.ActionRequired, known: 3, pathway: "contract_or_certification"},
		"unread":                {unread: []string{"age"}, sensitive: 20, verdict: dataspace.HumanReview, known: -1, pathway: "contract_or_certification"},
		"unread, declared none": {unread: []string{"age"}, change: declares(false), sensitive: 20, verdict: dataspace.HumanReview, known: -1, pathway: "contract_or_certification"},
	} {
		c := addresses(tc.young, tc.unread...)
		if tc.change == nil {
			tc.change = nothing
		}
		tc.change(&c)
		f, d := decided(t, set, c, tc.sensitive, tc.count)
		n, known := f.Known.Int(counted)
		if !known {
			n = -1
		}
		if d.Verdict != tc.verdict || n != tc.known || asks(d.Missing) != tc.missing || asks(d.Assumed) != tc.assumed || d.Regimes[0].Pathway != tc.pathway {
			t.Errorf("%s: %s by %s, %d children, missing %+v, assumed %+v", name, d.Verdict, d.Regimes[0].Pathway, n, d.Missing, d.Assumed)
		}
		if at := d.Conditional.Supposes(answer); (at >= 0) != tc.missing || at >= 0 && !d.Conditional.If[at].Value.Equal(dataspace.BoolOf(false)) || d.Conditional.Supposes(counted) >= 0 {
			t.Errorf("%s: the conditional answer %+v, want one with %s: %t", name, d.Conditional, answer, tc.missing)
		}
		if slices.ContainsFunc(d.Missing, func(m dataspace.Missing) bool { return m.Fact == counted }) != (len(tc.unread) > 0) {
			t.Errorf("%s: it asks for a number that nobody can state: %+v", name, d.Missing)
		}
	}
	// What the rows say stays, whoever says that there are none.
	for name, change := range map[string]func(*decide.Case){"stated": says(false), "declared": declares(false)} {
		c := addresses(&some)
		change(&c)
		var p *dataspace.Problem
		_, _, err := decide.Decide(set, c, dataspace.Plan{}, dataspace.Values{})
		if !errors.As(err, &p) || p.Code != "facts.proved" || p.Place != answer || !strings.Contains(err.Error(), "counts 3") {
			t.Errorf("%s none where there are some: %v", name, err)
		}
	}
	// Nothing personal leaves, so nobody is asked about people.
	c := addresses(nil)
	c.Profile.Columns[0].Personal, c.Profile.Columns[0].Element = false, nil
	if _, d := decided(t, set, c, 0, 0); asks(d.Missing) || asks(d.Assumed) {
		t.Errorf("asked of data about nobody: %+v %+v", d.Missing, d.Assumed)
	}
}

// TestYoungCount: if there are such people and no row says who, everybody counts
// as one.
func TestYoungCount(t *testing.T) {
	set := lawSet(t)
	by := clear.NewCounting(set.Counts())
	bit := func(id string) people.Classes {
		return 1 << slices.IndexFunc(by.Classes, func(c dataspace.CountClass) bool { return c.ID == id })
	}
	c := addresses(nil)
	if y := decide.YoungOf(set, c, by); y.Of(bit("non_sensitive")) != bit("non_sensitive") {
		t.Error("without a statement people count otherwise")
	}
	c.Dataset.Known.Set("under_14", dataspace.BoolOf(true))
	y := decide.YoungOf(set, c, by)
	for _, in := range []people.Classes{bit("non_sensitive"), bit("sensitive"), 0} {
		if got, want := y.Of(in), bit("sensitive")|bit("under_14"); got != want {
			t.Errorf("%b counts as %b, want %b", in, got, want)
		}
	}
	got := y.Totals(by, people.Totals{"non_sensitive": 7, "sensitive": 5, "under_14": 0})
	if got["sensitive"] != 12 || got["under_14"] != 12 || got["non_sensitive"] != 0 {
		t.Errorf("totals %v", got)
	}
	some := int64(3)
	c.Profile.Subjects.Classes["under_14"] = &some
	if y := decide.YoungOf(set, c, by); y.Of(bit("non_sensitive")) != bit("non_sensitive") {
		t.Error("the rows say who is one, and all count as one")
	}
}
