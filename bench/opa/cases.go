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
	f := dataspace.Facts{On: "2026-06-15", Instruments: []dataspace.Instrument{
		{Kind: "cn.pipia", ID: "p", CompletedOn: "2026-06-01"},
		{Kind: "cn.standard_contract", ID: "c", EffectiveOn: "2026-06-01", FiledOn: "2026-06-05"},
	}, Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"exporter.id":                  dataspace.TextOf("acme"),
		"exporter.jurisdiction":        dataspace.TextOf("CN"),
		"exporter.registered_in":       dataspace.TextOf("CN-JS"),
		"exporter.exports_from":        dataspace.TextOf("CN-JS"),
		"exporter.ciio":                dataspace.BoolOf(false),
		"exporter.state_organ":         dataspace.BoolOf(false),
		"exporter.subjects_processed":  dataspace.IntOf(1000),
		"exporter.role":                dataspace.TextOf("controller"),
		"recipient.id":                 dataspace.TextOf("harbour"),
		"recipient.jurisdiction":       dataspace.TextOf("SG"),
		"recipient.same_group":         dataspace.BoolOf(false),
		"recipient.foreign_authority":  dataspace.BoolOf(false),
		"recipient.restricted":         dataspace.BoolOf(false),
		"recipient.role":               dataspace.TextOf("processor"),
		"recipient.commercial":         dataspace.BoolOf(true),
		"recipient.covered_person":     dataspace.BoolOf(false),
		"act":                          dataspace.TextOf("transfer"),
		"sector":                       dataspace.TextOf("digital_content"),
		"scenario":                     dataspace.TextOf("support"),
		"purpose":                      dataspace.TextOf("business"),
		"necessity_shown":              dataspace.BoolOf(true),
		"hr_basis.labour_rules":        dataspace.BoolOf(false),
		"hr_basis.collective_contract": dataspace.BoolOf(false),
		"ground":                       dataspace.TextOf("other"),
		"origin":                       dataspace.TextOf("domestic"),
		"domestic_mixed":               dataspace.BoolOf(false),
		"data.personal":                dataspace.BoolOf(true),
		"data.elements":                dataspace.ListOf("email", "order_no", "person_name_zh"),
		"data.important":               dataspace.TextOf("no"),
		"data.core":                    dataspace.BoolOf(false),
		"data.state_secret":            dataspace.BoolOf(false),
		"data.government_related":      dataspace.BoolOf(false),
		"counts.non_sensitive":         dataspace.MaybeInt(&people),
		"counts.sensitive":             dataspace.MaybeInt(&sensitive),
		"counts.under_14":              dataspace.IntOf(0),
		"counts.standard":              dataspace.TextOf("strictest"),
		"consent.basis":                dataspace.TextOf("consent"),
		"consent.separate_consent":     dataspace.BoolOf(true),
		"consent.notice_given":         dataspace.BoolOf(true),
		"consent.guardian_consent":     dataspace.BoolOf(true),
	})}
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

		{"V01", facts(0, 0, func(f *dataspace.Facts) { f.Known.Set("data.personal", dataspace.BoolOf(false)) }), "free", false},
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
		{"V06", facts(1, 0, func(f *dataspace.Facts) { f.Known.Set("exporter.ciio", dataspace.BoolOf(true)) }), "security_assessment", false},
		{"V07", facts(5_000_000, 0, func(f *dataspace.Facts) { f.Known.Set("purpose", dataspace.TextOf("contract_with_individual")) }), "exempt", false},
		{"E01", facts(100_000, 0, func(f *dataspace.Facts) {
			f.Known.Set("purpose", dataspace.TextOf("contract_with_individual"))
			f.Known.Set("necessity_shown", dataspace.BoolOf(false))
		}), "contract_or_certification", false},
		{"V08", facts(10, 0, func(f *dataspace.Facts) { f.Known.Set("data.important", dataspace.TextOf("notified")) }), "security_assessment", false},
		{"V09", facts(2_000_000, 50_000, func(f *dataspace.Facts) { f.Known.Set("origin", dataspace.TextOf("abroad")) }), "exempt", false},
		{"mixed", facts(2_000_000, 50_000, func(f *dataspace.Facts) {
			f.Known.Set("origin", dataspace.TextOf("abroad"))
			f.Known.Set("domestic_mixed", dataspace.BoolOf(true))
		}), "security_assessment", false},
		{"emergency", facts(100_000, 5, func(f *dataspace.Facts) { f.Known.Set("purpose", dataspace.TextOf("emergency")) }), "exempt", false},
		{"statutory", facts(100_000, 0, func(f *dataspace.Facts) { f.Known.Set("purpose", dataspace.TextOf("statutory_duty")) }), "human_review", false},
		{"inside", facts(100_000, 0, func(f *dataspace.Facts) { f.Known.Set("recipient.jurisdiction", dataspace.TextOf("CN")) }), "not_an_export", false},
		{"access", facts(100_000, 0, func(f *dataspace.Facts) { f.Known.Set("act", dataspace.TextOf("access_inside")) }), "not_an_export", false},
		{"organ", facts(100, 0, func(f *dataspace.Facts) { f.Known.Set("exporter.state_organ", dataspace.BoolOf(true)) }), "human_review", false},
		{"core", facts(100, 0, func(f *dataspace.Facts) { f.Known.Set("data.core", dataspace.BoolOf(true)) }), "human_review", false},
		{"court", facts(100, 0, func(f *dataspace.Facts) { f.Known.Set("recipient.foreign_authority", dataspace.BoolOf(true)) }), "", false},
		{"children", facts(100, 5, func(f *dataspace.Facts) {
			f.Known.Set("counts.under_14", dataspace.IntOf(5))
			f.Known.Set("consent.guardian_consent", dataspace.BoolOf(false))
		}), "", false},
		{"untold", facts(100, 0, bare, func(f *dataspace.Facts) {
			f.Known.Set("consent.notice_given", dataspace.BoolOf(false))
			f.Known.Set("consent.separate_consent", dataspace.BoolOf(false))
		}), "", false},
	}
}
