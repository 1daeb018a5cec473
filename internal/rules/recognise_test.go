package rules_test

import (
	"slices"
	"strings"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/examine"
	"hutong/internal/pack"
	"hutong/internal/rules"
)

// zone lies on small and recognises a paper of its own for small's demand.
const zone = `id: xx/zone
jurisdiction: XX
overlays: xx/small
title: {en: Zone, zh: 区}
authority: {en: Nobody, zh: 无}
version: 1.0.0
released: 2026-01-01
effective: null
checked_on: 2026-01-01
sides:
  export: {applies: 'exporter.registered_in == "XX-ZO"'}
instruments:
  zo.paper: {name: {en: zone paper, zh: 区内文件}, years: 2, article: z, source: https://example.org/z, facts: ["1"], confidence: VSS}
recognises:
  - {id: zo.counts, demand: xx.sign, by: zo.paper, from: 2026-02-01, to: 2026-12-31, when: 'sector == "retail"', article: z 1, source: https://example.org/z1, facts: ["1"], confidence: SEC, text: {en: the zone paper counts, zh: 区内文件有效}}
rules: []
`

const zoneCases = `defaults:
  on: 2026-06-15
  exporter: {jurisdiction: XX, registered_in: XX-ZO}
  recipient: {jurisdiction: NZ}
  data: {personal: true}
  sector: retail
  counts: {sensitive: 10}
  instruments: [{kind: zo.paper, id: z-1, effective_on: 2026-05-01}]
cases:
- {id: counts, expect: {verdict: cleared, satisfied: [xx.sign], reasons: [zo.counts], through: {xx.sign: [zo.counts]}}}
- {id: other-sector, facts: {sector: seeds}, expect: {verdict: action_required, obligations: [xx.sign], absent: [zo.counts], through: {xx.sign: []}}}
- {id: sector-unknown, without: [sector], expect: {verdict: action_required, absent: [zo.counts]}}
- {id: first-day, facts: {on: 2026-02-01, instruments: [{kind: zo.paper, effective_on: 2026-01-01}]}, expect: {verdict: cleared}}
- {id: a-day-early, facts: {on: 2026-01-31, instruments: [{kind: zo.paper, effective_on: 2026-01-01}]}, expect: {verdict: action_required}}
- {id: last-day, facts: {on: 2026-12-31}, expect: {verdict: cleared}}
- {id: a-day-late, facts: {on: 2027-01-01}, expect: {verdict: action_required}}
- {id: elsewhere, facts: {exporter: {registered_in: XX-AA}}, expect: {verdict: action_required}}
- {id: not-known-where, without: [exporter.registered_in], expect: {verdict: action_required}}
- {id: no-paper, without: [instruments], expect: {verdict: action_required}}
- {id: paper-for-another, facts: {instruments: [{kind: zo.paper, effective_on: 2026-05-01, covers: {recipient: else}}]}, expect: {verdict: action_required}}
- {id: not-accepted, facts: {accept_confidence: [VSS]}, expect: {verdict: human_review, decisive: [zo.counts], missing: ["rule:zo.counts"], obligations: [xx.sign]}}
- {id: own-paper-first, facts: {accept_confidence: [VSS], instruments: [{kind: xx.paper, effective_on: 2026-05-01}]}, expect: {verdict: cleared, absent: [zo.counts], through: {xx.sign: []}}}
`

func loadZone(t testing.TB, replace ...string) (*pack.Pack, error) {
	t.Helper()
	return pack.Load(tree(map[string]string{
		"xx/small/pack.yaml": strings.Replace(small, "value: null", "value: 5", 1),
		"xx/zone/pack.yaml":  strings.NewReplacer(replace...).Replace(zone),
		"xx/zone/tests.yaml": zoneCases,
	}), "xx/zone")
}

func TestRecognition(t *testing.T) {
	p, err := loadZone(t)
	if err != nil {
		t.Fatal(err)
	}
	report := examine.Test(p)
	for _, c := range report.Cases {
		for _, f := range c.Failures {
			t.Errorf("%s: %s", c.ID, f)
		}
	}
	if !report.OK() && !t.Failed() {
		t.Errorf("report is not OK: %+v", report)
	}
	if f := examine.Check(p); len(f) != 0 {
		t.Errorf("findings %v", f)
	}
	if got := p.Rules(); len(got) != 1 || got[0].Kind != "recognition" {
		t.Errorf("rules %+v", got)
	}
}

