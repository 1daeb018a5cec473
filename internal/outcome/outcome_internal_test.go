package outcome

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// In any order of outcomes, a number always stands for the same outcome, and
// equal outcomes have one number.
func TestOutcomesProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		places := rapid.SliceOfNDistinct(rapid.Int32Range(0, 300), 0, 4, rapid.ID[int32])
		var o Table
		numbers := map[string]uint16{}
		for range rapid.IntRange(1, 60).Draw(t, "values") {
			found := Set(places.Draw(t, "kinds"))
			slices.Sort(found)
			n := o.Number(found)
			if !slices.Equal(o.list[n], found) {
				t.Fatalf("%v is kept as %v", found, o.list[n])
			}
			key := fmt.Sprint(found)
			if old, ok := numbers[key]; ok && old != n {
				t.Fatalf("%v is %d and %d", found, old, n)
			}
			numbers[key] = n
		}
	})
}

func TestOutcomesAreBounded(t *testing.T) {
	var o Table
	for i := range int32(maxOutcomes + 10) {
		n := o.Number(Set{i})
		if kept := n != 0; kept != (i < maxOutcomes-1) {
			t.Fatalf("outcome %d has number %d", i, n)
		}
	}
}
