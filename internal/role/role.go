package role

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"hutong/internal/columnname"
	"hutong/internal/dataspace"
	"hutong/words"
)

// Kind says how a role stands to the person whom a table is about.
type Kind string

// The kinds.
const (
	Subject Kind = "subject" // whom a table is usually about
	Party   Kind = "party"   // another person of the row
	Private Kind = "private" // somebody close to the person of the row
	Staff   Kind = "staff"   // somebody who handles many rows
)

// Role is one role with its words.
type Role struct {
	ID     string         `json:"id"`
	Kind   Kind           `json:"kind"`
	Name   dataspace.Text `json:"name"`
	EN     []string       `json:"en,omitempty"`
	Weak   []string       `json:"weak,omitempty"`
	ZH     []string       `json:"zh,omitempty"`
	Pinyin []string       `json:"pinyin,omitempty"`
	// Standing means that it is what somebody is to the exporter, and not what
	// they do in one row.
	Standing bool `json:"standing,omitempty"`
	// Anybody means that whoever has a number in a system may be called so.
	Anybody bool `json:"anybody,omitempty"`
	// Among is the role whose numbers people of this role have too.
	Among string `json:"among,omitempty"`
}

// MayBe reports whether one person of a row can have both roles: an employee who
// is a user, but no tenant who is the owner.
func (r *Role) MayBe(o *Role) bool {
	if r.Anybody || o.Anybody {
		return r.busy() && o.busy()
	}
	return r.Standing && o.Standing
}

// busy reports whether the role is of somebody for whom a row can be made.
func (r *Role) busy() bool { return r.Kind == Subject || r.Kind == Staff }

// Found is one role that a column name points to.
type Found struct {
	Role *Role
	// Weak means that the word also describes columns of the main person.
	Weak bool
}

// Reading is what the name of a column says of people.
type Reading struct {
	Roles  []Found // in the order of their words in the name
	Number int     // "guest_2_id" is of the second guest; 0 if there is none
	Stem   string  // the name without the number
	Rest   string  // the name without the number and the words of roles
	Alone  bool    // it is the word of one role and nothing else: "患者", "guest_2"
	Own    bool    // it is the number of the one role, and nothing else
}

// Staff reports whether the name is of people who handle many rows, and of nobody
// else.
func (r *Reading) Staff() bool {
	for _, f := range r.Roles {
		if f.Role.Kind != Staff {
			return false
		}
	}
	return len(r.Roles) > 0
}

// Words are all roles.
type Words struct {
	SchemaVersion int      `json:"schema_version" yaml:"schema_version"`
	Suffixes      []string `json:"suffixes"`
	Except        []string `json:"except"`
	Roles         []*Role  `json:"roles"`
	Numbers       list     `json:"numbers"`

	phrases []phrase
	own     map[string]bool // without spaces between words
}

// list are words of one meaning.
type list struct {
	EN     []string `json:"en"`
	ZH     []string `json:"zh"`
	Pinyin []string `json:"pinyin"`
}

// tokens are the words without spaces between their parts.
func (l list) tokens() map[string]bool {
	out := map[string]bool{}
	for _, words := range [][]string{l.EN, l.ZH, l.Pinyin} {
		for _, word := range words {
			out[strings.Join(columnname.Parts(word), "")] = true
		}
	}
	return out
}

// phrase is one word of a role.
type phrase struct {
	text   string
	tokens []string // of a Latin word
	role   int      // -1: of an exception
	weak   bool
	pinyin bool
	zh     bool // it has a Chinese character
}

// Builtin are the words that come with the program.
var Builtin = sync.OnceValue(func() *Words {
	w := &Words{}
	if err := json.Unmarshal(words.Roles, w); err != nil {
		panic("the embedded roles: " + err.Error()) // a test reads the same bytes
	}
	w.index()
	return w
})

func (w *Words) index() {
	for i, r := range w.Roles {
		for _, list := range []struct {
			words        []string
			weak, pinyin bool
		}{{r.EN, false, false}, {r.Weak, true, false}, {r.ZH, false, false}, {r.Pinyin, false, true}} {
			for _, word := range list.words {
				tokens := columnname.Parts(word)
				w.phrases = append(w.phrases, phrase{text: strings.Join(tokens, ""), tokens: tokens, role: i, weak: list.weak, pinyin: list.pinyin})
			}
		}
	}
	for _, word := range w.Except {
		tokens := columnname.Parts(word)
		w.phrases = append(w.phrases, phrase{text: strings.Join(tokens, ""), tokens: tokens, role: -1})
	}
	for i := range w.phrases {
		w.phrases[i].zh = columnname.HasChinese(w.phrases[i].text)
	}
	w.own = w.Numbers.tokens()
}

// Rank is the place of a role in the order in which the main person is chosen.
func (w *Words) Rank(r *Role) int { return slices.Index(w.Roles, r) }

