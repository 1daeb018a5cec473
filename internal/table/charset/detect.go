package charset

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/transform"
)

// Result is what Detect found.
type Result struct {
	Name string // empty: none is sure
	// Candidates are those that a text could be in, most probable first, where
	// none is sure.
	Candidates []string
	Binary     bool // the bytes are no text
}

// Marked detects byte order marks; empty without one.
func Marked(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		return UTF8
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		return "utf-16le"
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return "utf-16be"
	case bytes.HasPrefix(head, []byte{0x84, 0x31, 0x95, 0x33}):
		return "gb18030"
	}
	return ""
}

// Detect finds the charset of a block of text. Without end, the text goes on
// after it, and a character may be cut off. Text in ASCII is UTF-8.
func Detect(block []byte, end bool) Result {
	var zeros [2]int // at even and odd positions
	for i, c := range block {
		if c == 0 {
			zeros[i&1]++
		}
	}
	switch {
	case zeros[1] > 8*zeros[0] && wide(block, zeros[1], "utf-16le"):
		return Result{Name: "utf-16le"}
	case zeros[0] > 8*zeros[1] && wide(block, zeros[0], "utf-16be"):
		return Result{Name: "utf-16be"}
	case zeros[0]+zeros[1] > 0:
		return Result{Binary: true}
	}
	if bytes.Contains(block, []byte("\x1b$B")) || bytes.Contains(block, []byte("\x1b$@")) {
		return Result{Name: "iso-2022-jp"}
	}
	if utf8.Valid(block) || !end && validUTF8(block) {
		return Result{Name: UTF8}
	}
	return compare(block, end)
}

