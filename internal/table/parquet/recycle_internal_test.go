package parquet

import (
	"testing"

	"pgregory.net/rapid"
)

// TestRecycler: memory that is in use is nobody else's, and keeps its content
// when it grows.
func TestRecycler(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var r recycler
		var used [][]byte
		sizes := rapid.OneOf(rapid.IntRange(0, 300), rapid.SampledFrom([]int{1 << 20, 1<<22 - 1, 1 << 22, 1<<22 + 1}))
		fill := func(b []byte, with byte) {
			for i := range b {
				b[i] = with
			}
		}
		for step := range rapid.IntRange(1, 40).Draw(t, "steps") {
			with := byte(step)
			if len(used) == 0 || rapid.Bool().Draw(t, "more") {
				b := r.Allocate(sizes.Draw(t, "size"))
				fill(b, with)
				used = append(used, b)
				continue
			}
			i := rapid.IntRange(0, len(used)-1).Draw(t, "which")
			if rapid.Bool().Draw(t, "free") {
				r.Free(used[i])
				used = append(used[:i], used[i+1:]...)
				continue
			}
			old := len(used[i])
			first := byte(0)
			if old > 0 {
				first = used[i][0]
			}
			size := sizes.Draw(t, "new size")
			b := r.Reallocate(size, used[i])
			if len(b) != size {
				t.Fatalf("%d bytes instead of %d", len(b), size)
			}
			for k := range b[:min(old, size)] {
				if b[k] != first {
					t.Fatal("the content changed")
				}
			}
			fill(b, with)
			used[i] = b
		}
		for _, b := range used {
			for _, c := range b {
				if c != b[0] {
					t.Fatal("two have the same memory")
				}
			}
		}
	})
}
