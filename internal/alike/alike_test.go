package alike_test

import (
	"math/rand/v2"
	"os"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/alike"
)

// What is counted does not depend on how much memory there is.
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
		for _, memory := range []int{1, 1024, 1 << 20} {
			g := alike.New(dir, memory)
			for _, v := range values {
				if err := g.Add(v * 0x9E3779B97F4A7C15); err != nil {
					t.Fatal(err)
				}
			}
			got, err := g.Sum()
			g.Close()
			if err != nil || got != want {
				t.Fatalf("with %d bytes of memory: %+v, %v, want %+v", memory, got, err, want)
			}
		}
	})
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestSumLarge counts so many rows that all parts grow, and with little memory
// are emptied many times.
func TestSumLarge(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	rows := map[uint64]int64{}
	values := make([]uint64, 300_000)
	for i := range values {
		values[i] = r.Uint64N(200_000) * 0x9E3779B97F4A7C15
		rows[values[i]]++
	}
	want := alike.Count{Rows: int64(len(values)), Groups: int64(len(rows)), Smallest: 1}
	for _, n := range rows {
		if n == 1 {
			want.Alone++
		}
	}
	for _, memory := range []int{1 << 16, 1 << 20, 1 << 24} {
		g := alike.New(t.TempDir(), memory)
		for _, v := range values {
			if err := g.Add(v); err != nil {
				t.Fatal(err)
			}
		}
		got, err := g.Sum()
		g.Close()
		if err != nil || got != want {
			t.Errorf("with %d bytes of memory: %+v, %v, want %+v", memory, got, err, want)
		}
	}
}
