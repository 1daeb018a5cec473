package parquet

import (
	"math/bits"
	"sync"

	"github.com/apache/arrow-go/v18/arrow/memory"
)

// recycler gives the memory of pages that were read to later ones: each chunk of
// a column has its own, and to clear new memory takes as long as to fill it. The
// memory that it gives is not cleared.
type recycler struct {
	mu   sync.Mutex
	free [maxRecycled + 1][][]byte // by the power of two that is their capacity
}

var _ memory.Allocator = (*recycler)(nil)

const (
	minRecycled = 6  // 64 bytes
	maxRecycled = 22 // 4 MiB; pages are larger only in few files
	keptFree    = 64 // of each size
)

// Allocate returns memory of some bytes.
func (r *recycler) Allocate(size int) []byte {
	class := max(minRecycled, bits.Len(uint(max(size, 1)-1)))
	if class > maxRecycled {
		return make([]byte, size)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.free[class]
	if len(list) == 0 {
		return make([]byte, size, 1<<class)
	}
	b := list[len(list)-1]
	r.free[class] = list[:len(list)-1]
	return b[:size]
}

// Reallocate changes the size of memory and keeps what is in it.
func (r *recycler) Reallocate(size int, b []byte) []byte {
	if size <= cap(b) {
		return b[:size]
	}
	out := r.Allocate(size)
	copy(out, b)
	r.Free(b)
	return out
}

// Free takes memory back.
func (r *recycler) Free(b []byte) {
	class := bits.Len(uint(cap(b))) - 1
	if class < minRecycled || class > maxRecycled || cap(b) != 1<<class {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.free[class]) < keptFree {
		r.free[class] = append(r.free[class], b[:0])
	}
}
