package signs

import "encoding/binary"

// Form is a cell without its digits: two cells have one form if they differ only in
// which digits they have. The zero value is the form of no cell.
type Form struct {
	first, last uint64 // the first and last bytes, without their digits
	length      uint64
}

// The lengths of cells that have a form.
const (
	shortestForm = 4
	longestForm  = 16
)

// Length is the length of the cells of the form.
func (f Form) Length() int { return int(f.length) }

// FormOf is the form of a cell; ok is false for one that is too short or too long.
func FormOf(cell []byte) (f Form, ok bool) {
	n := len(cell)
	if n > longestForm || n < shortestForm {
		return f, false
	}
	if n >= 8 {
		f.first, f.last = withoutDigits(binary.LittleEndian.Uint64(cell)), withoutDigits(binary.LittleEndian.Uint64(cell[n-8:]))
	} else {
		f.first = withoutDigits(uint64(binary.LittleEndian.Uint32(cell)) | uint64(binary.LittleEndian.Uint32(cell[n-4:]))<<32)
	}
	f.length = uint64(n)
	return f, true
}

// withoutDigits has 0 for each of eight bytes that is a digit, and another byte for
// each other one.
func withoutDigits(word uint64) uint64 {
	const (
		ones  = 0x0101010101010101
		highs = ones << 7
	)
	x := word ^ '0'*ones                               // a digit is below 10 now
	other := ((x&^highs + (0x80-10)*ones) | x) & highs // so it has no high bit in this sum
	return x & ((other - other>>7) | other)
}
