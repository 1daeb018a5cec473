package rules

import (
	"fmt"
	"sort"
	"strings"

	"hutong/internal/dataspace"
)

// CountBound is a number of the law that bounds a count of people. A tier
// changes at it or, where the law says «more than», one above it.
type CountBound struct {
	Pack       dataspace.PackID     `json:"pack"`
	Name       string               `json:"name"`
	Of         string               `json:"of"` // the fact it bounds: counts.sensitive, ...
	Value      int64                `json:"value"`
	Article    string               `json:"article"`
	Source     string               `json:"source"`
	Confidence dataspace.Confidence `json:"confidence"`
	Text       dataspace.Text       `json:"text"`
	// Certain is false where the pack may apply to the exporter's flows, but
	// for some facts that are not known or differ from flow to flow.
	Certain bool `json:"certain"`
}

// counts begin the names of facts that count people over a year.
const counts = "counts."

// Near is the share of a threshold, in percent, from which a count is near it.
const Near = 80

// Thresholds are the numbers by which the packs that may rule an exporter's
// flows bound the people that leave in a year, in the order of their size. A
// number that is not known is left out.
func (s *Set) Thresholds(exporter dataspace.ExporterFacts, on string) []CountBound {
	e := s.knowing(&dataspace.Facts{On: on, Exporter: exporter})
	defer e.release()
	return e.bounding()
}

// bounding are the known numbers of the packs that apply or may.
func (e *evaluation) bounding() []CountBound {
	out := []CountBound{}
	for at, p := range e.set.packs {
		if _, exports := p.sides[dataspace.ExportSide]; !exports {
			continue
		}
		applies := e.applies(at, dataspace.ExportSide).truth
		if applies == no {
			continue
		}
		for _, n := range p.numbers {
			if y := n.yaml; y.Value != nil && strings.HasPrefix(y.Of, counts) {
				out = append(out, CountBound{
					Pack: p.yaml.ID, Name: n.name, Of: y.Of, Value: *y.Value, Article: y.Article, Source: p.address(y.Source),
					Confidence: y.Confidence, Text: y.Text, Certain: applies == yes,
				})
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i], out[j]
		return a.Of < b.Of || a.Of == b.Of && a.Value < b.Value
	})
	return out
}

// near warns of each number of the law that the counts of a flow come near
// without having reached it.
func (e *evaluation) near() []dataspace.Warning {
	if c := e.facts.Counts; c.NonSensitive == nil && c.Sensitive == nil && c.Under14 == nil {
		return nil
	}
	var out []dataspace.Warning
	for _, t := range e.bounding() {
		n := e.facts.Counts.Of(t.Of)
		if n == nil || *n >= t.Value || float64(*n)*100 < float64(t.Value)*Near {
			continue
		}
		out = append(out, dataspace.Warning{
			Kind: "count", Number: string(t.Pack) + "#" + t.Name, Article: t.Article, Source: t.Source, Confidence: t.Confidence,
			Text: dataspace.Text{
				EN: fmt.Sprintf("%d of %d %s; %d are left", *n, t.Value, t.Text.EN, t.Value-*n),
				ZH: fmt.Sprintf("%s：已达 %d/%d，尚余 %d", t.Text.ZH, *n, t.Value, t.Value-*n),
			},
		})
	}
	return out
}
