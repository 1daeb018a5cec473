package people

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/runset"
)

// loader takes the people of one part of a reservation. It begins a file only
// when there are too many people for rows.
type loader struct {
	rows   Rows
	files  folder
	hash   Hash
	chunk  int
	step   func(name string) error
	ctx    context.Context // of the one call that it serves
	r      Reservation
	part   Part
	first  int // of the part's classes among those of all parts
	day    runset.Day
	buf    []runset.Person // with the classes in the order of the part
	sorter *runset.Sorter
	ledger Ledger
	list   List
}

// add takes a person who is in a class of the part and ignores all others.
func (w *loader) add(person [16]byte, in Classes) error {
	mask := runset.Mask(in >> w.first & (1<<len(w.part.Classes) - 1))
	if mask == 0 {
		return nil
	}
	if len(w.buf) >= w.chunk {
		if err := w.flush(); err != nil {
			return err
		}
	}
	p := runset.FromHash(person, mask)
	p.Day = w.day
	w.buf = append(w.buf, p)
	return nil
}

func (w *loader) flush() error {
	if w.sorter == nil {
		err := w.rows.Update(w.ctx, func(ctx context.Context, tx Tx) error { return w.begin(ctx, tx, true) })
		if err != nil {
			return err
		}
		if err := w.step("begun"); err != nil {
			return err
		}
		w.sorter = runset.NewSorter(w.files.making(w.list.Num), w.ledger.head())
	}
	if err := w.ctx.Err(); err != nil {
		return err
	}
	err := w.sorter.Add(w.inOrder(w.buf)...)
	w.buf = w.buf[:0]
	return err
}

// inOrder gives people the bits of the ledger's classes. Where the order is the
// part's the people are those that were given.
func (w *loader) inOrder(people []runset.Person) []runset.Person {
	to, same := w.ledger.bits(w.part.Classes)
	if same {
		return people
	}
	out := slices.Clone(people)
	for i := range out {
		var mask runset.Mask
		for m := out[i].Mask; m != 0; m &= m - 1 {
			mask |= 1 << to[bits.TrailingZeros32(uint32(m))]
		}
		out[i].Mask = mask
	}
	return out
}

// bits are the places of classes in a ledger, and whether they are in the same
// order there.
func (l Ledger) bits(classes []string) (to []int, same bool) {
	same = true
	for i, c := range classes {
		at := slices.Index(l.Classes, c)
		to = append(to, at)
		same = same && at == i
	}
	return to, same
}

// head is that of the ledger's files.
func (l Ledger) head() runset.Head {
	return runset.Head{Classes: l.Classes, Days: l.Year == 0}
}

// finish makes the file durable; it does not count yet.
func (w *loader) finish() (err error) {
	if err := w.flush(); err != nil {
		return err
	}
	if w.list.Info, err = w.sorter.Commit(w.ctx); err != nil {
		return err
	}
	if err := w.files.keep(w.ctx, w.list.Num); err != nil {
		return err
	}
	return w.step("written")
}

// abort removes everything except a finished file. A finished file that does
// not count is removed together with its list.
func (w *loader) abort() {
	if w.sorter != nil {
		_ = w.sorter.Abort() // what is left is removed at the next start
	}
}

// begin opens a list for the reservation. errCounted if the reservation
// counts.
func (w *loader) begin(ctx context.Context, tx Tx, file bool) error {
	ledger, err := w.openLedger(ctx, tx)
	if err != nil {
		return err
	}
	was, err := claim(ctx, tx, w.r.ID, w.part.Name)
	counts := was.State == Reserved || was.State == Confirmed
	switch {
	case errors.Is(err, dataspace.ErrNotFound):
	case err != nil:
		return err
	case was.Flow != w.r.Flow, was.Ledger != ledger.Num && counts:
		return fmt.Errorf("the id was used for another flow, exporter or year: %w", dataspace.ErrConflict)
	case counts:
		return errCounted
	default:
		// A loader that still works on the former list then gets an error.
		if err := dropList(ctx, tx, was.List); err != nil {
			return err
		}
	}
	l, err := tx.PutList(ctx, List{Ledger: ledger.Num, File: file, Job: JobLoading, Day: w.day})
	if err != nil {
		return err
	}
	w.ledger, w.list = ledger, l
	x := Claim{Reservation: w.r, Part: w.part.Name, Ledger: ledger.Num, List: l.Num}
	x.State = Loading
	return tx.PutClaim(ctx, x)
}

