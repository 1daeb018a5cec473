package rules

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/packs"
)

// The bounds of what facts may hold: more is refused.
const (
	maxList   = 2000
	maxEvents = 200
	maxLimits = 200_000
)

// worst are facts that fill every list to its bound.
func worst(from, to dataspace.Jurisdiction, list []*pack.Pack) dataspace.Facts {
	n, s, no, yes := int64(5_000_000), int64(2_000_000), false, true
	f := dataspace.Facts{On: "2026-06-15", Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"purpose":                     dataspace.TextOf("business"),
		"origin":                      dataspace.TextOf("domestic"),
		"sector":                      dataspace.TextOf("reinsurance"),
		"exporter.jurisdiction":       dataspace.TextOf(from),
		"exporter.registered_in":      dataspace.TextOf("CN-SH"),
		"exporter.exports_from":       dataspace.TextOf("CN-SH"),
		"exporter.ciio":               dataspace.MaybeBool(&no),
		"exporter.state_organ":        dataspace.MaybeBool(&no),
		"recipient.jurisdiction":      dataspace.TextOf(to),
		"recipient.foreign_authority": dataspace.MaybeBool(&no),
		"data.personal":               dataspace.MaybeBool(&yes),
		"data.important":              dataspace.TextOf("no"),
		"data.core":                   dataspace.MaybeBool(&no),
		"data.state_secret":           dataspace.MaybeBool(&no),
		"counts.non_sensitive":        dataspace.MaybeInt(&n),
		"counts.sensitive":            dataspace.MaybeInt(&s),
	})}
	var kinds, elements, certificates, onward, items []string
	for _, p := range list {
		kinds = append(kinds, sorted(p.Document().Instruments)...)
		for _, g := range sorted(p.Document().Groups) {
			elements = append(elements, p.Document().Groups[g]...)
		}
	}
	for i := 0; len(elements) < maxList; i++ {
		elements = append(elements, fmt.Sprintf("element_%d", i))
	}
	elements = elements[:maxList]
	var covered []dataspace.ElementID
	for _, e := range elements[:99] {
		covered = append(covered, dataspace.ElementID(e))
	}
	for i := range maxList {
		certificates, onward = append(certificates, fmt.Sprintf("certificate_%d", i)), append(onward, "XX")
		items = append(items, fmt.Sprintf("item_%d", i))
		f.Instruments = append(f.Instruments, dataspace.Instrument{
			Kind: kinds[i%len(kinds)], ID: dataspace.InstrumentID(fmt.Sprint(i)), EffectiveOn: "2026-01-01",
			Covers: &dataspace.InstrumentScope{Elements: covered, MaxSubjects: 10},
		})
	}
	f.Known.Over(dataspace.ValuesOf(map[string]dataspace.Value{
		"data.elements": dataspace.ListOf(elements...), "data.list_items": dataspace.ListOf(items...),
		"recipient.certifications": dataspace.ListOf(certificates...), "recipient.onward_to": dataspace.ListOf(onward...),
	}))
	for range maxEvents {
		f.Events = append(f.Events, dataspace.Occurrence{On: "2026-06-01", Kind: "control"})
	}
	return f
}

// TestNoFactsStall: whoever writes the facts decides how much there is to look
// at, but not how long it takes. Without bounds these took a minute each.
func TestNoFactsStall(t *testing.T) {
	list, err := pack.LoadAll(packs.FS)
	if err != nil {
		t.Fatal(err)
	}
	set, err := NewSet(list...)
	if err != nil {
		t.Fatal(err)
	}
	set = set.WithSensitive([]dataspace.ElementID{"bank_account"})
	for name, change := range map[string]func(*dataspace.Facts){
		"all full": func(*dataspace.Facts) {},
		"elements that are told apart": func(f *dataspace.Facts) {
			f.Known.Set("data.elements", dataspace.ListOf(f.Known.List("data.elements")[:manyFacts]...))
		},
		"instruments of one kind": func(f *dataspace.Facts) {
			f.Known.Set("data.elements", dataspace.ListOf(f.Known.List("data.elements")[:100]...))
			for i := range f.Instruments {
				f.Instruments[i].Kind, f.Instruments[i].Covers.MaxSubjects = "cn.standard_contract", 0
			}
		},
		"instruments that cover all but the people": func(f *dataspace.Facts) {
			f.Known.Set("data.elements", dataspace.ListOf(f.Known.List("data.elements")[:99]...))
			for i := range f.Instruments {
				f.Instruments[i].Kind = []string{"cn.standard_contract", "cn.pipia"}[i%2]
			}
		},
	} {
		for _, pair := range [][2]dataspace.Jurisdiction{{"CN", "SG"}, {"US", "CN"}, {"DE", "CN"}} {
			f := worst(pair[0], pair[1], list)
			change(&f)
			start := time.Now()
			d, err := set.Decide(f)
			if err != nil {
				t.Fatal(err)
			}
			took := time.Since(start)
			t.Log(name, pair, d.Verdict, took)
			if took > 20*time.Second {
				t.Errorf("%s, %v: took %v", name, pair, took)
			}
		}
	}
	f := worst("CN", "SG", list)
	f.Instruments[0].Covers.Elements = make([]dataspace.ElementID, maxLimits)
	if _, err := set.Decide(f); !errors.Is(err, dataspace.ErrInvalid) {
		t.Errorf("limits without end are taken: %v", err)
	}
}
