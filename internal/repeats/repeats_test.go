package repeats_test

import (
	"fmt"
	"maps"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/repeats"
	"hutong/internal/table"
)

// TestEachProperty compares the numbers of rows with those of a map.
func TestEachProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.StringMatching(`[ab0-2é]{0,12}`), 1, 600).Draw(t, "values")
		col := &table.Column{}
		rows := rapid.IntRange(0, 3000).Draw(t, "rows")
		most := rapid.IntRange(1, len(values)).Draw(t, "different")
		want, got := map[string]int64{}, map[string]int64{}
		name := func(i int) string { return fmt.Sprint(string(col.Cell(i)), col.IsNull(i), col.IsLiteral(i)) }
		for i := range rows {
			v := values[i*7919%most]
			col.Start = append(col.Start, uint32(len(col.Data)))
			if i%11 == 3 {
				v, col.Null = "", table.SetBit(col.Null, i)
			} else if i%5 == 2 {
				col.Literal = table.SetBit(col.Literal, i)
			}
			col.Data = append(col.Data, v...)
			col.End = append(col.End, uint32(len(col.Data)))
			want[name(i)]++
		}
		calls := 0
		n := repeats.Each(col, rows, func(c *table.Column, row int, times int64) {
			if c != col || times < 1 {
				t.Fatalf("row %d comes %d times", row, times)
			}
			got[name(row)] += times
			calls++
		})
		if n != calls {
			t.Fatalf("%d calls are said to be %d", calls, n)
		}
		if !maps.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// BenchmarkEach counts six names, and names that are all different.
func BenchmarkEach(b *testing.B) {
	for _, different := range []int{6, 4096} {
		b.Run(fmt.Sprint(different), func(b *testing.B) {
			col := &table.Column{}
			for i := range 4096 {
				col.Start = append(col.Start, uint32(len(col.Data)))
				col.Data = fmt.Appendf(col.Data, "name%d", i*7919%different)
				col.End = append(col.End, uint32(len(col.Data)))
			}
			b.SetBytes(int64(len(col.Data)))
			for b.Loop() {
				repeats.Each(col, 4096, func(*table.Column, int, int64) {})
			}
		})
	}
}
