package element

import (
	"bytes"
	"slices"
)

const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

var usccValue = func() (t [256]int8) {
	for i := range t {
		t[i] = -1
	}
	for i, c := range []byte(usccAlphabet) {
		t[c] = int8(i)
	}
	return t
}()

// validUSCC checks a unified social credit code of GB 32100: registering
// department, kind, division prefix and mod 31 check character.
func validUSCC(b []byte) bool {
	if len(b) != 18 || !all(b[2:8], digit) {
		return false
	}
	if p := twoDigits(b[2:]); !provinces[p] && p != 10 && (p < 81 || p > 82) { // 10: national bodies
		return false
	}
	sum, weight := 0, 1
	for _, c := range b[:17] {
		v := usccValue[up(c)]
		if v < 0 {
			return false
		}
		sum += int(v) * weight
		weight = weight * 3 % 31
	}
	return int(usccValue[up(b[17])]) == (31-sum%31)%31 && !sameDigit(b)
}

// validLEI checks a legal entity identifier (ISO 17442).
func validLEI(b []byte) bool {
	if len(b) != 20 || !all(b[18:], digit) || !all(b, digit|upper) || all(b, digit) {
		return false
	}
	return mod97(b) == 1
}

// validUEN checks the form of Singapore's entity numbers: nnnnnnnnX, yyyynnnnnX
// and TyyPQnnnnX.
func validUEN(b []byte) bool {
	switch len(b) {
	case 9:
		return all(b[:8], digit) && is(b[8], upper)
	case 10:
		if all(b[:9], digit) && is(b[9], upper) {
			return b[0] == '1' || b[0] == '2'
		}
		return (b[0] == 'T' || b[0] == 'S' || b[0] == 'R') && all(b[1:3], digit) && is(b[3], upper) &&
			is(b[4], digit|upper) && all(b[5:9], digit) && is(b[9], upper)
	}
	return false
}

func validBusinessID(b []byte) bool { return validLEI(b) || validUEN(b) }

func mod97(b []byte) int {
	r := 0
	for _, c := range b {
		switch {
		case is(c, digit):
			r = (r*10 + int(c-'0')) % 97
		case is(c, letter):
			r = (r*100 + int(up(c)-'A') + 10) % 97
		default:
			return -1
		}
	}
	return r
}

var orgMarks = [][]byte{
	[]byte("公司"), []byte("集团"), []byte("合作社"), []byte("事务所"), []byte("银行"), []byte("大学"),
	[]byte("医院"), []byte("商行"), []byte("经营部"), []byte("研究院"), []byte("委员会"), []byte("支行"),
}

var orgWords = wordSet(`inc llc ltd limited gmbh plc corp corporation co company sa ag bv nv oy ab spa srl pte pty
	pbc lp llp group holdings bank university hospital institute foundation association kg sas kk bhd sdn`)

// endsAsOrg looks for Chinese words near the end.
func endsAsOrg(b []byte) bool {
	return slices.ContainsFunc(orgMarks, func(m []byte) bool {
		i := bytes.LastIndex(b, m)
		return i > 0 && len(b)-i-len(m) <= 18
	})
}

// isOrgName looks for the words that end the name of an organisation.
func isOrgName(b []byte) bool {
	if len(b) < 4 || len(b) > 200 {
		return false
	}
	if !isASCII(b) && endsAsOrg(b) {
		return true
	}
	end := len(b)
	for end > 0 && !is(b[end-1], letter) {
		end--
	}
	start := end
	for start > 0 && is(b[start-1], letter) {
		start--
	}
	return start > 1 && orgWords.has(b[start:end]) && hasText(b[:start]) // "300 kg" is a weight
}
