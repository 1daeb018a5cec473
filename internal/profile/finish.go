package profile

import (
	"context"
	"fmt"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/element"
)

// finish writes the census and counts the people. They are counted by what the
// columns are used as.
func (r *run) finish(ctx context.Context, f, used *findings) (*Result, error) {
	c := r.collector
	census, often, err := r.write(ctx, used, c)
	if err != nil {
		return nil, err
	}
	p := dataspace.Profile{
		Source: r.describe, Rows: r.rows, Bytes: r.bytes, Columns: f.columns, Choices: r.opt.Keys,
	}
	people := census.People()
	p.Subjects = dataspace.Subjects{Distinct: &people, Classes: map[string]*int64{}}
	if c != nil {
		p.Subjects.Key = c.keyNames(r.schema)
		p.Subjects.Roles = c.roles(r.schema)
	}
	if err := r.countClasses(f, census, &p.Subjects); err != nil {
		return nil, err
	}
	if often && f.moves() {
		f.derive(TrajectoryTable)
	}
	p.Derived = f.derived
	slices.Sort(p.Derived)
	return &Result{Profile: p, Census: census}, nil
}

// countClasses says how many people of the whole dataset are in each class.
func (r *run) countClasses(f *findings, census *Census, s *dataspace.Subjects) error {
	list := make([]dataspace.CountClass, len(r.classes))
	for i, c := range r.classes {
		list[i] = c.CountClass
	}
	totals, err := census.Count(func(string) bool { return true }, list)
	if err != nil {
		return fmt.Errorf("count people: %w", err)
	}
	_, dated := r.day()
	if r.collector != nil && len(r.collector.ages) > 0 && r.collector.agesUnknown() {
		s.Unread, dated = r.collector.unread(r.schema), false
	}
	for i, c := range r.classes {
		n := totals[c.ID]
		switch {
		case len(c.Of.RestOf) > 0:
			continue
		case c.Of.Below > 0 && !dated && !c.sensitive && len(c.Of.Elements) == 0:
			s.Classes[c.ID] = nil
			continue
		}
		s.Classes[list[i].ID] = &n
		if c.Of.Below > 0 && n > 0 && !c.sensitive && len(c.Of.Elements) == 0 {
			f.derive(fmt.Sprintf(youngRows, c.Of.Below))
		}
	}
	return nil
}

// write makes the census. often reports whether half of the people have three
// rows or more.
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
	t, many := trailer{All: r.names(), Slots: 1}, int64(0)
	if c == nil {
		for _, cl := range r.classes {
			t.Classes = append(t.Classes, classMarks{ID: cl.ID, RestOf: cl.Of.RestOf})
		}
	} else {
		var keep uint64
		t.Marks, keep, t.Classes = c.describe(f, r.classes)
		t.Keys = c.censusKeys(r.schema)
		if err = c.settle(); err != nil {
			return nil, false, err
		}
		err = c.people.Each(func(rec *record) error {
			if rec.mask>>rowsShift&3 >= 3 {
				many++
			}
			if w.people%65536 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			out := record{hi: rec.hi, lo: rec.lo, mask: rec.mask & (keep | rowKeyMask)}
			return w.add(&out)
		})
		if err != nil {
			return nil, false, fmt.Errorf("write census: %w", err)
		}
	}
	census, err := w.finish(t)
	return census, c != nil && len(c.plan.parties[0].keys) > 0 && w.people > 0 && many*2 >= w.people, err
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
