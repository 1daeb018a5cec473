package rules_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/internal/rules"
)

// dated is a pack of one rule before a day and one from it on, with the day of
// an obligation that begins with the second.
const dated = `id: %[1]s/dated
jurisdiction: %[2]s
title: {en: dated, zh: 期日}
authority: {en: nobody, zh: 无}
version: 1.0.0
released: 2026-01-01
effective: 2026-01-01
checked_on: 2026-01-01
%[3]s
sides:
  export: {applies: 'exporter.jurisdiction == "%[2]s"'}
  import: {applies: 'recipient.jurisdiction == "%[2]s" && exporter.jurisdiction != "%[2]s"'}
sources: {s: https://example.org/law}
instruments:
  %[1]s.paper: {name: {en: paper, zh: 文件}, article: "1", source: s, facts: ["1"], confidence: VSS}
rules:
  - {id: %[1]s.old, side: export, to: 2026-12-31, when: 'true', pathway: exempt, verdict: cleared, order: 1, article: "1", source: s, facts: ["1"], confidence: VSS, text: {en: before, zh: 之前}}
  - {id: %[1]s.new, side: export, from: 2027-01-01, when: 'true', pathway: exempt, verdict: cleared, demands: [%[1]s.paper], order: 2, article: "2", source: s, facts: ["1"], confidence: VSS, text: {en: after, zh: 之后}}
  - {id: %[1]s.in, side: import, when: 'true', pathway: exempt, verdict: cleared, order: 3, article: "3", source: s, facts: ["1"], confidence: VSS, text: {en: inward, zh: 入境}}
  - id: %[1]s.demand
    side: export
    article: "2"
    source: s
    facts: ["1"]
    confidence: VSS
    text: {en: a paper, zh: 文件}
    obligation: {id: %[1]s.paper, demanded: true, before_delivery: true, text: {en: a paper, zh: 文件}}
    satisfied: {by: [{kind: %[1]s.paper}]}
  - id: %[1]s.report
    side: export
    from: 2027-01-01
    when: 'true'
    article: "3"
    source: s
    facts: ["1"]
    confidence: VSS
    text: {en: report, zh: 报告}
    obligation: {id: %[1]s.report, text: {en: report, zh: 报告}, due: {fact: delivered_on, months: 1}, keep: {years: 1}}
`

