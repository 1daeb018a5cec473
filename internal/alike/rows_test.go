package alike_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/alike"
	"hutong/internal/table"
)

// TestRowsProperty compares with a map over the values, whether cells are of a
// dictionary or not, and however rows are divided into batches.
func TestRowsProperty(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		values := []string{"", "a", " a", "b", "ab", "　b ", "ba"} // with a wide space
		const columns = 3
		dict := &table.Dictionary{}
		for _, v := range values {
			from := uint32(len(dict.Data))
			dict.Data = append(dict.Data, v...)
			dict.Spans = append(dict.Spans, table.Span{Start: from, End: uint32(len(dict.Data))})
		}
		rows := alike.NewRows([]int{2, 0, 1}, rapid.Uint64().Draw(t, "seed"), dir, 1<<16)
		defer rows.Close()
		groups, want := map[string]int64{}, alike.Count{}
		for range rapid.IntRange(0, 4).Draw(t, "batches") {
			b := table.Batch{Rows: rapid.IntRange(1, 20).Draw(t, "rows"), Columns: make([]table.Column, columns)}
			keys := make([]string, b.Rows)
			for i := range b.Columns {
				c := &b.Columns[i]
				c.Data = dict.Data
				if rapid.Bool().Draw(t, "dictionary") {
					c.Dict = dict
				}
				for row := range b.Rows {
					code := rapid.IntRange(-1, len(values)-1).Draw(t, "value") // -1: null
					cell, span := "", table.Span{}
					if code < 0 {
						c.Null = table.SetBit(c.Null, row)
					} else {
						cell, span = values[code], dict.Spans[code]
					}
					if c.Dict != nil {
						if code >= 0 && rapid.Bool().Draw(t, "plain") {
							code = -1 // a cell that is not of the dictionary
						}
						c.Codes = append(c.Codes, int32(code))
					}
					c.Start, c.End = append(c.Start, span.Start), append(c.End, span.End)
					keys[row] += fmt.Sprintf("%q ", strings.TrimSpace(cell))
				}
			}
			for _, k := range keys {
				groups[k]++
			}
			if err := rows.Add(&b); err != nil {
				t.Fatal(err)
			}
		}
		for _, n := range groups {
			want.Rows, want.Groups = want.Rows+n, want.Groups+1
			if want.Smallest == 0 || n < want.Smallest {
				want.Smallest = n
			}
			if n == 1 {
				want.Alone++
			}
		}
		if got, err := rows.Sum(); err != nil || got != want {
			t.Fatalf("%+v, %v, want %+v", got, err, want)
		}
	})
}
