package rules

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"hutong/internal/dataspace"
	"hutong/packs"
)

// worst are facts that fill every list to its bound.
func worst(from, to dataspace.Jurisdiction, list []*Pack) dataspace.Facts {
	n, s, no, yes := int64(5_000_000), int64(2_000_000), false, true
	f := dataspace.Facts{
		On: "2026-06-15", Purpose: "business", Origin: "domestic", Sector: "reinsurance",
		Exporter:  dataspace.ExporterFacts{Jurisdiction: from, RegisteredIn: "CN-SH", ExportsFrom: "CN-SH", CIIO: &no, StateOrgan: &no},
		Recipient: dataspace.RecipientFacts{Jurisdiction: to, ForeignAuthority: &no},
		Data:      dataspace.DataFacts{Personal: &yes, Important: "no", Core: &no, StateSecret: &no},
		Counts:    dataspace.CountFacts{NonSensitive: &n, Sensitive: &s},
	}
	var kinds []string
	for _, p := range list {
		kinds = append(kinds, sortedKeys(p.doc.Instruments)...)
		for _, g := range sortedKeys(p.doc.Groups) {
			for _, m := range p.doc.Groups[g] {
				f.Data.Elements = append(f.Data.Elements, dataspace.ElementID(m))
			}
		}
	}
	for i := 0; len(f.Data.Elements) < maxList; i++ {
		f.Data.Elements = append(f.Data.Elements, dataspace.ElementID(fmt.Sprintf("element_%d", i)))
	}
	f.Data.Elements = f.Data.Elements[:maxList]
	for i := range maxList {
		f.Recipient.Certifications = append(f.Recipient.Certifications, fmt.Sprintf("certificate_%d", i))
		f.Recipient.OnwardTo = append(f.Recipient.OnwardTo, "XX")
		f.Data.ListItems = append(f.Data.ListItems, fmt.Sprintf("item_%d", i))
		f.Instruments = append(f.Instruments, dataspace.Instrument{
			Kind: kinds[i%len(kinds)], ID: dataspace.InstrumentID(fmt.Sprint(i)), EffectiveOn: "2026-01-01",
			Covers: &dataspace.InstrumentScope{Elements: f.Data.Elements[:99], MaxSubjects: 10},
		})
	}
	for i := range maxEvents {
		f.Events = append(f.Events, dataspace.Occurrence{On: "2026-06-01", Kind: eventKinds[i%len(eventKinds)]})
	}
	return f
}

// TestNoFactsStall: whoever writes the facts decides how much there is to look
// at, but not how long it takes. Without bounds these took a minute each.
func TestNoFactsStall(t *testing.T) {
	list, err := LoadAll(packs.FS)
	if err != nil {
		t.Fatal(err)
	}
	set, err := NewSet(list...)
	if err != nil {
		t.Fatal(err)
	}
	set = set.WithSensitive([]dataspace.ElementID{"bank_account"})
	for name, change := range map[string]func(*dataspace.Facts){
		"all full":                     func(*dataspace.Facts) {},
		"elements that are told apart": func(f *dataspace.Facts) { f.Data.Elements = f.Data.Elements[:manyFacts] },
		"instruments of one kind": func(f *dataspace.Facts) {
			f.Data.Elements = f.Data.Elements[:100]
			for i := range f.Instruments {
				f.Instruments[i].Kind, f.Instruments[i].Covers.MaxSubjects = "cn.standard_contract", 0
			}
		},
		"instruments that cover all but the people": func(f *dataspace.Facts) {
			f.Data.Elements = f.Data.Elements[:99]
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
