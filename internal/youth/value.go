package youth

import (
	"slices"
	"strings"
	"unicode/utf8"

	"hutong/internal/columnname"
)

// oldest is the highest age that is read.
const oldest = 150

// The units of an age, as parts of a year.
var units = map[string]int{
	"": 1, "岁": 1, "歲": 1, "周岁": 1, "周歲": 1, "y": 1, "yr": 1, "yrs": 1, "year": 1, "years": 1, "yearold": 1, "yearsold": 1, "yo": 1, "y/o": 1,
	"个月": 12, "個月": 12, "月": 12, "月龄": 12, "mo": 12, "mos": 12, "month": 12, "months": 12, "monthsold": 12,
	"周": 52, "週": 52, "week": 52, "weeks": 52, "天": 365, "日": 365, "日龄": 365, "day": 365, "days": 365, "daysold": 365,
}

// Years reads an age, and the lower end of a range. ok is false where there is no
// lower end: somebody of "under 18" may be of any age below it. group says that a
// number alone may be a code.
func Years(cell []byte, group bool) (years int, ok bool) {
	text := strings.ToLower(strings.Join(strings.Fields(string(cell)), ""))
	text = strings.TrimLeft(text, "[(（【")
	n, rest, ok := number(text)
	if !ok {
		return 0, false
	}
	rest = strings.TrimRight(rest, "])）】")
	for _, more := range []string{"+", "以上", "及以上", "岁以上", "岁及以上", "歲以上", "orolder", "andolder", "andover", "orover", "ormore", "yearsandover"} {
		if rest == more {
			return in(n, 1)
		}
	}
	if per, known := units[rest]; known {
		if group && rest == "" {
			return 0, false
		}
		return in(n, per)
	}
	unit := rest
	for _, sep := range []string{"-", "~", "–", "—", "～", "至", "到", "to", ",", "，"} {
		before, after, found := strings.Cut(rest, sep)
		if !found {
			continue
		}
		_, last, ok := number(after)
		if !ok {
			continue
		}
		if unit = before; unit == "" {
			unit = last
		}
		per, known := units[unit]
		if _, fits := units[last]; known && fits {
			return in(n, per)
		}
	}
	// "5岁3个月": the years come first.
	for _, u := range []string{"岁", "歲", "years", "year", "yrs", "yr", "y"} {
		if after, found := strings.CutPrefix(rest, u); found {
			if _, last, ok := number(after); ok && units[last] > 1 {
				return in(n, 1)
			}
		}
	}
	return 0, false
}

func in(n, per int) (int, bool) { return n / per, n/per <= oldest }

// number is the whole number that the text begins with.
func number(text string) (n int, rest string, ok bool) {
	i := 0
	for ; i < len(text) && text[i] >= '0' && text[i] <= '9'; i++ {
		if n = n*10 + int(text[i]-'0'); n > 100_000 {
			return 0, "", false
		}
	}
	rest = text[i:]
	if j := 1; len(rest) > 1 && rest[0] == '.' && rest[1] >= '0' && rest[1] <= '9' { // 5.5 years
		for j < len(rest) && rest[j] >= '0' && rest[j] <= '9' {
			j++
		}
		rest = rest[j:]
	}
	return n, rest, i > 0
}

// Schooling says what a value tells of somebody's school: class is of a class of
// children, higher is a school of adults.
func Schooling(value []byte) (class, higher bool) {
	if len(value) == 0 || len(value) > longestName || !worded(value) {
		return false, false
	}
	x := builtin()
	text := strings.ToLower(strings.TrimSpace(string(value)))
	var store [longestName]byte
	if x.grades[string(numbered(store[:0], text))] {
		return true, false
	}
	if !slices.ContainsFunc(x.higher, func(w string) bool { return strings.Contains(text, w) }) {
		return false, false
	}
	return false, !slices.ContainsFunc(x.young, func(w string) bool {
		return strings.HasSuffix(text, w) || !columnname.HasChinese(w) && strings.Contains(text, w)
	})
}

// worded reports whether a value has a letter of some script, as each of the words
// has.
func worded(value []byte) bool {
	return slices.ContainsFunc(value, func(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= utf8.RuneSelf })
}

// numbered appends the text with # for each number.
func numbered(b []byte, text string) []byte {
	in := false
	for _, r := range text {
		digit := r >= '0' && r <= '9' || r >= 0x80 && strings.ContainsRune("一二三四五六七八九十", r)
		if digit && !in {
			b = append(b, '#')
		}
		if !digit && r != '(' && r != ')' && r != '（' && r != '）' {
			b = utf8.AppendRune(b, r)
		}
		in = digit
	}
	return b
}
