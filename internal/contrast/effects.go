package contrast

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/examine"
	"hutong/internal/pack"
	"hutong/internal/rules"
)

// maxTried limits how many flows a diff decides.
const maxTried = 40_000

// Outcome is the result of a pack's regime on one side. Both fields are empty
// where it does not apply.
type Outcome struct {
	Pathway string            `json:"pathway"`
	Verdict dataspace.Verdict `json:"verdict"`
}

// Effect is a kind of flow with a different decision: flows like those of some
// cases, with one fact at a limit of a number or a date.
type Effect struct {
	Side dataspace.Side `json:"side"`
	Old  Outcome        `json:"old"`
	New  Outcome        `json:"new"`
	Fact string         `json:"fact,omitempty"` // empty: as the cases are
	What dataspace.Text `json:"what,omitzero"`
	// Values of the fact that were tried and give the same change for the same
	// flows.
	Values []string           `json:"values,omitempty"`
	Like   []string           `json:"like"`  // cases, the first few
	Flows  int                `json:"flows"` // how many
	Rules  []dataspace.RuleID `json:"rules"` // that cause the difference
	all    []string
}

// Given is a flow that the caller gave, decided under both packs.
type Given struct {
	Name  string             `json:"name"`
	Side  dataspace.Side     `json:"side"`
	Old   Outcome            `json:"old"`
	New   Outcome            `json:"new"`
	Rules []dataspace.RuleID `json:"rules,omitempty"`
}

// trial decides flows under both packs.
type trial struct {
	a, b         *rules.Set
	packs        []*pack.Pack
	jurisdiction dataspace.Jurisdiction
	touched      map[dataspace.RuleID]bool
	notes        map[dataspace.RuleID]bool // not counted as a difference
	found        map[string]*Effect
	tried        int
}

const likeAtMost = 3

func (d *Diff) effects(a, b *pack.Pack, o Options, touched map[dataspace.RuleID]bool) error {
	t := &trial{packs: []*pack.Pack{b, a}, jurisdiction: b.Jurisdiction(), touched: touched, notes: map[dataspace.RuleID]bool{}, found: map[string]*Effect{}}
	for _, p := range []*pack.Pack{a, b} {
		for _, r := range p.Rules() {
			if r.Kind == "note" {
				t.notes[r.ID] = true
			}
		}
	}
	var err error
	if t.a, err = rules.Alone(a, o.With...); err != nil {
		return fmt.Errorf("combine pack %s: %w", d.A.ID, err)
	}
	if t.b, err = rules.Alone(b, o.With...); err != nil {
		return fmt.Errorf("combine pack %s: %w", d.B.ID, err)
	}
	for _, f := range o.Facts {
		both, err := t.decide(f.Facts)
		if err != nil {
			return fmt.Errorf("decide %s: %w", f.Name, err)
		}
		for _, x := range both {
			d.Given = append(d.Given, Given{f.Name, x.Side, x.Old, x.New, x.Rules})
		}
	}
	flows, err := flowsOf(o.With, a, b)
	if err != nil {
		return err
	}
	steps := append(bounds(a, b), days(d)...)
	for _, f := range flows {
		as, err := t.decide(f.Facts)
		if err != nil {
			return fmt.Errorf("decide case %s: %w", f.Name, err)
		}
		t.note(f.Name, step{}, as, nil)
		for _, s := range steps {
			if t.tried >= maxTried {
				d.Cut = true
				break
			}
			g, ok := s.apply(f.Facts)
			if !ok {
				continue
			}
			at, err := t.decide(g)
			if err != nil {
				continue // the value does not fit the other facts
			}
			t.note(f.Name, s, at, as)
		}
	}
	d.Tried = t.tried
	d.Effects = append(d.Effects, t.grouped()...)
	return nil
}

// grouped joins the values with which the same flows change in the same way.
func (t *trial) grouped() []Effect {
	found := make([]*Effect, 0, len(t.found))
	for _, e := range t.found {
		found = append(found, e)
	}
	sort.Slice(found, func(i, j int) bool {
		x, y := found[i], found[j]
		if x.Fact != y.Fact {
			return x.Fact < y.Fact
		}
		if a, b := strings.Join(x.Values, ""), strings.Join(y.Values, ""); a != b {
			return len(a) < len(b) || len(a) == len(b) && a < b // whole numbers in order
		}
		return fmt.Sprint(x.Side, x.Old, x.New) < fmt.Sprint(y.Side, y.Old, y.New)
	})
	var out []Effect
	at := map[string]int{}
	for _, e := range found {
		key := fmt.Sprint(e.Fact, e.Side, e.Old, e.New, e.all)
		i, ok := at[key]
		if !ok {
			at[key] = len(out)
			out = append(out, *e)
			continue
		}
		out[i].Values = append(out[i].Values, e.Values...)
		for _, id := range e.Rules {
			if !slices.Contains(out[i].Rules, id) {
				out[i].Rules = append(out[i].Rules, id)
			}
		}
		slices.Sort(out[i].Rules)
	}
	return out
}

// decide returns the results of both packs for one flow, by side.
func (t *trial) decide(f dataspace.Facts) ([]Effect, error) {
	t.tried++
	before, err := t.a.Brief(f)
	if err != nil {
		return nil, err
	}
	after, err := t.b.Brief(f)
	if err != nil {
		return nil, err
	}
	var out []Effect
	for _, side := range []dataspace.Side{dataspace.ExportSide, dataspace.ImportSide} {
		e := Effect{Side: side, Old: t.outcome(before, side), New: t.outcome(after, side)}
		if e.Old == e.New {
			if e.Old != (Outcome{}) {
				out = append(out, e)
			}
			continue
		}
		e.Rules = t.responsible(before, after)
		out = append(out, e)
	}
	return out, nil
}

