package spill_test

import (
	"cmp"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/spill"
)

// item has a key and a second part by which equal keys are told apart.
type item struct {
	key, rest uint64
	n         uint64
}

func (*item) Size() int     { return 24 }
func (i *item) Key() uint64 { return i.key }
func (i *item) Put(b []byte) {
	binary.BigEndian.PutUint64(b, i.key)
	binary.BigEndian.PutUint64(b[8:], i.rest)
	binary.BigEndian.PutUint64(b[16:], i.n)
}

func (i *item) Get(b []byte) {
	*i = item{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:]), binary.BigEndian.Uint64(b[16:])}
}
func (i *item) Merge(o *item) { i.n += o.n }

func order(a, b item) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.rest, b.rest)) }

// TestSortProperty compares with a map and a sorted list of its keys, whether
// everything fits into memory or not, and however keys are spread.
func TestSortProperty(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 3000).Draw(t, "items")
		spread := rapid.SampledFrom([]uint64{1, 3, 255, 1 << 20, 1<<64 - 1}).Draw(t, "spread")
		memory := rapid.SampledFrom([]int{24 * 16, 24 * 700, 1 << 20}).Draw(t, "memory")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		s := spill.New[item](dir, memory, order)
		defer s.Close()
		want := map[[2]uint64]uint64{}
		for range n {
			one := item{r.Uint64() % spread, r.Uint64() % 3, 1}
			if r.IntN(2) == 0 {
				one.key <<= 40
			}
			want[[2]uint64{one.key, one.rest}]++
			if err := s.Add(one); err != nil {
				t.Fatal(err)
			}
		}
		var last *item
		if err := s.Each(func(one *item) error {
			if last != nil && order(*last, *one) >= 0 {
				t.Fatalf("%v comes after %v", *one, *last)
			}
			k := [2]uint64{one.key, one.rest}
			if want[k] != one.n {
				t.Fatalf("%v has %d, want %d", k, one.n, want[k])
			}
			delete(want, k)
			c := *one
			last = &c
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if len(want) != 0 {
			t.Fatalf("%d items are missing", len(want))
		}
	})
}

// BenchmarkSort sorts hashes of a million people, once with the sorter and once
// with the standard library.
func BenchmarkSort(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	list := make([]item, 1_000_000)
	for i := range list {
		list[i] = item{r.Uint64(), r.Uint64(), 1}
	}
	b.Run("spill", func(b *testing.B) {
		for b.Loop() {
			s := spill.New[item](b.TempDir(), len(list)*24, order)
			for _, one := range list {
				if err := s.Add(one); err != nil {
					b.Fatal(err)
				}
			}
			if err := s.Each(func(*item) error { return nil }); err != nil {
				b.Fatal(err)
			}
			s.Close()
		}
	})
	b.Run("slices", func(b *testing.B) {
		for b.Loop() {
			own := slices.Clone(list)
			slices.SortFunc(own, order)
		}
	})
}
