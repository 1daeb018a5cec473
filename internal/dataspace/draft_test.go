package dataspace_test

import (
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/dataspace"
)

// A draft says after any changes what values say after the same ones, and the
// values that it was made of stay as they were.
func TestDraft(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SampledFrom([]string{"a", "b.c", "b.d", "e", "f.g.h"})
		var whole, earlier dataspace.Values
		for range rapid.IntRange(0, 6).Draw(t, "known") {
			whole.Set(names.Draw(t, "name"), dataspace.IntOf(1))
		}
		for range 2 { // the second draft uses the memory of the first
			before := dataspace.ValuesOf(map[string]dataspace.Value{})
			before.Over(whole)
			want, draft := whole, whole.Draft(earlier)
			for range rapid.IntRange(0, 8).Draw(t, "changes") {
				name, v := names.Draw(t, "changed"), dataspace.Value{}
				if rapid.Bool().Draw(t, "set") {
					v = dataspace.IntOf(rapid.Int64Range(2, 9).Draw(t, "to"))
				}
				want.Set(name, v)
				draft.Set(name, v)
			}
			if !draft.Equal(want) {
				t.Fatalf("the draft says otherwise")
			}
			if !whole.Equal(before) {
				t.Fatalf("the values have changed")
			}
			earlier = draft
		}
	})
}
