package tally_test

import (
	"math/rand/v2"
	"testing"

	"hutong/internal/tally"
)

// The sums are those of a map, whatever the memory.
func TestSum(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, memory := range []int{1, 1000, 1 << 20} {
		v := tally.New(t.TempDir(), memory)
		names := map[uint64]map[uint64]bool{}
		for range 5000 {
			value, name := r.Uint64N(1500), r.Uint64N(4)
			if names[value] == nil {
				names[value] = map[uint64]bool{}
			}
			if name != 0 {
				names[value][name] = true
			}
			if err := v.Add(value, name); err != nil {
				t.Fatal(err)
			}
		}
		want := int64(0)
		for _, n := range names {
			if len(n) > 1 {
				want++
			}
		}
		values, shared, err := v.Sum()
		if err != nil || values != int64(len(names)) || shared != want {
			t.Errorf("%d values, %d shared, %v; want %d and %d", values, shared, err, len(names), want)
		}
		v.Close()
	}
}
