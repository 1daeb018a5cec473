package parquet

import (
	"encoding/binary"
	"math"
	"unicode/utf8"

	pq "github.com/apache/arrow-go/v18/parquet"
)

// plain reads values that are stored one after the other.
type plain interface {
	// values appends n values of src as text, and returns what follows them.
	values(to *ranges, src []byte, n int) (rest []byte, err error)
}

// ranges are texts one after the other, and where each begins and ends.
type ranges struct {
	data       []byte
	start, end []uint32
}

func (r *ranges) add(data []byte) {
	r.start, r.end = append(r.start, uint32(len(r.data))), append(r.end, uint32(len(data)))
	r.data = data
}

// plainOf reads values of T; nil for booleans.
func plainOf[T any](p physical, put func([]byte, T) ([]byte, error)) plain {
	le := binary.LittleEndian
	switch put := any(put).(type) {
	case func([]byte, int32) ([]byte, error):
		return &sized[int32]{4, func(b []byte) int32 { return int32(le.Uint32(b)) }, put}
	case func([]byte, int64) ([]byte, error):
		return &sized[int64]{8, func(b []byte) int64 { return int64(le.Uint64(b)) }, put}
	case func([]byte, float32) ([]byte, error):
		return &sized[float32]{4, func(b []byte) float32 { return math.Float32frombits(le.Uint32(b)) }, put}
	case func([]byte, float64) ([]byte, error):
		return &sized[float64]{8, func(b []byte) float64 { return math.Float64frombits(le.Uint64(b)) }, put}
	case func([]byte, pq.Int96) ([]byte, error):
		return &sized[pq.Int96]{pq.Int96SizeBytes, func(b []byte) pq.Int96 { return pq.Int96(b) }, put}
	case func([]byte, pq.FixedLenByteArray) ([]byte, error):
		return &sized[pq.FixedLenByteArray]{p.length, func(b []byte) pq.FixedLenByteArray { return b }, put}
	case func([]byte, pq.ByteArray) ([]byte, error):
		return arrays(put)
	}
	return nil
}

// sized are values that have the same number of bytes.
type sized[T any] struct {
	size int
	get  func([]byte) T
	put  func(dst []byte, v T) ([]byte, error)
}

func (f *sized[T]) values(to *ranges, src []byte, n int) ([]byte, error) {
	if f.size < 0 || len(src)/max(1, f.size) < n && f.size > 0 {
		return nil, errCut
	}
	for range n {
		data, err := f.put(to.data, f.get(src[:f.size:f.size]))
		if err != nil {
			return nil, err
		}
		to.add(data)
		src = src[f.size:]
	}
	return src, nil
}

// arrays are bytes that say how many they are.
type arrays func(dst []byte, v pq.ByteArray) ([]byte, error)

func (put arrays) values(to *ranges, src []byte, n int) ([]byte, error) {
	for range n {
		size, err := sizeOf(src)
		if err != nil {
			return nil, err
		}
		data, err := put(to.data, src[sizeBytes:sizeBytes+size])
		if err != nil {
			return nil, err
		}
		to.add(data)
		src = src[sizeBytes+size:]
	}
	return src, nil
}

const sizeBytes = 4

// sizeOf is the size of the array that src begins with.
func sizeOf(src []byte) (int, error) {
	if len(src) < sizeBytes {
		return 0, errCut
	}
	size := binary.LittleEndian.Uint32(src)
	if uint64(size) > uint64(len(src)-sizeBytes) {
		return 0, errCut
	}
	return int(size), nil
}

// words are arrays that are text already. They are copied together with their
// sizes, which no cell shows.
type words struct{}

func (words) values(to *ranges, src []byte, n int) ([]byte, error) {
	base, at, first := len(to.data), 0, len(to.start)
	for range n {
		size, err := sizeOf(src[at:])
		if err != nil {
			return nil, err
		}
		at += sizeBytes
		to.start = append(to.start, uint32(base+at))
		at += size
		to.end = append(to.end, uint32(base+at))
	}
	to.data = append(to.data, src[:at]...)
	if ascii(src[:at]) {
		return src[at:], nil
	}
	for i := first; i < len(to.start); i++ {
		if !utf8.Valid(to.data[to.start[i]:to.end[i]]) {
			return nil, charsetProblem()
		}
	}
	return src[at:], nil
}

// ascii reports whether all bytes are ASCII.
func ascii(b []byte) bool {
	const high = 0x8080808080808080
	for ; len(b) >= 8; b = b[8:] {
		if binary.LittleEndian.Uint64(b)&high != 0 {
			return false
		}
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
