package element

import (
	"hutong/internal/nationalid"
	"hutong/internal/telephone"
)

// This file has the scanner's proofs over more than one run: e-mail addresses
// and numbers written in groups.

// emailAt tests whether a local part begins at i.
func emailAt(b []byte, i int) (kind, int) {
	at, dot := i, true // before this byte
	for at < len(b) && at-i <= longestLocal && is(b[at], alnum|localPart) {
		if b[at] == '.' && dot {
			return 0, 0
		}
		dot = b[at] == '.'
		at++
	}
	if at == len(b) || b[at] != '@' || dot || at-i > longestLocal || hiddenBefore(b, i) {
		return 0, 0
	}
	end := at + 1
	for end < len(b) && end-at < 254 && inDomain[b[end]] {
		end++
	}
	for end > at+1 && !is(b[end-1], alnum) { // the full stop of the sentence
		end--
	}
	if end-i > longestEmail || !validDomain(b[at+1:end]) {
		return 0, 0
	}
	return kEmail, end
}

// inDomain has the signs of the labels of a domain, and the dot between them.
var inDomain = func() (t [256]bool) {
	for c := range t {
		t[c] = is(byte(c), alnum) || c == '-' || c == '.'
	}
	return t
}()

// hiddenBefore reports whether the part of a word before i is hidden by stars, as
// in jo**n@example.com.
func hiddenBefore(b []byte, i int) bool {
	from := i
	for from > 0 && b[from-1] == '*' {
		from--
	}
	return from < i && from > 0 && is(b[from-1], alnum)
}

// dotted proves an IPv4 address at i.
func dotted(b []byte, i int) (kind, int) {
	if i > 0 && (b[i-1] == '.' || is(b[i-1], alnum)) {
		return 0, 0
	}
	end := i
	for end < len(b) && end-i <= 15 && (is(b[end], digit) || b[end] == '.') {
		end++
	}
	for end > i && b[end-1] == '.' {
		end--
	}
	if end < len(b) && is(b[end], alnum) || !isIPv4(b[i:end]) {
		return 0, 0
	}
	return kIP, end
}

// withSeparators proves values with spaces, dashes, colons or brackets; the run
// b[i:end] is the first group.
func withSeparators(b []byte, i, end int) (kind, int, int) {
	if k, to := afterLabel(b, i, end); k != 0 {
		return k, to - 7, to
	}
	if i >= 3 && is(b[i], upper) {
		if k, from, to := plateAt(b, i, end); k != 0 {
			return k, from, to
		}
	}
	if end >= len(b) {
		return 0, 0, 0
	}
	switch b[end] {
	case ':':
		if k, to := hexGroups(b, i); k != 0 {
			return k, i, to
		}
	case '(':
		if to := end + 3; to <= len(b) && end-i <= 8 && validHKID(b[i:to]) {
			return kHKID, i, to
		}
	case '<':
		if to := i + 44; to <= len(b) && nationalid.PassportZone(b[i:to]) {
			return kMRZ, i, to
		}
	case ' ', '-':
		if to := end + 4; to <= len(b) && b[end+1] == '(' && end-i <= 8 && validHKID(b[i:to]) {
			return kHKID, i, to
		}
		if !mayGroup(b[i:end], b[end]) {
			return 0, 0, 0
		}
		if i > 1 && b[i-1] == b[end] && is(b[i-2], alnum) && b[end] == '-' {
			return 0, 0, 0 // a part of something longer
		}
		if i >= 5 && b[i-1] == ' ' && all(b[i-5:i-3], letter) && all(b[i-3:i-1], digit) && end-i == 4 {
			return 0, 0, 0 // behind the first group of an IBAN
		}
		if k, to := groups(b, i, end); k != 0 {
			return k, i, to
		}
	}
	return 0, 0, 0
}

// afterLabel proves "IMO 9307839", "IMO:9307839".
func afterLabel(b []byte, i, end int) (kind, int) {
	if end-i != 3 || !foldPrefix(b[i:], "imo") {
		return 0, 0
	}
	at := end
	for at < len(b) && at-end < 3 && (b[at] == ' ' || b[at] == ':' || b[at] == '-') {
		at++
	}
	to := at + 7
	if to > len(b) || to < len(b) && is(b[to], alnum) || !bareIMO(b[at:to]) {
		return 0, 0
	}
	return kIMO, to
}

func plateAt(b []byte, i, end int) (kind, int, int) {
	from := i - 3
	if b[from] < 0xE4 || b[from] > 0xE9 {
		return 0, 0, 0
	}
	for _, to := range [...]int{end, end + 3, end + 8, end + 7} { // then a suffix character or a dot
		if to <= len(b) && to-from <= 16 && (to == len(b) || !is(b[to], alnum)) && validPlate(b[from:to]) {
			return kPlate, from, to
		}
	}
	return 0, 0, 0
}

// hexGroups proves MAC and IPv6 addresses.
func hexGroups(b []byte, i int) (kind, int) {
	if i > 0 && b[i-1] == ':' {
		return 0, 0
	}
	end := i
	for end < len(b) && end-i <= 45 && (is(b[end], alnum) || b[end] == ':' || b[end] == '.') {
		end++
	}
	for end > i && b[end-1] == '.' {
		end--
	}
	switch {
	case validMAC(b[i:end]):
		return kMAC, end
	case end-i >= 9 && isIPv6(b[i:end]):
		return kIP, end
	}
	return 0, 0
}

