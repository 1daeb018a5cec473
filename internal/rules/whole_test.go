package rules_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/examine"
	"hutong/internal/pack"
	"hutong/internal/rules"
	"hutong/packs"
)

// whole is a pack that uses what small does not.
const whole = `id: xx/whole
jurisdiction: XX
covers: [NZ, ZZ]
title: {en: Whole, zh: 全}
authority: {en: Nobody, zh: 无}
version: 1.0.0
released: 2026-01-01
effective: null
checked_on: 2026-01-01
calendar: calendars/cn-workdays.yaml
sources: {law: "https://example.org/law"}
sides:
  export: {applies: 'exporter.jurisdiction in group.members'}
numbers:
  large: {value: 1000, of: incident.people, article: a, source: law, facts: ["1"], confidence: VSS, text: {en: large, zh: 大}}
groups:
  members: [XX, NZ]
  ids: [email]
switches:
  report: {default: false, article: s, source: law, facts: ["1"], confidence: VSS, text: {en: report too, zh: 亦须报告}}
instruments:
  xx.paper:
    name: {en: paper, zh: 文件}
    years: 3
    article: a
    source: law
    facts: ["1"]
    confidence: VSS
    renew: {working_days: 60, article: r, source: law, facts: ["1"], confidence: VSS, text: {en: renew it, zh: 续期}}
    triggers:
      - {on: elements, article: t1, source: law, facts: ["1"], confidence: VSS, text: {en: file again for other elements, zh: 重新申报}}
      - {on: control, article: t2, source: law, facts: ["1"], confidence: VSS, text: {en: file again after a change of control, zh: 重新申报}}
      - {on: important, article: t3, source: law, facts: ["1"], confidence: DER, text: {en: leave it, zh: 改走}}
      - {on: ciio, article: t4, source: law, facts: ["1"], confidence: DER, text: {en: leave it, zh: 改走}}
  xx.mark:
    name: {en: mark, zh: 标志}
    article: a
    source: law
    facts: ["1"]
    confidence: VSS
    renew: {months: 6, article: r, source: law, facts: ["1"], confidence: VSS, text: {en: renew it, zh: 续期}}
rules:
  - {id: xx.sign, order: 1, pathway: contract, demands: [xx.sign], article: a, source: law, facts: ["1"], confidence: VSS, text: {en: sign, zh: 签}}
  - {id: xx.signed, obligation: {id: xx.sign, demanded: true, before_delivery: true, keep: {years: 3}, text: {en: sign, zh: 签}}, satisfied: {by: [{kind: xx.paper}, {kind: xx.mark}]}, article: a, source: law, facts: ["1"], confidence: VSS, text: {en: sign, zh: 签}}
  - {id: xx.report, when: switch.report, obligation: {id: xx.report, due: {fact: delivered_on, working_days: 15}, text: {en: report, zh: 报告}}, article: a, source: law, facts: ["1"], confidence: VSS, text: {en: report, zh: 报告}}
  - {id: xx.error, when: 'data.personal', bar: prohibited, recorded: 2026-01-10, withdrawn: 2026-02-10, article: a, source: law, facts: ["1"], confidence: VSS, text: {en: read wrongly, zh: 误读}}
  - {id: xx.note, note: true, recorded: 2026-02-10, article: a, source: law, facts: ["1"], confidence: VSS, text: {en: corrected, zh: 更正}}
handling:
  - {id: xx.mail, group: ids, action: mask, recorded: 2026-03-01, article: a, source: law, facts: ["1"], confidence: VSS, text: {en: mail, zh: 邮}}
incidents:
  - {id: xx.closing, when: incident.personal, days: 30, who: {en: office, zh: 部门}, article: i3, source: law, facts: ["1"], confidence: VSS, text: {en: close, zh: 结案}}
  - {id: xx.once, when: incident.personal && !incident.harm_avoided, who: {en: people, zh: 个人}, article: i1, source: law, facts: ["1"], confidence: VSS, text: {en: tell, zh: 告知}}
  - {id: xx.four, when: '!exporter.ciio && incident.people >= number.large', hours: 4, grade: {en: large, zh: 较大}, who: {en: office, zh: 部门}, article: i2, source: law, facts: ["1"], confidence: VSS, text: {en: report, zh: 报告}}
  - {id: xx.one, when: exporter.ciio, hours: 1, from: 2026-01-01, recorded: 2026-01-05, who: {en: police, zh: 公安}, article: i4, source: law, facts: ["1"], confidence: VSS, text: {en: report, zh: 报告}}
`

