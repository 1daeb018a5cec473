package people

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"hutong/internal/dataspace"
	"hutong/internal/files"
	"hutong/internal/objects"
	"hutong/internal/runset"
)

// folder holds the lists that are not rows: objects named after the numbers of
// the lists. They are made in a directory of this machine, because they are
// sorted and merged there.
type folder struct {
	store   objects.Store
	scratch string
}

const listSuffix = ".people"

func listName(num int64) string { return strconv.FormatInt(num, 10) + listSuffix }

// making is the path at which the list of a number is made.
func (f folder) making(num int64) string { return filepath.Join(f.scratch, listName(num)) }

// keep stores a finished list durably.
func (f folder) keep(ctx context.Context, num int64) error {
	if err := objects.Move(ctx, f.store, listName(num), f.making(num)); err != nil {
		_ = os.Remove(f.making(num)) // what is left is removed at the next start
		return fmt.Errorf("keep list of people: %w", err)
	}
	return nil
}

// openList opens a list; ErrNotFound, ErrUnavailable.
func (f folder) openList(ctx context.Context, num int64) (*runset.Run, error) {
	o, err := objects.Open(ctx, f.store, listName(num))
	if err != nil {
		if !errors.Is(err, dataspace.ErrNotFound) {
			err = errors.Join(dataspace.ErrUnavailable, err)
		}
		return nil, fmt.Errorf("open list of people: %w", err)
	}
	return runset.Read(o, listName(num))
}

// listPage is the number of objects that are checked together.
const listPage = 1000

// clean removes beginnings of lists, and lists that are not known.
func (f folder) clean(ctx context.Context, known func(num int64) bool) error {
	if err := os.RemoveAll(f.scratch); err != nil {
		return err
	}
	if err := files.MakeDir(f.scratch); err != nil {
		return err
	}
	for after := ""; ; {
		page, err := f.store.List(ctx, "", after, listPage)
		if err != nil {
			return err
		}
		for _, o := range page {
			after = o.Name
			name, ours := strings.CutSuffix(o.Name, listSuffix)
			if num, err := strconv.ParseInt(name, 10, 64); ours && err == nil {
				if known(num) {
					continue
				}
			} else if !strings.Contains(o.Name, listSuffix+".part") { // older versions sorted beside the lists
				continue // not ours
			}
			if err := f.store.Delete(ctx, o.Name); err != nil {
				return err
			}
		}
		if len(page) < listPage {
			return nil
		}
	}
}

