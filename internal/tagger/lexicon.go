package tagger

// Class says which lists a word is in.
type Class uint8

// The lists of words. A Chinese word is only a Word or Common.
const (
	Given   Class = 1 << iota // a given name
	Surname                   // a family name
	Place
	Common // one of the most frequent words
	Word   // of a dictionary
	Rare   // a Chinese family name that few people have
)

// classBits are the bits of an entry that hold its class.
const classBits = 6

// Lexicon holds the words. It is immutable and safe for concurrent use.
type Lexicon struct {
	entries []uint32 // hash without its last bits, and class; sorted
	from    []uint32 // by the first bits of the hash: where such entries begin
	folds   map[rune]rune
}

// bucketBits is how many bits of a hash choose where to look.
const bucketBits = 16

func mix(h uint64) uint64 {
	h ^= h >> 32
	h *= 0x9E3779B97F4A7C15
	h ^= h >> 29
	return h * 0xBF58476D1CE4E5B9
}

// entry is a word as the list has it, without a class.
func entry(h uint64) uint32 { return uint32(mix(h)>>32) &^ (1<<classBits - 1) }

// NewLexicon indexes entries, which are sorted.
func NewLexicon(entries []uint32, folds map[rune]rune) *Lexicon {
	l := &Lexicon{entries: entries, from: make([]uint32, 1<<bucketBits+1), folds: folds}
	at := 0
	for b := range l.from {
		for at < len(entries) && int(entries[at]>>(32-bucketBits)) < b {
			at++
		}
		l.from[b] = uint32(at)
	}
	return l
}

// plain is a character as words are compared: without marks, and in simplified
// Chinese.
func (l *Lexicon) plain(r rune) rune {
	if r < 0x80 {
		return r
	}
	if p, ok := l.folds[r]; ok {
		return p
	}
	return r
}

// class looks a hash up.
func (l *Lexicon) class(h uint64) Class {
	e := entry(h)
	for _, o := range l.entries[l.from[e>>(32-bucketBits)]:l.from[e>>(32-bucketBits)+1]] {
		if o&^(1<<classBits-1) == e {
			return Class(o & (1<<classBits - 1))
		}
	}
	return 0
}

// The hashes of Chinese family names are not those of words.
const ofSurname = 0x5DEECE66D

func surnameHash(h uint64) uint64 { return h ^ ofSurname }

// Key is the entry of a word with a class, for the program that makes the list.
// A Chinese family name is one as a surname; any other text is a word.
func (l *Lexicon) Key(text string, c Class) uint32 {
	h, first := uint64(offset), rune(0)
	for _, r := range text {
		r = l.plain(r)
		h = add(h, r)
		if first == 0 {
			first = r
		}
	}
	if first >= 0x3400 && c&(Surname|Rare) != 0 {
		h = surnameHash(h)
	}
	return entry(h) | uint32(c)
}
