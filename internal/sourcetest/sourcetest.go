// Package sourcetest is what every kind of source must pass: what a dataset is
// read from, to be profiled and then to be delivered.
//
// A delivery is made of what a second pass reads, and a proof says what the
// first one found. So a source promises that both are of the same table, or
// that the second fails.
package sourcetest

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/table"
)

// Source is a table that can be read again. It is safe for concurrent use.
type Source interface {
	// Read starts a new pass, which ends with ctx. The reader is a Digester.
	// ErrConflict, here or from the reader, when the table is no longer the one
	// that was opened.
	Read(ctx context.Context) (table.Reader, error)
	// Describe names the source as a profile does.
	Describe() dataspace.ProfileSource
	// Size is that of the input in bytes, as Offset of a reader counts them.
	Size() int64
	// Stamp changes when the table was replaced or changed. It is the same for
	// everybody who opens a table that was not.
	Stamp() string
}

// Digester is what a reader of a source can besides.
type Digester interface {
	// Digest is the SHA-256 of all the input, known once Next has returned
	// io.EOF and only then.
	Digest() (dataspace.Digest, bool)
}

// Made is a source with a table in it.
type Made struct {
	// Open opens it; ErrNotFound when it is not there.
	Open func() (Source, error)
	// Replace puts another table in its place, Remove takes it away.
	Replace func(t *testing.T, with Table)
	Remove  func(t *testing.T)
}

// Make makes a source with a table in it.
type Make func(t *testing.T, with Table) Made

// Table is what a source holds.
type Table struct {
	Columns []string
	Rows    [][]string
}

// CSV is the table as a file.
func (t Table) CSV() []byte {
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(append([][]string{t.Columns}, t.Rows...)); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}

// some is a table of n rows.
func some(n int) Table {
	rows := make([][]string, n)
	for i := range rows {
		rows[i] = []string{fmt.Sprint(i), fmt.Sprintf("人名 %d", i%7), "a, \"b\" and some more text"}
	}
	return Table{[]string{"id", "name", "note"}, rows}
}

// Run tries a kind of source.
func Run(t *testing.T, make Make) {
	for name, fn := range map[string]func(t *testing.T, m Made, whole Table){
		"again": again, "digest": digest, "changed": changed, "changed-under-way": changedUnderWay, "cancelled": cancelled, "gone": gone,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			whole := some(20_000) // more than one batch takes
			fn(t, make(t, whole), whole)
		})
	}
}

func open(t *testing.T, m Made) Source {
	t.Helper()
	s, err := m.Open()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// readAll reads a pass to its end.
func readAll(ctx context.Context, s Source) (rows [][]string, sum dataspace.Digest, err error) {
	r, err := s.Read(ctx)
	if err != nil {
		return nil, "", err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	d, ok := r.(Digester)
	if !ok {
		return nil, "", errors.New("the reader has no digest")
	}
	for i, name := range some(0).Columns {
		if r.Schema().Index(name) != i {
			return nil, "", fmt.Errorf("column %q is not the one at %d", name, i)
		}
	}
	var b table.Batch
	for {
		switch err := r.Next(&b); {
		case errors.Is(err, io.EOF):
			sum, ok := d.Digest()
			if !ok || r.Offset() != s.Size() {
				return nil, "", fmt.Errorf("at the end there is a digest: %v; read %d of %d bytes", ok, r.Offset(), s.Size())
			}
			return rows, sum, nil
		case err != nil:
			return rows, "", err
		}
		if _, early := d.Digest(); early || b.First != int64(len(rows)) {
			return nil, "", fmt.Errorf("in the middle there is a digest: %v; batch begins at %d of %d", early, b.First, len(rows))
		}
		for i := range b.Rows {
			row := make([]string, len(b.Columns))
			for c := range b.Columns {
				row[c] = string(b.Columns[c].Cell(i))
			}
			rows = append(rows, row)
		}
	}
}

func same(a, b [][]string) bool { return slices.EqualFunc(a, b, slices.Equal[[]string]) }

// again reads several times, also at once.
func again(t *testing.T, m Made, whole Table) {
	s := open(t, m)
	if s.Describe().Name == "" || s.Size() <= 0 {
		t.Errorf("described as %+v, of %d bytes", s.Describe(), s.Size())
	}
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if got, _, err := readAll(t.Context(), s); err != nil || !same(got, whole.Rows) {
				t.Errorf("read %d rows (%v), want those that were put there", len(got), err)
			}
		})
	}
	wg.Wait()
}

// digest opens twice: stamp and digest are those of the table.
func digest(t *testing.T, m Made, _ Table) {
	one, two := open(t, m), open(t, m)
	_, a, errA := readAll(t.Context(), one)
	_, b, errB := readAll(t.Context(), two)
	if errA != nil || errB != nil || a != b || a == "" || one.Stamp() != two.Stamp() || one.Stamp() == "" {
		t.Errorf("digests %q (%v) and %q (%v), stamps %q and %q", a, errA, b, errB, one.Stamp(), two.Stamp())
	}
}

// changed replaces the table after it was opened.
func changed(t *testing.T, m Made, _ Table) {
	s := open(t, m)
	_, before, err := readAll(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	m.Replace(t, some(100))
	if got, _, err := readAll(t.Context(), s); !errors.Is(err, dataspace.ErrConflict) {
		t.Errorf("read %d rows of another table: %v", len(got), err)
	}
	now := open(t, m)
	got, after, err := readAll(t.Context(), now)
	if err != nil || !same(got, some(100).Rows) || after == before || now.Stamp() == s.Stamp() {
		t.Errorf("opened again: %d rows (%v), digests %q and %q, stamps %q and %q", len(got), err, before, after, s.Stamp(), now.Stamp())
	}
}

// changedUnderWay replaces the table while it is read: the pass does not end
// well.
func changedUnderWay(t *testing.T, m Made, _ Table) {
	r, err := open(t, m).Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var b table.Batch
	if err := r.Next(&b); err != nil {
		t.Fatal(err)
	}
	m.Replace(t, some(100))
	for err == nil {
		err = r.Next(&b)
	}
	if !errors.Is(err, dataspace.ErrConflict) {
		t.Errorf("the pass ended with %v", err)
	}
}

func cancelled(t *testing.T, m Made, _ Table) {
	ctx, cancel := context.WithCancel(t.Context())
	r, err := open(t, m).Read(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var b table.Batch
	if err := r.Next(&b); err != nil {
		t.Fatal(err)
	}
	cancel()
	for err == nil {
		err = r.Next(&b)
	}
	if errors.Is(err, io.EOF) || !errors.Is(err, context.Canceled) && !errors.Is(err, dataspace.ErrUnavailable) {
		t.Errorf("the pass ended with %v", err)
	}
}

func gone(t *testing.T, m Made, _ Table) {
	s := open(t, m)
	m.Remove(t)
	if _, _, err := readAll(t.Context(), s); !errors.Is(err, dataspace.ErrConflict) {
		t.Errorf("read what is gone: %v", err)
	}
	if _, err := m.Open(); !errors.Is(err, dataspace.ErrNotFound) {
		t.Errorf("opened what is gone: %v", err)
	}
}