// sweep removes what a crash left: incomplete files, and files that no list
// names. Lists that were being written are removed, too.
func (c *Counts) sweep(ctx context.Context) error {
	if err := c.dropUnfinished(ctx, JobLoading, JobMerging); err != nil {
		return err
	}
	known := map[int64]bool{}
	err := c.rows.View(ctx, func(ctx context.Context, q Reader) error {
		lists, err := q.Lists(ctx, ListFilter{})
		for _, l := range lists {
			known[l.Num] = l.File && l.Job != JobDrop
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.files.clean(ctx, func(num int64) bool { return known[num] })
}

// dropUnfinished removes lists that were being made.
func (c *Counts) dropUnfinished(ctx context.Context, jobs ...Job) error {
	return c.rows.Update(ctx, func(ctx context.Context, tx Tx) error {
		for _, job := range jobs {
			lists, err := tx.Lists(ctx, ListFilter{Job: job})
			if err != nil {
				return err
			}
			for _, l := range lists {
				l.Job = JobDrop
				if _, err := tx.PutList(ctx, l); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// openFiles are the files of lists that are open. Safe for concurrent use.
type openFiles struct {
	folder
	mu   sync.Mutex
	open map[int64]*openRun
}

func newOpenFiles(f folder) *openFiles {
	return &openFiles{folder: f, open: map[int64]*openRun{}}
}

// openRun is a file in use. One that was retired is closed and removed by its
// last user.
type openRun struct {
	*runset.Run
	users   int
	retired bool
}

// opened holds files of a ledger that stay readable until release, even if a
// merge replaces them meanwhile.
type opened struct {
	ctx   context.Context // of the call that opened them, but never cancelled
	files *openFiles
	nums  []int64
	runs  []*runset.Run
}

// others opens the files of a ledger that count, but one, and says which
// state of the ledger they belong to.
func (f *openFiles) others(ctx context.Context, q Reader, w Window, but int64) (*opened, Ledger, error) {
	// With the lock, no file that the query finds can be retired before it is
	// in use. The query waits for no writer.
	f.mu.Lock()
	defer f.mu.Unlock()
	h := &opened{ctx: context.WithoutCancel(ctx), files: f}
	ledger, err := q.Ledger(ctx, w)
	if errors.Is(err, dataspace.ErrNotFound) {
		return h, Ledger{Window: w}, nil
	}
	if err != nil {
		return nil, Ledger{}, err
	}
	lists, err := q.Lists(ctx, ListFilter{Ledger: ledger.Num, Files: true})
	if err != nil {
		return nil, Ledger{}, fmt.Errorf("find lists of people: %w", err)
	}
	for _, l := range lists {
		if l.Num == but {
			continue
		}
		if err := h.add(ledger, l); err != nil {
			h.releaseLocked()
			return nil, Ledger{}, err
		}
	}
	return h, ledger, nil
}

// one opens the file of one list.
func (f *openFiles) one(ctx context.Context, ledger Ledger, l List) (*opened, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	h := &opened{ctx: context.WithoutCancel(ctx), files: f}
	return h, h.add(ledger, l)
}

func (h *opened) add(ledger Ledger, l List) error {
	r := h.files.open[l.Num]
	if r == nil {
		run, err := h.files.openList(h.ctx, l.Num)
		if errors.Is(err, dataspace.ErrNotFound) {
			return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "count.lost", Place: listName(l.Num), Err: err,
				Message: "a list of counted people is gone", Hint: "restore the data directory as it was at one moment, state and lists together"}
		}
		if err != nil {
			return err
		}
		if !ledger.wrote(run.Head()) || run.Info() != l.Info {
			return errors.Join(&dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "count.damaged", Place: listName(l.Num),
				Message: "a list of counted people is not the one that was counted", Hint: "restore the data directory as it was at one moment, state and lists together"}, run.Close())
		}
		r = &openRun{Run: run}
		h.files.open[l.Num] = r
	}
	r.users++
	h.nums, h.runs = append(h.nums, l.Num), append(h.runs, r.Run)
	return nil
}

// wrote reports whether a file can be of the ledger: its classes are the first
// of the ledger's. A file of version 1 does not name them.
func (l Ledger) wrote(h runset.Head) bool {
	n := len(h.Classes)
	return n <= len(l.Classes) && slices.Equal(h.Classes, l.Classes[:n])
}

func (h *opened) release() {
	h.files.mu.Lock()
	defer h.files.mu.Unlock()
	h.releaseLocked()
}

func (h *opened) releaseLocked() {
	for _, num := range h.nums {
		r := h.files.open[num]
		if r.users--; r.users == 0 && r.retired {
			_ = h.files.drop(h.ctx, num) // what is left is removed at the next start
		}
	}
	h.nums = nil
}

// retire removes the file of a list that no longer exists: immediately, or
// after its last user.
func (f *openFiles) retire(ctx context.Context, num int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r := f.open[num]; r != nil && r.users > 0 {
		r.retired = true
		return nil
	}
	return f.drop(ctx, num)
}

// drop closes and removes a file that nobody uses, if there is one.
func (f *openFiles) drop(ctx context.Context, num int64) error {
	if r := f.open[num]; r != nil {
		delete(f.open, num)
		_ = r.Close() // only read
	}
	if err := f.store.Delete(ctx, listName(num)); err != nil {
		return fmt.Errorf("remove list of people: %w", err)
	}
	return nil
}

// close closes all files.
func (f *openFiles) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var errs []error
	for _, r := range f.open {
		errs = append(errs, r.Close())
	}
	clear(f.open)
	return errors.Join(errs...)
}

// Close closes the files. Nothing may be under way.
func (c *Counts) Close() error { return c.files.close() }

// heldInFiles returns what the files of a window hold of people, and the state
// of the ledger that the files belong to.
func (c *Counts) heldInFiles(ctx context.Context, w Window, people []runset.Person) (Ledger, []runset.Person, error) {
	var h *opened
	var ledger Ledger
	err := c.rows.View(ctx, func(ctx context.Context, q Reader) (err error) {
		h, ledger, err = c.files.others(ctx, q, w, 0)
		return err
	})
	if err != nil {
		return Ledger{}, nil, err
	}
	defer h.release()
	held := make([]runset.Person, len(people))
	return ledger, held, runset.NewFinder(h.runs...).Held(people, held)
}

// countFile finds by how much a list in a file changes the count of all other
// lists, and runs apply in a transaction in which that result still holds. With
// of, only those people of the list are considered.
func (c *Counts) countFile(ctx context.Context, ledger Ledger, l List, of func(*runset.Person) bool, apply func(context.Context, Tx, runset.Change) error) error {
	c.long.Lock() // the files stay as they are
	defer c.long.Unlock()
	own, err := c.files.one(ctx, ledger, l)
	if err != nil {
		return err
	}
	defer own.release()
	var others *opened
	err = c.rows.View(ctx, func(ctx context.Context, q Reader) (err error) {
		others, _, err = c.files.others(ctx, q, ledger.Window, l.Num)
		return err
	})
	if err != nil {
		return err
	}
	defer others.release()
	only, err := runset.Only(ctx, own.runs[0], others.runs, of)
	if err != nil {
		return err
	}
	if err := c.step("compared"); err != nil {
		return err
	}
	for range tries {
		var rows runset.Change
		var version int64
		err := c.rows.View(ctx, func(ctx context.Context, q Reader) (err error) {
			rows, version, err = inRows(ctx, q, l, of, own, others)
			return err
		})
		if err != nil {
			return err
		}
		err = c.rows.Update(ctx, func(ctx context.Context, tx Tx) error {
			now, err := tx.LedgerOf(ctx, l.Ledger)
			if err == nil && now.Version != version {
				err = errOvertaken
			}
			if err != nil {
				return err
			}
			return apply(ctx, tx, only.Plus(rows))
		})
		if !errors.Is(err, errOvertaken) {
			return err
		}
	}
	return c.rows.Update(ctx, func(ctx context.Context, tx Tx) error {
		rows, _, err := inRows(ctx, tx, l, of, own, others)
		if err != nil {
			return err
		}
		return apply(ctx, tx, only.Plus(rows))
	})
}

// inRows returns by how much the change differs because of the people whom
// other lists hold in rows, and the version of the ledger for which that holds.
func inRows(ctx context.Context, q Reader, l List, of func(*runset.Person) bool, own, others *opened) (ch runset.Change, version int64, err error) {
	ledger, err := q.LedgerOf(ctx, l.Ledger)
	if err != nil {
		return ch, 0, err
	}
	src, err := q.Others(ctx, l.Ledger, l.Num)
	if err != nil {
		return ch, 0, err
	}
	mine, theirs := runset.NewFinder(own.runs...), runset.NewFinder(others.runs...)
	found, held := make([]runset.Person, chunk), make([]runset.Person, chunk)
	err = inBatches(src, func(people []runset.Person) error {
		found, held := found[:len(people)], held[:len(people)]
		clear(found)
		clear(held)
		if err := errors.Join(mine.Held(people, found), theirs.Held(people, held)); err != nil {
			return err
		}
		for i := range people {
			if found[i].Mask == 0 || of != nil && !of(&found[i]) {
				continue // not in the list, or not of those
			}
			ch.Undo(&found[i], &held[i])
			held[i].Join(people[i])
			ch.Add(&found[i], &held[i])
		}
		return nil
	})
	return ch, ledger.Version, err
}