func (t *trial) outcome(d dataspace.Decision, side dataspace.Side) Outcome {
	for _, r := range d.Regimes {
		if r.Jurisdiction == t.jurisdiction && r.Side == side {
			return Outcome{r.Pathway, r.Verdict}
		}
	}
	return Outcome{}
}

// responsible are the changed rules that apply under one pack only. If there
// are none, they are the changed rules that apply; if there are none either,
// the rules that apply under one pack.
func (t *trial) responsible(a, b dataspace.Decision) []dataspace.RuleID {
	spoke := map[dataspace.RuleID]int{}
	for i, d := range []dataspace.Decision{a, b} {
		for _, r := range d.Reasons {
			spoke[r.Rule] |= 1 << i
		}
	}
	var best, changed, other []dataspace.RuleID
	for id, in := range spoke {
		switch {
		case t.notes[id]:
		case t.touched[id] && in != 3:
			best = append(best, id)
		case t.touched[id]:
			changed = append(changed, id)
		case in != 3:
			other = append(other, id)
		}
	}
	for _, next := range [][]dataspace.RuleID{changed, other} {
		if len(best) == 0 {
			best = next
		}
	}
	slices.Sort(best)
	return best
}

// note records a difference, unless the flow itself, before the step, already
// has the same one.
func (t *trial) note(name string, s step, at, as []Effect) {
	for _, e := range at {
		if e.Old == e.New || slices.ContainsFunc(as, func(x Effect) bool { return x.Side == e.Side && x.Old == e.Old && x.New == e.New }) {
			continue
		}
		key := fmt.Sprint(e.Side, e.Old, e.New, s.fact, s.value)
		known, ok := t.found[key]
		if !ok {
			if e.Fact = s.fact; s.fact != "" {
				e.Values = []string{s.value}
			}
			if f, ok := factOf(s.fact, t.packs...); ok {
				e.What = f.What
			}
			known = &e
			t.found[key] = known
		}
		known.Flows++
		known.all = append(known.all, name)
		if len(known.Like) < likeAtMost {
			known.Like = append(known.Like, name)
		}
		for _, id := range e.Rules {
			if !slices.Contains(known.Rules, id) {
				known.Rules = append(known.Rules, id)
			}
		}
		slices.Sort(known.Rules)
	}
}

// flowsOf are the flows of both packs' cases, each once.
func flowsOf(with []*pack.Pack, packs ...*pack.Pack) ([]examine.NamedFacts, error) {
	var out []examine.NamedFacts
	seen := map[dataspace.Digest]bool{}
	for _, p := range packs {
		list, err := examine.CaseFacts(p, with...)
		if err != nil {
			return nil, err
		}
		for _, f := range list {
			doc, err := dataspace.NewDocument(f.Facts)
			if err != nil {
				return nil, err
			}
			if !seen[doc.Digest()] {
				seen[doc.Digest()] = true
				out = append(out, f)
			}
		}
	}
	return out, nil
}

// factOf is a fact as the first of the packs that can name it describes it.
func factOf(name string, packs ...*pack.Pack) (pack.FactInfo, bool) {
	for _, p := range packs {
		if f, ok := p.Fact(name); ok {
			return f, true
		}
	}
	return pack.FactInfo{}, false
}

// step gives one fact another value.
type step struct {
	fact, value string
}

// bounds are the values around each number of both packs.
func bounds(packs ...*pack.Pack) []step {
	seen := map[step]bool{}
	var out []step
	for _, p := range packs {
		for _, n := range p.Numbers() {
			f, ok := p.Fact(n.Of)
			if n.Value == nil || !ok || !f.Number {
				continue
			}
			for _, v := range []int64{*n.Value - 1, *n.Value, *n.Value + 1} {
				s := step{n.Of, fmt.Sprint(v)}
				if v >= 0 && !seen[s] {
					seen[s] = true
					out = append(out, s)
				}
			}
		}
	}
	return out
}

// days are the days around each date that differs.
func days(d *Diff) []step {
	var out []step
	for _, c := range d.Changed {
		for _, f := range c.Fields {
			if f.Key != "from" && f.Key != "to" {
				continue
			}
			for _, at := range []string{f.Old, f.New} {
				day, err := time.Parse("2006-01-02", at)
				if err != nil {
					continue
				}
				for n := -1; n <= 1; n++ {
					if s := (step{"on", day.AddDate(0, 0, n).Format("2006-01-02")}); !slices.Contains(out, s) {
						out = append(out, s)
					}
				}
			}
		}
	}
	return out
}

// apply is the flow with the fact at the value; false where the fact has this
// value already.
func (s step) apply(f dataspace.Facts) (dataspace.Facts, bool) {
	if s.fact == "on" {
		same := f.On == s.value
		f.On = s.value
		return f, !same
	}
	raw, err := json.Marshal(f)
	if err != nil {
		return f, false
	}
	var doc map[string]any
	if err := json.Unmarshal(raw, &doc); err != nil {
		return f, false
	}
	at := doc
	path := strings.Split(s.fact, ".")
	for _, key := range path[:len(path)-1] {
		next, ok := at[key].(map[string]any)
		if !ok {
			next = map[string]any{}
			at[key] = next
		}
		at = next
	}
	last := path[len(path)-1]
	at[last] = json.Number(s.value)
	if raw, err = json.Marshal(doc); err != nil {
		return f, false
	}
	var g dataspace.Facts
	if err := json.Unmarshal(raw, &g); err != nil {
		return f, false
	}
	return g, true
}
