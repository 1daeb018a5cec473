package work

import "sync"

// Share keeps one of many, such as a gateway that does not answer, from taking
// every place of a lane: it says how many steps run for each. A step that finds
// no place goes on in another lane. It is safe for concurrent use.
type Share[K comparable] struct {
	limit int

	mu    sync.Mutex
	taken map[K]int
}

// NewShare returns a share of limit places for each key.
func NewShare[K comparable](limit int) *Share[K] {
	return &Share[K]{limit: limit, taken: map[K]int{}}
}

// Take takes a place for k; ok is false if none is free. release gives it back
// and must be called once.
func (s *Share[K]) Take(k K) (release func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.taken[k] >= s.limit {
		return nil, false
	}
	s.taken[k]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.taken[k]--; s.taken[k] == 0 {
			delete(s.taken, k)
		}
	}, true
}
