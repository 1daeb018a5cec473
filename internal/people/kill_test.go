package people_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/people"
	"hutong/internal/sqlite"
)

var errKilled = errors.New("killed")

// killedAt opens a store that is interrupted at its n-th step.
func killedAt(t *testing.T, db *sqlite.DB, dir string, n int) (*people.Counts, *string) {
	t.Helper()
	s, err := openIn(context.Background(), sqlite.NewCountRows(db, "gateway"), dir, "hash")
	if err != nil {
		t.Fatal(err)
	}
	s.SetSizes(4, 8, 2)
	at := new(string)
	s.SetKilled(func(step string) error {
		if n--; n == 0 {
			*at = step
			return errKilled
		}
		return nil
	})
	return s, at
}

// crowdOf is the people from..to of a model.
func crowdOf(from, to int) people.People {
	return modelPeople(masks(from, to), -1)
}

// A store is interrupted between any two steps. When it is opened again, it
// counts what it had confirmed and continues to the same result. Its directory
// then holds no file that no list names.
func TestCountKilled(t *testing.T) {
	ctx := context.Background()
	reached := map[string]bool{}
	for n := 1; ; n++ {
		db, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "counts.db"))
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(t.TempDir(), "counts")
		s, at := killedAt(t, db, dir, n)
		script := func() error {
			for i, to := range []int{20, 30, 3, 60, 9, 12} { // short and long lists
				id := dataspace.ReservationID(fmt.Sprint("r", i))
				if _, err := s.Reserve(ctx, people.Reservation{ID: id, Flow: "f", Exporter: "acme", Year: 2026}, parts, crowdOf(i, to)); err != nil {
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
		got, err := s.Totals(ctx, "acme", 2026, abc)
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
func consistent(t *testing.T, s *people.Counts, at string) {
	t.Helper()
	ctx := context.Background()
	totals, err := s.Totals(ctx, "acme", 2026, abc)
	if err != nil {
		t.Fatal(err)
	}
	counted, err := s.Recount(ctx, "acme", 2026, abc)
	if diff := cmp.Diff(counted, totals); err != nil || diff != "" {
		t.Fatalf("after %s: %v %s", at, err, diff)
	}
	lists, err := s.Files(ctx)
	if err != nil {
		t.Fatal(err)
	}
	files, err := s.Kept().List(ctx, "", "", 1000)
	if err != nil || len(files) != len(lists) {
		t.Fatalf("after %s: %d files of %d lists: %v %v", at, len(files), len(lists), files, err)
	}
	if left, err := os.ReadDir(s.Scratch()); err != nil || len(left) != 0 {
		t.Fatalf("after %s: %d beginnings of lists are left: %v", at, len(left), err)
	}
}

// A call whose result is outdated before it counts looks again: each call gets
// the total with all calls before it.
func TestCountOvertakenBetween(t *testing.T) {
	ctx := context.Background()
	for step, first := range map[string]int{"looked up": 3, "compared": 30} {
		db, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "counts.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		s, _ := killedAt(t, db, filepath.Join(t.TempDir(), "counts"), -1)
		defer s.Close()
		reserve := func(id dataspace.ReservationID, from, to int) people.Totals {
			t.Helper()
			got, err := s.Reserve(ctx, people.Reservation{ID: id, Flow: "f", Exporter: "acme", Year: 2026}, parts, crowdOf(from, to))
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		reserve("before", 100, 120)
		overtaken := false
		s.SetKilled(func(at string) error {
			if at == step && !overtaken {
				overtaken = true
				// A long one beside the short, a short one beside the long:
				// two long ones wait for each other.
				reserve("between", 2, 35-first)
			}
			return nil
		})
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

// A lost, cut or foreign file gives an error that says so, and no count.
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
		db, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "counts.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		dir := t.TempDir()
		s, _ := killedAt(t, db, dir, -1)
		for i, to := range []int{20, 40} {
			if _, err := s.Reserve(ctx, people.Reservation{ID: dataspace.ReservationID(fmt.Sprint("r", i)), Flow: "f", Exporter: "acme", Year: 2026}, parts, crowdOf(0, to)); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := damage(filepath.Join(dir, "1.people")); err != nil {
			t.Fatal(err)
		}
		for _, who := range []people.People{crowdOf(0, 3), crowdOf(0, 30)} {
			if _, err := s.Reserve(ctx, people.Reservation{ID: "r9", Flow: "f", Exporter: "acme", Year: 2026}, parts, who); !errors.Is(err, dataspace.ErrInvalid) {
				t.Errorf("%s: reserved with %v", name, err)
			}
		}
		if _, err := s.Recount(ctx, "acme", 2026, abc); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("%s: recounted with %v", name, err)
		}
	}
}
