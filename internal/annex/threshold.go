package annex

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/width"
)

// The people that a threshold counts: those without sensitive data, those with,
// each of the two, or the two together.
const (
	subjectPeople    = "people"
	subjectSensitive = "sensitive"
	subjectBoth      = "both"
	subjectAll       = "all"
)

var subjects = []string{subjectPeople, subjectSensitive, subjectBoth, subjectAll}

// Bound is one condition on a number of people: at least Lower and below Upper.
// Zero means no bound.
type Bound struct {
	Subject string // people, sensitive, all, or empty where the text does not say
	Lower   int64  // the smallest number included
	Upper   int64  // the smallest number above the range
}

// The counting words of Chinese rules: 以上 and 以下 include the number itself,
// 超过 and 不满 do not.
var (
	number = `((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?\s*(?:[万亿千百]+)?|[一二两三四五六七八九十百千万亿]+)\s*(?:名|个)?(?:自然)?人?(?:次)?\s*`
	// included follows a number where the rule states inclusion again.
	included = `(?:[(（]\s*(不?含|不?包括)(?:本数)?\s*[)）])?\s*`

	atLeast = regexp.MustCompile(`^(?:≥|>=|达到|不少于|不低于)\s*` + number + included + `(?:及?以上)?$|^` + number + included + `及?以上` + included + `$`)
	above   = regexp.MustCompile(`^(?:超过|多于|大于|高于|>)\s*` + number + `(?:以上)?$`)
	atMost  = regexp.MustCompile(`^(?:≤|<=|不超过|不多于|不高于)\s*` + number + included + `(?:及?以下)?$|^` + number + included + `及?以下` + included + `$`)
	below   = regexp.MustCompile(`^(?:不满|不足|少于|低于|小于|未达到?|<)\s*` + number + `$`)

	sensitive = regexp.MustCompile(`敏感`)
	// together says that the number counts people with and without sensitive data.
	together = regexp.MustCompile(`[(（]\s*(?:包?含|包括)(?:有)?敏感(?:个人)?(?:信息)?(?:的)?(?:在内)?\s*[)）]|[、,]?(?:包?含|包括)敏感个人信息(?:在内)?$`)
	without  = regexp.MustCompile(`[(（]?\s*(?:不含|不包括|非|除)\s*(?:的)?敏感(?:个人)?(?:信息)?(?:外)?\s*[)）]?`)
	// noise are words next to a number that do not change its meaning.
	noise = regexp.MustCompile(`自?(?:当年|本年)度?(?:1月1日)?(?:起)?|累计|向?境外|提供|出境|的?(?:敏感)?个人(?:敏感)?信息|的数据|数据|数量|人数|规模|涉及|:|：|\s`)
)

// ParseThreshold reads a text such as «10万人以上、不满100万人个人信息（不含敏感个人信息）».
// It fails when any part of it is not understood: nothing is left out.
func ParseThreshold(text string) (Bound, error) {
	var b Bound
	s := strings.TrimSpace(width.Fold.String(strings.ReplaceAll(text, "，", "、")))
	s = strings.ReplaceAll(s, "～", "~")
	switch {
	case without.MatchString(s):
		b.Subject, s = subjectPeople, without.ReplaceAllString(s, "")
		if sensitive.MatchString(s) {
			return Bound{}, fmt.Errorf("%q speaks of sensitive data twice", text)
		}
	case together.MatchString(s):
		b.Subject, s = subjectAll, together.ReplaceAllString(s, "")
		if sensitive.MatchString(s) {
			return Bound{}, fmt.Errorf("%q speaks of sensitive data twice", text)
		}
	case sensitive.MatchString(s):
		b.Subject = subjectSensitive
	}
	s = noise.ReplaceAllString(s, "")
	if s == "" {
		return Bound{}, fmt.Errorf("%q has no number", text)
	}
	for part := range strings.SplitSeq(s, "、") {
		if err := b.add(part); err != nil {
			return Bound{}, fmt.Errorf("%q is not understood: %w", text, err)
		}
	}
	if b.Lower != 0 && b.Upper != 0 && b.Lower >= b.Upper {
		return Bound{}, fmt.Errorf("%q begins above its end", text)
	}
	return b, nil
}

func (b *Bound) add(part string) error {
	for _, form := range []struct {
		re    *regexp.Regexp
		lower bool
		plus  int64
	}{{above, true, 1}, {atLeast, true, 0}, {below, false, 0}, {atMost, false, 1}} {
		m := form.re.FindStringSubmatch(part)
		if m == nil {
			continue
		}
		text, plus := "", form.plus
		for i, group := range m[1:] {
			switch {
			case strings.HasPrefix(group, "不"):
				plus = 1 - plus // «10万人(不含)以上»
			case group != "" && !strings.HasPrefix(group, "含") && !strings.HasPrefix(group, "包括") && text == "":
				text = m[1+i]
			}
		}
		n, err := people(text)
		if err != nil {
			return err
		}
		return b.set(form.lower, n+plus)
	}
	return fmt.Errorf("%q", part)
}

func (b *Bound) set(lower bool, n int64) error {
	at := &b.Upper
	if lower {
		at = &b.Lower
	}
	if *at != 0 {
		return fmt.Errorf("two bounds of one kind")
	}
	*at = n
	return nil
}

const mostPeople = 100_000_000_000

// people reads a number of people: digits with 万 and 亿, or written out.
func people(s string) (int64, error) {
	s = strings.NewReplacer(",", "", " ", "").Replace(s)
	digits := strings.TrimRight(s, "百千万亿")
	if digits == "" || strings.Trim(digits, "0123456789.") != "" {
		return written(s)
	}
	whole, fraction, _ := strings.Cut(digits, ".")
	n, err := strconv.ParseInt(whole+fraction, 10, 64)
	if err != nil || n > mostPeople {
		return 0, fmt.Errorf("%q is no number", s)
	}
	for _, unit := range s[len(digits):] {
		if n *= units[unit]; n > mostPeople*10_000 {
			return 0, fmt.Errorf("%q is too many", s)
		}
	}
	for range len(fraction) {
		if n%10 != 0 {
			return 0, fmt.Errorf("%q is no whole number", s)
		}
		n /= 10
	}
	if n < 1 || n > mostPeople {
		return 0, fmt.Errorf("%q is no number of people", s)
	}
	return n, nil
}

var (
	units      = map[rune]int64{'十': 10, '百': 100, '千': 1000, '万': 10_000, '亿': 100_000_000}
	digitWords = map[rune]int64{'一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}
)

// written reads a number in Chinese words: 十万, 一百二十万.
func written(s string) (int64, error) {
	var total, section, digit int64
	for _, r := range s {
		switch unit := units[r]; {
		case digitWords[r] != 0:
			if digit != 0 {
				return 0, fmt.Errorf("%q is no number", s)
			}
			digit = digitWords[r]
		case unit >= 10_000:
			section += digit
			if section == 0 && total == 0 {
				return 0, fmt.Errorf("%q is no number", s)
			}
			total, section, digit = (total+section)*unit, 0, 0
		case unit != 0:
			section, digit = section+max(digit, 1)*unit, 0
		default:
			return 0, fmt.Errorf("%q is no number", s)
		}
		if total > mostPeople {
			return 0, fmt.Errorf("%q is too many", s)
		}
	}
	if n := total + section + digit; n > 0 {
		return n, nil
	}
	return 0, fmt.Errorf("%q is no number", s)
}