const wholeCases = `defaults:
  on: 2026-06-15
  exporter: {jurisdiction: XX, id: me, ciio: false}
  recipient: {id: them, jurisdiction: SG}
  purpose: business
  data: {personal: true, elements: [email], important: "no"}
  counts: {non_sensitive: 5, sensitive: 0}
  instruments: [{kind: xx.paper, id: p, effective_on: 2026-01-05, covers: {elements: [email]}}]
cases:
- {id: W1, expect: {verdict: cleared, satisfied: [xx.sign], until: {xx.sign: ""}, absent: [xx.report, "refile:xx.paper", "renew:xx.paper"], reasons: [xx.note], handling: {email: mask}}}
- {id: W2, facts: {delivered_on: 2026-06-01}, expect: {until: {xx.sign: 2029-06-01}}}
- {id: W3, facts: {delivered_on: 2026-06-16}, expect: {until: {xx.sign: ""}}}
- {id: W4, facts: {known_on: 2026-01-20}, expect: {verdict: prohibited, decisive: [xx.error], absent: [xx.note], handling: {email: keep}}}
- {id: W5, facts: {known_on: 2026-02-10}, expect: {verdict: cleared, absent: [xx.error], reasons: [xx.note], handling: {email: keep}}}
- {id: W6, facts: {data: {elements: [email, age]}}, expect: {verdict: action_required, obligations: [xx.sign], warnings: ["refile:xx.paper"]}}
- {id: W7, facts: {on: 2028-12-01}, expect: {verdict: cleared, warnings: ["renew:xx.paper"]}}
- {id: W8, facts: {switches: {"xx/whole#report": true}}, expect: {verdict: cleared, obligations: [xx.report], due: {xx.report: ""}}}
- {id: W9, facts: {switches: {"xx/whole#report": true}, delivered_on: 2026-05-20}, expect: {verdict: action_required, due: {xx.report: 2026-06-10}}}
incidents:
- {id: I1, facts: {discovered: 2026-06-01T10:00:00+08:00, personal: true, people: 1000, ciio: false}, expect: {clocks: {xx.four: "2026-06-01T14:00:00+08:00", xx.closing: ""}, may: [xx.once], absent: [xx.one]}}
- {id: I2, facts: {discovered: 2026-06-01T23:30:00Z, personal: true, people: 999, ciio: false, harm_avoided: false, handled: 2026-06-02}, expect: {clocks: {xx.once: "2026-06-01T23:30:00Z", xx.closing: "2026-07-02"}, absent: [xx.four, xx.one]}}
- {id: I3, facts: {discovered: 2026-06-01T23:30:00Z, ciio: true, personal: false}, expect: {clocks: {xx.one: "2026-06-02T00:30:00Z"}, absent: [xx.once, xx.four, xx.closing]}}
`

func loadWhole(t testing.TB, replace ...string) (*pack.Pack, error) {
	t.Helper()
	calendar, err := fs.ReadFile(packs.FS, "calendars/cn-workdays.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{"xx/whole/pack.yaml": whole, "xx/whole/tests.yaml": wholeCases, "calendars/cn-workdays.yaml": string(calendar)}
	for i := 0; i+1 < len(replace); i += 2 {
		text := strings.Replace(files["xx/whole/pack.yaml"], replace[i], replace[i+1], 1)
		if text == files["xx/whole/pack.yaml"] {
			t.Fatalf("nothing replaced: %s", replace[i])
		}
		files["xx/whole/pack.yaml"] = text
	}
	return pack.Load(tree(files), "xx/whole")
}

func wholeSet(t testing.TB, replace ...string) *rules.Set {
	t.Helper()
	p, err := loadWhole(t, replace...)
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(p)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func wholeFacts() dataspace.Facts {
	return dataspace.Facts{On: "2026-06-15", Instruments: []dataspace.Instrument{
		{Kind: "xx.paper", ID: "p", EffectiveOn: "2026-01-05"},
	}, Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"exporter.jurisdiction":  dataspace.TextOf("XX"),
		"exporter.id":            dataspace.TextOf("me"),
		"exporter.ciio":          dataspace.BoolOf(false),
		"recipient.jurisdiction": dataspace.TextOf("SG"),
		"recipient.id":           dataspace.TextOf("them"),
		"purpose":                dataspace.TextOf("business"),
		"scenario":               dataspace.TextOf("support"),
		"data.personal":          dataspace.BoolOf(true),
		"data.elements":          dataspace.ListOf("email"),
		"data.important":         dataspace.TextOf("no"),
		"counts.non_sensitive":   dataspace.IntOf(5),
		"counts.sensitive":       dataspace.IntOf(0),
		"storage.place":          dataspace.TextOf("SG"),
		"storage.until":          dataspace.TextOf("2027-01-01"),
	})}
}

