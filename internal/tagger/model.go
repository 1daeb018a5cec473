package tagger

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"sync"

	"hutong/words"
)

// Model is what was learnt. It is immutable and safe for concurrent use.
type Model struct {
	*Lexicon
	bits    uint
	weights []int8 // for each place of the table, one for each tag
	chain   chain
	line    Line
}

// Line makes a probability that means what it says of the model's: its log-odds
// times a factor, plus a term.
type Line struct{ Factor, Term float64 }

// Unit is how many steps of a stored weight are one nat.
const Unit = 16

// magic begins the data of a model.
const magic = "hutong tagger 1\n"

var errData = errors.New("not the data of a tagger")

// Builtin is the model that comes with the program.
func Builtin() *Model { return builtin() }

var builtin = sync.OnceValue(func() *Model {
	m, err := Parse(words.Tagger)
	if err != nil {
		panic("tagger: embedded model: " + err.Error()) // a test loads it
	}
	return m
})

// Parse reads a model: the characters that stand for others, the words with
// their lists, the weights of pairs of tags, and the table.
func Parse(data []byte) (*Model, error) {
	rest, ok := bytes.CutPrefix(data, []byte(magic))
	if !ok {
		return nil, fmt.Errorf("the first line is not %q: %w", magic[:len(magic)-1], errData)
	}
	r := &reader{rest: rest}
	folds := map[rune]rune{}
	for n := r.count(4); n > 0; n-- {
		from := rune(r.short())
		folds[from] = rune(r.short())
	}
	entries := make([]uint32, r.count(4))
	for i := range entries {
		entries[i] = r.long()
	}
	if !slices.IsSorted(entries) {
		return nil, fmt.Errorf("the words are not sorted: %w", errData)
	}
	m := &Model{}
	m.line = Line{Factor: r.small(), Term: r.small()}
	var moves [tags][tags]float64
	for a := range moves {
		for b := range moves[a] {
			moves[a][b] = r.small()
		}
	}
	if r.failed || len(r.rest) == 0 || len(r.rest)%Tags != 0 || bits.OnesCount(uint(len(r.rest)/Tags)) != 1 {
		return nil, fmt.Errorf("%d bytes are left for the table: %w", len(r.rest), errData)
	}
	m.bits = uint(bits.TrailingZeros(uint(len(r.rest) / Tags)))
	m.weights = make([]int8, len(r.rest))
	for i, b := range r.rest {
		m.weights[i] = int8(b)
	}
	m.Lexicon = NewLexicon(entries, folds)
	m.chain.set(moves)
	return m, nil
}

// reader reads numbers, the smallest byte first.
type reader struct {
	rest   []byte
	failed bool
}

func (r *reader) take(n int) []byte {
	if len(r.rest) < n {
		r.failed, r.rest = true, nil
		return make([]byte, n)
	}
	out := r.rest[:n]
	r.rest = r.rest[n:]
	return out
}

func (r *reader) short() uint16 { return binary.LittleEndian.Uint16(r.take(2)) }

func (r *reader) long() uint32 { return binary.LittleEndian.Uint32(r.take(4)) }

// small is a number in 1024ths.
func (r *reader) small() float64 { return float64(int16(r.short())) / 1024 }

// count is a number of items of a size; 0 if there are not so many bytes.
func (r *reader) count(size int) int {
	n := int(r.long())
	if n < 0 || n > len(r.rest)/size {
		r.failed, r.rest = true, nil
		return 0
	}
	return n
}

// Data is what a model is made of.
type Data struct {
	Folds   map[rune]rune
	Entries []uint32
	Line    Line
	Moves   [Tags][Tags]float64
	Weights []int8 // for each of the places, one for each tag
}

// Bytes writes a model as Parse reads it.
func (d *Data) Bytes() []byte {
	out := []byte(magic)
	le := binary.LittleEndian
	small := func(x float64) { out = le.AppendUint16(out, uint16(int16(max(-32000, min(32000, x*1024))))) }
	var from []rune
	for r := range d.Folds {
		from = append(from, r)
	}
	slices.Sort(from)
	out = le.AppendUint32(out, uint32(len(from)))
	for _, r := range from {
		out = le.AppendUint16(le.AppendUint16(out, uint16(r)), uint16(d.Folds[r]))
	}
	out = le.AppendUint32(out, uint32(len(d.Entries)))
	for _, e := range d.Entries {
		out = le.AppendUint32(out, e)
	}
	small(d.Line.Factor)
	small(d.Line.Term)
	for _, row := range d.Moves {
		for _, x := range row {
			small(x)
		}
	}
	for _, w := range d.Weights {
		out = append(out, byte(w))
	}
	return out
}
