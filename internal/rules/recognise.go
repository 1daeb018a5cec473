package rules

import (
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
)

// A recognition is a rule of its own kind: it applies only to an obligation of
// its regime that needs an instrument. It never lifts a bar, because a
// recognition does not make a prohibited flow lawful.

// satisfaction says whether a rule is satisfied, by which instrument and through
// which recognitions, and if not, why the registered instruments do not count.
type satisfaction struct {
	ok      bool
	by      *dataspace.Instrument
	of      *regime // which describes it, if that is not the regime of the rule
	through []*pack.Rule
	doubt   *pack.Rule // the recognition that satisfies it, but has no accepted confidence
	why     []dataspace.Text
}

// recognise looks for an instrument that satisfies an obligation by one of the
// recognitions of its regime.
func (f *fulfilment) recognise(reg *regime, r *pack.Rule, st *satisfaction) {
	for _, rec := range reg.recognitions[r.Obligation.ID] {
		if f.known.holds(rec).Truth != pack.Yes {
			continue
		}
		in, lacks := f.known.papers.instrument(reg, rec.Recognised)
		st.why = append(st.why, lacks...)
		switch {
		case in == nil:
		case f.known.accepts(rec.Confidence):
			*st = satisfaction{ok: true, by: in, through: []*pack.Rule{rec.Rule}}
			return
		case st.doubt == nil:
			st.doubt = rec.Rule
		}
	}
	f.agreed(reg, r, st)
}

// kinds lists the kinds of instrument of which one satisfies a rule, with those
// that are or may be recognised.
func (f *fulfilment) kinds(reg *regime, r *pack.Rule) []string {
	var out []string
	for _, s := range r.By {
		out = append(out, s.Kind)
	}
	if r.Obligation == nil {
		return out
	}
	for _, rec := range reg.recognitions[r.Obligation.ID] {
		if f.known.holds(rec).Truth != pack.No && !slices.Contains(out, rec.Recognised) {
			out = append(out, rec.Recognised)
		}
	}
	for _, kind := range f.agreedKinds(reg, r, out) {
		if !slices.Contains(out, kind) {
			out = append(out, kind)
		}
	}
	return out
}

// kindName is the name of a kind of instrument in the pack that describes it.
func (f *fulfilment) kindName(reg *regime, kind string) dataspace.Text {
	if in, ok := reg.instruments[kind]; ok {
		return in.Name
	}
	for _, p := range f.known.law.all {
		if in, ok := p.Document().Instruments[kind]; ok {
			return in.Name
		}
	}
	return dataspace.Text{EN: "under an agreement", ZH: kind}
}

// speakFor adds the recognitions that satisfy an obligation, or the one in
// doubt, to the outcome.
func (o *outcome) speakFor(st state, blocks bool) {
	for _, rec := range st.through {
		if !slices.ContainsFunc(o.spoken, func(s spoken) bool { return s.rule == rec }) {
			o.spoken = append(o.spoken, spoken{rule: rec, weight: dataspace.Cleared, answer: pack.Answer{Truth: pack.Yes}})
		}
	}
	if st.doubt != nil && blocks {
		o.spoken = append(o.spoken, spoken{rule: st.doubt, weight: dataspace.HumanReview, sets: true, answer: pack.Answer{Truth: pack.Yes}})
	}
}
