package people

import (
	"context"
	"fmt"

	"hutong/internal/runset"
)

// collect reads a source to its end.
func collect(src runset.Source) (out []runset.Person, err error) {
	err = inBatches(src, func(people []runset.Person) error {
		out = append(out, people...)
		return nil
	})
	return out, err
}

// inBatches reads a source to its end, at most a chunk at a time. fn may change
// what it gets.
func inBatches(src runset.Source, fn func([]runset.Person) error) error {
	batch := make([]runset.Person, 0, chunk)
	for {
		p, ok, err := src.Next()
		if err != nil {
			return err
		}
		if ok {
			batch = append(batch, p)
		}
		if len(batch) == cap(batch) || !ok {
			if err := fn(batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
		if !ok {
			return nil
		}
	}
}

// Tidy merges the people of confirmed reservations and removes those of
// released ones, in steps short enough not to delay other calls. No total
// changes. It returns the number of lists it finished. Call it at start and
// from time to time.
func (c *Counts) Tidy(ctx context.Context) (int, error) {
	c.tidy.Lock()
	defer c.tidy.Unlock()
	// A merge that failed has left an incomplete file.
	err := c.dropUnfinished(ctx, JobMerging)
	done := 0
	for err == nil {
		var dropped, merged int
		if dropped, err = c.dropAll(ctx); err == nil {
			done += dropped
			merged, err = c.mergeSome(ctx)
		}
		if err == nil && dropped+merged == 0 {
			return done, nil
		}
	}
	return done, fmt.Errorf("tidy counts: %w", err)
}

// dropAll removes the people of lists that no longer count.
func (c *Counts) dropAll(ctx context.Context) (int, error) {
	var lists []List
	err := c.rows.View(ctx, func(ctx context.Context, q Reader) (err error) {
		lists, err = q.Lists(ctx, ListFilter{Job: JobDrop})
		return err
	})
	for done, l := range lists {
		for more := true; more && err == nil; {
			err = c.rows.Update(ctx, func(ctx context.Context, tx Tx) (err error) {
				more, err = c.dropMembers(ctx, tx, l.Num)
				return err
			})
		}
		if err == nil {
			err = c.step("dropped")
		}
		if err == nil && l.File {
			err = c.files.retire(ctx, l.Num)
		}
		if err != nil {
			return done, err
		}
	}
	return len(lists), err
}

// dropMembers removes the next people of a list, and the list when none are
// left.
func (c *Counts) dropMembers(ctx context.Context, tx Tx, num int64) (more bool, err error) {
	if more, err = tx.DropMembers(ctx, num, c.chunk); err != nil || more {
		return more, err
	}
	return false, tx.DeleteList(ctx, num)
}

// mergeSome makes one list of several confirmed ones and returns their number,
// or 0 if a merge is not worth it.
func (c *Counts) mergeSome(ctx context.Context) (int, error) {
	var lists []List
	err := c.rows.View(ctx, func(ctx context.Context, q Reader) (err error) {
		lists, err = q.Lists(ctx, ListFilter{Job: JobSettle})
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("find lists of people: %w", err)
	}
	var pick picker
	for i := range lists {
		if c.worthMerging(&pick, &lists[i]) {
			break
		}
		pick.add(lists[i])
	}
	if !c.worthMerging(&pick, nil) {
		return 0, nil
	}
	return len(pick.lists), c.merge(ctx, pick.lists)
}

// picker collects lists of one kind: rows of a ledger, or its files of a size.
type picker struct {
	lists  []List
	people int64
}

func (p *picker) add(l List) {
	p.lists = append(p.lists, l)
	p.people += l.Info.People
}

// worthMerging is called when next does not belong to the picked lists. It
// reports whether they should be merged, and otherwise begins again with next.
// Files count as one size up to fan times the smallest, so each person is
// written again only when the ledger has grown by that factor.
func (c *Counts) worthMerging(p *picker, next *List) bool {
	if len(p.lists) == 0 {
		return false
	}
	first := p.lists[0]
	if next != nil && next.Ledger == first.Ledger && next.File == first.File {
		if !first.File || next.Info.People < int64(c.fan)*max(first.Info.People, 1) {
			return false
		}
	}
	if first.File && len(p.lists) >= c.fan || !first.File && (p.people >= c.enough || len(p.lists) >= maxRowLists) {
		return true
	}
	*p = picker{}
	return false
}

// merge writes the lists as one list, which then counts in their place.
func (c *Counts) merge(ctx context.Context, lists []List) error {
	var l List
	var ledger Ledger
	err := c.rows.Update(ctx, func(ctx context.Context, tx Tx) (err error) {
		if l, err = tx.PutList(ctx, List{Ledger: lists[0].Ledger, File: true, Job: JobMerging, Day: oldest(lists)}); err == nil {
			ledger, err = tx.LedgerOf(ctx, l.Ledger)
		}
		return err
	})
	if err == nil {
		err = c.step("merging")
	}
	if err == nil {
		l.Info, err = c.writeMerged(ctx, ledger, l, lists)
	}
	if err == nil {
		err = c.files.keep(ctx, l.Num)
	}
	if err == nil {
		err = c.step("merged")
	}
	if err != nil {
		return err
	}
	c.long.Lock()
	defer c.long.Unlock()
	l.Counted, l.Job = true, JobSettle
	err = c.rows.Update(ctx, func(ctx context.Context, tx Tx) error { return swap(ctx, tx, l, lists) })
	if err == nil {
		err = c.step("swapped")
	}
	return err
}

// oldest returns a day before which nobody of the lists left.
func oldest(lists []List) runset.Day {
	day := lists[0].Day
	for _, l := range lists {
		day = min(day, l.Day)
	}
	return day
}

// swap makes a merged list count in place of the lists that it was made of.
func swap(ctx context.Context, tx Tx, merged List, lists []List) error {
	if _, err := tx.PutList(ctx, merged); err != nil {
		return err
	}
	for _, l := range lists {
		l.Counted, l.Job = false, JobDrop
		if _, err := tx.PutList(ctx, l); err != nil {
			return err
		}
	}
	return count(ctx, tx, merged, runset.Change{})
}

// writeMerged makes a file of the people of lists, all of files or all of rows.
func (c *Counts) writeMerged(ctx context.Context, ledger Ledger, l List, lists []List) (info runset.Info, err error) {
	path := c.files.making(l.Num)
	if !lists[0].File {
		err = c.rows.View(ctx, func(ctx context.Context, q Reader) error {
			sources, err := c.rowSources(ctx, q, lists)
			if err == nil {
				info, err = runset.Write(ctx, path, ledger.head(), sources...)
			}
			return err
		})
		return info, err
	}
	var sources []runset.Source
	for _, from := range lists {
		h, err := c.files.one(ctx, ledger, from)
		if err != nil {
			return runset.Info{}, err
		}
		defer h.release()
		sources = append(sources, h.runs[0].Cursor())
	}
	return runset.Write(ctx, path, ledger.head(), sources...)
}

// rowSources returns the people of lists of rows. Short lists are read into
// memory, since there may be thousands. Long lists, which only older versions
// made, are read one person at a time.
func (c *Counts) rowSources(ctx context.Context, q Reader, lists []List) (sources []runset.Source, err error) {
	var short []runset.Person
	for _, from := range lists {
		src, err := q.Members(ctx, from.Num)
		if err != nil {
			return nil, err
		}
		if from.Info.People > int64(c.chunk) {
			sources = append(sources, src)
			continue
		}
		people, err := collect(src)
		if err != nil {
			return nil, err
		}
		short = append(short, people...)
	}
	return append(sources, runset.Slice(runset.Sort(short))), nil
}
