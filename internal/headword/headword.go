package headword

import (
	"slices"
	"strings"

	"hutong/internal/columnname"
	"hutong/internal/dataspace"
)

// Fit says how well a column name matches a header word.
type Fit uint8

// The fits, weakest first.
const (
	Hint  Fit = iota + 1 // a general word, or a short abbreviation that several elements share
	Part                 // the word is inside the name
	Tail                 // the name ends with the word: "customer_email"
	Whole                // the name is the word
)

// Match is one element that a column name points to.
type Match struct {
	ID   dataspace.ElementID
	Fit  Fit
	Word string // the header word of the element, for evidence
	// Short says that the name is an abbreviation, such as the initials of its
	// syllables. It says little alone, and much among others of its kind. Made
	// says that nobody wrote it down: it was made from the syllables.
	Short, Made bool
	// Shared says that other things are called so too: the word counts only if
	// something else in the table speaks for the element.
	Shared bool
}

// Entry are the header words of one element.
type Entry struct {
	ID     dataspace.ElementID
	Person bool // it is the name of a person: what is before the word counts
	EN, ZH []string
	Pinyin []string // abbreviations that are in use
	// Shared are those of the words that other things are called too.
	Shared []string
}

// shares reports whether words of a name are one of the shared ones, divided as it
// is: "post_code" can be the code of a post, "postcode" can not.
func (e *Entry) shares(tokens []string, at span) bool {
	if len(e.Shared) == 0 {
		return false
	}
	from, here := 0, 0
	for here < at.from {
		here += len(tokens[from])
		from++
	}
	to := from
	for here < at.to {
		here += len(tokens[to])
		to++
	}
	return slices.ContainsFunc(e.Shared, func(w string) bool { return slices.Equal(tokenize(w), tokens[from:to]) })
}

// phrase is one header word, split.
type phrase struct {
	tokens []string // of Latin words
	word   string   // as written by the element
	text   string   // lower case without separators; Chinese unchanged
	form   form
	hint   bool // a general word: only a hint unless it is the whole name
	of     []*Entry
}

// form is how a header word is written.
type form uint8

const (
	latin  form = iota
	han         // Chinese: anywhere in a name
	spelt       // a Chinese word in Latin letters: also at the end of a name without separators
	letter      // an abbreviation: only ever a hint
	made        // initials that nobody wrote down: the same
)

// Index finds the elements that a column name points to. It is safe for
// concurrent use.
type Index struct {
	phrases []phrase
	exact   map[string][]int
}

// New indexes the header words of elements. A Chinese word is also found as it
// is spelt in Latin letters, and by the initials of its syllables.
func New(list []Entry) *Index {
	x := &Index{exact: map[string][]int{}}
	for i := range list {
		e := &list[i]
		for _, w := range slices.Concat(e.EN, e.ZH) {
			x.add(e, w, tokenize(w), latin)
		}
		for _, w := range e.Pinyin {
			f := latin
			if len(w) <= shortest {
				f = letter
			}
			x.add(e, w, tokenize(w), f)
		}
	}
	for i := range list {
		for _, w := range list[i].ZH {
			if t := headwords()[w].traditional; t != "" && t != w {
				x.add(&list[i], w, tokenize(t), latin)
			}
			x.addSpelt(&list[i], w)
		}
	}
	return x
}

// shortest is the number of letters up to which initials can be anything.
const shortest = 3

// addSpelt adds the pinyin of a Chinese word and its initials.
func (x *Index) addSpelt(e *Entry, word string) {
	syllables := strings.Fields(headwords()[word].syllables)
	if len(syllables) < 2 {
		return
	}
	first := ""
	for _, s := range syllables {
		first += s[:1]
	}
	x.add(e, word, []string{strings.Join(syllables, "")}, spelt)
	f := latin
	if len(first) <= shortest {
		f = made
	}
	x.add(e, word, []string{first}, f)
}

