package people

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"hutong/internal/dataspace"
	"hutong/internal/runset"
)

// errOvertaken means that the result found beforehand is outdated.
var errOvertaken = errors.New("the counts have changed")

// errCounted means that the reservation counts already.
var errCounted = errors.New("already counted")

// errBesides means that another call works on the same reservation.
var errBesides = fmt.Errorf("the reservation is being changed elsewhere: %w", dataspace.ErrStale)

// Reserve counts the people of a flow before it is decided: for each part it
// adds those who are in a class of the part to those counted already, and
// returns the totals with them. Each part is counted in one atomic step: if two
// flows together reach a number, one of them sees the total at or above it.
// Nothing is counted on error.
//
// A reservation that is already counted stays unchanged. A reservation that was
// released, or whose Reserve was interrupted, begins again, also in another
// year: a flow may wait over New Year. ErrConflict if the id was used for
// another flow, or counts for another exporter or year, if a later year has
// begun, or if the window was begun under another key; ErrStale if another
// Reserve of the same id is under way.
func (c *Counts) Reserve(ctx context.Context, r Reservation, parts []Part, people People) (Totals, error) {
	if r.ID == "" || r.Flow == "" || r.Exporter == "" || r.Year < 2000 || r.Year > 9999 {
		return nil, fmt.Errorf("reserve people: id, flow, exporter and year are needed: %w", dataspace.ErrInvalid)
	}
	all, first := Totals{}, 0
	for _, p := range parts {
		n := len(p.Classes)
		if n == 0 || n > runset.MaxClasses || first+n > 64 {
			return nil, fmt.Errorf("reserve people of %s: %d classes of %q, after %d others: %w", r.ID, n, p.Name, first, dataspace.ErrInvalid)
		}
		t, err := c.reserve(ctx, r, p, first, people)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("reserve people of %s: %w", r.ID, err), c.undo(ctx, r.ID, parts, p))
		}
		all = all.Plus(t)
		first += n
	}
	return all, nil
}

// undo releases what was reserved for the parts before one that failed.
func (c *Counts) undo(ctx context.Context, id dataspace.ReservationID, parts []Part, failed Part) error {
	if parts[0].Name == failed.Name {
		return nil
	}
	return c.Release(context.WithoutCancel(ctx), id)
}

// reserve counts the people of one part, whose classes begin at first.
func (c *Counts) reserve(ctx context.Context, r Reservation, p Part, first int, people People) (Totals, error) {
	since, err := p.since(r.On)
	if err != nil {
		return nil, err
	}
	latest := cmp.Or(r.Latest, r.On)
	r.Latest = "" // it is not kept: each list has its day
	w := &loader{rows: c.rows, files: c.files.folder, chunk: c.chunk, step: c.step, ctx: ctx, r: r, part: p, first: first}
	if p.Months > 0 {
		var ok bool
		if w.day, ok = runset.ParseDay(latest); !ok {
			return nil, fmt.Errorf("read day of decision %q: %w", latest, dataspace.ErrInvalid)
		}
	}
	err = c.rows.View(ctx, func(ctx context.Context, q Reader) (err error) {
		w.hash, err = c.hashes.of(ctx, q, p.window(r))
		return err
	})
	if err != nil {
		return nil, err
	}
	defer w.abort()
	if err := people(w.hash.Algorithm, w.add); err != nil {
		if errors.Is(err, errCounted) {
			return c.now(ctx, r, p, since)
		}
		return nil, err
	}
	if w.sorter == nil {
		return c.reserveShort(ctx, w, since)
	}
	if err := w.finish(); err != nil {
		return nil, err
	}
	var t Totals
	err = c.countFile(ctx, w.ledger, w.list, nil, func(ctx context.Context, tx Tx, fresh runset.Change) (err error) {
		t, err = w.flip(ctx, tx, fresh, since)
		return err
	})
	if err == nil {
		err = c.step("reserved")
	}
	return t, err
}

// now returns the current totals of a part.
func (c *Counts) now(ctx context.Context, r Reservation, p Part, since runset.Day) (t Totals, err error) {
	err = c.rows.View(ctx, func(ctx context.Context, q Reader) error {
		t, err = partTotals(ctx, q, r, p, since)
		return err
	})
	return t, err
}

