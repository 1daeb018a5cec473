package nobody

import (
	"encoding/json"
	"slices"
	"strings"
	"sync/atomic"

	"hutong/words"
)

// list is nobody.yaml.
type list struct {
	SchemaVersion int `json:"schema_version" yaml:"schema_version"`
	Missing       struct {
		Signs []string `json:"signs"`
		EN    []string `json:"en"`
		ZH    []string `json:"zh"`
	} `json:"missing"`
	Placeholder struct {
		EN        []string `json:"en"`
		ZH        []string `json:"zh"`
		Numbers   []string `json:"numbers"`
		Mailboxes []string `json:"mailboxes"`
	} `json:"placeholder"`
}

// known are the words in capitals, ready to look up.
type known struct {
	missing   set
	any       set // missing words and placeholders
	numbers   map[string]bool
	mailboxes set
}

// set is a set of words. lengths has for each first byte a bit for each length
// that a word has, so that most values are not looked up.
type set struct {
	words   map[string]bool
	lengths [256]uint64
}

// longest is the length of the longest word in bytes.
const longest = 32

func (s *set) add(word string) {
	if word == "" || len(word) > longest {
		return
	}
	if s.words == nil {
		s.words = map[string]bool{}
	}
	s.words[word] = true
	s.lengths[word[0]] |= 1 << len(word)
	s.lengths[lower(word[0])] |= 1 << len(word)
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 32
	}
	return c
}

// plain is a word as package spelling writes an identifier.
func plain(word string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -()", r) {
			return -1
		}
		return r
	}, word)
}

// has reports whether the value is a word, in capitals or not.
func (s *set) has(value []byte) bool { return s.may(value) && s.looked(value) }

// may reports whether a word has the first byte and the length of the value.
func (s *set) may(value []byte) bool {
	return len(value) > 0 && len(value) <= longest && s.lengths[value[0]]&(1<<len(value)) != 0
}

// looked looks up a value of at most the longest length.
func (s *set) looked(value []byte) bool {
	var up [longest]byte
	for i, c := range value {
		if c >= 'a' && c <= 'z' {
			c -= 32
		}
		up[i] = c
	}
	return s.words[string(up[:len(value)])]
}

// read are the words once they are needed; it is asked for each cell, so the call
// of a sync.Once would be felt.
var read atomic.Pointer[known]

func builtin() *known {
	if k := read.Load(); k != nil {
		return k
	}
	return load()
}

// load reads the embedded words. Two callers at one time get equal words.
func load() *known {
	var l list
	if err := json.Unmarshal(words.Nobody, &l); err != nil {
		panic("the embedded values that are nobody: " + err.Error()) // a test reads the same bytes
	}
	k := &known{numbers: map[string]bool{}}
	missing := slices.Concat(l.Missing.Signs, l.Missing.EN, l.Missing.ZH)
	for _, w := range missing {
		k.missing.add(strings.ToUpper(w))
	}
	for _, w := range slices.Concat(missing, l.Placeholder.EN, l.Placeholder.ZH) {
		w = strings.ToUpper(w)
		k.any.add(w)
		k.any.add(plain(w))
	}
	for _, n := range l.Placeholder.Numbers {
		k.numbers[n] = true
	}
	for _, m := range l.Placeholder.Mailboxes {
		k.mailboxes.add(strings.ToUpper(m))
	}
	read.Store(k)
	return k
}

// Missing reports whether a trimmed value is a word for one that is not there. It
// is not null, but identifies nobody and says nothing about its column.
func Missing(value []byte) bool { return builtin().missing.has(value) }
