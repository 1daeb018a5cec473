package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/people"
	"hutong/internal/runset"
)

func countSuite(t *testing.T, open Open) {
	part(t, open, "ledgers", countLedgers)
	part(t, open, "tallies", countTallies)
	part(t, open, "lists", countLists)
	part(t, open, "claims", countClaims)
	part(t, open, "members", countMembers)
	part(t, open, "others", func(t *testing.T, s Stores) { countOthers(t, s, 0) })
	part(t, open, "others by day", func(t *testing.T, s Stores) { countOthers(t, s, 100) })
	part(t, open, "corrections", countCorrections)
	part(t, open, "atomic", countAtomic)
	part(t, open, "moment", countMoment)
	part(t, open, "race", countRace)
	part(t, open, "cancelled", countCancelled)
}

// changeCounts runs a change that succeeds.
func changeCounts(t *testing.T, s Stores, fn func(ctx context.Context, tx people.Tx)) {
	t.Helper()
	must(t, s.Counts.Update(t.Context(), func(ctx context.Context, tx people.Tx) error { fn(ctx, tx); return nil }))
}

func viewCounts(t *testing.T, s Stores, fn func(ctx context.Context, q people.Reader)) {
	t.Helper()
	must(t, s.Counts.View(t.Context(), func(ctx context.Context, q people.Reader) error { fn(ctx, q); return nil }))
}

func aLedger(year int) people.Ledger {
	return people.Ledger{Window: people.Window{Exporter: "acme", Part: "year", Year: year}, KeyID: "key", Version: 1, Classes: []string{"a", "b"}}
}

// begun stores a ledger.
func begun(t *testing.T, s Stores, l people.Ledger) people.Ledger {
	t.Helper()
	changeCounts(t, s, func(ctx context.Context, tx people.Tx) {
		var err error
		l, err = tx.PutLedger(ctx, l)
		must(t, err)
	})
	return l
}

func countLedgers(t *testing.T, s Stores) {
	first := begun(t, s, aLedger(2025))
	pair := aLedger(0)
	pair.Recipient, pair.Part = "far/lion", "rolling"
	rolling, second := begun(t, s, pair), begun(t, s, aLedger(2026))
	if first.Num == 0 || first.Num == rolling.Num || rolling.Num == second.Num {
		t.Fatalf("ledgers have the numbers %d, %d, %d", first.Num, rolling.Num, second.Num)
	}
	wants(t, s.Counts.Update(t.Context(), func(ctx context.Context, tx people.Tx) error {
		_, err := tx.PutLedger(ctx, aLedger(2025))
		return err
	}), dataspace.ErrConflict)
	next := second
	next.Version, next.Files, next.Classes = 7, 3, []string{"a", "b", "丙"}
	changeCounts(t, s, func(ctx context.Context, tx people.Tx) {
		_, err := tx.PutLedger(ctx, next)
		must(t, err)
		got, err := tx.LedgerOf(ctx, next.Num) // a change sees itself
		same(t, next)(got, err)
	})
	viewCounts(t, s, func(ctx context.Context, q people.Reader) {
		for _, want := range []people.Ledger{first, rolling, next} {
			got, err := q.Ledger(ctx, want.Window)
			same(t, want)(got, err)
			got.Classes[0] = "changed by the caller"
			same(t, want)(q.LedgerOf(ctx, want.Num))
		}
		_, err := q.LedgerOf(ctx, 99)
		wants(t, err, dataspace.ErrNotFound)
		for _, w := range []people.Window{{}, {Exporter: "acme", Part: "year", Year: 2024}, {Exporter: "acme", Part: "rolling"}, {Exporter: "other", Part: "year", Year: 2025}} {
			_, err := q.Ledger(ctx, w)
			wants(t, err, dataspace.ErrNotFound)
		}
		same(t, 2026)(q.LastYear(ctx, "acme", "year"))
		same(t, 0)(q.LastYear(ctx, "acme", "rolling"))
		same(t, 0)(q.LastYear(ctx, "other", "year"))
	})
}

