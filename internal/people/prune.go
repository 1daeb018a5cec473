package people

import (
	"context"
	"fmt"

	"hutong/internal/runset"
)

// pruneAfter is how many days the oldest people of a merged file must have been
// outside of every window before the file is written again without them: a
// large file is written once a month at most.
const pruneAfter = 31

// Prune removes the confirmed people of rolling windows whose last day is
// outside of every window, and returns the number of lists it changed. No total
// of a window changes. A list that is only reserved stays, since it may be
// released. A calendar year stays. A window with nobody in it stays too: it
// does not grow, and a wrong clock must not empty it.
func (c *Counts) Prune(ctx context.Context, before runset.Day) (int, error) {
	c.tidy.Lock()
	defer c.tidy.Unlock()
	// A file that was not finished is made again.
	err := c.dropUnfinished(ctx, JobMerging)
	var lists []List
	if err == nil {
		err = c.rows.View(ctx, func(ctx context.Context, q Reader) (err error) {
			lists, err = q.Lists(ctx, ListFilter{Job: JobSettle})
			return err
		})
	}
	done, open := 0, map[int64]*Ledger{} // by number; nil: it is to stay as it is
	for _, l := range lists {
		if err != nil {
			break
		}
		ledger, known := open[l.Ledger]
		if !known {
			ledger, err = c.prunable(ctx, l.Ledger, before)
			open[l.Ledger] = ledger
		}
		if ledger == nil || !l.Counted || l.Day >= before {
			continue
		}
		var pruned bool
		if pruned, err = c.pruneList(ctx, l, *ledger, before); pruned {
			done++
		}
	}
	if err != nil {
		return done, fmt.Errorf("forget people outside of windows: %w", err)
	}
	return done, nil
}

// prunable returns the ledger if its window rolls and has somebody in it, else
// nil.
func (c *Counts) prunable(ctx context.Context, num int64, before runset.Day) (out *Ledger, err error) {
	err = c.rows.View(ctx, func(ctx context.Context, q Reader) error {
		ledger, err := q.LedgerOf(ctx, num)
		if err != nil || ledger.Year != 0 {
			return err
		}
		if within, err := q.Tally(ctx, num, before); err != nil || within == (runset.Tally{}) {
			return err
		}
		out = &ledger
		return nil
	})
	return out, err
}

// pruneList removes the old people of one list, if it is time.
func (c *Counts) pruneList(ctx context.Context, l List, ledger Ledger, before runset.Day) (bool, error) {
	switch {
	case !l.File:
		return true, c.pruneShort(ctx, l, ledger)
	case before-l.Day <= pruneAfter:
		return false, nil
	}
	return true, c.pruneFile(ctx, l, ledger, before)
}

// pruneShort removes a list of rows, whose people all left on one day.
func (c *Counts) pruneShort(ctx context.Context, l List, ledger Ledger) error {
	err := c.countShort(ctx, l, ledger, func(ctx context.Context, tx Tx, only runset.Change) error {
		return forget(ctx, tx, l, only)
	})
	if err == nil {
		err = c.step("pruned")
	}
	return err
}

// pruneFile writes a file again without its old people. Without anybody in it,
// there is none.
func (c *Counts) pruneFile(ctx context.Context, l List, ledger Ledger, before runset.Day) error {
	var rest List
	err := c.rows.Update(ctx, func(ctx context.Context, tx Tx) (err error) {
		rest, err = tx.PutList(ctx, List{Ledger: l.Ledger, File: true, Job: JobMerging, Day: before})
		return err
	})
	if err == nil {
		err = c.step("pruning")
	}
	if err == nil {
		rest.Info, err = c.writeRest(ctx, ledger, l, rest, before)
	}
	if err == nil {
		err = c.files.keep(ctx, rest.Num)
	}
	if err == nil {
		err = c.step("rest written")
	}
	if err != nil {
		return err
	}
	old := func(p *runset.Person) bool { return p.Day < before }
	err = c.countFile(ctx, ledger, l, old, func(ctx context.Context, tx Tx, only runset.Change) error {
		rest.Counted, rest.Job = true, JobSettle
		if rest.Info.People == 0 {
			rest.Counted, rest.Job = false, JobDrop
		}
		if _, err := tx.PutList(ctx, rest); err != nil {
			return err
		}
		return forget(ctx, tx, l, only)
	})
	if err == nil {
		err = c.step("pruned")
	}
	return err
}

// forget ends a confirmed list; only is the change of the count by the people
// who are removed with it.
func forget(ctx context.Context, tx Tx, l List, only runset.Change) error {
	if err := count(ctx, tx, l, runset.Change{}.Minus(only)); err != nil {
		return err
	}
	l.Counted, l.Job = false, JobDrop
	_, err := tx.PutList(ctx, l)
	return err
}

// writeRest writes the people of a file who are not old.
func (c *Counts) writeRest(ctx context.Context, ledger Ledger, l, rest List, before runset.Day) (runset.Info, error) {
	h, err := c.files.one(ctx, ledger, l)
	if err != nil {
		return runset.Info{}, err
	}
	defer h.release()
	return runset.Write(ctx, c.files.making(rest.Num), ledger.head(), since{h.runs[0].Cursor(), before})
}

// since yields the people of a source whose day is first or later.
type since struct {
	runset.Source
	first runset.Day
}

// Next implements runset.Source.
func (s since) Next() (runset.Person, bool, error) {
	for {
		p, ok, err := s.Source.Next()
		if err != nil || !ok || p.Day >= s.first {
			return p, ok, err
		}
	}
}
