package rules_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/pack"
)

const plainFacts = "{on: 2026-06-15, exporter: {jurisdiction: CN}, recipient: {jurisdiction: SG}, data: {personal: true}"

func TestParseFactsSaysWhere(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"empty":          {"", "empty"},
		"no-map":         {"[1]", "facts"},
		"missing":        {"{on: 2026-06-15}", "facts"},
		"bad-day":        {strings.Replace(plainFacts, "2026-06-15", "15 June", 1) + "}", "on"},
		"bad-enum":       {plainFacts + ", act: teleport}", "act"},
		"bad-count":      {plainFacts + ", counts: {sensitive: many}}", "counts.sensitive"},
		"negative":       {plainFacts + ", counts: {sensitive: -1}}", "counts.sensitive"},
		"bad-country":    {strings.Replace(plainFacts, "SG", "Singapore", 1) + "}", "recipient.jurisdiction"},
		"bad-region":     {strings.Replace(plainFacts, "jurisdiction: CN", "jurisdiction: CN, registered_in: Atlantis", 1) + "}", "exporter.registered_in"},
		"mistyped":       {plainFacts + ", instruments: [{kind: x, expire_on: 2026-01-01}]}", "expire_on"},
		"bad-instrument": {plainFacts + ", instruments: [{id: x}]}", "instruments.0"},
		"double":         {plainFacts + ", act: transfer, act: access_inside}", "facts:1:"},
		"broken":         {plainFacts, "facts"},
		"anchor":         {plainFacts + ", act: &a transfer, purpose: *a}", "anchors"},
		"unknown-us":     {strings.Replace(plainFacts, "personal: true", "personal: true, us_persons: {dreams: 5}", 1) + "}", "personal_health"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := pack.ParseFacts(fact.Standard(), []byte(tt.text))
			if !errors.Is(err, dataspace.ErrInvalid) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

func TestParseFactsJSONAndYAML(t *testing.T) {
	y := parse(t, plainFacts+", counts: {non_sensitive: 5, sensitive: null}, consent: {basis: null}}")
	j := parse(t, `{"on":"2026-06-15","exporter":{"jurisdiction":"CN"},"recipient":{"jurisdiction":"SG"},"data":{"personal":true},"counts":{"non_sensitive":5,"sensitive":null},"consent":{"basis":null}}`)
	if diff := cmp.Diff(y, j); diff != "" {
		t.Error(diff)
	}
	if n, _ := j.Known.Int("counts.non_sensitive"); n != 5 || j.Counts().Len() != 1 {
		t.Errorf("counts %+v", j.Counts())
	}
}

func TestDecideRefusesMalformedFacts(t *testing.T) {
	set := allPacks(t)
	for name, spoil := range map[string]func(*dataspace.Facts){
		"day":        func(f *dataspace.Facts) { f.On = "2026-6-15" },
		"act":        func(f *dataspace.Facts) { f.Known.Set("act", dataspace.TextOf("acces_inside")) },
		"purpose":    func(f *dataspace.Facts) { f.Known.Set("purpose", dataspace.TextOf("fun")) },
		"important":  func(f *dataspace.Facts) { f.Known.Set("data.important", dataspace.TextOf("NO")) },
		"country":    func(f *dataspace.Facts) { f.Known.Set("exporter.jurisdiction", dataspace.TextOf("cn")) },
		"count":      func(f *dataspace.Facts) { f.Known.Set("counts.sensitive", dataspace.IntOf(int64(-1))) },
		"instrument": func(f *dataspace.Facts) { f.Instruments[0].CompletedOn = "soon" },
		"elements": func(f *dataspace.Facts) {
			f.Known.Set("data.elements", dataspace.ListOf(make([]dataspace.ElementID, 5000)...))
		},
	} {
		f := clean()
		spoil(&f)
		if _, err := set.Decide(f); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("%s: %v, want invalid", name, err)
		}
	}
}

func FuzzParseFacts(f *testing.F) {
	f.Add([]byte(demo))
	f.Add([]byte(plainFacts + "}"))
	f.Add([]byte(`{"on":"2026-06-15","exporter":{"jurisdiction":"CN"},"recipient":{"jurisdiction":"SG"},"data":{"personal":null}}`))
	f.Add([]byte("a: &a [*a, *a]"))
	set := allPacks(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		facts, err := pack.ParseFacts(fact.Standard(), data)
		if err != nil {
			if !errors.Is(err, dataspace.ErrInvalid) {
				t.Errorf("error is not of the kind invalid: %v", err)
			}
			return
		}
		if _, err := set.Decide(facts); err != nil {
			t.Errorf("facts that parse are not decided: %v", err)
		}
	})
}
