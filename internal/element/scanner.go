package element

import (
	"bytes"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/label"
	"hutong/internal/nationalid"
)

// kind is an element that the scanner can prove.
type kind uint8

const (
	kResidentID kind = iota + 1
	kResidencePermit
	kPRCard
	kHKID
	kTaiwanID
	kNRIC
	kSSN
	kKorean
	kJapanese
	kEuropean
	kUSCC
	kLEI
	kCard
	kIBAN
	kIMEI
	kICCID
	kVIN
	kIMO
	kContainer
	kEmail
	kMobileCN
	kPhone
	kMAC
	kIP
	kPlate
	kS10
	kMRZ
	kinds
)

var kindIDs = [kinds]dataspace.ElementID{
	kResidentID: "cn_resident_id", kResidencePermit: "cn_gat_residence_permit", kPRCard: "cn_foreigner_pr_card",
	kHKID: "hkid", kTaiwanID: "tw_national_id", kNRIC: "sg_nric_fin", kSSN: "us_ssn", kKorean: "kr_jp_id", kJapanese: "kr_jp_id", kEuropean: "eu_uk_national_id",
	kUSCC: "uscc", kLEI: "tax_reg_other", kCard: "bank_card", kIBAN: "iban", kIMEI: "imei_meid",
	kICCID: "imsi_iccid", kVIN: "vin", kIMO: "imo_number", kContainer: "container_no", kEmail: "email",
	kMobileCN: "mobile_cn", kPhone: "phone_intl", kMAC: "mac_address", kIP: "ip_address",
	kPlate: "licence_plate_cn", kS10: "courier_waybill", kMRZ: "passport_other",
}

// scanned reports whether the scanner has a kind for an element.
func scanned(id dataspace.ElementID) bool { return slices.Contains(kindIDs[1:], id) }

// formed marks kinds whose values are never one run of letters and digits.
var formed = [kinds]bool{kEmail: true, kPhone: true, kIP: true, kMAC: true, kSSN: true, kKorean: true, kPlate: true, kMRZ: true}

// Scanner finds elements whose own structure proves them (check digit,
// calendar, prefix) as whole cells or inside text. A number that could be
// several elements is reported as the best proven one, wanted or not; the
// elements of packs come after those of the program.
type Scanner struct {
	want  [kinds]bool
	any   bool
	first *[256][]*finder // by the first byte of a value; nil without finders
	// Tried, if set, is called for each run of letters and digits with a digit
	// that could be a value, also if it is none.
	Tried   func(run []byte)
	lengths [maxFound + 1]bool // of runs that could be a value
	// Labelled says, of the value that is being reported, that a word beside it
	// says what it is, so that chance does not explain it.
	Labelled bool
}

// Every value that the scanner proves has FewestDigits, or letters and at least
// FewDigits bytes, or an @, a colon, two dots, or letters after a Chinese
// character.
const (
	FewestDigits = 6
	FewDigits    = 15
)

// BuiltinOnly reports whether the scanner looks for no element of a pack.
func (s *Scanner) BuiltinOnly() bool { return s.first == nil }

// NewScanner makes a scanner for want. It ignores elements that values alone
// cannot prove.
func (t *Taxonomy) NewScanner(want []dataspace.ElementID) *Scanner {
	s := &Scanner{}
	for n := 8; n <= 34; n++ {
		s.lengths[n] = true
	}
	for _, id := range want {
		for k := kind(1); k < kinds; k++ {
			if kindIDs[k] == id {
				s.want[k], s.any = true, true
			}
		}
		for _, f := range t.finders {
			if f.id == id {
				s.add(f)
			}
		}
	}
	return s
}

func (s *Scanner) add(f *finder) {
	if s.first == nil {
		s.first = new([256][]*finder)
	}
	s.any = true
	for n := max(0, f.bounds.Min); n <= f.bounds.Max; n++ {
		s.lengths[n] = true
	}
	for c, ok := range f.bounds.First {
		if ok {
			s.first[c] = append(s.first[c], f)
		}
	}
}

// Scan calls found for every occurrence in a reading of a cell, from left to
// right and without overlaps, with its position in bytes. It allocates nothing.
func (s *Scanner) Scan(text []byte, found func(id dataspace.ElementID, start, end int)) {
	s.scan(text, survey(text), found)
}

