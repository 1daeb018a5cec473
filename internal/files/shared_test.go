package files_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/files"
	"hutong/internal/table"
)

// shared is the folder of real tables beside the repository.
func shared(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if filepath.Dir(dir) == dir {
			t.Fatal("no go.mod above")
		}
		dir = filepath.Dir(dir)
	}
	dir = filepath.Join(filepath.Dir(dir), "shared", "data", "tables")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("needs ../shared")
	}
	return dir
}

// readAll reads s to the end, checks that every batch is consistent, and
// returns its rows as cells; a null is "\x00".
func readAll(t testing.TB, s *files.Source) (rows [][]string, digest dataspace.Digest) {
	t.Helper()
	r, err := s.Read(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var b table.Batch
	for {
		err := r.Next(&b)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if b.First != int64(len(rows)) || len(b.Columns) != len(r.Schema().Fields) {
			t.Fatalf("batch begins at row %d with %d columns, want %d and %d", b.First, len(b.Columns), len(rows), len(r.Schema().Fields))
		}
		for i := range b.Rows {
			row := make([]string, len(b.Columns))
			for c := range b.Columns {
				if row[c] = string(b.Columns[c].Cell(i)); b.Columns[c].IsNull(i) {
					row[c] = "\x00"
				}
			}
			rows = append(rows, row)
		}
	}
	digest, ok := r.(files.Digester).Digest()
	if !ok {
		t.Fatal("no digest at the end")
	}
	if r.Offset() != s.Size() {
		t.Errorf("offset %d at the end of %d bytes", r.Offset(), s.Size())
	}
	return rows, digest
}

func TestSharedTables(t *testing.T) {
	t.Parallel()
	dir := shared(t)
	for name, want := range map[string]struct{ rows, cols int }{
		"ais_noaa.csv": {1000, 17}, "customers.csv": {319, 13}, "employees.csv": {107, 11},
		"hotel_rates.csv": {15402, 29}, "SingaporeAuto.csv": {7483, 16}, "dm.csv": {306, 29},
		"ae.csv": {1191, 36}, "weather.csv": {26115, 16},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(dir, name)
			s, err := files.Open(path, files.Options{})
			if err != nil {
				t.Fatal(err)
			}
			rows, digest := readAll(t, s)
			if len(rows) != want.rows || len(s.Schema().Fields) != want.cols {
				t.Errorf("%d rows of %d columns, want %d of %d", len(rows), len(s.Schema().Fields), want.rows, want.cols)
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if digest != dataspace.DigestOf(data) {
				t.Error("digest is not that of the file")
			}
		})
	}
}
