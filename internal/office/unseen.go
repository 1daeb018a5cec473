package office

import (
	"fmt"
	"strings"
	"unicode"

	"hutong/internal/dataspace"
)

// Unseen finds the first character of a text that no reader sees, or that
// changes the order in which a reader sees others: a control of writing
// direction, a zero-width character, a control code. A document with one can show
// something else than what it contains.
func Unseen(text string) (rune, bool) {
	for _, r := range text {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp), fillers[r], r&0xfffe == 0xfffe:
			return r, true
		}
	}
	return 0, false
}

// fillers are letters and marks without a form of their own.
var fillers = map[rune]bool{0x034f: true, 0x115f: true, 0x1160: true, 0x17b4: true, 0x17b5: true, 0x3164: true, 0xffa0: true}

// reorders reports whether r changes the direction of the text after it.
func reorders(r rune) bool { return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 }

// Refuse is the error for an unseen character at a place; nil if the text has none.
func Refuse(place, text string) error {
	r, there := Unseen(text)
	if !there {
		return nil
	}
	return unseenAt(place, r)
}

func unseenAt(place string, r rune) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "document.unseen", Place: place,
		Message: fmt.Sprintf("has the character U+%04X, which no reader sees or which reorders the text", r), Hint: "type the text anew without it"}
}

// clean refuses parts that we wrote if they have an unseen character. It is the
// last look at a document: whatever the source of a text, it stands here.
func clean(parts []part) error {
	for _, p := range parts {
		if r, there := Unseen(p.data); there {
			return unseenAt(p.name, r)
		}
	}
	return nil
}

// cleanForm refuses a form of somebody else that reorders its text. Other unseen
// characters are left as they are: they come into a document when it is copied
// from a web page, and do no harm there.
func cleanForm(parts []part) error {
	for _, p := range parts {
		if !isText(p.name) {
			continue
		}
		if i := strings.IndexFunc(p.data, reorders); i >= 0 {
			for _, r := range p.data[i:] {
				return unseenAt(p.name, r)
			}
		}
	}
	return nil
}