// ScanPlain is Scan for a text of which the caller knows whether it has digits of
// ASCII and an @.
func (s *Scanner) ScanPlain(text []byte, hasDigits, hasAt bool, found func(id dataspace.ElementID, start, end int)) {
	marks := 0
	if hasDigits {
		marks = digits
	}
	if hasAt {
		marks |= at
	}
	s.scan(text, marks, found)
}

// ScanRun is Scan for a text of letters and digits of ASCII with at least one
// digit. Nothing stands beside the only run of it, so most of what a run is tried for
// cannot be there.
func (s *Scanner) ScanRun(run []byte, found func(id dataspace.ElementID, start, end int)) {
	if s.first != nil || !s.any || len(run) < 4 {
		s.scan(run, digits, found)
		return
	}
	s.Labelled = false
	k, start, end := wholeRun(run), 0, len(run)
	if s.Tried != nil {
		s.tried(run, k == 0)
	}
	if k == 0 {
		if k, start, end = insideRun(run, 0, len(run)); k == 0 {
			return
		}
	}
	if s.want[k] {
		found(kindIDs[k], start, end)
	}
	s.from(run, end, digits, found)
}

func (s *Scanner) scan(text []byte, marks int, found func(id dataspace.ElementID, start, end int)) {
	if s.any && len(text) >= 4 && marks != 0 { // everything that proves itself has a digit or an @
		s.from(text, 0, marks, found)
	}
}

func (s *Scanner) from(text []byte, i, marks int, found func(id dataspace.ElementID, start, end int)) {
	for i < len(text) {
		if classes[text[i]] == 0 {
			i++
			continue
		}
		here := marks
		if marks&at != 0 && is(text[i], alnum) {
			if k, to := emailAt(text, i); k != 0 { // first, as in match
				if s.Labelled = false; s.want[k] {
					found(kindIDs[k], i, to)
				}
				i = to
				continue
			}
			here &^= at
		}
		id, start, end := s.match(text, i, here)
		if id != "" {
			found(id, start, end)
		}
		i = end
	}
}

// Whole is the element that a run of letters and digits proves, wanted or not.
func (s *Scanner) Whole(run []byte) dataspace.ElementID {
	if k := wholeRun(run); k != 0 {
		return kindIDs[k]
	}
	if s.first != nil && len(run) > 0 {
		for _, f := range s.first[run[0]] {
			if f.at(run, 0, len(run)) == len(run) {
				return f.id
			}
		}
	}
	return ""
}

// match returns the wanted element proven at i, and its position. If id is
// empty, end is where to continue. Values proven as a whole come first, then
// the patterns of packs, then a number joined to other letters.
func (s *Scanner) match(text []byte, i, marks int) (id dataspace.ElementID, start, end int) {
	k, start, end, glued := match(text, i, marks)
	if s.Tried != nil && (glued || k != 0 && !formed[k]) {
		s.tried(text[start:end], glued)
		if to := dashed(text, start, end); glued && to != 0 {
			s.Tried(text[start:to])
		}
	}
	if k == 0 && s.first != nil && start < end {
		for _, f := range s.first[text[start]] {
			if to := f.at(text, start, end); to != 0 {
				return f.id, start, to
			}
		}
	}
	if k == 0 && glued {
		if inner, from, to := insideRun(text, start, end); inner != 0 {
			k, start, end = inner, from, to
		}
	}
	if s.Labelled = false; k == 0 || labelable[k] || national[k] {
		if named, from, to := labelled(text, start, end); named != 0 {
			s.Labelled, k, start, end = true, named, from, to
		}
	}
	if national[k] && label.Of(text, start, end) == label.National {
		s.Labelled = true
	}
	if !s.want[k] {
		return "", start, end
	}
	return kindIDs[k], start, end
}

// national are the kinds of numbers of states that other numbers can pass for,
// unless a word beside them says what they are.
var national = [kinds]bool{kKorean: true, kJapanese: true, kEuropean: true}

// labelable are the kinds of bare numbers that may be another kind, if a word
// beside them says so.
var labelable = [kinds]bool{kCard: true, kIMEI: true, kICCID: true}

