package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
)

// maxCompletions bounds how many answers, and sets of answers, are evaluated for
// one flow.
const maxCompletions = 256

// completer decides a flow over every possible answer to the questions that are
// open: if all of them lead to the same result, no answer is needed. Its results
// are exact, because the values that it tries stand for all others (see package
// domain). A result that depends on an answer stays human review.
type completer struct {
	known *knowledge
	judge *judge

	facts  dataspace.Facts // those of the flow, with the answers that are tried
	left   int             // evaluations that may still be made
	spent  int             // those that were made for the same flow before
	ends   []*outcome      // of the first complete set of answers, joined with the others
	result *result
	tried  []int // the facts that were open, each once
}

func (c *completer) release() { *c = completer{known: c.known, judge: c.judge} }

// complete replaces a human review by the result to which every possible answer
// leads, if there is one.
func (c *completer) complete(res *result) {
	if res.verdict != dataspace.HumanReview || !undecidedOnly(res) {
		return
	}
	before, day := c.known.facts, c.known.day
	c.facts, c.left = *before, maxCompletions-c.spent
	c.facts.Known = before.Known.Draft(dataspace.Values{})
	same := c.every(res)
	c.known.about(before)
	c.known.turn(day)
	if same {
		res.verdict, res.regimes, res.indifferent = c.result.verdict, c.ends, c.tried
	}
}

// undecidedOnly reports whether only unknown facts lead to a result: what is
// surely for a person stays so, whatever the answers are.
func undecidedOnly(res *result) bool {
	if res.uncovered != "" {
		return false
	}
	for _, o := range res.regimes {
		for _, s := range o.spoken {
			if s.sets && !s.wide && s.weight.Severity() >= dataspace.HumanReview.Severity() {
				return false
			}
		}
	}
	return true
}

// every reports whether all answers to what is open in a result lead to one and
// the same end.
func (c *completer) every(res *result) bool {
	if res.verdict != dataspace.HumanReview {
		return c.ended(res)
	}
	if !undecidedOnly(res) {
		return false
	}
	i, values := c.next(res)
	if len(values) == 0 || len(values) > c.left {
		return false
	}
	if !slices.Contains(c.tried, i) {
		c.tried = append(c.tried, i)
	}
	name := c.known.law.facts.At(i).Name
	same := true
	for _, v := range values {
		if c.left--; c.left < 0 || !same {
			same = false
			break
		}
		c.set(name, v)
		rooms := c.judge.taken
		same = c.every(c.judge.run())
		c.judge.leave(rooms)
		c.known.turn(c.facts.On)
	}
	c.set(name, dataspace.Value{})
	return same
}

// next is the open fact on which most rules hang, with its values.
func (c *completer) next(res *result) (at int, values []dataspace.Value) {
	weight := res.hangsOn()
	for _, i := range slices.Sorted(maps.Keys(weight)) {
		if len(values) > 0 && weight[i] <= weight[at] {
			continue
		}
		if v := c.known.law.domain().Values(c.known.law.facts.At(i).Definition, c.limits()...); len(v) > 0 {
			at, values = i, v
		}
	}
	return at, values
}

// limits are the numbers of people to which papers and agreements are limited.
func (c *completer) limits() (out []int64) {
	for i := range c.facts.Instruments {
		if covers := c.facts.Instruments[i].Covers; covers != nil && covers.MaxSubjects > 0 {
			out = append(out, covers.MaxSubjects)
		}
	}
	return append(out, c.known.law.closure.limits()...)
}

// set gives a fact a value, and other facts theirs that depend on it; the zero
// value makes it unknown.
func (c *completer) set(name string, v dataspace.Value) {
	if v.Known() {
		c.facts.Known.Set(name, v)
	} else {
		c.facts.Known.Forget(name)
	}
	c.known.about(&c.facts)
	for i := range c.known.law.facts.Len() {
		if d := c.known.law.facts.At(i); d.Name == name || d.AtLeast == name {
			c.known.change(i, c.known.law.facts.Read(i, &c.facts))
		}
	}
}

// ended compares the end of one set of answers with that of the first, and joins
// them: what one of them demands, all do.
func (c *completer) ended(res *result) bool {
	if c.result == nil {
		c.result = &result{verdict: res.verdict}
		for _, o := range res.regimes {
			c.ends = append(c.ends, o.kept())
		}
		return true
	}
	if res.verdict != c.result.verdict || !slices.Equal(open(res.regimes), open(c.ends)) {
		return false
	}
	for _, o := range res.regimes {
		at := slices.IndexFunc(c.ends, func(e *outcome) bool { return e.regime == o.regime })
		if at < 0 {
			c.ends = append(c.ends, o.kept())
			continue
		}
		c.ends[at] = c.ends[at].with(o)
	}
	return true
}

// kept is a copy that the next evaluation does not overwrite.
func (o *outcome) kept() *outcome {
	out := *o
	out.spoken, out.obligations = slices.Clone(o.spoken), slices.Clone(o.obligations)
	return &out
}

// with joins two outcomes of one regime, the stricter first.
func (o *outcome) with(other *outcome) *outcome {
	if stricter(other, o) {
		o, other = other.kept(), o
	}
	o.besides(other)
	return o
}

func stricter(a, b *outcome) bool {
	if d := a.verdict.Severity() - b.verdict.Severity(); d != 0 {
		return d > 0
	}
	return slices.Index(pack.Pathways, a.pathway) > slices.Index(pack.Pathways, b.pathway)
}

// open lists what keeps regimes from being cleared.
func open(regimes []*outcome) []string {
	var out []string
	for _, o := range regimes {
		if o.verdict == dataspace.Cleared {
			continue
		}
		var rules []string
		for _, s := range o.spoken {
			if s.open != nil && s.weight != dataspace.Cleared {
				name := string(s.open.ID)
				if ob := s.open.Obligation; ob != nil {
					name = ob.ID
				}
				rules = append(rules, name)
			}
		}
		slices.Sort(rules)
		out = append(out, fmt.Sprintf("%s %s %d %s", o.regime.jurisdiction, o.regime.side, o.verdict.Severity(), strings.Join(slices.Compact(rules), " ")))
	}
	return out
}
