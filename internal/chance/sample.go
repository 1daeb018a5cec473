package chance

import (
	"maps"
	"slices"
)

// Set is a set of hashes of different values, thinned so that it stays small.
// It keeps the values whose hash is below a limit, and halves the limit when
// there are too many. Which values it keeps does not depend on their order.
type Set[V any] struct {
	limit uint64 // values with a hash above it are left out; 0: none is
	most  int
	items map[uint64]V
}

// NewSet makes a set of at most so many values.
func NewSet[V any](most int) *Set[V] { return &Set[V]{most: most, items: map[uint64]V{}} }

// Beyond reports whether a hash is above those of the set, so that no value with
// it is in the set or will be.
func (s *Set[V]) Beyond(hash uint64) bool { return s.limit != 0 && hash > s.limit }

// Wants reports whether a value with this hash would be kept and is not in the
// set.
func (s *Set[V]) Wants(hash uint64) bool {
	if s.Beyond(hash) {
		return false
	}
	_, in := s.items[hash]
	return !in
}

// Put keeps a value that the set wants.
func (s *Set[V]) Put(hash uint64, v V) {
	s.items[hash] = v
	for len(s.items) > s.most {
		if s.limit == 0 {
			s.limit = 1 << 63
		}
		s.limit >>= 1
		maps.DeleteFunc(s.items, func(h uint64, _ V) bool { return h > s.limit })
	}
}

// Len is the number of values that are kept.
func (s *Set[V]) Len() int { return len(s.items) }

// Whole reports whether no value was left out.
func (s *Set[V]) Whole() bool { return s.limit == 0 }

// Distinct estimates the number of different values; it is exact while the set
// is whole.
func (s *Set[V]) Distinct() float64 {
	if s.Whole() {
		return float64(len(s.items))
	}
	return float64(len(s.items)) / (float64(s.limit) / (1 << 64))
}

// Get returns the value of a hash.
func (s *Set[V]) Get(hash uint64) (v V, ok bool) {
	if s.Beyond(hash) {
		return v, false
	}
	v, ok = s.items[hash]
	return v, ok
}

// Each calls see for each value, in any order.
func (s *Set[V]) Each(see func(V)) {
	for _, v := range s.items {
		see(v)
	}
}

// Among counts the values of s that o would keep, and those of them that it
// has. Both sets must have the same hashes for the same values.
func (s *Set[V]) Among(o *Set[V]) (all, have int) {
	for hash := range s.items {
		if o.limit == 0 || hash <= o.limit {
			all++
			if _, in := o.items[hash]; in {
				have++
			}
		}
	}
	return all, have
}

// All returns the values in the order of their hashes.
func (s *Set[V]) All() []V {
	out := make([]V, 0, len(s.items))
	for _, h := range slices.Sorted(maps.Keys(s.items)) {
		out = append(out, s.items[h])
	}
	return out
}
