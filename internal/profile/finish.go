package profile

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"hutong/internal/census"
	"hutong/internal/dataspace"
	"hutong/internal/element"
)

// finish writes the census and counts the people. They are counted by what the
// columns are used as.
func (r *run) finish(ctx context.Context, f, used *findings) (*Result, error) {
	c := r.collector
	counted, often, err := r.write(ctx, used, c)
	if err != nil {
		return nil, err
	}
	p := dataspace.Profile{
		Source: r.describe, Rows: r.rows, Bytes: r.bytes, Columns: f.columns, Choices: r.opt.Keys,
	}
	people := counted.People()
	p.Subjects = dataspace.Subjects{Distinct: &people, Classes: map[string]*int64{}}
	if c != nil {
		p.Subjects.Key = c.keyNames(r.schema)
		p.Subjects.Roles = c.roles(r.schema)
	}
	if err := r.countClasses(f, counted, &p.Subjects); err != nil {
		return nil, err
	}
	if f.moves() {
		if !often {
			if often, err = tracks(ctx, r, f); err != nil {
				return nil, errors.Join(err, counted.Remove())
			}
		}
		if often {
			f.derive(TrajectoryTable)
		}
	}
	p.Derived = f.derived
	slices.Sort(p.Derived)
	return &Result{Profile: p, Census: counted}, nil
}

// countClasses says how many people of the whole dataset are in each class.
func (r *run) countClasses(f *findings, counted *census.Census, s *dataspace.Subjects) error {
	list := make([]dataspace.CountClass, len(r.classes))
	for i, c := range r.classes {
		list[i] = c.CountClass
	}
	totals, err := counted.Count(func(string) bool { return true }, list)
	if err != nil {
		return fmt.Errorf("count people: %w", err)
	}
	_, dated := r.day()
	if r.collector != nil && len(r.collector.ages) > 0 && r.collector.agesUnknown() {
		s.Unread, dated = r.collector.unread(r.schema), false
	}
	seen := counted.People() == 0 || r.collector != nil && r.collector.agesSeen(r.rows)
	for i, c := range r.classes {
		n := totals[c.ID]
		switch {
		case len(c.Of.RestOf) > 0:
			continue
		case c.Of.Below > 0 && (!dated || n == 0 && !seen) && !c.sensitive && len(c.Of.Elements) == 0:
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
func (r *run) write(ctx context.Context, f *findings, c *collector) (_ *census.Census, often bool, err error) {
	of := census.Contents{Columns: r.names()}
	if c == nil {
		for _, cl := range r.classes {
			of.Classes = append(of.Classes, census.ClassMarks{ID: cl.ID, RestOf: cl.Of.RestOf})
		}
		out, err := census.Write(ctx, r.opt.Dir, nil, of)
		return out.Census, false, err
	}
	of.Marks, of.Classes = c.describe(f, r.classes)
	of.Keys = c.censusKeys(r.schema)
	if err = c.settle(); err != nil {
		return nil, false, err
	}
	out, err := census.Write(ctx, r.opt.Dir, c.people, of)
	if err != nil {
		return nil, false, err
	}
	n := out.People()
	return out.Census, len(c.plan.parties[0].keys) > 0 && n > 0 && out.Often*2 >= n, nil
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
