package rules

import (
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
)

// remedy is an instrument or a duty, and the open rules that it fulfils.
type remedy struct {
	kinds  []string // kinds of instrument, of which one is enough; none: a duty
	names  []dataspace.Text
	fulfil []*pack.Rule
}

// obtain finds the smallest sets of instruments and duties that lead to a
// better verdict.
func (a *adviser) obtain(res *result) []found {
	steps := a.remedies(res)
	var needed []*pack.Rule // without each of them the verdict stays
	for _, o := range res.regimes {
		for _, s := range o.spoken {
			if s.open != nil && s.weight == res.verdict {
				needed = append(needed, s.open)
			}
		}
	}
	chosen, verdicts := nearest(len(steps), a.mostTries(), res.verdict, func(chosen []int) dataspace.Verdict {
		a.fulfilment.assume = map[*pack.Rule]bool{}
		for _, i := range chosen {
			for _, r := range steps[i].fulfil {
				a.fulfilment.assume[r] = true
			}
		}
		if slices.ContainsFunc(needed, func(r *pack.Rule) bool { return !a.fulfilment.assume[r] }) {
			return res.verdict
		}
		return a.judge.run().verdict
	})
	a.fulfilment.assume = nil
	out := make([]found, 0, len(chosen))
	for i, c := range chosen {
		ch := dataspace.Change{Kind: changeInstrument, Verdict: verdicts[i]}
		var texts []dataspace.Text
		for _, j := range c {
			if len(steps[j].kinds) == 0 {
				ch.Kind = changeObligation
			}
			texts = append(texts, steps[j].text())
		}
		all := joined(texts, "; ", "；")
		ch.Text = dataspace.Text{EN: "this is done or obtained: " + all.EN, ZH: "已完成或者已取得：" + all.ZH}
		out = append(out, found{ch, len(c)})
	}
	return out
}

// remedies lists the remedies that would fulfil the open rules. Kinds of
// instruments that fulfil the same rules are one remedy.
func (a *adviser) remedies(res *result) []remedy {
	var kinds, out []remedy
	for _, o := range res.regimes {
		for _, s := range o.spoken {
			if s.open == nil || slices.ContainsFunc(out, func(r remedy) bool { return r.fulfil[0] == s.open }) {
				continue
			}
			names := a.fulfilment.obtainable(o.regime, s.open)
			if len(names) == 0 && !s.open.SatisfiedIf.Empty() {
				out = append(out, remedy{fulfil: []*pack.Rule{s.open}})
			}
			for _, kind := range names {
				i := slices.IndexFunc(kinds, func(r remedy) bool { return r.kinds[0] == kind })
				if i < 0 {
					i, kinds = len(kinds), append(kinds, remedy{kinds: []string{kind}, names: []dataspace.Text{a.fulfilment.kindName(o.regime, kind)}})
				}
				if !slices.Contains(kinds[i].fulfil, s.open) {
					kinds[i].fulfil = append(kinds[i].fulfil, s.open)
				}
			}
		}
	}
	for _, k := range kinds {
		i := slices.IndexFunc(out, func(r remedy) bool { return len(r.kinds) > 0 && slices.Equal(r.fulfil, k.fulfil) })
		if i < 0 {
			out = append(out, k)
			continue
		}
		out[i].kinds, out[i].names = append(out[i].kinds, k.kinds...), append(out[i].names, k.names...)
	}
	return out
}

// obtainable are the kinds of instrument that would fulfil a rule for this
// flow, without those whose own condition does not surely hold.
func (f *fulfilment) obtainable(reg *regime, r *pack.Rule) []string {
	return slices.DeleteFunc(slices.Clone(f.kinds(reg, r)), func(kind string) bool {
		named := false
		for _, s := range r.By {
			if s.Kind == kind {
				if named = true; f.known.certain(r, &s.Condition) {
					return false
				}
			}
		}
		for _, rec := range reg.recognised(r) {
			if rec.Recognised == kind {
				if named = true; f.known.holds(rec).Truth == pack.Yes {
					return false
				}
			}
		}
		return named
	})
}

// text describes a remedy and the rules that it fulfils.
func (m *remedy) text() dataspace.Text {
	var duties []dataspace.Text
	for _, r := range m.fulfil {
		if r.Obligation != nil {
			duties = append(duties, r.Obligation.Text)
		} else if len(m.kinds) == 0 {
			duties = append(duties, r.Text)
		}
	}
	t := joined(duties, "; ", "；")
	if len(m.kinds) == 0 {
		return t
	}
	var names []dataspace.Text
	for i, kind := range m.kinds {
		names = append(names, dataspace.Text{EN: kind + ": " + m.names[i].EN, ZH: m.names[i].ZH})
	}
	by := joined(names, ", or ", "，或")
	if len(duties) == 0 { // only a bar is lifted: its text says what it forbids
		return by
	}
	return dataspace.Text{EN: t.EN + " (" + by.EN + ")", ZH: t.ZH + "（" + by.ZH + "）"}
}
