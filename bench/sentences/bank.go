// Package sentences makes texts with names of people, and without: of sentences
// that were written for it, and lists of names and things.
package sentences

import "math/rand/v2"

// Scripts writes Chinese in other ways.
type Scripts interface {
	Pinyin(text string) []string // syllables
	Traditional(text string) string
}

// Names are the names of one country, in Latin letters.
type Names struct{ Given, Family []string }

// Bank holds what is put into sentences. The split for fitting and the one
// for measuring have different names and things.
type Bank struct {
	Surnames, Rare  []string // Chinese; the first as often as people have them
	One, Two        []string // Chinese given names of one and two characters
	Japanese        Names
	Transliterated  []string // names of foreigners in Chinese characters
	Countries       []Names
	English         Names
	Cities          []string // in Latin letters
	Places          []string // in Chinese
	Brands          []string // in Chinese
	Dictionary      []string // Chinese words, the most frequent first
	Nouns, Misnamed []string // those of the split; those that begin as a name does
	Words           []string // English, the most frequent first
	Lines           []string // real texts without names
	LinesZH         []string
	Spoken          []Sentence          // real texts with marked names
	Roman           map[string][]string // spellings of characters in Hong Kong
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

func digits(r *rand.Rand, n int) string { return letters(r, n, "0123456789") }

func letters(r *rand.Rand, n int, of string) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = of[r.IntN(len(of))]
	}
	return string(out)
}

const capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

func date(r *rand.Rand, from, to int) (y, m, d int) {
	return from + r.IntN(to-from+1), 1 + r.IntN(12), 1 + r.IntN(28)
}
