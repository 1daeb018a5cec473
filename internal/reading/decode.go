package reading

import (
	"bytes"
	"encoding/base64"
	"html"
	"unicode/utf16"
	"unicode/utf8"
)

// decode appends text after one layer of escapes: those of JSON and of
// programs, of URLs, and of HTML. It reports whether there was one.
func decode(dst, text []byte) (out []byte, changed bool) {
	for i := 0; i < len(text); {
		n := 0
		switch text[i] {
		case '\\':
			dst, n = backslash(dst, text[i:])
		case '%':
			dst, n = percent(dst, text[i:])
		case '&':
			dst, n = entity(dst, text[i:])
		}
		if n == 0 {
			dst = append(dst, text[i])
			i++
			continue
		}
		changed = true
		i += n
	}
	return dst, changed
}

// backslash appends the character of an escape at the beginning of b, and
// returns its length; 0 if there is none.
func backslash(dst, b []byte) ([]byte, int) {
	if len(b) < 2 {
		return dst, 0
	}
	switch c := b[1]; c {
	case 'u':
		return unicodeEscape(dst, b)
	case 'x':
		if v, ok := hex(b, 2, 2); ok {
			return appendCode(dst, v), 4
		}
	case 'n', 't', 'r', 'b', 'f', 'v':
		return append(dst, ' '), 2
	case '"', '\'', '\\', '/':
		return append(dst, c), 2
	}
	return dst, 0
}

func unicodeEscape(dst, b []byte) ([]byte, int) {
	v, ok := hex(b, 2, 4)
	if !ok {
		return dst, 0
	}
	if utf16.IsSurrogate(v) && len(b) >= 12 && b[6] == '\\' && b[7] == 'u' {
		if low, ok := hex(b, 8, 4); ok {
			if r := utf16.DecodeRune(v, low); r != utf8.RuneError {
				return utf8.AppendRune(dst, r), 12
			}
		}
	}
	return utf8.AppendRune(dst, v), 6
}

// percent decodes bytes, not characters: several together are one.
func percent(dst, b []byte) ([]byte, int) {
	v, ok := hex(b, 1, 2)
	if !ok {
		return dst, 0
	}
	return append(dst, byte(v)), 3
}

// maxEntity is the length of the longest name of an HTML entity.
const maxEntity = 33

func entity(dst, b []byte) ([]byte, int) {
	end := bytes.IndexByte(b[:min(len(b), maxEntity)], ';')
	if end < 2 {
		return dst, 0
	}
	name := string(b[:end+1])
	text := html.UnescapeString(name)
	if text == name {
		return dst, 0
	}
	return append(dst, text...), end + 1
}

func appendCode(dst []byte, v rune) []byte {
	if v < 0x80 {
		return append(dst, byte(v))
	}
	return utf8.AppendRune(dst, v)
}

// hex reads n hexadecimal digits at i.
func hex(b []byte, i, n int) (v rune, ok bool) {
	if len(b) < i+n {
		return 0, false
	}
	for _, c := range b[i : i+n] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		v = v<<4 | rune(c)
	}
	return v, true
}

// The lengths of a text in Base64: a shorter one holds no identifier.
const shortestBase64 = 12

// fromBase64 appends what a text in Base64 stands for, as bytes are written
// that are no text. ok is false if the text is none, or stands for no text: most
// words can be read as Base64 too, and give nonsense.
func fromBase64(dst, b []byte) (out []byte, ok bool) {
	if len(b) < shortestBase64 || len(b)%4 != 0 {
		return dst, false
	}
	var head [3]byte
	if n, err := base64.StdEncoding.Decode(head[:], b[:4]); err != nil || !isText(head[:n]) {
		return dst, false
	}
	out, err := base64.StdEncoding.AppendDecode(dst, b)
	return out, err == nil && isText(bytes.TrimRight(out[len(dst):], "\x00")) && utf8.Valid(out[len(dst):])
}

// isText reports whether no byte is a control sign.
func isText(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7F {
			return false
		}
	}
	return len(b) > 0
}