func countTallies(t *testing.T, s Stores) {
	year, rolling := begun(t, s, aLedger(2026)), begun(t, s, aLedger(0))
	changeCounts(t, s, func(ctx context.Context, tx people.Tx) {
		must(t, tx.Count(ctx, year.Num, runset.Change{Tally: runset.Tally{3, 0, 5}}))
		must(t, tx.Count(ctx, year.Num, runset.Change{Tally: runset.Tally{-1, 2, 5}}))
		must(t, tx.Count(ctx, rolling.Num, runset.Change{Days: map[runset.Day]int64{100: 4, 200: 6}}))
		must(t, tx.Count(ctx, rolling.Num, runset.Change{Days: map[runset.Day]int64{100: -1, 300: 1}}))
	})
	viewCounts(t, s, func(ctx context.Context, q people.Reader) {
		same(t, runset.Tally{2, 2, 10})(q.Tally(ctx, year.Num, 0))
		same(t, runset.Tally{10})(q.Tally(ctx, rolling.Num, 0))
		same(t, runset.Tally{10})(q.Tally(ctx, rolling.Num, 100))
		same(t, runset.Tally{7})(q.Tally(ctx, rolling.Num, 101))
		same(t, runset.Tally{1})(q.Tally(ctx, rolling.Num, 300))
		same(t, runset.Tally{})(q.Tally(ctx, rolling.Num, 301))
		same(t, runset.Tally{})(q.Tally(ctx, 99, 0))
	})
}

// listed stores a list with its people.
func listed(t *testing.T, s Stores, l people.List, list ...runset.Person) people.List {
	t.Helper()
	changeCounts(t, s, func(ctx context.Context, tx people.Tx) {
		var err error
		l, err = tx.PutList(ctx, l)
		must(t, err)
		must(t, tx.AddMembers(ctx, l, list))
	})
	return l
}

func countLists(t *testing.T, s Stores) {
	one, two := begun(t, s, aLedger(2025)), begun(t, s, aLedger(2026))
	full := runset.Tally{}
	full[0], full[runset.MaxClasses-1] = 2, 3
	var lists []people.List
	for _, l := range []people.List{
		{Ledger: two.Num, Job: people.JobHeld, Counted: true, Day: 20_000, Info: runset.Info{People: 5, Tally: full}},
		{Ledger: one.Num, File: true, Job: people.JobSettle, Counted: true, Info: runset.Info{People: 7}},
		{Ledger: one.Num, File: true, Job: people.JobMerging, Info: runset.Info{People: 6}},
		{Ledger: one.Num, File: true, Job: people.JobSettle, Counted: true, Info: runset.Info{People: 7}},
		{Ledger: one.Num, Job: people.JobSettle, Counted: true, Info: runset.Info{People: 9}},
	} {
		lists = append(lists, listed(t, s, l))
	}
	for i, l := range lists[1:] {
		if l.Num <= lists[i].Num {
			t.Fatalf("list %d got the number %d after %d", i, l.Num, lists[i].Num)
		}
	}
	find := func(f people.ListFilter) (out []people.List) {
		t.Helper()
		viewCounts(t, s, func(ctx context.Context, q people.Reader) {
			var err error
			out, err = q.Lists(ctx, f)
			must(t, err)
		})
		return out
	}
	for _, c := range []struct {
		want   []int
		filter people.ListFilter
	}{
		{[]int{4, 2, 1, 3, 0}, people.ListFilter{}},
		{[]int{0}, people.ListFilter{Num: lists[0].Num}},
		{[]int{4, 1, 3}, people.ListFilter{Job: people.JobSettle}},
		{[]int{4, 2, 1, 3}, people.ListFilter{Ledger: one.Num}},
		{[]int{1, 3}, people.ListFilter{Ledger: one.Num, Files: true}},
		{[]int{1, 3}, people.ListFilter{Files: true}},
		{nil, people.ListFilter{Ledger: two.Num, Job: people.JobSettle}},
		{nil, people.ListFilter{Num: 999}},
	} {
		var want []people.List
		for _, i := range c.want {
			want = append(want, lists[i])
		}
		if d := cmp.Diff(want, find(c.filter)); d != "" {
			t.Errorf("%+v:\n%s", c.filter, d)
		}
	}
	next := lists[0]
	next.Counted, next.Job, next.Info = false, people.JobDrop, runset.Info{People: 1}
	changeCounts(t, s, func(ctx context.Context, tx people.Tx) {
		_, err := tx.PutList(ctx, next)
		must(t, err)
		must(t, tx.DeleteList(ctx, lists[4].Num))
		_, err = tx.PutList(ctx, lists[4]) // it is removed and stays removed
		must(t, err)
		must(t, tx.DeleteList(ctx, lists[4].Num))
	})
	same(t, []people.List{next})(find(people.ListFilter{Num: next.Num}), nil)
	equal(t, len(find(people.ListFilter{Num: lists[4].Num})), 0)
	if again := listed(t, s, people.List{Ledger: one.Num, Job: people.JobHeld}); again.Num <= lists[4].Num {
		t.Errorf("the number %d of a list that is gone is given again: %d", lists[4].Num, again.Num)
	}
}