func (x *Index) add(e *Entry, word string, tokens []string, f form) {
	p := phrase{word: word, tokens: tokens, text: strings.Join(tokens, ""), form: f}
	if columnname.HasChinese(p.text) {
		p.form = han
	}
	p.hint = f == letter || f == made || len(tokens) == 1 && (columnname.General[p.text] || columnname.General[word])
	for _, i := range x.exact[p.text] {
		o := &x.phrases[i]
		if !slices.Equal(o.tokens, tokens) || (f == letter || f == made) && o.form != f {
			continue
		}
		if !slices.Contains(o.of, e) {
			o.of = append(o.of, e)
		}
		return
	}
	p.of = []*Entry{e}
	x.exact[p.text] = append(x.exact[p.text], len(x.phrases))
	x.phrases = append(x.phrases, p)
}

// Match returns the elements a column name points to, each with its best fit,
// in the order of the words. It leaves out a word inside a longer matching
// word: "birth_date" is not a "date".
func (x *Index) Match(name string) []Match {
	tokens := tokenize(name)
	if len(tokens) == 0 || len(name) > 200 {
		return nil
	}
	text := strings.Join(tokens, "")
	var spans []span
	var has [256]bool // the bytes of text, so that most phrases are not looked for
	for i := range len(text) {
		has[text[i]] = true
	}
	for i := range x.phrases {
		if p := x.phrases[i].text; p != "" && !(has[p[0]] && has[p[len(p)-1]]) {
			continue
		}
		if s, ok := x.phrases[i].find(tokens, text); ok {
			s.phrase = i
			spans = append(spans, s)
		}
	}
	var out []Match
	bounded := bound(tokens)
	for _, s := range spans {
		if slices.ContainsFunc(spans, func(o span) bool { return o.covers(s) }) {
			continue
		}
		p := &x.phrases[s.phrase]
		for _, e := range p.of {
			short := p.form == letter || p.form == made
			out = addMatch(out, Match{ID: e.ID, Fit: judge(p, s, tokens, text, e), Word: p.word, Short: short && p.text == text, Made: p.form == made, Shared: bounded || e.shares(tokens, s)})
		}
	}
	return out
}

func addMatch(out []Match, m Match) []Match {
	if m.Fit == 0 {
		return out
	}
	for i := range out {
		if out[i].ID == m.ID {
			if m.Fit > out[i].Fit {
				out[i] = m
			}
			return out
		}
	}
	return append(out, m)
}

// span is the position of a phrase in the joined text of a header.
type span struct{ phrase, from, to, of int }

func (s span) covers(o span) bool {
	return s.phrase != o.phrase && s.from <= o.from && s.to >= o.to && s.to-s.from > o.to-o.from
}

// longEnough is the number of letters from which pinyin at the end of a name
// is no coincidence.
const longEnough = 5

// find looks for a Latin phrase as whole tokens, and for a Chinese one
// anywhere.
func (p *phrase) find(tokens []string, text string) (span, bool) {
	if p.text == text {
		return span{0, 0, len(text), len(text)}, true
	}
	if p.form == han {
		if len(p.text) == len("名") {
			return span{}, false // one character is in too many words
		}
		if i := strings.LastIndex(text, p.text); i >= 0 {
			return span{0, i, i + len(p.text), len(text)}, true
		}
		return span{}, false
	}
	if i := len(text) - len(p.text); p.form == spelt && len(p.text) >= longEnough && strings.HasSuffix(text, p.text) {
		return span{0, i, len(text), len(text)}, true
	}
	if len(p.text) < 3 && p.text != "ip" && p.text != "id" && p.text != "qq" {
		return span{}, false
	}
	at := 0
	found, ok := span{}, false
	for i := range tokens {
		n, joined := 0, 0
		for j := i; j < len(tokens) && joined < len(p.text); j++ {
			if !strings.HasPrefix(p.text[joined:], tokens[j]) {
				break
			}
			joined += len(tokens[j])
			n++
		}
		if n > 0 && joined == len(p.text) {
			found, ok = span{0, at, at + joined, len(text)}, true
		}
		at += len(tokens[i])
	}
	return found, ok
}

