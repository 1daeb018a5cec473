package rules

import (
	"cmp"
	"fmt"
	"slices"

	"cel.dev/cel-go/common/types"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
)

// Bound is a number of the law that bounds a count of people. The demand changes
// at the number or, if the law says «more than», one above it.
type Bound struct {
	Pack       dataspace.PackID     `json:"pack"`
	Name       string               `json:"name"`
	Of         string               `json:"of"` // the fact it bounds: counts.sensitive, ...
	Value      int64                `json:"value"`
	Article    string               `json:"article"`
	ArticleZH  string               `json:"article_zh,omitempty"`
	Source     string               `json:"source"`
	Confidence dataspace.Confidence `json:"confidence"`
	Text       dataspace.Text       `json:"text"`
	// Certain is false if the pack may or may not apply to the exporter's flows,
	// because some facts are not known or differ from flow to flow.
	Certain bool `json:"certain"`
}

// Near is the share of a number, in percent, from which a count is near it.
const Near = 80

// Bounds are the numbers that bound the people of an exporter's flows, by the
// packs that may apply to these flows, in the order of their size. Numbers that
// are not known are left out.
func (s *Set) Bounds(exporter dataspace.Values, on string) []Bound {
	e := s.law.withFacts(&dataspace.Facts{On: on, Known: exporter})
	defer e.release()
	return e.known.numbers(func(*bound) bool { return true })
}

// bound is a number of the law that bounds a count, and the fact with the count,
// by its number.
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

// numbers are the wanted ones among the bounds of packs that may apply.
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
					Pack: p.ID(), Name: n.Name, Of: y.Of, Value: *y.Value, Article: y.Article, ArticleZH: p.Chinese(y.Article), Source: p.Address(y.Source),
					Confidence: y.Confidence, Text: y.Text, Certain: applies == pack.Yes,
				})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Bound) int { return cmp.Or(cmp.Compare(a.Of, b.Of), cmp.Compare(a.Value, b.Value)) })
	return out
}

// people is the count of people in a fact, and whether it is known.
func (k *knowledge) people(fact int) (n int64, known bool) {
	if fact < 0 {
		return 0, false
	}
	v, known := k.values[fact].(types.Int)
	return int64(v), known
}

// near warns of each number of the law that a count of the flow is near but has
// not reached.
func (x *warner) near() []dataspace.Warning {
	x.known.turn(x.known.facts.On)
	var out []dataspace.Warning
	for _, t := range x.known.numbers(func(b *bound) bool {
		n, known := x.known.people(b.fact)
		return known && n < *b.Doc.Value && float64(n)*100 >= float64(*b.Doc.Value)*Near
	}) {
		n, _ := x.known.people(x.known.law.facts.Number(t.Of))
		out = append(out, dataspace.Warning{
			Kind: dataspace.WarnCount, Number: string(t.Pack) + "#" + t.Name, Article: t.Article, ArticleZH: t.ArticleZH, Source: t.Source, Confidence: t.Confidence,
			Text: dataspace.Text{
				EN: fmt.Sprintf("%d of %d %s; %d are left", n, t.Value, t.Text.EN, t.Value-n),
				ZH: fmt.Sprintf("%s：已达 %d/%d，尚余 %d", t.Text.ZH, n, t.Value, t.Value-n),
			},
		})
	}
	return out
}
