package screen

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"hutong/internal/hanzi"
)

// name is a name in the forms in which names are compared.
type name struct {
	whole string   // letters and digits only
	core  string   // without words for kinds of company
	words []string // of the core, sorted
	runes []rune   // of the core
	han   bool     // it has Chinese characters
	in    scripts
}

// scripts is a set of scripts.
type scripts uint16

// The scripts that are told apart. Any other letter is in a script of its own.
var tables = []*unicode.RangeTable{
	unicode.Han, unicode.Latin, unicode.Cyrillic, unicode.Arabic, unicode.Greek, unicode.Hangul, unicode.Hiragana, unicode.Katakana, unicode.Hebrew, unicode.Thai, unicode.Devanagari,
}

func scriptOf(r rune) scripts {
	for i, t := range tables {
		if unicode.Is(t, r) {
			return 1 << i
		}
	}
	if unicode.IsLetter(r) {
		return 1 << len(tables)
	}
	return 0
}

const latin scripts = 2 // the second of the tables

// latinLike are letters of other scripts that look like Latin ones. In a name that
// is otherwise Latin they are taken for these.
var latinLike = strings.NewReplacer("а", "a", "е", "e", "о", "o", "р", "p", "с", "c", "у", "y", "х", "x", "і", "i", "ѕ", "s", "ј", "j", "к", "k", "м", "m", "н", "h", "т", "t", "в", "b",
	"ο", "o", "α", "a", "ν", "v", "ι", "i", "κ", "k", "ρ", "p", "τ", "t", "υ", "u", "χ", "x")

// latinPlain are Latin letters that have no accent to take away, as they are written
// where there is no such letter.
var latinPlain = map[rune]string{
	'ł': "l", 'ø': "o", 'đ': "d", 'ð': "d", 'ħ': "h", 'ı': "i", 'ŋ': "n", 'ŧ': "t", 'þ': "th", 'ß': "ss", 'æ': "ae", 'œ': "oe", 'ə': "a", 'ʻ': "", 'ʼ': "", 'ʿ': "", 'ʾ': "",
}

// umlauts are two letters that stand for one with an accent (Mueller, Oersted). They
// make no difference between names that are otherwise the same.
var umlauts = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u", "aa", "a")

// titles stand before or after a person's name and are no part of it.
var titles = map[string]bool{}

// hanTitles are the same in Chinese.
var hanTitles = []string{"先生", "女士", "小姐", "教授", "博士", "院士", "律师", "经理", "董事长", "总经理"}

// endings are words for kinds of company. A name is compared with them and
// without them.
var endings = map[string]bool{}

// hanEndings are the same in Chinese, the longest first.
var hanEndings = []string{
	"有限责任合伙", "股份有限公司", "有限责任公司", "控股集团有限公司", "集团有限公司", "私人有限公司", "有限公司", "株式会社", "合伙企业", "集团公司", "分公司", "集团", "公司",
}

func init() {
	for w := range strings.FieldsSeq(`ltd limited co company corp corporation inc incorporated llc llp lp plc pte pty pvt private public
		gmbh ag kg kgaa ug se sa sas sarl srl spa bv nv ab as asa oy oyj aps kk sdn bhd tbk pt ooo oao zao pjsc ojsc jsc fze fzco dmcc
		holding holdings group the`) {
		endings[w] = true
	}
	for w := range strings.FieldsSeq(`mr mrs ms miss dr prof professor sir dame lord lady hon eng gen col capt maj sheikh haji`) {
		titles[w] = true
	}
	slices.SortStableFunc(hanTitles, func(a, b string) int { return len(b) - len(a) })
	slices.SortStableFunc(hanEndings, func(a, b string) int { return len(b) - len(a) })
}

// nameOf reads a name: width, case, accents, punctuation and traditional
// characters make no difference.
func nameOf(s string) name {
	s = norm.NFKC.String(s)
	buffer := make([]byte, len(s))
	s = norm.NFD.String(string(hanzi.Simplify(buffer, []byte(s))))
	var b strings.Builder
	var n name
	for _, r := range s {
		if plain, ok := latinPlain[unicode.ToLower(r)]; ok {
			n.in |= latin
			b.WriteString(plain)
			continue
		}
		switch {
		case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r): // accents; what nobody sees
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			n.in |= scriptOf(r)
			b.WriteRune(unicode.ToLower(r))
		case r == '\'' || r == '’' || r == '.': // O'Neill, S.A.
		default:
			b.WriteByte(' ')
		}
	}
	n.han = n.in&1 != 0
	text := b.String()
	if n.in&latin != 0 {
		text = latinLike.Replace(text)
	}
	all := strings.Fields(norm.NFC.String(text))
	n.whole = strings.Join(all, "")
	for _, w := range all {
		if n.han {
			w = withoutEnding(w)
		}
		if w != "" && !endings[w] && !titles[w] {
			n.words = append(n.words, w)
		}
	}
	if n.core = strings.Join(n.words, ""); n.core == "" {
		n.core, n.words = n.whole, all
	}
	n.runes = []rune(n.core)
	slices.Sort(n.words)
	return n
}

func withoutEnding(w string) string {
	for _, list := range [][]string{hanEndings, hanTitles} {
		for _, e := range list {
			if rest, ok := strings.CutSuffix(w, e); ok {
				return rest // nothing, if the word stands by itself
			}
		}
	}
	return w
}

// Likeness says how two names are alike.
type Likeness string

// The likenesses, the greatest first.
const (
	Unlike   Likeness = ""
	SameName Likeness = "same_name"       // but for case, width, script of characters, punctuation
	SameCore Likeness = "same_but_ending" // but for the kind of company
	Contains Likeness = "one_in_other"    // all words of one are in the other
	Close    Likeness = "close"           // but for a letter or two, or the order of words
	Said     Likeness = "said"            // a person said so before, under other names
)

// Shortest names that are compared other than as a whole.
const (
	shortHan   = 3
	shortWords = 5 // letters
	oneLetter  = 8 // letters from which one may differ
	twoLetters = 16
)

// alike compares two names.
func alike(a, b name) Likeness {
	switch {
	case a.whole == "" || b.whole == "":
		return Unlike
	case a.whole == b.whole:
		return SameName
	case a.core == b.core:
		return SameCore
	case within(a, b) || within(b, a):
		return Contains
	case slices.Equal(a.words, b.words) || near(a.runes, b.runes) || len(a.core) >= shortWords && umlauts.Replace(a.core) == umlauts.Replace(b.core):
		return Close
	}
	return Unlike
}

// within reports whether all of a is in b.
func within(a, b name) bool {
	if a.han {
		return len(a.runes) >= shortHan && strings.Contains(b.core, a.core)
	}
	if len(a.core) < shortWords || len(a.words) > len(b.words) {
		return false
	}
	for _, w := range a.words {
		if !slices.Contains(b.words, w) {
			return false
		}
	}
	return true
}

// near reports whether few letters differ.
func near(x, y []rune) bool {
	most := 0
	switch short := min(len(x), len(y)); {
	case short >= twoLetters:
		most = 2
	case short >= oneLetter:
		most = 1
	default:
		return false
	}
	if len(x)-len(y) > most || len(y)-len(x) > most {
		return false
	}
	return distance(x, y, most) <= most
}

// distance counts the letters to be put in, left out, replaced, or exchanged with
// the next one. More than most are not counted to the end.
func distance(x, y []rune, most int) int {
	before, last, now := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		now[0] = i
		least := i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
			least = min(least, now[j])
		}
		if least > most+1 { // an exchange looks one row further back
			return least
		}
		before, last, now = last, now, before
	}
	return last[len(y)]
}
