package pack

import (
	"time"

	"hutong/internal/dataspace"
)

const DayForm = "2006-01-02"

// AddMonths returns the same day n months later, or the month's last day if the
// month has no such day.
func AddMonths(from string, n int) string {
	d := ParseDay(from)
	first := time.Date(d.Year(), d.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return time.Date(first.Year(), first.Month(), min(d.Day(), last), 0, 0, 0, 0, time.UTC).Format(DayForm)
}

// LastDayOfYears is the last day of a validity of n years that begins on from:
// the day before the anniversary, which is the strict reading.
func LastDayOfYears(from string, n int) string {
	return ParseDay(AddMonths(from, 12*n)).AddDate(0, 0, -1).Format(DayForm)
}

func ValidDay(s string) bool {
	return dataspace.ValidDay(s) && s >= "1900"
}

// ParseDay reads a day that ValidDay accepted.
func ParseDay(s string) time.Time {
	d, err := time.Parse(DayForm, s)
	if err != nil {
		return time.Time{}
	}
	return d
}
