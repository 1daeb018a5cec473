package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// ask is a look that says whether it asked the database.
func ask(s *settled, key string, row int) (got int, asked bool) {
	got, _ = look(s, key, func() (int, int, error) { asked = true; return row, 8, nil })
	return got, asked
}

func TestSettledDropsBeforeACommit(t *testing.T) {
	var s settled
	if got, asked := ask(&s, "a", 1); got != 1 || !asked {
		t.Fatalf("got %d, asked %v", got, asked)
	}
	if got, asked := ask(&s, "a", 99); got != 1 || asked {
		t.Fatalf("not held: got %d, asked %v", got, asked)
	}
	s.begin()
	if got, asked := ask(&s, "a", 1); got != 1 || !asked {
		t.Errorf("during a commit: got %d, asked %v", got, asked)
	}
	s.end()
	if got, asked := ask(&s, "a", 2); got != 2 || !asked {
		t.Errorf("after a commit: got %d, asked %v", got, asked)
	}
	if _, err := look(&s, "b", func() (int, int, error) { return 0, 0, errors.New("no disk") }); err == nil {
		t.Error("no error")
	}
	if got, _ := ask(&s, "b", 3); got != 3 {
		t.Errorf("an error was held: %d", got)
	}
}

// A result that any commit overlaps is not held, however the two interleave.
func TestSettledQueryBesideCommit(t *testing.T) {
	for name, interleave := range map[string]func(s *settled, query func(during func())){
		"commit-within": func(s *settled, query func(func())) { query(func() { s.begin(); s.end() }) },
		"begins-within": func(s *settled, query func(func())) { query(s.begin); s.end() },
		"ends-within":   func(s *settled, query func(func())) { s.begin(); query(s.end) },
		"query-within":  func(s *settled, query func(func())) { s.begin(); query(func() {}); s.end() },
	} {
		t.Run(name, func(t *testing.T) {
			var s settled
			interleave(&s, func(during func()) {
				_, _ = look(&s, "a", func() (int, int, error) { during(); return 1, 8, nil })
			})
			if got, asked := ask(&s, "a", 2); !asked {
				t.Errorf("an outdated result is held: %d", got)
			}
		})
	}
}

func TestSettledIsBounded(t *testing.T) {
	var s settled
	for i := range 1000 {
		_, _ = look(&s, fmt.Sprint(i), func() (int, int, error) { return i, maxSettled / 100, nil })
		if s.bytes > maxSettled || len(s.found) > 100 {
			t.Fatalf("%d results of %d bytes", len(s.found), s.bytes)
		}
	}
	_, _ = look(&s, "large", func() (int, int, error) { return 1, maxSettled / 2, nil })
	if _, asked := ask(&s, "large", 1); !asked {
		t.Error("a large result is held")
	}
}

// A reader never gets a row that is older than what the database had when it
// began, while others change the row, alone and together with steps.
func TestSettledIsWhatTheDatabaseHas(t *testing.T) {
	ctx := t.Context()
	db, err := Open(ctx, filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	exec := func(query string) func(*sql.Tx) error {
		return func(tx *sql.Tx) error { _, err := tx.Exec(query); return err }
	}
	if err := db.Update(ctx, exec(`INSERT INTO participant (id, body) VALUES ('p', 0)`)); err != nil {
		t.Fatal(err)
	}
	number := func() (n int) {
		if err := db.Read().QueryRow(`SELECT CAST(body AS INTEGER) FROM participant`).Scan(&n); err != nil {
			t.Error(err)
		}
		return n
	}
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 150 {
				before := number()
				list, err := bodies(ctx, db, "SELECT body FROM participant WHERE id = ?", "p")
				var got int
				if err == nil {
					_, err = fmt.Sscan(string(list[0]), &got)
					list[0][0] = 'x' // it is this caller's own
				}
				if err != nil || got < before {
					t.Errorf("got %d, stored was %d: %v", got, before, err)
					return
				}
				change := db.Update
				query := `UPDATE participant SET body = CAST(CAST(body AS INTEGER) + 1 AS TEXT)`
				if (i+g)%2 == 0 {
					change, query = db.Step, `UPDATE duty_flow SET changed = changed`
				}
				if err := change(ctx, exec(query)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	list, err := bodies(ctx, db, "SELECT body FROM participant WHERE id = ?", "p")
	if err != nil || string(list[0]) != fmt.Sprint(number()) || number() != 300 {
		t.Errorf("in the end: %s, stored %d, %v", list, number(), err)
	}
}

// Statements that write, with the table, and queries whose results are held.
var (
	written = regexp.MustCompile(`\b(?:UPDATE(?: OR \w+)?|INSERT(?: OR \w+)? INTO|REPLACE INTO|DELETE FROM)\s+(\w+)`)
	asked   = regexp.MustCompile(`(?s)\b(?:few|bodies)\(ctx, .*?"(SELECT [^"]*)"`)
	from    = regexp.MustCompile(`FROM (\w+)`)
	trigger = regexp.MustCompile(`(?s)CREATE TRIGGER.*?\nEND`)
)

// A step writes no table of which results are held, not even by a trigger: else
// they would be outdated.
func TestStepsWriteNothingThatSettledHolds(t *testing.T) {
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	held, steps, others := map[string]bool{}, map[string]string{}, 0
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		for _, q := range asked.FindAllStringSubmatch(text, -1) {
			for _, table := range from.FindAllStringSubmatch(q[1], -1) {
				held[table[1]] = true
			}
		}
		step := strings.Contains(text, "db.Step(")
		if step && strings.Contains(text, "db.Update(") {
			t.Errorf("%s has both steps and other changes: this test cannot tell their statements apart", name)
		}
		for _, w := range written.FindAllStringSubmatch(text, -1) {
			if step {
				steps[w[1]] = name
			} else {
				others++
			}
		}
	}
	if len(held) != 6 || len(steps) < 12 || others < 15 {
		t.Fatalf("found %d tables that are held, %v; %d tables that steps write; %d other statements", len(held), held, len(steps), others)
	}
	for table := range held {
		if name, ok := steps[table]; ok {
			t.Errorf("a step in %s writes %s", name, table)
		}
	}
	scripts, err := filepath.Glob("migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	triggers := 0
	for _, name := range scripts {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, body := range trigger.FindAllString(string(data), -1) {
			triggers++
			_, does, _ := strings.Cut(body, "BEGIN")
			for _, w := range written.FindAllStringSubmatch(does, -1) {
				if held[w[1]] {
					t.Errorf("a trigger in %s writes %s", name, w[1])
				}
			}
		}
	}
	if triggers < 10 {
		t.Fatalf("found %d triggers", triggers)
	}
}
