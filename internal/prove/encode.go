package prove

import (
	"encoding/json"
	"unicode/utf8"
)

// The encoders here write the same bytes as dataspace.CanonicalJSON, about ten
// times as fast: most of the work of verification is to encode again what was
// read. A test compares the two.

// appendString appends s in the string form of RFC 8785. Bytes that are not
// UTF-8 become U+FFFD, as in encoding/json, so the result never equals its
// source.
func appendString[S ~string](b []byte, s S) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\t':
			b = append(b, '\\', 't')
		case c == '\r':
			b = append(b, '\\', 'r')
		case c == '\b':
			b = append(b, '\\', 'b')
		case c == '\f':
			b = append(b, '\\', 'f')
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		case c < utf8.RuneSelf:
			b = append(b, c)
		default:
			r, n := utf8.DecodeRuneInString(string(s[i:min(len(s), i+utf8.UTFMax)]))
			b = utf8.AppendRune(b, r)
			i += n - 1
		}
	}
	return append(b, '"')
}

// appendMap appends a map with keys in ASCII, in their order.
func appendMap[K ~string, V any](b []byte, m map[K]V, value func([]byte, V) []byte) []byte {
	if m == nil {
		return append(b, "null"...)
	}
	plain := make(map[string]V, len(m))
	for k, v := range m {
		plain[string(k)] = v
	}
	b = append(b, '{')
	for i, k := range names(plain) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, k), ':')
		b = value(b, plain[k])
	}
	return append(b, '}')
}

func appendText(b []byte, m interface{ MarshalText() ([]byte, error) }) []byte {
	text, _ := m.MarshalText() // of fixed-size bytes: cannot fail
	return appendString(b, string(text))
}

func (e WaybillEntry) append(b []byte) []byte {
	b = appendString(append(b, `{"entry":`...), e.Entry)
	b = appendMap(append(b, `,"openings":`...), e.Openings, func(b []byte, o Opening) []byte {
		b = appendString(append(b, `{"digest":`...), o.Digest)
		b = appendText(append(b, `,"salt":`...), o.Salt)
		return append(b, '}')
	})
	b = appendString(append(b, `,"proof":`...), e.Proof)
	return append(b, '}')
}

// append encodes the waybill. It writes documents unchanged: the writer of the
// log ensures that they are canonical, and their digests prove that they are
// unchanged.
func (w Waybill) append(b []byte) []byte {
	b = appendMap(append(b, `{"documents":`...), w.Documents, func(b []byte, d json.RawMessage) []byte { return append(b, d...) })
	b = append(b, `,"entries":`...)
	if w.Entries == nil {
		b = append(b, "null"...)
	} else {
		b = append(b, '[')
		for i, e := range w.Entries {
			if i > 0 {
				b = append(b, ',')
			}
			b = e.append(b)
		}
		b = append(b, ']')
	}
	b = appendString(append(b, `,"flow":`...), w.Flow)
	b = appendString(append(b, `,"format":`...), w.Format)
	b = appendString(append(b, `,"gateway":`...), w.Gateway)
	b = appendString(append(b, `,"role":`...), w.Role)
	return append(b, '}')
}
