package rules

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"hutong/internal/dataspace"
)

const (
	maxGuesses = 12 // unknown facts that are tried both ways
	maxTries   = 40 // combinations of one kind of change that are tried: see patience
	manyFacts  = 500
	maxChosen  = 3  // steps in a combination, short of all of them
	maxChanges = 12 // that are said
)

// The kinds of changes, nearest first among those of one length.
const (
	changeFact       = "fact"
	changeObligation = "obligation"
	changeInstrument = "instrument"
	changeDrop       = "drop"
	changeFewer      = "fewer"
)

var changeKinds = []string{changeFact, changeObligation, changeInstrument, changeDrop, changeFewer}

// found is a change and how many steps it takes.
type found struct {
	dataspace.Change
	steps int
}

// changes finds the nearest changes of the facts that lead to a better verdict,
// by evaluating again as if they were made. Nothing is found that would be
// untrue: the purpose, the ground and the parties stay what they are. Best
// verdict first, then fewest steps.
func (e *evaluation) changes(res *result) []dataspace.Change {
	e.light = true
	e.stubborn = e.unmoved(res)
	all := slices.Concat(e.obtain(res), e.drop(res), e.fewer(res), e.guesses(res))
	if len(all) == 0 {
		all = e.impersonal(res)
	}
	slices.SortStableFunc(all, func(a, b found) int {
		if d := a.Verdict.Severity() - b.Verdict.Severity(); d != 0 {
			return d
		}
		if d := a.steps - b.steps; d != 0 {
			return d
		}
		return slices.Index(changeKinds, a.Kind) - slices.Index(changeKinds, b.Kind)
	})
	out := make([]dataspace.Change, 0, min(len(all), maxChanges))
	for i := range all[:min(len(all), maxChanges)] {
		out = append(out, all[i].Change)
	}
	return out
}

// nearest tries combinations of n steps, few before many, and returns those
// that lead to a verdict better than now and than any part of them does. The
// first most are tried, and all steps together.
func nearest(n, most int, now dataspace.Verdict, try func(chosen []int) dataspace.Verdict) (chosen [][]int, verdicts []dataspace.Verdict) {
	consider := func(c []int) {
		best := now
		for i, part := range chosen {
			if verdicts[i].Severity() < best.Severity() && !slices.ContainsFunc(part, func(s int) bool { return !slices.Contains(c, s) }) {
				best = verdicts[i]
			}
		}
		if best == dataspace.Cleared {
			return
		}
		if v := try(c); v.Severity() < best.Severity() {
			chosen, verdicts = append(chosen, slices.Clone(c)), append(verdicts, v)
		}
	}
	tries := 0
	var combine func(c []int, from, size int)
	combine = func(c []int, from, size int) {
		if size == 0 {
			if tries++; tries <= most {
				consider(c)
			}
			return
		}
		for i := from; i <= n-size && tries < most; i++ {
			combine(append(c, i), i+1, size-1)
		}
	}
	for size := 1; size <= min(n, maxChosen); size++ {
		combine(make([]int, 0, maxChosen), 0, size)
	}
	if n > maxChosen || tries >= most && n > 1 {
		every := make([]int, n)
		for i := range every {
			every[i] = i
		}
		consider(every)
	}
	return chosen, verdicts
}

// patience is how many combinations of one kind of change are tried: maxTries,
// and fewer the more there is to look at each time. Whoever writes the facts
// cannot make a decision take long.
func (e *evaluation) patience() int {
	f := e.facts
	size := len(f.Data.Elements) + len(f.Data.ListItems) + len(f.Instruments) + len(f.Events) + len(f.Recipient.Certifications) + len(f.Recipient.OnwardTo)
	return max(2, maxTries*manyFacts/max(size, manyFacts))
}

// unmoved are the open rules that alone keep the verdict where it is, unless a
// fact that they look at changes: no demand of a pathway, and no instrument is
// there that might fulfil them once it covers the flow.
func (e *evaluation) unmoved(res *result) []*Rule {
	if e.set.closure != nil {
		return nil // an agreement may come to hold
	}
	var out []*Rule
	for _, o := range res.regimes {
		for _, s := range o.spoken {
			r := s.open
			if r == nil || s.weight.Severity() < res.verdict.Severity() || r.Obligation != nil && (r.Obligation.Demanded || r.Obligation.Due != nil) {
				continue
			}
			if len(e.facts.Instruments) == 0 || !slices.ContainsFunc(e.facts.Instruments, func(in dataspace.Instrument) bool {
				return slices.Contains(e.kinds(o.regime, r), in.Kind)
			}) {
				out = append(out, r)
			}
		}
	}
	return out
}

// hopeless reports whether nothing gets better by altering some facts.
func (e *evaluation) hopeless(altered []int) bool {
	return slices.ContainsFunc(e.stubborn, func(r *Rule) bool {
		return !slices.ContainsFunc(altered, func(i int) bool { return r.reads.has(i) || slices.Contains(r.looksAt, i) })
	})
}

