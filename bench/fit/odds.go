package main

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/odds"
)

// asked is the support by values up to which they are not accepted alone.
const asked = 6.7

//go:embed start.yaml
var startNumbers []byte

// How many tables numbers are fitted to, and calibrated on.
const (
	fitTables       = 900
	calibrateTables = 900
	sweeps          = 3
)

// knob is a number that is fitted.
type knob struct {
	name       string
	at         *float64
	start      float64
	low, high  float64
	scale      float64 // a change that needs a reason
	logarithm  bool    // steps multiply
	detectorOf dataspace.ElementID
}

// moved is how far a number is from where it began, in its scale.
func (k *knob) moved() float64 {
	if k.logarithm {
		return math.Log(*k.at/k.start) / k.scale
	}
	return (*k.at - k.start) / k.scale
}

func (k *knob) step(size float64) float64 {
	x := *k.at + size*k.scale
	if k.logarithm {
		x = *k.at * math.Exp(size*k.scale)
	}
	return max(k.low, min(k.high, x))
}

// knobs are the numbers that are fitted.
func knobs(n *odds.Numbers) []*knob {
	var out []*knob
	add := func(k knob) {
		k.start = *k.at
		out = append(out, &k)
	}
	add(knob{name: "common prior", at: &n.CommonPrior, low: -8, high: n.CommonPrior, scale: .5})
	add(knob{name: "hint", at: &n.Fits.Hint, low: .5, high: 4, scale: .5})
	add(knob{name: "part", at: &n.Fits.Part, low: 2, high: 6, scale: .5})
	add(knob{name: "tail", at: &n.Fits.Tail, low: 4, high: 8, scale: .5})
	add(knob{name: "whole", at: &n.Fits.Whole, low: 6, high: n.Fits.Whole, scale: .5})
	add(knob{name: "learnt", at: &n.Learnt.Share, low: .1, high: 1.2, scale: .2})
	for i := range n.Detectors {
		d := &n.Detectors[i]
		if _, ok := makers[string(d.ID)]; !ok {
			continue // nothing to fit it to
		}
		add(knob{name: "miss", at: &d.Miss, low: .0001, high: .5, scale: .7, logarithm: true, detectorOf: d.ID})
		high := d.Ceil + 1
		switch {
		case d.Ceil <= odds.WeakCeil:
			high = d.Ceil // a form that many values have never counts more
		case d.Ceil < asked:
			high = min(high, asked) // what a person was asked about without a name is asked about still
		}
		add(knob{name: "ceil", at: &d.Ceil, low: .1, high: high, scale: 1, detectorOf: d.ID})
		if d.Floor > 0 { // 0 is for checks that know only some values
			add(knob{name: "floor", at: &d.Floor, low: .5, high: 9, scale: 1, detectorOf: d.ID})
		}
	}
	return out
}

// loss is how improbable the truth is by the numbers.
func loss(tables [][]column, n *odds.Numbers) float64 {
	known := element.Builtin()
	model := odds.New(known, n)
	sum := 0.0
	for _, t := range tables {
		counted := make([]*odds.Column, len(t))
		for i := range t {
			counted[i] = t[i].counted
		}
		for i, s := range model.Table(counted) {
			p := 0.0
			if t[i].element == "" {
				p = s.None
			}
			for k := range s.Ranked {
				if right(known, &t[i], &s.Ranked[k]) {
					p += s.Ranked[k].P
				}
			}
			sum -= math.Log(max(.002, min(1, p)))
		}
	}
	return sum
}

// fit moves one number after the other to where the loss is least. It counts a
// move from the start as loss, so that only what the tables show moves it.
func fit(tables [][]column, n *odds.Numbers) {
	const price = 3
	list := knobs(n)
	touched := map[dataspace.ElementID][][]column{"": tables}
	known := element.Builtin()
	at := map[dataspace.ElementID]int{}
	for i, c := range known.Checks() {
		at[c.ID] = i
	}
	for _, k := range list {
		if k.detectorOf == "" || touched[k.detectorOf] != nil {
			continue
		}
		for _, t := range tables {
			if slices.ContainsFunc(t, func(c column) bool {
				return c.counted.Passes[at[k.detectorOf]] > 0 || c.counted.Names(k.detectorOf)
			}) {
				touched[k.detectorOf] = append(touched[k.detectorOf], t)
			}
		}
	}
	for sweep := range sweeps {
		fmt.Fprintf(os.Stderr, "sweep %d: %.1f\n", sweep, loss(tables, n))
		size := 1 / float64(1+sweep)
		for _, k := range list {
			of := touched[k.detectorOf]
			best := loss(of, n) + price*k.moved()*k.moved()
			for _, direction := range []float64{1, -1} {
				for {
					was := *k.at
					*k.at = k.step(direction * size)
					if *k.at == was {
						break
					}
					if now := loss(of, n) + price*k.moved()*k.moved(); now >= best-.01 {
						*k.at = was
						break
					} else {
						best = now
					}
				}
			}
		}
	}
	fmt.Fprintf(os.Stderr, "at the end: %.1f\n", loss(tables, n))
}

