// Package charset knows the charsets of texts: their names, how they are
// decoded, and which of them a text is in.
//
// Several charsets can read the same bytes. Detect compares how probable the
// bytes are as a text of each; if two are close, it names them and decides
// nothing.
package charset

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"hutong/internal/dataspace"
)

// UTF8 is the charset that needs no decoding.
const UTF8 = "utf-8"

// encodings are the charsets that are decoded.
var encodings = map[string]encoding.Encoding{
	"gb18030":      simplifiedchinese.GB18030,
	"big5":         traditionalchinese.Big5,
	"shift_jis":    japanese.ShiftJIS,
	"euc-jp":       japanese.EUCJP,
	"iso-2022-jp":  japanese.ISO2022JP,
	"euc-kr":       korean.EUCKR,
	"utf-16le":     unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
	"utf-16be":     unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
	"windows-1250": charmap.Windows1250,
	"windows-1251": charmap.Windows1251,
	"windows-1252": charmap.Windows1252,
	"windows-1253": charmap.Windows1253,
	"windows-1254": charmap.Windows1254,
	"windows-1255": charmap.Windows1255,
	"windows-1256": charmap.Windows1256,
	"windows-1257": charmap.Windows1257,
	"windows-1258": charmap.Windows1258,
	"windows-874":  charmap.Windows874,
	"iso-8859-1":   charmap.ISO8859_1,
	"iso-8859-2":   charmap.ISO8859_2,
	"iso-8859-15":  charmap.ISO8859_15,
	"koi8-r":       charmap.KOI8R,
	"macintosh":    charmap.Macintosh,
	"ibm437":       charmap.CodePage437,
	"ibm850":       charmap.CodePage850,
}

// aliases are other names for the same or a smaller charset.
var aliases = map[string]string{
	"utf8": UTF8, "us-ascii": UTF8, "ascii": UTF8,
	"gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030",
	"utf16le": "utf-16le", "utf16be": "utf-16be", "utf-16": "utf-16le",
	"big5-hkscs": "big5", "cp950": "big5",
	"sjis": "shift_jis", "shift-jis": "shift_jis", "cp932": "shift_jis", "windows-31j": "shift_jis", "eucjp": "euc-jp",
	"euckr": "euc-kr", "cp949": "euc-kr", "uhc": "euc-kr", "ks_c_5601-1987": "euc-kr",
	"latin1": "iso-8859-1", "latin2": "iso-8859-2", "latin9": "iso-8859-15", "tis-620": "windows-874",
	"cp1250": "windows-1250", "cp1251": "windows-1251", "cp1252": "windows-1252", "cp1253": "windows-1253", "cp1254": "windows-1254",
	"cp1255": "windows-1255", "cp1256": "windows-1256", "cp1257": "windows-1257", "cp1258": "windows-1258",
	"cp437": "ibm437", "cp850": "ibm850", "mac": "macintosh",
}

// Names lists the charsets, in the order of the alphabet.
func Names() []string {
	names := []string{UTF8}
	for name := range encodings {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Named returns the canonical name of a charset; empty stays empty.
func Named(name string) (string, error) {
	s := strings.ToLower(name)
	if alias, ok := aliases[s]; ok {
		s = alias
	}
	if _, ok := encodings[s]; ok || s == UTF8 || s == "" {
		return s, nil
	}
	return "", &dataspace.Problem{
		Kind: dataspace.ErrInvalid, Code: "files.charset.unknown",
		Message: fmt.Sprintf("there is no charset %q", name),
		Hint:    "choose one of " + strings.Join(Names(), ", "),
	}
}

// Decode reads r, which is in the named charset, as UTF-8. Invalid bytes become
// U+FFFD, which the readers of tables refuse.
func Decode(r io.Reader, name string) io.Reader {
	if e, ok := encodings[name]; ok {
		return transform.NewReader(r, e.NewDecoder())
	}
	return r
}

// Encode writes text in the named charset; an error if it has a character that
// the charset does not have.
func Encode(name, text string) ([]byte, error) {
	e, ok := encodings[name]
	if !ok {
		return []byte(text), nil
	}
	out, err := e.NewEncoder().Bytes([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("encode as %s: %w", name, err)
	}
	return out, nil
}