// TestRecognitionAmongMany: a recognition speaks the same where other packs
// stand before it, also those that cannot speak about the flow.
func TestRecognitionAmongMany(t *testing.T) {
	p, err := loadZone(t)
	if err != nil {
		t.Fatal(err)
	}
	base, err := pack.Load(tree(map[string]string{"xx/small/pack.yaml": strings.Replace(small, "value: null", "value: 5", 1)}), "xx/small")
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(append(loadAll(t), p, base)...)
	if err != nil {
		t.Fatal(err)
	}
	f := dataspace.Facts{On: "2026-06-15", Instruments: []dataspace.Instrument{{Kind: "zo.paper", EffectiveOn: "2026-05-01"}}, Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"exporter.jurisdiction":  dataspace.TextOf("XX"),
		"exporter.registered_in": dataspace.TextOf("XX-ZO"),
		"recipient.jurisdiction": dataspace.TextOf("NZ"),
		"sector":                 dataspace.TextOf("retail"),
		"counts.sensitive":       dataspace.IntOf(5),
	})}
	if d := decide(t, set, f); d.Verdict != dataspace.Cleared || !slices.Equal(d.Obligations[0].Through, []string{"zo.counts"}) {
		t.Errorf("%s", show(d))
	}
}

// TestRecognitionRefusals: what a pack's recognises must name, and a
// recognition without a case.
func TestRecognitionRefusals(t *testing.T) {
	for name, tt := range map[string]struct{ old, new, want string }{
		"unknown-kind": {"by: zo.paper", "by: zo.other", "zo.other"},
		"no-demand":    {"demand: xx.sign, ", "", "names no demand"},
		"bad-id":       {"id: zo.counts", "id: zo", "not of the form"},
		"bad-when":     {`sector == "retail"`, `sectr == "retail"`, "undeclared reference"},
	} {
		if _, err := loadZone(t, tt.old, tt.new); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", name, err, tt.want)
		}
	}
	p, err := loadZone(t, "demand: xx.sign", "demand: xx.none")
	if err != nil {
		t.Fatal(err)
	}
	if r := examine.Test(p); !strings.Contains(r.Err, "xx.none, which no pack of the regime defines") {
		t.Errorf("report %+v", r)
	}
	p, err = loadZone(t, "confidence: SEC,", "confidence: MEM,")
	if err != nil {
		t.Fatal(err)
	}
	if r := examine.Test(p); r.OK() {
		t.Error("a recognition of unaccepted confidence satisfies")
	}
	p, err = loadZone(t, "from: 2026-02-01, to", "from: 2030-02-01, to", "to: 2026-12-31", "to: 2031-12-31")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(examine.Check(p), func(f examine.Finding) bool { return f.Code == "rule.case" && f.Rule == "zo.counts" }) {
		t.Errorf("no case is not found: %v", examine.Check(p))
	}
}

// TestRecognitionWouldChangeIt: an obligation names the recognised kind where it
// may be recognised, what would change the verdict only where it surely is.
func TestRecognitionWouldChangeIt(t *testing.T) {
	p, err := loadZone(t)
	if err != nil {
		t.Fatal(err)
	}
	base, err := pack.Load(tree(map[string]string{"xx/small/pack.yaml": strings.Replace(small, "value: null", "value: 5", 1)}), "xx/small")
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(p, base)
	if err != nil {
		t.Fatal(err)
	}
	for sector, want := range map[string]bool{"retail": true, "": true, "seeds": false} {
		f := dataspace.Facts{On: "2026-06-15", Known: dataspace.ValuesOf(map[string]dataspace.Value{
			"exporter.jurisdiction":  dataspace.TextOf("XX"),
			"exporter.registered_in": dataspace.TextOf("XX-ZO"),
			"recipient.jurisdiction": dataspace.TextOf("NZ"),
			"sector":                 dataspace.TextOf(sector),
			"counts.sensitive":       dataspace.IntOf(5),
		})}
		d := decide(t, set, f)
		if got := slices.Contains(d.Obligations[0].Instruments, "zo.paper"); got != want {
			t.Errorf("%q: instruments %v", sector, d.Obligations[0].Instruments)
		}
		if got := len(d.Changes) > 0 && strings.Contains(d.Changes[0].Text.EN, "zo.paper: zone paper"); got != (sector == "retail") {
			t.Errorf("%q: changes %v", sector, d.Changes)
		}
	}
}