// groups proves numbers in groups with one kind of separator: cards, IBANs,
// mobile, social security and registration numbers, containers, MAC
// addresses.
func groups(b []byte, i, firstEnd int) (kind, int) {
	sep := b[firstEnd]
	var store [40]byte
	d := store[:0]
	at, n := i, 0
	var lengths [12]int
	for at < len(b) && n < len(lengths) {
		start := at
		for at < len(b) && is(b[at], alnum) {
			at++
		}
		if at == start || len(d)+at-start > cap(store) {
			break
		}
		d = append(d, b[start:at]...)
		lengths[n] = at - start
		n++
		if n > 1 {
			if k := grouped(d, lengths[:n], sep, b[i:at]); k != 0 && boundary(b, at, sep) {
				return k, at
			}
		}
		if at >= len(b) || b[at] != sep {
			break
		}
		at++
	}
	return 0, 0
}

// mayGroup reports whether a run can be the first group of a number written in
// groups. It excludes ordinary words from the search.
func mayGroup(r []byte, sep byte) bool {
	switch len(r) {
	case 2:
		return sep == '-' && isHex(r)
	case 3, 6, 8:
		return all(r, digit)
	case 4:
		return all(r, digit) || containerLead(r) || all(r[:2], letter) && all(r[2:], digit)
	}
	return false
}

// boundary reports whether the number ends here.
func boundary(b []byte, at int, sep byte) bool {
	return at >= len(b) || !is(b[at], alnum) && !(b[at] == sep && sep == '-' && at+1 < len(b) && is(b[at+1], alnum)) &&
		!(b[at] == ' ' && at+1 < len(b) && is(b[at+1], digit) && is(b[at-1], digit))
}

func grouped(d []byte, lengths []int, sep byte, raw []byte) kind {
	n := len(lengths)
	switch {
	case n == 3 && lengths[0] == 3 && lengths[1] == 4 && lengths[2] == 4 && bareMobileCN(d):
		return kMobileCN
	case n == 3 && sep == '-' && lengths[0] == 3 && lengths[1] == 2 && validSSN(raw):
		return kSSN
	case n == 2 && sep == '-' && dashedGroups(lengths[0], lengths[1]):
		switch {
		case nationalid.Korean(raw):
			return kKorean
		case nationalid.Proven(raw):
			return kEuropean
		}
	case n == 6 && sep == '-' && validMAC(raw):
		return kMAC
	case n <= 3 && lengths[0] == 4 && bareContainer(d):
		return kContainer
	case n >= 4 && n <= 5 && inFours(lengths) && bareCard(d):
		return kCard
	case n == 3 && lengths[0] == 4 && lengths[1] == 6 && bareCard(d):
		return kCard
	case n == 3 && lengths[0] == 6 && lengths[1] == 8 && len(d) == 18 && ValidResidentID(d):
		return kResidentID
	case sep == ' ' && n >= 4 && inFours(lengths) && is(d[0], letter) && bareIBAN(d):
		return kIBAN
	}
	return 0
}

// dashed is the end of two groups of digits with a dash that could be a number
// of a person; 0 where there are none. The run b[i:end] is the first group.
func dashed(b []byte, i, end int) int {
	if end >= len(b) || b[end] != '-' || end-i != 6 && end-i != 8 || !all(b[i:end], digit) || i > 1 && b[i-1] == '-' && is(b[i-2], alnum) {
		return 0
	}
	to := end + 1
	for to < len(b) && is(b[to], digit) {
		to++
	}
	if !dashedGroups(end-i, to-end-1) || !boundary(b, to, '-') {
		return 0
	}
	return to
}

// dashedGroups reports whether a number of a Korean or a Swede has groups of
// these lengths.
func dashedGroups(first, second int) bool {
	return first == 6 && (second == 7 || second == 4) || first == 8 && second == 4
}

func inFours(lengths []int) bool {
	for _, n := range lengths[:len(lengths)-1] {
		if n != 4 {
			return false
		}
	}
	return lengths[len(lengths)-1] <= 4
}

// plusPhone proves an international number: plus, country code, 8 to 15
// digits with separators.
func plusPhone(b []byte, i int) (kind, int) {
	if i+1 >= len(b) || !telephone.Country(b[i+1:]) || i > 0 && is(b[i-1], alnum) {
		return 0, 0
	}
	digits, end, at := 0, i, i+1
	for at < len(b) && digits <= 15 {
		c := b[at]
		if is(c, digit) {
			digits++
			end = at + 1
		} else if c != ' ' && c != '-' && c != '(' && c != ')' && c != '.' {
			break
		} else if at > 0 && !is(b[at-1], digit) && b[at-1] != ')' && c != '(' {
			break
		}
		at++
	}
	if digits < 8 || digits > 15 || end < len(b) && is(b[end], letter) {
		return 0, 0
	}
	if digits >= 13 && validMobileCN(b[i:end]) {
		return kMobileCN, end
	}
	return kPhone, end
}
