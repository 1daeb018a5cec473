package position_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/position"
)

// The order in which points come changes nothing, nor do later points.
func TestTrackProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		step := rapid.SampledFrom([]float64{0, .001, .019, .021, 1}).Draw(t, "step")
		n := rapid.SampledFrom([]int{5, 20, 22, 300, 9000, 20000}).Draw(t, "points")
		points := make([]int, n)
		for i := range points {
			points[i] = i
		}
		is := func(order []int) bool {
			var way position.Track
			for _, i := range order {
				way.Add(fmt.Appendf(nil, "%d", 1_000_000+i), [2]float64{float64(i%1000) * step, 4})
			}
			return way.Is()
		}
		got, shuffled := is(points), is(rapid.Permutation(points).Draw(t, "order"))
		if want := n > 20 && step > 0 && step < .02; got != want || shuffled != want {
			t.Fatalf("%d points a step of %v apart: %v, shuffled %v, want %v", n, step, got, shuffled, want)
		}
	})
}
