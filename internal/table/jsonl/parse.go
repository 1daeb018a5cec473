package jsonl

import (
	"bytes"
	"encoding/json"
	"unicode/utf16"
	"unicode/utf8"

	"hutong/internal/table/block"
)

// kind is the kind of a value.
type kind uint8

const (
	null    kind = iota
	text         // between quotes
	literal      // number, boolean, array, object
)

// value is a value within a line: data[start:end], without the quotes of a
// text.
type value struct {
	start, end int
	kind       kind
	escaped    bool
}

// flaw is an error in a line, and its byte.
type flaw struct {
	at   int
	code string
}

// The codes of errors in a row.
const (
	codeSyntax    = "jsonl.row.syntax"
	codeObject    = "jsonl.row.object"
	codeEscape    = "jsonl.row.escape"
	codeUnknown   = "jsonl.key.unknown"
	codeDuplicate = "jsonl.key.duplicate"

	// CodeKeys is the code of a row that does not have exactly the keys that
	// were expected; its message has no key of the row.
	CodeKeys = "jsonl.row.keys"
)

// object parses the line data[i:end], which must contain one JSON object, and
// passes its members to member; a code returned by member ends the parse. Keys
// that are written as likely, in its order, are found without a scan: known is
// the number of such a key, -1 of another one, and member returns which comes next.
// data must have at least 8 bytes after end.
func object(data []byte, i, end int, likely []string, member func(known int, key, val value) (next int, code string)) *flaw {
	i = space(data, i, end)
	if i >= end || data[i] != '{' {
		return &flaw{i, codeObject}
	}
	i = space(data, i+1, end)
	if i < end && data[i] == '}' {
		return tail(data, i+1, end)
	}
	expected := 0
	for {
		known, key, next := expected, value{}, 0
		if expected < len(likely) && begins(data[i:end], likely[expected]) {
			next = i + len(likely[expected])
			key = value{start: i + 1, end: next - 1, kind: text}
		} else if known, key, next = otherKey(data, i, end); next < 0 {
			return &flaw{i, codeSyntax}
		}
		at := i
		if i = next; i >= end || data[i] != ':' {
			if i = space(data, i, end); i >= end || data[i] != ':' {
				return &flaw{i, codeSyntax}
			}
		}
		i++
		var val value
		if i < end && data[i] == '"' {
			val, next = quoted(data, i, end)
		} else {
			i = space(data, i, end)
			val, next = scan(data, i, end)
		}
		if next < 0 {
			return &flaw{i, codeSyntax}
		}
		var code string
		if expected, code = member(known, key, val); code != "" {
			return &flaw{at, code}
		}
		if i = next; i < end && data[i] == ',' && data[i+1] == '"' {
			i++
			continue
		}
		i = space(data, i, end)
		switch {
		case i < end && data[i] == ',':
			i = space(data, i+1, end)
		case i < end && data[i] == '}':
			return tail(data, i+1, end)
		default:
			return &flaw{i, codeSyntax}
		}
	}
}

// begins reports whether data begins with a key, which is not empty where there
// is one.
func begins(data []byte, key string) bool {
	return key != "" && len(data) >= len(key) && string(data[:len(key)]) == key
}

// otherKey scans a key that is not a likely one.
func otherKey(data []byte, i, end int) (known int, key value, next int) {
	key, next = quoted(data, i, end)
	return -1, key, next
}

func tail(data []byte, i, end int) *flaw {
	if i = space(data, i, end); i < end {
		return &flaw{i, codeSyntax}
	}
	return nil
}

func space(data []byte, i, end int) int {
	for i < end && (data[i] == ' ' || data[i] == '\t' || data[i] == '\r') {
		i++
	}
	return i
}

