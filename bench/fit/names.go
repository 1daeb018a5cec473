package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/headword"
	"hutong/internal/namemodel"
	"hutong/internal/odds"
)

// example is a name and the elements that it was used for; none is in none of
// them.
type example struct {
	name   string
	of     []dataspace.ElementID
	weight float64
}

// strong are the elements that header words of the taxonomy name, where they
// are the whole name or its end.
func strong(known *element.Taxonomy, name string) (list []dataspace.ElementID, some bool) {
	for _, m := range known.MatchHeader(name) {
		some = true
		if m.Fit >= headword.Tail && !m.Short {
			list = append(list, m.ID)
		}
	}
	return list, some
}

func overlap(a, b []dataspace.ElementID) []dataspace.ElementID {
	var out []dataspace.ElementID
	for _, x := range a {
		if slices.Contains(b, x) {
			out = append(out, x)
		}
	}
	return out
}

// examples makes what is learnt from, of pairs. A pair whose name and label
// contradict each other teaches nothing.
func examples(known *element.Taxonomy, list []pair, s *scripts) []example {
	var out []example
	labels := map[string]example{}
	for _, p := range list {
		of, some := strong(known, p.label)
		own, hinted := strong(known, p.name)
		both := overlap(of, own)
		switch {
		case len(of) > 0 && len(own) > 0 && len(both) == 0:
			continue
		case len(both) > 0:
			of = both
		case len(of) == 0 && len(own) > 0:
			if !some {
				labels[p.label] = merge(labels[p.label], example{p.label, own, .3})
			}
			continue
		case len(of) == 0 && some:
			continue // a general word: it can be the element or not
		}
		w := 1.0
		if len(of) == 0 && hinted {
			w = .5
		}
		out = append(out, example{p.name, of, w})
		labels[p.label] = merge(labels[p.label], example{p.label, of, 1})
	}
	for _, l := range slices.Sorted(maps.Keys(labels)) {
		out = append(out, forms(labels[l], s)...)
	}
	for _, e := range known.All() {
		for _, w := range e.Headers.EN {
			out = append(out, example{w, []dataspace.ElementID{e.ID}, 2})
		}
		for _, w := range e.Headers.ZH {
			out = append(out, forms(example{w, []dataspace.ElementID{e.ID}, 2}, s)...)
		}
	}
	return out
}

func merge(a, b example) example {
	for _, id := range b.of {
		if !slices.Contains(a.of, id) {
			a.of = append(a.of, id)
		}
	}
	a.name, a.weight = b.name, max(a.weight, b.weight)
	return a
}

// forms are the ways in which a Chinese label is written as a name.
func forms(e example, s *scripts) []example {
	out := []example{e}
	with := func(name string, weight float64) {
		if name != e.name {
			out = append(out, example{name, e.of, e.weight * weight})
		}
	}
	with(s.traditionalForm(e.name), 1)
	syllables := s.pinyin(e.name)
	with(strings.Join(syllables, "_"), .3)
	with(strings.Join(syllables, ""), .5)
	with(initials(syllables), .5)
	return out
}

// learner fits a softmax over the elements and none, in log-odds against none.
type learner struct {
	elements []dataspace.ElementID
	number   map[dataspace.ElementID]int
	parts    map[string]int
	names    []string
	weights  [][]float64 // by part, then element
	squares  [][]float64
	base     []float64
	count    []float64 // of examples, none last
}

// The settings of learning: chosen on the calibration pairs.
const (
	leastNames   = 4    // a part of fewer names is left out
	leastElement = 6    // an element of fewer names has only its header words
	rounds       = 6    // over all examples
	rate         = 0.3  // of the first step
	decay        = 1e-4 // of weights that nothing confirms
	leastNats    = 0.4  // a weaker weight is left out
)

func learn(list []example) *learner {
	l := &learner{number: map[dataspace.ElementID]int{}, parts: map[string]int{}}
	names := map[dataspace.ElementID]float64{}
	seen := map[string]float64{}
	for _, e := range list {
		for _, id := range e.of {
			names[id]++
		}
		for _, p := range namemodel.Parts(e.name) {
			seen[p]++
		}
	}
	for _, id := range element.Builtin().IDs() {
		if names[id] >= leastElement {
			l.number[id] = len(l.elements)
			l.elements = append(l.elements, id)
		}
	}
	for _, p := range slices.Sorted(maps.Keys(seen)) {
		if seen[p] >= leastNames {
			l.parts[p] = len(l.names)
			l.names = append(l.names, p)
			l.weights = append(l.weights, make([]float64, len(l.elements)))
			l.squares = append(l.squares, make([]float64, len(l.elements)))
		}
	}
	l.base = make([]float64, len(l.elements))
	l.count = make([]float64, len(l.elements)+1)
	l.train(list)
	return l
}

// coded is an example with numbers for its parts and elements.
type coded struct {
	parts  []int
	of     []int
	weight float64
}

func (l *learner) code(list []example) []coded {
	var out []coded
	for _, e := range list {
		c := coded{weight: e.weight}
		for _, id := range e.of {
			if n, ok := l.number[id]; ok {
				c.of = append(c.of, n)
			}
		}
		if len(e.of) > 0 && len(c.of) == 0 {
			continue
		}
		for _, p := range namemodel.Parts(e.name) {
			if n, ok := l.parts[p]; ok {
				c.parts = append(c.parts, n)
			}
		}
		for _, n := range c.of {
			l.count[n] += c.weight / float64(len(c.of))
		}
		if len(c.of) == 0 {
			l.count[len(l.elements)] += c.weight
		}
		out = append(out, c)
	}
	return out
}

