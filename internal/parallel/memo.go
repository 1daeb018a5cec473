package parallel

import "sync"

// most is how many results a Memo keeps.
const most = 1 << 15

// Memo keeps the results of a function that gives the same for the same key, for many
// goroutines. The zero value is empty. It keeps the first results only, as many as
// are worth their memory.
type Memo[K comparable, V any] struct {
	mu    sync.Mutex
	known map[K]V
}

// Of is the result for a key, which of computes if it is not known. Two goroutines may
// compute it at one time.
func (m *Memo[K, V]) Of(key K, of func() V) V {
	m.mu.Lock()
	v, ok := m.known[key]
	m.mu.Unlock()
	if ok {
		return v
	}
	v = of()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil {
		m.known = map[K]V{}
	}
	if len(m.known) < most {
		m.known[key] = v
	}
	return v
}