func aClaim(id, part string, l people.Ledger) people.Claim {
	return people.Claim{Reservation: people.Reservation{ID: dataspace.ReservationID(id), Flow: dataspace.FlowID("flow-" + id), Exporter: l.Exporter,
		Year: l.Year, On: "2026-03-02", To: "far/lion", State: people.Reserved}, Part: part, Ledger: l.Num, List: 7, People: people.Totals{"a": 3}, New: people.Totals{"a": 0}}
}

func countClaims(t *testing.T, s Stores) {
	year, rolling := begun(t, s, aLedger(2026)), begun(t, s, aLedger(0))
	claims := []people.Claim{aClaim("r1", "rolling", rolling), aClaim("r1", "year", year), aClaim("r2", "year", year)}
	claims[2].People, claims[2].New, claims[2].On = nil, nil, ""
	put := func(c people.Claim) {
		t.Helper()
		changeCounts(t, s, func(ctx context.Context, tx people.Tx) { must(t, tx.PutClaim(ctx, c)) })
	}
	for _, c := range []people.Claim{claims[2], claims[1], claims[0]} {
		put(c)
	}
	claims[1].People["a"] = 99 // changed by the caller
	claims[1].People = people.Totals{"a": 3}
	check := func(f people.ClaimFilter, want ...people.Claim) {
		t.Helper()
		viewCounts(t, s, func(ctx context.Context, q people.Reader) { same(t, want)(q.Claims(ctx, f)) })
	}
	check(people.ClaimFilter{}, claims...)
	check(people.ClaimFilter{ID: "r1"}, claims[:2]...)
	check(people.ClaimFilter{Flow: "flow-r2"}, claims[2])
	check(people.ClaimFilter{Ledger: year.Num}, claims[1:]...)
	check(people.ClaimFilter{Ledger: year.Num, ID: "r1"}, claims[1])
	check(people.ClaimFilter{ID: "none"})
	claims[1].State, claims[1].List = people.Confirmed, 8
	put(claims[1])
	check(people.ClaimFilter{ID: "r1"}, claims[:2]...)
}

// person returns a person whose hash begins with a byte.
func person(b byte, mask runset.Mask) runset.Person {
	return runset.FromHash([16]byte{0: b, 15: 255 - b}, mask)
}

// readAll reads a source to its end.
func readAll(t *testing.T, src runset.Source, err error) (out []runset.Person) {
	t.Helper()
	must(t, err)
	for {
		p, ok, err := src.Next()
		must(t, err)
		if !ok {
			return out
		}
		out = append(out, p)
	}
}

func countMembers(t *testing.T, s Stores) {
	l := begun(t, s, aLedger(2026))
	const most = 1<<runset.MaxClasses - 1
	first := listed(t, s, people.List{Ledger: l.Num, Job: people.JobHeld, Day: 20_000}, person(3, 1), person(200, most))
	changeCounts(t, s, func(ctx context.Context, tx people.Tx) {
		must(t, tx.AddMembers(ctx, first, []runset.Person{person(0, 2), person(100, 3)}))
		must(t, tx.AddMembers(ctx, first, nil))
	})
	wants(t, s.Counts.Update(t.Context(), func(ctx context.Context, tx people.Tx) error {
		return tx.AddMembers(ctx, first, []runset.Person{person(100, 3)})
	}), dataspace.ErrConflict)
	dayed := func(list ...runset.Person) []runset.Person {
		for i := range list {
			list[i].Day = first.Day
		}
		return list
	}
	check := func(want []runset.Person) {
		t.Helper()
		viewCounts(t, s, func(ctx context.Context, q people.Reader) {
			src, err := q.Members(ctx, first.Num)
			same(t, want)(readAll(t, src, err), nil)
			src, err = q.Members(ctx, 99)
			equal(t, len(readAll(t, src, err)), 0)
		})
	}
	check(dayed(person(0, 2), person(3, 1), person(100, 3), person(200, most)))
	drop := func(list int64, limit int, wantMore bool) {
		t.Helper()
		changeCounts(t, s, func(ctx context.Context, tx people.Tx) {
			more, err := tx.DropMembers(ctx, list, limit)
			must(t, err)
			if more != wantMore {
				t.Errorf("more is %v after %d of list %d were dropped", more, limit, list)
			}
		})
	}
	drop(first.Num, 1, true)
	check(dayed(person(3, 1), person(100, 3), person(200, most)))
	drop(first.Num, 2, true)
	drop(first.Num, 1, false)
	check(nil)
	drop(first.Num, 5, false)
	drop(99, 5, false)
}

