package people

import (
	"context"
	"errors"
	"fmt"

	"hutong/internal/dataspace"
	"hutong/internal/runset"
)

// partTotals returns the totals of a part for a decision about the reservation.
func partTotals(ctx context.Context, q Reader, r Reservation, p Part, since runset.Day) (Totals, error) {
	t, err := windowTotals(ctx, q, p.window(r), since)
	if err == nil && p.Name == YearPart {
		t, err = corrected(ctx, q, t, r.Exporter, r.Year)
	}
	if err != nil {
		return nil, err
	}
	out := Totals{}
	for _, c := range p.Classes {
		out[c] = t[c]
	}
	return out, nil
}

// yearTotals returns the totals of a calendar year, including corrections.
func yearTotals(ctx context.Context, q Reader, exporter dataspace.ParticipantID, year int, part string) (Totals, error) {
	t, err := windowTotals(ctx, q, Window{Exporter: exporter, Part: part, Year: year}, 0)
	if err == nil && part == YearPart {
		t, err = corrected(ctx, q, t, exporter, year)
	}
	return t, err
}

func windowTotals(ctx context.Context, q Reader, w Window, since runset.Day) (Totals, error) {
	l, err := q.Ledger(ctx, w)
	if errors.Is(err, dataspace.ErrNotFound) {
		return Totals{}, nil
	}
	if err != nil {
		return nil, err
	}
	t, err := q.Tally(ctx, l.Num, since)
	return totalsOf(l.Classes, t), err
}

// corrected adds the corrections of a calendar year.
func corrected(ctx context.Context, q Reader, t Totals, exporter dataspace.ParticipantID, year int) (Totals, error) {
	list, err := q.Corrections(ctx, exporter, year)
	for _, x := range list {
		t = t.Plus(x.Change)
	}
	return t, err
}

// Recount counts the people of an exporter in a calendar year one by one, to
// verify Totals. It takes seconds for millions.
func (c *Counts) Recount(ctx context.Context, exporter dataspace.ParticipantID, year int, p Part) (Totals, error) {
	var t Totals
	err := c.rows.View(ctx, func(ctx context.Context, q Reader) (err error) {
		t, err = c.recount(ctx, q, Window{Exporter: exporter, Part: p.Name, Year: year}, 0)
		if err == nil && p.Name == YearPart {
			t, err = corrected(ctx, q, t, exporter, year)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("recount people of %s in %d: %w", exporter, year, err)
	}
	return t.with(p.Classes), nil
}

// recount counts the people of a window whose last day is since or later.
func (c *Counts) recount(ctx context.Context, q Reader, w Window, since runset.Day) (Totals, error) {
	h, l, err := c.files.others(ctx, q, w, 0)
	if err != nil {
		return nil, err
	}
	defer h.release()
	rows, err := q.Others(ctx, l.Num, 0)
	if err != nil {
		return nil, err
	}
	sources := []runset.Source{rows}
	for _, r := range h.runs {
		sources = append(sources, r.Cursor())
	}
	var t runset.Tally
	err = runset.Merge(ctx, sources, func(p runset.Person) error {
		if p.Day >= since && p.Key&runset.Alias == 0 {
			t.Add(p.Mask)
		}
		return nil
	})
	return totalsOf(l.Classes, t), err
}
