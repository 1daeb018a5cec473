package rules

import (
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
)

// This file combines verdicts so that an unknown fact is never harmless. Each
// pathway question, bar and obligation is resolved by itself, and the strictest
// verdict wins. A rule that surely holds gives its verdict. A rule that only may
// hold gives human review if it matters. A condition that satisfies a rule must
// surely hold. If a fact becomes unknown, no verdict becomes milder than both
// human review and its former value, and so the whole never becomes milder.

// judge finds the verdict of each regime and of all.
type judge struct {
	known      *knowledge
	fulfilment *fulfilment
	light      bool // only the verdict matters

	possible []spoken // scratch of light evaluations
	weights  []dataspace.Verdict
	rooms    []*outcome // see room
	taken    int
	arisen   []dataspace.Obligation // scratch: the obligations of one regime
	passing  outcome                // scratch: the outcome of a regime in a light evaluation
}

func (j *judge) release() {
	j.light = false
	clear(j.possible[:cap(j.possible)])
	j.leave(0)
	clear(j.arisen[:cap(j.arisen)])
	j.passing = outcome{}
}

// leave empties the rooms after the first ones: see room.
func (j *judge) leave(first int) {
	for _, o := range j.rooms[first:] {
		clear(o.spoken[:cap(o.spoken)])
		*o = outcome{spoken: o.spoken[:0]}
	}
	j.taken = first
}

// result is the outcome over all regimes.
type result struct {
	verdict   dataspace.Verdict
	regimes   []*outcome
	uncovered dataspace.Jurisdiction // the jurisdiction of the needed side that no regime covers; empty: none
	// indifferent are the open facts of which every value leads here.
	indifferent []int
}

func (j *judge) run() *result {
	needed := "exporter.jurisdiction"
	if j.known.law.needed == dataspace.ImportSide {
		needed = "recipient.jurisdiction"
	}
	res := &result{verdict: dataspace.Cleared, uncovered: dataspace.Jurisdiction(j.known.facts.Known.Text(needed))}
	for i, r := range j.known.law.regimes {
		o := j.strictest(i, r)
		if o == nil {
			continue
		}
		if !j.light {
			res.regimes = append(res.regimes, o)
		}
		res.verdict = res.verdict.Stricter(o.verdict)
		if r.side == j.known.law.needed && j.covers(r, res.uncovered) {
			res.uncovered = ""
		}
	}
	if res.uncovered != "" {
		res.verdict = res.verdict.Stricter(dataspace.HumanReview)
	}
	return res
}

// hangsOn are the unknown facts on which the result depends, with the number of
// rules that wait for each.
func (res *result) hangsOn() map[int]int {
	out := map[int]int{}
	for _, o := range res.regimes {
		for _, s := range o.spoken {
			if !s.wide {
				continue
			}
			for _, id := range s.answer.Hangs {
				if id >= 0 && id < pack.NumberBase {
					out[int(id)]++
				}
			}
		}
	}
	return out
}

// covers reports whether a regime that applies covers a jurisdiction: its own, or
// one that a pack which applies covers too.
func (j *judge) covers(r *regime, place dataspace.Jurisdiction) bool {
	if r.jurisdiction == place {
		return true
	}
	for _, at := range r.packs {
		p := j.known.law.packs[at]
		if slices.Contains(p.Covers(), place) && j.known.applies(at, r.side).Truth != pack.No {
			return true
		}
	}
	return false
}

// undecided is the verdict of a rule that only may hold, from its verdict if it
// does hold.
func undecided(v dataspace.Verdict) dataspace.Verdict {
	if v == dataspace.Cleared {
		return v
	}
	return dataspace.HumanReview
}

// spoken is a rule that applies and the verdict to which it alone would lead.
type spoken struct {
	rule   *pack.Rule
	weight dataspace.Verdict
	sets   bool // whether it can set a verdict at all
	answer pack.Answer
	wide   bool       // it depends on unknown facts, and that matters
	own    int8       // of a wide rule: the severity of its verdict if it holds
	open   *pack.Rule // the rule if it is an open bar or obligation
	// undated is the year without a calendar in which the deadline of open lies.
	undated int
}