// countOthers asks for people of lists of one day after another, or of no day.
func countOthers(t *testing.T, s Stores, day runset.Day) {
	l, other := begun(t, s, aLedger(0)), begun(t, s, aLedger(2026))
	list := func(of people.Ledger, counted bool, times runset.Day, who ...runset.Person) people.List {
		return listed(t, s, people.List{Ledger: of.Num, Job: people.JobHeld, Counted: counted, Day: times * day}, who...)
	}
	a := list(l, true, 1, person(1, 1), person(2, 1), person(9, 1))
	b := list(l, true, 2, person(2, 2), person(5, 4), person(9, 1))
	list(l, false, 3, person(1, 8), person(7, 8))    // does not count
	list(other, true, 3, person(1, 8), person(7, 8)) // of another ledger
	kept := func(p runset.Person, times runset.Day) runset.Person { p.Day = times * day; return p }
	viewCounts(t, s, func(ctx context.Context, q people.Reader) {
		for but, want := range map[int64][]runset.Person{
			0:     {kept(person(1, 1), 1), kept(person(2, 3), 2), kept(person(5, 4), 2), kept(person(9, 1), 2)},
			a.Num: {kept(person(2, 2), 2), kept(person(5, 4), 2), kept(person(9, 1), 2)},
			b.Num: {kept(person(1, 1), 1), kept(person(2, 1), 1), kept(person(9, 1), 1)},
		} {
			src, err := q.Others(ctx, l.Num, but)
			same(t, want)(readAll(t, src, err), nil)
			asked := []runset.Person{person(0, 1), person(1, 1), person(2, 1), person(5, 1), person(7, 1), person(9, 1)}
			held := make([]runset.Person, len(asked))
			held[1] = runset.Person{Kept: runset.Kept{Mask: 16, Day: 150}} // the data of files about one person
			expect := slices.Clone(held)
			for i := range asked {
				for _, o := range want {
					if o.Compare(asked[i]) == 0 {
						expect[i].Join(o)
					}
				}
			}
			must(t, q.Held(ctx, l.Num, but, asked, held))
			same(t, expect)(held, nil)
		}
		must(t, q.Held(ctx, l.Num, 0, nil, nil))
		src, err := q.Others(ctx, 99, 0)
		equal(t, len(readAll(t, src, err)), 0)
	})
}

func aCorrection(id string, second int64) people.Correction {
	return people.Correction{ID: id, Exporter: "acme", Year: 2026, Change: people.Totals{"a": -2, "b": 1}, Reason: "为什么", By: "key", At: at(second)}
}

// corrected stores a correction with its evidence.
func corrected(ctx context.Context, tx people.Tx, c people.Correction) error {
	return tx.PutCorrection(ctx, c, dataspace.Event{ID: dataspace.EventID("correction." + c.ID), Kind: dataspace.EventCorrection, At: c.At,
		Documents: map[string]dataspace.Document{"correction": dataspace.Document(fmt.Sprintf(`{"id":%q}`, c.ID))}, Salts: map[string]dataspace.Salt{"correction": {1}}})
}

