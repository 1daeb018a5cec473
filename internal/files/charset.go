package files

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"hutong/internal/dataspace"
)

// utf8Name is the charset that needs no decoding.
const utf8Name = "utf-8"

// charsetNames lists the values of --charset, in the order in which they are
// shown.
var charsetNames = []string{utf8Name, "gb18030", "utf-16le", "utf-16be", "big5", "windows-1252", "iso-8859-1"}

// encodings are the charsets that are decoded. The first three can be detected;
// the others look alike and must be named.
var encodings = map[string]encoding.Encoding{
	"gb18030":      simplifiedchinese.GB18030,
	"utf-16le":     unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
	"utf-16be":     unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
	"big5":         traditionalchinese.Big5,
	"windows-1252": charmap.Windows1252,
	"iso-8859-1":   charmap.ISO8859_1,
}

// charsetAliases are other names for the same or a smaller charset.
var charsetAliases = map[string]string{
	"utf8": utf8Name, "us-ascii": utf8Name, "ascii": utf8Name,
	"gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030",
	"utf16le": "utf-16le", "utf16be": "utf-16be", "utf-16": "utf-16le",
	"latin1": "iso-8859-1", "cp1252": "windows-1252", "big5-hkscs": "big5",
}

// charset returns the canonical name of a charset; empty stays empty.
func charset(name string) (string, error) {
	s := strings.ToLower(name)
	if alias, ok := charsetAliases[s]; ok {
		s = alias
	}
	if _, ok := encodings[s]; ok || s == utf8Name || s == "" {
		return s, nil
	}
	return "", &dataspace.Problem{
		Kind: dataspace.ErrInvalid, Code: "files.charset.unknown",
		Message: fmt.Sprintf("there is no charset %q", name),
		Hint:    "choose one of " + strings.Join(charsetNames, ", "),
	}
}

// decode reads r, which is in the named charset, as UTF-8. Invalid bytes become
// U+FFFD, which the readers of tables refuse.
func decode(r io.Reader, name string) io.Reader {
	if e, ok := encodings[name]; ok {
		return transform.NewReader(r, e.NewDecoder())
	}
	return r
}

// maxSniff is how far a file is searched for its first byte that is not ASCII.
const maxSniff = 16 << 20

// sniffCharset detects the charset of a text from a mark at its beginning or
// from the first block that is not plain ASCII.
func sniffCharset(r io.ReaderAt, size int64, name string) (string, error) {
	block := make([]byte, 64<<10)
	for at := int64(0); at < min(size, maxSniff); {
		n, err := r.ReadAt(block, at)
		if n == 0 {
			return "", ioProblem("read", name, err)
		}
		head := block[:n]
		if at == 0 {
			if cs := byMark(head); cs != "" {
				return cs, nil
			}
		}
		if k := bytes.IndexFunc(head, func(r rune) bool { return r >= utf8.RuneSelf || r == 0 }); k >= 0 {
			return byContent(head, k, name)
		}
		at += int64(n)
	}
	return utf8Name, nil
}

// byMark detects byte order marks.
func byMark(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		return utf8Name
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		return "utf-16le"
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return "utf-16be"
	case bytes.HasPrefix(head, []byte{0x84, 0x31, 0x95, 0x33}):
		return "gb18030"
	}
	return ""
}

// byContent detects the charset of a block whose first byte that is not ASCII
// (or is zero) is at k.
func byContent(head []byte, k int, name string) (string, error) {
	var zeros [2]int // at even and odd positions
	for i, c := range head {
		if c == 0 {
			zeros[i&1]++
		}
	}
	switch {
	case zeros[1] > 8*zeros[0] && zeros[1] > len(head)/64:
		return "utf-16le", nil
	case zeros[0] > 8*zeros[1] && zeros[0] > len(head)/64:
		return "utf-16be", nil
	case zeros[0]+zeros[1] > 0:
		return "", &dataspace.Problem{
			Kind: dataspace.ErrInvalid, Code: "files.format.binary", Place: name,
			Message: "the file is not text and of no known format",
			Hint:    "export the table as CSV, JSONL or Parquet",
		}
	}
	// Everything before k is ASCII, so the block from k on begins with a whole
	// character. It may end inside one.
	if validUTF8(head[k:]) {
		return utf8Name, nil
	}
	if chinese(head[k:]) {
		return "gb18030", nil
	}
	return "", &dataspace.Problem{
		Kind: dataspace.ErrInvalid, Code: "files.charset.sniff", Place: name,
		Message: "the text is neither UTF-8 nor GB18030",
		Hint:    "name its charset with --charset: " + strings.Join(charsetNames, ", "),
	}
}

// validUTF8 accepts a character that the end of the block cuts off.
func validUTF8(b []byte) bool {
	for cut := 0; cut < utf8.UTFMax && cut < len(b); cut++ {
		if c := b[len(b)-1-cut]; utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-1-cut:]) {
				b = b[:len(b)-1-cut]
			}
			break
		}
	}
	return utf8.Valid(b)
}

// chinese reports whether b is GB18030 and at least four fifths of its
// characters are common Chinese (the two-byte codes of GB 2312). Text in Big5
// and other charsets is often valid GB18030 too, but then has rare characters.
func chinese(b []byte) bool {
	everyday, other := 0, 0
	for i := 0; i < len(b); {
		n := 1
		switch lead := b[i]; {
		case lead < 0x80:
		case i+1 >= len(b):
			i = len(b)
			continue
		case lead == 0x80 || lead == 0xFF:
			return false
		case b[i+1] >= 0x30 && b[i+1] <= 0x39: // four bytes
			if i+3 >= len(b) {
				i = len(b)
				continue
			}
			if c, d := b[i+2], b[i+3]; c < 0x81 || c == 0xFF || d < 0x30 || d > 0x39 {
				return false
			}
			n = 4
			other++
		case b[i+1] < 0x40 || b[i+1] == 0x7F || b[i+1] == 0xFF:
			return false
		default:
			n = 2
			if lead >= 0xA1 && lead <= 0xF7 && b[i+1] >= 0xA1 {
				everyday++
			} else {
				other++
			}
		}
		i += n
	}
	return everyday >= 4*other
}
