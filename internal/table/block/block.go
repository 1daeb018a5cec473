// Package block reads the input of text formats in blocks of whole rows, so
// that cells are ranges of the block and no row is copied or allocated. It also
// finds bytes eight at a time and defines one form for errors in a table.
//
// It knows no format.
package block

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"unicode/utf8"

	"hutong/internal/dataspace"
)

const (
	// Size is the first size of a block in bytes: enough for some thousand
	// rows, small enough for the processor's cache.
	Size = 256 << 10
	// MaxRow is the longest row, in bytes. It limits the memory of a reader:
	// without it a quote that is never closed would read the whole file.
	MaxRow = 16 << 20
	// pad is the number of bytes that Word may read beyond the end.
	pad = 8
)

// ErrRowTooLong says that a row does not end within MaxRow.
var ErrRowTooLong = errors.New("row too long")

// Buffer is a window over an io.Reader. Bytes Pos to End are the input not yet
// consumed; the caller moves Pos forward over whole rows and calls More when
// the window ends inside one. Fields are exported for scanners; only Pos may be
// changed.
type Buffer struct {
	Data     []byte // valid up to End; 8 zero bytes follow End
	Pos, End int
	EOF      bool // there is no input after End

	r     io.Reader
	base  int64 // offset of Data[0] in the input
	line  byte  // what ends a line
	added bool  // the last line got an end of its own
}

// NewBuffer reads from r, a block at a time.
func NewBuffer(r io.Reader) *Buffer {
	return &Buffer{Data: make([]byte, Size+pad), r: r, line: '\n'}
}

// Input is the window without a line end that More added.
func (b *Buffer) Input() []byte {
	if b.added {
		return b.Data[b.Pos : b.End-1]
	}
	return b.Data[b.Pos:b.End]
}

// EndLines says which byte ends a line, if it is not the newline.
func (b *Buffer) EndLines(c byte) {
	b.line = c
	switch {
	case !b.added:
	case b.End > 1 && b.Data[b.End-2] == c: // the last line has its end
		b.End--
		b.Data[b.End] = 0
	default:
		b.Data[b.End-1] = c
	}
}

// More drops the bytes before Pos and reads more, until the window is full or
// the input ends. If there was nothing to drop, it enlarges the window, and
// fails with ErrRowTooLong at the limit. At the end of the input it ends the
// last line if nothing does. Ranges into Data are invalid
// afterwards.
func (b *Buffer) More() error {
	if b.EOF {
		return io.ErrUnexpectedEOF
	}
	room := len(b.Data) - pad
	rest := b.End - b.Pos
	if rest >= room {
		if rest > MaxRow {
			return ErrRowTooLong
		}
		grown := make([]byte, 2*room+pad)
		copy(grown, b.Data[b.Pos:b.End])
		b.Data, room = grown, 2*room
	} else if b.Pos > 0 {
		copy(b.Data, b.Data[b.Pos:b.End])
	}
	b.base += int64(b.Pos)
	b.Pos, b.End = 0, rest
	err := b.read(room)
	if err == nil || errors.Is(err, io.EOF) {
		b.EOF = err != nil
		err = nil
	}
	if b.EOF && b.End > 0 && b.Data[b.End-1] != b.line {
		b.added = true
		b.Data[b.End] = b.line // in the padding if there is no other room
		b.End++
		if len(b.Data) < b.End+pad {
			b.Data = append(b.Data, 0)
		}
	}
	clear(b.Data[b.End : b.End+pad])
	return err
}

// read fills the window up to room. Only a plain io.EOF is the end of the
// input: io.ErrUnexpectedEOF means a broken stream.
func (b *Buffer) read(room int) error {
	for idle := 0; b.End < room; {
		n, err := b.r.Read(b.Data[b.End:room])
		b.End += n
		if err != nil {
			return err
		}
		if n > 0 {
			idle = 0
		} else if idle++; idle > 100 {
			return io.ErrNoProgress
		}
	}
	return nil
}

