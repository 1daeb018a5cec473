package rules

import (
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/internal/variable"
	"hutong/packs"
)

// A fact that changes must leave nothing of what was worked out with its old
// value: the answer is that of an evaluation begun anew.
func TestChangedFactForgetsWhatHungOnIt(t *testing.T) {
	list, err := pack.LoadAll(packs.FS)
	if err != nil {
		t.Fatal(err)
	}
	set, err := NewSet(list...)
	if err != nil {
		t.Fatal(err)
	}
	many, few := int64(120_000), int64(3)
	base := dataspace.Facts{On: "2026-06-15", Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"purpose":                     dataspace.TextOf("business"),
		"origin":                      dataspace.TextOf("domestic"),
		"sector":                      dataspace.TextOf("reinsurance"),
		"exporter.jurisdiction":       dataspace.TextOf("CN"),
		"exporter.registered_in":      dataspace.TextOf("CN-SH"),
		"exporter.exports_from":       dataspace.TextOf("CN-SH"),
		"exporter.ciio":               dataspace.BoolOf(false),
		"exporter.state_organ":        dataspace.BoolOf(false),
		"recipient.jurisdiction":      dataspace.TextOf("SG"),
		"recipient.foreign_authority": dataspace.BoolOf(false),
		"data.personal":               dataspace.BoolOf(true),
		"data.important":              dataspace.TextOf("no"),
		"data.core":                   dataspace.BoolOf(false),
		"data.state_secret":           dataspace.BoolOf(false),
		"counts.non_sensitive":        dataspace.MaybeInt(&many),
		"counts.sensitive":            dataspace.MaybeInt(&few),
	})}
	cases, differ := 0, 0
	for _, change := range []func(*dataspace.Facts){
		func(*dataspace.Facts) {},
		func(f *dataspace.Facts) { f.Known.Set("sector", dataspace.TextOf("digital_content")) },
		func(f *dataspace.Facts) { f.Known.Set("exporter.ciio", dataspace.BoolOf(true)) },
		func(f *dataspace.Facts) { f.Known.Set("recipient.foreign_authority", dataspace.BoolOf(true)) },
		func(f *dataspace.Facts) { f.Known.Set("data.personal", dataspace.BoolOf(false)) },
		func(f *dataspace.Facts) { f.SetCounts(dataspace.Values{}) },
		func(f *dataspace.Facts) {
			f.Known.Set("exporter.jurisdiction", dataspace.TextOf("SG"))
			f.Known.Set("recipient.jurisdiction", dataspace.TextOf("CN"))
		},
	} {
		facts := base
		change(&facts)
		warm := set.evaluation(&facts)
		before := warm.judge.run().verdict
		warm.judge.light = true
		for i := range variable.Standard().Len() {
			fresh := set.evaluation(&facts)
			fresh.known.values[i] = variable.Standard().Unknown(i)
			fresh.known.reset()
			want := fresh.judge.run().verdict
			if got := warm.adviser.with(i, variable.Standard().Unknown(i)); got != want {
				t.Errorf("%s forgotten: %s, anew %s", variable.Standard().At(i).Name, got, want)
			}
			if got := warm.judge.run().verdict; got != before {
				t.Fatalf("after %s was put back: %s, before %s", variable.Standard().At(i).Name, got, before)
			}
			cases++
			if want != before {
				differ++
			}
		}
	}
	if cases < 100 || differ < 10 {
		t.Fatalf("%d cases, %d of which change the verdict: too few to tell", cases, differ)
	}
}