// dropList marks a list to be removed, if it is still there.
func dropList(ctx context.Context, tx Tx, num int64) error {
	lists, err := tx.Lists(ctx, ListFilter{Num: num})
	if err != nil || len(lists) == 0 {
		return err
	}
	lists[0].Job = JobDrop
	_, err = tx.PutList(ctx, lists[0])
	return err
}

// openLedger finds or begins the ledger of the reservation's window.
func (w *loader) openLedger(ctx context.Context, tx Tx) (Ledger, error) {
	window := w.part.window(w.r)
	l, err := tx.Ledger(ctx, window)
	if errors.Is(err, dataspace.ErrNotFound) {
		l, err = Ledger{Window: window, KeyID: w.hash.KeyID, Classes: w.part.Classes}, nil
	}
	if err != nil {
		return Ledger{}, err
	}
	if l.KeyID != w.hash.KeyID {
		return Ledger{}, &dataspace.Problem{Kind: dataspace.ErrConflict, Code: "count.key", Place: fmt.Sprintf("%s in %d", l.Exporter, w.r.Year),
			Message: "the people of this year were counted under another count key", Hint: "restore the count key of this database: with a new one everybody would be counted twice"}
	}
	if err := w.notClosed(ctx, tx, l.Window); err != nil {
		return Ledger{}, err
	}
	classes := l.Classes
	for _, c := range w.part.Classes {
		if !slices.Contains(classes, c) {
			classes = append(slices.Clip(classes), c)
		}
	}
	if len(classes) > runset.MaxClasses {
		return Ledger{}, fmt.Errorf("count people of %s: %d classes over one window: %w", l.Exporter, len(classes), dataspace.ErrInvalid)
	}
	if l.Num != 0 && len(classes) == len(l.Classes) {
		return l, nil
	}
	l.Classes = classes
	return tx.PutLedger(ctx, l)
}

// notClosed returns an error if people have been counted in a later year: a
// past calendar year changes only by corrections.
func (w *loader) notClosed(ctx context.Context, tx Tx, window Window) error {
	if window.Year == 0 {
		return nil
	}
	last, err := tx.LastYear(ctx, window.Exporter, window.Part)
	if err != nil || last <= window.Year {
		return err
	}
	return &dataspace.Problem{Kind: dataspace.ErrConflict, Code: "count.closed", Place: fmt.Sprintf("%s in %d", window.Exporter, window.Year),
		Message: fmt.Sprintf("the year is closed: people have been counted in %d", last),
		Hint:    "look at the clock of the gateway; a closed year is changed by a correction"}
}

// flip makes the list count, and returns the totals of its part including the
// list.
func (w *loader) flip(ctx context.Context, tx Tx, fresh runset.Change, since runset.Day) (Totals, error) {
	now, err := listOf(ctx, tx, Claim{List: w.list.Num})
	if err != nil {
		return nil, err
	}
	if now.Job != JobLoading {
		return nil, errBesides
	}
	w.list.Counted, w.list.Job = true, JobHeld
	if _, err := tx.PutList(ctx, w.list); err != nil {
		return nil, err
	}
	x := Claim{Reservation: w.r, Part: w.part.Name, Ledger: w.ledger.Num, List: w.list.Num,
		People: totalsOf(w.ledger.Classes, w.list.Info.Tally), New: totalsOf(w.ledger.Classes, fresh.Tally)}
	x.State = Reserved
	if err := tx.PutClaim(ctx, x); err != nil {
		return nil, err
	}
	if err := count(ctx, tx, w.list, fresh); err != nil {
		return nil, err
	}
	return partTotals(ctx, tx, w.r, w.part, since)
}

// members are the people of a short list, in order.
func members(ctx context.Context, rows Rows, l List) (out []runset.Person, err error) {
	err = rows.View(ctx, func(ctx context.Context, q Reader) error {
		src, err := q.Members(ctx, l.Num)
		if err != nil {
			return fmt.Errorf("read list of people: %w", err)
		}
		out, err = collect(src)
		return err
	})
	return out, err
}
