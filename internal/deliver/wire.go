package deliver

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"hutong/internal/dataspace"
)

// A HutongLeaves stream is a sequence of frames: four bytes of length,
// big-endian, and the bytes of one leaf. Length 0 ends the frames. The trailer
// follows it: a Result in JSON up to the end of the body. Length frameWait has
// no bytes and only says that the sender is still working.
const frameWait = 1<<32 - 1

// maxTrailer bounds the trailer's JSON.
const maxTrailer = 4 << 10

// errRange is a resume point that the delivery does not have.
var errRange = errors.New("range not satisfiable")

func frameHead(b *[4]byte, length uint32) []byte {
	binary.BigEndian.PutUint32(b[:], length)
	return b[:]
}

// frames reads a stream of frames.
type frames struct {
	r     io.Reader
	buf   []byte
	short bool // the last leaf was short: only the trailer may follow
	// waits is how many frames without bytes may still come: a sender that only
	// works sends fewer than the leaves that it makes again.
	waits int64
}

// next returns the next leaf, valid until the next call, or at the end the
// trailer. A stream that breaks off is io.ErrUnexpectedEOF; one that cannot be
// a delivery is dataspace.ErrInvalid.
func (f *frames) next() (data []byte, trailer *Result, err error) {
	var head [4]byte
	length := uint32(frameWait)
	for length == frameWait {
		if _, err := io.ReadFull(f.r, head[:]); err != nil {
			return nil, nil, broken(err)
		}
		if length = binary.BigEndian.Uint32(head[:]); length == frameWait {
			if f.waits--; f.waits < 0 {
				return nil, nil, fmt.Errorf("read frame: the sender only says that it works: %w", dataspace.ErrInvalid)
			}
		}
	}
	if length == 0 {
		trailer, err = readTrailer(f.r)
		return nil, trailer, err
	}
	if length > LeafSize || f.short {
		return nil, nil, fmt.Errorf("read frame: %d bytes do not fit: %w", length, dataspace.ErrInvalid)
	}
	f.short = length < LeafSize
	if cap(f.buf) < int(length) {
		f.buf = make([]byte, length)
	}
	data = f.buf[:length]
	if _, err := io.ReadFull(f.r, data); err != nil {
		return nil, nil, broken(err)
	}
	return data, nil, nil
}

func readTrailer(r io.Reader) (*Result, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxTrailer+1))
	if err != nil {
		return nil, broken(err)
	}
	if len(text) > maxTrailer {
		return nil, fmt.Errorf("read trailer: longer than %d bytes: %w", maxTrailer, dataspace.ErrInvalid)
	}
	var t Result
	if err := json.Unmarshal(text, &t); err != nil {
		return nil, fmt.Errorf("read trailer: %w: %w", dataspace.ErrInvalid, err)
	}
	if !isDigest(t.Root) || t.Size < 0 || t.Rows < 0 || t.Leaves != (t.Size+LeafSize-1)/LeafSize {
		return nil, fmt.Errorf("read trailer: impossible numbers: %w", dataspace.ErrInvalid)
	}
	return &t, nil
}

func isDigest(d dataspace.Digest) bool {
	if len(d) != 64 {
		return false
	}
	for _, c := range []byte(d) {
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f') {
			return false
		}
	}
	return true
}

func broken(err error) error {
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("read delivery: %w", err)
}

// parseFrom reads the number of leaves that the recipient holds.
func parseFrom(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("parse from: %w", errRange)
	}
	return n, nil
}

// span is the bytes [from, to). As a request, to < 0 is "to the end" and
// from < 0 is "the last -from bytes".
type span struct{ from, to int64 }

// parseRange reads a Range header with one range. Any other header counts as no
// range and gets the whole delivery, as RFC 9110 allows.
func parseRange(header string) (span, bool) {
	spec, ok := strings.CutPrefix(header, "bytes=")
	if !ok {
		return span{}, false
	}
	first, last, ok := strings.Cut(strings.TrimSpace(spec), "-")
	if !ok {
		return span{}, false
	}
	if first == "" {
		n, ok := decimal(last)
		return span{from: -n, to: -1}, ok && n > 0
	}
	from, ok := decimal(first)
	if !ok {
		return span{}, false
	}
	if last == "" {
		return span{from: from, to: -1}, true
	}
	to, ok := decimal(last)
	return span{from: from, to: to + 1}, ok && to >= from
}

// decimal reads digits only, up to 2^62.
func decimal(text string) (int64, bool) {
	n, err := strconv.ParseUint(text, 10, 62)
	return int64(n), err == nil
}

// within limits a request to a delivery of size bytes; false when nothing
// remains.
func (s span) within(size int64) (span, bool) {
	if s.from < 0 {
		s.from = max(0, size+s.from)
	}
	if s.to < 0 || s.to > size {
		s.to = size
	}
	return s, s.from < s.to
}
