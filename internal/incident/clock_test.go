package incident_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/incident"
	"hutong/internal/pack"
)

const head = `id: xx/whole
jurisdiction: XX
covers: [NZ, ZZ]
title: {en: Whole, zh: 全}
authority: {en: Nobody, zh: 无}
version: 1.0.0
released: 2026-01-01
effective: 2026-01-01
checked_on: 2026-01-01
%s
sources: {law: "https://example.org/law"}
sides:
  export: {applies: 'exporter.jurisdiction == "XX"'}
numbers:
  large: {value: 1000, of: incident.people, article: a, source: law, facts: ["1"], confidence: VSS, text: {en: large, zh: 大}}
rules:
  - {id: xx.free, order: 1, pathway: free, article: a, source: law, facts: ["1"], confidence: VSS, text: {en: free, zh: 自由}}
incidents:
`

const one = `  - {id: xx.clock, from: 2027-01-01, when: 'true', hours: 24, article: "4", source: law, facts: ["1"], confidence: VSS, who: {en: them, zh: 有关部门}, text: {en: tell, zh: 报告}}
`

const several = `  - {id: xx.closing, when: incident.personal, days: 30, who: {en: office, zh: 部门}, article: i3, source: law, facts: ["1"], confidence: VSS, text: {en: close, zh: 结案}}
  - {id: xx.once, when: incident.personal && !incident.harm_avoided, who: {en: people, zh: 个人}, article: i1, source: law, facts: ["1"], confidence: VSS, text: {en: tell, zh: 告知}}
  - {id: xx.four, when: '!exporter.ciio && incident.people >= number.large', hours: 4, grade: {en: large, zh: 较大}, who: {en: office, zh: 部门}, article: i2, source: law, facts: ["1"], confidence: VSS, text: {en: report, zh: 报告}}
  - {id: xx.one, when: exporter.ciio, hours: 1, from: 2026-01-01, recorded: 2026-01-05, who: {en: police, zh: 公安}, article: i4, source: law, facts: ["1"], confidence: VSS, text: {en: report, zh: 报告}}
`

func load(t *testing.T, zones, clocks string) *pack.Pack {
	t.Helper()
	return loadText(t, fmt.Sprintf(head, zones)+clocks)
}

