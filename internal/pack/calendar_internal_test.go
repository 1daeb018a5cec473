package pack

import (
	"testing"

	"hutong/packs"
)

func TestWorkingDays(t *testing.T) {
	raw, err := packs.FS.ReadFile("calendars/cn-workdays.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := parseCalendar("calendar", raw)
	if err != nil {
		t.Fatal(err)
	}
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
		{"2026-12-31", 1, "", 2027},
		{"2022-12-29", 1, "", 2022},
	} {
		got, year := c.Add(tt.from, tt.n)
		if got != tt.want || year != tt.year {
			t.Errorf("%s + %d: %q, year %d; want %q, %d", tt.from, tt.n, got, year, tt.want, tt.year)
		}
	}
	for _, bad := range []string{"years: {2026: {off: [2026-13-01]}}", "years: {2026: {off: [2026-01-03/2026-01-01]}}", "years: {2026: {off: [2026-01-01/2027-01-01]}}", "years: {2026: {work: [x]}}", "year: {}"} {
		if _, err := parseCalendar("calendar", []byte(bad)); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}

func TestMonthsAndYears(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{AddMonths("2026-05-20", 2), "2026-07-20"},
		{AddMonths("2026-12-31", 2), "2027-02-28"},
		{AddMonths("2027-12-31", 2), "2028-02-29"},
		{LastDayOfYears("2023-06-16", 3), "2026-06-15"},
		{LastDayOfYears("2024-02-29", 1), "2025-02-27"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s, want %s", tt.got, tt.want)
		}
	}
}
