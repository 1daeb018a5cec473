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

// item tells equal keys apart by rest.
type item struct{ rest, n uint64 }

func (*item) Size() int { return 16 }
func (i *item) Put(b []byte) {
	binary.BigEndian.PutUint64(b, i.rest)
	binary.BigEndian.PutUint64(b[8:], i.n)
}
func (i *item) Get(b []byte)        { *i = item{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])} }
func (i *item) Compare(o *item) int { return cmp.Compare(i.rest, o.rest) }
func (i *item) Merge(o *item)       { i.n += o.n }

// TestSortProperty compares with a map and a sorted list of its keys, whether
// everything fits into memory or not, and however keys are spread.
func TestSortProperty(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 3000).Draw(t, "items")
		spread := rapid.SampledFrom([]uint64{1, 3, 255, 1 << 20, 1<<64 - 1}).Draw(t, "spread")
		memory := rapid.SampledFrom([]int{24 * 16, 24 * 700, 1 << 20}).Draw(t, "memory")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		s := spill.New[item](dir, memory)
		defer s.Close()
		want := map[[2]uint64]uint64{}
		for range n {
			key, one := r.Uint64()%spread, item{r.Uint64() % 3, 1}
			if r.IntN(2) == 0 {
				key <<= 40
			}
			want[[2]uint64{key, one.rest}]++
			if err := s.Add(key, one); err != nil {
				t.Fatal(err)
			}
		}
		var last []uint64
		if err := s.Each(func(key uint64, one *item) error {
			k := [2]uint64{key, one.rest}
			if last != nil && slices.Compare(last, k[:]) >= 0 {
				t.Fatalf("%v comes after %v", k, last)
			}
			if want[k] != one.n {
				t.Fatalf("%v has %d, want %d", k, one.n, want[k])
			}
			delete(want, k)
			last = k[:]
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
// with the standard library, and those of a thousand people in a million rows.
func BenchmarkSort(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	list := make([][3]uint64, 1_000_000)
	for i := range list {
		list[i] = [3]uint64{r.Uint64(), r.Uint64(), 1}
	}
	for name, people := range map[string]int{"spill": len(list), "spill, few": 1000} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				s := spill.New[item](b.TempDir(), len(list)*24)
				for i := range list {
					one := list[i%people]
					if err := s.Add(one[0], item{one[1], one[2]}); err != nil {
						b.Fatal(err)
					}
				}
				if err := s.Each(func(uint64, *item) error { return nil }); err != nil {
					b.Fatal(err)
				}
				s.Close()
			}
		})
	}
	b.Run("slices", func(b *testing.B) {
		for b.Loop() {
			own := slices.Clone(list)
			slices.SortFunc(own, func(a, b [3]uint64) int { return slices.Compare(a[:], b[:]) })
		}
	})
}