// SkipBOM drops a UTF-8 byte order mark; call it once, after the first More.
func (b *Buffer) SkipBOM() {
	d := b.Data[b.Pos:b.End]
	if len(d) >= 3 && d[0] == 0xEF && d[1] == 0xBB && d[2] == 0xBF {
		b.Pos += 3
	}
}

// Offset is the number of input bytes before Pos.
func (b *Buffer) Offset() int64 { return b.base + int64(b.Pos) }

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// Repeat gives a word of eight times c, for Match.
func Repeat(c byte) uint64 { return ones * uint64(c) }

// Word loads eight bytes of data from i on.
func Word(data []byte, i int) uint64 { return binary.LittleEndian.Uint64(data[i:]) }

// Match sets bit 7 for each byte of w that equals the byte repeated in c. Above
// a true match it may mark a wrong one: check the byte itself.
func Match(w, c uint64) uint64 {
	x := w ^ c
	return (x - ones) &^ x & highs
}

// Below sets bit 7 for each byte of w that is below n (at most 128); wrong
// marks are possible above a true one.
func Below(w uint64, n byte) uint64 { return (w - ones*uint64(n)) &^ w & highs }

// First is the number of the lowest marked byte of m, which is not 0.
func First(m uint64) int { return bits.TrailingZeros64(m) >> 3 }

// Invalid finds the first byte of data that is not UTF-8, or -1. With decoded
// set, data was decoded from another charset and U+FFFD stands for invalid
// bytes.
func Invalid(data []byte, decoded bool) int {
	for i := 0; i < len(data); {
		for i+32 <= len(data) && (Word(data, i)|Word(data, i+8)|Word(data, i+16)|Word(data, i+24))&highs == 0 {
			i += 32
		}
		if i == len(data) {
			break
		}
		switch c := data[i]; {
		case c < utf8.RuneSelf:
			if i+8 <= len(data) && Word(data, i)&highs == 0 {
				i += 8
			} else {
				i++
			}
			continue
		case c >= 0xE1 && c <= 0xEC && i+2 < len(data) && data[i+1]&0xC0 == 0x80 && data[i+2]&0xC0 == 0x80:
			i += 3 // most of Chinese, Japanese and Korean
			continue
		}
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && (n == 1 || decoded) {
			return i
		}
		i += n
	}
	return -1
}

// Source names the input, for errors.
type Source struct {
	Name string // last part of the path
	// Charset is what the bytes were decoded from; empty for UTF-8.
	Charset string
}

// Row is the place of row n, counted from 1 without the header, and optionally
// the column or byte in it; at may be empty.
func (s Source) Row(n int64, at string) string {
	if at != "" {
		at = ", " + at
	}
	return fmt.Sprintf("%s:row %d%s", s.Name, n, at)
}

// Problem wraps an error of the input. It returns an existing Problem
// unchanged, because the file reader knows more.
func (s Source) Problem(err error, place, code string) error {
	var p *dataspace.Problem
	switch {
	case errors.As(err, &p):
		return err
	case errors.Is(err, ErrRowTooLong):
		return &dataspace.Problem{
			Kind: dataspace.ErrInvalid, Code: code + ".row.size", Place: place,
			Message: fmt.Sprintf("the row is longer than %d MiB", MaxRow>>20),
			Hint:    "look for a quote that is never closed, or a file without line ends",
		}
	}
	return &dataspace.Problem{
		Kind: dataspace.ErrUnavailable, Code: code + ".read", Place: place,
		Message: "cannot read on", Err: err,
	}
}

// BadText is the Problem of bytes that are invalid in the charset.
func (s Source) BadText(place, code string) error {
	p := &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: code + ".charset", Place: place}
	if s.Charset == "" {
		p.Message = "bytes are not UTF-8"
		p.Hint = "name the right one with --charset (gb18030, utf-16le, big5, windows-1252, ...)"
	} else {
		p.Message = "bytes are not valid in the charset " + s.Charset
		p.Hint = "name another one with --charset (utf-8, gb18030, utf-16le, big5, ...), or repair the file"
	}
	return p
}