// datedPack is a made-up pack of a jurisdiction with the zones.
func datedPack(t testing.TB, id, j, zones string) *pack.Pack {
	t.Helper()
	p, err := pack.Load(fstest.MapFS{id + "/dated/pack.yaml": {Data: fmt.Appendf(nil, dated, id, j, zones)}}, id+"/dated")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func setOf(t testing.TB, packs ...*pack.Pack) *rules.Set {
	t.Helper()
	s, err := rules.NewSet(packs...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// flowOf is a flow from XX to YY.
func flowOf(t testing.TB, when string, more ...string) dataspace.Facts {
	t.Helper()
	return parse(t, when+"\nexporter: {jurisdiction: XX}\nrecipient: {jurisdiction: YY}\ndata: {personal: true}\ncounts: {}\n"+strings.Join(more, "\n"))
}

// Each regime is decided on its own day.
func TestEachRegimeHasItsDay(t *testing.T) {
	set := setOf(t, datedPack(t, "xx", "XX", "zones: [Asia/Shanghai]"), datedPack(t, "yy", "YY", "zones: [America/New_York]"))
	for name, c := range map[string]struct {
		when    string
		verdict dataspace.Verdict
		days    []dataspace.RegimeDay
	}{
		"before":         {"on: 2026-12-31\nat: 2026-12-31T15:59:59Z", dataspace.Cleared, nil},
		"after":          {"on: 2027-01-01\nat: 2026-12-31T16:00:00Z", dataspace.ActionRequired, []dataspace.RegimeDay{{Jurisdiction: "YY", Side: "import", On: "2026-12-31"}}},
		"other-midnight": {"on: 2027-01-01\nat: 2027-01-01T05:00:00Z", dataspace.ActionRequired, nil},
		// A day alone is the day everywhere.
		"day-alone":  {"on: 2026-12-31", dataspace.Cleared, nil},
		"day-alone2": {"on: 2027-01-01", dataspace.ActionRequired, nil},
		// What the exporter calls the day does not change what its law does.
		"stated-otherwise": {"on: 2026-12-31\nat: 2026-12-31T16:00:00Z", dataspace.ActionRequired, []dataspace.RegimeDay{{Jurisdiction: "XX", Side: "export", On: "2027-01-01"}}},
	} {
		t.Run(name, func(t *testing.T) {
			d := decide(t, set, flowOf(t, c.when))
			if d.Verdict != c.verdict || !slices.Equal(d.Days, c.days) {
				t.Errorf("%s on %+v, want %s on %+v", d.Verdict, d.Days, c.verdict, c.days)
			}
		})
	}
}

// A law with several zones is asked on each of its days, and the stricter answer
// holds: announced law from the first midnight on, law that ends until the last.
func TestStricterOfSeveralDays(t *testing.T) {
	set := setOf(t, datedPack(t, "xx", "XX", "zones: [America/New_York, Pacific/Honolulu]"))
	for when, want := range map[string]dataspace.Verdict{
		"on: 2026-12-31\nat: 2027-01-01T04:59:59Z": dataspace.Cleared,        // the old year in both
		"on: 2026-12-31\nat: 2027-01-01T05:00:00Z": dataspace.ActionRequired, // New York has the new law
		"on: 2027-01-01\nat: 2027-01-01T10:00:00Z": dataspace.ActionRequired, // the new year in both
	} {
		if d := decide(t, set, flowOf(t, when)); d.Verdict != want {
			t.Errorf("%q is %s, want %s\n%s", when, d.Verdict, want, show(d))
		}
	}
	// An instrument must be in force on each of the days.
	paper := "instruments: [{kind: xx.paper, id: p, effective_on: 2027-01-01}]"
	d := decide(t, set, flowOf(t, "on: 2027-01-01\nat: 2027-01-01T05:00:00Z", paper))
	if d.Verdict != dataspace.Cleared {
		t.Errorf("with the paper of the new law it is %s: the old law asks for none", d.Verdict)
	}
	// What only the new law asks for, and which stops nothing, is asked for.
	if !slices.ContainsFunc(d.Obligations, func(o dataspace.Obligation) bool { return o.ID == "xx.report" }) {
		t.Errorf("the report of the new law is not asked for: %s", show(d))
	}
	ends := "instruments: [{kind: xx.paper, id: p, effective_on: 2026-01-01, expires_on: 2027-01-05}]"
	if d := decide(t, set, flowOf(t, "on: 2027-01-05\nat: 2027-01-06T05:00:00Z", ends)); d.Verdict != dataspace.ActionRequired {
		t.Errorf("a paper that has ended in New York is %s in Honolulu", d.Verdict)
	}
}

// Deadlines run from the first day of the delivery in the zones, and what is kept
// is kept from the last.
func TestDeliveryInSeveralZones(t *testing.T) {
	set := setOf(t, datedPack(t, "xx", "XX", "zones: [America/New_York, Pacific/Honolulu]"))
	d := decide(t, set, flowOf(t, "on: 2027-02-01\nat: 2027-02-01T12:00:00Z\ndelivered_on: 2027-01-15\ndelivered_at: 2027-01-15T06:00:00Z", "instruments: [{kind: xx.paper, id: p, effective_on: 2027-01-01}]"))
	at := slices.IndexFunc(d.Obligations, func(o dataspace.Obligation) bool { return o.ID == "xx.report" })
	if at < 0 || d.Obligations[at].Due == nil || *d.Obligations[at].Due != "2027-02-14" || d.Obligations[at].Until == nil || *d.Obligations[at].Until != "2028-01-15" {
		t.Errorf("the report is %s", show(d))
	}
}

// TestHome: the day of a flow is that where its exporter is.
func TestHome(t *testing.T) {
	set := setOf(t, datedPack(t, "xx", "XX", "zones: [Asia/Shanghai]"), datedPack(t, "yy", "YY", "zones: [America/New_York, Pacific/Honolulu]"), datedPack(t, "ww", "WW", ""))
	for name, c := range map[string]struct{ exporter, at, want string }{
		"default":      {"{jurisdiction: XX}", "2026-12-31T17:00:00Z", "2027-01-01"},
		"offset":       {"{jurisdiction: XX}", "2027-01-01T01:00:00+08:00", "2027-01-01"},
		"stated":       {"{jurisdiction: XX, time_zone: Asia/Urumqi}", "2026-12-31T17:00:00Z", "2026-12-31"},
		"several":      {"{jurisdiction: YY}", "2027-01-01T06:00:00Z", "2026-12-31"},
		"one-of-them":  {"{jurisdiction: YY, time_zone: America/New_York}", "2027-01-01T06:00:00Z", "2027-01-01"},
		"none":         {"{jurisdiction: WW}", "2026-12-31T17:00:00Z", "2026-12-31"},
		"no-such-pack": {"{jurisdiction: QQ}", "2026-12-31T17:00:00Z", "2026-12-31"},
	} {
		t.Run(name, func(t *testing.T) {
			f := parse(t, "on: 2026-12-31\nexporter: "+c.exporter+"\nrecipient: {jurisdiction: SG}\ndata: {personal: true}\ncounts: {}")
			f.On, f.At = "", c.at
			got, err := set.Dated(f)
			if err != nil || got.On != c.want {
				t.Errorf("it is %s (%v), want %s", got.On, err, c.want)
			}
		})
	}
}

// TestNarrower: a decision on the earliest of several days says which question
// would narrow it, and only then.
func TestNarrower(t *testing.T) {
	set := setOf(t, datedPack(t, "xx", "XX", "zones: [Asia/Shanghai]"), datedPack(t, "yy", "YY", "zones: [America/New_York, Pacific/Honolulu]"))
	for name, c := range map[string]struct {
		exporter, when string
		asks           bool
	}{
		"several":  {"{jurisdiction: YY}", "on: 2026-12-31\nat: 2027-01-01T06:00:00Z", true},
		"stated":   {"{jurisdiction: YY, time_zone: Pacific/Honolulu}", "on: 2026-12-31\nat: 2027-01-01T06:00:00Z", false},
		"one day":  {"{jurisdiction: YY}", "on: 2027-01-01\nat: 2027-01-01T18:00:00Z", false},
		"one zone": {"{jurisdiction: XX}", "on: 2027-01-01\nat: 2027-01-01T06:00:00Z", false},
		"by day":   {"{jurisdiction: YY}", "on: 2026-12-31", false},
	} {
		t.Run(name, func(t *testing.T) {
			d := decide(t, set, parse(t, c.when+"\nexporter: "+c.exporter+"\nrecipient: {jurisdiction: SG}\ndata: {personal: true}\ncounts: {}"))
			if asks := len(d.Narrower) == 1; asks != c.asks || asks && (d.Narrower[0].Fact != "exporter.time_zone" || !strings.Contains(d.Narrower[0].Ask.EN, "Pacific/Honolulu")) {
				t.Errorf("it would be narrower by %+v", d.Narrower)
			}
		})
	}
}

func TestInstantRefused(t *testing.T) {
	for when, place := range map[string]string{
		"on: 2026-12-31\nat: 2026-12-31":                                               "at",
		"on: 2026-12-31\nat: 2027-01-02T00:00:00Z":                                     "at",
		"on: 2026-12-31\ndelivered_on: 2026-12-01\ndelivered_at: 2026-11-01T00:00:00Z": "delivered_at",
		"on: 2026-12-31\ndelivered_at: 2026-11-01T00:00:00Z":                           "delivered_at",
	} {
		_, err := pack.ParseFacts(madeUp, []byte(when+"\nexporter: {jurisdiction: XX}\nrecipient: {jurisdiction: YY}\ndata: {personal: true}\ncounts: {}"))
		var p *dataspace.Problem
		if !errors.As(err, &p) || p.Place != place {
			t.Errorf("%q: %v", when, err)
		}
	}
}

func TestZoneOfAPackRefused(t *testing.T) {
	for _, zones := range []string{"zones: [Asia/Shanghai, Asia/Nowhere]", "zones: [Asia/Shanghai, Asia/Shanghai]", "zones: [UTC, Local]"} {
		_, err := pack.Load(fstest.MapFS{"xx/dated/pack.yaml": {Data: fmt.Appendf(nil, dated, "xx", "XX", zones)}}, "xx/dated")
		var p *dataspace.Problem
		if !errors.As(err, &p) || p.Place != "xx/dated/pack.yaml: zones[1]" {
			t.Errorf("%s: %v", zones, err)
		}
	}
}

// TestNeverMilderThanADay: a regime with several days is never milder than on any
// one of them.
func TestNeverMilderThanADay(t *testing.T) {
	set := setOf(t, datedPack(t, "xx", "XX", "zones: [America/New_York, Pacific/Honolulu, Pacific/Guam]"))
	one := map[string]*rules.Set{}
	for _, z := range []string{"America/New_York", "Pacific/Honolulu", "Pacific/Guam"} {
		one[z] = setOf(t, datedPack(t, "xx", "XX", "zones: ["+z+"]"))
	}
	rapid.Check(t, func(r *rapid.T) {
		hour := rapid.IntRange(0, 95).Draw(r, "hour")
		f := flowOf(t, fmt.Sprintf("on: 2026-12-%02d\nat: 2026-12-%02dT%02d:30:00Z", 30+min(hour/24, 1), 30+min(hour/24, 1), hour%24))
		if rapid.Bool().Draw(r, "paper") {
			day := func(name string) string { return fmt.Sprintf("2026-12-%02d", rapid.IntRange(28, 31).Draw(r, name)) }
			f.Instruments = []dataspace.Instrument{{Kind: "xx.paper", ID: "p", EffectiveOn: day("from"), ExpiresOn: day("to")}}
		}
		all := decide(t, set, f)
		for z, s := range one {
			if d := decide(t, s, f); d.Verdict.Severity() > all.Verdict.Severity() {
				r.Fatalf("%s in %s, but %s in all zones together", d.Verdict, z, all.Verdict)
			}
		}
	})
}
