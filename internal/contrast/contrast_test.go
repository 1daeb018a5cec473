package contrast_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"hutong/internal/agreed"
	"hutong/internal/contrast"
	"hutong/internal/dataspace"
	"hutong/internal/examine"
	"hutong/internal/pack"
	"hutong/packs"
)

// form is a pack for a jurisdiction; parts are replaced to make others.
const form = `id: xx/law
jurisdiction: XX
title: {en: Law of X, zh: 甲法}
authority: {en: Nobody, zh: 无}
version: 1.0.0
released: 2026-01-01
effective: null
checked_on: 2026-01-01
sides:
  export: {applies: 'exporter.jurisdiction == "XX"'}
numbers:
  limit: {value: 100000, of: counts.non_sensitive, article: a, source: https://example.org/n, facts: ["1"], confidence: VSS, text: {en: the limit, zh: 上限}}
groups:
  friends: [AU, BR]
define:
  - {name: many, when: 'counts.non_sensitive >= number.limit'}
instruments:
  x.paper: {name: {en: paper, zh: 文件}, about: [transfer_contract], article: a, source: https://example.org/i, facts: ["1"], confidence: VSS}
  all.clauses: {name: {en: clauses, zh: 条款}, article: a, source: https://example.org/i, facts: ["1"], confidence: VSS}
rules:
  - {id: x.many, order: 1, when: 'is.many && sector != "seeds"', pathway: contract, demands: [x.sign], article: art. 1, source: https://example.org/1, facts: ["1"], confidence: VSS, text: {en: many, zh: 多}}
  - {id: x.seal, order: 2, from: 2026-03-01, when: '"global_cbpr" in recipient.certifications', pathway: certification, article: art. 2, source: https://example.org/2, facts: ["1"], confidence: VSS, text: {en: seal, zh: 印}}
  - {id: x.few, order: 3, pathway: exempt, article: art. 3, source: https://example.org/3, facts: ["1"], confidence: SEC, text: {en: few, zh: 少}}
  - {id: x.sign, obligation: {id: x.sign, demanded: true, before_delivery: true, text: {en: sign, zh: 签}}, satisfied: {by: [{kind: x.paper}, {kind: all.clauses}]}, article: art. 4, source: https://example.org/4, facts: ["1"], confidence: VSS, text: {en: sign, zh: 签}}
  - {id: x.tell, about: [notice], when: 'sector == "retail"', obligation: {id: x.tell, before_delivery: true, text: {en: tell, zh: 告知}}, satisfied: {when: 'consent.notice_given'}, article: art. 5, source: https://example.org/5, facts: ["1"], confidence: VSS, text: {en: tell, zh: 告知}}
`

const cases = `defaults: {on: 2026-06-15, exporter: {jurisdiction: XX}, recipient: {jurisdiction: AU, certifications: [apec_prp]}, sector: tourism, data: {personal: true}, counts: {non_sensitive: 5, sensitive: 0}}
cases:
- {id: small, expect: {pathway: exempt}}
- {id: large, counts: {non_sensitive: 200000, sensitive: 0}, expect: {pathway: contract}}
- {id: sealed, facts: {recipient: {certifications: [global_cbpr]}}, expect: {pathway: certification}}
`