// wide reports whether a block with zeros is text of two bytes a character. A
// zero here and there in a text of one byte is none: there, nearly every other
// byte of two ASCII letters would have to be zero.
func wide(block []byte, zeros int, name string) bool {
	if zeros <= len(block)/64 {
		return false
	}
	if zeros < len(block)*2/5 && bytes.IndexFunc(block, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		return false
	}
	_, ok := read(block[:len(block)&^1], name, true)
	return ok
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

// model is what texts of some languages look like in a charset. Bits are in
// eighths.
type model struct {
	charset string
	// bits says for each class of units how many bits one takes: few for a
	// frequent one.
	bits [256]uint8
	// common are the most frequent characters, which take commonBits.
	common string
	// usual is what a unit takes in the texts from which bits was made.
	usual int
}

const (
	bit = 8
	// margin is how much less the best charset must take than the next one:
	// then the next one is a thousand times less probable.
	margin = 10 * bit
	// astray is how much more than usual a unit may take. More means that the
	// text is in none of the languages of the model.
	astray = 5 * bit / 2
	// few units say little about what is usual.
	few = 12
	// commonBits is what one of the common characters takes, and otherBits what
	// any other takes beside its class.
	commonBits = 19 * bit / 2
	otherBits  = 3 * bit / 2
)

// pairs are the common characters of a model as their two bytes.
func (m *model) pairs() map[[2]byte]bool {
	out := map[[2]byte]bool{}
	encoded, _ := encodings[m.charset].NewEncoder().String(m.common) // a test encodes each
	for at := 0; at+1 < len(encoded); at += 2 {
		out[[2]byte{encoded[at], encoded[at+1]}] = true
	}
	return out
}

// compare finds the model under which the block is most probable.
func compare(block []byte, end bool) Result {
	type scored struct {
		*model
		bits int
		text string
	}
	var list []scored
	text, readable := "", false
	for i := range models {
		m := &models[i]
		if i == 0 || m.charset != models[i-1].charset {
			text, readable = read(block, m.charset, end)
		}
		if !readable {
			continue
		}
		total, high, n, ok := m.measure(block, end)
		if !ok || n > few && high > n*(m.usual+astray) {
			continue
		}
		list = append(list, scored{m, total, text})
	}
	if len(list) == 0 {
		return Result{}
	}
	slices.SortStableFunc(list, func(a, b scored) int { return a.bits - b.bits })
	best := list[0]
	var r Result
	for _, s := range list {
		if s.bits-best.bits < margin && s.text != best.text && !slices.Contains(r.Candidates, s.charset) {
			r.Candidates = append(r.Candidates, s.charset)
		}
	}
	if len(r.Candidates) == 0 {
		return Result{Name: best.charset}
	}
	r.Candidates = append([]string{best.charset}, r.Candidates...)
	return r
}

// read decodes the block and reports whether it is text.
func read(block []byte, name string, end bool) (string, bool) {
	out, _, err := transform.String(encodings[name].NewDecoder(), string(block))
	if err != nil {
		return "", false
	}
	if !end { // the last character may be cut off
		out = strings.TrimRight(out, string(utf8.RuneError))
	}
	for i, r := range out {
		mark := i == 0 && r == '\uFEFF'
		if r == utf8.RuneError || !unicode.IsGraphic(r) && !unicode.Is(unicode.Cf, r) && r != '\t' && r != '\n' && r != '\r' && !mark {
			return "", false
		}
	}
	return out, true
}

// measure adds up the bits that the block takes, and those of its n units
// beyond ASCII without where they stand.
func (m *model) measure(block []byte, end bool) (total, high, n int, ok bool) {
	const (
		letter = 6 * bit      // of ASCII
		trail  = 13 * bit / 2 // one of some ninety
	)
	s := scripts[m.charset]
	// step is what it takes to go from ASCII or another character to one of the
	// two.
	step := [2][2]int{{bit / 8, 27}, {19, 3}}
	if s.accents {
		step = [2][2]int{{0, 37}, {1, 45}}
	}
	common := m.pairs()
	total, before := s.rare*bit, 0
	for i := 0; i < len(block); {
		size, class := s.units(block[i:])
		switch {
		case size == 0 && !end && len(block)-i < 4:
			return total, high, n, true // cut off
		case size == 0:
			return 0, 0, 0, false
		case block[i] < utf8.RuneSelf:
			total += letter + step[before][0]
			before = 0
		default:
			bits := int(m.bits[class]) + (size-1)*trail
			switch {
			case len(common) == 0:
			case size == 2 && common[[2]byte(block[i:])]:
				bits = commonBits
			default:
				bits += otherBits
			}
			total += bits + step[before][1]
			high += bits
			n++
			before = 1
		}
		i += size
	}
	return total, high, n, true
}

// units returns how many bytes the next character takes, 0 where it is not
// valid or cut off, and its class if it is beyond ASCII.
type units func(b []byte) (size int, class byte)

func single(b []byte) (int, byte) { return 1, b[0] }

// double are characters of a byte from 0x81 on and another one.
func double(b []byte) (int, byte) {
	switch {
	case b[0] < 0x80:
		return 1, 0
	case len(b) < 2:
		return 0, 0
	case b[0] == 0x80 || b[0] == 0xFF || b[1] < 0x40 || b[1] == 0x7F || b[1] == 0xFF:
		return 0, 0
	}
	return 2, class(b[0], b[1])
}

// class is the first byte of a character, and whether the second is in the part
// that the older charsets used.
func class(lead, second byte) byte {
	if second >= 0xA1 {
		return lead
	}
	return lead - 0x80
}

func gb18030(b []byte) (int, byte) {
	if b[0] >= 0x81 && len(b) >= 2 && b[1] >= '0' && b[1] <= '9' {
		if len(b) < 4 || b[2] < 0x81 || b[3] < '0' || b[3] > '9' {
			return 0, 0
		}
		return 4, 0
	}
	return double(b)
}

func shiftJIS(b []byte) (int, byte) {
	switch c := b[0]; {
	case c < 0x80, c >= 0xA1 && c <= 0xDF:
		return 1, c
	case len(b) < 2:
		return 0, 0
	case c == 0x80 || c == 0xA0 || c > 0xFC || b[1] < 0x40 || b[1] == 0x7F || b[1] > 0xFC:
		return 0, 0
	}
	return 2, class(b[0], b[1])
}

func eucKana(b []byte) (int, byte) {
	switch c := b[0]; {
	case c < 0x80:
		return 1, 0
	case len(b) < 2:
		return 0, 0
	case c == 0x8F:
		if len(b) < 3 {
			return 0, 0
		}
		return 3, c
	case b[1] < 0xA1 || c != 0x8E && c < 0xA1:
		return 0, 0
	}
	return 2, class(b[0], b[1])
}
