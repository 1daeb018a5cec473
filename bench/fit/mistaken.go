package main

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"

	"hutong/bench/draw"
	"hutong/internal/latin"
)

// mostCells is how many different cells a made column has at most: in longer ones
// every share finds the kind. dirtyColumns is how many columns of each kind and
// share of dirt are made.
const (
	mostCells    = 8
	dirtyColumns = 2500
)

// mistakes are the shares of cells that stand in a column by mistake among which
// package latin chooses one.
var mistakes = []float64{.01, .02, .05, .1, .15, .2, .3}

// dirts are the shares of cells of another kind in a column, with how frequent
// they are in the made tables.
var dirts = []struct{ share, frequent float64 }{{0, .5}, {.05, .25}, {.2, .25}}

// measureMistaken prints how improbable the truth of columns is with each share.
// Their words are those that nothing was learnt from.
func measureMistaken(out io.Writer, l *library, forms *scripts) error {
	_, held, err := l.latinWords()
	if err != nil {
		return err
	}
	_, b, err := l.banks()
	if err != nil {
		return err
	}
	held.chinese(b, forms)
	m := cellMaker{held, rand.New(rand.NewPCG(seedCalibrate, 2))}
	loss, right := make([][3]float64, len(mistakes)), make([][3]float64, len(mistakes))
	const n = dirtyColumns * latin.Kinds
	for d, dirt := range dirts {
		for kind := latin.Thing; kind <= latin.Organisation; kind++ {
			for range dirtyColumns {
				column := m.column(kind, dirt.share)
				for i, share := range mistakes {
					p := kindsOf(column, share)[kind-latin.Thing]
					loss[i][d] -= math.Log(max(1e-6, p)) / n
					if p > .5 {
						right[i][d] += 1. / n
					}
				}
			}
		}
	}
	fmt.Fprintln(out, "| share | loss, no dirt | 5 % | 20 % | as in the made tables | right, no dirt | 5 % | 20 % |\n|--:|--:|--:|--:|--:|--:|--:|--:|")
	for i, share := range mistakes {
		all := 0.0
		for d := range dirts {
			all += dirts[d].frequent * loss[i][d]
		}
		fmt.Fprintf(out, "| %.2f | %.4f | %.4f | %.4f | %.4f | %.3f | %.3f | %.3f |\n", share, loss[i][0], loss[i][1], loss[i][2], all, right[i][0], right[i][1], right[i][2])
	}
	return nil
}

// column makes the cells of a column of a kind, of which some are of any kind. The
// people of one column are of one country.
func (m cellMaker) column(kind latin.Kind, dirt float64) (out [][latin.Kinds]float64) {
	country := draw.Pick(m.Rand, m.countries)
	makers := []func() string{m.thing, func() string { return m.named(country) }, m.place, m.organisation}
	for range 1 + m.IntN(mostCells) {
		of := makers[kind-latin.Thing]
		if m.Float64() < dirt {
			of = draw.Pick(m.Rand, makers)
		}
		named, odds := latin.Builtin().Weigh([]byte(m.cased(of())))
		if named == latin.Unknown {
			continue
		}
		var p [latin.Kinds]float64
		for k, o := range odds { // without the share that the model has now
			p[k] = max(0, (math.Exp(float64(o)/latin.Part)-latin.Mistaken/latin.Kinds)/(1-latin.Mistaken))
		}
		out = append(out, p)
	}
	return out
}

// kindsOf is how probable each kind of a column is.
func kindsOf(column [][latin.Kinds]float64, mistaken float64) (out [latin.Kinds]float64) {
	for k := range out {
		for _, p := range column {
			out[k] += math.Log((1-mistaken)*p[k] + mistaken/latin.Kinds)
		}
	}
	return softmax(out)
}
