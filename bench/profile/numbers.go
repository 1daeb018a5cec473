package main

import (
	"crypto/sha256"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
)

// maker makes values of known kinds. The check digits follow the published
// formats and share no code with the detectors; an independent library checks
// them where it is installed, see oracle.go.
type maker struct{ *rand.Rand }

// newMaker begins a series of values. Two series of different names differ.
func newMaker(series string, n int) maker {
	sum := sha256.Sum256([]byte(series))
	return maker{rand.New(rand.NewPCG(uint64(sum[0])|uint64(sum[1])<<8|uint64(sum[2])<<16|uint64(sum[3])<<24, uint64(n)))}
}

func (m maker) one(of ...string) string { return of[m.IntN(len(of))] }

// digits is n random digits.
func (m maker) digits(n int) string { return m.from("0123456789", n) }

func (m maker) from(alphabet string, n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = alphabet[m.IntN(len(alphabet))]
	}
	return string(out)
}

const (
	upperLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	alphanumeric = "0123456789" + upperLetters
)

// day is a date of birth, from 1940 to 2008, in the layout of the package time.
func (m maker) day() (year, month, day int) { return 1940 + m.IntN(69), 1 + m.IntN(12), 1 + m.IntN(28) }

func (m maker) birth() string {
	y, mo, d := m.day()
	return fmt.Sprintf("%04d%02d%02d", y, mo, d)
}

// weighted is the sum of the products of digits and weights.
func weighted(digits string, weights ...int) (sum int) {
	for i, c := range digits {
		sum += value(byte(c)) * weights[i]
	}
	return sum
}

// value is that of a digit, or of a letter as 10 to 35.
func value(c byte) int {
	if c >= 'A' {
		return int(c-'A') + 10
	}
	return int(c - '0')
}

// luhn is the check digit of ISO/IEC 7812 annex B.
func luhn(digits string) string {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return fmt.Sprint((10 - sum%10) % 10)
}

// mod97 is the pair of check digits of ISO 7064 MOD 97-10 for a text, in which
// a letter stands for two digits.
func mod97(text string) string {
	var digits strings.Builder
	for i := range len(text) {
		fmt.Fprint(&digits, value(text[i]))
	}
	n, _ := new(big.Int).SetString(digits.String()+"00", 10) // digits only
	return fmt.Sprintf("%02d", 98-new(big.Int).Mod(n, big.NewInt(97)).Int64())
}

// pure11 is the check character of ISO 7064 MOD 11-2.
func pure11(digits string) string {
	p := 0
	for _, c := range digits {
		p = (p + int(c-'0')) * 2 % 11
	}
	return "0123456789X"[(12-p)%11:][:1]
}

// divisions are some county codes of GB/T 2260.
var divisions = strings.Fields(`110101 110105 110108 120104 130102 140105 150102 210102 220102 230103 310101 310104 310115 320106
	320505 330106 330203 340104 350203 360102 370102 370203 410105 420106 430104 440103 440305 440606 450103 460105 500103
	510104 510107 520103 530102 540102 610113 620102 630103 640104 650102`)

func resident(m maker) string {
	body := m.one(divisions...) + m.birth() + m.digits(3)
	return body + pure11(body)
}

func residencePermit(m maker) string {
	body := m.one("810000", "820000", "830000") + m.birth() + m.digits(3)
	return body + pure11(body)
}

// permanentResident is the card of 2023: 9, division, nationality, birth, serial
// number.
func permanentResident(m maker) string {
	body := "9" + m.one("11", "31", "44", "33", "32") + m.one("840", "826", "250", "276", "392", "410", "036", "124") + m.birth() + m.digits(3)
	return body + pure11(body)
}

// hongKong is the number without its brackets.
func hongKong(m maker) string {
	letters := " " + m.one("A", "B", "C", "D", "E", "G", "H", "K", "M", "P", "R", "S", "V", "Y", "Z")
	if m.IntN(5) == 0 {
		letters = m.one("WX", "XA", "XD", "XE", "XH", "EC")
	}
	number := m.digits(6)
	first := 36
	if letters[0] != ' ' {
		first = value(letters[0])
	}
	sum := first*9 + value(letters[1])*8 + weighted(number, 7, 6, 5, 4, 3, 2)
	return strings.TrimSpace(letters) + number + "0123456789A"[(11-sum%11)%11:][:1]
}

// bracketed writes the check digit as on the card.
func bracketed(number, space string) string {
	n := len(number) - 1
	return number[:n] + space + "(" + number[n:] + ")"
}

