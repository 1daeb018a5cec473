package element

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"hutong/words"
)

// wordList is a set of short lower-case ASCII words, or of Chinese words. lengths
// has for each first byte a bit for each length that a word has, so that most
// texts are not looked up.
type wordList struct {
	words   map[string]struct{}
	lengths [256]uint64
}

// maxWord is the length of the longest word or cell of a set, in bytes.
const maxWord = 48

func wordSet(list string) *wordList { return listSet(strings.Fields(list)) }

func listSet(list []string) *wordList {
	w := &wordList{words: make(map[string]struct{}, len(list))}
	for _, s := range list {
		w.add(s)
	}
	return w
}

func (w *wordList) add(s string) {
	w.words[s] = struct{}{}
	w.lengths[s[0]] |= 1 << len(s)
}

// has looks b up, ignores ASCII case and does not allocate.
func (w *wordList) has(b []byte) bool {
	var store [maxWord]byte
	if len(b) == 0 || len(b) > len(store) || w.lengths[down(b[0])]&(1<<len(b)) == 0 {
		return false
	}
	low := store[:len(b)]
	for i, c := range b {
		low[i] = down(c)
	}
	_, ok := w.words[string(low)]
	return ok
}

// places are the names of words/places.yaml.
var places = func() (p struct {
	countryCodes, countryCodes3, countryNames, named, parts *wordList
	regions                                                 map[string]bool // beginnings of the names of provinces and cities
}) {
	var f placeFile
	if err := json.Unmarshal(words.Places, &f); err != nil {
		panic("element: embedded places: " + err.Error()) // a test loads them
	}
	p.countryCodes, p.countryCodes3, p.countryNames = listSet(f.CountryCodes), listSet(f.CountryCodes3), listSet(f.CountryNames)
	p.named, p.parts = listSet(f.Regions), listSet(f.Parts)
	p.regions = map[string]bool{}
	for _, name := range slices.Concat(f.Provinces, f.Cities) {
		p.regions[name] = true
	}
	return p
}()

// placeFile is words/places.yaml.
type placeFile struct {
	SchemaVersion int      `json:"schema_version"`
	CountryCodes  []string `json:"country_codes"`
	CountryCodes3 []string `json:"country_codes_3"`
	CountryNames  []string `json:"country_names"`
	Provinces     []string `json:"provinces"`
	Cities        []string `json:"cities"`
	Regions       []string `json:"regions"`
	Parts         []string `json:"parts"`
}

// isCountry looks a name or a code up. None has a digit.
func isCountry(b []byte) bool {
	if hasDigit(b) {
		return false
	}
	if len(b) <= 3 && len(b) > 1 && is(b[0], upper) != is(b[1], upper) {
		return false // "Fr" is no code
	}
	switch len(b) {
	case 2:
		return places.countryCodes.has(b)
	case 3:
		return places.countryCodes3.has(b) || places.countryNames.has(b)
	}
	return places.countryNames.has(b)
}

func hasPair(list string, b []byte) bool {
	if len(b) < 6 {
		return false
	}
	for i := 0; i+6 <= len(list); i += 6 {
		if list[i:i+6] == string(b[:6]) {
			return true
		}
	}
	return false
}

// beginsRegion reports whether a text begins with the name of a province or
// large city.
func beginsRegion(b []byte) bool {
	const pair = 6 // bytes of two Chinese characters
	return len(b) >= pair && b[0] >= 0x80 && places.regions[string(b[:pair])]
}

// isRegionZH accepts the Chinese name of a province or large city with at most
// a suffix after it.
func isRegionZH(b []byte) bool {
	return len(b) <= 30 && beginsRegion(b) && !hasDigit(b) && !isOrgName(b)
}

// isRegion accepts names of regions, "Knox County", "Athens, GA", "Bergen
// (Norway)" and the codes of ISO 3166-2.
func isRegion(b []byte) bool {
	if isDivision(b) {
		return true
	}
	if hasDigit(b) {
		return false
	}
	if isRegionZH(b) || isCountry(b) || places.named.has(b) {
		return true
	}
	if len(b) > maxWord {
		return false
	}
	if open := bytes.IndexByte(b, '('); open > 1 && b[len(b)-1] == ')' {
		in, _, _ := bytes.Cut(b[open+1:len(b)-1], []byte(" - "))
		return isCountry(in) || places.named.has(in)
	}
	if at := bytes.LastIndexByte(b, ','); at > 1 {
		b = bytes.TrimRight(bytes.TrimSpace(b[at+1:]), ".")
		return isCountry(b) || places.named.has(b)
	}
	at := bytes.LastIndexByte(b, ' ')
	return at > 1 && places.parts.has(b[at+1:])
}

// isDivision accepts the code of a part of a country: "AU-NSW".
func isDivision(b []byte) bool {
	return len(b) >= 4 && len(b) <= 6 && b[2] == '-' && all(b[:2], upper) && all(b[3:], upper|digit) && places.countryCodes.has(b[:2])
}

// isTrialSubject is the usual form of study site and subject: 01-701-1015.
func isTrialSubject(b []byte) bool {
	parts, n := 0, 0
	for _, c := range b {
		switch {
		case is(c, digit|upper):
			n++
		case (c == '-' || c == '.' || c == '/') && n >= 2:
			parts, n = parts+1, 0
		default:
			return false
		}
	}
	return parts >= 1 && parts <= 4 && n >= 3 && !isNumber(b) && len(b) >= 8 && len(b) <= 30 && hasDigit(b)
}

// isNumber accepts a decimal number, with thousands separators, a sign, a
// currency sign or a percent sign.
func isNumber(b []byte) bool {
	digits := 0
	for i, c := range b {
		switch {
		case is(c, digit):
			digits++
		case c == '.' || c == ',' || c == '%' && i == len(b)-1:
		case i == 0 && (c == '-' || c == '+' || c == '$'):
		case (c == 'e' || c == 'E') && digits > 0 && i+1 < len(b):
		case (c == '-' || c == '+') && (b[i-1] == 'e' || b[i-1] == 'E'):
		case i <= 2 && len(b) > 3 && (b[0] == 0xC2 || b[0] == 0xEF): // ¥ and its full-width form
		default:
			return false
		}
	}
	return digits > 0
}

func isAge(b []byte) bool {
	if len(b) > 3 && len(b) <= 6 { // 34岁
		if n := len(b) - 3; string(b[n:]) == "岁" {
			b = b[:n]
		}
	}
	v, decimals, ok := decimal(b)
	return ok && decimals <= 2 && v >= 0 && v <= 120 && b[0] != '-'
}

// isCode checks the form of a system's number: one word of letters and digits
// with at least one digit.
func isCode(b []byte) bool {
	if len(b) < 1 || len(b) > 64 {
		return false
	}
	digits := false
	for _, c := range b {
		switch {
		case is(c, digit):
			digits = true
		case is(c, letter), c == '-', c == '_', c == '/', c == '.', c == '*':
		default:
			return false
		}
	}
	return digits
}

// isWord accepts one token without spaces, such as a user name or a code.
func isWord(b []byte) bool {
	for _, c := range b {
		if c <= ' ' || c == ',' || c == ';' {
			return false
		}
	}
	return len(b) > 0 && len(b) <= 64
}

// hasText reports whether the cell contains a letter of any script.
func hasText(b []byte) bool {
	for _, c := range b {
		if is(c, letter) || c >= 0xC3 {
			return true
		}
	}
	return false
}
