package sqlite

import "sync"

// cached caches rows that are read very often and rarely change. Only one
// process has the database open, so each change of a row goes through this
// process: it calls forget after the change and before it reports the change.
// The result of get is shared; callers must not change it in place.
type cached[K comparable, V any] struct {
	mu    sync.Mutex
	known map[K]V
	// age grows with every change: a row that was read before a change is not
	// cached after it.
	age uint64
}

// get returns the cached row of a key, or else the result of load. Errors are
// not cached.
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
