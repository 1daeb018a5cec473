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
		return a.suppose(func(f *dataspace.Facts) { a.known.law.without(f, gone) }, elementsFact, nonSensitiveFact, sensitiveFact)
	})
	out := make([]found, 0, len(chosen))
	for i, c := range chosen {
		gone := dropped(steps, c)
		names := make([]string, len(gone))
		for j, id := range gone {
			names[j] = string(id)
		}
		ch := dataspace.Change{Kind: changeDrop, Verdict: verdicts[i], Elements: gone, Text: dataspace.Text{
			EN: "without " + strings.Join(names, ", "), ZH: "不提供：" + strings.Join(names, "、"),
		}}
		if a.known.law.noneSensitive(a.known.facts, gone) {
			ch.Text.EN += "; nothing sensitive is left, and its people count as others, if no other flow of the year held sensitive data of theirs"
			ch.Text.ZH += "；本次即不含敏感个人信息，相关个人改计为非敏感（以当年其他出境未含其敏感个人信息为前提）"
			if _, known := counted.Always(a.known.facts, dataspace.FactSensitive); !known {
				none := counted.NoneAlways(dataspace.FactSensitive, a.known.law.packs)
				ch.Text.EN += " and " + none.EN
				ch.Text.ZH += "，且" + none.ZH
			}
		}
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

// noneSensitive reports whether some data is sensitive now and none would be.
// Where there are people all of whose data is, what is left of theirs would be.
func (l *law) noneSensitive(f *dataspace.Facts, gone []dataspace.ElementID) bool {
	now, _ := f.Known.Int(dataspace.FactSensitive)
	if always, _ := counted.Always(f, dataspace.FactSensitive); now == 0 || always > 0 {
		return false
	}
	had := false
	for _, element := range f.Known.List(dataspace.FactElements) {
		if id := dataspace.ElementID(element); l.sensitive[id] {
			if had = true; !slices.Contains(gone, id) {
				return false
			}
		}
	}
	return had
}

// without takes elements out of the facts.
func (l *law) without(f *dataspace.Facts, gone []dataspace.ElementID) {
	if l.noneSensitive(f, gone) {
		sensitive, _ := f.Known.Int(dataspace.FactSensitive)
		if others, known := f.Known.Int(dataspace.FactNonSensitive); known {
			f.Known.Set(dataspace.FactNonSensitive, dataspace.IntOf(others+sensitive))
		}
		f.Known.Set(dataspace.FactSensitive, dataspace.IntOf(0))
	}
	var left []string
	for _, e := range f.Known.List(dataspace.FactElements) {
		if !slices.Contains(gone, dataspace.ElementID(e)) {
			left = append(left, e)
		}
	}
	f.Known.Set(dataspace.FactElements, dataspace.ListOf(left...))
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
	marks = append(marks, func(id dataspace.ElementID) bool { return a.known.law.sensitive[id] })
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
