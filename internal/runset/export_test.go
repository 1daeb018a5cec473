package runset

import (
	"bytes"
)

// SetLimit makes a sorter spill sooner.
func SetLimit(s *Sorter, people int) { s.limit = people }

type memory struct{ *bytes.Reader }

// Close implements file.
func (memory) Close() error { return nil }

// OpenBytes opens what a file might hold.
func OpenBytes(data []byte) (*Run, error) {
	r := &Run{file: memory{bytes.NewReader(data)}, name: "bytes"}
	return r, r.load(int64(len(data)))
}
