package element

import (
	"bytes"
	"strings"

	"hutong/internal/position"
)

const plateProvinces = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"

const plateSuffixes = "挂学警港澳领"

func oneOf(b []byte, set string) bool {
	return len(b) == 3 && strings.Contains(set, string(b))
}

// validPlate checks a mainland number plate (GA 36): province, authority
// letter and five characters, or six with the marks of a new-energy car.
func validPlate(b []byte) bool {
	if len(b) < 9 || !oneOf(b[:3], plateProvinces) {
		return false
	}
	rest := b[3:]
	if !is(rest[0], upper) || rest[0] == 'I' || rest[0] == 'O' && len(rest) < 6 {
		return false
	}
	rest = rest[1:]
	for _, dot := range []string{"·", " ", "-"} {
		rest, _ = bytes.CutPrefix(rest, []byte(dot))
	}
	switch {
	case len(rest) == 5:
		return plateChars(rest)
	case len(rest) == 6:
		return plateChars(rest) && (newEnergy(rest[0]) && all(rest[2:], digit) || newEnergy(rest[5]) && all(rest[:5], digit))
	case len(rest) == 7:
		return plateChars(rest[:4]) && oneOf(rest[4:], plateSuffixes)
	}
	return false
}

// plateChars allows at most three letters without I and O.
func plateChars(b []byte) bool {
	letters := 0
	for _, c := range b {
		switch {
		case is(c, upper) && c != 'I' && c != 'O':
			letters++
		case !is(c, digit):
			return false
		}
	}
	return letters <= 3
}

func newEnergy(c byte) bool { return c >= 'A' && c <= 'K' && c != 'I' }

// vinValues transliterates ISO 3779 letters; 0 for I, O and Q, which do not
// occur.
var vinValues = func() (t [256]int8) {
	for i := range t {
		t[i] = -1
	}
	for c := '0'; c <= '9'; c++ {
		t[c] = int8(c - '0')
	}
	for i, c := range "ABCDEFGH" {
		t[c] = int8(i + 1)
	}
	for i, c := range "JKLMN" {
		t[c] = int8(i + 1)
	}
	t['P'], t['R'] = 7, 9
	for i, c := range "STUVWXYZ" {
		t[c] = int8(i + 2)
	}
	return t
}()

var vinWeights = [17]int{8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2}

// validVIN checks the check digit at position 9 (GB 16735, 49 CFR 565). Some
// makers leave it out; their numbers only have the form.
func validVIN(b []byte) bool {
	if len(b) != 17 || all(b, digit) || !all(b[13:], digit) {
		return false
	}
	sum := 0
	for i, c := range b {
		v := vinValues[up(c)]
		if v < 0 {
			return false
		}
		sum += int(v) * vinWeights[i]
	}
	return up(b[8]) == "0123456789X"[sum%11]
}

// bareIMO checks seven digits of an IMO ship number.
func bareIMO(b []byte) bool {
	if len(b) != 7 || !all(b, digit) || b[0] == '0' {
		return false
	}
	sum := 0
	for i, c := range b[:6] {
		sum += int(c-'0') * (7 - i)
	}
	return sum%10 == int(b[6]-'0')
}

// validIMO accepts the number with or without its prefix.
func validIMO(b []byte) bool {
	if foldPrefix(b, "imo") {
		b = bytes.TrimLeft(b[3:], " -:")
	}
	return bareIMO(b)
}

// containerValues of ISO 6346 letters skip the multiples of eleven.
var containerValues = [26]int{
	10, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24,
	25, 26, 27, 28, 29, 30, 31, 32, 34, 35, 36, 37, 38,
}

// validContainer checks a freight container number: owner, category U, J or
// Z, serial and check digit; spaces and a dash are allowed.
func validContainer(b []byte) bool {
	var store [16]byte
	d, ok := compactInto(store[:], b, " -")
	return ok && bareContainer(d)
}

func bareContainer(d []byte) bool {
	if len(d) != 11 || !all(d[:4], letter) || !all(d[4:], digit) {
		return false
	}
	if k := up(d[3]); k != 'U' && k != 'J' && k != 'Z' {
		return false
	}
	sum := 0
	for i, c := range d[:10] {
		v := int(c - '0')
		if i < 4 {
			v = containerValues[up(c)-'A']
		}
		sum += v << i
	}
	return sum%11%10 == int(d[10]-'0')
}

