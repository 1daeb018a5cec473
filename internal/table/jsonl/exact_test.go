package jsonl_test

import (
	"errors"
	"strings"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/table"
	"hutong/internal/table/jsonl"
)

// With Exact, each row has the columns in their order; an error names only those
// that were expected, and no key of the row.
func TestExact(t *testing.T) {
	schema := table.Schema{Fields: []table.Field{{Name: "name"}, {Name: "note"}}}
	good := `{"name":"a","note":null}` + "\n"
	if rows, err := read(strings.NewReader(good+good), jsonl.Options{Schema: schema, Exact: true}); err != nil || len(rows) != 3 {
		t.Fatalf("%v, %v", rows, err)
	}
	for row, message := range map[string]string{
		`{"note":"x","name":"a"}`:              `column 1 is not "name", which was expected`,
		`{"name":"a"}`:                         `column 2 is not "note", which was expected`,
		`{"name":"a","secret":"x"}`:            `column 2 is not "note", which was expected`,
		`{"name":"a","note":"x","secret":"y"}`: "the row has more than the 2 expected columns",
		`{"name":"a","name":"x"}`:              `column 2 is not "note", which was expected`,
		`{}`:                                   `column 1 is not "name", which was expected`,
	} {
		_, err := read(strings.NewReader(good+row+"\n"), jsonl.Options{Schema: schema, Exact: true})
		var p *dataspace.Problem
		if !errors.As(err, &p) || p.Code != jsonl.CodeKeys || p.Message != message || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", row, err)
		}
	}
}
