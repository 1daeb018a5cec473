package rules

import (
	"fmt"
	"slices"

	"hutong/internal/dataspace"
)

// How verdicts are combined, and why what is unknown is never harmless: each
// pathway question, bar and obligation is resolved by itself, and the strictest
// of them wins. What surely holds gives its verdict; what only may hold gives
// human review where it would matter; what satisfies must surely hold. So
// making a fact unknown never lowers one of them below human review or what it
// was, whichever is milder, and therefore never lowers the whole.

// undecided is the verdict of something that only may hold: if it does not,
// the flow is cleared as far as it is concerned.
func undecided(v dataspace.Verdict) dataspace.Verdict {
	if v == dataspace.Cleared {
		return v
	}
	return dataspace.HumanReview
}

// spoken is a rule that spoke and the verdict it alone would lead to.
type spoken struct {
	rule   *Rule
	weight dataspace.Verdict
	sets   bool // whether it can set a verdict at all
	answer answer
	wide   bool  // what it hangs on is not known, and that matters
	open   *Rule // a bar or obligation that stands open
	// undated is the year without a calendar in which the deadline of open lies.
	undated int
}

// outcome is what one regime says.
type outcome struct {
	regime      *regime
	verdict     dataspace.Verdict
	pathway     string
	counted     bool
	fallback    bool // no rule covers the flow
	spoken      []spoken
	obligations []dataspace.Obligation
}

// regime evaluates one regime; nil when none of its packs applies.
func (e *evaluation) regime(r *regime) *outcome {
	some := false
	for _, at := range r.packs {
		if e.set.packs[at].doc.Overlays == "" && e.applies(at, r.side).truth != no {
			some = true
		}
	}
	if !some {
		return nil
	}
	o := &outcome{regime: r, verdict: dataspace.Cleared, counted: r.side == dataspace.ExportSide}
	if !e.light {
		o.spoken, o.obligations = e.room(), make([]dataspace.Obligation, 0, len(r.obligations))
	}
	e.pathway(o)
	for _, b := range r.bars {
		e.bar(o, b)
	}
	for _, ob := range r.obligations {
		if e.light && !ob.mayBlock() {
			continue
		}
		if a := e.holds(ob); a.truth != no {
			e.obligation(o, ob, a)
		}
	}
	if e.light {
		return o
	}
	for _, n := range r.notes {
		if a := e.holds(n); a.truth == yes {
			o.spoken = append(o.spoken, spoken{rule: n.Rule, weight: dataspace.Cleared, answer: a})
		}
	}
	return o
}

// room is a place for the rules of one regime that speak, used again for other
// flows.
func (e *evaluation) room() []spoken {
	if e.roomsTaken == len(e.rooms) {
		e.rooms = append(e.rooms, make([]spoken, 0, roomFor))
	}
	e.roomsTaken++
	return e.rooms[e.roomsTaken-1]
}

const roomFor = 64 // rules of a regime that speak; more are no mistake

// holds evaluates a rule's condition together with that of its pack, once.
func (e *evaluation) holds(r entry) answer {
	known := &e.answers[e.set.offsets[r.at]+r.number]
	if known.truth == 0 {
		*known = e.evaluate(r)
	}
	return *known
}

func (e *evaluation) evaluate(r entry) answer {
	if !r.Span().Holds(e.facts.On, e.facts.KnownOn) {
		return answer{truth: no}
	}
	pack := e.applies(r.at, r.Side)
	if pack.truth == no {
		return answer{truth: no}
	}
	a := r.when.eval(&e.scopes[r.at])
	if pack.truth == yes || a.truth == no {
		return a
	}
	hangs := slices.Concat(pack.hangs, a.hangs)
	slices.Sort(hangs)
	a = answer{truth: pack.truth.and(a.truth), hangs: slices.Compact(hangs), err: a.err}
	if a.err == nil {
		a.err = pack.err
	}
	return a
}

// pathway walks the pathway rules in their order. The first that surely holds
// ends the walk; every one before it that may hold is possible too.
func (e *evaluation) pathway(o *outcome) {
	possible, verdicts := e.possible[:0], e.weights[:0]
	if !e.light {
		possible = nil // it is kept
	}
	decided := false
	for _, r := range o.regime.pathways {
		a := e.holds(r)
		if a.truth == no || a.truth == maybe && r.Claim && a.err == nil {
			continue
		}
		possible = append(possible, spoken{rule: r.Rule, sets: true, answer: a})
		if decided = a.truth == yes; decided {
			break
		}
	}
	o.fallback = !decided
	for i := range possible {
		verdicts = append(verdicts, e.weigh(o, &possible[i]))
	}
	v, settled := o.resolve(possible, verdicts)
	o.verdict = o.verdict.Stricter(v)
	if e.weights = verdicts; e.light {
		e.possible = possible
		return // what is demanded has been weighed
	}
	o.choose(possible, v, settled)
	if settled {
		e.demand(o, possible)
	}
}

// resolve is the verdict over all possible pathway rules. It is settled when
// they say the same, or when each alone leads to the same verdict other than
// action: two different demands, both open, are not one demand.
func (o *outcome) resolve(possible []spoken, verdicts []dataspace.Verdict) (v dataspace.Verdict, settled bool) {
	if o.fallback {
		return dataspace.HumanReview, len(possible) == 0
	}
	first := possible[0].rule
	v, alike := verdicts[0], true
	for i, s := range possible[1:] {
		if verdicts[i+1] != v {
			return dataspace.HumanReview, false
		}
		alike = alike && s.rule.Pathway == first.Pathway && slices.Equal(s.rule.Demands, first.Demands)
	}
	if !alike && v == dataspace.ActionRequired {
		return dataspace.HumanReview, false
	}
	return v, true
}

