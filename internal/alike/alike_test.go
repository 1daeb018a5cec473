package alike_test

import (
	"os"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/alike"
)

// What is counted does not depend on how many groups are in memory.
func TestSumProperty(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Uint64Range(0, 300), 0, 2000).Draw(t, "values")
		want, rows := alike.Count{Rows: int64(len(values))}, map[uint64]int64{}
		for _, v := range values {
			rows[v]++
		}
		for _, n := range rows {
			if want.Groups == 0 || n < want.Smallest {
				want.Smallest = n
			}
			if n == 1 {
				want.Alone++
			}
			want.Groups++
		}
		for _, most := range []int{1, 10, 1000} {
			g := alike.New(dir, most, 1024)
			for _, v := range values {
				if err := g.Add(v * 0x9E3779B97F4A7C15); err != nil {
					t.Fatal(err)
				}
			}
			got, err := g.Sum()
			g.Close()
			if err != nil || got != want {
				t.Fatalf("with %d groups in memory: %+v, %v, want %+v", most, got, err, want)
			}
		}
	})
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
