package vocab

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hutong/internal/dataspace"
)

// List is a vocabulary of words. It is immutable once it is built.
type List struct {
	Vocabulary Name           `json:"vocabulary"`
	Title      dataspace.Text `json:"title"`
	// None says that no word fits, which is a statement; nil where every case
	// has a word.
	None  *Word  `json:"none,omitempty"`
	Words []Word `json:"words"`

	keys  map[string]int   // by the key
	like  map[string][]int // by the key, folded
	index map[string][]int // by everything that a word is called, folded
}

// noneOf is the number of the word for none.
const noneOf = -1

func (l *List) title() dataspace.Text { return l.Title }

func (l *List) entries() []Word { return l.Words }

func (l *List) nothing() *Word { return l.None }

func (l *List) open() bool { return len(l.Words) == 0 }

func (l *List) at(i int) *Word {
	if i == noneOf {
		return l.None
	}
	return &l.Words[i]
}

func (l *List) build() {
	l.keys, l.like, l.index = map[string]int{}, map[string][]int{}, map[string][]int{}
	for i := range l.Words {
		l.learn(i)
	}
	if l.None != nil {
		l.learn(noneOf)
	}
}

func (l *List) learn(i int) {
	w := l.at(i)
	l.keys[w.Key] = i
	l.like[fold(w.Key)] = append(l.like[fold(w.Key)], i)
	for _, name := range append([]string{w.Key, w.EN, w.ZH}, w.Synonyms...) {
		if f := fold(name); f != "" && !slices.Contains(l.index[f], i) {
			l.index[f] = append(l.index[f], i)
		}
	}
}

// clone is a list that can be added to.
func (l *List) clone() *List {
	out := *l
	out.Words, out.keys, out.like, out.index = slices.Clip(l.Words), maps.Clone(l.keys), maps.Clone(l.like), maps.Clone(l.index)
	for _, m := range []map[string][]int{out.like, out.index} {
		for f, at := range m {
			m[f] = slices.Clip(at)
		}
	}
	return &out
}

func (l *List) add(from string, w Word) error {
	if l.has(w.Key) {
		return nil
	}
	if strings.TrimSpace(w.Key) != w.Key || fold(w.Key) == "" {
		return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "words.key", Place: from, Message: fmt.Sprintf("%q is no key of a word", w.Key)}
	}
	if as, several := l.read(w.Key); !l.open() && (as != "" || len(several) > 0) {
		return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "words.taken", Place: from,
			Message: fmt.Sprintf("adds %q to the %s, where it means %s", w.Key, l.Title.EN, strings.Join(append(several, as), "")), Hint: "write the word that is there, or another key"}
	}
	l.append(from, w)
	return nil
}

func (l *List) append(from string, w Word) {
	if w.Tag == "" {
		w.Tag = from
	}
	l.Words = append(l.Words, w)
	l.learn(len(l.Words) - 1)
}

// has reports whether a word is a key as it stands.
func (l *List) has(key string) bool {
	_, ok := l.keys[key]
	return ok
}

// read gives the key of a word, or those of several that it can be. A key
// itself is never another word's synonym.
func (l *List) read(s string) (key string, several []string) {
	if i, ok := l.keys[s]; ok {
		return l.at(i).Key, nil
	}
	f := fold(s)
	found := l.like[f]
	if len(found) == 0 {
		found = l.index[f]
	}
	if len(found) == 1 {
		return l.at(found[0]).Key, nil
	}
	for _, i := range found {
		several = append(several, l.at(i).described())
	}
	if len(found) == 0 && l.open() {
		key = strings.TrimSpace(s)
	}
	return key, several
}

func (l *List) near(s string) []string {
	c, f := newCandidates(), fold(s)
	for i := range l.Words[:min(len(l.Words), maxNear)] {
		w := &l.Words[i]
		for _, name := range append([]string{w.Key, w.EN, w.ZH}, append(w.Synonyms, w.Hints...)...) {
			c.add(w.Key, w.described(), distance(f, fold(name)))
		}
	}
	return c.nearest()
}
