package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"hutong/internal/clear"
	"hutong/internal/dataspace"
)

var errKilled = errors.New("killed")

// killedAt begins a store that is cut short at the n-th step it makes.
func killedAt(t *testing.T, db *DB, dir string, n int) (*CountStore, *string) {
	t.Helper()
	s, err := OpenCountStore(context.Background(), db, dir, "gateway")
	if err != nil {
		t.Fatal(err)
	}
	s.chunk, s.rows, s.fan = 4, 8, 2
	at := new(string)
	s.killed = func(step string) error {
		if n--; n == 0 {
			*at = step
			return errKilled
		}
		return nil
	}
	return s, at
}

// crowdOf is the people from..to of a model.
func crowdOf(from, to int) clear.People {
	people := map[byte]byte{}
	for i := from; i < to; i++ {
		people[byte(i)] = []byte{1, 2, 6, 5}[i%4]
	}
	return modelPeople(people, -1)
}

// A store that is cut short between any two steps counts, when it is opened
// again, what it had said that it counted, and goes on to the same end; nothing
// is left in its directory that no list names.
func TestCountKilled(t *testing.T) {
	ctx := context.Background()
	reached := map[string]bool{}
	for n := 1; ; n++ {
		db, err := Open(ctx, filepath.Join(t.TempDir(), "counts.db"))
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(t.TempDir(), "counts")
		s, at := killedAt(t, db, dir, n)
		script := func() error {
			for i, to := range []int{20, 30, 3, 60, 9, 12} { // short and long lists
				id := dataspace.ReservationID(fmt.Sprint("r", i))
				if _, err := s.Reserve(ctx, clear.Reservation{ID: id, Flow: "f", Exporter: "acme", Year: 2026}, "key", crowdOf(i, to)); err != nil {
					return err
				}
				act := s.Confirm
				if i == 1 || i == 3 {
					act = s.Release
				}
				if err := act(ctx, id); err != nil && (i != 1 && i != 3 || !errors.Is(err, dataspace.ErrConflict)) {
					return err
				}
				if _, err := s.Tidy(ctx); err != nil {
					return err
				}
			}
			return nil
		}
		err = script()
		if err != nil && !errors.Is(err, errKilled) {
			t.Fatal(err)
		}
		killed := err != nil
		reached[*at] = true
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s, _ = killedAt(t, db, dir, -1)
		consistent(t, s, *at)
		if err := script(); err != nil {
			t.Fatalf("again after %s: %v", *at, err)
		}
		consistent(t, s, *at)
		got, err := s.Totals(ctx, "acme", 2026)
		want := (&counted{confirmed: map[byte]byte{}, held: map[dataspace.ReservationID]map[byte]byte{"all": masks(0, 20)}}).totals()
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Fatalf("after %s: %v %s", *at, err, diff)
		}
		if err := errors.Join(s.Close(), db.Close()); err != nil {
			t.Fatal(err)
		}
		if !killed {
			break
		}
	}
	for _, step := range []string{"looked up", "begun", "written", "compared", "reserved", "merging", "merged", "swapped", "dropped"} {
		if !reached[step] {
			t.Errorf("nothing was cut short at %q: %v", step, slices.Sorted(maps.Keys(reached)))
		}
	}
}

func masks(from, to int) map[byte]byte {
	out := map[byte]byte{}
	for i := from; i < to; i++ {
		out[byte(i)] = []byte{1, 2, 6, 5}[i%4]
	}
	return out
}

// consistent checks that totals are those of the people, and that the
// directory holds what the lists name.
func consistent(t *testing.T, s *CountStore, at string) {
	t.Helper()
	ctx := context.Background()
	totals, err := s.Totals(ctx, "acme", 2026)
	if err != nil {
		t.Fatal(err)
	}
	counted, err := s.Recount(ctx, "acme", 2026)
	if diff := cmp.Diff(counted, totals); err != nil || diff != "" {
		t.Fatalf("after %s: %v %s", at, err, diff)
	}
	var lists int
	if err := s.db.Read().QueryRow("SELECT count(*) FROM count_load WHERE file = 1 AND job <> 'drop'").Scan(&lists); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(s.dir)
	if err != nil || len(files) != lists {
		t.Fatalf("after %s: %d files of %d lists: %v %v", at, len(files), lists, files, err)
	}
}

