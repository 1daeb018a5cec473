package rules

import (
	"slices"
	"strings"

	"hutong/internal/counted"
	"hutong/internal/dataspace"
	"hutong/internal/pack"
)

// WithSensitive returns the set with the elements that can make data sensitive,
// under any classification: without all of them no data is sensitive. Without
// such a list, dropping elements is never taken to change the number of people
// that are counted.
func (s *Set) WithSensitive(sensitive []dataspace.ElementID) *Set {
	return s.changed(func(l *law) {
		l.sensitive = make(map[dataspace.ElementID]bool, len(sensitive))
		for _, id := range sensitive {
			l.sensitive[id] = true
		}
	})
}

// drop finds the smallest sets of elements without which the verdict is better.
// It drops elements together if no rule and no instrument distinguishes them. At
// least one element must remain.
func (a *adviser) drop(res *result) []found {
	steps := a.alike(res)
	chosen, verdicts := nearest(len(steps), a.mostTries(), res.verdict, func(chosen []int) dataspace.Verdict {
		gone := dropped(steps, chosen)
		if len(gone) == len(a.known.facts.Known.List(dataspace.FactElements)) {
			return res.verdict
		}
		return a.suppose(func(f *dataspace.Facts) { counted.Without(a.splits, f, gone, a.known.law.sensitive) }, append(a.splitFacts(), elementsFact)...)
	})
	out := make([]found, 0, len(chosen))
	for i, c := range chosen {
		gone := dropped(steps, c)
		names := make([]string, len(gone))
		for j, id := range gone {
			names[j] = string(id)
		}
		ch := dataspace.Change{Kind: changeDrop, Verdict: verdicts[i], Elements: gone, Text: dataspace.Text{
			EN: "without " + strings.Join(names, ", "), ZH: "不提供 " + strings.Join(names, "、"),
		}}
		assumed := counted.Assumed(a.splits, a.known.facts, gone, a.known.law.sensitive)
		ch.Text.EN, ch.Text.ZH = ch.Text.EN+assumed.EN, ch.Text.ZH+assumed.ZH
		out = append(out, found{ch, len(gone)})
	}
	return out
}

// dropped are the elements of the chosen steps, in order.
func dropped(steps [][]dataspace.ElementID, chosen []int) []dataspace.ElementID {
	var gone []dataspace.ElementID
	for _, i := range chosen {
		gone = append(gone, steps[i]...)
	}
	slices.Sort(gone)
	return gone
}

// splits divide the people that the applicable laws count.
func (res *result) splits() []counted.Split {
	var laws [][]counted.Split
	for _, o := range res.regimes {
		laws = append(laws, o.regime.splits)
	}
	return counted.Join(laws...)
}

// splitFacts are the facts with the numbers of people in their classes.
func (a *adviser) splitFacts() (out []int) {
	for i := range a.splits {
		for _, name := range a.splits[i].Facts() {
			out = append(out, a.known.law.facts.Number(name))
		}
	}
	return out
}

// alike groups the flow's elements by what distinguishes them: sensitivity, the
// groups and ids in conditions on elements, and the limits of instruments. It
// leaves out elements that none of these names, because dropping them changes
// nothing. It returns none if there are more than any dataset has.
func (a *adviser) alike(res *result) [][]dataspace.ElementID {
	if n := len(a.known.facts.Known.List(dataspace.FactElements)); n < 2 || n > manyFacts {
		return nil
	}
	var marks []func(dataspace.ElementID) bool
	for i := range a.splits {
		marks = append(marks, func(id dataspace.ElementID) bool { return a.splits[i].Holds(id, a.known.law.sensitive) })
	}
	for _, o := range res.regimes {
		for _, at := range o.regime.packs {
			if a.known.applies(at, o.regime.side).Truth != pack.No {
				marks = append(marks, a.known.law.packs[at].Marks()...)
			}
		}
	}
	for i := range a.known.facts.Instruments {
		if c := a.known.facts.Instruments[i].Covers; c != nil && len(c.Elements) > 0 {
			covered := make(map[dataspace.ElementID]bool, len(c.Elements))
			for _, id := range c.Elements {
				covered[id] = true
			}
			marks = append(marks, func(id dataspace.ElementID) bool { return !covered[id] })
		}
	}
	var signatures []string
	var out [][]dataspace.ElementID
	for _, element := range a.known.facts.Known.List(dataspace.FactElements) {
		id := dataspace.ElementID(element)
		signature, marked := make([]byte, len(marks)), false
		for i, m := range marks {
			if m(id) {
				signature[i], marked = 1, true
			}
		}
		if !marked {
			continue
		}
		i := slices.Index(signatures, string(signature))
		if i < 0 {
			signatures, out = append(signatures, string(signature)), append(out, []dataspace.ElementID{id})
		} else if !slices.Contains(out[i], id) {
			out[i] = append(out[i], id)
		}
	}
	return out
}
