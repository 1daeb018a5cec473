package dataspace

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"github.com/gowebpki/jcs"
)

// IsCanonical reports whether data is RFC 8785 JSON: whether encoding again what
// it says gives the same bytes. It reads the data once and makes nothing of it.
func IsCanonical(data []byte) bool {
	if !utf8.Valid(data) {
		return false
	}
	s := canonicalReader{data: data}
	return s.value(0) && s.at == len(data)
}

// deepest is how many lists and objects may be within each other, as in
// encoding/json.
const deepest = 10_000

// canonicalReader reads canonical JSON. Its methods read one part each and report
// whether it was there.
type canonicalReader struct {
	data []byte
	at   int
}

func (s *canonicalReader) take(c byte) bool {
	if s.at < len(s.data) && s.data[s.at] == c {
		s.at++
		return true
	}
	return false
}

func (s *canonicalReader) word(w string) bool {
	if bytes.HasPrefix(s.data[s.at:], []byte(w)) {
		s.at += len(w)
		return true
	}
	return false
}

func (s *canonicalReader) value(depth int) bool {
	if s.at == len(s.data) || depth > deepest {
		return false
	}
	switch s.data[s.at] {
	case '{':
		return s.object(depth)
	case '[':
		return s.list(depth)
	case '"':
		return s.text()
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	case 'n':
		return s.word("null")
	}
	return s.number()
}

func (s *canonicalReader) list(depth int) bool {
	s.at++
	if s.take(']') {
		return true
	}
	for s.value(depth + 1) {
		if s.take(']') {
			return true
		}
		if !s.take(',') {
			return false
		}
	}
	return false
}

func (s *canonicalReader) object(depth int) bool {
	s.at++
	if s.take('}') {
		return true
	}
	var last []byte // the name before, with quotes
	for {
		begin := s.at
		if !s.text() {
			return false
		}
		name := s.data[begin:s.at]
		if last != nil && !inOrder(last, name) {
			return false
		}
		last = name
		if !s.take(':') || !s.value(depth+1) {
			return false
		}
		if s.take('}') {
			return true
		}
		if !s.take(',') {
			return false
		}
	}
}

// inOrder reports whether one name, as it is written, comes before another.
func inOrder(a, b []byte) bool {
	a, b = a[1:len(a)-1], b[1:len(b)-1]
	if bytes.IndexByte(a, '\\') < 0 && bytes.IndexByte(b, '\\') < 0 {
		return compareNames(string(a), string(b)) < 0
	}
	return compareNames(unescaped(a), unescaped(b)) < 0
}

// unescaped is the text that canonical JSON has between quotes.
func unescaped(written []byte) (text string) {
	_ = json.Unmarshal(bytes.Join([][]byte{{'"'}, written, {'"'}}, nil), &text) // it was read before
	return text
}

// text reads a string in which only those characters are escaped that must be, in
// their shortest form.
func (s *canonicalReader) text() bool {
	if !s.take('"') {
		return false
	}
	for ; s.at < len(s.data); s.at++ {
		switch c := s.data[s.at]; {
		case c == '"':
			s.at++
			return true
		case c < ' ':
			return false
		case c == '\\' && !s.escape():
			return false
		}
	}
	return false
}

// escape reads an escape up to its last byte.
func (s *canonicalReader) escape() bool {
	rest := s.data[s.at+1:]
	switch {
	case len(rest) == 0:
		return false
	case bytes.IndexByte([]byte(`"\bfnrt`), rest[0]) >= 0:
		s.at++
		return true
	case len(rest) < 5 || !bytes.HasPrefix(rest, []byte("u00")):
		return false
	}
	n, err := strconv.ParseUint(string(rest[3:5]), 16, 8)
	if err != nil || n >= ' ' || hexDigits[n&15] != rest[4] || bytes.IndexByte([]byte("\b\f\n\r\t"), byte(n)) >= 0 {
		return false
	}
	s.at += 5
	return true
}

// number reads a number as JavaScript writes it.
func (s *canonicalReader) number() bool {
	end := s.at
	for end < len(s.data) && (s.data[end] >= '0' && s.data[end] <= '9' || bytes.IndexByte([]byte("+-.eE"), s.data[end]) >= 0) {
		end++
	}
	written := string(s.data[s.at:end])
	s.at = end
	if n, err := strconv.Atoi(written); err == nil && n < exact && n > -exact {
		return strconv.Itoa(n) == written
	}
	f, err := strconv.ParseFloat(written, 64)
	if err != nil {
		return false
	}
	text, err := jcs.NumberToJSON(f)
	return err == nil && text == written
}
