package rules

import (
	"testing"

	"hutong/internal/dataspace"
	"hutong/packs"
)

// A fact that changes must leave nothing of what was worked out with its old
// value: the answer is that of an evaluation begun anew.
func TestChangedFactForgetsWhatHungOnIt(t *testing.T) {
	list, err := LoadAll(packs.FS)
	if err != nil {
		t.Fatal(err)
	}
	set, err := NewSet(list...)
	if err != nil {
		t.Fatal(err)
	}
	yes, no, many, few := true, false, int64(120_000), int64(3)
	base := dataspace.Facts{
		On: "2026-06-15", Purpose: "business", Origin: "domestic", Sector: "reinsurance",
		Exporter:  dataspace.ExporterFacts{Jurisdiction: "CN", RegisteredIn: "CN-SH", ExportsFrom: "CN-SH", CIIO: &no, StateOrgan: &no},
		Recipient: dataspace.RecipientFacts{Jurisdiction: "SG", ForeignAuthority: &no},
		Data:      dataspace.DataFacts{Personal: &yes, Important: "no", Core: &no, StateSecret: &no},
		Counts:    dataspace.CountFacts{NonSensitive: &many, Sensitive: &few},
	}
	cases, differ := 0, 0
	for _, change := range []func(*dataspace.Facts){
		func(*dataspace.Facts) {},
		func(f *dataspace.Facts) { f.Sector = "digital_content" },
		func(f *dataspace.Facts) { f.Exporter.CIIO = &yes },
		func(f *dataspace.Facts) { f.Recipient.ForeignAuthority = &yes },
		func(f *dataspace.Facts) { f.Data.Personal = &no },
		func(f *dataspace.Facts) { f.Counts = dataspace.CountFacts{} },
		func(f *dataspace.Facts) { f.Exporter.Jurisdiction, f.Recipient.Jurisdiction = "SG", "CN" },
	} {
		facts := base
		change(&facts)
		warm := set.evaluation(&facts)
		before := warm.judge.run().verdict
		warm.judge.light = true
		for i := range variables {
			fresh := set.evaluation(&facts)
			fresh.known.values[i] = unknowns[i]
			fresh.known.reset()
			want := fresh.judge.run().verdict
			if got := warm.adviser.with(i, unknowns[i]); got != want {
				t.Errorf("%s forgotten: %s, anew %s", variables[i].name, got, want)
			}
			if got := warm.judge.run().verdict; got != before {
				t.Fatalf("after %s was put back: %s, before %s", variables[i].name, got, before)
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