// undisturbed runs fn again until no change of the files makes its result
// outdated. The last try locks out such changes.
func (c *Counts) undisturbed(fn func() error) error {
	for range tries {
		if err := fn(); !errors.Is(err, errOvertaken) {
			return err
		}
	}
	c.long.Lock()
	defer c.long.Unlock()
	return fn()
}

// reserveShort looks people up in the files and does the rest in one
// transaction.
func (c *Counts) reserveShort(ctx context.Context, w *loader, since runset.Day) (t Totals, err error) {
	people := runset.Sort(w.buf)
	err = c.undisturbed(func() error {
		was, held, err := c.heldInFiles(ctx, w.part.window(w.r), people)
		if err == nil {
			err = c.step("looked up")
		}
		if err != nil {
			return err
		}
		return c.rows.Update(ctx, func(ctx context.Context, tx Tx) error {
			err := w.begin(ctx, tx, false)
			if errors.Is(err, errCounted) {
				t, err = partTotals(ctx, tx, w.r, w.part, since)
				return err
			}
			if err != nil {
				return err
			}
			if w.ledger.Files != was.Files {
				return errOvertaken
			}
			masked := w.inOrder(people)
			w.list.Info = runset.Info{People: int64(len(masked)), Tally: runset.Sum(masked)}
			if err := tx.AddMembers(ctx, w.list, masked); err != nil {
				return fmt.Errorf("load people: %w", err)
			}
			fresh, err := alone(ctx, tx, w.list, masked, held)
			if err == nil {
				t, err = w.flip(ctx, tx, fresh, since)
			}
			return err
		})
	})
	return t, err
}

// alone returns the change by a short list, given the people whom files and
// other lists of rows hold.
func alone(ctx context.Context, tx Tx, l List, people, held []runset.Person) (ch runset.Change, err error) {
	all := append([]runset.Person(nil), held...)
	if err := tx.Held(ctx, l.Ledger, l.Num, people, all); err != nil {
		return ch, fmt.Errorf("count people: %w", err)
	}
	for i := range people {
		ch.Add(&people[i], &all[i])
	}
	return ch, nil
}

