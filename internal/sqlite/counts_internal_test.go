package sqlite

import (
	"context"
	"database/sql"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"hutong/internal/objects/folder"
	"hutong/internal/people"
)

var yearly = people.Part{Name: people.YearPart, Classes: []string{"non_sensitive", "sensitive", "under_14"}}

// Rows of versions that had no files still count.
func TestCountsOfOldRows(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "counts.db")
	oldDatabase(t, path)
	db, err := Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	lists, err := folder.Open(filepath.Join(t.TempDir(), "counts"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := people.Open(ctx, NewCountRows(db, "gateway"), lists, t.TempDir(), []people.Hash{{KeyID: "key"}}, func() {})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	want := people.Totals{"non_sensitive": 13, "sensitive": 12, "under_14": 12} // 0..24, as masks gives them
	check := func(what string) {
		t.Helper()
		got, err := c.Totals(ctx, "acme", 2026, yearly)
		if err != nil || !cmp.Equal(want, got) {
			t.Fatalf("%s: totals are %v (%v), want %v", what, got, err, want)
		}
		if got, err = c.Recount(ctx, "acme", 2026, yearly); err != nil || !cmp.Equal(want, got) {
			t.Fatalf("%s: recounted %v (%v), want %v", what, got, err, want)
		}
	}
	check("opened")
	if _, err := c.Tidy(ctx); err != nil {
		t.Fatal(err)
	}
	if err := c.Confirm(ctx, "held"); err != nil {
		t.Fatal(err)
	}
	check("confirmed")
	crowd := func(_ string, yield func([16]byte, people.Classes) error) error {
		for p, mask := range masks(0, 26) {
			if err := yield([16]byte{15: p, 0: p * 37}, people.Classes(mask)); err != nil {
				return err
			}
		}
		return nil
	}
	got, err := c.Reserve(ctx, people.Reservation{ID: "new", Flow: "f", Exporter: "acme", Year: 2026}, []people.Part{yearly}, crowd)
	if err != nil || got["non_sensitive"] != 13 || got["sensitive"] != 13 {
		t.Fatalf("totals are %v (%v) with one more", got, err)
	}
}

func masks(from, to int) map[byte]byte {
	out := map[byte]byte{}
	for i := from; i < to; i++ {
		out[byte(i)] = []byte{1, 2, 6, 5}[i%4]
	}
	return out
}

// oldDatabase is a database of the version that had no files: people 0..10
// confirmed, 5..15 half merged, 15..25 reserved, and some that were being
// loaded.
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
		exec("INSERT INTO count_reservation (id, flow, year, state, load) VALUES (?, 'f', 1, ?, ?)", l.id, map[string]people.State{"settle": people.Confirmed, "held": people.Reserved, "loading": people.Loading}[l.job], i+1)
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
