package profile

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"hutong/internal/census"
	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/people"
)

// finish writes the census and counts the people. They are counted by what the
// columns are used as.
func (r *run) finish(ctx context.Context, f, used *findings) (_ *Result, err error) {
	c := r.collector
	counted, sum, err := r.write(ctx, used, c)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil && counted != nil {
			err = errors.Join(err, counted.Remove())
		}
	}()
	p := dataspace.Profile{
		Source: r.describe, Rows: r.rows, Bytes: r.bytes, Columns: f.columns, Choices: r.opt.Keys,
	}
	p.Subjects = dataspace.Subjects{Distinct: &sum.People, Classes: map[string]*int64{}}
	if c != nil {
		p.Subjects.Key = c.keyNames(r.schema)
		p.Subjects.Roles = c.roles(r.schema)
	}
	r.countClasses(f, sum.Totals, &p.Subjects)
	if f.moves() {
		often := c != nil && len(c.plan.parties[0].keys) > 0 && sum.People > 0 && sum.Often*2 >= sum.People
		if !often {
			if often, err = tracks(ctx, r, f); err != nil {
				return nil, err
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
func (r *run) countClasses(f *findings, totals people.Totals, s *dataspace.Subjects) {
	_, dated := r.day()
	if r.collector != nil && len(r.collector.ages) > 0 && r.collector.agesUnknown() {
		s.Unread, dated = r.collector.unread(r.schema), false
	}
	// Half of the rows at least must say how old the people of some party are.
	seen := *s.Distinct == 0 || r.collector != nil && slices.ContainsFunc(r.collector.aged, func(a aged) bool { return a.read > 0 && a.read*2 >= r.rows })
	for _, c := range r.classes {
		if len(c.Of.RestOf) > 0 {
			continue
		}
		n, young := totals[c.ID], c.Of.Below > 0 && !c.sensitive && len(c.Of.Elements) == 0
		if s.Classes[c.ID] = &n; young && (!dated || n == 0 && !seen) {
			s.Classes[c.ID] = nil
		} else if young && n > 0 {
			f.derive(fmt.Sprintf(youngRows, c.Of.Below))
		}
	}
}

// write counts the people of a collector, and makes the census unless only the
// count is wanted.
func (r *run) write(ctx context.Context, f *findings, c *collector) (*census.Census, census.Sum, error) {
	of := census.Contents{Columns: r.names()}
	list := make([]dataspace.CountClass, len(r.classes))
	for i, cl := range r.classes {
		list[i] = cl.CountClass
		of.Classes = append(of.Classes, census.ClassMarks{ID: cl.ID, RestOf: cl.Of.RestOf})
	}
	var people *census.Builder // nobody
	if c != nil {
		of.Marks, of.Classes = c.describe(f, r.classes)
		of.Keys = c.censusKeys(r.schema)
		if err := c.settle(); err != nil {
			return nil, census.Sum{}, err
		}
		people = c.people
	}
	if r.opt.CountOnly {
		sum, err := census.Count(ctx, people, of, list)
		return nil, sum, err
	}
	return census.Write(ctx, r.opt.Dir, people, of, list)
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
