// Package format makes the writer for a format by its name, and the reader of
// what it wrote. Package files reads any file, and detects its format.
package format

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/table"
	"hutong/internal/table/csv"
	"hutong/internal/table/jsonl"
	"hutong/internal/table/parquet"
)

// The formats.
const (
	CSV     = "csv"
	JSONL   = "jsonl"
	Parquet = "parquet"
)

// CodeColumns is the code of a row with other columns than were expected. The
// message names those that were.
const CodeColumns = jsonl.CodeKeys

// Names lists the formats, in the order in which they are shown.
func Names() []string { return []string{CSV, JSONL, Parquet} }

// Check returns a Problem when there is no such format.
func Check(name string) error {
	if slices.Contains(Names(), name) {
		return nil
	}
	return &dataspace.Problem{
		Kind: dataspace.ErrInvalid, Code: "format.unknown",
		Message: fmt.Sprintf("there is no format %q", name),
		Hint:    "choose one of " + strings.Join(Names(), ", "),
	}
}

// NewWriter makes a writer of the named format on w. The same rows give the
// same bytes, however they are divided into batches.
func NewWriter(name string, w io.Writer, s table.Schema) (table.Writer, error) {
	switch name {
	case CSV:
		return csv.NewWriter(w, s)
	case JSONL:
		return jsonl.NewWriter(w, s)
	case Parquet:
		return parquet.NewWriter(w, s)
	}
	return nil, Check(name)
}

// NewReader reads the first size bytes of r, a table that was written by
// NewWriter with the columns of want. Nothing is guessed: only where the table
// begins with other columns than those do they come from it, and Schema tells.
// The rows of JSON Lines must have the columns of want in their order, or Next
// fails.
func NewReader(name string, r io.ReaderAt, size int64, want table.Schema) (table.Reader, error) {
	switch name {
	case CSV:
		return readCSV(r, size, want)
	case JSONL:
		return jsonl.NewReader(io.NewSectionReader(r, 0, size), jsonl.Options{Name: name, Schema: want, Exact: true})
	case Parquet:
		return parquet.NewReader(r, size, parquet.Options{Name: name})
	}
	return nil, Check(name)
}

// readCSV compares the line of names as bytes: a reader cannot tell all names
// that a writer can write.
func readCSV(r io.ReaderAt, size int64, want table.Schema) (table.Reader, error) {
	var head bytes.Buffer
	w, err := csv.NewWriter(&head, want)
	if err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	first := int64(head.Len())
	if first <= size {
		begin := make([]byte, first)
		if _, err := r.ReadAt(begin, 0); err != nil && err != io.EOF {
			return nil, fmt.Errorf("read csv: %w: %w", dataspace.ErrUnavailable, err)
		}
		if bytes.Equal(begin, head.Bytes()) {
			return csv.NewReader(io.NewSectionReader(r, first, size-first), csv.Options{Name: CSV, Schema: want})
		}
	}
	return csv.NewReader(io.NewSectionReader(r, 0, size), csv.Options{Name: CSV, Delimiter: ',', Header: csv.WithHeader, Quotes: true})
}
