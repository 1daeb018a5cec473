package clear_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/people"
)

func element(id dataspace.ElementID) *dataspace.ElementID { return &id }

func truth(b bool) *bool { return &b }

var profile = dataspace.Profile{Columns: []dataspace.ColumnProfile{
	{Name: "id", Element: element("cn_resident_id"), Band: dataspace.BandAccept, Personal: true, Sensitive: true},
	{Name: "mail", Element: element("email"), Band: dataspace.BandAccept, Personal: true},
	{Name: "mail2", Element: element("email"), Band: dataspace.BandAccept, Personal: true},
	{Name: "price", Band: dataspace.BandNone},
	{Name: "code", Band: dataspace.BandReview},
	{Name: "remarks", Element: element("review_text"), Band: dataspace.BandAccept},
	{Name: "note", Band: dataspace.BandNone, Personal: true, Contains: []dataspace.Contained{{Element: "phone", Rows: 3}}},
}}

func plan(columns ...dataspace.ColumnPlan) dataspace.Plan {
	return dataspace.Plan{Purpose: "business", Columns: columns}
}

func col(name string, action dataspace.Action) dataspace.ColumnPlan {
	return dataspace.ColumnPlan{Name: name, Action: action}
}

// Only columns that leave count, and an unknown column is not taken as
// harmless.
func TestDataFacts(t *testing.T) {
	for name, c := range map[string]struct {
		plan     dataspace.Plan
		personal *bool
		elements []dataspace.ElementID
	}{
		"nothing":          {plan(), truth(false), nil},
		"dropped":          {plan(col("id", dataspace.Drop), col("price", dataspace.Keep)), truth(false), nil},
		"pseudonym":        {plan(col("id", dataspace.Pseudonymise), col("price", dataspace.Keep)), truth(true), []dataspace.ElementID{"cn_resident_id"}},
		"once":             {plan(col("mail", dataspace.Mask), col("mail2", dataspace.Keep)), truth(true), []dataspace.ElementID{"email"}},
		"to-review":        {plan(col("price", dataspace.Keep), col("code", dataspace.Keep)), nil, nil},
		"review-known":     {plan(col("code", dataspace.Keep), col("mail", dataspace.Keep)), truth(true), []dataspace.ElementID{"email"}},
		"unseen":           {plan(col("new", dataspace.Keep)), nil, nil},
		"own-element":      {plan(dataspace.ColumnPlan{Name: "price", Action: dataspace.Keep, Element: element("salary")}), nil, []dataspace.ElementID{"salary"}},
		"text":             {plan(col("note", dataspace.Truncate)), truth(true), []dataspace.ElementID{"phone"}},
		"free-text":        {plan(col("remarks", dataspace.Truncate)), nil, []dataspace.ElementID{"review_text"}},
		"free-text-beside": {plan(col("remarks", dataspace.Keep), col("mail", dataspace.Keep)), truth(true), []dataspace.ElementID{"review_text", "email"}},
		"free-text-hidden": {plan(col("remarks", dataspace.Pseudonymise)), truth(false), []dataspace.ElementID{"review_text"}},
		"text-hidden":      {plan(col("note", dataspace.Pseudonymise)), truth(true), nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := clear.BuildFacts(clear.Input{Facts: fact.Standard(), Profile: profile, Plan: c.plan}).Known.Under("data.")
			if diff := cmp.Diff(dataspace.ValuesOf(map[string]dataspace.Value{
				"data.personal": dataspace.MaybeBool(c.personal),
				"data.elements": dataspace.ListOf(c.elements...),
			}), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// yearly holds the classes that the tests count.
var yearly = clear.NewCounting([]dataspace.CountClass{
	{ID: "non_sensitive", Fact: "counts.non_sensitive", Of: dataspace.CountOf{RestOf: []string{"sensitive"}}},
	{ID: "sensitive", Fact: "counts.sensitive", Of: dataspace.CountOf{Sensitive: dataspace.Configured, Below: 14}},
	{ID: "under_14", Fact: "counts.under_14", Of: dataspace.CountOf{Below: 14}},
})

func TestFacts(t *testing.T) {
	in := clear.Input{
		Dates: clear.Dates{On: "2026-06-15"}, Profile: profile, Plan: plan(col("price", dataspace.Keep)), Facts: fact.Standard(),
		Exporter: dataspace.ValuesOf(map[string]dataspace.Value{
			"exporter.id":           dataspace.TextOf("acme"),
			"exporter.jurisdiction": dataspace.TextOf("CN"),
			"sector":                dataspace.TextOf("logistics"),
		}),
		Recipient: dataspace.ValuesOf(map[string]dataspace.Value{
			"recipient.id":           dataspace.TextOf("reader"),
			"recipient.jurisdiction": dataspace.TextOf("SG"),
		}),
		Dataset: dataspace.DatasetFacts{Known: dataspace.ValuesOf(map[string]dataspace.Value{
			"origin":    dataspace.TextOf("abroad"),
			"important": dataspace.TextOf("no"),
			"core":      dataspace.BoolOf(false),
		})},
		Instruments: []dataspace.Instrument{{Kind: "cn.pipia", ID: "2"}, {Kind: "cn.certification", ID: "9"}, {Kind: "cn.pipia", ID: "1"}},
		Counts:      yearly.Facts(people.Totals{"non_sensitive": 7, "sensitive": 0, "under_14": 0}),
	}
	want := dataspace.Facts{
		On: "2026-06-15",
		Known: dataspace.ValuesOf(map[string]dataspace.Value{
			"exporter.id":            dataspace.TextOf("acme"),
			"exporter.jurisdiction":  dataspace.TextOf("CN"),
			"recipient.id":           dataspace.TextOf("reader"),
			"recipient.jurisdiction": dataspace.TextOf("SG"),
			"sector":                 dataspace.TextOf("logistics"),
			"purpose":                dataspace.TextOf("business"),
			"origin":                 dataspace.TextOf("abroad"),
			"data.personal":          dataspace.BoolOf(false),
			"data.important":         dataspace.TextOf("no"),
			"data.core":              dataspace.BoolOf(false),
			"counts.non_sensitive":   dataspace.IntOf(7),
			"counts.sensitive":       dataspace.IntOf(0),
			"counts.under_14":        dataspace.IntOf(0),
		}),
		Instruments: []dataspace.Instrument{{Kind: "cn.certification", ID: "9"}, {Kind: "cn.pipia", ID: "1"}, {Kind: "cn.pipia", ID: "2"}},
	}
	if diff := cmp.Diff(want, clear.BuildFacts(in)); diff != "" {
		t.Error(diff)
	}
	if in.Instruments[0].ID != "2" {
		t.Error("the input was changed")
	}
	in.Purpose = "hr_employees"
	in.Dataset.Known.Set("sector", dataspace.TextOf("reinsurance"))
	// A flow cannot override what a party's own gateway states about the party.
	in.Recipient.Set("recipient.commercial", dataspace.BoolOf(true))
	in.Dataset.Known.Set("recipient.commercial", dataspace.BoolOf(false))
	in.Dataset.Known.Set("recipient.role", dataspace.TextOf("processor"))
	got := clear.BuildFacts(in)
	for name, want := range map[string]string{"purpose": "hr_employees", "sector": "reinsurance", "recipient.commercial": "true", "recipient.role": "processor"} {
		if got.Known.Of(name).String() != want {
			t.Errorf("%s is %v, want %s", name, got.Known.Of(name), want)
		}
	}
}

func TestLeaving(t *testing.T) {
	leaves := clear.Leaving(plan(col("id", dataspace.Drop), col("mail", dataspace.Pseudonymise)))
	if leaves("id") || !leaves("mail") || leaves("unnamed") {
		t.Error("the wrong columns leave")
	}
}

// A class of whom the profile does not know the people is unknown, not what the
// census counted at most.
func TestUnknownClass(t *testing.T) {
	classes := []dataspace.CountClass{
		{ID: "plain", Fact: "counts.non_sensitive", Of: dataspace.CountOf{RestOf: []string{"young"}}},
		{ID: "young", Fact: "counts.young", Of: dataspace.CountOf{Below: 14}},
	}
	counts := clear.NewCounting(classes).Facts(people.Totals{"plain": 3, "young": 9})
	seven := int64(7)
	for name, tc := range map[string]struct {
		of    map[string]*int64
		known bool
	}{"unknown": {map[string]*int64{"young": nil}, false}, "known": {map[string]*int64{"young": &seven}, true}, "of an older version": {nil, true}} {
		p := profile
		p.Subjects = dataspace.Subjects{Classes: tc.of}
		f := clear.BuildFacts(clear.Input{Facts: fact.Standard(), Profile: p, Plan: plan(), Counts: counts, Classes: classes})
		if got := f.Known.Of("counts.young").Known(); got != tc.known {
			t.Errorf("%s: known is %v", name, got)
		}
		if !f.Known.Of("counts.non_sensitive").Known() || !counts.Of("counts.young").Known() {
			t.Errorf("%s: other counts changed", name)
		}
	}
}
