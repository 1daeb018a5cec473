package deliver

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"unicode/utf8"

	"hutong/internal/dataspace"
	"hutong/internal/table"
)

// keep passes the column on unchanged and shares its memory.
func (o *op) keep(in, out *table.Column, _ int) { *out = *in }

// truncate keeps the first characters. It copies no bytes; only the end of each
// value changes.
func (o *op) truncate(in, out *table.Column, rows int) {
	s := o.own(rows, 0)
	for i := range rows {
		s.end[i] = in.Start[i] + uint32(prefix(in.Cell(i), o.plan.Length))
	}
	out.Data, out.Start, out.End = in.Data, in.Start, s.end
	out.Null, out.Literal = in.Null, nil
	out.Dict, out.Codes = nil, nil
}

// prefix is the length in bytes of the first n characters.
func prefix(cell []byte, n int) int {
	if len(cell) <= n {
		return len(cell)
	}
	at := 0
	for ; n > 0 && at < len(cell); n-- {
		_, size := utf8.DecodeRune(cell[at:])
		at += size
	}
	return at
}

// mask replaces all but the first and last characters by stars.
func (o *op) mask(in, out *table.Column, rows int) {
	s := o.own(rows, 0)
	for i := range rows {
		s.start[i] = uint32(len(s.data))
		s.data = appendMasked(s.data, in.Cell(i), o.plan.First, o.plan.Last)
		s.end[i] = uint32(len(s.data))
	}
	s.publish(out, in.Null)
}

// appendMasked hides a value. If the mask would hide less than a third of a
// value, the whole value is hidden: a name of two characters would otherwise
// stay readable.
func appendMasked(dst, cell []byte, first, last int) []byte {
	n := utf8.RuneCount(cell)
	hidden := n - first - last
	if first > n || last > n || hidden*3 < n {
		first, last, hidden = 0, 0, n
	}
	head := prefix(cell, first)
	dst = append(dst, cell[:head]...)
	for range hidden {
		dst = append(dst, '*')
	}
	tail := len(cell)
	for range last {
		_, size := utf8.DecodeLastRune(cell[:tail])
		tail -= size
	}
	return append(dst, cell[tail:]...)
}

// pseudonymise replaces each value by its pseudonym.
func (o *op) pseudonymise(in, out *table.Column, rows int) {
	s := o.own(rows, rows*pseudonymLength)
	for i := range rows {
		s.start[i] = uint32(len(s.data))
		if cell := in.Cell(i); len(cell) > 0 && !in.IsNull(i) {
			s.data = o.hash.append(s.data, cell)
		}
		s.end[i] = uint32(len(s.data))
	}
	s.publish(out, in.Null)
}

// pseudonymLength is 128 bits in base32.
const pseudonymLength = 26

const alphabet = "abcdefghijklmnopqrstuvwxyz234567"

// pseudonymiser computes the pseudonyms of one column: the first 128 bits of
// HMAC-SHA256 in lower-case base32. Its key is derived from the recipient's
// secret and the element. A person therefore has one pseudonym in all columns
// and datasets of one recipient, and a different one for every other recipient.
// A column without an element gets a key derived from its name.
//
// The bytes of the value are used unchanged: "a" and "A" are two people.
type pseudonymiser struct {
	mac hash.Hash
	sum [sha256.Size]byte
}

func newPseudonymiser(secret []byte, c dataspace.ColumnPlan) *pseudonymiser {
	label := "column " + c.Name
	if c.Element != nil {
		label = "element " + string(*c.Element)
	}
	derive := hmac.New(sha256.New, secret)
	derive.Write([]byte("hutong pseudonym 1 " + label))
	return &pseudonymiser{mac: hmac.New(sha256.New, derive.Sum(nil))}
}

func (p *pseudonymiser) append(dst, cell []byte) []byte {
	p.mac.Reset()
	p.mac.Write(cell)
	sum := p.mac.Sum(p.sum[:0])
	var text [pseudonymLength]byte
	high, low := binary.BigEndian.Uint64(sum), binary.BigEndian.Uint64(sum[8:])
	// 26 digits of 5 bits hold 130 bits: the last two bits are zero.
	text[25] = alphabet[low<<2&31]
	low, high = low>>3|high<<61, high>>3
	for i := 24; i >= 0; i-- {
		text[i] = alphabet[low&31]
		low, high = low>>5|high<<59, high>>5
	}
	return append(dst, text[:]...)
}
