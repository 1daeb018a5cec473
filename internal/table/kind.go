package table

import "strconv"

// Kind is the type a source declares for a column. Text formats declare none.
// Beside what its values are, it can say how their format stored them, so that
// a writer of a typed format can write the same type.
type Kind uint32

// The kinds. Cells are always bytes in their textual form; the kind tells a
// writer of a typed format their original type.
const (
	Unknown Kind = iota // CSV: nothing is declared
	String
	Integer
	Number
	Boolean
	Date      // 2006-01-02
	Timestamp // RFC 3339
	Binary    // standard base64
	JSON      // a JSON array or object, as its text
)

// Form is how a format stored the values of a kind.
type Form uint8

// The forms, with the kinds they belong to and their numbers.
const (
	Plain    Form = iota // what a writer uses for the kind
	Decimal              // Number or String; digits in all, digits after the point
	Signed               // Integer; bits
	Unsigned             // Integer; bits
	Single               // Number of 32 bits
	Instant              // Timestamp; digits of the second
	Local                // String: date and time of no zone; digits of the second
	Clock                // String: time of day; digits of the second, 1 in UTC
	Julian               // Timestamp of 96 bits
	UUID                 // String
	Fixed                // Binary; bytes
)

// In returns the kind with the form in which its values are stored.
func (k Kind) In(f Form, numbers ...uint8) Kind {
	k = k.Base() | Kind(f)<<8
	for i, n := range numbers {
		k |= Kind(n) << (16 + 8*i)
	}
	return k
}

// Base is the kind without its form.
func (k Kind) Base() Kind { return k & 0xFF }

// Form returns the form and its two numbers.
func (k Kind) Form() (f Form, first, second int) {
	return Form(k >> 8), int(k >> 16 & 0xFF), int(k >> 24)
}

// String describes the kind for errors.
func (k Kind) String() string {
	names := [...]string{"unknown", "string", "integer", "number", "boolean", "date", "timestamp", "binary", "json"}
	s := "kind " + strconv.Itoa(int(k.Base()))
	if int(k.Base()) < len(names) {
		s = names[k.Base()]
	}
	if f, a, b := k.Form(); f != Plain {
		s += " (form " + strconv.Itoa(int(f)) + ": " + strconv.Itoa(a) + ", " + strconv.Itoa(b) + ")"
	}
	return s
}