// quoted scans a string that begins with the quote at i; next is -1 when it
// is not a whole and valid one.
func quoted(data []byte, i, end int) (v value, next int) {
	if i >= end || data[i] != '"' {
		return v, -1
	}
	quote, slash := block.Repeat('"'), block.Repeat('\\')
	v = value{start: i + 1, kind: text}
	for i++; i < end; {
		w := block.Word(data, i)
		m := block.Match(w, quote) | block.Match(w, slash) | block.Below(w, 0x20)
		for ; m != 0; m &= m - 1 {
			p := i + block.First(m)
			switch c := data[p]; {
			case p >= end || c < 0x20:
				return v, -1
			case c == '"':
				v.end = p
				return v, p + 1
			case c == '\\':
				v.escaped = true
				i = p + 2 - 8
				m = 1 << 63 // the rest of the word is counted after the escape
			}
		}
		i += 8
	}
	return v, -1
}

// scan finds the value at i; next is -1 when it is not a valid one.
func scan(data []byte, i, end int) (v value, next int) {
	if i >= end {
		return v, -1
	}
	switch c := data[i]; c {
	case '"':
		return quoted(data, i, end)
	case '{', '[':
		next = nested(data, i, end)
		if next < 0 || !json.Valid(data[i:next]) {
			return v, -1
		}
	case 't', 'f', 'n':
		for _, word := range []string{"true", "false", "null"} {
			if bytes.HasPrefix(data[i:end], []byte(word)) {
				v = value{start: i, end: i + len(word), kind: literal}
				if c == 'n' {
					v.kind = null
				}
				return v, v.end
			}
		}
		return v, -1
	default:
		if next = number(data, i, end); next < 0 {
			return v, -1
		}
	}
	return value{start: i, end: next, kind: literal}, next
}

// nested finds the end of the array or object at i by counting brackets
// outside strings.
func nested(data []byte, i, end int) int {
	depth := 0
	for i < end {
		switch data[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		case '"':
			_, next := quoted(data, i, end)
			if next < 0 {
				return -1
			}
			i = next
			continue
		}
		i++
	}
	return -1
}

// number finds the end of the JSON number at i, or -1.
func number(data []byte, i, end int) int {
	digits := func() bool {
		from := i
		for i < end && data[i]-'0' < 10 {
			i++
		}
		return i > from
	}
	if i < end && data[i] == '-' {
		i++
	}
	if i < end && data[i] == '0' {
		i++
	} else if !digits() {
		return -1
	}
	if i < end && data[i] == '.' {
		if i++; !digits() {
			return -1
		}
	}
	if i < end && data[i]|0x20 == 'e' {
		if i++; i < end && (data[i] == '+' || data[i] == '-') {
			i++
		}
		if !digits() {
			return -1
		}
	}
	return i
}

// unescape resolves the escapes of s in place (the result is never longer)
// and returns the new length, or -1 when an escape is not valid or half of a
// surrogate pair, which has no UTF-8.
func unescape(s []byte) int {
	n := 0
	for i := 0; i < len(s); {
		k := bytes.IndexByte(s[i:], '\\')
		if k < 0 {
			k = len(s) - i
		}
		n += copy(s[n:], s[i:i+k])
		if i += k; i >= len(s) {
			break
		}
		if i+1 >= len(s) {
			return -1
		}
		switch c := s[i+1]; c {
		case '"', '\\', '/':
			s[n] = c
		case 'b':
			s[n] = '\b'
		case 'f':
			s[n] = '\f'
		case 'n':
			s[n] = '\n'
		case 'r':
			s[n] = '\r'
		case 't':
			s[n] = '\t'
		case 'u':
			r, used := escapedRune(s[i:])
			if used == 0 {
				return -1
			}
			n += utf8.EncodeRune(s[n:], r)
			i += used
			continue
		default:
			return -1
		}
		n++
		i += 2
	}
	return n
}

// escapedRune reads \uXXXX, or a surrogate pair of them; used is 0 when it is
// neither.
func escapedRune(s []byte) (r rune, used int) {
	r = hex4(s)
	if r < 0 {
		return 0, 0
	}
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	if len(s) < 12 {
		return 0, 0
	}
	if r = utf16.DecodeRune(r, hex4(s[6:])); r == utf8.RuneError {
		return 0, 0
	}
	return r, 12
}

func hex4(s []byte) rune {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return -1
	}
	var r rune
	for _, c := range s[2:6] {
		switch {
		case c-'0' < 10:
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}
