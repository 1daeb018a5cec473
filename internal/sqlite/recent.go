package sqlite

import (
	"sync"

	"hutong/internal/dataspace"
)

// maxRecent is how many bytes of rows one recent holds, as they are stored, with
// rowCost for what else each row takes.
const (
	maxRecent = 4 << 20
	rowCost   = 512
)

// recent holds rows that were written or read a short time ago: a flow reads
// the same few rows in each of its steps. Only one process has the database
// open. Every step that changes such a row does so between begin and end, every
// other commit is between beginAny and endAny. A row is dropped before it
// changes and held again after the commit, so a row that is held is the row of
// the database. Every other row is read from there. Readers share the rows that
// are held and must not change them in place.
type recent[K comparable, V any] struct {
	size func(V) int // as it is stored, in bytes

	mu    sync.Mutex
	rows  map[K]V
	bytes int
	busy  map[K]*use
	// any counts the commits under way that may change any row, and anyBegun all
	// of them.
	any, anyBegun int
}

// use counts the changes and readings of a row that are under way.
type use struct {
	changes, readings int
	begun             int  // changes since the first use
	mixed             bool // with another change at once: which was last is not known here
}

func newRecent[K comparable, V any](size func(V) int) *recent[K, V] {
	return &recent[K, V]{size: size, rows: map[K]V{}, busy: map[K]*use{}}
}

// get returns a row, held or else from load. Errors are not held.
func (r *recent[K, V]) get(key K, load func() (V, error)) (V, error) {
	r.mu.Lock()
	if v, ok := r.rows[key]; ok {
		r.mu.Unlock()
		return v, nil
	}
	u := r.use(key)
	u.readings++
	begun, quiet := u.begun+r.anyBegun, u.changes+r.any == 0
	r.mu.Unlock()
	v, err := load()
	r.mu.Lock()
	defer r.mu.Unlock()
	u.readings--
	// A change that was under way at any time of the reading may have come
	// before or after it.
	if err == nil && quiet && u.begun+r.anyBegun == begun {
		r.hold(key, v)
	}
	r.leave(key, u)
	return v, err
}

// held returns a row only if it is held.
func (r *recent[K, V]) held(key K) (V, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v, ok := r.rows[key]
	return v, ok
}

// put holds a row that never changes.
func (r *recent[K, V]) put(key K, v V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hold(key, v)
}

// begin must come before a change of a row. It returns the row if it was held;
// nobody else can have changed it when the change is committed and after
// says so.
func (r *recent[K, V]) begin(key K) (was V, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	was, ok = r.rows[key]
	r.drop(key)
	u := r.use(key)
	u.mixed = u.mixed || u.changes+r.any > 0
	u.changes++
	u.begun++
	return was, ok
}

// end must come after the change, whatever became of it. now is the row after
// the commit; nil if the caller does not know it or nothing was committed.
func (r *recent[K, V]) end(key K, now *V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	u := r.busy[key]
	u.changes--
	if now != nil && !u.mixed {
		r.hold(key, *now)
	}
	if u.changes == 0 {
		u.mixed = false
	}
	r.leave(key, u)
}

// beginAny and endAny are begin and end of a commit that may change any row.
func (r *recent[K, V]) beginAny() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows, r.bytes = map[K]V{}, 0
	r.any++
	r.anyBegun++
	for _, u := range r.busy {
		u.mixed = u.mixed || u.changes > 0
	}
}

func (r *recent[K, V]) endAny() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.any--
}

func (r *recent[K, V]) use(key K) *use {
	u := r.busy[key]
	if u == nil {
		u = &use{}
		r.busy[key] = u
	}
	return u
}

func (r *recent[K, V]) leave(key K, u *use) {
	if u.changes == 0 && u.readings == 0 {
		delete(r.busy, key)
	}
}

// hold makes room by dropping any other rows: the database has them.
func (r *recent[K, V]) hold(key K, v V) {
	size := r.size(v) + rowCost
	r.drop(key)
	if size > maxRecent/16 {
		return // one huge row would drive out many
	}
	for other := range r.rows {
		if r.bytes+size <= maxRecent {
			break
		}
		r.drop(other)
	}
	r.rows[key] = v
	r.bytes += size
}

func (r *recent[K, V]) drop(key K) {
	if v, ok := r.rows[key]; ok {
		r.bytes -= r.size(v) + rowCost
		delete(r.rows, key)
	}
}

// hints are flows that were found by something else than their id. A hint can
// be outdated: whoever takes one looks whether it is true.
type hints struct {
	mu sync.Mutex
	of map[string]dataspace.FlowID
}

// maxHints bounds them.
const maxHints = 8192

func (h *hints) get(what string) (dataspace.FlowID, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	id, ok := h.of[what]
	return id, ok
}

func (h *hints) put(what string, id dataspace.FlowID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.of == nil || len(h.of) >= maxHints {
		h.of = map[string]dataspace.FlowID{}
	}
	h.of[what] = id
}
