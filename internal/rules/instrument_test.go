package rules_test

import (
	"strings"
	"testing"

	"hutong/internal/dataspace"
)

// TestInstrumentScope: what a contract must cover to count, and what is said
// when it does not.
func TestInstrumentScope(t *testing.T) {
	set := allPacks(t)
	scope := func(s dataspace.InstrumentScope) func(*dataspace.Facts) {
		return func(f *dataspace.Facts) { f.Instruments[1].Covers = &s }
	}
	tests := map[string]struct {
		change func(*dataspace.Facts)
		why    string // empty: it counts
	}{
		"everything":      {func(*dataspace.Facts) {}, ""},
		"this-recipient":  {scope(dataspace.InstrumentScope{Recipient: "harbour"}), ""},
		"other-recipient": {scope(dataspace.InstrumentScope{Recipient: "elsewhere"}), "another recipient"},
		"this-scenario":   {scope(dataspace.InstrumentScope{Scenario: "support"}), ""},
		"other-scenario":  {scope(dataspace.InstrumentScope{Scenario: "ads"}), "another scenario"},
		"these-elements":  {scope(dataspace.InstrumentScope{Elements: []dataspace.ElementID{"email", "age"}}), ""},
		"other-elements":  {scope(dataspace.InstrumentScope{Elements: []dataspace.ElementID{"age"}}), "does not cover email"},
		"just-enough":     {scope(dataspace.InstrumentScope{MaxSubjects: 100_000}), ""},
		"one-too-few":     {scope(dataspace.InstrumentScope{MaxSubjects: 99_999}), "99999 people at most"},
		"first-day":       {func(f *dataspace.Facts) { f.Instruments[1].EffectiveOn = "2026-06-15" }, ""},
		"tomorrow":        {func(f *dataspace.Facts) { f.Instruments[1].EffectiveOn = "2026-06-16" }, "only from 2026-06-16"},
		"last-day":        {func(f *dataspace.Facts) { f.Instruments[1].ExpiresOn = "2026-06-15" }, ""},
		"expired":         {func(f *dataspace.Facts) { f.Instruments[1].ExpiresOn = "2026-06-14" }, "expired after 2026-06-14"},
		"no-date":         {func(f *dataspace.Facts) { f.Instruments[1].EffectiveOn, f.Instruments[1].FiledOn = "", "" }, "no date"},
		"elements-unknown": {func(f *dataspace.Facts) {
			scope(dataspace.InstrumentScope{Elements: []dataspace.ElementID{"email"}})(f)
			f.Known.Forget("data.elements")
		}, "are not known"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := clean()
			f.Known.Set("counts.non_sensitive", dataspace.IntOf(100_000))
			tt.change(&f)
			d := decide(t, set, f)
			want := dataspace.Cleared
			if tt.why != "" {
				want = dataspace.ActionRequired
			}
			if d.Verdict != want {
				t.Errorf("%s, want %s\n%s", d.Verdict, want, show(d))
			}
			for _, o := range d.Obligations {
				if o.ID != "cn.transfer_mechanism" {
					continue
				}
				if !strings.Contains(o.Text.EN, tt.why) {
					t.Errorf("obligation %q, want %q", o.Text.EN, tt.why)
				}
				if (o.By != nil) != (tt.why == "") {
					t.Errorf("by %v", o.By)
				}
			}
		})
	}
}

func TestWhatWouldChangeIt(t *testing.T) {
	set := allPacks(t)
	tests := map[string]struct {
		change func(*dataspace.Facts)
		want   string
	}{
		"instrument": {func(f *dataspace.Facts) { f.Instruments = f.Instruments[1:] }, "cn.pipia"},
		"count": {func(f *dataspace.Facts) {
			f.Known.Set("counts.non_sensitive", dataspace.IntOf(120_000))
			f.Instruments = f.Instruments[:1]
		}, "the count is at most 99999 instead of 120000"},
		"tier": {func(f *dataspace.Facts) { f.Known.Set("counts.non_sensitive", dataspace.IntOf(2_000_000)) }, "the count is at most 999999 instead of 2000000"},
		"sensitive": {func(f *dataspace.Facts) {
			f.Known.Set("counts.sensitive", dataspace.IntOf(3))
			f.Instruments = f.Instruments[:1]
		}, "the count is at most 0 instead of 3"},
		"unknown": {func(f *dataspace.Facts) { f.Known.Forget("recipient.foreign_authority") }, "law-enforcement body?” is no"},
		"together": {func(f *dataspace.Facts) {
			f.Instruments = nil
			f.Known.Set("counts.non_sensitive", dataspace.IntOf(120_000))
		}, "Conclude the standard contract"},
		"approval": {func(f *dataspace.Facts) { f.Known.Set("recipient.foreign_authority", dataspace.BoolOf(true)) }, "cn.authority_approval"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := clean()
			tt.change(&f)
			d := decide(t, set, f)
			for _, c := range d.Changes {
				if strings.Contains(c.Text.EN, tt.want) && c.Text.ZH != "" && c.Verdict == dataspace.Cleared {
					return
				}
			}
			t.Errorf("no change %q: %v", tt.want, show(d))
		})
	}
	if d := decide(t, set, clean()); d.Verdict != dataspace.Cleared || len(d.Changes) > 0 {
		t.Errorf("the clean flow: %s", show(d))
	}
}