func TestWholePack(t *testing.T) {
	p, err := loadWhole(t)
	if err != nil {
		t.Fatal(err)
	}
	report := examine.Test(p)
	for _, c := range report.Cases {
		for _, f := range c.Failures {
			t.Errorf("%s: %s", c.ID, f)
		}
	}
	if len(report.Cases) != 12 {
		t.Errorf("%d cases: %s", len(report.Cases), report.Err)
	}
	if len(report.Undecided) > 0 {
		t.Errorf("undecided: %v", report.Undecided)
	}
	for _, f := range examine.Check(p) {
		t.Errorf("%s: %s: %s", f.Rule, f.Code, f.Message)
	}
	kinds := map[string]int{}
	for _, f := range p.Foundings() {
		if f.Source != "https://example.org/law" || f.Article == "" || len(f.Facts) == 0 {
			t.Errorf("%s %s: %+v", f.Kind, f.ID, f)
		}
		kinds[f.Kind]++
	}
	if want := map[string]int{"pathway": 1, "obligation": 2, "bar": 1, "note": 1, "handling": 1, "incident": 4, "number": 1, "instrument": 2, "renew": 2, "trigger": 4, "switch": 1}; !cmp.Equal(kinds, want) {
		t.Error(cmp.Diff(want, kinds))
	}
}

// TestCasesFail: a case that is wrong in a new way is found to be.
func TestCasesFail(t *testing.T) {
	calendar, err := fs.ReadFile(packs.FS, "calendars/cn-workdays.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for old, wrong := range map[string]string{
		"until: {xx.sign: 2029-06-01}":            "until: {xx.sign: 2029-06-02}",
		`warnings: ["refile:xx.paper"]`:           `warnings: ["renew:xx.paper"]`,
		`warnings: ["renew:xx.paper"]`:            `absent: ["renew:xx.paper"]`,
		`xx.four: "2026-06-01T14:00:00+08:00"`:    `xx.four: "2026-06-01T14:00:01+08:00"`,
		"may: [xx.once]":                          "may: [xx.four]",
		"absent: [xx.four, xx.one]}":              "absent: [xx.closing]}",
		"absent: [xx.once, xx.four, xx.closing]}": "clocks: {xx.once: \"\"}}",
		"discovered: 2026-06-01T23:30:00Z, ciio":  "discovered: 2026-06-01, ciio",
		"ciio: true, personal: false":             "ciio: true, personl: false",
		"clocks: {xx.one: \"2026-06-02T00:30:00Z": "clocks: {xx.closing: \"2026-06-02T00:30:00Z",
	} {
		text := strings.Replace(wholeCases, old, wrong, 1)
		if text == wholeCases {
			t.Fatalf("nothing replaced: %s", old)
		}
		p, err := pack.Load(tree(map[string]string{"xx/whole/pack.yaml": whole, "xx/whole/tests.yaml": text, "calendars/cn-workdays.yaml": string(calendar)}), "xx/whole")
		if err != nil {
			t.Fatal(err)
		}
		if report := examine.Test(p); report.OK() {
			t.Errorf("%s: the cases hold", wrong)
		}
	}
}

