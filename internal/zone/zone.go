// Package zone derives days from instants by the time zones of the IANA
// database, which is part of the program. It reads no clock.
package zone

import (
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // so that a release needs none of the machine

	"hutong/internal/dataspace"
)

// dayForm is how a day is written.
const dayForm = time.DateOnly

// List is time zones, each once, in the order of their names. None is the zone
// of whoever asks.
type List []*time.Location

// Parse finds a zone by its name in the IANA database, such as Asia/Shanghai.
// The zone of the machine is none: a decision must be the same everywhere.
func Parse(name string) (*time.Location, error) {
	if name != "" && name != "Local" && !strings.ContainsAny(name, `\.`) {
		if l, err := time.LoadLocation(name); err == nil {
			return l, nil
		}
	}
	return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "zone.unknown", Place: name,
		Message: fmt.Sprintf("%q is no time zone", name), Hint: "expected a name of the IANA database, written as Area/City"}
}

// Read finds zones by their names. The place of a problem says which one is
// wrong.
func Read(place string, names []string) (List, error) {
	var out List
	for i, name := range names {
		here := fmt.Sprintf("%s[%d]", place, i)
		l, err := Parse(name)
		if err != nil {
			return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "zone.unknown", Place: here,
				Message: fmt.Sprintf("%q is no time zone", name), Hint: dataspace.Hint(err)}
		}
		if slices.Index(names, name) < i {
			return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "zone.twice", Place: here, Message: fmt.Sprintf("%q stands twice", name)}
		}
		out = append(out, l)
	}
	return Join(out), nil
}

// Join is the zones of all lists, each once.
func Join(lists ...List) List {
	out := slices.Concat(lists...)
	slices.SortFunc(out, func(a, b *time.Location) int { return strings.Compare(a.String(), b.String()) })
	return slices.CompactFunc(out, func(a, b *time.Location) bool { return a.String() == b.String() })
}

// Names are the names of the zones.
func (l List) Names() []string {
	out := make([]string, len(l))
	for i, z := range l {
		out[i] = z.String()
	}
	return out
}

// Days are the days that it is at an instant in the zones, each once, the
// earliest first. There are three at most.
func (l List) Days(at time.Time) []string {
	days := make([]date, 0, 3)
	for _, z := range l {
		if d := dateOf(at.In(z)); !slices.Contains(days, d) {
			days = append(days, d)
		}
	}
	slices.SortFunc(days, date.compare)
	out := make([]string, len(days))
	for i, d := range days {
		out[i] = d.String()
	}
	return out
}

// Key says which day it is in each of the zones. It changes when a day begins in
// one of them, and only then.
func (l List) Key(at time.Time) string {
	var out strings.Builder
	for _, z := range l.orUTC() {
		out.WriteString(dateOf(at.In(z)).String())
		out.WriteByte(' ')
	}
	return out.String()
}

// First is the earliest of Days, Last the latest; that of UTC where there are no
// zones.
func (l List) First(at time.Time) string { return l.orUTC().Days(at)[0] }

// Last is the latest of Days.
func (l List) Last(at time.Time) string {
	days := l.orUTC().Days(at)
	return days[len(days)-1]
}

func (l List) orUTC() List {
	if len(l) == 0 {
		return List{time.UTC}
	}
	return l
}

// Begins is when a day begins in the zones, at the earliest. It is no error of
// the caller's when the day has no midnight there: then the day begins later.
func (l List) Begins(day string) (time.Time, error) {
	var first time.Time
	for _, z := range l.orUTC() {
		t, err := time.ParseInLocation(dayForm, day, z)
		if err != nil {
			return first, fmt.Errorf("read day %q: %w", day, dataspace.ErrInvalid)
		}
		if first.IsZero() || t.Before(first) {
			first = t
		}
	}
	return first, nil
}

// Instant reads an instant, RFC 3339.
func Instant(place, text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || t.Year() < 1900 || t.Year() > 9998 {
		return t, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "zone.instant", Place: place,
			Message: fmt.Sprintf("%q is no instant", text), Hint: "expected a moment with its offset, such as 2026-12-31T17:00:00Z or 2027-01-01T01:00:00+08:00"}
	}
	return t, nil
}

// Write is an instant as a document holds it.
func Write(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// The farthest zones of the Earth from UTC.
const (
	westmost = -12 * time.Hour
	eastmost = 14 * time.Hour
)

// Possible reports whether it can be a day at an instant anywhere.
func Possible(day string, at time.Time) bool {
	at = at.UTC()
	return at.Add(westmost).Format(dayForm) <= day && day <= at.Add(eastmost).Format(dayForm)
}

// date is a day as numbers, which are compared without writing them.
type date struct {
	year, month, day int
}

func dateOf(t time.Time) date {
	y, m, d := t.Date()
	return date{y, int(m), d}
}

func (d date) compare(o date) int {
	return (d.year-o.year)*10000 + (d.month-o.month)*100 + d.day - o.day
}

func (d date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day) }