// Confirm counts the reservation's people permanently, because they have left.
// It returns ErrNotFound, or ErrConflict if the reservation was released or was
// never counted.
func (c *Counts) Confirm(ctx context.Context, id dataspace.ReservationID) error {
	err := c.rows.Update(ctx, func(ctx context.Context, tx Tx) error {
		claims, err := tx.Claims(ctx, ClaimFilter{ID: id})
		if err == nil && len(claims) == 0 {
			err = dataspace.ErrNotFound
		}
		if err != nil {
			return err
		}
		for _, x := range claims {
			if err := confirm(ctx, tx, x); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("confirm people of %s: %w", id, err)
	}
	return nil
}

func confirm(ctx context.Context, tx Tx, x Claim) error {
	switch x.State {
	case Confirmed:
		return nil
	case Reserved:
		l, err := listOf(ctx, tx, x)
		if err != nil {
			return err
		}
		return mark(ctx, tx, x, Confirmed, l, JobSettle)
	}
	return fmt.Errorf("reservation is %s: %w", x.State, dataspace.ErrConflict)
}

// Release stops counting the people whom only this reservation holds. If a
// person's last day came from this reservation, the earlier day counts again.
// An unknown reservation is not an error. Release returns ErrConflict if the
// reservation is confirmed.
func (c *Counts) Release(ctx context.Context, id dataspace.ReservationID) error {
	var claims []Claim
	err := c.rows.View(ctx, func(ctx context.Context, q Reader) (err error) {
		claims, err = q.Claims(ctx, ClaimFilter{ID: id})
		return err
	})
	for i := 0; i < len(claims) && err == nil; i++ {
		err = c.release(ctx, claims[i])
	}
	if err != nil {
		return fmt.Errorf("release people of %s: %w", id, err)
	}
	return nil
}

func (c *Counts) release(ctx context.Context, x Claim) error {
	if x.State == Released {
		return nil
	}
	if x.State == Confirmed {
		return fmt.Errorf("reservation is %s: %w", x.State, dataspace.ErrConflict)
	}
	var l List
	var ledger Ledger
	err := c.rows.View(ctx, func(ctx context.Context, q Reader) (err error) {
		if l, err = listOf(ctx, q, x); err == nil {
			ledger, err = q.LedgerOf(ctx, x.Ledger)
		}
		return err
	})
	if err != nil {
		return err
	}
	if x.State == Loading {
		return c.rows.Update(ctx, func(ctx context.Context, tx Tx) error { return c.endClaim(ctx, tx, x, l, runset.Change{}) })
	}
	if l.File {
		return c.countFile(ctx, ledger, l, nil, func(ctx context.Context, tx Tx, only runset.Change) error {
			return c.endClaim(ctx, tx, x, l, only)
		})
	}
	return c.releaseShort(ctx, x, l, ledger)
}

func (c *Counts) releaseShort(ctx context.Context, x Claim, l List, ledger Ledger) error {
	return c.countShort(ctx, l, ledger, func(ctx context.Context, tx Tx, only runset.Change) error {
		return c.endClaim(ctx, tx, x, l, only)
	})
}

// countShort finds by how much a short list changes the count of all other
// lists, and runs apply in a transaction in which that result still holds.
func (c *Counts) countShort(ctx context.Context, l List, ledger Ledger, apply func(context.Context, Tx, runset.Change) error) error {
	return c.undisturbed(func() error {
		people, err := members(ctx, c.rows, l)
		if err != nil {
			return err
		}
		was, held, err := c.heldInFiles(ctx, ledger.Window, people)
		if err != nil {
			return err
		}
		return c.rows.Update(ctx, func(ctx context.Context, tx Tx) error {
			now, err := tx.LedgerOf(ctx, l.Ledger)
			if err == nil && now.Files != was.Files {
				err = errOvertaken
			}
			if err != nil {
				return err
			}
			only, err := alone(ctx, tx, l, people, held)
			if err != nil {
				return err
			}
			return apply(ctx, tx, only)
		})
	})
}

// endClaim ends a reservation in the state was with the list l; only is the change
// by the list, given all others.
func (c *Counts) endClaim(ctx context.Context, tx Tx, was Claim, l List, only runset.Change) error {
	now, err := claim(ctx, tx, was.ID, was.Part)
	switch {
	case err != nil:
		return err
	case now.State == Released:
		return nil
	case now.State == Confirmed:
		return fmt.Errorf("reservation is %s: %w", now.State, dataspace.ErrConflict)
	case now.State != was.State || now.List != l.Num:
		return errBesides
	}
	if now.State == Reserved {
		if err := count(ctx, tx, l, runset.Change{}.Minus(only)); err != nil {
			return err
		}
	}
	if err := mark(ctx, tx, now, Released, l, JobDrop); err != nil || l.File {
		return err
	}
	_, err = c.dropMembers(ctx, tx, l.Num)
	return err
}

// count changes the tally of a ledger after a list was added or removed.
func count(ctx context.Context, tx Tx, l List, ch runset.Change) error {
	ledger, err := tx.LedgerOf(ctx, l.Ledger)
	if err != nil {
		return err
	}
	ledger.Version++
	if l.File {
		ledger.Files++
	}
	if _, err := tx.PutLedger(ctx, ledger); err != nil {
		return err
	}
	return tx.Count(ctx, l.Ledger, ch)
}

// claim returns the claim of a reservation and part, or ErrNotFound.
func claim(ctx context.Context, q Reader, id dataspace.ReservationID, part string) (Claim, error) {
	claims, err := q.Claims(ctx, ClaimFilter{ID: id})
	for _, x := range claims {
		if x.Part == part {
			return x, err
		}
	}
	if err == nil {
		err = dataspace.ErrNotFound
	}
	return Claim{}, err
}

// listOf returns the list of a claim. After a merge the confirmed list no
// longer exists: listOf then returns a list without people.
func listOf(ctx context.Context, q Reader, x Claim) (List, error) {
	lists, err := q.Lists(ctx, ListFilter{Num: x.List})
	if err != nil || len(lists) == 0 {
		return List{Num: x.List, Ledger: x.Ledger}, err
	}
	return lists[0], nil
}

// mark sets the state of a claim and the job of its list.
func mark(ctx context.Context, tx Tx, x Claim, state State, l List, job Job) error {
	x.State = state
	if err := tx.PutClaim(ctx, x); err != nil {
		return err
	}
	l.Job, l.Counted = job, job == JobSettle
	_, err := tx.PutList(ctx, l)
	return err
}
