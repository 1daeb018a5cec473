package format_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/table"
	"hutong/internal/table/csv"
	"hutong/internal/table/format"
	"hutong/internal/table/jsonl"
	"hutong/internal/table/parquet"
)

// cell is a cell in a test.
type cell struct {
	Text          string
	Null, Literal bool
}

// batches divides rows into batches of the given sizes, the last for the rest.
func batches(rows [][]cell, cols int, sizes []int) []*table.Batch {
	var out []*table.Batch
	for first := 0; first < len(rows); {
		n := len(rows) - first
		if len(sizes) > 0 {
			n, sizes = min(n, sizes[0]), sizes[1:]
		}
		b := &table.Batch{First: int64(first)}
		b.Reset(cols)
		b.Rows = n
		for _, row := range rows[first : first+n] {
			for i, c := range row {
				add(&b.Columns[i], c)
			}
		}
		out = append(out, b)
		first += n
	}
	return out
}

func add(c *table.Column, v cell) {
	row := len(c.Start)
	c.Start = append(c.Start, uint32(len(c.Data)))
	c.Data = append(c.Data, v.Text...)
	c.End = append(c.End, uint32(len(c.Data)))
	if v.Null {
		c.Null = table.SetBit(c.Null, row)
	}
	if v.Literal {
		c.Literal = table.SetBit(c.Literal, row)
	}
}

func write(t fataler, name string, s table.Schema, bs []*table.Batch) []byte {
	var out bytes.Buffer
	w, err := format.NewWriter(name, &out, s)
	if err != nil {
		t.Fatalf("new writer: %v", err)
	}
	for _, b := range bs {
		if err := w.Write(b); err != nil {
			t.Fatalf("write: %v", err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	return out.Bytes()
}

type fataler interface {
	Fatalf(string, ...any)
}

func open(t fataler, name string, data []byte, s table.Schema) table.Reader {
	var r table.Reader
	var err error
	switch name {
	case format.CSV:
		r, err = csv.NewReader(bytes.NewReader(data), csv.Options{Name: "t", Delimiter: ',', Header: csv.WithHeader})
	case format.JSONL:
		r, err = jsonl.NewReader(bytes.NewReader(data), jsonl.Options{Name: "t", Schema: s})
	case format.Parquet:
		r, err = parquet.NewReader(bytes.NewReader(data), int64(len(data)), parquet.Options{Name: "t"})
	}
	if err != nil {
		t.Fatalf("new reader: %v", err)
	}
	return r
}

func read(t fataler, r table.Reader) (rows [][]cell) {
	var b table.Batch
	for {
		err := r.Next(&b)
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil {
			t.Fatalf("next: %v", err)
		}
		for i := range b.Rows {
			row := make([]cell, len(b.Columns))
			for c := range b.Columns {
				col := &b.Columns[c]
				row[c] = cell{string(col.Cell(i)), col.IsNull(i), col.IsLiteral(i)}
			}
			rows = append(rows, row)
		}
	}
}

var awkward = []string{"", "a", "中文，字", "\"", "a\"b", "line\nbreak", "\r\n", ",", ";", "é", "\t", " x ", "😀", "\\", "\x00", "\x7f", "null", "\uFEFF", "\uFFFD", "0", "-1.5e3"}

func drawText(t *rapid.T) string {
	if rapid.Bool().Draw(t, "awkward") {
		return rapid.SampledFrom(awkward).Draw(t, "text")
	}
	return rapid.String().Draw(t, "text")
}

// TestRoundTrip writes any table in any format, divided into batches in two
// ways: the bytes must be the same and the rows must be read back.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for _, name := range format.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				cols := rapid.IntRange(1, 5).Draw(t, "cols")
				var s table.Schema
				for i := range cols {
					s.Fields = append(s.Fields, table.Field{Name: fmt.Sprintf("%s%d", rapid.SampledFrom(awkward).Draw(t, "name"), i)})
				}
				rows := make([][]cell, rapid.IntRange(0, 40).Draw(t, "rows"))
				for i := range rows {
					for range cols {
						c := cell{Text: drawText(t)}
						if rapid.IntRange(0, 4).Draw(t, "null") == 0 {
							c = cell{Null: true}
						} else if name == format.JSONL && rapid.IntRange(0, 4).Draw(t, "literal") == 0 {
							c = cell{Text: rapid.SampledFrom([]string{"1", "-0.5e9", "true", `{"a":[1,"]"]}`, "[]"}).Draw(t, "value"), Literal: true}
						}
						rows[i] = append(rows[i], c)
					}
				}
				sizes := rapid.SliceOf(rapid.IntRange(1, 9)).Draw(t, "sizes")
				data := write(t, name, s, batches(rows, cols, sizes))
				if again := write(t, name, s, batches(rows, cols, nil)); !bytes.Equal(data, again) {
					t.Fatalf("bytes depend on batches")
				}
				r := open(t, name, data, s)
				want := table.Schema{Fields: append([]table.Field{}, s.Fields...)}
				if name == format.Parquet {
					for i := range want.Fields {
						want.Fields[i].Kind = table.String
					}
				}
				if d := cmp.Diff(want, r.Schema()); d != "" {
					t.Fatalf("schema: %s", d)
				}
				if name == format.CSV && cols == 1 { // an empty row is written as an empty text
					for _, row := range rows {
						row[0].Null = false
					}
				}
				if got := read(t, r); len(got) != len(rows) || len(rows) > 0 && !cmp.Equal(rows, got) {
					t.Fatalf("rows: %s", cmp.Diff(rows, got))
				}
				r, err := format.NewReader(name, bytes.NewReader(data), int64(len(data)), s)
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(want, r.Schema()); d != "" {
					t.Fatalf("schema of what was written: %s", d)
				}
				if got := read(t, r); len(got) != len(rows) || len(rows) > 0 && !cmp.Equal(rows, got) {
					t.Fatalf("rows of what was written: %s", cmp.Diff(rows, got))
				}
			})
		})
	}
}

func TestUnknownName(t *testing.T) {
	t.Parallel()
	_, err := format.NewWriter("xlsx", io.Discard, table.Schema{Fields: []table.Field{{Name: "a"}}})
	if !errors.Is(err, dataspace.ErrInvalid) || !strings.Contains(dataspace.Hint(err), "parquet") {
		t.Errorf("error %v, hint %q", err, dataspace.Hint(err))
	}
}

func TestNoColumns(t *testing.T) {
	t.Parallel()
	for _, name := range format.Names() {
		if _, err := format.NewWriter(name, io.Discard, table.Schema{}); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
