package deliver

import (
	"bytes"
	"fmt"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/dictcount"
	"hutong/internal/element"
	"hutong/internal/look"
	"hutong/internal/table"
)

// Guard checks the output of a pipeline. It looks in every cell that is about to
// leave for values of forbidden elements whose values can be proved: by a check
// digit, a calendar date, or a known prefix.
//
// A column may hold the elements that the cleared profile found in it, unless
// its treatment hides them. It may also hold elements that the plan lets out in
// another column and hides in none.
//
// Guard looks with the same code as the profile. A value of a shape that the
// profile found to pass a check by chance may leave: some order numbers of a
// large table have a valid check digit of any kind. Any other value that passes
// stops the delivery, because the profile would have reported it.
type Guard struct {
	columns []*guarded
}

type guarded struct {
	name   string
	looker *look.Looker // nil: nothing is looked for
	chance map[coincidence]bool
	hit    dataspace.ElementID
	report func(h look.Hit, value []byte)
	memo   dictcount.Memo[struct{}] // of values without a hit
}

// coincidence is a kind of values that pass by chance.
type coincidence struct {
	element dataspace.ElementID
	shape   string
	whole   bool
}

// scanFrom is the length of the shortest cell that is looked at, in bytes.
const scanFrom = 7

// NewGuard makes the guard for the output of a plan over the cleared profile.
// It looks for the given elements.
func NewGuard(elements *element.Taxonomy, plan dataspace.Plan, cleared dataspace.Profile) *Guard {
	g := &Guard{}
	open := leavesOpenly(plan)
	for _, c := range plan.Columns {
		if c.Action == dataspace.Drop {
			continue
		}
		to := &guarded{name: c.Name, chance: map[coincidence]bool{}}
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
		for _, k := range found.Coincidences {
			to.chance[coincidence{k.Element, k.Shape, k.Whole}] = true
		}
		allowed := append(slices.Clone(open), present(found, c.Action)...)
		if want := forbidden(elements, allowed); len(want) > 0 {
			to.looker = look.New(elements, want, nil)
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
		same := func(id dataspace.ElementID) bool { return look.Same(id, e.ID) }
		if e.Personal != element.PersonalNo && !slices.ContainsFunc(allowed, same) {
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
		if c.looker == nil || b.Rows == 0 {
			continue
		}
		column := &b.Columns[i]
		if column.Dict != nil {
			c.memo.Begin(column.Dict)
		}
		for row := range b.Rows {
			if column.IsNull(row) || column.Dict != nil && c.seen(column.Codes[row]) {
				continue
			}
			if c.holds(column.Cell(row)) {
				return c.denied(b.First + int64(row) + 1)
			}
		}
	}
	return nil
}

// seen reports whether a value of the dictionary was looked at before, and had no
// hit: after one, denied forgets all of them.
func (c *guarded) seen(code int32) bool {
	_, known := c.memo.Of(code)
	return known
}

func (c *guarded) holds(cell []byte) bool {
	cell = bytes.TrimSpace(cell)
	if len(cell) < scanFrom {
		return false
	}
	c.looker.Cell(cell, c.report)
	return c.hit != ""
}

func (c *guarded) found(h look.Hit, _ []byte) {
	if !c.chance[coincidence{h.Element, h.ShapeName(), h.Whole}] {
		c.hit = h.Element
	}
}

func (c *guarded) denied(row int64) error {
	id := c.hit
	c.hit, c.memo = "", dictcount.Memo[struct{}]{}
	return &dataspace.Problem{
		Kind: dataspace.ErrDenied, Code: "deliver.guard",
		Place:   fmt.Sprintf("row %d, column %s", row, c.name),
		Message: fmt.Sprintf("the output contains %s, which the plan does not allow in this column", id),
		Hint:    "look at the row; then drop, mask or pseudonymise the column",
	}
}
