package rules_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/dataspace"
)

// Recognised are kinds of instrument that count only by a recognition.
var recognised = []string{"jp.equivalent_system", "gba.standard_contract", "gba.standard_contract_mo", "asean.mcc", "jp.cbpr_certificate"}

// drawAbroad makes facts of a flow between any two jurisdictions that have a
// pack, and some that have none.
func drawAbroad(t *rapid.T) dataspace.Facts {
	text := func(name string, values ...string) string { return rapid.SampledFrom(values).Draw(t, name) }
	f := drawNear(t)
	f.On = text("day", "2021-02-01", "2022-03-31", "2024-10-31", "2025-09-16", "2026-01-25", "2026-02-05", "2026-03-02", "2026-06-15", "2031-06-01")
	f.Known.Set("exporter.jurisdiction", dataspace.TextOf(text("from", "CN", "HK", "MO", "SG", "DE", "GB", "JP", "KR", "AU")))
	f.Known.Set("exporter.registered_in", dataspace.TextOf(text("seat", "", "CN-GD", "CN-GD-440300", "CN-SH")))
	f.Known.Set("exporter.role", dataspace.TextOf(text("exporter role", "", "controller", "processor")))
	f.Known.Set("recipient.jurisdiction", dataspace.TextOf(text("to", "CN", "HK", "MO", "SG", "FR", "GB", "JP", "KR", "US", "CA", "BR", "NO", "AU")))
	f.Known.Set("recipient.registered_in", dataspace.TextOf(text("recipient seat", "", "CN-GD-440100", "CN-SH")))
	f.Known.Set("recipient.role", dataspace.TextOf(text("recipient role", "", "controller", "processor")))
	f.Known.Set("recipient.foreign_authority", dataspace.BoolOf(false))
	if text("commercial", "", "yes") != "" {
		f.Known.Set("recipient.commercial", dataspace.BoolOf(rapid.Bool().Draw(t, "is commercial")))
	}
	if text("onward", "", "known") != "" {
		f.Known.Set("recipient.onward_to", dataspace.ListOf(dataspace.Jurisdiction(text("onward to", "HK", "MO", "US"))))
	}
	if text("certified", "", "known") != "" {
		f.Known.Set("recipient.certifications", dataspace.ListOf(text("certificate", "global_cbpr", "global_prp", "apec_cbpr", "apec_prp", "eu_us_dpf", "kr_pipc_designated")))
	}
	f.Known.Set("ground", dataspace.TextOf(text("ground", "", "explicit_consent", "deemed_consent", "vital_interests", "public_register", "compelling_interests", "law_or_treaty", "outsourcing_for_contract", "in_transit", "other")))
	f.Known.Set("data.elements", dataspace.ListOf(dataspace.ElementID(text("what", "email", "kr_jp_id"))))
	f.Known.Set("consent.transfer_summary", dataspace.BoolOf(rapid.Bool().Draw(t, "summary")))
	for _, kind := range slices.Concat(recognised, []string{"sg.contract", "sg.bcr", "eu.scc", "eu.bcr", "eu.tia", "uk.idta", "uk.transfer_risk_assessment", "jp.equivalent_system", "kr.contract"}) {
		if rapid.Bool().Draw(t, kind) {
			f.Instruments = append(f.Instruments, dataspace.Instrument{
				Kind: kind, EffectiveOn: text("effective", "2021-01-01", "2026-06-01"), FiledOn: text("filed", "", "2026-06-02"),
			})
		}
	}
	if text("accepts", "", "all") == "all" {
		f.AcceptConfidence = []dataspace.Confidence{dataspace.VerbatimSourceSeen, dataspace.Secondary, dataspace.SecondaryWeak, dataspace.Memory, dataspace.Derived}
	}
	return f
}

var forgetAbroad = map[string]func(*dataspace.Facts){
	"exporter.role":  func(f *dataspace.Facts) { f.Known.Forget("exporter.role") },
	"recipient.role": func(f *dataspace.Facts) { f.Known.Forget("recipient.role") },
	"recipient seat": func(f *dataspace.Facts) { f.Known.Forget("recipient.registered_in") },
	"commercial":     func(f *dataspace.Facts) { f.Known.Forget("recipient.commercial") },
	"onward_to":      func(f *dataspace.Facts) { f.Known.Forget("recipient.onward_to") },
	"ground":         func(f *dataspace.Facts) { f.Known.Forget("ground") },
	"summary":        func(f *dataspace.Facts) { f.Known.Forget("consent.transfer_summary") },
	"separate":       func(f *dataspace.Facts) { f.Known.Forget("consent.separate_consent") },
}

// TestUnknownIsNeverHarmlessAbroad is TestUnknownIsNeverHarmless for the law of
// every jurisdiction, also where memory is accepted. Only a recognition that is
// in doubt, and a claim that is forgotten, may turn human review into action: where
// its condition is not known nobody is asked whether it counts.
func TestUnknownIsNeverHarmlessAbroad(t *testing.T) {
	set := allPacks(t)
	all := map[string]func(*dataspace.Facts){}
	for _, m := range []map[string]func(*dataspace.Facts){forgetters, forgetAbroad} {
		for n, forget := range m {
			all[n] = forget
		}
	}
	delete(all, "us health")
	var names []string
	for n := range all {
		names = append(names, n)
	}
	slices.Sort(names)
	rapid.Check(t, func(t *rapid.T) {
		f := drawAbroad(t)
		known := mustDecide(t, set, f)
		mildest := dataspace.HumanReview
		if slices.ContainsFunc(f.Instruments, func(in dataspace.Instrument) bool { return slices.Contains(recognised, in.Kind) }) {
			mildest = dataspace.ActionRequired
		}
		bound := min(known.Verdict.Severity(), mildest.Severity())
		for _, name := range names {
			g := f
			all[name](&g)
			if got := mustDecide(t, set, g); got.Verdict.Severity() < bound && !(got.Verdict == dataspace.ActionRequired && forgotClaim(set, f, g)) {
				t.Fatalf("without %s: %s, with it: %s", name, got.Verdict, known.Verdict)
			}
		}
	})
}