func TestNewKeysAreChecked(t *testing.T) {
	for name, tt := range map[string]struct{ old, new, want string }{
		"covers-itself":      {"covers: [NZ, ZZ]", "covers: [NZ, XX]", "pack.yaml:3:14"},
		"covers-twice":       {"covers: [NZ, ZZ]", "covers: [NZ, NZ]", "given twice"},
		"covers-form":        {"covers: [NZ, ZZ]", "covers: [Yy]", "two capital letters"},
		"overlay-covers":     {"covers: [NZ, ZZ]", "overlays: xx/other\ncovers: [NZ]", "an overlay covers no"},
		"overlay-incidents":  {"covers: [NZ, ZZ]", "overlays: xx/other", "an overlay has no incidents"},
		"renew-both":         {"{working_days: 60,", "{working_days: 60, months: 2,", "renew needs one"},
		"renew-long":         {"{working_days: 60,", "{working_days: 3001,", "at most 3000"},
		"due-long":           {"working_days: 15", "working_days: 3001", "between 0 and 3000"},
		"due-negative":       {"working_days: 15", "working_days: -1", "between 0 and 3000"},
		"due-months":         {"working_days: 15", "months: -1", "not negative"},
		"renew-none":         {"{working_days: 60, article", "{article", "renew needs one"},
		"renew-place":        {"{months: 6,", "{months: -6,", "pack.yaml:41:12"},
		"renew-no-calendar":  {"calendar: calendars/cn-workdays.yaml\n", "", "working days need a calendar"},
		"unknown-trigger":    {"on: control", "on: kontrol", `"kontrol" is no trigger`},
		"double-trigger":     {"on: control", "on: elements", "given twice"},
		"trigger-confidence": {"{en: leave it, zh: 改走}}", "{en: leave it, zh: 改走}, confidence: SURE}", "pack.yaml"},
		"keep-both":          {"keep: {years: 3}", "keep: {years: 3, months: 1}", "keep needs one"},
		"keep-none":          {"keep: {years: 3}", "keep: {}", "keep needs one"},
		"due-fact":           {"fact: delivered_on", "fact: on", "no fact that starts a deadline"},
		"due-before":         {"{id: xx.report, due", "{id: xx.report, before_delivery: true, due", "cannot be demanded before"},
		"recorded-form":      {"recorded: 2026-03-01", "recorded: March", `"March" is no date`},
		"withdrawn-first":    {"withdrawn: 2026-02-10", "withdrawn: 2026-01-10", "withdrawn must be later than recorded"},
		"demanded-recorded":  {"{id: xx.signed, obligation", "{id: xx.signed, recorded: 2026-01-01, obligation", "no dates of its own"},
		"unknown-switch":     {"when: switch.report", "when: switch.repot", "undeclared reference"},
		"incident-both":      {"hours: 4", "hours: 4, days: 1", "one of hours"},
		"incident-flow-fact": {"when: incident.personal, days", "when: data.personal, days", "undeclared reference"},
		"incident-condition": {"incident.people >= number.large", "incident.people >= number.larg", "pack.yaml:53:25"},
		"flow-incident-fact": {"when: switch.report", "when: incident.personal", "undeclared reference"},
		"incident-id":        {"id: xx.four", "id: four", "is not of the form"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := loadWhole(t, tt.old, tt.new)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			if err != nil && !errors.Is(err, dataspace.ErrInvalid) {
				t.Errorf("error %v is not invalid", err)
			}
		})
	}
	for name, tt := range map[string]struct{ old, new, code string }{
		"trigger-text":     {"{en: file again after a change of control, zh: 重新申报}", "{en: file again}", "rule.text"},
		"trigger-article":  {"article: t1, ", "", "rule.article"},
		"renew-source":     {"{months: 6, article: r, source: law", "{months: 6, article: r, source: lau", "rule.source"},
		"switch-facts":     {`article: s, source: law, facts: ["1"]`, "article: s, source: law", "rule.facts"},
		"switch-text":      {"{en: report too, zh: 亦须报告}", "{zh: 亦须报告}", "rule.text"},
		"incident-who":     {"who: {en: police, zh: 公安}", "who: {en: police}", "rule.text"},
		"incident-article": {"article: i4, ", "", "rule.article"},
		"incident-dates":   {"hours: 1, from: 2026-01-01", "hours: 1, from: 2026-01-01, to: 2025-01-01", "rule.validity"},
		"incident-double":  {"id: xx.one, when", "id: xx.four, when", "rule.double"},
		"incident-case":    {"when: exporter.ciio, hours", "when: exporter.ciio && incident.defect, hours", "rule.case"},
		"known-overlap":    {"  - {id: xx.signed,", "  - {id: xx.other, order: 1, recorded: 2026-05-01, pathway: free, article: a, source: law, facts: [\"1\"], confidence: VSS, text: {en: a, zh: a}}\n  - {id: xx.signed,", "rule.overlap"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := loadWhole(t, tt.old, tt.new)
			if err != nil {
				t.Fatal(err)
			}
			if found := examine.Check(p); !slices.ContainsFunc(found, func(f examine.Finding) bool { return f.Code == tt.code }) {
				t.Errorf("%v, want %s", found, tt.code)
			}
		})
	}
}

