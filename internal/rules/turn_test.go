package rules_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/internal/rules"
	"hutong/packs"
)

// TestTurnOfTheYear: a time limit in working days that runs into a year without
// an official calendar has the earliest possible day, and says why. A person looks
// once that day has passed.
func TestTurnOfTheYear(t *testing.T) {
	files := map[string]string{"xx/whole/tests.yaml": wholeCases}
	for _, name := range []string{"calendars/cn-workdays.yaml", "calendars/cn-provisional.yaml"} {
		data, err := fs.ReadFile(packs.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = string(data)
	}
	set := func(text string) *rules.Set {
		files["xx/whole/pack.yaml"] = text
		p, err := pack.Load(tree(files), "xx/whole")
		if err != nil {
			t.Fatal(err)
		}
		s, err := rules.NewSet(p)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	const line = "calendar: calendars/cn-workdays.yaml\n"
	sure := set(strings.Replace(whole, line, line+"provisional: calendars/cn-provisional.yaml\n", 1))
	blind := set(whole)
	for name, tt := range map[string]struct {
		set           *rules.Set
		on, delivered string
		due           string
		year          string // empty: the day is sure
		verdict       dataspace.Verdict
	}{
		"within-2026":   {sure, "2026-12-20", "2026-12-01", "2026-12-22", "", dataspace.Cleared},
		"into-2027":     {sure, "2026-12-20", "2026-12-18", "2027-01-07", "2027", dataspace.Cleared}, // 9 in 2026, then 2 to 7 January
		"last-day":      {sure, "2027-01-07", "2026-12-18", "2027-01-07", "2027", dataspace.Cleared},
		"after-it":      {sure, "2027-01-08", "2026-12-18", "2027-01-07", "2027", dataspace.HumanReview},
		"in-2027":       {sure, "2027-03-01", "2027-02-26", "2027-03-19", "2027", dataspace.Cleared}, // no day off is near
		"nothing-known": {blind, "2026-12-20", "2026-12-18", "2027-01-06", "2027", dataspace.Cleared},
		"blind-after":   {blind, "2027-01-07", "2026-12-18", "2027-01-06", "2027", dataspace.HumanReview},
	} {
		t.Run(name, func(t *testing.T) {
			f := wholeFacts()
			f.On, f.DeliveredOn = tt.on, tt.delivered
			f.Switches = map[string]bool{"xx/whole#report": true}
			d := decide(t, tt.set, f)
			at := slices.IndexFunc(d.Obligations, func(o dataspace.Obligation) bool { return o.ID == "xx.report" })
			if at < 0 || d.Verdict != tt.verdict {
				t.Fatalf("%s", show(d))
			}
			o := d.Obligations[at]
			if o.Due == nil || *o.Due != tt.due {
				t.Errorf("%s", show(d))
			}
			for text, reason := range map[string]string{o.Text.EN: "the official calendar of " + tt.year + " is not loaded", o.Text.ZH: tt.year + "年官方工作日安排未载入"} {
				if strings.Contains(text, reason) != (tt.year != "") {
					t.Errorf("%q", text)
				}
			}
			if says := strings.Contains(show(d), "not known whether the deadline has passed"); says != (tt.verdict == dataspace.HumanReview) {
				t.Errorf("%s", show(d))
			}
		})
	}
}