// tried reports a run and, where a number may be joined to letters, its digits.
func (s *Scanner) tried(run []byte, glued bool) {
	if n := len(run); n < len(s.lengths) && s.lengths[n] {
		s.Tried(run)
	}
	for at := 0; glued && len(run) > 11 && at < len(run); at++ {
		to := at
		for to < len(run) && is(run[to], digit) {
			to++
		}
		if n := to - at; (n == 11 || n == 18) && n < len(run) {
			s.Tried(run[at:to])
		}
		at = max(at, to)
	}
}

// The properties of a text.
const (
	digits = 1 << iota
	at
)

func survey(b []byte) (marks int) {
	var seen class
	for _, c := range b {
		seen |= classes[c]
	}
	if seen&digit != 0 {
		marks = digits
	}
	if bytes.IndexByte(b, '@') >= 0 {
		marks |= at
	}
	return marks
}

// match checks the run of letters, digits and local-part signs at i. It returns
// the proven kind and its position. If k is 0, end is where to continue. glued
// says whether a part of the run may be a number, see insideRun.
func match(b []byte, i, marks int) (k kind, start, end int, glued bool) {
	if b[i] == '+' {
		if k, end := plusPhone(b, i); k != 0 {
			return k, i, end, false
		}
	}
	for i < len(b) && classes[b[i]] == localPart {
		i++
	}
	end = i
	var seen class
	for end < len(b) && is(b[end], alnum) {
		seen |= classes[b[end]]
		end++
	}
	if end == i {
		return 0, i, end, false
	}
	if marks&at != 0 {
		if k, to := emailAt(b, i); k != 0 {
			return k, i, to, false
		}
	}
	if seen&digit == 0 && !mayLead(b, i, end) {
		return 0, i, end, false
	}
	if embeddedInNumber(b, i, end) {
		if k, to := dotted(b, i); k != 0 {
			return k, i, to, false
		}
		return 0, i, end, false
	}
	if k := wholeRun(b[i:end]); k != 0 && !joined(b, i, end, weak[k]) {
		return k, i, end, false
	}
	if k, from, to := withSeparators(b, i, end); k != 0 {
		return k, from, to, false
	}
	return 0, i, end, true
}

// weak marks kinds for which one random code in ten passes.
var weak = [kinds]bool{kHKID: true, kTaiwanID: true, kNRIC: true, kVIN: true, kIMEI: true, kS10: true, kContainer: true, kIMO: true, kJapanese: true, kEuropean: true}

// joined reports whether the run is a part of a longer code. For weak proofs
// this means any letter or digit after a dash, underscore or dot; for others a
// digit after a dash or dot, because names of files are joined by underscores.
func joined(b []byte, i, end int, weak bool) bool {
	beyond := digit
	if weak {
		beyond = alnum
	}
	if i > 1 && isJoint(b[i-1], weak) && is(b[i-2], beyond) {
		return true
	}
	end = pastZeros(b, end)
	return end+1 < len(b) && isJoint(b[end], weak) && is(b[end+1], beyond)
}

// pastZeros is the end of a fraction of zeros at end, as in 13880836544.0.
func pastZeros(b []byte, end int) int {
	to := end + 1
	for to < len(b) && b[to] == '0' {
		to++
	}
	if to == end+1 || b[end] != '.' || to < len(b) && is(b[to], alnum) {
		return end
	}
	return to
}

func isJoint(c byte, weak bool) bool { return c == '-' || c == '.' || c == '_' && weak }

// mayLead reports whether a run of letters can be the first group of a value:
// "IMO 9…", "CSQU 3…", "aa:…", the letter of a plate.
func mayLead(b []byte, i, end int) bool {
	n := end - i
	if end >= len(b) {
		return false
	}
	switch c := b[end]; {
	case c == ':':
		return n <= 4
	case c == '-' && n == 2:
		return true
	case c == ' ' || c == '-':
		return n == 4 && containerLead(b[i:end]) || n == 3 && foldPrefix(b[i:], "imo")
	}
	return n == 1 && i >= 3 && b[i-1] >= 0x80
}

func containerLead(b []byte) bool {
	c := up(b[3])
	return (c == 'U' || c == 'J' || c == 'Z') && all(b, letter)
}