// maritimeIDs has the maritime identification digits of the ITU, 200 to 799.
var maritimeIDs = func() (t [1000]bool) {
	for _, r := range [][2]int{
		{201, 216}, {218, 220}, {224, 279}, {301, 301}, {303, 312}, {314, 314}, {316, 316}, {319, 319}, {321, 321},
		{323, 323}, {325, 325}, {327, 327}, {329, 332}, {334, 334}, {336, 336}, {338, 339}, {341, 341}, {343, 343},
		{345, 345}, {347, 348}, {350, 359}, {361, 362}, {364, 364}, {366, 379}, {401, 401}, {403, 403}, {405, 405},
		{408, 408}, {410, 410}, {412, 414}, {416, 417}, {419, 419}, {422, 423}, {425, 425}, {428, 428}, {431, 432},
		{434, 434}, {436, 438}, {440, 441}, {443, 443}, {445, 445}, {447, 447}, {450, 451}, {453, 453}, {455, 457},
		{459, 459}, {461, 461}, {463, 463}, {466, 466}, {468, 468}, {470, 473}, {475, 475}, {477, 478}, {501, 501},
		{503, 503}, {506, 506}, {508, 508}, {510, 512}, {514, 516}, {518, 518}, {520, 520}, {523, 523}, {525, 525},
		{529, 529}, {531, 531}, {533, 533}, {536, 536}, {538, 538}, {540, 540}, {542, 542}, {544, 544}, {546, 546},
		{548, 548}, {550, 550}, {553, 553}, {555, 555}, {557, 557}, {559, 559}, {561, 567}, {570, 570}, {572, 572},
		{574, 574}, {576, 578}, {601, 601}, {603, 603}, {605, 605}, {607, 613}, {615, 622}, {624, 627}, {629, 638},
		{642, 642}, {644, 645}, {647, 647}, {649, 650}, {654, 657}, {659, 672}, {674, 679}, {701, 701}, {710, 710},
		{720, 720}, {725, 725}, {730, 730}, {735, 735}, {740, 740}, {745, 745}, {750, 750}, {755, 755}, {760, 760},
		{765, 765}, {770, 770}, {775, 775},
	} {
		for i := r[0]; i <= r[1]; i++ {
			t[i] = true
		}
	}
	return t
}()

// validMMSI checks the number of a ship station: nine digits with the
// identification of a flag state.
func validMMSI(b []byte) bool {
	n, ok := number(b)
	return ok && len(b) == 9 && maritimeIDs[n/1_000_000]
}

// isCourierNo checks UPU S10 (with its check digit) and SF waybills.
func isCourierNo(b []byte) bool {
	if len(b) >= 14 && len(b) <= 17 && b[0] == 'S' && b[1] == 'F' {
		return all(b[2:], digit)
	}
	return validS10(b)
}

func validS10(b []byte) bool {
	if len(b) != 13 || !all(b[:2], upper) || !all(b[2:11], digit) || !all(b[11:], upper) {
		return false
	}
	sum := 0
	for i, w := range [8]int{8, 6, 4, 2, 3, 5, 9, 7} {
		sum += int(b[2+i]-'0') * w
	}
	check := 11 - sum%11
	switch check {
	case 10:
		check = 0
	case 11:
		check = 5
	}
	return int(b[10]-'0') == check
}

// Coordinate reads a decimal number with at least minDecimals decimals and
// reports whether it lies within ±limit degrees.
func Coordinate(b []byte, limit float64, minDecimals int) bool {
	v, decimals, ok := decimal(b)
	return ok && decimals >= minDecimals && v >= -limit && v <= limit
}

// decimal reads a decimal number without exponent.
func decimal(b []byte) (v float64, decimals int, ok bool) {
	neg := false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		neg, b = b[0] == '-', b[1:]
	}
	if len(b) == 0 || len(b) > 24 {
		return 0, 0, false
	}
	dot, digits, scale := false, 0, 1.0
	for _, c := range b {
		switch {
		case is(c, digit):
			digits++
			v = v*10 + float64(c-'0')
			if dot {
				decimals++
				scale *= 10
			}
		case c == '.' && !dot:
			dot = true
		default:
			return 0, 0, false
		}
	}
	if neg {
		v = -v
	}
	return v / scale, decimals, digits > 0
}

func isLatLon(b []byte) bool {
	return Coordinate(b, 180, 1) || position.Pair(b)
}
