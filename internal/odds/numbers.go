package odds

import (
	"encoding/json"
	"math"
	"sync"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/headword"
	"hutong/words"
)

// Detector says how strongly the values of a column support or contradict an
// element. words/odds.yaml says what its numbers mean.
type Detector struct {
	ID    dataspace.ElementID `json:"id"`
	Hit   float64             `json:"hit"`
	Miss  float64             `json:"miss"`
	Ceil  float64             `json:"ceil"`
	Floor float64             `json:"floor"`
}

// Fits is what a header word adds, by how well it fits.
type Fits struct {
	Hint  float64 `json:"hint"`
	Part  float64 `json:"part"`
	Tail  float64 `json:"tail"`
	Whole float64 `json:"whole"`
}

func (f *Fits) of(fit headword.Fit) float64 {
	return [...]float64{headword.Hint: f.Hint, headword.Part: f.Part, headword.Tail: f.Tail, headword.Whole: f.Whole}[fit]
}

// Learnt says how much the name model counts.
type Learnt struct {
	Share float64 `json:"share"` // of its log-odds, for an element that no header word names
	Least float64 `json:"least"` // the weakest log-odds that make an element a candidate
	Most  float64 `json:"most"`  // the strongest that count
}

// Line makes a probability that means what it says of one that only orders:
// its log-odds times a factor, plus a term.
type Line struct {
	Term   float64 `json:"term"`
	Factor float64 `json:"factor"`
}

func (l Line) of(p float64) float64 {
	const least = 1e-6
	p = max(least, min(1-least, p))
	return 1 / (1 + math.Exp(-l.Term-l.Factor*math.Log(p/(1-p))))
}

// Calibration is the line of columns by what speaks for them.
type Calibration struct {
	Header Line `json:"header"` // only the name
	Values Line `json:"values"` // only the values
	Both   Line `json:"both"`
	None   Line `json:"none"` // no element fits
}

// Numbers are all log-odds.
type Numbers struct {
	SchemaVersion int                             `json:"schema_version"`
	CommonPrior   float64                         `json:"common_prior"`
	Enough        float64                         `json:"enough"`
	Fits          Fits                            `json:"fits"`
	Learnt        Learnt                          `json:"learnt"`
	Calibration   Calibration                     `json:"calibration"`
	Detectors     []Detector                      `json:"detectors"`
	Priors        map[dataspace.ElementID]float64 `json:"priors"`
}

// Builtin are the numbers that come with the program. Do not change them.
func Builtin() *Numbers { return builtin() }

var builtin = sync.OnceValue(func() *Numbers {
	n := new(Numbers)
	if err := json.Unmarshal(words.Odds, n); err != nil {
		panic("odds: embedded numbers: " + err.Error()) // a test loads them
	}
	return n
})

// detector gives the numbers of an element: those measured for it, else those
// of its kind of check. A form alone counts little, unless its author says how
// rarely another value has it.
func (n *Numbers) detector(e *element.Element, c element.Check) Detector {
	for _, d := range n.Detectors {
		if d.ID == e.ID {
			return d
		}
	}
	d := Detector{ID: e.ID, Hit: .95, Miss: .05, Ceil: 2.5, Floor: 5}
	switch {
	case c.Digits && e.Detector.Pattern != "":
		d.Miss, d.Ceil = .005, 9.5
	case c.Digits:
		d.Miss, d.Ceil = .01, 8
	}
	if chance := e.Detector.SingleFPR; chance > 0 {
		d.Miss = max(chance, .0005)
		d.Ceil = max(d.Ceil, min(9, -1.2*math.Log(chance)))
	}
	return d
}