func countCorrections(t *testing.T, s Stores) {
	ctx := t.Context()
	late, early, twin, other := aCorrection("x1", 9), aCorrection("x2", 3), aCorrection("x0", 9), aCorrection("x3", 1)
	other.Year = 2025
	changeCounts(t, s, func(ctx context.Context, tx people.Tx) {
		for _, c := range []people.Correction{late, early, twin, other} {
			must(t, corrected(ctx, tx, c))
		}
		same(t, late)(tx.Correction(ctx, late.ID))
	})
	wants(t, s.Counts.Update(ctx, func(ctx context.Context, tx people.Tx) error { return corrected(ctx, tx, late) }), dataspace.ErrConflict)
	viewCounts(t, s, func(ctx context.Context, q people.Reader) {
		got, err := q.Correction(ctx, early.ID)
		same(t, early)(got, err)
		got.Change["a"] = 99
		same(t, []people.Correction{early, twin, late})(q.Corrections(ctx, "acme", 2026))
		same[[]people.Correction](t, nil)(q.Corrections(ctx, "other", 2026))
		_, err = q.Correction(ctx, "none")
		wants(t, err, dataspace.ErrNotFound)
	})
	pending, err := s.Evidence.Pending(ctx, 10)
	must(t, err)
	if len(pending) != 4 || pending[0].ID != "correction.x1" {
		t.Fatalf("%d events wait for the log, want one for each correction", len(pending))
	}
	_, err = s.Evidence.Document(ctx, dataspace.Document(`{"id":"x2"}`).Digest())
	must(t, err)
}

// countAtomic makes a change fail in the middle, and at its evidence: nothing
// may be stored.
func countAtomic(t *testing.T, s Stores) {
	ctx, l := t.Context(), begun(t, s, aLedger(2026))
	held := listed(t, s, people.List{Ledger: l.Num, Job: people.JobHeld, Counted: true}, person(1, 1))
	changeCounts(t, s, func(ctx context.Context, tx people.Tx) { must(t, corrected(ctx, tx, aCorrection("x1", 1))) })
	cut := errors.New("cut short")
	everything := func(ctx context.Context, tx people.Tx, c people.Correction) error {
		next := l
		next.Version, next.Classes = 9, []string{"a", "b", "c"}
		_, err := tx.PutLedger(ctx, next)
		must(t, err)
		_, err = tx.PutLedger(ctx, aLedger(2027))
		must(t, err)
		must(t, tx.Count(ctx, l.Num, runset.Change{Tally: runset.Tally{5}}))
		fresh, err := tx.PutList(ctx, people.List{Ledger: l.Num, Job: people.JobHeld, Counted: true})
		must(t, err)
		must(t, tx.AddMembers(ctx, fresh, []runset.Person{person(2, 1)}))
		_, err = tx.DropMembers(ctx, held.Num, 10)
		must(t, err)
		must(t, tx.DeleteList(ctx, held.Num))
		must(t, tx.PutClaim(ctx, aClaim("r1", "year", l)))
		return corrected(ctx, tx, c)
	}
	for name, fail := range map[string]struct {
		kind error
		do   func(ctx context.Context, tx people.Tx) error
	}{
		"cut short": {cut, func(ctx context.Context, tx people.Tx) error {
			return errors.Join(everything(ctx, tx, aCorrection("x2", 2)), cut)
		}},
		"refused for a correction that is there": {dataspace.ErrConflict, func(ctx context.Context, tx people.Tx) error {
			return everything(ctx, tx, aCorrection("x1", 2))
		}},
		"refused for evidence that is there": {dataspace.ErrConflict, func(ctx context.Context, tx people.Tx) error {
			must(t, everything(ctx, tx, aCorrection("x2", 2)))
			return tx.PutCorrection(ctx, aCorrection("x3", 2), dataspace.Event{ID: "correction.x1", Kind: dataspace.EventCorrection, At: at(2)})
		}},
	} {
		if err := s.Counts.Update(ctx, fail.do); !errors.Is(err, fail.kind) {
			t.Fatalf("%s: error %v, want %v", name, err, fail.kind)
		}
		viewCounts(t, s, func(ctx context.Context, q people.Reader) {
			same(t, l)(q.Ledger(ctx, l.Window))
			same(t, 2026)(q.LastYear(ctx, "acme", "year"))
			same(t, runset.Tally{})(q.Tally(ctx, l.Num, 0))
			same(t, []people.List{held})(q.Lists(ctx, people.ListFilter{}))
			same[[]people.Claim](t, nil)(q.Claims(ctx, people.ClaimFilter{}))
			src, err := q.Others(ctx, l.Num, 0)
			same(t, []runset.Person{person(1, 1)})(readAll(t, src, err), nil)
			same(t, []people.Correction{aCorrection("x1", 1)})(q.Corrections(ctx, "acme", 2026))
		})
		pending, err := s.Evidence.Pending(ctx, 10)
		must(t, err)
		equal(t, len(pending), 1)
	}
}

