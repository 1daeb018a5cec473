package vocab

import (
	"encoding/json"
	"fmt"
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
	Sectors  Name = "sectors"
	Regions  Name = "regions"
	Purposes Name = "purposes"
	Acts     Name = "acts"
	Formats  Name = "formats"
)

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

// List is a vocabulary. It is immutable and safe for concurrent use.
type List struct {
	Vocabulary Name           `json:"vocabulary"`
	Title      dataspace.Text `json:"title"`
	// None says that no word fits, which is a statement; nil where every case
	// has a word.
	None  *Word  `json:"none,omitempty"`
	Words []Word `json:"words"`

	index map[string][]int // by everything that a word is called
}

// vocabulary is what reads words.
type vocabulary interface {
	read(s string) (string, []string)
	near(s string) []string
	title() dataspace.Text
	entries() []Word
}

type collection struct {
	Lists   []*List  `json:"lists"`
	Regions *Gazette `json:"regions"`
	byName  map[Name]vocabulary
}

var builtin = sync.OnceValue(func() *collection {
	var c collection
	if err := json.Unmarshal(words.Vocabularies, &c); err != nil {
		panic("vocab: embedded vocabularies: " + err.Error()) // a test loads them
	}
	c.byName = map[Name]vocabulary{Regions: c.Regions}
	for _, l := range c.Lists {
		l.build()
		c.byName[l.Vocabulary] = l
	}
	c.Regions.build()
	return &c
})

// Names lists the vocabularies.
func Names() []Name { return []Name{Sectors, Regions, Purposes, Acts, Formats} }

// Title is what a vocabulary is called.
func Title(n Name) dataspace.Text { return builtin().byName[n].title() }

// Entries lists the words of a vocabulary in the order of their file, the one
// for none of them last. The caller does not change them.
func Entries(n Name) []Word { return builtin().byName[n].entries() }

// Read gives the key of a word: itself, a synonym, or a name, without regard
// to case, width, and what stands between words. Empty stays empty: nothing
// is stated. An unknown word, and one that is more than one thing, is a
// *dataspace.Problem of kind dataspace.ErrInvalid at the place given.
func Read(n Name, place, s string) (string, error) {
	if strings.TrimSpace(s) == "" {
		return "", nil
	}
	v := builtin().byName[n]
	key, several := v.read(s)
	switch {
	case key != "":
		return key, nil
	case len(several) > 0:
		return "", &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "words.several", Place: place,
			Message: fmt.Sprintf("%q can be any of %s", s, strings.Join(several, ", ")), Hint: "write which one is meant"}
	}
	return "", &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "words.unknown", Place: place,
		Message: fmt.Sprintf("%q is none of the %s", s, v.title().EN), Hint: fmt.Sprintf("the nearest are %s", strings.Join(v.near(s), ", "))}
}

// Has reports whether a word is a key: what rules may compare with.
func Has(n Name, key string) bool {
	got, _ := builtin().byName[n].read(key)
	return got == key && key != ""
}

func (l *List) title() dataspace.Text { return l.Title }

func (l *List) entries() []Word {
	if l.None == nil {
		return l.Words
	}
	return append(slices.Clone(l.Words), *l.None)
}

func (l *List) build() {
	l.index = map[string][]int{}
	for i, w := range l.entries() {
		for _, name := range append([]string{w.Key, w.EN, w.ZH}, w.Synonyms...) {
			if f := fold(name); f != "" && !slices.Contains(l.index[f], i) {
				l.index[f] = append(l.index[f], i)
			}
		}
	}
}

// read gives the key of a word, or those of several that it can be. A key
// itself is never another word's synonym.
func (l *List) read(s string) (key string, several []string) {
	all, f := l.entries(), fold(s)
	for _, w := range all {
		if fold(w.Key) == f {
			return w.Key, nil
		}
	}
	found := l.index[f]
	if len(found) == 1 {
		return all[found[0]].Key, nil
	}
	for _, i := range found {
		several = append(several, described(all[i].Key, all[i].EN, all[i].ZH))
	}
	return "", several
}

func (l *List) near(s string) []string {
	var c candidates
	for _, w := range l.Words {
		for _, name := range append([]string{w.Key, w.EN, w.ZH}, append(w.Synonyms, w.Hints...)...) {
			c.add(w.Key, described(w.Key, w.EN, w.ZH), distance(fold(s), fold(name)))
		}
	}
	out := c.nearest()
	if l.None != nil {
		out = append(out, described(l.None.Key, l.None.EN, l.None.ZH))
	}
	return out
}

func described(key, en, zh string) string {
	switch {
	case en == "" && zh == "":
		return key
	case en == "":
		return key + " (" + zh + ")"
	}
	return key + " (" + en + ", " + zh + ")"
}

// ofFacts are the facts whose words are closed.
var ofFacts = map[string]Name{
	"sector": Sectors, "purpose": Purposes, "act": Acts,
	"exporter.registered_in": Regions, "exporter.exports_from": Regions,
	"recipient.registered_in": Regions, "storage.place": Regions,
}

// OfFact is the vocabulary of a fact, by the fact's name.
func OfFact(fact string) (Name, bool) {
	n, ok := ofFacts[fact]
	return n, ok
}