// taiwanLetter has the two digits of a first letter.
var taiwanLetter = map[byte]int{
	'A': 10, 'B': 11, 'C': 12, 'D': 13, 'E': 14, 'F': 15, 'G': 16, 'H': 17, 'I': 34, 'J': 18, 'K': 19, 'L': 20, 'M': 21,
	'N': 22, 'O': 35, 'P': 23, 'Q': 24, 'R': 25, 'S': 26, 'T': 27, 'U': 28, 'V': 29, 'W': 32, 'X': 30, 'Y': 31, 'Z': 33,
}

// taiwan is a number of a national (second character 1 or 2), or of a resident:
// 8 or 9 since 2021, A to D before.
func taiwan(m maker, second string) string {
	letter := m.from(upperLetters, 1)
	body := m.digits(7)
	s := taiwanLetter[second[0]] % 10
	if second[0] < 'A' {
		s = int(second[0] - '0')
	}
	v := taiwanLetter[letter[0]]
	sum := v/10 + v%10*9 + s*8 + weighted(body, 7, 6, 5, 4, 3, 2, 1)
	return letter + second + body + fmt.Sprint((10-sum%10)%10)
}

func singapore(m maker) string {
	first := m.one("S", "T", "F", "G", "M")
	body := m.digits(7)
	sum := weighted(body, 2, 7, 6, 5, 4, 3, 2)
	switch first {
	case "T", "G":
		sum += 4
	case "M":
		sum += 3
	}
	letters := map[string]string{"S": "JZIHGFEDCBA", "F": "XWUTRQPNMLK", "M": "XWUTRQPNJLK"}
	letters["T"], letters["G"] = letters["S"], letters["F"]
	return first + body + letters[first][sum%11:][:1]
}

// macau has no published check digit.
func macau(m maker) string { return m.one("1", "5", "7") + m.digits(6) + m.digits(1) }

