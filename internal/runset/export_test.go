package runset

import (
	"bytes"
)

// SetLimit lowers the number of people at which a sorter writes to disk.
func SetLimit(s *Sorter, people int) { s.limit = people }

type memory struct{ *bytes.Reader }

// Close implements file.
func (memory) Close() error { return nil }

// OpenBytes opens the bytes of a file.
func OpenBytes(data []byte) (*Run, error) {
	r := &Run{file: memory{bytes.NewReader(data)}, name: "bytes"}
	return r, r.load(int64(len(data)))
}
