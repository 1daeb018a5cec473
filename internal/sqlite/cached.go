package sqlite

import "sync"

// cached remembers rows that are read all the time and hardly ever change.
// One process has the database open, so whoever changes a row knows: it calls
// forget after the change and before it tells anybody. What get returns is
// shared; nobody may change it in place.
type cached[K comparable, V any] struct {
	mu    sync.Mutex
	known map[K]V
	// age grows with every change: a row that was read before one is not
	// remembered after it.
	age uint64
}

// get returns what is known of a key, or else what load finds. Errors are not
// remembered.
func (c *cached[K, V]) get(key K, load func() (V, error)) (V, error) {
	c.mu.Lock()
	v, ok := c.known[key]
	age := c.age
	c.mu.Unlock()
	if ok {
		return v, nil
	}
	v, err := load()
	if err != nil {
		return v, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.age == age {
		if c.known == nil {
			c.known = map[K]V{}
		}
		c.known[key] = v
	}
	return v, nil
}

// forget drops everything.
func (c *cached[K, V]) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known = nil
	c.age++
}
