package pack

import (
	"fmt"
	"strings"
	"time"

	"hutong/internal/dataspace"
)

const (
	DayForm = "2006-01-02"
	maxSpan = 60 * 24 * time.Hour // the longest run of days off; a longer one is a mistake
)

// Calendar knows the working days of some years.
type Calendar struct {
	years map[int]bool
	off   map[string]bool
	work  map[string]bool
}

type calendarYAML struct {
	Years map[int]struct {
		Source string   `yaml:"source"`
		Off    []string `yaml:"off"`
		Work   []string `yaml:"work"`
	} `yaml:"years"`
}

// parseCalendar reads days off (single or first/last) and make-up working days
// by year. A day off may fall into a neighbouring year.
func parseCalendar(place string, data []byte) (*Calendar, error) {
	var y calendarYAML
	if err := decodeStrict(place, data, &y); err != nil {
		return nil, err
	}
	c := &Calendar{years: map[int]bool{}, off: map[string]bool{}, work: map[string]bool{}}
	for year, days := range y.Years {
		c.years[year] = true
		for _, span := range days.Off {
			first, last, isSpan := strings.Cut(span, "/")
			if !isSpan {
				last = first
			}
			if !ValidDay(first) || !ValidDay(last) || last < first || ParseDay(last).Sub(ParseDay(first)) > maxSpan {
				return nil, problem("calendar.day", place, fmt.Sprintf("%q is no day or span of days", span), nil)
			}
			for d := ParseDay(first); d.Format(DayForm) <= last; d = d.AddDate(0, 0, 1) {
				c.off[d.Format(DayForm)] = true
			}
		}
		for _, day := range days.Work {
			if !ValidDay(day) {
				return nil, problem("calendar.day", place, fmt.Sprintf("%q is no day", day), nil)
			}
			c.work[day] = true
		}
	}
	return c, nil
}

// Add returns the day n working days after from, not counting from itself.
// The second result is the first year that is not known, or 0.
func (c *Calendar) Add(from string, n int) (day string, unknownYear int) {
	d := ParseDay(from)
	for n > 0 {
		d = d.AddDate(0, 0, 1)
		if !c.years[d.Year()] {
			return "", d.Year()
		}
		if c.working(d) {
			n--
		}
	}
	return d.Format(DayForm), 0
}

// Back returns the day n working days before from, not counting from itself.
// If the calendar does not know a year in between, the second result is that
// year. The day is then early enough for any holidays: two days for each working
// day, and fourteen more.
func (c *Calendar) Back(from string, n int) (day string, unknownYear int) {
	d := ParseDay(from)
	for left := n; left > 0; {
		d = d.AddDate(0, 0, -1)
		if !c.years[d.Year()] {
			return ParseDay(from).AddDate(0, 0, -2*n-14).Format(DayForm), d.Year()
		}
		if c.working(d) {
			left--
		}
	}
	return d.Format(DayForm), 0
}

func (c *Calendar) working(d time.Time) bool {
	day := d.Format(DayForm)
	if c.work[day] {
		return true
	}
	if c.off[day] {
		return false
	}
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
}

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
