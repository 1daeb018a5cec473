package rules

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"hutong/internal/counted"
	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/pack"
	"hutong/internal/variable"
)

const (
	maxGuesses = 12 // unknown facts that are tried as true and as false
	maxTries   = 40 // tried combinations of one kind of change: see mostTries
	manyFacts  = 500
	maxChosen  = 3  // steps in a combination, except that of all steps
	maxChanges = 12 // changes in a decision
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

// found is a change and its number of steps.
type found struct {
	dataspace.Change
	steps int
}

// adviser looks for changes that would lead to a better verdict: it supposes a
// change and evaluates the flow again.
type adviser struct {
	known      *knowledge
	fulfilment *fulfilment
	judge      *judge
	blocking   []*pack.Rule  // see blockers
	kept       []pack.Answer // the answers before a change was supposed
	keptValues []ref.Val
	supposed   dataspace.Facts // scratch of suppose
	splits     []counted.Split // of the people that the applicable laws count
}

// changes finds the nearest changes of the facts that lead to a better verdict,
// by evaluating the changed facts. It never changes the purpose, the ground or the
// parties, because other values would be untrue. The order is by verdict, the
// best first, then by number of steps.
func (a *adviser) changes(res *result) []dataspace.Change {
	a.judge.light = true
	a.blocking, a.splits = a.blockers(res), res.splits()
	all := slices.Concat(a.obtain(res), a.drop(res), a.fewer(res), a.guesses(res))
	if len(all) == 0 {
		all = a.impersonal(res)
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

// nearest tries combinations of n steps, short ones first. It returns those that
// lead to a better verdict than now, and than any part of the combination. It
// tries the first combinations, up to most, and then all steps together.
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

// mostTries is the number of combinations of one kind of change to try: maxTries,
// or fewer if the facts are large. So the author of the facts cannot make a
// decision slow.
func (a *adviser) mostTries() int {
	f := a.known.facts
	size := len(f.Instruments) + len(f.Events)
	for _, v := range f.Known.All() {
		size += len(v.List())
	}
	return max(2, maxTries*manyFacts/max(size, manyFacts))
}

// blockers are the open rules that alone keep the verdict, unless a fact that
// they look at changes. Demands of a pathway are not among them, nor rules for
// which there is an instrument that may come to cover the flow.
func (a *adviser) blockers(res *result) []*pack.Rule {
	if a.known.law.closure != nil {
		return nil // an agreement may hold after a change
	}
	var out []*pack.Rule
	for _, o := range res.regimes {
		for _, s := range o.spoken {
			r := s.open
			if r == nil || s.weight.Severity() < res.verdict.Severity() || r.Obligation != nil && (r.Obligation.Demanded || r.Obligation.Due != nil) {
				continue
			}
			if len(a.known.facts.Instruments) == 0 || !slices.ContainsFunc(a.known.facts.Instruments, func(in dataspace.Instrument) bool {
				return slices.Contains(a.fulfilment.kinds(o.regime, r), in.Kind)
			}) {
				out = append(out, r)
			}
		}
	}
	return out
}

// hopeless reports whether altering some facts cannot make the verdict better.
func (a *adviser) hopeless(altered []int) bool {
	return slices.ContainsFunc(a.blocking, func(r *pack.Rule) bool {
		scope := a.known.scopeOf(r.Pack)
		return !slices.ContainsFunc(altered, func(i int) bool { return scope.Hangs(r, i) })
	})
}

// suppose is the verdict after a change of the facts, which alters the given
// variables; the strictest verdict if it surely gets no better.
func (a *adviser) suppose(change func(*dataspace.Facts), altered ...int) dataspace.Verdict {
	if a.hopeless(altered) {
		return dataspace.Prohibited
	}
	before, facts, day := a.known.facts, &a.supposed, a.known.day
	known := before.Known.Draft(facts.Known)
	*facts = *before
	facts.Known = known
	a.kept = append(a.kept[:0], a.known.answers...)
	a.keptValues = append(a.keptValues[:0], a.known.values...)
	change(facts)
	a.known.about(facts)
	for _, i := range altered {
		a.known.change(i, a.known.law.facts.Read(i, facts))
	}
	verdict := a.judge.run().verdict
	a.known.turn(day)
	for _, i := range altered {
		a.known.change(i, a.keptValues[i])
	}
	copy(a.known.answers, a.kept)
	a.known.about(before)
	return verdict
}

var (
	elementsFact = variable.Standard().Number(dataspace.FactElements)
	personalFact = variable.Standard().Number(dataspace.FactPersonal)
)

// fewer tries each count just below each number of the law that bounds it,
// highest first, and zero last.
func (a *adviser) fewer(res *result) []found {
	var out []found
	counts := append(a.splitFacts(), a.known.law.facts.Counting()...)
	for at, i := range counts {
		now, ok := a.known.values[i].(types.Int)
		if !ok || now == 0 || slices.Contains(counts[:at], i) {
			continue
		}
		d := a.known.law.facts.At(i)
		for _, n := range a.bounds(res, d.Name, int64(now)) {
			v := a.suppose(func(f *dataspace.Facts) { f.Known.Set(d.Name, dataspace.IntOf(n)) }, i)
			if v.Severity() < res.verdict.Severity() {
				out = append(out, found{steps: 1, Change: dataspace.Change{Kind: changeFewer, Verdict: v, Text: dataspace.Text{
					EN: fmt.Sprintf("the count is at most %d instead of %d (%s)", n, now, d.Text.EN),
					ZH: fmt.Sprintf("%s由%d降至不超过%d", d.Text.ZH, now, n),
				}}})
				break
			}
		}
	}
	return out
}

// bounds are the counts to try: below now, highest first.
func (a *adviser) bounds(res *result, name string, now int64) []int64 {
	var out []int64
	for _, o := range res.regimes {
		a.known.turn(o.day)
		for _, at := range o.regime.packs {
			if a.known.applies(at, o.regime.side).Truth == pack.No {
				continue
			}
			out = append(out, a.listBounds(at, name, now)...)
			for _, n := range a.known.law.packs[at].NumberList() {
				if n.Doc.Of == name && n.Doc.Value != nil && *n.Doc.Value-1 < now {
					out = append(out, *n.Doc.Value-1)
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b int64) int { return int(b - a) })
	out = slices.Compact(out)
	out = out[:min(len(out), a.mostTries())]
	if len(out) == 0 || out[len(out)-1] != 0 {
		out = append(out, 0)
	}
	return out
}

// listBounds are the counts just below which a matched item demands less.
func (a *adviser) listBounds(at int, name string, now int64) (below []int64) {
	s := &a.known.scopes[at]
	if s.List() == nil || !slices.Contains(a.known.law.packs[at].People().Facts(), name) {
		return nil
	}
	matched, _ := s.Matched()
	for _, it := range matched {
		for _, n := range s.Steps(it, name) {
			if n--; n >= 0 && n < now {
				below = append(below, n)
			}
		}
	}
	return below
}

// guesses tries both values of each unknown fact, one fact at a time.
func (a *adviser) guesses(res *result) []found {
	var out []found
	for n, i := range slices.Sorted(maps.Keys(res.hangsOn())) {
		if n == min(maxGuesses, a.mostTries()) {
			break
		}
		d := a.known.law.facts.At(i)
		if d.Type != fact.Bool {
			continue
		}
		for _, b := range []bool{false, true} {
			if v := a.with(i, types.Bool(b)); v.Severity() < res.verdict.Severity() {
				out = append(out, found{steps: 1, Change: dataspace.Change{Kind: changeFact, Verdict: v, Text: dataspace.Text{
					EN: fmt.Sprintf("the answer to “%s” is %s", cmp.Or(d.Ask.EN, d.Text.EN), map[bool]string{true: "yes", false: "no"}[b]),
					ZH: fmt.Sprintf("“%s”的回答为%s", cmp.Or(d.Ask.ZH, d.Text.ZH), map[bool]string{true: "是", false: "否"}[b]),
				}}})
			}
		}
	}
	return out
}

// with is the verdict with another value of one fact.
func (a *adviser) with(i int, v ref.Val) dataspace.Verdict {
	old := a.known.values[i]
	a.known.change(i, v)
	verdict := a.judge.run().verdict
	a.known.change(i, old)
	a.known.turn(a.known.facts.On)
	return verdict
}

// impersonal tries the last resort: that no personal data leaves.
func (a *adviser) impersonal(res *result) []found {
	if a.known.values[personalFact] != types.True {
		return nil
	}
	v := a.with(personalFact, types.False)
	if v.Severity() >= res.verdict.Severity() {
		return nil
	}
	return []found{{steps: 1, Change: dataspace.Change{Kind: changeFact, Verdict: v, Text: dataspace.Text{
		EN: "without personal data: no column that is about a person leaves",
		ZH: "涉及个人的列均不出境，即不含个人信息",
	}}}}
}

// joined joins texts.
func joined(texts []dataspace.Text, en, zh string) dataspace.Text {
	var a, b []string
	for _, t := range texts {
		a, b = append(a, t.EN), append(b, t.ZH)
	}
	return dataspace.Text{EN: strings.Join(a, en), ZH: strings.Join(b, zh)}
}