// weigh is the verdict a pathway rule alone leads to, its demands included.
func (e *evaluation) weigh(o *outcome, s *spoken) dataspace.Verdict {
	r := s.rule
	v := r.Verdict
	if len(r.Missing) > 0 {
		v = v.Stricter(dataspace.HumanReview)
	}
	for _, id := range r.Demands {
		if st := e.state(o, o.regime.demanded[id].Rule); st.blocks {
			v = v.Stricter(e.openVerdict(o.regime.demanded[id].Rule, st))
		}
	}
	if !e.accepts(r.Confidence) {
		v = dataspace.HumanReview
	}
	s.weight = v
	return v
}

// choose names the pathway and marks the rules between which it lies.
func (o *outcome) choose(possible []spoken, v dataspace.Verdict, settled bool) {
	same := !o.fallback
	for _, s := range possible {
		same = same && s.rule.Pathway == possible[0].rule.Pathway
		if slices.Index(pathways, s.rule.Pathway) > slices.Index(pathways, o.pathway) {
			o.pathway = s.rule.Pathway
		}
	}
	if !same && !settled || o.pathway == "" {
		o.pathway = "human_review"
	}
	counted := o.fallback
	for i := range possible {
		s := &possible[i]
		counted = counted || s.rule.Counted == nil || *s.rule.Counted
		if !settled {
			s.wide, s.weight = true, v
		}
	}
	o.counted = o.counted && counted
	o.spoken = append(o.spoken, possible...)
}

// demand lists what the possible pathways demand.
func (e *evaluation) demand(o *outcome, possible []spoken) {
	seen := map[string]bool{}
	for _, s := range possible {
		for _, id := range s.rule.Demands {
			if !seen[id] {
				seen[id] = true
				e.obligation(o, o.regime.demanded[id], answer{truth: yes})
			}
		}
	}
}

// bar is a rule that stops the flow whatever its pathway, unless an instrument
// lifts it.
func (e *evaluation) bar(o *outcome, b entry) {
	a := e.holds(b)
	if a.truth == no {
		return
	}
	s := spoken{rule: b.Rule, weight: dataspace.Cleared, answer: a}
	if !e.fulfilled(o.regime, b.Rule).ok {
		v := b.Bar
		if !e.accepts(b.Confidence) {
			v = dataspace.HumanReview
		}
		if a.truth == maybe {
			v, s.wide = undecided(v), true
		}
		o.verdict = o.verdict.Stricter(v)
		s.weight, s.sets, s.open = v, true, b.Rule
		if v == dataspace.Prohibited {
			o.pathway = "prohibited"
		}
	}
	if e.light {
		return
	}
	o.spoken = append(o.spoken, s)
}

// missing collects what a regime's human review hangs on.
func (e *evaluation) missing(o *outcome, out map[string]dataspace.Missing) {
	for _, s := range o.spoken {
		r := s.rule
		if s.wide {
			for _, id := range s.answer.hangs {
				e.missingValue(r, id, out)
			}
		}
		if s.answer.err != nil {
			out["rule:"+string(r.ID)] = dataspace.Missing{Fact: "rule:" + string(r.ID), Where: r.Source, Why: dataspace.Text{
				EN: "the rule could not be evaluated", ZH: "规则无法求值",
			}}
		}
		if s.undated != 0 {
			out["rule:"+string(r.ID)] = dataspace.Missing{Fact: "rule:" + string(r.ID), Where: r.Source, Why: dataspace.Text{
				EN: fmt.Sprintf("the working days of %d are not known, so that nobody can say here whether the deadline has passed", s.undated),
				ZH: fmt.Sprintf("%d年工作日安排未载入，无法判断期限是否已过", s.undated),
			}}
		}
		if s.sets && !e.accepts(r.Confidence) {
			out["rule:"+string(r.ID)] = dataspace.Missing{Fact: "rule:" + string(r.ID), Where: r.Source, Why: dataspace.Text{
				EN: fmt.Sprintf("%s is known with confidence %s only, which the facts do not accept", r.Article, r.Confidence),
				ZH: fmt.Sprintf("%s的可信度仅为%s，不在可接受范围内", r.Article, r.Confidence),
			}}
		}
		if s.sets {
			for _, name := range r.Missing {
				m := r.Pack.missing(name)
				out[m.Fact] = m
			}
		}
	}
	if o.fallback {
		name := "rule:" + string(o.regime.jurisdiction)
		out[name] = dataspace.Missing{Fact: name, Why: dataspace.Text{EN: "no rule covers this flow on this day", ZH: "当日没有规则涵盖此项流转"}}
	}
}

func (e *evaluation) missingValue(r *Rule, id int64, out map[string]dataspace.Missing) {
	if id >= itemBase {
		e.listMissing(r, id, out)
		return
	}
	if id >= numberBase {
		m := r.Pack.missing(r.Pack.numbers[id-numberBase].name)
		out[m.Fact] = m
		return
	}
	v := variables[id]
	if _, ok := out[v.name]; ok {
		return
	}
	out[v.name] = dataspace.Missing{Fact: v.name, Why: dataspace.Text{
		EN: "not known: " + v.what.EN + "; " + r.Article + " hangs on it",
		ZH: "未知：" + v.what.ZH + "；" + r.Article + "的适用取决于此",
	}}
}

// missing names a number or text of the pack that is not known.
func (p *Pack) missing(name string) dataspace.Missing {
	m := dataspace.Missing{Fact: string(p.doc.ID) + "#" + name}
	if t, ok := p.doc.Texts[name]; ok {
		m.Why, m.Where = t.Text, p.Address(t.Source)
	} else if n, ok := p.doc.Numbers[name]; ok {
		m.Why, m.Where = n.Text, p.Address(n.Source)
	}
	return m
}