// outcome is the outcome of one regime.
type outcome struct {
	regime      *regime
	day         string // the day of the outcome
	verdict     dataspace.Verdict
	pathway     string
	counted     bool
	fallback    bool // no rule covers the flow
	partly      bool // it is decided only what all answers demand: see demandCommon
	spoken      []spoken
	obligations []dataspace.Obligation
}

// regime evaluates one regime; nil if none of its packs applies.
func (j *judge) regime(r *regime) *outcome {
	some := false
	for _, at := range r.packs {
		if j.known.law.packs[at].Overlays() == "" && j.known.applies(at, r.side).Truth != pack.No {
			some = true
		}
	}
	if !some {
		return nil
	}
	o := j.room()
	o.regime, o.day, o.verdict, o.counted = r, j.known.day, dataspace.Cleared, r.side == dataspace.ExportSide
	j.pathway(o)
	for _, b := range r.bars {
		j.bar(o, b)
	}
	for _, ob := range r.obligations {
		if j.light && !ob.MayBlock() {
			continue
		}
		if a := j.known.holds(ob); a.Truth != pack.No {
			j.obligation(o, ob, a)
		}
	}
	if j.light {
		return o
	}
	for _, n := range r.notes {
		if a := j.known.holds(n); a.Truth == pack.Yes {
			o.spoken = append(o.spoken, spoken{rule: n.Rule, weight: dataspace.Cleared, answer: a})
		}
	}
	if j.arisen = o.obligations; len(o.obligations) > 0 {
		o.obligations = slices.Clone(o.obligations) // a decision keeps them
	}
	return o
}

// room returns an outcome for one regime, which is used again for other flows.
func (j *judge) room() *outcome {
	if j.light {
		j.passing = outcome{}
		return &j.passing
	}
	if j.taken == len(j.rooms) {
		j.rooms = append(j.rooms, &outcome{spoken: make([]spoken, 0, roomFor)})
	}
	o := j.rooms[j.taken]
	j.taken++
	o.obligations = j.arisen[:0]
	return o
}

const roomFor = 64 // rules of a regime that apply; there may be more

// pathway evaluates the pathway rules in their order, up to the first that surely
// holds. Every rule before it that may hold is possible too, but no claim: see
// pack.RuleDoc. A relief that does not clear the flow, for instance because a text
// of it is missing, matters only if the rules after it do not clear it either.
func (j *judge) pathway(o *outcome) {
	possible, verdicts := j.possible[:0], j.weights[:0]
	if !j.light {
		possible = nil // it is kept
	}
	decided, first := false, -1 // the first relief that surely holds, and does not clear the flow
	for _, r := range o.regime.pathways {
		a := j.known.holds(r)
		if a.Truth == pack.No || a.Truth == pack.Maybe && a.Err == nil && j.unclaimed(r.Rule) {
			continue
		}
		s := spoken{rule: r.Rule, sets: true, answer: a}
		v := j.weigh(o, &s)
		possible, verdicts = append(possible, s), append(verdicts, v)
		switch {
		case a.Truth != pack.Yes || r.Perhaps:
		case relieves(r.Rule) && v != dataspace.Cleared:
			if first < 0 {
				first = len(possible) - 1
			}
			continue
		default:
			decided = true
		}
		if decided {
			break
		}
	}
	if decided && verdicts[len(verdicts)-1] == dataspace.Cleared {
		possible, verdicts = needed(possible, verdicts)
	} else if first >= 0 {
		possible, verdicts, decided = possible[:first+1], verdicts[:first+1], true
	}
	o.fallback = !decided
	v, settled := o.resolve(possible, verdicts)
	o.verdict = o.verdict.Stricter(v)
	if j.weights = verdicts; j.light {
		j.possible = possible
		return // the verdicts include the demands
	}
	o.choose(possible, v, settled)
	if settled {
		j.demand(o, possible)
	}
}

