package format_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/table"
	"hutong/internal/table/format"
)

// What a writer has written is read back with its columns and rows, and only
// the given bytes are read.
func TestNewReader(t *testing.T) {
	want := table.Schema{Fields: []table.Field{{Name: "name"}, {Name: "note"}}}
	for _, name := range format.Names() {
		var out bytes.Buffer
		w, err := format.NewWriter(name, &out, want)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range batches([][]cell{{{Text: "a"}, {Text: "one, two"}}, {{Text: "b"}, {Null: true}}}, 2, nil) {
			if err := w.Write(b); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		size := int64(out.Len())
		data := append(bytes.Clone(out.Bytes()), "what does not belong to it"...)
		r, err := format.NewReader(name, bytes.NewReader(data), size, want)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		rows := 0
		for {
			var b table.Batch
			err := r.Next(&b)
			if rows += b.Rows; errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if got := r.Schema().Fields; rows != 2 || len(got) != 2 || got[0].Name != "name" || got[1].Name != "note" {
			t.Errorf("%s: %d rows of %+v", name, rows, got)
		}
		if err := r.Close(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A table that begins with other columns shows them, or is refused.
func TestNewReaderOfOtherColumns(t *testing.T) {
	want := table.Schema{Fields: []table.Field{{Name: "name"}, {Name: "note"}}}
	csv := []byte("note,name\nx,a\n")
	r, err := format.NewReader(format.CSV, bytes.NewReader(csv), int64(len(csv)), want)
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Schema().Fields; len(got) != 2 || got[0].Name != "note" || got[1].Name != "name" {
		t.Errorf("the columns are %+v", got)
	}
	for text, place := range map[string]string{
		`{"note":"x","name":"a"}` + "\n":            "other order",
		`{"name":"a"}` + "\n":                       "one less",
		`{"name":"a","note":"x","more":"y"}` + "\n": "one more",
		`{"name":"a","other":"x"}` + "\n":           "another name",
	} {
		r, err := format.NewReader(format.JSONL, bytes.NewReader([]byte(text)), int64(len(text)), want)
		if err != nil {
			t.Fatal(err)
		}
		var p *dataspace.Problem
		var b table.Batch
		if err := r.Next(&b); !errors.As(err, &p) || p.Code != format.CodeColumns {
			t.Errorf("%s: %v", place, err)
		}
	}
	if _, err := format.NewReader("xlsx", bytes.NewReader(nil), 0, want); !errors.Is(err, dataspace.ErrInvalid) {
		t.Errorf("a format that is none: %v", err)
	}
	short := []byte("n")
	if r, err := format.NewReader(format.CSV, bytes.NewReader(short), 1, want); err == nil && len(r.Schema().Fields) == 2 {
		t.Error("a file of one byte has the columns")
	}
	if _, err := format.NewReader(format.CSV, unreadable{}, 100, want); !errors.Is(err, dataspace.ErrUnavailable) {
		t.Errorf("a file that cannot be read: %v", err)
	}
}

// unreadable is a file on a broken disk.
type unreadable struct{}

// ReadAt implements io.ReaderAt.
func (unreadable) ReadAt([]byte, int64) (int, error) { return 0, errors.New("broken disk") }
