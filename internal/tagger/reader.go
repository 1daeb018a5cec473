package tagger

import "math"

// Span is a name in a text.
type Span struct {
	From, To int     // bytes
	Chinese  bool    // it has a Chinese character
	P        float64 // how probable its tokens are in a name
}

// Found is what a text has.
type Found struct {
	Names []Span
	P     float64 // that the text names somebody
}

// Reader finds names. It reuses its memory, so only one goroutine at a time uses
// it.
type Reader struct {
	model    *Model
	features features
	lattice  lattice
	names    []Span
}

// NewReader makes a reader of a model.
func NewReader(m *Model) *Reader {
	return &Reader{model: m, features: features{bits: m.bits}}
}

// Read finds the names in a text. The result is valid until the next call.
func (r *Reader) Read(text []byte) Found {
	r.names = r.names[:0]
	f, l, m := &r.features, &r.lattice, r.model
	f.read(m.Lexicon, text, nil)
	n := len(f.tokens)
	if n == 0 {
		return Found{}
	}
	l.scores = resized(l.scores, n)
	from := 0
	for i, to := range f.ends {
		var sum [tags]int
		for _, at := range f.list[from:to] {
			w := m.weights[int(at)*Tags : int(at)*Tags+Tags : int(at)*Tags+Tags]
			for t := range sum {
				sum[t] += int(w[t])
			}
		}
		for t, s := range sum {
			l.scores[i][t] = float64(s) / Unit
		}
		from = to
	}
	l.run(&m.chain)
	path := l.decode(&m.chain)
	for i := 0; i < n; i++ {
		if path[i] != begins && path[i] != single {
			continue
		}
		end := i
		for path[end] != ends && path[end] != single {
			end++
		}
		letters := false
		s := Span{From: f.tokens[i].from, To: f.tokens[end].to, P: 1}
		for k := i; k <= end; k++ {
			s.P = min(s.P, 1-l.probable(k, outside))
			s.Chinese = s.Chinese || f.tokens[k].kind == han
			letters = letters || s.Chinese || f.tokens[k].kind == word
		}
		if letters { // a line of dashes is nobody
			r.names = append(r.names, s)
		}
		i = end
	}
	return Found{Names: r.names, P: m.line.of(1 - l.nobody(&m.chain))}
}

func (l Line) of(p float64) float64 {
	const least = 1e-6
	p = max(least, min(1-least, p))
	return 1 / (1 + math.Exp(-l.Term-l.Factor*math.Log(p/(1-p))))
}
