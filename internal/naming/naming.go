// Package naming says whether the texts of a column name people. It asks the
// tagger about some of the texts, and sums up what it says: one text of a
// thousand that looks as if it named somebody is an error more probably than a
// name.
//
// The answer is more or less probable and proves nothing.
package naming

import (
	"math"
	"sync"
	"unicode"
	"unicode/utf8"

	"hutong/internal/outline"
	"hutong/internal/tagger"
)

// Opinion is what the tagger says of one text.
type Opinion struct {
	P              float64 // that it names somebody
	Chinese, Latin bool    // in which characters
}

// Names is what the texts of a column say together.
type Names struct {
	Looked         int64   // the rows with a text that was looked at
	Rows           int64   // those of them that name somebody, more probably than not
	Chinese, Latin int64   // those by characters; a row can have both
	P              float64 // that any text names somebody
}

// The bounds of what a column costs.
const (
	Longest   = 600      // bytes of a text that are looked at
	MostTexts = 128      // texts of a column
	MostBytes = 20 << 10 // of all of them
)

// Text reports whether a value is a text that may name somebody: a sentence, or
// a few words with a small one among them.
func Text(cell []byte) bool {
	if cell = Cut(cell); len(cell) < 12 {
		return false
	}
	if outline.Prose(cell) {
		return true
	}
	words, small, han, in, low := 0, 0, 0, false, true
	for _, r := range string(cell) {
		letter := unicode.IsLetter(r) && !unicode.Is(unicode.Han, r)
		switch {
		case unicode.Is(unicode.Han, r):
			han++
		case letter && !in:
			words++
			low = true
		}
		low = low && (!letter || unicode.IsLower(r))
		if in && !letter && low {
			small++
		}
		in = letter
	}
	return words >= 3 && small >= 1 || han >= 7
}

var readers = sync.Pool{New: func() any { return tagger.NewReader(tagger.Builtin()) }}

// Of asks the tagger about a text.
func Of(text []byte) Opinion {
	r := readers.Get().(*tagger.Reader)
	defer readers.Put(r)
	in := r.Read(Cut(text))
	o := Opinion{P: in.P}
	for _, n := range in.Names {
		o.Chinese = o.Chinese || n.Chinese
		o.Latin = o.Latin || !n.Chinese
	}
	return o
}

// Cut is the part of a text that is looked at.
func Cut(text []byte) []byte {
	if len(text) <= Longest {
		return text
	}
	n := Longest
	for n > Longest-utf8.UTFMax && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// shares are how many of the texts of a column that names people could do so;
// each is as probable as any other.
var shares = []float64{.01, .03, .1, .3, .6, 1}

// most is how much a single text can say: the tagger's errors are alike in
// texts that are alike.
const most = 200

// Sum adds up texts.
type Sum struct {
	names  Names
	weight [6]float64
}

// Add counts a text that is in some rows.
func (s *Sum) Add(o Opinion, rows int64) {
	s.names.Looked += rows
	if o.P >= .5 && (o.Chinese || o.Latin) {
		s.names.Rows += rows
		if o.Chinese {
			s.names.Chinese += rows
		}
		if o.Latin {
			s.names.Latin += rows
		}
	}
	p := min(o.P, 1-1e-9)
	ratio := min(most, p/(1-p))
	for i, share := range shares {
		s.weight[i] += math.Log(1 - share + share*ratio)
	}
}

// Names says what the texts say together.
func (s *Sum) Names() Names {
	out := s.names
	if out.Looked == 0 {
		return out
	}
	odds := 0.0
	for _, w := range s.weight {
		odds += math.Exp(min(w, 500)) / float64(len(shares))
	}
	out.P = odds / (1 + odds)
	return out
}
