package main

import "hutong/internal/dataspace"

type testCase struct {
	name     string
	facts    dataspace.Facts
	pathway  string // empty: whatever both say
	measured bool
}

func ptr[T any](v T) *T { return &v }

// facts is a flow of which everything is known.
func facts(people, sensitive int64, change ...func(*dataspace.Facts)) dataspace.Facts {
	f := dataspace.Facts{
		On: "2026-06-15",
		Exporter: dataspace.ExporterFacts{ID: "acme", Jurisdiction: "CN", RegisteredIn: "CN-JS", ExportsFrom: "CN-JS",
			CIIO: ptr(false), StateOrgan: ptr(false), SubjectsProcessed: ptr(int64(1000)), Role: "controller"},
		Recipient: dataspace.RecipientFacts{ID: "harbour", Jurisdiction: "SG", SameGroup: ptr(false), ForeignAuthority: ptr(false),
			Restricted: ptr(false), Role: "processor", Commercial: ptr(true), CoveredPerson: ptr(false)},
		Act: "transfer", Sector: "digital_content", Scenario: "support", Purpose: "business", NecessityShown: ptr(true),
		HRBasis: &dataspace.HRBasis{LabourRules: ptr(false), CollectiveContract: ptr(false)}, Ground: "other",
		Origin: "domestic", DomesticMixed: ptr(false),
		Data: dataspace.DataFacts{Personal: ptr(true), Elements: []dataspace.ElementID{"email", "order_no", "person_name_zh"}, Important: "no",
			Core: ptr(false), StateSecret: ptr(false), GovernmentRelated: ptr(false)},
		Counts:  dataspace.CountFacts{NonSensitive: &people, Sensitive: &sensitive, Under14: ptr(int64(0)), Standard: "strictest"},
		Consent: &dataspace.ConsentFacts{Basis: "consent", SeparateConsent: ptr(true), NoticeGiven: ptr(true), GuardianConsent: ptr(true)},
		Instruments: []dataspace.Instrument{
			{Kind: "cn.pipia", ID: "p", CompletedOn: "2026-06-01"},
			{Kind: "cn.standard_contract", ID: "c", EffectiveOn: "2026-06-01", FiledOn: "2026-06-05"},
		},
	}
	for _, c := range change {
		c(&f)
	}
	return f
}

func bare(f *dataspace.Facts) { f.Instruments = nil }

// cases are the boundaries of the national rules, each number of people one
// less, the same and one more, and what ends or begins an exemption.
func cases() []testCase {
	return []testCase{
		{"cleared", facts(100, 0), "exempt", true},
		{"action", facts(120_000, 0, bare), "contract_or_certification", true},
		{"done", facts(120_000, 0), "contract_or_certification", true},
		{"assessment", facts(1, 10_000, bare), "security_assessment", true},

		{"V01", facts(0, 0, func(f *dataspace.Facts) { f.Data.Personal = ptr(false) }), "free", false},
		{"V02", facts(99_999, 0), "exempt", false},
		{"V03", facts(100_000, 0), "contract_or_certification", false},
		{"V03+1", facts(100_001, 0), "contract_or_certification", false},
		{"V04", facts(1, 1), "contract_or_certification", false},
		{"T03", facts(999_999, 0), "contract_or_certification", false},
		{"T04", facts(1_000_000, 0), "security_assessment", false},
		{"T05", facts(1_000_001, 0), "security_assessment", false},
		{"T06", facts(0, 9_999), "contract_or_certification", false},
		{"V05", facts(0, 10_000), "security_assessment", false},
		{"T07", facts(0, 10_001), "security_assessment", false},
		{"V06", facts(1, 0, func(f *dataspace.Facts) { f.Exporter.CIIO = ptr(true) }), "security_assessment", false},
		{"V07", facts(5_000_000, 0, func(f *dataspace.Facts) { f.Purpose = "contract_with_individual" }), "exempt", false},
		{"E01", facts(100_000, 0, func(f *dataspace.Facts) { f.Purpose, f.NecessityShown = "contract_with_individual", ptr(false) }), "contract_or_certification", false},
		{"V08", facts(10, 0, func(f *dataspace.Facts) { f.Data.Important = "notified" }), "security_assessment", false},
		{"V09", facts(2_000_000, 50_000, func(f *dataspace.Facts) { f.Origin = "abroad" }), "exempt", false},
		{"mixed", facts(2_000_000, 50_000, func(f *dataspace.Facts) { f.Origin, f.DomesticMixed = "abroad", ptr(true) }), "security_assessment", false},
		{"emergency", facts(100_000, 5, func(f *dataspace.Facts) { f.Purpose = "emergency" }), "exempt", false},
		{"statutory", facts(100_000, 0, func(f *dataspace.Facts) { f.Purpose = "statutory_duty" }), "human_review", false},
		{"inside", facts(100_000, 0, func(f *dataspace.Facts) { f.Recipient.Jurisdiction = "CN" }), "not_an_export", false},
		{"access", facts(100_000, 0, func(f *dataspace.Facts) { f.Act = "access_inside" }), "not_an_export", false},
		{"organ", facts(100, 0, func(f *dataspace.Facts) { f.Exporter.StateOrgan = ptr(true) }), "security_assessment", false},
		{"core", facts(100, 0, func(f *dataspace.Facts) { f.Data.Core = ptr(true) }), "human_review", false},
		{"court", facts(100, 0, func(f *dataspace.Facts) { f.Recipient.ForeignAuthority = ptr(true) }), "", false},
		{"children", facts(100, 5, func(f *dataspace.Facts) { f.Counts.Under14, f.Consent.GuardianConsent = ptr(int64(5)), ptr(false) }), "", false},
		{"untold", facts(100, 0, bare, func(f *dataspace.Facts) { f.Consent.NoticeGiven, f.Consent.SeparateConsent = ptr(false), ptr(false) }), "", false},
	}
}