// judge says how well a phrase at a position fits one element.
func judge(p *phrase, s span, tokens []string, text string, e *Entry) Fit {
	whole := s.from == 0 && s.to == s.of
	if whole {
		switch {
		case p.form == letter || p.form == made:
			return Hint
		case p.hint && e.Person:
			return Part // a "name" may be anything's
		}
		return Whole
	}
	before := text[:s.from]
	if e.Person {
		return judgeName(p, s, before, tokens)
	}
	tail := s.to == s.of
	switch {
	case p.hint && tail && endsWith(before, tokens, columnname.Person):
		return Tail // a member's phone is a person's
	case p.hint:
		return Hint
	case tail:
		return Tail
	default:
		return Part
	}
}

func judgeName(p *phrase, s span, before string, tokens []string) Fit {
	switch {
	case s.to != s.of && !p.hint:
		return Part
	case s.to != s.of:
		return 0
	case !p.hint:
		return Tail
	case endsWith(before, tokens, columnname.Person) && !strings.HasSuffix(before, "user"):
		return Tail
	case endsWith(before, tokens, columnname.Thing):
		return 0
	}
	return Hint
}

// endsWith reports whether the text before a word ends in a word of the set.
func endsWith(before string, tokens []string, set map[string]bool) bool {
	for i := 1; i < len(tokens); i++ {
		if strings.HasSuffix(before, tokens[i-1]) && strings.Join(tokens[:i], "") == before && set[tokens[i-1]] {
			return true
		}
	}
	for w := range set {
		if w[0] >= 0x80 && strings.HasSuffix(before, w) {
			return true
		}
	}
	return false
}

// bound reports whether a name is of a bound or of a figure over many: "min_age",
// "平均年龄".
func bound(tokens []string) bool {
	for i, t := range tokens {
		if bounds[t] && len(tokens) > 1 {
			return true
		}
		if !columnname.HasChinese(t) {
			continue
		}
		for w := range bounds {
			if w[0] >= 0x80 && (i == 0 && strings.HasPrefix(t, w) || i == len(tokens)-1 && strings.HasSuffix(t, w)) && t != w {
				return true
			}
		}
	}
	return false
}

var bounds = wordSet(`min max avg minimum maximum average mean median limit threshold range
	最小 最大 最低 最高 平均 上限 下限 限制 范围 阈值 範圍 閾值`)

// Initials reports whether a name is so short that it can be the initials of
// anything.
func Initials(name string) bool {
	tokens := tokenize(name)
	return len(tokens) == 1 && len(tokens[0]) <= shortest && !columnname.HasChinese(tokens[0])
}

// PersonNumber reports how well a column name means a system's number for a
// person, and the words of it: "employee_id", "patient no", "客户编号". It is 0
// if the name means none.
func PersonNumber(name string) (word string, fit Fit) {
	tokens := tokenize(name)
	if len(tokens) == 0 {
		return "", 0
	}
	text := strings.Join(tokens, "")
	for _, end := range []string{"编号", "編號", "工号", "工號", "号码", "號碼", "号", "號", "id"} {
		if head, ok := strings.CutSuffix(text, end); ok && columnname.HasChinese(head) && columnname.Person[head] {
			return text, Whole
		}
	}
	if len(tokens) == 1 && columnname.Person[strings.TrimSuffix(text, "id")] && strings.HasSuffix(text, "id") {
		return text, Whole // "authorid"
	}
	switch n := len(tokens); {
	case n < 2 || !numberWords[tokens[n-1]] || !columnname.Person[tokens[n-2]]:
		return "", 0
	case n == 2:
		return text, Whole
	}
	return text, Tail
}

var numberWords = wordSet(`id no num number code key nr ids uuid guid sn`)

// tokenize splits a column name into words; it leaves out text in brackets.
func tokenize(name string) []string {
	return columnname.Words(stripBrackets(strings.TrimSpace(name)))
}

func stripBrackets(s string) string {
	for _, pair := range [][2]string{{"(", ")"}, {"（", "）"}, {"[", "]"}} {
		i := strings.Index(s, pair[0])
		j := strings.LastIndex(s, pair[1])
		if i > 0 && j > i {
			s = s[:i] + s[j+len(pair[1]):]
		}
	}
	return s
}

func wordSet(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(list) {
		out[w] = true
	}
	return out
}