// TestOrdersOnBothAxes: two pathway rules of one order are refused only when
// they meet in validity and in knowledge.
func TestOrdersOnBothAxes(t *testing.T) {
	base := `{id: xx.sign, order: 1, `
	for name, tt := range map[string]struct {
		first, second string
		fits          bool
	}{
		"same":              {"", "", false},
		"knowledge-apart":   {"withdrawn: 2026-03-01, ", "recorded: 2026-03-01, ", true},
		"knowledge-swapped": {"recorded: 2026-03-01, ", "withdrawn: 2026-03-01, ", true},
		"knowledge-both":    {"recorded: 2026-03-01, ", "withdrawn: 2026-03-02, ", false},
		"validity-swapped":  {"from: 2026-03-01, ", "to: 2026-03-01, ", false},
		"knowledge-meets":   {"withdrawn: 2026-03-02, ", "recorded: 2026-03-01, ", false},
		"validity-apart":    {"to: 2026-02-28, ", "from: 2026-03-01, ", true},
		"validity-meets":    {"to: 2026-03-01, ", "from: 2026-03-01, ", false},
		"one-axis-apart":    {"to: 2026-03-01, withdrawn: 2026-03-01, ", "from: 2026-02-01, recorded: 2026-03-01, ", true},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := loadWhole(t, base, base+tt.first+" ", "  - {id: xx.signed,",
				"  - {id: xx.other, order: 1, "+tt.second+"pathway: free, article: a, source: law, facts: [\"1\"], confidence: VSS, text: {en: a, zh: a}}\n  - {id: xx.signed,")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := rules.NewSet(p); (err == nil) != tt.fits {
				t.Errorf("error %v, fits %t", err, tt.fits)
			}
		})
	}
}

// TestCovers: a pack rules the flows of those it covers, under its own name;
// a jurisdiction that it covers but does not apply to stays uncovered.
func TestCovers(t *testing.T) {
	set := wholeSet(t)
	for j, want := range map[dataspace.Jurisdiction]dataspace.Verdict{"XX": dataspace.Cleared, "NZ": dataspace.Cleared, "ZZ": dataspace.HumanReview, "WW": dataspace.HumanReview} {
		f := wholeFacts()
		f.Known.Set("exporter.jurisdiction", dataspace.TextOf(j))
		d := decide(t, set, f)
		if d.Verdict != want || len(d.Regimes) != 1 {
			t.Errorf("%s: %s", j, show(d))
		}
		if own := want == dataspace.Cleared; own != (d.Regimes[0].Jurisdiction == "XX") || own == (len(d.Missing) > 0) {
			t.Errorf("%s: %s", j, show(d))
		}
	}
	imports := wholeSet(t, "export: {applies: 'exporter.jurisdiction in", "import: {applies: 'recipient.jurisdiction in").Side(dataspace.ImportSide)
	f := wholeFacts()
	f.Known.Set("exporter.jurisdiction", dataspace.TextOf("SG"))
	f.Known.Set("recipient.jurisdiction", dataspace.TextOf("NZ"))
	if d := decide(t, imports, f); d.Verdict != dataspace.Cleared || d.Regimes[0].Jurisdiction != "XX" {
		t.Errorf("import: %s", show(d))
	}
}

// TestKnownOnIsThePackOfThatDay: deciding by what was known on a day is
// deciding by a pack from which everything recorded later, or withdrawn by
// then, was removed.
func TestKnownOnIsThePackOfThatDay(t *testing.T) {
	days := []string{"", "2026-01-01", "2026-01-10", "2026-02-01", "2026-02-10"}
	base := []string{
		"{id: xx.free, order: 1, pathway: free",
		"{id: xx.sign, order: 2, pathway: contract, demands: [xx.signed]",
		"{id: xx.bar, when: data.personal, bar: human_review",
		"{id: xx.ask, when: data.personal, obligation: {id: xx.ask, before_delivery: true, text: {en: a, zh: a}}",
		"{id: xx.note, note: true",
	}
	demanded := "{id: xx.signed, obligation: {id: xx.signed, demanded: true, before_delivery: true, text: {en: a, zh: a}}"
	treat := []string{"{id: xx.mask, group: ids, action: mask", "{id: xx.drop, group: ids, action: drop"}
	tail := ", article: a, source: law, facts: [\"1\"], confidence: VSS, text: {en: a, zh: a}}\n"
	head := whole[:strings.Index(whole, "rules:\n")]
	rapid.Check(t, func(t *rapid.T) {
		on := rapid.SampledFrom(days[1:]).Draw(t, "known on")
		var all, then strings.Builder
		write := func(list []string) {
			for _, r := range list {
				recorded := rapid.SampledFrom(days).Draw(t, "recorded")
				withdrawn := rapid.SampledFrom(days).Draw(t, "withdrawn")
				if withdrawn <= recorded {
					withdrawn = ""
				}
				times := ""
				if recorded != "" {
					times += ", recorded: " + recorded
				}
				if withdrawn != "" {
					times += ", withdrawn: " + withdrawn
				}
				all.WriteString("  - " + r + times + tail)
				if recorded <= on && (withdrawn == "" || on < withdrawn) {
					then.WriteString("  - " + r + tail)
				}
			}
		}
		for _, b := range []*strings.Builder{&all, &then} {
			b.WriteString(head + "rules:\n  - " + demanded + tail)
		}
		write(base)
		all.WriteString("handling:\n")
		then.WriteString("handling:\n")
		write(treat)
		f := wholeFacts()
		old := deciding(t, then.String(), f)
		f.KnownOn = on
		got := deciding(t, all.String(), f)
		if old != got {
			t.Fatalf("known on %s\n%s\nthe pack of that day\n%s\n%s", on, got, old, all.String())
		}
	})
}

