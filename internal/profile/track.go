package profile

import (
	"bytes"
	"context"
	"math"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/position"
	"hutong/internal/table"
)

// A table of points in the order of their times is the track of somebody or
// something, also where no column says of whom. Where a table has a time and a
// position, and no person with several rows, another pass looks at how far each
// point is from the one before.

// tracker counts the steps from point to point.
type tracker struct {
	columns []int // one of pairs, or two
	last    [2]float64
	started bool
	steps   int64
	near    int64 // to a place at most some kilometres away
	moved   int64 // to another place
}

const (
	fewestSteps = 20
	stride      = .02 // degrees
)

// tracks reports whether the rows of a table are a track.
func tracks(ctx context.Context, r *run, f *findings) (bool, error) {
	s := tracker{}
	for i := range f.columns {
		if e, ok := f.element(i); ok && e.ID == located && len(s.columns) < 2 {
			s.columns = append(s.columns, i)
		}
	}
	if len(s.columns) == 0 {
		return false, nil
	}
	r.tally = func(b *table.Batch) error { s.add(b); return nil }
	defer func() { r.tally = nil }()
	err := r.pass(ctx, false)
	return s.steps >= fewestSteps && s.near*5 >= s.steps*4 && s.moved*2 >= s.steps, err
}

const located dataspace.ElementID = "precise_location"

func (s *tracker) add(b *table.Batch) {
	for row := range b.Rows {
		at, ok := s.point(b, row)
		if !ok {
			continue
		}
		if s.started {
			s.steps++
			x, y := math.Abs(at[0]-s.last[0]), math.Abs(at[1]-s.last[1])
			if x <= stride && y <= stride {
				s.near++
			}
			if x+y > 0 {
				s.moved++
			}
		}
		s.last, s.started = at, true
	}
}

// point is the position in a row.
func (s *tracker) point(b *table.Batch, row int) (at [2]float64, ok bool) {
	cells := make([][]byte, 0, 2)
	for _, i := range s.columns {
		col := &b.Columns[i]
		if row >= len(col.Start) || col.IsNull(row) {
			return at, false
		}
		cells = append(cells, bytes.TrimSpace(col.Cell(row)))
	}
	return position.Parse(bytes.Join(slices.Clip(cells), []byte(",")))
}
