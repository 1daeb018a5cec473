package dictcount_test

import (
	"fmt"
	"maps"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/dictcount"
	"hutong/internal/table"
)

// TestProperty: each cell is counted exactly once, and a value that repeats in
// one dictionary is given once for it.
func TestProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var c dictcount.Counter
		want, got := map[string]int64{}, map[string]int64{}
		calls, entries := 0, 0
		value := func(v []byte, n int64) { got[string(v)] += n; calls++ }
		for range rapid.IntRange(1, 4).Draw(t, "dictionaries") {
			d := &table.Dictionary{}
			size := rapid.IntRange(1, 6).Draw(t, "size")
			for i := range size {
				start := uint32(len(d.Data))
				d.Data = fmt.Append(d.Data, rapid.IntRange(0, i).Draw(t, "value"))
				d.Spans = append(d.Spans, table.Span{Start: start, End: uint32(len(d.Data))})
			}
			entries += size
			for range rapid.IntRange(1, 3).Draw(t, "batches") {
				col := &table.Column{Dict: d, Data: d.Data}
				others := 0
				for range rapid.IntRange(0, 20).Draw(t, "rows") {
					code := rapid.IntRange(-1, size-1).Draw(t, "code")
					col.Codes, col.Start = append(col.Codes, int32(code)), append(col.Start, 0)
					if code < 0 {
						others++
					} else {
						want[string(d.Value(code))]++
					}
				}
				if n := c.Add(col, value); n != others {
					t.Fatalf("%d cells without a value, want %d", n, others)
				}
			}
			if plain := (&table.Column{Start: make([]uint32, 3)}); c.Add(plain, value) != 3 {
				t.Fatal("cells without a dictionary are not left")
			}
			for i := range d.Data {
				d.Data[i] = 'x' // its memory is used again
			}
		}
		c.Flush(value)
		c.Flush(value)
		if !maps.Equal(want, got) || calls > entries {
			t.Fatalf("want %v, got %v in %d calls for %d values", want, got, calls, entries)
		}
	})
}

// TestMemo: a result is kept for a value of its dictionary, and for no other.
func TestMemo(t *testing.T) {
	t.Parallel()
	var m dictcount.Memo[string]
	for _, d := range []*table.Dictionary{{Spans: make([]table.Span, 3)}, {Spans: make([]table.Span, 5)}, {Spans: make([]table.Span, 2)}} {
		for round := range 3 {
			m.Begin(d)
			for code := range int32(len(d.Spans)) {
				v, known := m.Of(code)
				if known != (round > 0) || known && *v != fmt.Sprint(len(d.Spans), code) {
					t.Fatalf("round %d, value %d of %d: %q, %v", round, code, len(d.Spans), *v, known)
				}
				*v = fmt.Sprint(len(d.Spans), code)
			}
			if v, known := m.Of(-1); known {
				t.Fatalf("a cell without a dictionary has the result %q", *v)
			} else {
				*v = "other"
			}
		}
	}
}
