package profile

import (
	"context"
	"fmt"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/element"
)

// finish writes the census and counts the people.
func (r *run) finish(ctx context.Context, f *findings, c *collector) (*Result, error) {
	census, often, err := r.write(ctx, f, c)
	if err != nil {
		return nil, err
	}
	p := dataspace.Profile{
		Source: r.describe, Rows: r.rows, Bytes: r.bytes, Columns: f.columns,
	}
	all := func(string) bool { return true }
	_, sensitive, under14, err := census.Count(all)
	if err != nil {
		return nil, fmt.Errorf("count people: %w", err)
	}
	people := census.People()
	p.Subjects = dataspace.Subjects{Distinct: &people, Sensitive: &sensitive}
	if c != nil {
		p.Subjects.Key = c.keyNames(r.schema)
	}
	if _, ok := r.day(); ok {
		p.Subjects.Under14 = &under14
	}
	if under14 > 0 {
		f.derive(Under14Rows)
	}
	if often && f.moves() {
		f.derive(TrajectoryTable)
	}
	p.Derived = f.derived
	slices.Sort(p.Derived)
	return &Result{Profile: p, Census: census}, nil
}

// write makes the census. often reports whether half of the people have
// three rows or more.
func (r *run) write(ctx context.Context, f *findings, c *collector) (_ *Census, often bool, err error) {
	w, err := newCensusWriter(r.opt.Dir)
	if err != nil {
		return nil, false, err
	}
	defer func() {
		if err != nil {
			w.abort()
		}
	}()
	var bits [][]string
	many := int64(0)
	if c != nil {
		var keep uint64
		bits, keep = c.columnsOf(f)
		err = c.sorter.each(func(rec *record) error {
			if rec.mask>>rowsShift&3 >= 3 {
				many++
			}
			if w.people%65536 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			out := record{hi: rec.hi, lo: rec.lo, mask: rec.mask & (keep | under14Mask)}
			return w.add(&out)
		})
		if err != nil {
			return nil, false, fmt.Errorf("write census: %w", err)
		}
	}
	census, err := w.finish(r.names(), bits)
	return census, c != nil && len(c.plan.key) > 0 && w.people > 0 && many*2 >= w.people, err
}

func (r *run) names() []string {
	out := make([]string, len(r.schema.Fields))
	for i, f := range r.schema.Fields {
		out[i] = f.Name
	}
	return out
}

// moves reports whether the table has a time and a precise position for its
// people.
func (f *findings) moves() bool {
	at := f.has(func(e element.Element) bool { return e.ID == "timestamp" || e.ID == "ais_position" })
	where := f.has(func(e element.Element) bool { return e.ID == "precise_location" || e.ID == "trajectory" })
	return at && where
}
