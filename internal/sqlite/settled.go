package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"sync"
)

// settled holds what queries found in tables that people change: participants,
// what is declared and said, papers, lists, statements of peers. Flows read
// them in most of their steps, and they stay the same for hours. Only one
// process has the database open, and every commit that may change one of them
// goes through begin and end: begin drops everything, and nothing is held
// before end. So what is held is what the query would find. Readers share it
// and must not change it in place.
type settled struct {
	mu      sync.Mutex
	found   map[string]any
	bytes   int
	age     uint64 // commits that have begun
	commits int    // that are under way
}

// maxSettled is how many bytes all results have, and a 32nd of it how many one
// may have.
const maxSettled = 4 << 20

func (s *settled) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.found, s.bytes = nil, 0
	s.age++
	s.commits++
}

func (s *settled) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commits--
}

// look returns the result of a query, which the key names with its arguments: a
// held one, or else that of load, which also says how many bytes it has. Errors
// are not held.
func look[T any](s *settled, key string, load func() (T, int, error)) (T, error) {
	s.mu.Lock()
	v, ok := s.found[key]
	age, quiet := s.age, s.commits == 0
	s.mu.Unlock()
	if ok {
		return v.(T), nil
	}
	out, size, err := load()
	size += len(key) + rowCost
	s.mu.Lock()
	defer s.mu.Unlock()
	// A commit that was under way at any time of the query may have come before or
	// after it.
	if err != nil || !quiet || s.age != age || size > maxSettled/32 {
		return out, err
	}
	if s.found == nil || s.bytes+size > maxSettled {
		s.found, s.bytes = map[string]any{}, 0
	}
	s.found[key] = out
	s.bytes += size
	return out, nil
}

// few returns the rows of a query, held or read. body is where a row has its
// bytes; each caller gets bytes of its own.
func few[R any](ctx context.Context, db *DB, body func(*R) *[]byte, scan func(*sql.Rows) (R, error), query string, args ...string) ([]R, error) {
	key := query
	all := make([]any, len(args))
	for i, arg := range args {
		key += "\x00" + arg
		all[i] = arg
	}
	held, err := look(&db.settled, key, func() (list []R, size int, err error) {
		list, err = scanned(ctx, db.Read(), scan, query, all...)
		for i := range list {
			size += len(*body(&list[i])) + rowCost
		}
		return list, size, err
	})
	if err != nil {
		return nil, err
	}
	out := append([]R(nil), held...)
	for i := range out {
		b := body(&out[i])
		*b = bytes.Clone(*b)
	}
	return out, nil
}

// bodies are the rows of a query that finds bodies only.
func bodies(ctx context.Context, db *DB, query string, args ...string) ([][]byte, error) {
	return few(ctx, db, func(b *[]byte) *[]byte { return b }, func(rows *sql.Rows) (b []byte, err error) {
		err = rows.Scan(&b)
		return b, err
	}, query, args...)
}
