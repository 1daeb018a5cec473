// Package format makes the writer for a format by its name. Package files
// reads, and detects the format of a file.
package format

import (
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
