// Package look finds what proves itself in a cell: identifiers with a check
// digit, a calendar or a form of their own. The profile and the guard of the
// output both look with it, so that neither sees what the other does not.
package look

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/zeebo/xxh3"

	"hutong/internal/chance"
	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/reading"
	"hutong/internal/signs"
)

// Hit is a kind of finding: an element, in a value of some shape.
type Hit struct {
	Element dataspace.ElementID
	// Shape is that of a bare run of letters and digits, or of two groups with a
	// dash, which can pass a check by chance. It is the zero value for a value with a form of its own, such as
	// an e-mail address, or a card number in groups of four.
	Shape chance.Shape
	Whole bool // the value is the whole cell
}

// Form is the name of the shape of a value with a form of its own.
const Form = "form"

// ShapeName writes the shape for a profile.
func (h Hit) ShapeName() string {
	if name := h.Shape.String(); name != "" {
		return name
	}
	return Form
}

// Looker looks at cells. Use one per goroutine.
type Looker struct {
	scanner *element.Scanner
	reader  reading.Reader
	see     func(text []byte)
	report  func(id dataspace.ElementID, start, end int)
	text    []byte
	number  [2 * maxNumber]byte
	quiet   bool // no element of a pack is looked for
	found   func(h Hit, value []byte)
}

// maxNumber is the length of the longest number in groups.
const maxNumber = 64

// New makes a looker for some elements. It ignores those that no value proves.
// tried, if it is not nil, is called for each run of letters and digits that
// could be a value.
func New(t *element.Taxonomy, want []dataspace.ElementID, tried func(shape chance.Shape, run []byte)) *Looker {
	l := &Looker{scanner: t.NewScanner(want)}
	l.quiet = l.scanner.BuiltinOnly()
	if tried != nil {
		var last signs.Form // its shape does not depend on which digits a run has
		var shape chance.Shape
		l.scanner.Tried = func(run []byte) {
			form, formed := signs.FormOf(run)
			ok := formed && form == last
			if !ok {
				if shape, ok = chance.ShapeOf(run); ok {
					last = form
				} else {
					last = signs.Form{}
				}
			}
			if ok {
				tried(shape, run)
			}
		}
	}
	l.report = l.hit
	l.see = func(text []byte) {
		l.text = text
		l.scanner.Scan(text, l.report)
	}
	return l
}

// Cell calls found for what each reading of a cell proves. The value is valid
// until found returns. One value can come several times.
func (l *Looker) Cell(cell []byte, found func(h Hit, value []byte)) {
	n, counted := signs.Of(cell)
	l.Counted(cell, n, counted, found)
}

// Counted does what Cell does, for a cell whose signs were counted before.
func (l *Looker) Counted(cell []byte, n signs.Counts, counted bool, found func(h Hit, value []byte)) {
	if counted && l.quiet && proveNothing(cell, n) {
		return
	}
	l.found = found
	if !counted || !n.Clean() {
		l.reader.Each(cell, l.see)
		return
	}
	l.text = cell
	if n.Chinese() { // then it is no number in another notation, and no Base64
		l.scanner.ScanPlain(cell, n.Digits() > 0, n.Addressed(), l.report)
		return
	}
	if digits := n.Digits(); digits > 0 && digits+n.Letters() == len(cell) {
		l.scanner.ScanRun(cell, l.report)
	} else {
		l.scanner.ScanPlain(cell, digits > 0, n.Addressed(), l.report)
	}
	if n.Letters() <= 1 && beginsNumber[cell[0]] || n.Packed() && len(cell) >= shortestBase64 {
		l.reader.Others(cell, l.see)
	}
}

// beginsNumber has the signs with which a number in another notation can begin, apart
// from a plus: it is read as it is.
var beginsNumber = func() (t [256]bool) {
	for c := range t {
		t[c] = c|0x20 == 'e' || c|0x20 == 'x' || !(c == '+' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z')
	}
	return t
}()

func (l *Looker) hit(id dataspace.ElementID, start, end int) {
	value := l.text[start:end]
	h := Hit{Element: id, Whole: start == 0 && end == len(l.text)}
	shape, ok := chance.Shape{}, false
	if (isRun(value) || dashed(h.Element)) && !l.scanner.Labelled && !(id == "imo_number" && len(value) == labelled) {
		shape, ok = chance.ShapeOf(value)
	}
	if ok {
		h.Shape = shape
	} else if h.Whole && value[0] != '+' && value[0] < 'A' { // words and international numbers have no other notation
		if n, ok := reading.Number(l.number[:], value); ok && l.scanner.Whole(n) == id {
			return // the reading as a plain number is looked at too
		}
	}
	l.found(h, value)
}

// dashed reports whether the numbers of an element may have a dash, and pass
// their check by chance nevertheless.
func dashed(id dataspace.ElementID) bool { return id == "kr_jp_id" || id == "eu_uk_national_id" }

// labelled is the length of the number of a ship, which proves it only after its
// label: "IMO 9074729".
const labelled = 7

func isRun(b []byte) bool {
	for _, c := range b {
		if !(c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z') {
			return false
		}
	}
	return true
}

// Proves reports whether a run of letters and digits proves the element.
func (l *Looker) Proves(id dataspace.ElementID, run []byte) bool { return l.scanner.Whole(run) == id }

// Same reports whether an element inside a column only repeats what the column
// is. A mobile number is also a number of a telephone in any country.
func Same(column, inside dataspace.ElementID) bool {
	phone := func(id dataspace.ElementID) bool { return id == "mobile_cn" || id == "phone_intl" }
	return column == inside || phone(column) && phone(inside)
}

// Hash is a hash of a value for a chance.Set.
func Hash(value []byte, seed uint64) uint64 { return xxh3.HashSeed(value, seed) }

// Seed makes the seed for hashes of values. It is the same for each run with a key,
// so that the report is too, and nobody who does not know the key can choose values
// for their hashes.
func Seed(key []byte) uint64 {
	sum := sha256.Sum256(append([]byte("profile values\x00"), key...))
	return binary.BigEndian.Uint64(sum[:])
}

// Hashed is a value with its hash. Most of what proves itself is a whole value.
type Hashed struct {
	Value []byte
	Of    uint64
}

// Hash is the hash of a part of the value, or of another one.
func (h *Hashed) Hash(part []byte, seed uint64) uint64 {
	if len(part) == len(h.Value) && &part[0] == &h.Value[0] {
		return h.Of
	}
	return Hash(part, seed)
}
