package work

import "sync"

// Share is how many places of a lane one key, such as another gateway, may
// take. Further steps of the key run in the lane More, which all keys share.
type Share struct {
	Lane Lane
	Most int
	More Lane
}

// Shares keep a key whose steps take long from taking every place of a lane
// while the steps of others wait. They are safe for concurrent use.
type Shares[K comparable] struct {
	of map[Lane]Share

	mu    sync.Mutex
	taken map[taking[K]]int
}

type taking[K comparable] struct {
	key  K
	lane Lane
}

// NewShares returns shares of lanes. Lanes that are not named have none.
func NewShares[K comparable](list ...Share) *Shares[K] {
	s := &Shares[K]{of: map[Lane]Share{}, taken: map[taking[K]]int{}}
	for _, share := range list {
		s.of[share.Lane] = share
	}
	return s
}

// Enter asks for a place for a step of k that belongs to a lane and runs in the
// lane here. If ok, it may go on, and calls leave when it is over. Otherwise
// next says in which lane it goes on.
func (s *Shares[K]) Enter(k K, belongs, here Lane) (leave func(), next Next, ok bool) {
	share, bounded := s.of[belongs]
	switch {
	case bounded && here == share.More, !bounded && here == belongs:
		return func() {}, Next{}, true
	case here != belongs:
		return nil, Next{Again: true, Lane: belongs}, false
	}
	t := taking[K]{k, belongs}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.taken[t] >= share.Most {
		return nil, Next{Again: true, Lane: share.More}, false
	}
	s.taken[t]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.taken[t]--; s.taken[t] == 0 {
			delete(s.taken, t)
		}
	}, Next{}, true
}