func loadText(t *testing.T, text string) *pack.Pack {
	t.Helper()
	p, err := pack.Load(fstest.MapFS{"xx/whole/pack.yaml": {Data: []byte(text)}}, "xx/whole")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestByItsZone: a clock runs when it is law on a day of the discovery
// where its law is, however the moment is written.
func TestByItsZone(t *testing.T) {
	for _, c := range []struct {
		zones, discovered string
		runs              bool
	}{
		{"zones: [Asia/Shanghai]", "2026-12-31T17:00:00Z", true},
		{"zones: [Asia/Shanghai]", "2027-01-01T00:30:00+09:00", false},
		{"zones: [America/New_York, Pacific/Honolulu]", "2027-01-01T05:00:00Z", true},
		{"zones: [America/New_York, Pacific/Honolulu]", "2027-01-01T04:00:00Z", false},
		{"", "2026-12-31T17:00:00Z", false},
	} {
		got, err := incident.OfPack(load(t, c.zones, one), dataspace.Incident{Discovered: c.discovered})
		if err != nil || (len(got) == 1) != c.runs {
			t.Errorf("%s, discovered %s: %d clocks (%v)", c.zones, c.discovered, len(got), err)
		}
	}
}

// TestClocks: clocks over a whole set come by deadline, those that only may
// run after those that do, those without a deadline last.
func TestClocks(t *testing.T) {
	packs := []*pack.Pack{load(t, "", several)}
	list, err := incident.Clocks(packs, "NZ", dataspace.Incident{Discovered: "2026-06-01T10:00:00+08:00", Known: dataspace.ValuesOf(map[string]dataspace.Value{"personal": dataspace.BoolOf(true), "people": dataspace.IntOf(5000)})})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, k := range list {
		line := string(k.Rule) + " " + k.Deadline
		for _, m := range k.Missing {
			line += " " + m.Fact
		}
		if k.May != (len(k.Missing) > 0) || k.Pack != "xx/whole" || k.Source != "https://example.org/law" {
			t.Errorf("%+v", k)
		}
		got = append(got, line)
	}
	want := []string{
		"xx.once 2026-06-01T10:00:00+08:00 incident.harm_avoided",
		"xx.one 2026-06-01T11:00:00+08:00 exporter.ciio",
		"xx.four 2026-06-01T14:00:00+08:00 exporter.ciio",
		"xx.closing ",
	}
	if !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
	before, err := incident.Clocks(packs, "XX", dataspace.Incident{Discovered: "2026-06-01T10:00:00+08:00", Known: dataspace.ValuesOf(map[string]dataspace.Value{"ciio": dataspace.BoolOf(true), "personal": dataspace.BoolOf(false)}), KnownOn: "2026-01-04"})
	if err != nil || len(before) != 0 {
		t.Errorf("known before it was recorded: %v, %v", before, err)
	}
	old, err := incident.Clocks(packs, "XX", dataspace.Incident{Discovered: "2025-12-31T23:59:59+08:00", Known: dataspace.ValuesOf(map[string]dataspace.Value{"ciio": dataspace.BoolOf(true), "personal": dataspace.BoolOf(false)})})
	if err != nil || len(old) != 0 {
		t.Errorf("discovered before it was law: %v, %v", old, err)
	}
	if _, err := incident.Clocks(packs, "QQ", dataspace.Incident{Discovered: "2026-06-01T10:00:00Z"}); !errors.Is(err, dataspace.ErrNotFound) {
		t.Errorf("a jurisdiction without a pack: %v", err)
	}
	for name, f := range map[string]dataspace.Incident{
		"no-moment":      {},
		"a-day":          {Discovered: "2026-06-01"},
		"handled-form":   {Discovered: "2026-06-01T10:00:00Z", Handled: "soon"},
		"handled-before": {Discovered: "2026-06-01T10:00:00Z", Handled: "2026-05-31"},
		"known-form":     {Discovered: "2026-06-01T10:00:00Z", KnownOn: "now"},
		"people":         {Discovered: "2026-06-01T10:00:00Z", Known: dataspace.ValuesOf(map[string]dataspace.Value{"people": dataspace.IntOf(-1)})},
		"unknown-name":   {Discovered: "2026-06-01T10:00:00Z", Known: dataspace.ValuesOf(map[string]dataspace.Value{"colour": dataspace.TextOf("red")})},
		"grade":          {Discovered: "2026-06-01T10:00:00Z", Known: dataspace.ValuesOf(map[string]dataspace.Value{"grade": dataspace.TextOf("huge")})},
	} {
		if _, err := incident.Clocks(packs, "XX", f); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

const counted = `texts:
  figure: {source: law, facts: ["1"], text: {en: the figure, zh: 期限数字}}
incidents:
  - {id: xx.open, hours: 0, missing: [figure], article: "1", source: law, facts: ["1"], confidence: MEM, who: {en: them, zh: 部门}, text: {en: tell, zh: 报告}}
  - {id: xx.named, hours: 48, missing: [figure], article: "1", source: law, facts: ["1"], confidence: VSS, who: {en: them, zh: 部门}, text: {en: tell, zh: 报告}}
  - {id: xx.assessed, days: 3, after: assessed, article: "2", source: law, facts: ["1"], confidence: VSS, who: {en: them, zh: 部门}, text: {en: tell, zh: 报告}}
  - {id: xx.discovered, days: 30, after: discovered, article: "3", source: law, facts: ["1"], confidence: VSS, who: {en: them, zh: 部门}, text: {en: tell, zh: 报告}}
  - {id: xx.first, days: 30, after: discovered, first_day: true, advice: true, article: "3", source: law, facts: ["1"], confidence: VSS, who: {en: them, zh: 部门}, text: {en: tell, zh: 报告}}
`

// TestFromWhen: days run from the discovery or the assessment, where the law
// counts its day; a text that is missing leaves the time limit to a person.
func TestFromWhen(t *testing.T) {
	from := "zones: [America/New_York, Pacific/Honolulu]"
	p := loadText(t, fmt.Sprintf(strings.TrimSuffix(head, "incidents:\n"), from)+counted)
	for _, c := range []struct {
		assessed string
		want     []string
	}{
		{"", []string{"xx.named 2026-06-07T08:00:00Z xx/whole#figure", "xx.first 2026-07-03 advice", "xx.discovered 2026-07-04", "xx.open  review xx/whole#figure", "xx.assessed  after assessed"}},
		{"2026-06-04", []string{"xx.named 2026-06-07T08:00:00Z xx/whole#figure", "xx.assessed 2026-06-07 after assessed", "xx.first 2026-07-03 advice", "xx.discovered 2026-07-04", "xx.open  review xx/whole#figure"}},
	} {
		// In Honolulu it is still the fourth.
		list, err := incident.Clocks([]*pack.Pack{p}, "XX", dataspace.Incident{Discovered: "2026-06-05T08:00:00Z", Assessed: c.assessed})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, k := range list {
			line := string(k.Rule) + " " + k.Deadline
			if k.After != "" {
				line += " after " + k.After
			}
			if k.Advice {
				line += " advice"
			}
			if k.Review {
				line += " review"
			}
			for _, m := range k.Missing {
				line += " " + m.Fact
			}
			if k.May || k.Jurisdiction != "XX" {
				t.Errorf("%+v", k)
			}
			got = append(got, line)
		}
		if !cmp.Equal(got, c.want) {
			t.Error(cmp.Diff(c.want, got))
		}
	}
	for _, wrong := range []string{"2026-06-03", "soon"} {
		if _, err := incident.OfPack(p, dataspace.Incident{Discovered: "2026-06-05T08:00:00Z", Assessed: wrong}); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("assessed %s: %v", wrong, err)
		}
	}
	if k := incident.NoPack("QQ"); !k.Review || !k.May || k.Deadline != "" || k.Jurisdiction != "QQ" || k.Missing[0].Why.ZH == "" || k.Text.ZH == "" {
		t.Errorf("%+v", k)
	}
}

// TestRefusedForms: what a clock cannot mean does not load.
func TestRefusedForms(t *testing.T) {
	for _, bad := range []string{"hours: 4, after: discovered", "hours: 4, first_day: true", "days: 3, after: sometime", "missing: [nothing]", "hours: 4, days: 3", "days: -1"} {
		text := fmt.Sprintf(head, "") + "  - {id: xx.clock, " + bad + `, article: "4", source: law, facts: ["1"], confidence: VSS, who: {en: them, zh: 部门}, text: {en: tell, zh: 报告}}` + "\n"
		if _, err := pack.Load(fstest.MapFS{"xx/whole/pack.yaml": {Data: []byte(text)}}, "xx/whole"); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// TestContradiction: an incident with people, or with sensitive data, that is said
// to concern no personal data is refused; it would have fewer clocks.
func TestContradiction(t *testing.T) {
	p, err := pack.Load(fstest.MapFS{"xx/whole/pack.yaml": {Data: []byte(fmt.Sprintf(head, "") + one)}}, "xx/whole")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		known map[string]dataspace.Value
		fits  bool
	}{
		"people":         {map[string]dataspace.Value{"personal": dataspace.BoolOf(false), "people": dataspace.IntOf(1)}, false},
		"sensitive":      {map[string]dataspace.Value{"personal": dataspace.BoolOf(false), "sensitive": dataspace.BoolOf(true)}, false},
		"nobody":         {map[string]dataspace.Value{"personal": dataspace.BoolOf(false), "people": dataspace.IntOf(0), "sensitive": dataspace.BoolOf(false)}, true},
		"people and yes": {map[string]dataspace.Value{"personal": dataspace.BoolOf(true), "people": dataspace.IntOf(1)}, true},
		"people only":    {map[string]dataspace.Value{"people": dataspace.IntOf(1)}, true},
	} {
		_, err := incident.Clocks([]*pack.Pack{p}, "XX", dataspace.Incident{Discovered: "2027-06-01T10:00:00+08:00", Known: dataspace.ValuesOf(c.known)})
		if fits := !errors.Is(err, dataspace.ErrContradiction); fits != c.fits || c.fits && err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
