package rules

import (
	"cmp"
	"fmt"
	"slices"

	"cel.dev/cel-go/common/types"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
)

// Bound is a number of the law that bounds a count of people. A tier
// changes at it or, where the law says «more than», one above it.
type Bound struct {
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

// Near is the share of a threshold, in percent, from which a count is near it.
const Near = 80

// Bounds are the numbers by which the packs that may rule an exporter's
// flows bound the people that leave in a year, in the order of their size. A
// number that is not known is left out.
func (s *Set) Bounds(exporter dataspace.Values, on string) []Bound {
	e := s.law.withFacts(&dataspace.Facts{On: on, Known: exporter})
	defer e.release()
	return e.known.numbers(func(*bound) bool { return true })
}

// bound is a number of the law that bounds a count, and the number of the fact
// that says how many they are.
type bound struct {
	*pack.Number
	fact int
}

// boundsOf are the known numbers of a pack that bound counts of people.
func (l *law) boundsOf(p *pack.Pack) []bound {
	var out []bound
	for i := range p.NumberList() {
		n := &p.NumberList()[i]
		if y := &n.Doc; y.Value != nil && dataspace.IsCount(y.Of) {
			out = append(out, bound{n, l.facts.Number(y.Of)})
		}
	}
	return out
}

// numbers are the known ones of the packs that apply or may, of those wanted.
func (k *knowledge) numbers(wanted func(*bound) bool) []Bound {
	out := []Bound{}
	for at, p := range k.law.packs {
		if len(k.bounds[at]) == 0 || !p.HasSide(dataspace.ExportSide) {
			continue
		}
		applies := k.applies(at, dataspace.ExportSide).Truth
		if applies == pack.No {
			continue
		}
		for i := range k.bounds[at] {
			n := &k.bounds[at][i]
			if y := &n.Doc; wanted(n) {
				out = append(out, Bound{
					Pack: p.ID(), Name: n.Name, Of: y.Of, Value: *y.Value, Article: y.Article, Source: p.Address(y.Source),
					Confidence: y.Confidence, Text: y.Text, Certain: applies == pack.Yes,
				})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Bound) int { return cmp.Or(cmp.Compare(a.Of, b.Of), cmp.Compare(a.Value, b.Value)) })
	return out
}

// people is how many people a fact counts, and whether that is known.
func (k *knowledge) people(fact int) (n int64, known bool) {
	if fact < 0 {
		return 0, false
	}
	v, known := k.values[fact].(types.Int)
	return int64(v), known
}

// near warns of each number of the law that the counts of a flow come near
// without having reached it.
func (x *warner) near() []dataspace.Warning {
	x.known.turn(x.known.facts.On)
	var out []dataspace.Warning
	for _, t := range x.known.numbers(func(b *bound) bool {
		n, known := x.known.people(b.fact)
		return known && n < *b.Doc.Value && float64(n)*100 >= float64(*b.Doc.Value)*Near
	}) {
		n, _ := x.known.people(x.known.law.facts.Number(t.Of))
		out = append(out, dataspace.Warning{
			Kind: dataspace.WarnCount, Number: string(t.Pack) + "#" + t.Name, Article: t.Article, Source: t.Source, Confidence: t.Confidence,
			Text: dataspace.Text{
				EN: fmt.Sprintf("%d of %d %s; %d are left", n, t.Value, t.Text.EN, t.Value-n),
				ZH: fmt.Sprintf("%s：已达 %d/%d，尚余 %d", t.Text.ZH, n, t.Value, t.Value-n),
			},
		})
	}
	return out
}