// Whoever is overtaken between looking and counting looks again: each is told
// the total with all who came before.
func TestCountOvertakenBetween(t *testing.T) {
	ctx := context.Background()
	for step, first := range map[string]int{"looked up": 3, "compared": 30} {
		db, err := Open(ctx, filepath.Join(t.TempDir(), "counts.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		s, _ := killedAt(t, db, filepath.Join(t.TempDir(), "counts"), -1)
		defer s.Close()
		reserve := func(id dataspace.ReservationID, from, to int) clear.Totals {
			t.Helper()
			got, err := s.Reserve(ctx, clear.Reservation{ID: id, Flow: "f", Exporter: "acme", Year: 2026}, "key", crowdOf(from, to))
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		reserve("before", 100, 120)
		overtaken := false
		s.killed = func(at string) error {
			if at == step && !overtaken {
				overtaken = true
				// A long one beside the short, a short one beside the long:
				// two long ones wait for each other.
				reserve("between", 2, 35-first)
			}
			return nil
		}
		got := reserve("overtaken", 0, first)
		want := (&counted{confirmed: map[byte]byte{}, held: map[dataspace.ReservationID]map[byte]byte{
			"before": masks(100, 120), "between": masks(2, 35-first), "overtaken": masks(0, first),
		}}).totals()
		if diff := cmp.Diff(want, got); diff != "" || !overtaken {
			t.Errorf("%s: %s", step, diff)
		}
		consistent(t, s, step)
	}
}

// A file that is lost, cut or another's is an error that says so, and no count.
func TestCountDamaged(t *testing.T) {
	ctx := context.Background()
	for name, damage := range map[string]func(path string) error{
		"lost": os.Remove,
		"cut":  func(path string) error { return os.Truncate(path, 4000) },
		"other": func(path string) error {
			data, err := os.ReadFile(filepath.Join(filepath.Dir(path), "2.people"))
			if err != nil {
				return err
			}
			return os.WriteFile(path, data, 0o600)
		},
	} {
		db, err := Open(ctx, filepath.Join(t.TempDir(), "counts.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		dir := t.TempDir()
		s, _ := killedAt(t, db, dir, -1)
		for i, to := range []int{20, 40} {
			if _, err := s.Reserve(ctx, clear.Reservation{ID: dataspace.ReservationID(fmt.Sprint("r", i)), Flow: "f", Exporter: "acme", Year: 2026}, "key", crowdOf(0, to)); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := damage(filepath.Join(dir, "1.people")); err != nil {
			t.Fatal(err)
		}
		for _, people := range []clear.People{crowdOf(0, 3), crowdOf(0, 30)} {
			if _, err := s.Reserve(ctx, clear.Reservation{ID: "r9", Flow: "f", Exporter: "acme", Year: 2026}, "key", people); !errors.Is(err, dataspace.ErrInvalid) {
				t.Errorf("%s: reserved with %v", name, err)
			}
		}
		if _, err := s.Recount(ctx, "acme", 2026); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("%s: recounted with %v", name, err)
		}
	}
}

// What older versions kept in rows counts on, cut short or not.
func TestCountMoved(t *testing.T) {
	ctx := context.Background()
	path, dir := filepath.Join(t.TempDir(), "counts.db"), filepath.Join(t.TempDir(), "counts")
	oldDatabase(t, path)
	db, err := Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	cut := &CountStore{db: db, dir: dir, chunk: 4, rows: 8, fan: 2, open: map[int64]*openRun{}, killed: func(string) error { return errKilled }}
	if err := errors.Join(cut.sweep(ctx), cut.moveOld(ctx)); !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	s, _ := killedAt(t, db, dir, -1)
	consistent(t, s, "moving")
	want := clear.Totals{Other: 13, Sensitive: 12, Under14: 12} // 0..24, as masks gives them
	if got, err := s.Totals(ctx, "acme", 2026); err != nil || got != want {
		t.Fatalf("totals are %v (%v), want %v", got, err, want)
	}
	if _, err := s.Tidy(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.Confirm(ctx, "held"); err != nil {
		t.Fatal(err)
	}
	consistent(t, s, "confirming")
	if got, err := s.Reserve(ctx, clear.Reservation{ID: "new", Flow: "f", Exporter: "acme", Year: 2026}, "key", crowdOf(0, 26)); err != nil || got.Other != want.Other {
		t.Fatalf("totals are %v (%v) with one more", got, err)
	}
	var tables int
	if err := db.Read().QueryRow("SELECT count(*) FROM sqlite_schema WHERE name = 'count_person'").Scan(&tables); err != nil || tables != 0 {
		t.Errorf("the old table is still there (%v)", err)
	}
}

// oldDatabase is one of the version before files: people 0..10 confirmed,
// 5..15 half merged, 15..25 held, and some that were being loaded.
func oldDatabase(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(database.DialectSQLite3, db, dir, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(context.Background(), 6); err != nil {
		t.Fatal(err)
	}
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := db.Exec(query, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec("INSERT INTO count_year (num, exporter, year, key_id, version, other, sensitive, under14) VALUES (1, 'acme', 2026, 'key', 9, 13, 12, 12)")
	for i, l := range []struct{ job, id string }{{"settle", "half"}, {"held", "held"}, {"loading", "lost"}} {
		exec("INSERT INTO count_load (num, year, counted, job, people) VALUES (?, 1, ?, ?, 10)", i+1, l.job != "loading", l.job)
		exec("INSERT INTO count_reservation (id, flow, year, state, load) VALUES (?, 'f', 1, ?, ?)", l.id, map[string]clear.ReservationState{"settle": clear.Confirmed, "held": clear.Reserved, "loading": clear.Loading}[l.job], i+1)
	}
	put := func(load, from, to int) {
		for p, mask := range masks(from, to) {
			hash := [16]byte{15: p, 0: p * 37}
			if load == 0 {
				exec("INSERT INTO count_person (year, person, mask) VALUES (1, ?, ?)", hash[:], mask)
			} else {
				exec("INSERT INTO count_member (load, year, person, mask) VALUES (?, 1, ?, ?)", load, hash[:], mask)
			}
		}
	}
	put(0, 0, 10)
	put(1, 8, 15)
	put(2, 15, 25)
	put(3, 40, 50)
}
