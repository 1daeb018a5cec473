package deliver

import (
	"bytes"
	"fmt"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/table"
)

// Guard checks the output of a pipeline. It scans every cell that is about to
// leave for values of forbidden elements whose values can be proved: by a check
// digit, a calendar date, or a known prefix.
//
// A column may hold the elements that the cleared profile found in it, unless
// its treatment hides them. It may also hold elements that the plan lets out in
// another column and hides in none.
//
// Guard scans by the same rules as the profile. Otherwise it would stop
// deliveries because of coincidences that the profile has already excluded:
// some order numbers of a large table have a valid check digit of any kind. A
// whole cell therefore counts only for proofs that a random code hardly ever
// passes, and a bare number does not count in a column of numbers.
type Guard struct {
	columns []*guarded
}

type guarded struct {
	name    string
	known   *element.Taxonomy
	scanner *element.Scanner // nil: no scan is needed
	numbers bool             // a column of numbers or dates
	length  int              // of the cell being scanned
	hit     dataspace.ElementID
	report  func(id dataspace.ElementID, start, end int)
}

// scanFrom is the length of the shortest cell that is scanned, in bytes.
const scanFrom = 8

// NewGuard makes the guard for the output of a plan over the cleared profile.
// It looks for the given elements.
func NewGuard(elements *element.Taxonomy, plan dataspace.Plan, cleared dataspace.Profile) *Guard {
	g := &Guard{}
	open := leavesOpenly(plan)
	for _, c := range plan.Columns {
		if c.Action == dataspace.Drop {
			continue
		}
		to := &guarded{name: c.Name, known: elements}
		to.report = to.found
		g.columns = append(g.columns, to)
		if c.Action == dataspace.Pseudonymise || c.Action == dataspace.Generalise {
			// The package itself makes these values from an alphabet that no
			// forbidden value matches: 26 letters and digits in one word, a
			// year, a month, a rounded number. A scan could only find
			// coincidences.
			continue
		}
		found, _ := cleared.Column(c.Name)
		switch found.Type {
		case "integer", "number", "date", "timestamp", "boolean":
			to.numbers = true
		}
		allowed := append(slices.Clone(open), present(found, c.Action)...)
		if want := forbidden(elements, allowed); len(want) > 0 {
			to.scanner = elements.NewScanner(want)
		}
	}
	return g
}

// leavesOpenly lists the elements that some column keeps and no column hides.
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

// present lists the elements that the cleared profile says are in a column:
// those in its text and, where the column is kept, its own element and the
// others that its values match.
func present(c dataspace.ColumnProfile, action dataspace.Action) []dataspace.ElementID {
	var ids []dataspace.ElementID
	for _, in := range c.Contains {
		ids = append(ids, in.Element)
	}
	if action != dataspace.Keep {
		return ids
	}
	if c.Element != nil {
		ids = append(ids, *c.Element)
	}
	for _, a := range c.Alternatives {
		ids = append(ids, a.Element)
	}
	return ids
}

// forbidden lists the elements that can be about a person and are not allowed.
// The scanner ignores elements whose values cannot be proved.
func forbidden(elements *element.Taxonomy, allowed []dataspace.ElementID) []dataspace.ElementID {
	var want []dataspace.ElementID
	for _, e := range elements.All() {
		if e.Personal != element.PersonalNo && !slices.Contains(allowed, e.ID) {
			want = append(want, e.ID)
		}
	}
	return want
}

// Check scans a batch of output. A hit is a *dataspace.Problem of kind
// dataspace.ErrDenied that names column, element and row, never the value.
// After a hit no part of the batch may leave.
func (g *Guard) Check(b *table.Batch) error {
	for i, c := range g.columns {
		if c.scanner == nil || b.Rows == 0 {
			continue
		}
		column := &b.Columns[i]
		for row := range b.Rows {
			if !column.IsNull(row) && c.holds(column.Cell(row)) {
				return c.denied(b.First + int64(row) + 1)
			}
		}
	}
	return nil
}

func (c *guarded) holds(cell []byte) bool {
	cell = bytes.TrimSpace(cell)
	if len(cell) < scanFrom || c.numbers && isNumber(cell) {
		return false
	}
	c.length = len(cell)
	c.scanner.Scan(cell, c.report)
	return c.hit != ""
}

func (c *guarded) found(id dataspace.ElementID, start, end int) {
	if end-start < c.length || c.known.ProvesAlone(id) {
		c.hit = id
	}
}

// isNumber reports whether a cell is a bare number, date or time.
func isNumber(cell []byte) bool {
	for _, b := range cell {
		if !(b >= '0' && b <= '9') && b != '.' && b != '-' && b != '+' && b|0x20 != 'e' && b != ':' && b != '/' && b != ' ' {
			return false
		}
	}
	return true
}

func (c *guarded) denied(row int64) error {
	id := c.hit
	c.hit = ""
	return &dataspace.Problem{
		Kind: dataspace.ErrDenied, Code: "deliver.guard",
		Place:   fmt.Sprintf("row %d, column %s", row, c.name),
		Message: fmt.Sprintf("the output contains %s, which the plan does not allow in this column", id),
		Hint:    "look at the row; then drop, mask or pseudonymise the column",
	}
}
