package element

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

// HeaderMatch is one element that a column name points to.
type HeaderMatch struct {
	ID   dataspace.ElementID
	Fit  Fit
	Word string // the header word of the taxonomy, for evidence
	// Short says that the name is an abbreviation, such as the initials of its
	// syllables. It says little alone, and much among others of its kind.
	Short bool
}

// phrase is one header word of the taxonomy, split.
type phrase struct {
	tokens []string // of Latin words
	word   string   // as written in the taxonomy
	text   string   // lower case without separators; Chinese unchanged
	han    bool
	hint   bool // a general word: only a hint unless it is the whole name
	short  bool // an abbreviation: only ever a hint
	of     []*Element
}

type headerIndex struct {
	phrases []phrase
	exact   map[string][]int
}

func buildHeaders(list []Element) *headerIndex {
	x := &headerIndex{exact: map[string][]int{}}
	add := func(e *Element, word string, short bool) {
		tokens := tokenize(word)
		p := phrase{word: word, tokens: tokens, text: strings.Join(tokens, ""), short: short}
		p.han = columnname.HasChinese(p.text)
		p.hint = short || len(tokens) == 1 && columnname.General[p.text]
		for _, i := range x.exact[p.text] {
			if slices.Equal(x.phrases[i].tokens, tokens) {
				if !slices.Contains(x.phrases[i].of, e) {
					x.phrases[i].of = append(x.phrases[i].of, e)
				}
				return
			}
		}
		p.of = []*Element{e}
		x.exact[p.text] = append(x.exact[p.text], len(x.phrases))
		x.phrases = append(x.phrases, p)
	}
	for i := range list {
		e := &list[i]
		for _, words := range [][]string{e.Headers.EN, e.Headers.ZH} {
			for _, w := range words {
				add(e, w, false)
			}
		}
		for _, w := range e.Headers.Pinyin {
			add(e, w, len(w) <= 3)
		}
	}
	return x
}

// MatchHeader returns the elements a column name points to, each with its best
// fit, in the order of the taxonomy's words. It leaves out a word inside a
// longer matching word: "birth_date" is not a "date".
func (t *Taxonomy) MatchHeader(name string) []HeaderMatch {
	tokens := tokenize(name)
	if len(tokens) == 0 || len(name) > 200 {
		return nil
	}
	text := strings.Join(tokens, "")
	x := t.headers()
	var spans []span
	for i := range x.phrases {
		if s, ok := x.phrases[i].find(tokens, text); ok {
			s.phrase = i
			spans = append(spans, s)
		}
	}
	var out []HeaderMatch
	for _, s := range spans {
		if slices.ContainsFunc(spans, func(o span) bool { return o.covers(s) }) {
			continue
		}
		p := &x.phrases[s.phrase]
		for _, e := range p.of {
			out = addMatch(out, HeaderMatch{e.ID, judge(p, s, tokens, text, e), p.word, p.short && p.text == text})
		}
	}
	return out
}

// InTable corrects, by the name of the table, what the name of a column points
// to: the "name" of a table of products is a product's, and that of a table of
// members a person's.
func (t *Taxonomy) InTable(table string, matches []HeaderMatch) []HeaderMatch {
	person, known := columnname.Subject(table)
	if !known {
		return matches
	}
	ofAnything := func(m HeaderMatch) bool {
		e, ok := t.Lookup(m.ID)
		return ok && e.Has(PersonName) && (m.Fit == Hint || columnname.General[strings.ToLower(m.Word)])
	}
	if !person {
		return slices.DeleteFunc(matches, ofAnything)
	}
	for i := range matches {
		if m := &matches[i]; m.Fit == Part && ofAnything(*m) {
			m.Fit = Whole
		}
	}
	return matches
}

func addMatch(out []HeaderMatch, m HeaderMatch) []HeaderMatch {
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

// find looks for a Latin phrase as whole tokens, and for a Chinese one
// anywhere.
func (p *phrase) find(tokens []string, text string) (span, bool) {
	if p.text == text {
		return span{0, 0, len(text), len(text)}, true
	}
	if p.han {
		if i := strings.LastIndex(text, p.text); i >= 0 {
			return span{0, i, i + len(p.text), len(text)}, true
		}
		return span{}, false
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
func judge(p *phrase, s span, tokens []string, text string, e *Element) Fit {
	whole := s.from == 0 && s.to == s.of
	if whole {
		switch {
		case p.short:
			return Hint
		case p.hint && e.Has(PersonName):
			return Part // a "name" may be anything's
		}
		return Whole
	}
	before := text[:s.from]
	if e.Has(PersonName) {
		return judgeName(p, s, before, tokens)
	}
	tail := s.to == s.of
	switch {
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

// PersonNumber reports whether a column name means a system's number for a
// person: "employee_id", "patient no", "客户编号".
func PersonNumber(name string) (word string, ok bool) {
	tokens := tokenize(name)
	if len(tokens) == 0 {
		return "", false
	}
	text := strings.Join(tokens, "")
	for _, end := range []string{"编号", "工号", "号码", "号", "id"} {
		if head, ok := strings.CutSuffix(text, end); ok && columnname.HasChinese(head) && columnname.Person[head] {
			return text, true
		}
	}
	last := tokens[len(tokens)-1]
	if len(tokens) < 2 || !numberWords.has([]byte(last)) {
		return "", false
	}
	if !columnname.Person[tokens[len(tokens)-2]] {
		return "", false
	}
	return text, true
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
