package rules

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"hutong/internal/dataspace"
)

const maxGuesses = 12 // unknown facts that are tried both ways

// changes finds changes of the facts that lead to a better verdict, by
// evaluating again as if they were made: one open obligation or bar fulfilled,
// all of them fulfilled, a count below a threshold, an unknown fact known.
// The evaluation is of no use afterwards.
func (e *evaluation) changes(res *result) []dataspace.Change {
	e.light = true
	out := e.fulfilments(res)
	out = append(out, e.fewer(res)...)
	return append(out, e.guesses(res)...)
}

func (e *evaluation) fulfilments(res *result) []dataspace.Change {
	var open []*rule
	var by []*outcome
	for _, o := range res.regimes {
		for _, s := range o.spoken {
			if s.open != nil && (len(e.kinds(o.regime, s.open)) > 0 || !s.open.satisfied.empty()) {
				open, by = append(open, s.open), append(by, o)
			}
		}
	}
	var out []dataspace.Change
	for i, r := range open {
		e.assume = together(r, open)
		if v := e.run().verdict; v.Severity() < res.verdict.Severity() {
			out = append(out, e.fulfilment(v, by[i].regime, r))
		}
	}
	if len(out) == 0 && len(open) > 1 {
		e.assume = map[*rule]bool{}
		for _, r := range open {
			e.assume[r] = true
		}
		if v := e.run().verdict; v.Severity() < res.verdict.Severity() {
			out = append(out, e.fulfilment(v, by[0].regime, open...))
		}
	}
	e.assume = nil
	return out
}

// together is a rule and those that the same instrument fulfils.
func together(r *rule, open []*rule) map[*rule]bool {
	out := map[*rule]bool{r: true}
	for _, other := range open {
		for _, s := range other.by {
			if len(r.by) > 0 && s.kind == r.by[0].kind {
				out[other] = true
			}
		}
	}
	return out
}

// fulfilment says in words that rules would be fulfilled.
func (e *evaluation) fulfilment(v dataspace.Verdict, reg *regime, open ...*rule) dataspace.Change {
	var en, zh []string
	for _, r := range open {
		t := r.Text
		if r.Obligation != nil {
			t = r.Obligation.Text
		}
		names := e.instrumentNames(reg, r)
		if names.EN != "" {
			t = dataspace.Text{EN: t.EN + " (" + names.EN + ")", ZH: t.ZH + "（" + names.ZH + "）"}
		}
		en, zh = append(en, t.EN), append(zh, t.ZH)
	}
	return dataspace.Change{Verdict: v, Text: dataspace.Text{
		EN: "fulfilled: " + strings.Join(en, "; "),
		ZH: "若已完成：" + strings.Join(zh, "；"),
	}}
}

func (e *evaluation) instrumentNames(reg *regime, r *rule) dataspace.Text {
	var en, zh []string
	for _, kind := range e.kinds(reg, r) {
		n := e.kindName(reg, kind)
		en, zh = append(en, kind+": "+n.EN), append(zh, n.ZH)
	}
	return dataspace.Text{EN: strings.Join(en, ", or "), ZH: strings.Join(zh, "，或")}
}

// fewer tries each count just below each number of the law that bounds it,
// highest first, and at last none at all.
func (e *evaluation) fewer(res *result) []dataspace.Change {
	var out []dataspace.Change
	for _, name := range []string{"counts.non_sensitive", "counts.sensitive"} {
		i := variableIndex[name]
		now, ok := e.values[i].(types.Int)
		if !ok || now == 0 {
			continue
		}
		for _, n := range e.bounds(res, name, int64(now)) {
			if v := e.with(i, types.Int(n)); v.Severity() < res.verdict.Severity() {
				out = append(out, dataspace.Change{Verdict: v, Text: dataspace.Text{
					EN: fmt.Sprintf("%s at most %d instead of %d", name, n, now),
					ZH: fmt.Sprintf("%s由%d降至不超过%d", variables[i].what.ZH, now, n),
				}})
				break
			}
		}
	}
	return out
}

// bounds are the counts worth trying: below now, highest first.
func (e *evaluation) bounds(res *result, name string, now int64) []int64 {
	below := map[int64]bool{0: true}
	for _, o := range res.regimes {
		for _, at := range o.regime.packs {
			e.listBounds(at, name, now, below)
			for _, n := range e.set.packs[at].numbers {
				if n.yaml.Of == name && n.yaml.Value != nil && *n.yaml.Value-1 < now {
					below[*n.yaml.Value-1] = true
				}
			}
		}
	}
	return descending(below)
}

// guesses tries unknown facts one by one: which value would be better.
func (e *evaluation) guesses(res *result) []dataspace.Change {
	var out []dataspace.Change
	for n, i := range e.hangsOn(res) {
		if n == maxGuesses {
			break
		}
		if variables[i].kind.String() != "bool" {
			continue
		}
		for _, b := range []bool{false, true} {
			if v := e.with(i, types.Bool(b)); v.Severity() < res.verdict.Severity() {
				out = append(out, dataspace.Change{Verdict: v, Text: dataspace.Text{
					EN: fmt.Sprintf("known: %s is %t", variables[i].name, b),
					ZH: fmt.Sprintf("查明：%s——%s", variables[i].what.ZH, map[bool]string{true: "是", false: "否"}[b]),
				}})
			}
		}
	}
	return out
}

// hangsOn lists the unknown facts the result hangs on, ascending.
func (e *evaluation) hangsOn(res *result) []int {
	seen := map[int64]bool{}
	for _, o := range res.regimes {
		for _, s := range o.spoken {
			if s.wide {
				for _, id := range s.answer.hangs {
					seen[id] = id < numberBase
				}
			}
		}
	}
	var out []int
	for i := range variables {
		if seen[int64(i)] {
			out = append(out, i)
		}
	}
	return out
}

// with is the verdict if one fact had another value.
func (e *evaluation) with(i int, v ref.Val) dataspace.Verdict {
	old := e.values[i]
	e.change(i, v)
	verdict := e.run().verdict
	e.change(i, old)
	return verdict
}

func descending(set map[int64]bool) []int64 {
	out := make([]int64, 0, len(set))
	for n := range set {
		out = append(out, n)
	}
	slices.Sort(out)
	slices.Reverse(out)
	return out
}
