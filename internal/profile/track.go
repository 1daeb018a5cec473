package profile

import (
	"bytes"
	"context"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/position"
	"hutong/internal/table"
)

// A table of points with times is the track of somebody or something, also where
// no column says of whom. Where a table has a time and a position, and no person
// with several rows, another pass looks at how far each point is from the one
// before.

const located dataspace.ElementID = "precise_location"

// tracks reports whether the rows of a table are a track.
func tracks(ctx context.Context, r *run, f *findings) (bool, error) {
	when, where := -1, []int(nil) // one column of pairs, or two
	for i := range f.columns {
		switch e, ok := f.element(i); {
		case ok && e.ID == located && len(where) < 2:
			where = append(where, i)
		case ok && e.ID == "timestamp" && when < 0:
			when = i
		}
	}
	if when < 0 || len(where) == 0 {
		return false, nil
	}
	var way position.Track
	r.only = append([]int{when}, where...)
	r.tally = func(b *table.Batch) error {
		for row := range b.Rows {
			if at, ok := point(b, row, where); ok {
				if t := text(b, row, when); len(t) > 0 {
					way.Add(t, at)
				}
			}
		}
		return nil
	}
	defer func() { r.tally = nil }()
	err := r.pass(ctx, false)
	return way.Is(), err
}

// text is what a cell holds, empty for none.
func text(b *table.Batch, row, column int) []byte {
	col := &b.Columns[column]
	if row >= len(col.Start) || col.IsNull(row) {
		return nil
	}
	return bytes.TrimSpace(col.Cell(row))
}

// point is the position in a row.
func point(b *table.Batch, row int, where []int) (at [2]float64, ok bool) {
	cell := text(b, row, where[0])
	if len(where) == 2 {
		cell = slices.Concat(cell, []byte(","), text(b, row, where[1]))
	}
	return position.Parse(cell)
}
