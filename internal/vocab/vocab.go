package vocab

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"hutong/internal/dataspace"
	"hutong/words"
)

// Name names a vocabulary.
type Name string

// The vocabularies.
const (
	Sectors        Name = "sectors"
	Scenarios      Name = "scenarios"
	Items          Name = "items"
	Regions        Name = "regions"
	Jurisdictions  Name = "jurisdictions"
	Purposes       Name = "purposes"
	Acts           Name = "acts"
	Grounds        Name = "grounds"
	Certifications Name = "certifications"
	Instruments    Name = "instruments"
	Elements       Name = "elements"
	Formats        Name = "formats"
)

// Names lists the vocabularies.
func Names() []Name {
	return []Name{Sectors, Scenarios, Items, Regions, Jurisdictions, Purposes, Acts, Grounds, Certifications, Instruments, Elements, Formats}
}

// Word is one entry of a vocabulary.
type Word struct {
	Key      string   `json:"key" yaml:"key"`
	EN       string   `json:"en" yaml:"en"`
	ZH       string   `json:"zh" yaml:"zh"`
	Synonyms []string `json:"synonyms,omitempty" yaml:"synonyms"`
	Note     string   `json:"note,omitempty" yaml:"note"`
	Tag      string   `json:"tag,omitempty" yaml:"tag"`
	// DataClass marks a class of data and no sector. Hints are words that
	// people use for it; they are never taken for it.
	DataClass bool     `json:"data_class,omitempty" yaml:"data_class"`
	Hints     []string `json:"hints,omitempty" yaml:"hints"`
}

// vocabulary is what reads words.
type vocabulary interface {
	read(s string) (string, []string)
	near(s string) []string
	title() dataspace.Text
	entries() []Word
	nothing() *Word // the word that says that none fits; nil if there is none
	open() bool     // any word is a key
}

// Words are all vocabularies: those of the program, and what packs add. They
// are immutable and safe for concurrent use.
type Words struct {
	lists   map[Name]*List
	regions *Gazette
}

type collection struct {
	Lists   []*List  `json:"lists"`
	Regions *Gazette `json:"regions"`
}

// Standard are the vocabularies that come with the program.
var Standard = sync.OnceValue(func() *Words {
	var c collection
	if err := json.Unmarshal(words.Vocabularies, &c); err != nil {
		panic("vocab: embedded vocabularies: " + err.Error()) // a test loads them
	}
	w := &Words{lists: map[Name]*List{}, regions: c.Regions}
	for _, l := range c.Lists {
		l.build()
		w.lists[l.Vocabulary] = l
	}
	c.Regions.build()
	return w
})

// Addition are words that a pack, or something else with a name, adds to a
// vocabulary.
type Addition struct {
	To    Name
	From  string
	Words []Word
}

