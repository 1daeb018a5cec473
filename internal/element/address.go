package element

import (
	"bytes"

	"hutong/internal/hanzi"
)

// addressMarks are the parts of a Chinese address; two of them, or one after
// a province or city, make one.
var addressMarks = [][]byte{
	[]byte("省"), []byte("市"), []byte("区"), []byte("县"), []byte("镇"), []byte("乡"), []byte("街道"), []byte("路"),
	[]byte("街"), []byte("巷"), []byte("弄"), []byte("号"), []byte("栋"), []byte("幢"), []byte("单元"), []byte("室"),
	[]byte("段"), []byte("马路"), []byte("村"), []byte("大道"), []byte("小区"), []byte("大厦"), []byte("花园"), []byte("楼"),
}

// isAddressZH looks for the grammar of a Chinese postal address.
func isAddressZH(b []byte) bool {
	if len(b) < 15 || len(b) > 300 || isASCII(b) {
		return false
	}
	var buffer [300]byte
	b = bytes.TrimLeft(hanzi.Simplify(buffer[:], b), "0123456789 ") // a postal code
	marks := 0
	for _, m := range addressMarks {
		if bytes.Index(b, m) > 0 {
			marks++
		}
	}
	if beginsRegion(b) {
		marks++
	}
	return marks >= 3 && (hasDigit(b) || marks >= 4 || bytes.Contains(b, []byte("号")) || bytes.Contains(b, []byte("路")))
}

var streetWords = wordSet(`st street rd road ave avenue av blvd boulevard dr drive ln lane ct court pl place way hwy
	highway pkwy parkway sq square ter terrace cir circle close crescent cres plaza pike trail trl loop row walk alley
	expressway turnpike mall strasse straße str platz weg allee rue via calle avenida jalan jln lorong quay link rise
	view bay park gardens mews grove heights wharf block blk route rte box pkway`)

// isAddressLatin looks for a house number and the kind of a street, or a post
// box.
func isAddressLatin(b []byte) bool {
	if len(b) < 6 || len(b) > 200 {
		return false
	}
	numbers, words, street, start := 0, 0, false, -1
	for i := 0; i <= len(b); i++ {
		if i < len(b) && (is(b[i], alnum) || b[i] >= 0x80) {
			if start < 0 {
				start = i
			}
			continue
		}
		if start < 0 {
			continue
		}
		tok := b[start:i]
		start = -1
		switch {
		case hasDigit(tok) && len(tok) <= 7:
			numbers++
		case is(tok[0], letter) || tok[0] >= 0x80:
			words++
			street = street || streetWords.has(tok) || bytes.HasSuffix(tok, []byte("strasse")) || bytes.HasSuffix(tok, []byte("straße"))
		}
	}
	return numbers > 0 && words >= 2 && (street || stateAndCode(b)) || words > 0 && words < 2 && numbers >= 2 && street || townAndCode(b)
}

// townAndCode reports whether a text has a part that is a British postal code,
// or its first half, after a town: "Leeds, LS6 2AB".
func townAndCode(b []byte) bool {
	_, rest, found := bytes.Cut(b, []byte(", "))
	for found {
		var part []byte
		part, rest, found = bytes.Cut(rest, []byte(", "))
		code, _, _ := bytes.Cut(part, []byte(" "))
		n := 0
		for n < len(code) && is(code[n], upper) {
			n++
		}
		if n >= 1 && n <= 2 && len(code) > n && len(code)-n <= 2 && is(code[n], digit) && is(code[len(code)-1], alnum) {
			return true
		}
	}
	return false
}

// stateAndCode reports whether a text ends as "…, NY 14850".
func stateAndCode(b []byte) bool {
	at := bytes.LastIndexByte(b, ',')
	if at < 0 {
		return false
	}
	b = bytes.TrimSpace(b[at+1:])
	return len(b) >= 8 && all(b[:2], upper) && b[2] == ' ' && places.named.has(b[:2]) && isPostcode(b[3:]) && is(b[3], digit)
}
