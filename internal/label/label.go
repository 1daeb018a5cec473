// Package label knows the words in a text that say what a number beside them is,
// such as "phone" or "card". With such a word, a form is a proof that says
// little alone.
package label

import (
	"bytes"
	"strings"

	"hutong/words"
)

// Kind is what a number is.
type Kind uint8

// The kinds. Other is said by words such as "order", so that an earlier word
// does not count.
const (
	None Kind = iota
	Telephone
	Card
	National // a number that a state gave a person
	Other
)

// found are the words of the program, by where they may stand.
var found = load(words.Labels)

// list is the words of words/labels.txt.
type list struct {
	front  map[string]Kind // in front of a number, with up to three words between
	beside map[string]Kind // right before a number with a colon, or right behind it
	near   []near          // anywhere close in front, in the same sentence
}

// near is a word of a script that does not separate words.
type near struct {
	word string
	kind Kind
}

// kinds are the kinds by the names of their sections.
var kinds = map[string]Kind{"telephone": Telephone, "card": Card, "national": National, "other": Other}

func load(text string) list {
	out := list{front: map[string]Kind{}, beside: map[string]Kind{}}
	section := ""
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, w := range strings.Fields(line) {
			if name, ok := strings.CutSuffix(w, ":"); ok {
				section = name
				continue
			}
			name, where, _ := strings.Cut(section, "_")
			switch kind := kinds[name]; where {
			case "":
				out.front[w] = kind
			case "beside":
				out.beside[w] = kind
			default:
				out.near = append(out.near, near{w, kind})
			}
		}
	}
	return out
}

const (
	reach    = 40 // bytes in front of a number
	between  = 3  // words
	longest  = 12 // letters of a word
	behind   = 4  // signs between a number and a word behind it
	distance = 8  // bytes between such a word and a number
)

// Of says what the words around text[start:end] say that it is. It allocates
// nothing.
func Of(text []byte, start, end int) Kind {
	if k := before(text[max(0, start-reach):start]); k != None {
		return k
	}
	return after(text[end:])
}

// before finds the nearest word in front of a number.
func before(b []byte) Kind {
	if at := bytes.LastIndexAny(b, ".!;。；！\n"); at >= 0 && at < len(b)-1 && (b[at] != '\n' || len(bytes.TrimSpace(b[at:])) > 0) {
		b = b[at:]
	}
	if k := han(b); k != None {
		return k
	}
	colon := bytes.HasSuffix(bytes.TrimRight(b, " \t\n"), []byte(":"))
	for n := 0; n <= between; n++ {
		b = bytes.TrimRightFunc(b, func(r rune) bool { return r < 0x80 && !letter(byte(r)) && (r < '0' || r > '9') })
		at := len(b)
		for at > 0 && letter(b[at-1]) {
			at--
		}
		if at == len(b) {
			return None // a number or a character of another script
		}
		if k := find(found.front, b[at:]); k != None {
			return k
		}
		if n == 0 && colon {
			if k := find(found.beside, b[at:]); k != None {
				return k
			}
		}
		b = b[:at]
	}
	return None
}

// han finds the last word near the end, of a script that does not separate
// words.
func han(b []byte) Kind {
	kind, place := None, -1
	for _, c := range found.near {
		if at := bytes.LastIndex(b, []byte(c.word)); at > place && at+len(c.word) >= len(b)-distance {
			kind, place = c.kind, at
		}
	}
	return kind
}

// after is what a word right behind a number says.
func after(b []byte) Kind {
	at := 0
	for at < len(b) && at < behind && (b[at] == ' ' || b[at] == '-' || b[at] == '(') {
		at++
	}
	end := at
	for end < len(b) && letter(b[end]) {
		end++
	}
	return find(found.beside, b[at:end])
}

func find(in map[string]Kind, word []byte) Kind {
	if len(word) == 0 || len(word) > longest {
		return None
	}
	var lower [longest]byte
	for i, c := range word {
		lower[i] = c | 0x20
	}
	return in[string(lower[:len(word)])]
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