// suppose is the verdict if the facts were changed, which alters the variables
// named; the strictest where it is sure to be no better.
func (e *evaluation) suppose(change func(*dataspace.Facts), altered ...int) dataspace.Verdict {
	if e.hopeless(altered) {
		return dataspace.Prohibited
	}
	before, facts := e.facts, *e.facts
	e.kept = append(e.kept[:0], e.answers...)
	e.keptValues = append(e.keptValues[:0], e.values...)
	change(&facts)
	e.facts = &facts
	for _, i := range altered {
		v := variables[i].read(&facts)
		if v == nil {
			v = unknowns[i]
		}
		e.change(i, v)
	}
	verdict := e.run().verdict
	for _, i := range altered {
		e.change(i, e.keptValues[i])
	}
	copy(e.answers, e.kept)
	e.facts = before
	return verdict
}

var (
	elementsFact     = variableIndex["data.elements"]
	personalFact     = variableIndex["data.personal"]
	nonSensitiveFact = variableIndex["counts.non_sensitive"]
	sensitiveFact    = variableIndex["counts.sensitive"]
)

// fewer tries each count just below each number of the law that bounds it,
// highest first, and at last none at all.
func (e *evaluation) fewer(res *result) []found {
	var out []found
	for _, i := range []int{nonSensitiveFact, sensitiveFact} {
		now, ok := e.values[i].(types.Int)
		if !ok || now == 0 {
			continue
		}
		for _, n := range e.bounds(res, variables[i].name, int64(now)) {
			v := e.suppose(func(f *dataspace.Facts) {
				if i == sensitiveFact {
					f.Counts.Sensitive = &n
				} else {
					f.Counts.NonSensitive = &n
				}
			}, i)
			if v.Severity() < res.verdict.Severity() {
				out = append(out, found{steps: 1, Change: dataspace.Change{Kind: changeFewer, Verdict: v, Text: dataspace.Text{
					EN: fmt.Sprintf("%s at most %d instead of %d", variables[i].name, n, now),
					ZH: fmt.Sprintf("%s由%d降至不超过%d", variables[i].what.ZH, now, n),
				}}})
				break
			}
		}
	}
	return out
}

// bounds are the counts worth trying: below now, highest first.
func (e *evaluation) bounds(res *result, name string, now int64) []int64 {
	var out []int64
	for _, o := range res.regimes {
		for _, at := range o.regime.packs {
			if e.applies(at, o.regime.side).truth == no {
				continue
			}
			out = append(out, e.listBounds(at, name, now)...)
			for _, n := range e.set.packs[at].numbers {
				if n.yaml.Of == name && n.yaml.Value != nil && *n.yaml.Value-1 < now {
					out = append(out, *n.yaml.Value-1)
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b int64) int { return int(b - a) })
	out = slices.Compact(out)
	out = out[:min(len(out), e.patience())]
	if len(out) == 0 || out[len(out)-1] != 0 {
		out = append(out, 0)
	}
	return out
}

// guesses tries unknown facts one by one: which value would be better.
func (e *evaluation) guesses(res *result) []found {
	var out []found
	for n, i := range e.hangsOn(res) {
		if n == min(maxGuesses, e.patience()) {
			break
		}
		if variables[i].kind.String() != "bool" {
			continue
		}
		for _, b := range []bool{false, true} {
			if v := e.with(i, types.Bool(b)); v.Severity() < res.verdict.Severity() {
				out = append(out, found{steps: 1, Change: dataspace.Change{Kind: changeFact, Verdict: v, Text: dataspace.Text{
					EN: fmt.Sprintf("known: %s is %t", variables[i].name, b),
					ZH: fmt.Sprintf("查明：%s——%s", variables[i].what.ZH, map[bool]string{true: "是", false: "否"}[b]),
				}}})
			}
		}
	}
	return out
}

// hangsOn lists the unknown facts the result hangs on, ascending.
func (e *evaluation) hangsOn(res *result) []int {
	var out []int
	for _, o := range res.regimes {
		for _, s := range o.spoken {
			if !s.wide {
				continue
			}
			for _, id := range s.answer.hangs {
				if id >= 0 && id < numberBase {
					out = append(out, int(id))
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// with is the verdict if one fact had another value.
func (e *evaluation) with(i int, v ref.Val) dataspace.Verdict {
	old := e.values[i]
	e.change(i, v)
	verdict := e.run().verdict
	e.change(i, old)
	return verdict
}

// impersonal tries the way that is there when nothing nearer is: that nothing
// about a person leaves.
func (e *evaluation) impersonal(res *result) []found {
	if e.values[personalFact] != types.True {
		return nil
	}
	v := e.with(personalFact, types.False)
	if v.Severity() >= res.verdict.Severity() {
		return nil
	}
	return []found{{steps: 1, Change: dataspace.Change{Kind: changeFact, Verdict: v, Text: dataspace.Text{
		EN: "without personal data: no column that is about a person leaves",
		ZH: "不含个人信息：涉及个人的列均不出境",
	}}}}
}

// joined puts sentences together.
func joined(texts []dataspace.Text, en, zh string) dataspace.Text {
	var a, b []string
	for _, t := range texts {
		a, b = append(a, t.EN), append(b, t.ZH)
	}
	return dataspace.Text{EN: strings.Join(a, en), ZH: strings.Join(b, zh)}
}
