package odds

import (
	"encoding/json"
	"math"
	"sync"

	"hutong/internal/dataspace"
	"hutong/internal/element"
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

func (f *Fits) of(fit element.Fit) float64 {
	return [...]float64{element.Hint: f.Hint, element.Part: f.Part, element.Tail: f.Tail, element.Whole: f.Whole}[fit]
}

// Numbers are all log-odds.
type Numbers struct {
	SchemaVersion int                             `json:"schema_version"`
	CommonPrior   float64                         `json:"common_prior"`
	Enough        float64                         `json:"enough"`
	Fits          Fits                            `json:"fits"`
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