// unclaimed reports whether a rule that may hold is a claim that nobody makes.
func (j *judge) unclaimed(r *pack.Rule) bool {
	if r.ClaimedBy != "" {
		return !j.known.facts.Known.Of(r.ClaimedBy).Known()
	}
	return r.Claim
}

// needed leaves out the reliefs that do not clear the flow.
func needed(possible []spoken, verdicts []dataspace.Verdict) ([]spoken, []dataspace.Verdict) {
	n := 0
	for i := range possible {
		if !relieves(possible[i].rule) || verdicts[i] == dataspace.Cleared {
			possible[n], verdicts[n] = possible[i], verdicts[i]
			n++
		}
	}
	return possible[:n], verdicts[:n]
}

// relieves reports whether a rule is a relief that somebody has to claim: it says
// so, or it asks for no contract and no authority.
func relieves(r *pack.Rule) bool {
	return r.ClaimedBy != "" && !r.Perhaps && !r.Claim || r.Claim && r.Verdict == dataspace.Cleared && slices.Index(pack.Pathways, r.Pathway) < contractPathway
}

var contractPathway = slices.Index(pack.Pathways, "contract")

// resolve is the verdict over all possible pathway rules. It is settled if they
// have the same pathway and demands, or if each leads to the same verdict, which
// is not action: two different open demands are not one demand.
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

// weigh is the verdict of one pathway rule alone, with its demands.
func (j *judge) weigh(o *outcome, s *spoken) dataspace.Verdict {
	r := s.rule
	v := r.Verdict
	if len(r.Missing) > 0 && !r.Perhaps {
		v = v.Stricter(dataspace.HumanReview)
	}
	for _, id := range r.Demands {
		if st := j.fulfilment.state(o, o.regime.demanded[id].Rule); st.blocks {
			v = v.Stricter(j.fulfilment.openVerdict(o.regime.demanded[id].Rule, st))
		}
	}
	if !j.known.accepts(r.Confidence) {
		v = dataspace.HumanReview
	}
	s.weight = v
	return v
}

// choose names the pathway and marks the possible rules if it is not settled.
func (o *outcome) choose(possible []spoken, v dataspace.Verdict, settled bool) {
	same := !o.fallback
	for _, s := range possible {
		same = same && s.rule.Pathway == possible[0].rule.Pathway
		if slices.Index(pack.Pathways, s.rule.Pathway) > slices.Index(pack.Pathways, o.pathway) {
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
		if !settled && (s.weight != v || s.answer.Truth != pack.Yes) {
			s.wide, s.own, s.weight = true, int8(s.weight.Severity()), v
		}
	}
	o.counted = o.counted && counted
	o.spoken = append(o.spoken, possible...)
}

// demand adds the obligations that the possible pathways demand.
func (j *judge) demand(o *outcome, possible []spoken) {
	seen := map[string]bool{}
	for _, s := range possible {
		for _, id := range s.rule.Demands {
			if !seen[id] {
				seen[id] = true
				j.obligation(o, o.regime.demanded[id], pack.Answer{Truth: pack.Yes})
			}
		}
	}
}

// bar adds a rule that stops the flow on any pathway, unless an instrument lifts
// it.
func (j *judge) bar(o *outcome, b entry) {
	a := j.known.holds(b)
	if a.Truth == pack.No {
		return
	}
	s := spoken{rule: b.Rule, weight: dataspace.Cleared, answer: a}
	if !j.fulfilment.fulfilled(o.regime, b.Rule).ok {
		v := b.Bar
		if !j.known.accepts(b.Confidence) {
			v = dataspace.HumanReview
		}
		if a.Truth == pack.Maybe {
			v, s.own, s.wide = undecided(v), int8(v.Severity()), true
		}
		o.verdict = o.verdict.Stricter(v)
		s.weight, s.sets, s.open = v, true, b.Rule
		if v == dataspace.Prohibited {
			o.pathway = "prohibited"
		}
	}
	if j.light {
		return
	}
	o.spoken = append(o.spoken, s)
}
