package latin

import (
	"errors"
	"math"
	"sync"
	"unicode"
	"unicode/utf8"

	"hutong/words"
)

// Kind is what a cell names.
type Kind uint8

// The kinds. Unknown is a cell that is not in Latin letters, a number or a
// sentence.
const (
	Unknown Kind = iota
	Thing        // anything else
	Person
	Place
	Organisation
)

func (k Kind) String() string {
	return [...]string{"unknown", "thing", "person", "place", "organisation"}[k]
}

// Kinds is how many kinds are weighed.
const Kinds = 4

// Unit is a nat in the numbers of the file.
const Unit = 24

// Model is what was learnt. It is immutable and safe for concurrent use.
type Model struct{ weights []byte }

// Builtin is the model that comes with the program.
func Builtin() *Model { return builtin() }

var builtin = sync.OnceValue(func() *Model {
	m, err := New(words.Latin)
	if err != nil {
		panic("latin: embedded model: " + err.Error()) // a test loads it
	}
	return m
})

// New reads a model: for each feature a weight of each kind, a byte with a
// sign.
func New(data []byte) (*Model, error) {
	if len(data) != Size*Kinds {
		return nil, errors.New("the numbers of kinds of cells have another size")
	}
	return &Model{data}, nil
}

// Odds are the log-probabilities of the kinds of a cell, from Thing on, if all
// kinds are equally frequent, in parts of a nat. They are zero for a cell of
// which nothing is known. They are whole numbers, so that their sum does not
// depend on their order.
type Odds [Kinds]int32

// Part is a nat in odds.
const Part = 1 << 12

// Could reports whether a cell names the kind at least in one of four cases.
func (m *Model) Could(cell []byte, kind Kind) bool {
	named, odds := m.Weigh(cell)
	return named != Unknown && float64(odds[kind-Thing]) >= -2*math.Ln2*Part
}

// most is the greatest number of features of a cell.
const most = 256

// Weigh is what a cell most likely names, with the log-probabilities of all
// kinds. A cell that is as likely as not of another kind is a thing. No
// probability is less than that of a cell that stands in its column by mistake.
func (m *Model) Weigh(cell []byte) (Kind, Odds) {
	var s scratch
	if !s.split(cell) || s.n == 1 && s.words[0].digit { // one word with a digit is a code
		return Unknown, Odds{}
	}
	var store [most]uint32
	var sums [Kinds]int32
	for _, at := range s.features(store[:0]) {
		w := m.weights[at*Kinds : at*Kinds+Kinds]
		for k := range sums {
			sums[k] += int32(int8(w[k]))
		}
	}
	best := 0
	for k := range sums {
		if sums[k] > sums[best] {
			best = k
		}
	}
	var p [Kinds]float64
	total := 0.0
	for k := range p {
		p[k] = math.Exp(float64(sums[k]-sums[best]) / Unit)
		total += p[k]
	}
	for k := range p {
		p[k] /= total
	}
	out := odds(p)
	if p[best] < .5 {
		best = 0
	}
	return Thing + Kind(best), out
}

func odds(p [Kinds]float64) (out Odds) {
	for k := range p {
		out[k] = int32(math.Round(Part * math.Log((1-Mistaken)*p[k]+Mistaken/Kinds)))
	}
	return out
}

// Certain are the odds of a cell of which the kind is known.
func Certain(kind Kind) Odds {
	var p [Kinds]float64
	p[kind-Thing] = 1
	return odds(p)
}

// Mistaken is the share of cells that stand in a column by mistake. Program
// bench/fit measures what it is worth.
const Mistaken = .1

// Foreign reports whether a cell has a letter of another script.
func Foreign(cell []byte) bool {
	for i := 0; i < len(cell); {
		r, n := utf8.DecodeRune(cell[i:])
		if r > utf8.RuneSelf && r != utf8.RuneError && unicode.IsLetter(r) && !latinLetter(r) {
			return true
		}
		i += n
	}
	return false
}