func korean(m maker) string {
	y, mo, d := m.day()
	sex := 1 + m.IntN(2)
	if y >= 2000 {
		sex += 2
	}
	body := fmt.Sprintf("%02d%02d%02d%d%02d", y%100, mo, d, sex, m.IntN(96)) + m.digits(3) // the place is below 97
	sum := weighted(body, 2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
	return body[:6] + "-" + body[6:] + fmt.Sprint((11-sum%11)%10)
}

// japanese is a My Number.
func japanese(m maker) string {
	body := m.digits(11)
	r := weighted(body, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2) % 11
	if r <= 1 {
		return body + "0"
	}
	return body + fmt.Sprint(11-r)
}

func ssn(m maker) string {
	area := 1 + m.IntN(899)
	if area == 666 {
		area++
	}
	return fmt.Sprintf("%03d-%02d-%04d", area, 1+m.IntN(99), 1+m.IntN(9999))
}

func card(m maker) string {
	prefix := m.one("622202", "621700", "622848", "625912", "4539", "4716", "51", "53", "55", "34", "37", "3530", "6011")
	n := 16
	switch prefix {
	case "34", "37":
		n = 15
	case "622202", "621700", "622848":
		n = 19
	}
	body := prefix + m.digits(n-1-len(prefix))
	return body + luhn(body)
}

// inFours writes a number as it stands on a card.
func inFours(s, sep string) string {
	var out []string
	for len(s) > 4 {
		out, s = append(out, s[:4]), s[4:]
	}
	return strings.Join(append(out, s), sep)
}

// iban has the account forms of seven countries of the IBAN registry.
func iban(m maker) string {
	var country, account string
	switch m.IntN(7) {
	case 0:
		country, account = "DE", m.digits(18)
	case 1:
		country, account = "GB", m.one("BARC", "HBUK", "LOYD", "NWBK")+m.digits(14)
	case 2:
		country, account = "NL", m.one("ABNA", "INGB", "RABO")+elevenProof(m, 10)
	case 3:
		country, account = "CH", m.digits(17)
	case 4:
		country, account = "AE", m.digits(19)
	case 5:
		country, account = "AT", m.digits(16)
	default:
		country, account = "SA", m.digits(20)
	}
	return country + mod97(account+country) + account
}

// elevenProof is a number of n digits whose sum of digits by descending weights
// is a multiple of 11.
func elevenProof(m maker, n int) string {
	for {
		s := "0" + m.digits(n-1)
		sum := 0
		for i, c := range s {
			sum += int(c-'0') * (n - i)
		}
		if sum%11 == 0 {
			return s
		}
	}
}

func imei(m maker) string {
	body := m.one("35", "86", "01", "99") + m.digits(12)
	return body + luhn(body)
}

// iccid has 19 digits with a Luhn digit (ITU-T E.118), of a mainland operator.
func iccid(m maker) string {
	body := "8986" + m.one("00", "01", "03") + m.digits(12)
	return body + luhn(body)
}

// imsi begins with the code of a country and a network (ITU-T E.212).
func imsi(m maker) string {
	return m.one("46000", "46001", "46003", "46011", "45400", "45412") + m.digits(10)
}

// vin has the check character of ISO 3779 in place nine.
func vin(m maker) string {
	const letters = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
	body := m.one("LSV", "LFV", "LGX", "LBE", "LVS", "1HG", "1FA", "4T1", "5YJ") + m.from(letters, 5)
	rest := m.from("ABCDEFGHJKLMNPRSTVWXY123456789", 1) + m.from(letters, 1) + m.digits(6)
	values := map[byte]int{
		'A': 1, 'B': 2, 'C': 3, 'D': 4, 'E': 5, 'F': 6, 'G': 7, 'H': 8, 'J': 1, 'K': 2, 'L': 3, 'M': 4, 'N': 5, 'P': 7, 'R': 9,
		'S': 2, 'T': 3, 'U': 4, 'V': 5, 'W': 6, 'X': 7, 'Y': 8, 'Z': 9,
	}
	sum, all := 0, body+"0"+rest
	for i, w := range []int{8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2} {
		v := values[all[i]]
		if all[i] <= '9' {
			v = int(all[i] - '0')
		}
		sum += v * w
	}
	return body + "0123456789X"[sum%11:][:1] + rest
}

// socialCredit is a code of GB 32100, with an organisation code of GB 11714
// inside.
func socialCredit(m maker) string {
	const set = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	org := "MA" + m.from("123456789ABCDEFGHJKLMNPQRTUWXY", 1) + m.from("0123456789ABCDEFGHJKLMNPQRTUWXY", 5)
	org += "0123456789X0"[(11-weighted(org, 3, 7, 9, 10, 5, 8, 4, 2)%11)%11:][:1]
	body := m.one("91", "92", "93", "12", "52") + m.one(divisions...) + org
	sum, w := 0, 1
	for i := range len(body) {
		sum += strings.IndexByte(set, body[i]) * w
		w = w * 3 % 31
	}
	return body + set[(31-sum%31)%31:][:1]
}

func lei(m maker) string {
	body := m.one("5493", "3003", "8367", "2138") + "00" + m.from(alphanumeric, 12)
	return body + mod97(body)
}

func imo(m maker) string {
	body := m.one("7", "8", "9") + m.digits(5)
	return body + fmt.Sprint(weighted(body, 7, 6, 5, 4, 3, 2)%10)
}

// container is a number of ISO 6346.
func container(m maker) string {
	body := m.one("CSQ", "MSK", "COS", "TGH", "MSC", "OOL", "TCN", "CMA") + "U" + m.digits(6)
	sum := 0
	for i := range len(body) {
		v := int(body[i] - '0')
		if body[i] >= 'A' { // from 10 on, without the multiples of 11
			v = value(body[i])
			v += (v - 1) / 10
		}
		sum += v << i
	}
	return body + fmt.Sprint(sum%11%10)
}

// postal is a number of UPU S10.
func postal(m maker) string {
	body := m.digits(8)
	c := 11 - weighted(body, 8, 6, 4, 2, 3, 5, 9, 7)%11
	switch c {
	case 10:
		c = 0
	case 11:
		c = 5
	}
	return m.one("EA", "RR", "CP", "LX") + body + fmt.Sprint(c) + m.one("CN", "HK", "SG", "US")
}

// passportZone is the second line of the zone of a passport (ICAO 9303, TD3).
func passportZone(m maker) string {
	check := func(s string) string {
		sum := 0
		for i := range len(s) {
			v := 0
			if s[i] != '<' {
				v = value(s[i])
			}
			sum += v * []int{7, 3, 1}[i%3]
		}
		return fmt.Sprint(sum % 10)
	}
	number := m.one("E", "G", "P") + m.digits(8)
	y, mo, d := m.day()
	birth, expiry := fmt.Sprintf("%02d%02d%02d", y%100, mo, d), fmt.Sprintf("%02d%02d%02d", 27+m.IntN(9), mo, d)
	personal := strings.Repeat("<", 14)
	a, b, c := number+check(number), birth+check(birth), expiry+check(expiry)
	return a + m.one("CHN", "SGP", "KOR", "GBR") + b + m.one("M", "F") + c + personal + "0" + check(a+b+c+personal+"0")
}