// calibrate fits the lines so that confidence means what it says.
func calibrate(tables [][]column, n *odds.Numbers) {
	plain := odds.Line{Factor: 1}
	n.Calibration = odds.Calibration{Header: plain, Values: plain, Both: plain, None: plain}
	model := odds.New(element.Builtin(), n)
	type said struct {
		logit float64
		right bool
	}
	by := map[*odds.Line][]said{}
	for _, t := range tables {
		counted := make([]*odds.Column, len(t))
		for i := range t {
			counted[i] = t[i].counted
		}
		for i, s := range model.Table(counted) {
			line, p := &n.Calibration.None, s.None
			if s.Best != nil {
				p = s.Best.P
				switch name, values := model.Speaks(counted[i], s.Best); {
				case name && values:
					line = &n.Calibration.Both
				case values:
					line = &n.Calibration.Values
				default:
					line = &n.Calibration.Header
				}
			}
			p = max(1e-6, min(1-1e-6, p))
			by[line] = append(by[line], said{math.Log(p / (1 - p)), right(model.Taxonomy, &t[i], s.Best)})
		}
	}
	lines := &n.Calibration
	for _, line := range []*odds.Line{&lines.Header, &lines.Values, &lines.Both, &lines.None} {
		most := odds.Line{Term: 1, Factor: 1.25}
		if line == &lines.Header || line == &lines.Values {
			most = odds.Line{Factor: 1} // one kind of evidence is never worth more than its sum
		}
		for range 4000 { // gradient of the log-likelihood; a factor of 1 is worth some columns
			term, factor := 0.0, 5*(1-line.Factor)
			for _, x := range by[line] {
				e := -1 / (1 + math.Exp(-line.Term-line.Factor*x.logit))
				if x.right {
					e++
				}
				term += e
				factor += e * x.logit
			}
			columns := float64(50 + len(by[line]))
			line.Term = max(-1, min(most.Term, line.Term+term/columns*.2))
			line.Factor = max(.6, min(most.Factor, line.Factor+factor/columns*.02))
		}
		line.Term, line.Factor = round(line.Term), round(line.Factor)
	}
}

func round(x float64) float64 { return math.Round(x*100) / 100 }

// writeOdds fits the numbers, calibrates them on other tables, and writes them
// under the comments of the file.
func writeOdds(file string, l *library, forms *scripts) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	n, now := new(odds.Numbers), new(odds.Numbers)
	if err := yaml.UnmarshalWithOptions(startNumbers, n, yaml.Strict()); err != nil {
		return fmt.Errorf("start.yaml: %w", err)
	}
	if err := yaml.UnmarshalWithOptions(data, now, yaml.Strict()); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	addNew(n, now)
	tables, err := l.tables(seedFit, fitTables, forms)
	if err != nil {
		return err
	}
	plain := odds.Line{Factor: 1}
	n.Calibration = odds.Calibration{Header: plain, Values: plain, Both: plain, None: plain}
	fit(tables, n)
	for _, k := range knobs(n) {
		if k.logarithm {
			digits := math.Pow(10, 2-math.Ceil(math.Log10(*k.at)))
			*k.at = math.Round(*k.at*digits) / digits
			continue
		}
		*k.at = round(*k.at)
	}
	if tables, err = l.tables(seedCalibrate, calibrateTables, forms); err != nil {
		return err
	}
	calibrate(tables, n)
	return os.WriteFile(file, withComments(string(data), n), 0o644)
}

// addNew takes over the detectors that came into the file after the start was
// written down.
func addNew(n, file *odds.Numbers) {
	for _, d := range file.Detectors {
		if !slices.ContainsFunc(n.Detectors, func(o odds.Detector) bool { return o.ID == d.ID }) {
			n.Detectors = append(n.Detectors, d)
		}
	}
	for id, prior := range file.Priors {
		if _, ok := n.Priors[id]; !ok {
			n.Priors[id] = prior
		}
	}
}

// withComments writes numbers in the form of the file, with its comments.
func withComments(old string, n *odds.Numbers) []byte {
	var b bytes.Buffer
	for line := range strings.Lines(old) {
		if line[0] != '#' {
			continue
		}
		b.WriteString(line)
	}
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("schema_version: %d", n.SchemaVersion)
	p("common_prior: %v", n.CommonPrior)
	p("enough: %v", n.Enough)
	p("fits: {hint: %v, part: %v, tail: %v, whole: %v}", n.Fits.Hint, n.Fits.Part, n.Fits.Tail, n.Fits.Whole)
	p("learnt: {share: %v, least: %v, most: %v}", n.Learnt.Share, n.Learnt.Least, n.Learnt.Most)
	p("calibration:")
	line := func(name string, l odds.Line) { p("  %s: {term: %v, factor: %v}", name, l.Term, l.Factor) }
	line("header", n.Calibration.Header)
	line("values", n.Calibration.Values)
	line("both", n.Calibration.Both)
	line("none", n.Calibration.None)
	p("detectors:")
	for _, d := range n.Detectors {
		p("  - {id: %s, hit: %v, miss: %v, ceil: %v, floor: %v}", d.ID, d.Hit, d.Miss, d.Ceil, d.Floor)
	}
	p("priors:")
	ids := make([]dataspace.ElementID, 0, len(n.Priors))
	for id := range n.Priors {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, cmp.Compare[dataspace.ElementID])
	for _, id := range ids {
		p("  %s: %v", id, n.Priors[id])
	}
	return b.Bytes()
}
