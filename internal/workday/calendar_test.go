package workday_test

import (
	"maps"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"hutong/internal/workday"
	"hutong/packs"
)

// official reads the calendar that comes with the program.
func official(t *testing.T) workday.Document {
	t.Helper()
	var docs [2]workday.Document
	for i, name := range []string{"calendars/cn-workdays.yaml", "calendars/cn-provisional.yaml"} {
		raw, err := packs.FS.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		docs[i] = read(t, string(raw))
	}
	docs[0].Provisional = docs[1].Provisional
	return docs[0]
}

func read(t *testing.T, text string) (doc workday.Document) {
	t.Helper()
	if err := yaml.UnmarshalWithOptions([]byte(text), &doc, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return doc
}

func calendar(t *testing.T, doc workday.Document) *workday.Calendar {
	t.Helper()
	c, err := workday.New("calendar", &doc)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAdd(t *testing.T) {
	c := calendar(t, official(t))
	for _, tt := range []struct {
		from string
		n    int
		want string
		year int
	}{
		{"2026-06-08", 10, "2026-06-23", 0}, // Friday 19 June is off
		{"2026-06-12", 1, "2026-06-15", 0},  // over a weekend
		{"2026-09-19", 1, "2026-09-20", 0},  // a make-up Sunday
		{"2026-02-13", 1, "2026-02-14", 0},  // a make-up Saturday
		{"2026-02-14", 1, "2026-02-24", 0},  // Spring Festival
		{"2025-12-31", 1, "2026-01-04", 0},  // New Year, then a make-up Sunday
		// 2027 has no official calendar: the earliest possible day.
		{"2026-12-30", 1, "2026-12-31", 0},     // the last day of the year that is known
		{"2026-12-31", 1, "2027-01-02", 2027},  // New Year's Day is surely off; the Saturday may be a make-up day
		{"2026-12-24", 10, "2027-01-06", 2027}, // five days of 2026, then 2 to 6 January
		{"2027-01-15", 1, "2027-01-18", 2027},  // the Saturday is 15 days after New Year's Day and 20 before the Spring Festival
		{"2027-03-05", 1, "2027-03-08", 2027},  // no day off is near: the weekend is off
		{"2027-03-19", 1, "2027-03-22", 2027},  // Saturday 20 March is 16 days before 5 April, Sunday 15
		{"2027-03-26", 1, "2027-03-27", 2027},  // Saturday 27 March is 9 days before
		{"2027-04-04", 1, "2027-04-06", 2027},  // surely off
		{"2027-12-17", 1, "2027-12-18", 2027},  // 14 days before New Year's Day of 2028
		{"2027-12-10", 1, "2027-12-13", 2027},  // 21 days before
		{"2027-12-31", 2, "2028-01-02", 2028},  // nothing is known of 2028: every day may be one
		{"2022-12-29", 1, "2022-12-30", 2022},
		{"2022-12-30", 2, "2023-01-03", 2022}, // the notice on 2023 has 31 December 2022 off, but not its year
	} {
		got, year := c.Add(tt.from, tt.n)
		if got != tt.want || year != tt.year {
			t.Errorf("%s + %d: %q, year %d; want %q, %d", tt.from, tt.n, got, year, tt.want, tt.year)
		}
	}
}

func TestBack(t *testing.T) {
	c := calendar(t, official(t))
	for _, tt := range []struct {
		from string
		n    int
		want string
		year int
	}{
		{"2026-06-30", 60, "2026-04-01", 0},
		{"2026-02-24", 1, "2026-02-14", 0},
		{"2027-01-05", 3, "2026-12-16", 2027}, // early for any holidays
	} {
		if got, year := c.Back(tt.from, tt.n); got != tt.want || year != tt.year {
			t.Errorf("%s - %d: %q, year %d; want %q, %d", tt.from, tt.n, got, year, tt.want, tt.year)
		}
	}
}

// TestEarliestOfPublishedYears: of the years whose calendars are published, the
// earliest possible day, computed without the calendar, is never after the true one.
func TestEarliestOfPublishedYears(t *testing.T) {
	doc := official(t)
	truth := calendar(t, doc)
	for year, off := range map[int][]string{
		// The days off for everybody by the Holiday Measures of the time.
		2023: {"2023-01-01", "2023-01-22/2023-01-24", "2023-04-05", "2023-05-01", "2023-06-22", "2023-09-29", "2023-10-01/2023-10-03", "2024-01-01"},
		2024: {"2024-01-01", "2024-02-10/2024-02-12", "2024-04-04", "2024-05-01", "2024-06-10", "2024-09-17", "2024-10-01/2024-10-03", "2025-01-01"},
		2025: {"2025-01-01", "2025-01-28/2025-01-31", "2025-04-04", "2025-05-01/2025-05-02", "2025-05-31", "2025-10-06", "2025-10-01/2025-10-03", "2026-01-01"},
		2026: {"2026-01-01", "2026-02-16/2026-02-19", "2026-04-05", "2026-05-01/2026-05-02", "2026-06-19", "2026-09-25", "2026-10-01/2026-10-03", "2027-01-01"},
	} {
		blind := doc
		blind.Years = maps.Clone(doc.Years)
		delete(blind.Years, year)
		blind.Provisional = map[int]workday.ProvisionalDoc{year: {Source: "the law", Off: off, Near: 14}}
		c := calendar(t, blind)
		tried := 0
		for d := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() == year; d = d.AddDate(0, 0, 1) {
			for _, n := range []int{1, 2, 3, 5, 7, 10, 12, 15, 20, 30, 45, 60} {
				from := d.Format("2006-01-02")
				want, missing := truth.Add(from, n)
				if missing != 0 {
					continue
				}
				got, _ := c.Add(from, n)
				if got > want {
					t.Fatalf("%s + %d working days is %s at the earliest, but the calendar says %s", from, n, got, want)
				}
				tried++
			}
		}
		if tried < 3000 {
			t.Errorf("%d: only %d were tried", year, tried)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, bad := range []string{
		"years: {2026: {off: [2026-13-01]}}", "years: {2026: {off: [2026-01-03/2026-01-01]}}", "years: {2026: {off: [2026-01-01/2027-01-01]}}", "years: {2026: {work: [x]}}",
		"{years: {2026: {}}, provisional: {2026: {source: s, off: [2026-01-01], near: 1}}}",
		"provisional: {2027: {off: [2027-01-01], near: 14}}", "provisional: {2027: {source: s, near: 14}}", "provisional: {2027: {source: s, off: [x], near: 14}}",
		"provisional: {2027: {source: s, off: [2027-01-01], near: 61}}", "provisional: {2027: {source: s, off: [2027-01-01], near: -1}}",
	} {
		doc := read(t, bad)
		if _, err := workday.New("calendar", &doc); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}
