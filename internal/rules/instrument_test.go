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
		"one-of-several":  {scope(dataspace.InstrumentScope{Recipients: []string{"elsewhere", "harbour"}}), ""},
		"either-form":     {scope(dataspace.InstrumentScope{Recipient: "elsewhere", Recipients: []string{"harbour"}}), ""},
		"none-of-several": {scope(dataspace.InstrumentScope{Recipients: []string{"elsewhere", "another"}}), "another recipient"},
		"recipient-unknown": {func(f *dataspace.Facts) {
			scope(dataspace.InstrumentScope{Recipients: []string{"harbour"}})(f)
			f.Known.Forget("recipient.id")
		}, "another recipient"},
		"these-items": {func(f *dataspace.Facts) {
			scope(dataspace.InstrumentScope{Items: []string{"1.1", "1.2"}})(f)
			f.Known.Set("data.list_items", dataspace.ListOf("1.2"))
		}, ""},
		"other-items": {func(f *dataspace.Facts) {
			scope(dataspace.InstrumentScope{Items: []string{"1.1"}})(f)
			f.Known.Set("data.list_items", dataspace.ListOf("1.1", "1.2"))
		}, "does not cover the item 1.2"},
		"items-unknown":   {scope(dataspace.InstrumentScope{Items: []string{"1.1"}}), "are not known"},
		"said-to-be-open": {scope(dataspace.InstrumentScope{Unlimited: []string{"recipients", "purposes", "data", "people", "until"}}), ""},
		"confirmed":       {func(f *dataspace.Facts) { f.Instruments[1].Standing = dataspace.PaperConfirmed }, ""},
		"proposed":        {func(f *dataspace.Facts) { f.Instruments[1].Standing = dataspace.PaperProposed }, "is proposed, not confirmed"},
		"scope-not-said":  {func(f *dataspace.Facts) { f.Instruments[1].Standing = dataspace.PaperUnsaid }, "scope not said"},
		"other-standing":  {func(f *dataspace.Facts) { f.Instruments[1].Standing = "perhaps" }, "standing perhaps"},
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
