// Package signs counts the kinds of signs in a cell in one quick pass, by which
// most cells can be told from those that are worth a longer look.
package signs

// Counts are how many signs of some kinds a cell has, eight bits for each kind.
type Counts uint64

const (
	digit Counts = 1 << (8 * iota)
	dot
	letter  // of ASCII
	han     // a byte of a Chinese character, or of most signs beside it
	apart   // it is in no text in Base64
	at      // the sign of an e-mail address
	telling // any other sign that begins an escape, or a form that needs few digits
	from3k  // the first byte of a character from U+3000 to U+3FFF, some of which have a plain form
)

const (
	eight = 0xFF
	// Most is the length of the longest cell that is counted.
	Most = 0xFF
)

var kinds = func() (t [256]Counts) {
	for c := range t {
		switch {
		case c >= '0' && c <= '9':
			t[c] = digit
		case c|0x20 >= 'a' && c|0x20 <= 'z' && c < 0x80:
			t[c] = letter
		case c == '+', c == '/', c == '=':
		case c == '.':
			t[c] = dot | apart
		case c == '@':
			t[c] = at | apart
		case c == 0xE3:
			t[c] = han | apart | from3k
		case c > 0xE3 && c <= 0xE9, c >= 0x80 && c < 0xC0:
			t[c] = han | apart // to U+9FFF, where there is no digit
		case c < ' ', c >= 0x7F, c == '\\', c == '%', c == '&', c == ':', c == '<':
			t[c] = telling | apart
		default:
			t[c] = apart
		}
	}
	return t
}()

// Of counts the signs of a cell; ok is false for one that is too long.
func Of(cell []byte) (n Counts, ok bool) {
	if len(cell) > Most {
		return 0, false
	}
	var more Counts // two sums, so that no sign waits for the one before
	for ; len(cell) >= 4; cell = cell[4:] {
		n += kinds[cell[0]] + kinds[cell[2]]
		more += kinds[cell[1]] + kinds[cell[3]]
	}
	for _, c := range cell {
		n += kinds[c]
	}
	return n + more, true
}

// Digits is the number of digits of ASCII.
func (n Counts) Digits() int { return int(n & eight) }

// Dots is the number of dots.
func (n Counts) Dots() int { return int(n / dot & eight) }

// Letters is the number of letters of ASCII.
func (n Counts) Letters() int { return int(n / letter & eight) }

// Chinese reports whether there is a Chinese character.
func (n Counts) Chinese() bool { return n/han&eight != 0 }

// Addressed reports whether there is an @.
func (n Counts) Addressed() bool { return n/at&eight != 0 }

// Plain reports whether all signs are printable ones of ASCII, and none begins an
// escape or a form that needs few digits, apart from an @.
func (n Counts) Plain() bool { return n&(eight*telling|eight*han) == 0 }

// Clean reports whether all signs are printable ones of ASCII or characters from
// U+4000 to U+9FFF, which is nearly all Chinese text, and none begins an escape. The
// first reading of the cell is then the cell itself.
func (n Counts) Clean() bool { return n&(eight*telling|eight*from3k) == 0 }

// Telling reports whether some sign begins an escape, or a form that needs few
// digits.
func (n Counts) Telling() bool { return n/telling&eight != 0 }

// Packed reports whether all signs may be in a text in Base64.
func (n Counts) Packed() bool { return n/apart&eight == 0 }
