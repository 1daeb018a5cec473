package people

import (
	"context"

	"hutong/internal/objects"
)

// SetSizes lowers the sizes at which lists become files and are merged.
func (c *Counts) SetSizes(chunk int, rows int64, fan int) {
	c.chunk, c.enough, c.fan = chunk, rows, fan
}

// SetKilled interrupts actions between two steps.
func (c *Counts) SetKilled(fn func(step string) error) { c.killed = fn }

// Kept is where the lists are that are no rows, and Scratch where they are made.
func (c *Counts) Kept() objects.Store { return c.files.store }
func (c *Counts) Scratch() string     { return c.files.scratch }

// RecountWindow counts the people of a window that rolls one by one.
func (c *Counts) RecountWindow(ctx context.Context, r Reservation, p Part) (t Totals, err error) {
	since, err := p.since(r.On)
	if err != nil {
		return nil, err
	}
	err = c.rows.View(ctx, func(ctx context.Context, q Reader) error {
		t, err = c.recount(ctx, q, p.window(r), since)
		return err
	})
	return t, err
}

// Files are the lists that are kept in files.
func (c *Counts) Files(ctx context.Context) (out []List, err error) {
	err = c.rows.View(ctx, func(ctx context.Context, q Reader) error {
		lists, err := q.Lists(ctx, ListFilter{})
		for _, l := range lists {
			if l.File && l.Job != JobDrop {
				out = append(out, l)
			}
		}
		return err
	})
	return out, err
}

// Now returns the totals that a decision about the reservation would get.
func (c *Counts) Now(ctx context.Context, r Reservation, parts []Part) (Totals, error) {
	all := Totals{}
	for _, p := range parts {
		since, err := p.since(r.On)
		if err != nil {
			return nil, err
		}
		t, err := c.now(ctx, r, p, since)
		if err != nil {
			return nil, err
		}
		all = all.Plus(t)
	}
	return all, nil
}

// Holding returns the number of people in all lists, and the number of lists.
func (c *Counts) Holding(ctx context.Context) (people int64, lists int, err error) {
	err = c.rows.View(ctx, func(ctx context.Context, q Reader) error {
		all, err := q.Lists(ctx, ListFilter{})
		for _, l := range all {
			if l.Job != JobDrop {
				people, lists = people+l.Info.People, lists+1
			}
		}
		return err
	})
	return people, lists, err
}