// Lookup finds a role by its id; nil if there is none.
func (w *Words) Lookup(id string) *Role {
	if i := slices.IndexFunc(w.Roles, func(r *Role) bool { return r.ID == id }); i >= 0 {
		return w.Roles[i]
	}
	return nil
}

// span is where a phrase is in the joined tokens of a name.
type span struct {
	from, to int
	phrase   *phrase
}

// Of reads the name of a column.
func (w *Words) Of(name string) (r Reading) {
	tokens := columnname.Parts(name)
	r.Stem = strings.Join(tokens, "")
	if len(tokens) == 0 || len(name) > 200 {
		return r
	}
	var spans []span
	for i := range w.phrases {
		if s, ok := w.phrases[i].find(tokens, w.Suffixes); ok {
			spans = append(spans, s)
		}
	}
	spans = slices.DeleteFunc(slices.Clone(spans), func(s span) bool {
		return slices.ContainsFunc(spans, func(o span) bool { return o.from <= s.from && o.to >= s.to && o.to-o.from > s.to-s.from })
	})
	slices.SortStableFunc(spans, func(a, b span) int { return a.from - b.from })
	last, text, rest := -1, r.Stem, ""
	for _, s := range spans {
		if s.phrase.role < 0 {
			continue
		}
		one := w.Roles[s.phrase.role]
		if s.from < last || slices.ContainsFunc(r.Roles, func(f Found) bool { return f.Role == one }) {
			continue // the same place in two roles: the first of the file
		}
		rest += text[max(last, 0):s.from]
		last = s.to
		r.Roles = append(r.Roles, Found{one, s.phrase.weak})
		if n := numeral(text[s.to:]); n > 0 && r.Number == 0 {
			r.Number, r.Stem = n, text[:s.to]+text[s.to+len("一"):]
		}
		r.Alone = len(r.Roles) == 1 && s.from == 0 && s.to == len(r.Stem)
	}
	if r.Number == 0 {
		r.Number, r.Stem = numberOf(tokens, len(r.Roles) > 0)
		r.Alone = len(r.Roles) == 1 && last == len(r.Stem) && rest == ""
	}
	rest += text[max(last, 0):]
	r.Own = len(r.Roles) == 1 && w.own[rest]
	if r.Rest = strings.Trim(rest, "0123456789"); len(r.Roles) == 0 {
		r.Rest = r.Stem
	}
	return r
}

// find looks for a phrase in tokens: a Latin word as whole tokens, a Chinese
// one anywhere, pinyin also before one of the suffixes.
func (p *phrase) find(tokens, suffixes []string) (span, bool) {
	at := 0
	for i, token := range tokens {
		if p.zh {
			if k := strings.LastIndex(token, p.text); k >= 0 {
				return span{at + k, at + k + len(p.text), p}, true
			}
		} else if rest := tokens[i:]; len(rest) >= len(p.tokens) && slices.Equal(rest[:len(p.tokens)], p.tokens) {
			return span{at, at + len(p.text), p}, true
		} else if token == p.text { // written as one word
			return span{at, at + len(p.text), p}, true
		} else if after, ok := strings.CutPrefix(token, p.text); p.pinyin && ok && slices.Contains(suffixes, after) {
			return span{at, at + len(p.text), p}, true
		}
		at += len(token)
	}
	return span{}, false
}

const numerals = "一二三四五六七八九十"

// ordinals count only beside a role: "second_guest".
var ordinals = map[string]int{"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "primary": 1, "secondary": 2}

// maxNumber is the highest number of a person in a row; a higher one is a year
// or a code.
const maxNumber = 99

// numberOf is the number among the words of a name, and the name without it.
func numberOf(tokens []string, named bool) (int, string) {
	without := func(i int, rest string) string {
		return strings.Join(tokens[:i], "") + rest + strings.Join(tokens[i+1:], "")
	}
	for i, t := range tokens {
		if n := decimal(t); n > 0 && n <= maxNumber && i > 0 {
			return n, without(i, "")
		}
		if n := ordinals[t]; n > 0 && named && (i+1 == len(tokens) || tokens[i+1] != "name") {
			return n, without(i, "")
		}
		if !columnname.HasChinese(t) {
			continue
		}
		if end := len(t) - len("一"); end > 0 {
			if n := numeral(t[end:]); n > 0 {
				return n, without(i, t[:end])
			}
		}
		if before, after, ok := strings.Cut(t, "第"); ok {
			if n := numeral(after); n > 0 {
				return n, without(i, before+after[len("一"):])
			}
		}
	}
	return 0, strings.Join(tokens, "")
}

// numeral is the Chinese numeral that the text begins with, 0 if there is none.
func numeral(text string) int {
	for _, r := range text {
		return (strings.IndexRune(numerals, r) + len("一")) / len("一")
	}
	return 0
}

func decimal(t string) int {
	n := 0
	for _, c := range []byte(t) {
		if c < '0' || c > '9' || n > maxNumber {
			return 0
		}
		n = n*10 + int(c-'0')
	}
	return n
}
