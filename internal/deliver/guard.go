package deliver

import (
	"fmt"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/table"
)

// Guard profiles the output of a pipeline: it scans every cell that is about
// to leave for values that prove themselves (a check digit, a calendar date, a
// prefix that exists) of elements which must not be there.
//
// In a column that is kept, what may be there is what the cleared profile
// found there, and what the plan lets out elsewhere in the table and hides
// nowhere. In a column that is treated, only the latter.
type Guard struct {
	columns []guarded
}

type guarded struct {
	name    string
	scanner *element.Scanner // nil: nothing to look for
	found   func(id dataspace.ElementID, start, end int)
	hit     dataspace.ElementID
}

// NewGuard makes the guard for the output of a plan over the cleared profile.
func NewGuard(plan dataspace.Plan, cleared dataspace.Profile) *Guard {
	g := &Guard{}
	open := leavesOpenly(plan)
	for _, c := range plan.Columns {
		if c.Action == dataspace.Drop {
			continue
		}
		g.columns = append(g.columns, guarded{name: c.Name})
		if c.Action == dataspace.Pseudonymise || c.Action == dataspace.Generalise {
			// Made by this package from an alphabet that no value fits: 26
			// letters and digits in one word, a year, a month, a rounded
			// number. A scan could only find coincidences.
			continue
		}
		allowed := open
		if found, ok := cleared.Column(c.Name); ok && c.Action == dataspace.Keep {
			allowed = append(slices.Clone(open), known(found)...)
		}
		if want := forbidden(allowed); len(want) > 0 {
			g.columns[len(g.columns)-1].scanner = element.NewScanner(want)
		}
	}
	for i := range g.columns {
		c := &g.columns[i]
		c.found = func(id dataspace.ElementID, _, _ int) { c.hit = id }
	}
	return g
}

// leavesOpenly lists the elements that a column keeps and no column hides.
func leavesOpenly(plan dataspace.Plan) []dataspace.ElementID {
	var open []dataspace.ElementID
	for _, c := range plan.Columns {
		if c.Element != nil && c.Action == dataspace.Keep {
			open = append(open, *c.Element)
		}
	}
	for _, c := range plan.Columns {
		if c.Element != nil && c.Action != dataspace.Keep {
			open = slices.DeleteFunc(open, func(id dataspace.ElementID) bool { return id == *c.Element })
		}
	}
	return open
}

// known lists what the cleared profile says is in a column: its element, what
// its text contains, and what else its values look like.
func known(c dataspace.ColumnProfile) []dataspace.ElementID {
	var ids []dataspace.ElementID
	if c.Element != nil {
		ids = append(ids, *c.Element)
	}
	for _, in := range c.Contains {
		ids = append(ids, in.Element)
	}
	for _, a := range c.Alternatives {
		ids = append(ids, a.Element)
	}
	return ids
}

// forbidden lists the elements that can be about a person and are not
// allowed. The scanner ignores those whose values prove nothing.
func forbidden(allowed []dataspace.ElementID) []dataspace.ElementID {
	var want []dataspace.ElementID
	for _, e := range element.All() {
		if e.Personal != element.PersonalNo && !slices.Contains(allowed, e.ID) {
			want = append(want, e.ID)
		}
	}
	return want
}

// Check looks through a batch of output. A hit is a *dataspace.Problem of
// kind dataspace.ErrDenied that names column, element and row, never the
// value; nothing of the batch may leave then.
func (g *Guard) Check(b *table.Batch) error {
	for i := range g.columns {
		c := &g.columns[i]
		if c.scanner == nil || b.Rows == 0 {
			continue
		}
		column := &b.Columns[i]
		for row := range b.Rows {
			if column.IsNull(row) {
				continue
			}
			c.scanner.Scan(column.Cell(row), c.found)
			if c.hit != "" {
				return c.denied(b.First + int64(row) + 1)
			}
		}
	}
	return nil
}

func (c *guarded) denied(row int64) error {
	id := c.hit
	c.hit = ""
	return &dataspace.Problem{
		Kind: dataspace.ErrDenied, Code: "deliver.guard",
		Place:   fmt.Sprintf("row %d, column %s", row, c.name),
		Message: fmt.Sprintf("the output contains %s, which the plan does not let out there", id),
		Hint:    "profile the dataset again, or drop the column",
	}
}