// countMoment reads while others change: a reader sees a snapshot of one
// moment, and no writer waits for it.
func countMoment(t *testing.T, s Stores) {
	l := begun(t, s, aLedger(2026))
	viewCounts(t, s, func(ctx context.Context, q people.Reader) {
		before, err := q.LedgerOf(ctx, l.Num)
		must(t, err)
		next := before
		next.Version++
		//lint:ignore contextcheck a change beside the reader, and no part of it
		begun(t, s, next)
		//lint:ignore contextcheck another one
		listed(t, s, people.List{Ledger: l.Num, Job: people.JobHeld, Counted: true}, person(1, 1))
		same(t, before)(q.LedgerOf(ctx, l.Num))
		same[[]people.List](t, nil)(q.Lists(ctx, people.ListFilter{}))
		src, err := q.Others(ctx, l.Num, 0)
		equal(t, len(readAll(t, src, err)), 0)
	})
	viewCounts(t, s, func(ctx context.Context, q people.Reader) {
		now, err := q.LedgerOf(ctx, l.Num)
		must(t, err)
		equal(t, now.Version, l.Version+1)
	})
}

// countRace changes one ledger from many goroutines: each change sees the
// result of the change before.
func countRace(t *testing.T, s Stores) {
	const n = 16
	ctx, l := t.Context(), begun(t, s, aLedger(2026))
	many(n, func(i int) {
		err := s.Counts.Update(ctx, func(ctx context.Context, tx people.Tx) error {
			now, err := tx.LedgerOf(ctx, l.Num)
			if err != nil {
				return err
			}
			now.Version++
			if _, err := tx.PutLedger(ctx, now); err != nil {
				return err
			}
			list, err := tx.PutList(ctx, people.List{Ledger: l.Num, Job: people.JobHeld, Counted: true})
			if err != nil {
				return err
			}
			return errors.Join(tx.AddMembers(ctx, list, []runset.Person{person(byte(i), 1), person(200, 2)}),
				tx.Count(ctx, l.Num, runset.Change{Tally: runset.Tally{1}}))
		})
		if err != nil {
			t.Error(err)
		}
		err = s.Counts.View(ctx, func(ctx context.Context, q people.Reader) error {
			now, err := q.LedgerOf(ctx, l.Num)
			tally, err2 := q.Tally(ctx, l.Num, 0)
			lists, err3 := q.Lists(ctx, people.ListFilter{Ledger: l.Num})
			if now.Version-l.Version != tally[0] || tally[0] != int64(len(lists)) {
				t.Errorf("half of a change is seen: version %d, %d counted, %d lists", now.Version, tally[0], len(lists))
			}
			return errors.Join(err, err2, err3)
		})
		if err != nil {
			t.Error(err)
		}
	})
	viewCounts(t, s, func(ctx context.Context, q people.Reader) {
		now, err := q.LedgerOf(ctx, l.Num)
		must(t, err)
		equal(t, now.Version, l.Version+n)
		src, err := q.Others(ctx, l.Num, 0)
		equal(t, len(readAll(t, src, err)), n+1)
	})
}

// countCancelled cancels before a change begins, and in the middle of one.
func countCancelled(t *testing.T, s Stores) {
	gone, cancel := context.WithCancel(t.Context())
	err := s.Counts.Update(gone, func(ctx context.Context, tx people.Tx) error {
		cancel()
		_, err := tx.PutLedger(ctx, aLedger(2025))
		return err
	})
	must(t, err) // a change that has begun is finished
	err = s.Counts.Update(gone, func(ctx context.Context, tx people.Tx) error {
		_, err := tx.PutLedger(ctx, aLedger(2026))
		return err
	})
	wants(t, err, context.Canceled)
	viewCounts(t, s, func(ctx context.Context, q people.Reader) { same(t, 2025)(q.LastYear(ctx, "acme", "year")) })
}