func (l *learner) train(list []example) {
	code := l.code(list)
	for i := range l.base {
		l.base[i] = math.Log((l.count[i] + 1) / l.count[len(l.elements)])
	}
	random := rand.New(rand.NewPCG(9, 9))
	p := make([]float64, len(l.elements))
	for range rounds {
		random.Shuffle(len(code), func(i, j int) { code[i], code[j] = code[j], code[i] })
		for i := range code {
			l.step(&code[i], p)
		}
	}
}

// step moves the weights of one example (AdaGrad).
func (l *learner) step(c *coded, p []float64) {
	copy(p, l.base)
	for _, n := range c.parts {
		for i, w := range l.weights[n] {
			p[i] += w
		}
	}
	total := 1.0
	for i := range p {
		p[i] = math.Exp(min(p[i], 30))
		total += p[i]
	}
	for i := range p {
		p[i] /= total
	}
	for _, i := range c.of {
		p[i] -= 1 / float64(len(c.of))
	}
	for _, n := range c.parts {
		w, sq := l.weights[n], l.squares[n]
		for i := range p {
			g := p[i] * c.weight
			if math.Abs(g) < 1e-5 {
				continue
			}
			g += decay * w[i]
			sq[i] += g * g
			w[i] -= rate * g / (1 + math.Sqrt(sq[i]))
		}
	}
}

// text writes the model. The base leaves out how frequent an element was among
// the examples: tables have others.
func (l *learner) text() []byte {
	const unit = 20
	var b bytes.Buffer
	for i, id := range l.elements {
		b.WriteString(map[bool]string{true: "", false: " "}[i == 0])
		fmt.Fprintf(&b, "%s=0", id)
	}
	b.WriteByte('\n')
	for n, name := range l.names {
		var weights []string
		for i, w := range l.weights[n] {
			if math.Abs(w) >= leastNats {
				weights = append(weights, strconv.Itoa(i)+":"+strconv.Itoa(int(math.Round(w*unit))))
			}
		}
		if len(weights) > 0 {
			fmt.Fprintf(&b, "%s\t%s\n", name, strings.Join(weights, " "))
		}
	}
	return b.Bytes()
}

// ofUse reads the pairs of the sources for a use.
func (l *library) ofUse(use string) ([]pair, error) {
	var out []pair
	for _, s := range l.list {
		if s.Use != use {
			continue
		}
		list, err := l.pairs(s.Name)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// writeNames learns from the pairs for fitting.
func writeNames(to string, l *library, s *scripts) error {
	list, err := l.ofUse("fit")
	if err != nil {
		return err
	}
	model := learn(examples(element.Builtin(), list, s))
	return os.WriteFile(to, model.text(), 0o644)
}

// heldOut are the calibration pairs whose label no fitting pair has.
func heldOut(l *library) ([]pair, error) {
	fit, err := l.ofUse("fit")
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, p := range fit {
		seen[p.label] = true
	}
	list, err := l.ofUse("calibrate")
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(p pair) bool { return seen[p.label] }), nil
}

// measureNames prints for how many names of held-out pairs the header words, or
// the model, point to the element of their label, and for how many of none.
func measureNames(w io.Writer, l *library, s *scripts) error {
	list, err := heldOut(l)
	if err != nil {
		return err
	}
	known, model := element.Builtin(), namemodel.Builtin()
	least := odds.Builtin().Learnt.Least
	type count struct{ n, words, model, either, none, wordsFalse, modelFalse int }
	rows := map[string]*count{}
	for _, p := range list {
		of, some := strong(known, p.label)
		if len(of) == 0 && some {
			continue
		}
		syllables := s.pinyin(p.label)
		for kind, name := range map[string]string{"identifier": p.name, "pinyin": strings.Join(syllables, ""), "initials": initials(syllables), "traditional": s.traditionalForm(p.label)} {
			c := rows[kind]
			if c == nil {
				c = &count{}
				rows[kind] = c
			}
			own, _ := strong(known, name)
			learnt := slices.DeleteFunc(model.Weigh(name), func(e namemodel.Evidence) bool { return e.Odds < least })
			if len(of) == 0 {
				c.none++
				c.wordsFalse += b2i(len(own) > 0)
				c.modelFalse += b2i(len(learnt) > 0)
				continue
			}
			c.n++
			byWords := len(overlap(own, of)) > 0
			byModel := len(learnt) > 0 && slices.Contains(of, learnt[0].ID)
			c.words += b2i(byWords)
			c.model += b2i(byModel)
			c.either += b2i(byWords || byModel)
		}
	}
	fmt.Fprint(w, "| names | of an element | header words | model | either | of none | header words | model |\n|---|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, k := range slices.SortedFunc(maps.Keys(rows), cmp.Compare[string]) {
		c := rows[k]
		share := func(x, of int) string { return fmt.Sprintf("%.3f", float64(x)/float64(max(of, 1))) }
		fmt.Fprintf(w, "| %s | %d | %s | %s | %s | %d | %s | %s |\n", k, c.n, share(c.words, c.n), share(c.model, c.n), share(c.either, c.n), c.none, share(c.wordsFalse, c.none), share(c.modelFalse, c.none))
	}
	return nil
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
