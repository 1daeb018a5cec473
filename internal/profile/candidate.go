package profile

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/nobody"
	"hutong/internal/table"
	"hutong/internal/tally"
)

// Candidates says for each role of a dataset which keys could tell its people
// apart, and how many people there would be by each. After the passes that tell
// what the columns are, it reads the source once, and counts by all keys.
func Candidates(ctx context.Context, src Source, opt Options) ([]dataspace.KeyCandidate, error) {
	r, err := prepare(ctx, src, opt)
	if err != nil {
		return nil, err
	}
	r.closeCollector()
	r.describing.Close()
	found := judge(r.known, r.columns, r.scores(), opt.Sensitive)
	used := found.under(opt.Say)
	r.opt.Keys, r.opt.CountOnly = nil, true
	free, err := united(r, used, again(ctx, r))
	if err != nil {
		return nil, err
	}
	if free == nil {
		return nil, nil
	}
	list := candidates(r, free)
	all := counting{run: r, found: found, used: used}
	defer all.close()
	for i := range list {
		c := &list[i]
		others := slices.DeleteFunc(slices.Clone(opt.Keys), func(k dataspace.KeyChoice) bool { return k.Role == c.Role })
		r.opt.Keys = append(others, dataspace.KeyChoice{Role: c.Role, Columns: c.Columns})
		plan, err := united(r, used, again(ctx, r))
		if err != nil {
			return nil, err
		}
		c.plan = all.add(plan, len(list))
	}
	if err := all.pass(ctx, free, list); err != nil {
		return nil, err
	}
	out := make([]dataspace.KeyCandidate, len(list))
	for i := range list {
		c := &list[i]
		c.People = all.people[c.plan]
		now := choiceOf(opt.Keys, c.Role)
		c.Chosen = now != nil && slices.Equal(now.Columns, c.Columns)
		c.Holds = c.Chosen || now == nil && c.first
		if c.key >= 0 && len(free.keys[c.key].columns) == 1 {
			if own := found.columns[free.keys[c.key].columns[0]].Own; own != nil {
				for _, p := range own.Contains {
					c.Proved = max(c.Proved, p.Rows)
				}
			}
		}
		out[i] = c.KeyCandidate
	}
	return out, nil
}

// counting counts people under several plans at once.
type counting struct {
	run         *run
	found, used *findings
	collectors  []*collector
	people      []int64 // by collector
}

// add is the place of a plan. Plans that count the same people have one place.
// The memory is divided among as many plans as there may be.
func (c *counting) add(p *plan, most int) int {
	print := p.print()
	if i := slices.IndexFunc(c.collectors, func(o *collector) bool { return o.plan.print() == print && o.plan.covers(p) && p.covers(o.plan) }); i >= 0 {
		return i
	}
	c.collectors = append(c.collectors, newCollector(c.run, p, c.run.opt.Hash, c.run.opt.Memory/(2*most)))
	return len(c.collectors) - 1
}

// pass reads the source once, and counts the people of each plan and the values
// of each key of the free plan.
func (c *counting) pass(ctx context.Context, free *plan, list []candidate) error {
	r := c.run
	values := newCollector(r, free, r.opt.Hash, 1)
	defer values.close()
	for i := range list {
		list[i].values = tally.New(r.opt.Dir, r.opt.Memory/(2*len(list)))
		defer list[i].values.Close()
	}
	row := int64(0)
	r.tally = func(b *table.Batch) error {
		for _, h := range values.hashers {
			h.add(b)
		}
		for i := range list {
			if list[i].key < 0 {
				continue
			}
			if err := list[i].add(values, b); err != nil {
				return fmt.Errorf("count values of keys: %w", err)
			}
		}
		for _, one := range c.collectors {
			if err := one.add(b, row); err != nil {
				return err
			}
		}
		row += int64(b.Rows)
		return nil
	}
	err := r.pass(ctx, false)
	r.tally = nil
	if err != nil {
		return err
	}
	for i := range list {
		if list[i].Values, list[i].Shared, err = list[i].values.Sum(); err != nil {
			return fmt.Errorf("count values of keys: %w", err)
		}
	}
	for _, one := range c.collectors {
		r.collector = one
		result, err := r.finish(ctx, c.found, c.used)
		r.collector = nil
		if err != nil {
			return err
		}
		c.people = append(c.people, *result.Profile.Subjects.Distinct)
	}
	return nil
}

// close removes what was collected.
func (c *counting) close() {
	for _, one := range c.collectors {
		one.close()
	}
}

// candidate is a candidate while it is counted.
type candidate struct {
	dataspace.KeyCandidate
	first  bool // of its role
	key    int  // place in the free plan's keys; -1: the columns are somebody else's
	party  int
	plan   int // place among those that are counted
	values *tally.Values
}

// candidates lists the keys of all roles, best first, and for a role that may be
// somebody else's that it is.
func candidates(r *run, free *plan) (out []candidate) {
	for n := range free.parties {
		one := &free.parties[n]
		number := false
		for at, k := range one.keys {
			key := free.keys[k]
			number = number || key.rank == rankNumber
			out = append(out, candidate{KeyCandidate: dataspace.KeyCandidate{Role: one.id(), Columns: namesOf(r.schema, key)}, first: at == 0, key: k, party: n})
		}
		for _, o := range free.joined(one) {
			out = append(out, candidate{KeyCandidate: dataspace.KeyCandidate{Role: o.role, Columns: namesOf(r.schema, free.keys[o.key])}, key: o.key, party: n})
		}
		if n > 0 && !number {
			out = append(out, candidate{KeyCandidate: dataspace.KeyCandidate{Role: one.id(), Columns: []string{}}, first: len(one.keys) == 0, key: -1, party: n})
		}
	}
	return out
}

// add counts the rows of a batch.
func (o *candidate) add(c *collector, b *table.Batch) error {
	h := c.hashers[o.key]
	for row := range b.Rows {
		if !h.ok[row] {
			*o.without(h, b, row)++
			continue
		}
		name, named := c.nameOf(&c.plan.parties[o.party], b, row)
		if !named {
			name = 0
		}
		if err := o.values.Add(h.sums[row].Hi, name); err != nil {
			return err
		}
	}
	return nil
}

// without is the counter for a row that the key does not tell apart.
func (o *candidate) without(h *hasher, b *table.Batch, row int) *int64 {
	for _, i := range h.key.columns {
		col := &b.Columns[i]
		if row >= len(col.Start) || col.IsNull(row) {
			return &o.Empty
		}
		cell := bytes.TrimSpace(col.Cell(row))
		if len(cell) == 0 || nobody.Missing(cell) {
			return &o.Empty
		}
		if _, ok := h.speller.Spell(nil, cell); !ok {
			return &o.Unread
		}
	}
	return &o.Placeholders
}
