package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/objects/folder"
	"hutong/internal/people"
	"hutong/internal/runset"
	"hutong/internal/sqlite"
)

const (
	exporter   = "exporter"
	inYear     = 2026
	shortTries = 20
)

func reservation(n int64) people.Reservation {
	return people.Reservation{ID: dataspace.ReservationID(fmt.Sprint("r", n)), Flow: "flow", Exporter: exporter, Year: inYear, On: "2026-06-15"}
}

// countStore counts the crowd as a gateway does.
func countStore(ctx context.Context, dir string, c crowd) (f figures, err error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return f, err
	}
	db, err := sqlite.Open(ctx, filepath.Join(dir, "hutong.db"))
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	lists, err := folder.Open(filepath.Join(dir, "counts"))
	if err != nil {
		return f, err
	}
	store, err := people.Open(ctx, sqlite.NewCountRows(db, "gateway"), lists, filepath.Join(dir, "scratch"), []people.Hash{{KeyID: "key"}}, func() {})
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	stop := watch(dir, &f.peak)
	want, err := fill(ctx, store, c, &f)
	stop()
	if err != nil {
		return f, err
	}
	f.people, f.totals, f.bytes, f.resident = c.people, want, size(dir), resident()
	f.peak = max(f.peak, f.bytes)
	if err := beside(ctx, store, c, &f); err != nil {
		return f, err
	}
	began := time.Now()
	got, err := store.Recount(ctx, exporter, inYear, year)
	if err == nil && !maps.Equal(got, totals(want)) {
		err = fmt.Errorf("counted %+v one by one, not %v", got, totals(want))
	}
	f.recount = time.Since(began)
	return f, err
}

// fill reserves, confirms and tidies list after list.
func fill(ctx context.Context, store *people.Counts, c crowd, f *figures) (want runset.Tally, err error) {
	for n := range c.lists() {
		list, adds := c.of(n)
		want = plus(want, adds)
		err := f.measure(func() error {
			got, err := store.Reserve(ctx, reservation(n), []people.Part{year}, yield(list))
			if err == nil && !maps.Equal(got, totals(want)) {
				err = fmt.Errorf("list %d: counted %v, not %v", n, got, totals(want))
			}
			if err == nil {
				err = store.Confirm(ctx, reservation(n).ID)
			}
			if err == nil {
				_, err = store.Tidy(ctx)
			}
			return err
		})
		if err != nil {
			return want, err
		}
	}
	return want, nil
}

// beside measures reservations in a full year, which it releases again: short
// ones and a long one, of people who were exported before.
func beside(ctx context.Context, store *people.Counts, c crowd, f *figures) error {
	timed := func(n int64, list crowd) (reserve, release time.Duration, err error) {
		who, _ := list.of(0)
		began := time.Now()
		if _, err = store.Reserve(ctx, reservation(n), []people.Part{year}, yield(who)); err != nil {
			return 0, 0, err
		}
		reserve, began = time.Since(began), time.Now()
		err = store.Release(ctx, reservation(n).ID)
		return reserve, time.Since(began), err
	}
	for i := range int64(shortTries) {
		took, _, err := timed(1e9+i, crowd{people: 300, list: 400})
		if err != nil {
			return err
		}
		f.short = max(f.short, took)
	}
	var err error
	f.longPeople = c.fresh()
	f.long, f.release, err = timed(2e9, crowd{people: f.longPeople, list: c.list})
	return err
}
