package clear

import (
	"slices"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/internal/people"
	"hutong/internal/runset"
)

// Counting defines how the classes that packs declare are counted.
type Counting struct {
	// Classes are the classes of people that are counted, in the order of the
	// parts.
	Classes []dataspace.CountClass
	Parts   []people.Part
}

// pairPart is the part of calendar years of each pair.
const pairPart = "year-pair"

// NewCounting arranges classes by what they are counted over: those of calendar
// years together, each class of a rolling window for itself. Classes whose
// numbers datasets state are left out.
func NewCounting(list []dataspace.CountClass) Counting {
	var out Counting
	out.add(people.Part{Name: people.YearPart}, list, func(c dataspace.CountClass) bool { return c.Months == 0 && !c.Pair })
	out.add(people.Part{Name: pairPart, Pair: true}, list, func(c dataspace.CountClass) bool { return c.Months == 0 && c.Pair })
	for _, one := range list {
		if one.Months > 0 {
			out.add(people.Part{Name: one.ID, Months: one.Months, Pair: one.Pair}, list, func(c dataspace.CountClass) bool { return c.ID == one.ID })
		}
	}
	return out
}

func (c *Counting) add(p people.Part, list []dataspace.CountClass, of func(dataspace.CountClass) bool) {
	for _, one := range list {
		if !one.Of.Stated && of(one) {
			p.Classes, c.Classes = append(p.Classes, one.ID), append(c.Classes, one)
		}
	}
	if len(p.Classes) > 0 {
		c.Parts = append(c.Parts, p)
	}
}

// Year is the part of the calendar year of an exporter; without classes if
// nothing is counted so.
func (c Counting) Year() people.Part {
	at := slices.IndexFunc(c.Parts, func(p people.Part) bool { return p.Name == people.YearPart })
	if at < 0 {
		return people.Part{Name: people.YearPart}
	}
	return c.Parts[at]
}

// OutOfWindows is the first day that the longest of the windows that roll still
// reaches on a day; false where none rolls, and what was counted is kept.
func (c Counting) OutOfWindows(today time.Time) (runset.Day, bool) {
	months := 0
	for _, p := range c.Parts {
		months = max(months, p.Months)
	}
	if months == 0 {
		return 0, false
	}
	return runset.ParseDay(pack.AddMonths(today.Format(pack.DayForm), -months))
}

// Facts are totals as a decision takes them: by the facts that the classes name.
func (c Counting) Facts(t people.Totals) dataspace.Values {
	var out dataspace.Values
	for _, one := range c.Classes {
		if n, ok := t[one.ID]; ok {
			out.Set(one.Fact, dataspace.IntOf(n))
		}
	}
	return out
}

// StatedMonths is how far back the numbers that datasets state are added up; 0:
// they stand alone.
func StatedMonths(list []dataspace.CountClass) int {
	months := 0
	for _, c := range list {
		if c.Of.Stated {
			months = max(months, c.Months)
		}
	}
	return months
}
