package dataspace_test

import (
	"fmt"
	"testing"
	"time"

	"hutong/internal/dataspace"
)

// A text is a day exactly if package time reads it and writes it the same.
func TestValidDay(t *testing.T) {
	known := func(s string) bool {
		day, err := time.Parse(time.DateOnly, s)
		return err == nil && day.Format(time.DateOnly) == s
	}
	var days []string
	for _, year := range []int{0, 4, 100, 400, 1900, 2000, 2023, 2024, 2026, 9999} {
		for month := range 14 {
			for day := range 33 {
				days = append(days, fmt.Sprintf("%04d-%02d-%02d", year, month, day))
			}
		}
	}
	days = append(days, "", "2026-1-2", "2026-01-2x", "2026/01/02", "x026-01-02", "2026-01-02 ", "20260-01-2", "+026-01-02", "2026-01-02T00:00:00Z", "２０26-01")
	valid := 0
	for _, s := range days {
		if got := dataspace.ValidDay(s); got != known(s) {
			t.Errorf("%q: %v", s, got)
		} else if got {
			valid++
		}
	}
	if valid != 10*365+5 {
		t.Errorf("%d days are valid, want %d", valid, 10*365+5)
	}
}