// With are the vocabularies and more words. A word whose key a vocabulary has
// is not added again. A key that is called like another word is refused: what
// people write would change its meaning without a word about it.
func (w *Words) With(more ...Addition) (*Words, error) {
	out, grow := w.growing()
	for _, a := range more {
		l := grow(a.To)
		if l == nil {
			return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "words.list", Place: a.From,
				Message: fmt.Sprintf("adds words to %q, which is no vocabulary that grows", a.To), Hint: fmt.Sprintf("there are %v", slices.Sorted(maps.Keys(w.lists)))}
		}
		for _, x := range a.Words {
			if err := l.add(a.From, x); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// Named are the vocabularies and the words of official lists, whose words nobody
// chooses here: a word that can be read already is not added, unless the list is
// one of ids, which stand for themselves.
func (w *Words) Named(more ...Addition) *Words {
	out, grow := w.growing()
	for _, a := range more {
		l := grow(a.To)
		for _, x := range a.Words {
			if as, several := l.read(x.Key); a.To == Sectors && (as != "" || len(several) > 0) {
				continue
			}
			if !l.has(x.Key) {
				l.append(a.From, x)
			}
		}
	}
	return out
}

// growing is a copy, and gives the list of a name to add to; nil if none is
// called so.
func (w *Words) growing() (*Words, func(Name) *List) {
	out := &Words{lists: maps.Clone(w.lists), regions: w.regions}
	grown := map[Name]bool{}
	return out, func(n Name) *List {
		if l := out.lists[n]; l != nil && !grown[n] {
			grown[n], out.lists[n] = true, l.clone()
		}
		return out.lists[n]
	}
}

func (w *Words) of(n Name) vocabulary {
	if n == Regions {
		return w.regions
	}
	return w.lists[n]
}

// Title is what a vocabulary is called.
func (w *Words) Title(n Name) dataspace.Text { return w.of(n).title() }

// Entries lists the words of a vocabulary in the order of their file, the one
// for none of them last. The caller does not change them.
func (w *Words) Entries(n Name) []Word {
	entries, none := w.of(n).entries(), w.of(n).nothing()
	if none == nil {
		return entries
	}
	return append(slices.Clip(entries), *none)
}

// Keys lists the keys of a vocabulary as Entries lists its words.
func (w *Words) Keys(n Name) (out []string) {
	for _, x := range w.Entries(n) {
		out = append(out, x.Key)
	}
	return out
}

// None is the word that says that no other word fits; nil if there is none.
func (w *Words) None(n Name) *Word { return w.of(n).nothing() }

// Known reports whether there is a vocabulary of the name.
func (w *Words) Known(n Name) bool { return n == Regions || w.lists[n] != nil }

// Open reports whether a vocabulary takes any word, since nothing has closed it.
func (w *Words) Open(n Name) bool { return w.of(n).open() }

// Read gives the key of a word: itself, a synonym, or a name, without regard
// to case, width, and what stands between words. Empty stays empty: nothing
// is stated. An unknown word, and one that is more than one thing, is a
// *dataspace.Problem of kind dataspace.ErrInvalid at the place given.
func (w *Words) Read(n Name, place, s string) (string, error) {
	if strings.TrimSpace(s) == "" {
		return "", nil
	}
	m := w.Match(n, s)
	switch {
	case m.Key != "":
		return m.Key, nil
	case len(m.Several) > 0:
		return "", &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "words.several", Place: place,
			Message: fmt.Sprintf("%q can be any of %s", s, strings.Join(m.Several, ", ")), Hint: "write which one is meant"}
	}
	return "", &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "words.unknown", Place: place,
		Message: fmt.Sprintf("%q is none of the %s; the nearest are %s", s, w.Title(n).EN, strings.Join(m.Near, ", ")), Hint: "docs/reference/vocabularies.md lists the words"}
}

// Match is what a vocabulary says of a word: its key, or the words that it can
// be, or the nearest ones.
type Match struct {
	Key           string
	Several, Near []string
}

// Match is Read for those who write their own error, since a message may not
// repeat the word.
func (w *Words) Match(n Name, s string) Match {
	m := Match{}
	m.Key, m.Several = w.read(n, s)
	if m.Key != "" || len(m.Several) > 0 {
		return m
	}
	v := w.of(n)
	m.Near = v.near(s)
	if none := v.nothing(); none != nil {
		m.Near = append(m.Near, none.described())
	}
	return m
}

// Options is a list of words that is no vocabulary: the answers of one question.
func Options(list []Word) *List {
	l := &List{Words: list}
	l.build()
	return l
}

// Match is what the list says of a word.
func (l *List) Match(s string) Match {
	m := Match{}
	if m.Key, m.Several = l.read(s); m.Key == "" && len(m.Several) == 0 {
		m.Near = l.near(s)
	}
	return m
}

func (w *Words) read(n Name, s string) (key string, several []string) {
	key, several = w.of(n).read(s)
	if n != Regions {
		return key, several
	}
	if key == "" && len(several) == 0 { // a place of which no region matters
		return w.lists[Jurisdictions].read(s)
	}
	if len(key) < 2 || !w.regions.abroad(key) {
		return key, several
	}
	places := w.lists[Jurisdictions]
	at, ok := places.keys[key[:2]]
	region := w.regions.short(s)
	switch {
	case !ok:
		return "", nil
	case region != "" && strings.TrimSpace(s) != key: // small letters: nobody writes a code like that
		return "", []string{w.regions.described(region), places.at(at).described()}
	}
	return key, nil
}

// Has reports whether a word is a key: what rules may compare with.
func (w *Words) Has(n Name, key string) bool {
	got, _ := w.read(n, key)
	return got == key && key != ""
}

func (w *Word) described() string { return described(w.Key, w.EN, w.ZH) }

func described(key, en, zh string) string {
	switch {
	case en == "" && zh == "":
		return key
	case en == "":
		return key + " (" + zh + ")"
	case zh == "":
		return key + " (" + en + ")"
	}
	return key + " (" + en + ", " + zh + ")"
}
