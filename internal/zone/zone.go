// Package zone derives days from instants with the time zones of the IANA
// database. The database is part of the program. The package reads no clock.
package zone

import (
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // a release needs no database of the machine

	"hutong/internal/dataspace"
)

// dayForm is how a day is written.
const dayForm = time.DateOnly

// List holds time zones, each once, in the order of their names. The local zone
// of the machine is never in it.
type List []*time.Location

// Parse finds a zone by its name in the IANA database, such as Asia/Shanghai.
// It refuses the zone of the machine: a decision must be the same everywhere.
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
			return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "zone.twice", Place: here, Message: fmt.Sprintf("%q is given twice", name)}
		}
		out = append(out, l)
	}
	return Join(out), nil
}

// Join returns the zones of all lists, each once.
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

// Days returns the dates at an instant in the zones, each once, the earliest
// first. There are three at most.
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

// Key says which day it is in each of the zones. It changes only when a day
// begins in one of them.
func (l List) Key(at time.Time) string {
	var out strings.Builder
	for _, z := range l.orUTC() {
		out.WriteString(dateOf(at.In(z)).String())
		out.WriteByte(' ')
	}
	return out.String()
}

// First is the earliest of Days. Without zones it is the day in UTC.
func (l List) First(at time.Time) string { return l.orUTC().Days(at)[0] }

// Last is the latest of Days. Without zones it is the day in UTC.
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

// Begins returns the earliest instant at which a day begins in the zones. A day
// without a midnight in a zone is not an error: the day then begins later.
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

// Write returns an instant as documents write it.
func Write(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// The farthest zones of the Earth from UTC.
const (
	westmost = -12 * time.Hour
	eastmost = 14 * time.Hour
)

// Possible reports whether it can be this day anywhere at an instant.
func Possible(day string, at time.Time) bool {
	at = at.UTC()
	return at.Add(westmost).Format(dayForm) <= day && day <= at.Add(eastmost).Format(dayForm)
}

// date is a day as numbers, so that days can be compared without formatting
// them.
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
