package dialect

import (
	"bytes"
	"errors"
	"io"

	"hutong/internal/table/block"
)

// state is where in a cell the reader is.
type state uint8

const (
	begin  state = iota // of a cell
	plain               // inside an unquoted cell
	quoted              // inside a quoted cell
	closed              // behind a quote that may close the cell
	stray               // behind a closed cell that goes on
)

// reader writes cells as RFC 4180 says. It holds one cell.
type reader struct {
	in      io.Reader
	d       Dialect
	buf     []byte
	out     []byte
	given   int // bytes of out
	cell    []byte
	at      state
	escaped bool // the next sign was escaped
	text    bool // the cell is no missing value, whatever it holds
	null    bool // the cell is \N so far
	started bool
	err     error
}

// bom is the byte order mark of UTF-8.
var bom = []byte("\xEF\xBB\xBF")

// NewReader reads text of a dialect as text of RFC 4180 with the same delimiter,
// or with a comma if the dialect names none. A quote that is never closed, and
// text behind a closing quote, stay so for the next reader to report.
func NewReader(in io.Reader, d Dialect) io.Reader {
	if d.Delimiter == 0 {
		d.Delimiter = ','
	}
	return &reader{in: in, d: d, buf: make([]byte, 64<<10)}
}

// Read implements io.Reader.
func (r *reader) Read(p []byte) (int, error) {
	for r.given == len(r.out) {
		r.out, r.given = r.out[:0], 0
		if r.err != nil {
			return 0, r.err
		}
		n, err := r.in.Read(r.buf)
		r.take(r.buf[:n])
		if err != nil {
			r.err = err
			if errors.Is(err, io.EOF) {
				r.end()
			}
		}
	}
	n := copy(p, r.out[r.given:])
	r.given += n
	return n, nil
}

func (r *reader) take(b []byte) {
	if !r.started && len(b) > 0 {
		r.started = true
		if rest, ok := bytes.CutPrefix(b, bom); ok {
			r.out = append(r.out, bom...)
			b = rest
		}
	}
	for _, c := range b {
		r.sign(c)
		if len(r.cell) > block.MaxRow {
			r.err = block.ErrRowTooLong
			return
		}
	}
}

// sign takes the next byte.
func (r *reader) sign(c byte) {
	if r.escaped {
		r.unescape(c)
		return
	}
	if r.at == begin {
		if r.d.Quote != 0 && c == r.d.Quote {
			r.at, r.text = quoted, true
			return
		}
		r.at = plain
	}
	ends := c == r.d.Delimiter || c == '\n' || c == '\r'
	switch {
	case r.at == quoted && c == r.d.Quote:
		r.at = closed
	case c == '\\' && r.d.Escape == Backslash && (r.at == quoted || r.at == plain):
		r.escaped = true
	case r.at == quoted:
		r.cell = append(r.cell, c)
	case r.at == closed && c == r.d.Quote && r.d.Escape != Unescaped:
		r.cell, r.at = append(r.cell, c), quoted
	case ends:
		r.flush()
		r.out = append(r.out, c)
		r.at = begin
	case r.at == closed:
		r.flush()
		r.out = append(r.out, c)
		r.at = stray
	case r.at == stray:
		r.out = append(r.out, c)
	default:
		r.add(c)
	}
}

// add adds a sign of an unquoted cell.
func (r *reader) add(c byte) {
	if r.null {
		r.cell, r.null = append(r.cell, 'N'), false
	}
	r.cell = append(r.cell, c)
}

// unescape takes the sign behind a backslash.
func (r *reader) unescape(c byte) {
	r.escaped = false
	if c == 'N' && len(r.cell) == 0 && r.at == plain && !r.text {
		r.null, r.text = true, true
		return
	}
	switch c {
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	}
	r.text = true
	r.add(c)
}

// flush writes the cell.
func (r *reader) flush() {
	switch {
	case r.at == stray || r.null:
	case r.text || bytes.IndexByte(r.cell, '"') >= 0:
		r.open()
		r.out = append(r.out, '"')
	default:
		r.out = append(r.out, r.cell...)
	}
	r.cell, r.text, r.null = r.cell[:0], false, false
}

// open writes a quoted cell without its closing quote.
func (r *reader) open() {
	r.out = append(r.out, '"')
	for _, c := range r.cell {
		if c == '"' {
			r.out = append(r.out, '"')
		}
		r.out = append(r.out, c)
	}
}

// end writes what is left at the end of the text.
func (r *reader) end() {
	if r.escaped {
		r.escaped = false
		r.add('\\')
	}
	if r.at == quoted {
		r.open()
		return
	}
	r.flush()
}
