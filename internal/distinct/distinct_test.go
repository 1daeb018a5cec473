package distinct_test

import (
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/distinct"
)

// TestFindProperty compares the table with a map, below and above the limit.
func TestFindProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		different := rapid.SampledFrom([]int{1, 30, 3000, distinct.Most, distinct.Most + 1}).Draw(t, "different")
		step := rapid.Uint64().Draw(t, "step")<<1 | 1 // odd, so that the hashes differ
		var d distinct.Values
		trials := map[uint64]uint16{}
		for round := range 2 {
			for i := range different {
				hash := uint64(i) * step << 1 >> 1
				f, seen := d.Find(hash)
				if f == nil {
					if !d.Full() || len(trials) < distinct.Most {
						t.Fatalf("value %d of %d is not kept", i, different)
					}
					continue
				}
				trial, known := trials[hash]
				if seen != known || known && f.Trial != trial {
					t.Fatalf("value %d in round %d: seen %v, known %v, trial %d instead of %d", i, round, seen, known, f.Trial, trial)
				}
				f.Trial = uint16(i)
				trials[hash] = uint16(i)
			}
		}
		if want := min(len(trials), distinct.Most); d.Count() != want || d.Full() != (different > distinct.Most) {
			t.Fatalf("%d values, full: %v; want %d of %d", d.Count(), d.Full(), want, different)
		}
	})
}
