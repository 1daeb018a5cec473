package rules

import (
	"fmt"
	"slices"

	"hutong/internal/dataspace"
)

// A recognition is a rule of its own kind: it never speaks by itself, but when
// an obligation of its regime needs an instrument that it accepts. Bars know
// none: what is prohibited no recognition makes lawful.

// recognition compiles an entry of the pack's recognises. Its rule is numbered
// after those of rules.
func (c *compiler) recognition(i int) *Rule {
	at := fmt.Sprintf("$.recognises[%d]", i)
	y := c.pack.doc.Recognises[i]
	r := &Rule{Pack: c.pack, Kind: RecognitionRule, number: len(c.pack.doc.Rules) + i, RuleDoc: RuleDoc{
		Basis: y.Basis, ID: y.ID, Side: y.Side, From: y.From, To: y.To, When: y.When, Text: y.Text,
	}}
	r.recognises, r.recognised = y.Demand, y.By
	if !ruleIDPattern.MatchString(string(r.ID)) {
		c.fail(at, "rule.id", fmt.Sprintf("rule id %q is not of the form a.b", r.ID))
	}
	c.basis(&r.Basis, r.From, r.To, at)
	c.side(&r.Side, at)
	r.when = c.condition(r.When, at+".when")
	if _, ok := c.pack.doc.Instruments[y.By]; !ok {
		c.fail(at, "rule.instrument", fmt.Sprintf("instrument %q is not described under instruments", y.By))
	}
	if y.Demand == "" {
		c.fail(at, "rule.demand", "names no demand")
	}
	c.watch(r)
	return r
}

// satisfaction is whether something is satisfied, by which instrument, through
// which recognitions, and if not, what the registered instruments lack.
type satisfaction struct {
	ok      bool
	by      *dataspace.Instrument
	through []*Rule
	doubt   *Rule // the recognition that would do, were its confidence accepted
	why     []dataspace.Text
}

// recognise looks for an instrument that satisfies an obligation by one of the
// recognitions of its regime.
func (f *fulfilment) recognise(reg *regime, r *Rule, st *satisfaction) {
	for _, rec := range reg.recognitions[r.Obligation.ID] {
		if f.known.holds(rec).truth != yes {
			continue
		}
		in, lacks := f.known.papers.instrument(reg, rec.recognised)
		st.why = append(st.why, lacks...)
		switch {
		case in == nil:
		case f.known.accepts(rec.Confidence):
			*st = satisfaction{ok: true, by: in, through: []*Rule{rec.Rule}}
			return
		case st.doubt == nil:
			st.doubt = rec.Rule
		}
	}
	f.agreed(reg, r, st)
}

// kinds lists the kinds of instrument any one of which satisfies a rule, those
// that are or may be recognised included.
func (f *fulfilment) kinds(reg *regime, r *Rule) []string {
	var out []string
	for _, s := range r.by {
		out = append(out, s.kind)
	}
	if r.Obligation == nil {
		return out
	}
	for _, rec := range reg.recognitions[r.Obligation.ID] {
		if f.known.holds(rec).truth != no && !slices.Contains(out, rec.recognised) {
			out = append(out, rec.recognised)
		}
	}
	for _, kind := range f.agreedKinds(reg, r, out) {
		if !slices.Contains(out, kind) {
			out = append(out, kind)
		}
	}
	return out
}

// kindName is what a kind of instrument is called where it is described.
func (f *fulfilment) kindName(reg *regime, kind string) dataspace.Text {
	if in, ok := reg.instruments[kind]; ok {
		return in.Name
	}
	for _, p := range f.known.law.all {
		if in, ok := p.doc.Instruments[kind]; ok {
			return in.Name
		}
	}
	return dataspace.Text{EN: "under an agreement", ZH: kind}
}

// speakFor lets the recognitions speak by which an obligation is satisfied, or
// the one by which it would be.
func (o *outcome) speakFor(st state, blocks bool) {
	for _, rec := range st.through {
		if !slices.ContainsFunc(o.spoken, func(s spoken) bool { return s.rule == rec }) {
			o.spoken = append(o.spoken, spoken{rule: rec, weight: dataspace.Cleared, answer: answer{truth: yes}})
		}
	}
	if st.doubt != nil && blocks {
		o.spoken = append(o.spoken, spoken{rule: st.doubt, weight: dataspace.HumanReview, sets: true, answer: answer{truth: yes}})
	}
}