func packText(t testing.TB, id string, replace ...string) *pack.Pack {
	t.Helper()
	text := strings.NewReplacer(append(replace, "xx/law", id)...).Replace(form)
	p, err := pack.Load(fstest.MapFS{
		id + "/pack.yaml":  {Data: []byte(text)},
		id + "/tests.yaml": {Data: []byte(strings.NewReplacer(replace...).Replace(cases))},
	}, id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func diff(t testing.TB, o contrast.Options, replace ...string) *contrast.Diff {
	t.Helper()
	d, err := contrast.Compute(packText(t, "xx/law"), packText(t, "xx/law", replace...), o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// lines is a diff in short, as a person would read it.
func lines(d *contrast.Diff) []string {
	var out []string
	for _, s := range d.Added {
		out = append(out, "+ "+s.Kind+" "+s.ID)
	}
	for _, s := range d.Removed {
		out = append(out, "- "+s.Kind+" "+s.ID)
	}
	for _, c := range d.Changed {
		for _, f := range c.Fields {
			out = append(out, fmt.Sprintf("~ %s %s %s: %s → %s +%v -%v", c.Kind, c.ID, f.Key, f.Old, f.New, f.Added, f.Removed))
		}
	}
	for _, s := range d.Wording {
		out = append(out, "w "+s.Kind+" "+s.ID)
	}
	return out
}

func TestDiffSays(t *testing.T) {
	for name, tt := range map[string]struct {
		replace []string
		want    []string
	}{
		"nothing":   {nil, nil},
		"number":    {[]string{"value: 100000", "value: 90000"}, []string{"~ number limit value: 100000 → 90000 +[] -[]"}},
		"unknown":   {[]string{"value: 100000", "value: null"}, []string{"~ number limit value: 100000 →  +[] -[]"}},
		"date":      {[]string{"from: 2026-03-01", "from: 2026-07-01"}, []string{"~ pathway x.seal from: 2026-03-01 → 2026-07-01 +[] -[]"}},
		"condition": {[]string{`sector == "retail"`, `sector == "seeds"`}, []string{`~ obligation x.tell when: sector == "retail" → sector == "seeds" +[] -[]`}},
		"group":     {[]string{"[AU, BR]", "[BR, CA]"}, []string{"~ group friends value:  →  +[CA] -[AU]"}},
		"wording":   {[]string{"en: few,", "en: only few,"}, []string{"w pathway x.few"}},
		"version":   {[]string{"version: 1.0.0", "version: 1.1.0"}, []string{"~ pack xx/law version: 1.0.0 → 1.1.0 +[] -[]"}},
		"id":        {[]string{"id: x.few", "id: x.rest"}, []string{"+ pathway x.rest", "- pathway x.few"}},
		"satisfied": {[]string{"[{kind: x.paper}, {kind: all.clauses}]", "[{kind: x.paper}]"}, []string{`~ obligation x.sign satisfied.by:  →  +[] -[{"kind":"all.clauses"}]`}},
	} {
		if got := lines(diff(t, contrast.Options{}, tt.replace...)); !slices.Equal(got, tt.want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
		}
	}
}

// TestDiffConcerns: a number concerns everybody named by the conditions that
// use it, also through a definition.
func TestDiffConcerns(t *testing.T) {
	d := diff(t, contrast.Options{}, "value: 100000", "value: 90000")
	var names []string
	for _, f := range d.Changed[0].Concerns {
		names = append(names, f.Name)
		if f.What.EN == "" || f.What.ZH == "" {
			t.Errorf("%s has no words", f.Name)
		}
	}
	if want := []string{"counts.non_sensitive", "exporter.jurisdiction", "sector"}; !slices.Equal(names, want) {
		t.Errorf("concerns %v, want %v", names, want)
	}
}

// TestDiffEffects: the flows between the old and the new number have a
// different decision, those outside do not.
func TestDiffEffects(t *testing.T) {
	d := diff(t, contrast.Options{}, "value: 100000", "value: 90000")
	if len(d.Effects) != 2 {
		t.Fatalf("effects %+v", d.Effects)
	}
	e := d.Effects[1]
	exempt, contract := contrast.Outcome{Pathway: "exempt", Verdict: dataspace.Cleared}, contrast.Outcome{Pathway: "contract", Verdict: dataspace.ActionRequired}
	if e.Old != exempt || e.New != contract || e.Fact != "counts.non_sensitive" ||
		!slices.Equal(e.Values, []string{"90000", "90001", "99999"}) || !slices.Equal(e.Like, []string{"small", "large"}) ||
		!slices.Equal(e.Rules, []dataspace.RuleID{"x.many"}) {
		t.Errorf("effect %+v", e)
	}
	if d.Effects[0].Old.Pathway != "certification" || !slices.Equal(d.Effects[0].Like, []string{"sealed"}) {
		t.Errorf("effect %+v", d.Effects[0])
	}
	if d := diff(t, contrast.Options{}, "en: few,", "en: only few,"); len(d.Effects) != 0 || d.Tried < 9 {
		t.Errorf("%d tried, effects %+v", d.Tried, d.Effects)
	}
}

// TestDiffDates: the days around a changed date.
func TestDiffDates(t *testing.T) {
	d := diff(t, contrast.Options{}, "from: 2026-03-01", "from: 2026-05-01")
	if len(d.Effects) != 1 || d.Effects[0].Fact != "on" || !slices.Equal(d.Effects[0].Values, []string{"2026-03-01", "2026-03-02", "2026-04-30"}) ||
		!slices.Equal(d.Effects[0].Like, []string{"sealed"}) {
		t.Errorf("effects %+v", d.Effects)
	}
}

func TestDiffGiven(t *testing.T) {
	n := int64(95_000)
	f := dataspace.Facts{On: "2026-06-15", Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"exporter.jurisdiction":  dataspace.TextOf("XX"),
		"recipient.jurisdiction": dataspace.TextOf("AU"),
		"sector":                 dataspace.TextOf("retail"),
		"counts.non_sensitive":   dataspace.MaybeInt(&n),
	})}
	d := diff(t, contrast.Options{Facts: []examine.NamedFacts{{Name: "mine", Facts: f}}}, "value: 100000", "value: 90000")
	if len(d.Given) != 1 || d.Given[0].Name != "mine" || d.Given[0].New.Pathway != "contract" || d.Given[0].Old.Pathway == "contract" {
		t.Errorf("given %+v", d.Given)
	}
}

// TestDiffItems: the items of a list are compared like everything else.
func TestDiffItems(t *testing.T) {
	const head = "id,scenario,name_zh,kind,pathway,assessment_people,assessment_sensitive,contract_people,contract_sensitive,article,source,confidence\n"
	load := func(items string) *pack.Pack {
		p, err := pack.Load(fstest.MapFS{
			"xx/law/pack.yaml":  {Data: []byte(strings.Replace(form, "sides:\n", "items: items.csv\nsides:\n", 1))},
			"xx/law/items.csv":  {Data: []byte(head + items)},
			"xx/law/tests.yaml": {Data: []byte(cases)},
		}, "xx/law")
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	d, err := contrast.Compute(
		load("i-1,S,甲,personal,by_count,1000000,10000,100000,1,a,https://example.org/1,VSS\ni-2,S,乙,personal,free,,,,,a,https://example.org/1,VSS\n"),
		load("i-1,S,甲,personal,by_count,900000,10000,100000,1,a,https://example.org/1,VSS\ni-3,S,丙,personal,free,,,,,a,https://example.org/1,VSS\n"), contrast.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"+ item i-3", "- item i-2", "~ item i-1 assessment_people: 1000000 → 900000 +[] -[]"}
	if got := lines(d); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// other is the law of another jurisdiction, with the same clauses and seal.
var other = []string{"XX", "YY", "x.", "y.", "about: [notice], ", "", "{kind: y.paper}, ", "", "{kind: x.paper}, ", ""}

func TestCompare(t *testing.T) {
	a, b := packText(t, "xx/law"), packText(t, "yy/law", other...)
	agreement := agreed.Agreement{Ref: dataspace.RecognitionRef{ID: "xx-yy/a"}, Entries: []agreed.Recognition{
		{ID: "xy.paper", Of: agreed.Credential{Jurisdiction: "XX", Kind: "x.paper"}, Satisfies: &agreed.Demand{Jurisdiction: "YY", Side: dataspace.ExportSide, Demand: "y.sign"},
			From: "2026-01-01", Article: "cl. 1", Source: "https://example.org/a", Text: dataspace.Text{EN: "counts", ZH: "有效"}},
		{ID: "xy.asown", Of: agreed.Credential{Jurisdiction: "YY", Certification: "mark"}, CountsAs: &agreed.Kind{Jurisdiction: "XX", Kind: "x.paper"},
			Article: "cl. 2", Source: "https://example.org/a"},
		{ID: "xz.none", Of: agreed.Credential{Jurisdiction: "XX", Kind: "x.paper"}, Satisfies: &agreed.Demand{Jurisdiction: "ZZ", Side: dataspace.ExportSide, Demand: "y.sign"}},
	}}
	c, err := contrast.Compare([]*pack.Pack{a}, []*pack.Pack{b}, []agreed.Agreement{agreement})
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]contrast.Row{}
	for _, r := range c.Rows {
		rows[r.Subject] = r
		if r.Title.EN == "" || r.Title.ZH == "" {
			t.Errorf("%s has no title", r.Subject)
		}
	}
	ids := func(list []contrast.Demand) (out []string) {
		for _, d := range list {
			out = append(out, string(d.ID))
		}
		return out
	}
	contractRow := rows["transfer_contract"]
	if got := ids(contractRow.A); !slices.Equal(got, []string{"x.many", "x.sign"}) {
		t.Errorf("contract, A: %v", got)
	}
	if got := ids(contractRow.B); !slices.Equal(got, []string{"y.many", "y.sign"}) {
		t.Errorf("contract, B: %v", got)
	}
	var how []string
	for _, v := range contractRow.Covers {
		how = append(how, v.Of+" "+v.How+" "+v.Kind+v.Certification+" "+v.Demand+" "+string(v.Through))
	}
	want := []string{"a shared all.clauses y.sign ", "a agreement x.paper y.sign xy.paper", "b shared all.clauses x.sign ", "b agreement mark x.sign xy.asown"}
	if !slices.Equal(how, want) {
		t.Errorf("covers\n%s\nwant\n%s", strings.Join(how, "\n"), strings.Join(want, "\n"))
	}
	if len(contractRow.Gaps) != 0 {
		t.Errorf("gaps %v", contractRow.Gaps)
	}
	if r := rows["certification"]; len(r.Covers) != 2 || r.Covers[0].Certification != "global_cbpr" || r.Covers[0].From != "2026-03-01" {
		t.Errorf("certification %+v", r.Covers)
	}
	// The other law names no subject; the subject follows from the fact that
	// satisfies the demand.
	if r := rows["notice"]; !slices.Equal(ids(r.A), []string{"x.tell"}) || !slices.Equal(ids(r.B), []string{"y.tell"}) {
		t.Errorf("notice %+v", r)
	}
	paper := string(c.Markdown())
	for _, part := range []string{"# xx/law · yy/law", "contract with the recipient / 与接收方订立合同", "art. 4", "cl. 1", "x.paper (paper 文件)"} {
		if !strings.Contains(paper, part) {
			t.Errorf("the paper lacks %q", part)
		}
	}
	if _, err := contrast.Compare(nil, []*pack.Pack{b}, nil); err == nil {
		t.Error("half a comparison")
	}
}

// TestCompareOverlay: a pack that overlays a law and recognises its own
// instruments there is a cover, with its own article.
func TestCompareOverlay(t *testing.T) {
	a := packText(t, "xx/law")
	head, _, _ := strings.Cut(form, "numbers:")
	text := strings.Replace(head, "xx/law\n", "xx/zone\noverlays: xx/law\n", 1) + `instruments:
  z.paper: {name: {en: zone paper, zh: 区内文件}, article: z, source: https://example.org/z, facts: ["1"], confidence: VSS}
recognises:
  - {id: z.counts, demand: x.sign, by: z.paper, from: 2026-02-01, article: z 1, source: https://example.org/z1, facts: ["1"], confidence: SEC, text: {en: counts, zh: 有效}}
rules: []
`
	b, err := pack.Load(fstest.MapFS{"xx/zone/pack.yaml": {Data: []byte(text)}}, "xx/zone")
	if err != nil {
		t.Fatal(err)
	}
	c, err := contrast.Compare([]*pack.Pack{a}, []*pack.Pack{b}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range c.Rows {
		if r.Subject != "transfer_contract" {
			continue
		}
		if len(r.Covers) != 1 || r.Covers[0].Of != "b" || r.Covers[0].Through != "z.counts" || r.Covers[0].Article != "z 1" || r.Covers[0].From != "2026-02-01" {
			t.Errorf("covers %+v", r.Covers)
		}
	}
}

func TestCompareGaps(t *testing.T) {
	a := packText(t, "xx/law")
	b := packText(t, "yy/law", append(slices.Clone(other), "all.clauses", "y.clauses", "sector == \"retail\"", "false", "consent.notice_given", "false")...)
	c, err := contrast.Compare([]*pack.Pack{a}, []*pack.Pack{b}, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]contrast.Gap{}
	for _, r := range c.Rows {
		got[r.Subject] = r.Gaps
	}
	if want := []contrast.Gap{{Side: "a", What: "uncovered"}, {Side: "b", What: "uncovered"}}; !slices.Equal(got["transfer_contract"], want) {
		t.Errorf("contract: %v", got["transfer_contract"])
	}
	if want := []contrast.Gap{{Side: "b", What: "absent"}}; !slices.Equal(got["notice"], want) {
		t.Errorf("notice: %v", got["notice"])
	}
	for _, g := range got["notice"] {
		if g.Text(c, "en") == "" || g.Text(c, "zh") == "" {
			t.Error("a gap without words")
		}
	}
}

// TestAllPairs: every built-in pack can be compared with every other, without
// losing anything, and it does not differ from itself.
func TestAllPairs(t *testing.T) {
	all, err := pack.LoadAll(packs.FS)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 4 {
		t.Fatalf("%d packs", len(all))
	}
	for i, a := range all {
		for _, b := range all[:i] {
			c, err := contrast.Compare([]*pack.Pack{a}, []*pack.Pack{b}, nil)
			if err != nil {
				t.Fatal(err)
			}
			for side, p := range map[string]*pack.Pack{"a": a, "b": b} {
				seen := map[dataspace.RuleID]bool{}
				for _, r := range c.Rows {
					list := r.A
					if side == "b" {
						list = r.B
					}
					for _, d := range list {
						seen[d.ID] = true
					}
				}
				if got, want := len(seen), len(p.DemandList()); got != want {
					t.Errorf("%s beside another: %d demands of %d", p.Ref().ID, got, want)
				}
			}
		}
	}
}

// Deadlines of incidents are demands too: a law with deadlines is not reported
// to have none. A gap is one of the pack, and the document warns of it.
func load(t *testing.T, id string) []*pack.Pack {
	t.Helper()
	p, err := pack.Load(packs.FS, id)
	if err != nil {
		t.Fatal(err)
	}
	return []*pack.Pack{p}
}

// A side that has no clock at all is named.
func TestCompareIncidentsGap(t *testing.T) {
	c, err := contrast.Compare(load(t, "us/padfa"), load(t, "kr/pipa"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range c.Rows {
		if r.Subject != "incident_report" {
			continue
		}
		if len(r.Gaps) != 1 || r.Gaps[0].Text(c, "en") != "the pack us/padfa has no demand here" || r.Gaps[0].Text(c, "zh") != "规则包us/padfa没有相应要求" {
			t.Errorf("%+v", r.Gaps)
		}
		return
	}
	t.Error("incidents are not compared")
}

func TestCompareIncidents(t *testing.T) {
	c, err := contrast.Compare(load(t, "sg/pdpa"), load(t, "kr/pipa"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range c.Rows {
		if r.Subject != "incident_report" {
			continue
		}
		if len(r.A) == 0 || len(r.B) != 3 || r.B[0].What("zh") != "事件时限" || !strings.Contains(r.B[1].DemandInfo.Text.EN, "the PIPC or KISA (within 72 hours): ") || r.B[1].From != "2026-09-11" {
			t.Errorf("%+v", r.B)
		}
		paper := string(c.Markdown())
		if !strings.Contains(paper, contrast.Caution.EN) || !strings.Contains(paper, contrast.Caution.ZH) || !strings.Contains(paper, "pathway contract 路径 contract") || !strings.Contains(paper, "[PDPA, s. 26(1) PDPA 第26条(1)](") {
			t.Error(paper)
		}
		return
	}
	t.Error("incidents are not compared")
}
