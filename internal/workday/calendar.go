// Package workday counts working days by official calendars. For a year whose
// calendar is not published it gives the earliest day that is possible.
package workday

import (
	"fmt"
	"strings"
	"time"

	"hutong/internal/dataspace"
)

const (
	dayForm = "2006-01-02"
	maxSpan = 60 * 24 * time.Hour // the longest run of days off; a longer one is a mistake
	maxNear = 60                  // the most days between a day off and the day that makes up for it
)

// Document holds the files of a calendar.
type Document struct {
	Years map[int]YearDoc `yaml:"years"`
	// Provisional are years without an official calendar: the days that are
	// surely off.
	Provisional map[int]ProvisionalDoc `yaml:"provisional"`
}

// YearDoc is the official calendar of a year.
type YearDoc struct {
	Source string   `yaml:"source"`
	Off    []string `yaml:"off"`  // days, or first/last
	Work   []string `yaml:"work"` // make-up working days
}

// ProvisionalDoc is what is sure of a year before its calendar is published.
type ProvisionalDoc struct {
	Source string   `yaml:"source"`
	Facts  []string `yaml:"facts"` // the rows that it is based on
	Off    []string `yaml:"off"`   // the days that are surely off, or first/last
	// Near is how far from such a day a Saturday or Sunday may be a working day.
	Near int `yaml:"near"`
}

// Calendar knows the working days of some years.
type Calendar struct {
	years  map[int]bool
	off    map[string]bool
	work   map[string]bool
	likely map[int]provisional
}

type provisional struct {
	off  map[string]bool
	days []time.Time
	near int
}

// New makes a calendar of a file. A day off may fall into a neighbouring year.
func New(place string, doc *Document) (*Calendar, error) {
	c := &Calendar{years: map[int]bool{}, off: map[string]bool{}, work: map[string]bool{}, likely: map[int]provisional{}}
	for year, y := range doc.Years {
		c.years[year] = true
		days, err := expand(place, y.Off)
		if err != nil {
			return nil, err
		}
		for _, d := range days {
			c.off[d.Format(dayForm)] = true
		}
		for _, day := range y.Work {
			if _, ok := parse(day); !ok {
				return nil, problem("calendar.day", place, fmt.Sprintf("%q is no day", day))
			}
			c.work[day] = true
		}
	}
	for year, y := range doc.Provisional {
		if c.years[year] {
			return nil, problem("calendar.provisional", place, fmt.Sprintf("%d has an official calendar: take it out of provisional", year))
		}
		if y.Near < 0 || y.Near > maxNear || y.Source == "" || len(y.Off) == 0 {
			return nil, problem("calendar.provisional", place, fmt.Sprintf("%d needs source, off, and near between 0 and %d", year, maxNear))
		}
		days, err := expand(place, y.Off)
		if err != nil {
			return nil, err
		}
		p := provisional{off: make(map[string]bool, len(days)), days: days, near: y.Near}
		for _, d := range days {
			p.off[d.Format(dayForm)] = true
		}
		c.likely[year] = p
	}
	return c, nil
}

// expand lists the days of days and spans.
func expand(place string, spans []string) (out []time.Time, err error) {
	for _, span := range spans {
		first, last, isSpan := strings.Cut(span, "/")
		if !isSpan {
			last = first
		}
		from, ok := parse(first)
		to, valid := parse(last)
		if !ok || !valid || to.Before(from) || to.Sub(from) > maxSpan {
			return nil, problem("calendar.day", place, fmt.Sprintf("%q is no day or span of days", span))
		}
		for d := from; !d.After(to); d = d.AddDate(0, 0, 1) {
			out = append(out, d)
		}
	}
	return out, nil
}

// Add returns the day n working days after from, not counting from itself. If
// the calendar of a year on the way is not published, the second result is the
// first such year, and the day is the earliest that is possible.
func (c *Calendar) Add(from string, n int) (day string, unknownYear int) {
	d, _ := parse(from)
	for n > 0 {
		d = d.AddDate(0, 0, 1)
		if !c.years[d.Year()] && unknownYear == 0 {
			unknownYear = d.Year()
		}
		if c.working(d) {
			n--
		}
	}
	return d.Format(dayForm), unknownYear
}

// Back returns the day n working days before from, not counting from itself.
// If the calendar does not know a year in between, the second result is that
// year. The day is then early enough for any holidays: two days for each working
// day, and fourteen more.
func (c *Calendar) Back(from string, n int) (day string, unknownYear int) {
	end, _ := parse(from)
	d := end
	for left := n; left > 0; {
		d = d.AddDate(0, 0, -1)
		if !c.years[d.Year()] {
			return end.AddDate(0, 0, -2*n-14).Format(dayForm), d.Year()
		}
		if c.working(d) {
			left--
		}
	}
	return d.Format(dayForm), 0
}

// working reports whether a day is a working day, or, in a year without an
// official calendar, whether it may be one.
func (c *Calendar) working(d time.Time) bool {
	if !c.years[d.Year()] {
		return c.possible(d)
	}
	day := d.Format(dayForm)
	return c.work[day] || !c.off[day] && !weekend(d)
}

// possible reports whether a day of a year without an official calendar may be a
// working day. Every day may be one in a year of which nothing is known.
func (c *Calendar) possible(d time.Time) bool {
	p, ok := c.likely[d.Year()]
	switch {
	case !ok:
		return true
	case p.off[d.Format(dayForm)]:
		return false
	case !weekend(d):
		return true
	}
	for _, off := range p.days { // it may make up for a working day beside this one
		if gap := d.Sub(off).Abs(); gap <= time.Duration(p.near)*24*time.Hour {
			return true
		}
	}
	return false
}

func weekend(d time.Time) bool { return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday }

// Earliest says why a deadline is only the earliest that is possible.
func Earliest(year int) dataspace.Text {
	return dataspace.Text{
		EN: fmt.Sprintf("provisional, the earliest possible day: the official calendar of %d is not loaded", year),
		ZH: fmt.Sprintf("暂定为可能的最早日期：%d年官方工作日安排未载入", year),
	}
}

// Unclear says why nobody can tell yet whether a deadline has passed.
func Unclear(year int) dataspace.Text {
	return dataspace.Text{
		EN: fmt.Sprintf("the official calendar of %d is not loaded, so it is not known whether the deadline has passed", year),
		ZH: fmt.Sprintf("%d年官方工作日安排未载入，无法判断期限是否已过", year),
	}
}

// Early says why a warning comes early.
func Early(year int) dataspace.Text {
	return dataspace.Text{
		EN: fmt.Sprintf("warned early: the working days of %d are not known", year),
		ZH: fmt.Sprintf("提前提示：%d年工作日安排未载入", year),
	}
}

func parse(s string) (time.Time, bool) {
	if !dataspace.ValidDay(s) || s < "1900" {
		return time.Time{}, false
	}
	d, err := time.Parse(dayForm, s)
	return d, err == nil
}

func problem(code, place, message string) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: code, Place: place, Message: message}
}