// embeddedInNumber reports whether the run is part of a decimal number or of
// a dotted one (0.4111…, 1.2.3), or a group of thousands. Two long runs with a
// comma between them are a list.
func embeddedInNumber(b []byte, i, end int) bool {
	if i > 1 && (b[i-1] == '.' || b[i-1] == ',') && is(b[i-2], digit) && is(b[i], digit) {
		from := i - 1
		for from > 0 && is(b[from-1], digit) {
			from--
		}
		if b[i-1] == '.' || end-i < longGroup || i-1-from < longGroup {
			return true
		}
	}
	after := pastZeros(b, end)
	if after+1 < len(b) && (b[after] == '.' || b[after] == ',') && is(b[after+1], digit) && is(b[end-1], digit) {
		to := after + 1
		for to < len(b) && is(b[to], digit) {
			to++
		}
		return b[after] == '.' || end-i < longGroup || to-after-1 < longGroup
	}
	return false
}

// longGroup is the length of a run of digits that is no group of a number.
const longGroup = 7

// wholeRun checks a separate run of letters and digits, best proof first.
func wholeRun(r []byte) kind {
	switch len(r) {
	case 7:
		return 0
	case 8, 9:
		if validNRIC(r) {
			return kNRIC
		}
		if is(r[0], letter) && validHKID(r) {
			return kHKID
		}
	case 10:
		if validIMO(r) {
			return kIMO
		}
		if validTaiwanID(r) {
			return kTaiwanID
		}
	case 11:
		if bareMobileCN(r) {
			return kMobileCN
		}
		if bareContainer(r) {
			return kContainer
		}
	case 12:
		if r[0] == '0' && bareMobileCN(r[1:]) {
			return kMobileCN
		}
		if nationalid.Japanese(r) && !nationalid.Proven(r) {
			return kJapanese
		}
	case 13:
		if validS10(r) {
			return kS10
		}
		if r[0] == '8' && r[1] == '6' && bareMobileCN(r[2:]) {
			return kMobileCN
		}
	case 15:
		if string(r[:4]) == "0086" && bareMobileCN(r[4:]) {
			return kMobileCN
		}
	case 14:
		if nationalid.Korean(r) {
			return kKorean
		}
	case 18:
		return eighteen(r)
	}
	if nationalid.Proven(r) {
		return kEuropean
	}
	return longRun(r)
}

func eighteen(r []byte) kind {
	switch {
	case ValidResidentID(r):
		return kResidentID
	case validResidencePermit(r):
		return kResidencePermit
	case validPRCard(r):
		return kPRCard
	case validUSCC(r):
		return kUSCC
	}
	return longRun(r)
}

// longRun checks identifiers of several lengths.
func longRun(r []byte) kind {
	n := len(r)
	if n < 13 || n > 34 {
		return 0
	}
	if all(r[1:], digit) && is(r[0], digit) {
		switch {
		case n == 15 && !cardIssuer(r) && validIMEI(r):
			return kIMEI
		case validICCID(r):
			return kICCID
		case n <= 19 && bareCard(r):
			return kCard
		}
		return 0
	}
	switch {
	case n == 17 && validVIN(r):
		return kVIN
	case is(r[0], letter) && bareIBAN(r):
		return kIBAN
	case n == 20 && validLEI(r):
		return kLEI
	}
	return 0
}

// insideRun finds a number joined to letters: "NO110105…", "tel13800138000".
func insideRun(b []byte, i, end int) (kind, int, int) {
	if end-i < 12 {
		return 0, 0, 0
	}
	// The digits of a hash mean nothing, nor do those of the last group of a UUID.
	hex := hexRun(b[i:end]) || i > 0 && b[i-1] == '-' && isHex(b[i:end])
	for at := i; at < end; {
		if !is(b[at], digit) {
			at++
			continue
		}
		to := at
		for to < end && is(b[to], digit) {
			to++
		}
		if to-at == 17 && to < end && up(b[to]) == 'X' {
			to++
		}
		if !hex && to-at == 18 && (to == end || is(b[to], letter)) && ValidResidentID(b[at:to]) {
			return kResidentID, at, to
		}
		// A digit before it makes the run a code, such as the number of an account.
		if !hex && to-at == 11 && to == end && all(b[i:at], letter) && bareMobileCN(b[at:to]) {
			return kMobileCN, at, to
		}
		at = to
	}
	return 0, 0, 0
}

func hexRun(b []byte) bool { return len(b) >= 16 && isHex(b) }