// deciding is the decision by a pack, without the names of pack and facts.
func deciding(t *rapid.T, text string, f dataspace.Facts) string {
	text = strings.Replace(text, "calendar: calendars/cn-workdays.yaml\n", "", 1)
	text = strings.Replace(text, "working_days: 60", "months: 2", 1)
	p, err := pack.Load(tree(map[string]string{"xx/whole/pack.yaml": text}), "xx/whole")
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(p)
	if err != nil {
		t.Fatal(err)
	}
	d, err := set.Decide(f)
	if err != nil {
		t.Fatal(err)
	}
	d.Packs, d.FactsSHA256 = nil, ""
	out, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestSwitches(t *testing.T) {
	set := wholeSet(t)
	if err := set.CheckSwitches(map[string]bool{"xx/whole#report": true}); err != nil {
		t.Error(err)
	}
	err := set.CheckSwitches(map[string]bool{"xx/whole#repot": true, "xx/other#report": false})
	if !errors.Is(err, dataspace.ErrInvalid) || !strings.Contains(err.Error(), "xx/whole#repot") || !strings.Contains(err.Error(), "xx/other#report") {
		t.Errorf("error %v", err)
	}
	for _, tt := range []struct {
		preset, chosen string
		want           bool
	}{{"false", "", false}, {"true", "", true}, {"false", "on", true}, {"true", "off", false}} {
		set := set
		if tt.preset == "true" {
			set = wholeSet(t, "default: false", "default: true")
		}
		f := wholeFacts()
		if tt.chosen != "" {
			f.Switches = map[string]bool{"xx/whole#report": tt.chosen == "on"}
		}
		d := decide(t, set, f)
		if got := slices.ContainsFunc(d.Obligations, func(o dataspace.Obligation) bool { return o.ID == "xx.report" }); got != tt.want {
			t.Errorf("%+v: %s", tt, show(d))
		}
		for _, r := range d.Reasons {
			if r.Rule == "xx.report" && r.Facts["switch.report"] != true {
				t.Errorf("the reason does not name the switch: %v", r.Facts)
			}
		}
	}
}

// TestMutantsAside: mistakes in incidents, renewal, triggers and switches are
// made too; each case of an incident notices those that it is about.
func TestMutantsAside(t *testing.T) {
	p, err := loadWhole(t)
	if err != nil {
		t.Fatal(err)
	}
	report := examine.Mutate(p)
	if report.Err != "" {
		t.Fatal(report.Err)
	}
	// The cases of the pack do not look at these.
	for _, id := range []string{"instrument.xx.mark renew deleted", "instrument.xx.paper trigger on control deleted", "xx.one from: 2026-01-01 -> 2026-01-02"} {
		if !slices.Contains(report.Survivors, id) {
			t.Errorf("%s did not survive", id)
		}
	}
	for _, id := range []string{
		"number.large value: 1000 -> 1001", "xx.four hours: 4 -> 5", "xx.closing days: 30 -> 29", "xx.once deleted", "switch.report default flipped",
		"instrument.xx.paper renew deleted", "instrument.xx.paper trigger on elements deleted", "xx.error withdrawn: 2026-02-10 -> 2026-02-11",
	} {
		if slices.Contains(report.Survivors, id) {
			t.Errorf("%s survived", id)
		}
	}
	if report.Killed < 40 {
		t.Errorf("only %d mutants were noticed", report.Killed)
	}
	t.Logf("%d of %d", report.Killed, report.Mutants)
}
