package namemodel

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"hutong/internal/dataspace"
	"hutong/words"
)

// Model is what was learnt. It is immutable and safe for concurrent use.
type Model struct {
	elements []dataspace.ElementID
	base     []float64 // of a name of which no part is known
	lines    []byte    // a part and its weights on each line, sorted
}

// unit is a nat in the numbers of the file.
const unit = 20

// Builtin is the model that comes with the program.
func Builtin() *Model { return builtin() }

var builtin = sync.OnceValue(func() *Model {
	m, err := Parse(words.Names)
	if err != nil {
		panic("namemodel: embedded model: " + err.Error()) // a test loads it
	}
	return m
})

// Parse reads a model: the elements, each with its base, on the first line,
// then a part on each line with pairs of the number of an element and a weight.
func Parse(data []byte) (*Model, error) {
	first, rest, _ := bytes.Cut(data, []byte("\n"))
	m := &Model{lines: rest}
	for _, f := range strings.Fields(string(first)) {
		id, number, _ := strings.Cut(f, "=")
		base, err := strconv.Atoi(number)
		if err != nil {
			return nil, fmt.Errorf("first line: %q is not ELEMENT=NUMBER", f)
		}
		m.elements = append(m.elements, dataspace.ElementID(id))
		m.base = append(m.base, float64(base)/unit)
	}
	return m, nil
}

// Elements are those of which something was learnt. Do not change them.
func (m *Model) Elements() []dataspace.ElementID { return m.elements }

// Evidence is what a name says of an element.
type Evidence struct {
	ID   dataspace.ElementID
	Odds float64 // log-odds of the name, if the column is the element, against one that is none
	Part string  // the part of the name that says most
}

// Weigh lists the elements for which some part of a name speaks, strongest
// first.
func (m *Model) Weigh(name string) []Evidence {
	odds := slices.Clone(m.base)
	most := make([]float64, len(odds))
	part := make([]string, len(odds))
	known := false
	for _, p := range Parts(name) {
		weights := m.find(p)
		known = known || len(weights) > 0
		for _, w := range weights {
			odds[w.element] += w.nats
			if w.nats > most[w.element] {
				most[w.element], part[w.element] = w.nats, p[len(wordPart):]
			}
		}
	}
	var out []Evidence
	if !known {
		return nil
	}
	for i, o := range odds {
		if part[i] != "" {
			out = append(out, Evidence{m.elements[i], o, part[i]})
		}
	}
	slices.SortStableFunc(out, func(a, b Evidence) int { return cmp.Compare(b.Odds, a.Odds) })
	return out
}

// weight is what a part says of the element with a number.
type weight struct {
	element int
	nats    float64
}

// find looks a part up in the sorted lines.
func (m *Model) find(part string) []weight {
	low, high := 0, len(m.lines)
	for low < high {
		from := (low + high) / 2
		if i := bytes.LastIndexByte(m.lines[low:from], '\n'); i >= 0 {
			from = low + i + 1
		} else {
			from = low
		}
		line, _, _ := bytes.Cut(m.lines[from:], []byte("\n"))
		key, rest, _ := bytes.Cut(line, []byte("\t"))
		switch c := cmp.Compare(string(key), part); {
		case c == 0:
			return weightsOf(string(rest), len(m.elements))
		case c < 0:
			low = from + len(line) + 1
		default:
			high = from
		}
	}
	return nil
}

func weightsOf(line string, elements int) []weight {
	var out []weight
	for _, f := range strings.Fields(line) {
		i, n, _ := strings.Cut(f, ":")
		element, err := strconv.Atoi(i)
		number, bad := strconv.Atoi(n)
		if err != nil || bad != nil || element < 0 || element >= elements {
			continue // a test reads every line
		}
		out = append(out, weight{element, float64(number) / unit})
	}
	return out
}

// Known is of how many elements a part says something.
func (m *Model) Known(part string) int { return len(m.find(part)) }
