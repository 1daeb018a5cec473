// Package sentences makes texts with names of people, and without: of sentences
// that were written for it, and lists of names and things.
package sentences

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
