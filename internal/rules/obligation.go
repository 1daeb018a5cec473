package rules

import (
	"cmp"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/internal/workday"
)

// state is the state of an obligation.
type state struct {
	satisfied bool
	by        *dataspace.Instrument
	of        *regime      // see satisfaction
	through   []*pack.Rule // the recognitions by which it is satisfied
	doubt     *pack.Rule   // the recognition that satisfies it, but has no accepted confidence
	blocks    bool         // it is open and forbids the delivery
	omit      bool         // it does not arise
	due       string
	early     bool             // due is only the earliest possible day
	undated   int              // the year without an official calendar, if the deadline may have passed already
	until     string           // the last day of keeping
	note      []dataspace.Text // why instruments do not count, why there is no date
}

// fulfilment finds out whether bars are lifted and obligations fulfilled: by a
// condition, an instrument, or a document that is recognised as one.
type fulfilment struct {
	known  *knowledge
	assume map[*pack.Rule]bool // bars and obligations that are supposed to be satisfied
}

// fulfilled reports whether a bar is lifted or an obligation fulfilled, and how.
func (f *fulfilment) fulfilled(reg *regime, r *pack.Rule) satisfaction {
	if f.assume[r] {
		return satisfaction{ok: true}
	}
	if !r.SatisfiedIf.Empty() && f.known.certain(r, &r.SatisfiedIf) {
		return satisfaction{ok: true}
	}
	var st satisfaction
	for _, s := range r.By {
		if !f.known.certain(r, &s.Condition) {
			continue
		}
		in, lacks := f.known.papers.instrument(reg, s.Kind)
		if in != nil {
			return satisfaction{ok: true, by: in}
		}
		st.why = append(st.why, lacks...)
	}
	if r.Kind == pack.ObligationRule {
		f.recognise(reg, r, &st)
	}
	return st
}

// state evaluates an obligation that has arisen.
func (f *fulfilment) state(o *outcome, r *pack.Rule) state {
	s := f.fulfilled(o.regime, r)
	st := state{satisfied: s.ok, by: s.by, of: s.of, through: s.through, doubt: s.doubt, note: s.why}
	if d := r.Obligation.Due; d != nil && !s.ok {
		f.due(o, r, d, &st)
	}
	if k := r.Obligation.Keep; k != nil {
		if _, from := f.delivered(o.regime); from != "" {
			st.until = pack.AddMonths(from, 12*k.Years+k.Months)
		}
	}
	st.blocks = !st.satisfied && !st.omit &&
		(r.Obligation.BeforeDelivery || st.due != "" && st.due < f.known.day || st.undated != 0)
	return st
}

// due computes the deadline, and finds out whether the obligation was fulfilled.
func (f *fulfilment) due(o *outcome, r *pack.Rule, d *pack.DueDoc, st *state) {
	start := ""
	if d.After != "" {
		in := f.follows(o, d.After)
		switch {
		case in == nil && d.Unless == "":
			st.omit = true // the deadline runs only with the instrument
			return
		case in == nil:
			if other, ok := o.regime.demanded[d.Unless]; ok {
				st.omit = f.fulfilled(o.regime, other.Rule).ok && !f.assume[other.Rule]
			}
			return
		case in.FiledOn != "" && in.FiledOn <= f.known.day:
			st.satisfied, st.by = true, in
			return
		}
		start = in.EffectiveOn
	} else {
		start = f.dueFrom(o.regime, d.Fact)
	}
	if start == "" {
		return
	}
	if d.Months > 0 {
		st.due = pack.AddMonths(start, d.Months)
		return
	}
	day, unknown := r.Pack.Calendar().Add(start, d.WorkingDays)
	if unknown != 0 {
		if day < f.known.day {
			st.undated = unknown // it may have passed
		}
		st.early, st.note = true, append(st.note, workday.Earliest(unknown))
	}
	st.due = day
}

// follows finds the instrument from which a deadline runs: one that was filed, or
// else the first in force.
func (f *fulfilment) follows(o *outcome, kind string) *dataspace.Instrument {
	var first *dataspace.Instrument
	for i := range f.known.facts.Instruments {
		in := &f.known.facts.Instruments[i]
		if in.Kind != kind {
			continue
		}
		if _, ok := f.known.papers.lack(o.regime, in); !ok {
			continue
		}
		if in.FiledOn != "" && in.FiledOn <= f.known.day {
			return in
		}
		if first == nil {
			first = in
		}
	}
	return first
}

// openVerdict is the verdict of an open obligation.
func (f *fulfilment) openVerdict(r *pack.Rule, st state) dataspace.Verdict {
	if st.doubt != nil || st.undated != 0 && !r.Obligation.BeforeDelivery || !f.known.accepts(r.Confidence) {
		return dataspace.HumanReview
	}
	return dataspace.ActionRequired
}

// obligation adds an obligation that arises, or may arise, to the outcome.
func (j *judge) obligation(o *outcome, ob entry, a pack.Answer) {
	r := ob.Rule
	st := j.fulfilment.state(o, r)
	if st.omit {
		return
	}
	s := spoken{rule: r, weight: dataspace.Cleared, answer: a}
	if st.blocks {
		v := j.fulfilment.openVerdict(r, st)
		if a.Truth == pack.Maybe {
			v, s.own, s.wide = undecided(v), int8(v.Severity()), true
		}
		o.verdict = o.verdict.Stricter(v)
		s.weight, s.sets, s.open, s.undated = v, true, r, st.undated
	}
	if j.light {
		return
	}
	st.note = append(st.note, j.known.papers.renewed(cmp.Or(st.of, o.regime), st.by)...)
	o.spoken = append(o.spoken, s)
	o.speakFor(st, st.blocks)
	o.obligations = append(o.obligations, dataspace.Obligation{})
	describe(&o.obligations[len(o.obligations)-1], r, &st, j.fulfilment.kinds(o.regime, r))
}

func describe(out *dataspace.Obligation, r *pack.Rule, st *state, kinds []string) {
	o := r.Obligation
	out.ID, out.Satisfied, out.BeforeDelivery, out.Text, out.Instruments, out.Provisional = o.ID, st.satisfied, o.BeforeDelivery, withNotes(o.Text, st.note), kinds, st.early
	if st.by != nil && st.by.ID != "" {
		id := string(st.by.ID)
		out.By = &id
	}
	if st.due != "" {
		due := st.due
		out.Due = &due
	}
	if st.until != "" {
		until := st.until
		out.Until = &until
	}
	if o.Deadline != (dataspace.Text{}) {
		d := o.Deadline
		out.Deadline = &d
	}
	for _, rec := range st.through {
		out.Through = append(out.Through, string(rec.ID))
	}
}

func withNotes(t dataspace.Text, notes []dataspace.Text) dataspace.Text {
	if len(notes) == 0 {
		return t
	}
	var en, zh []string
	for _, n := range notes {
		en, zh = append(en, n.EN), append(zh, n.ZH)
	}
	return dataspace.Text{
		EN: t.EN + " (" + strings.Join(en, "; ") + ")",
		ZH: t.ZH + "（" + strings.Join(zh, "；") + "）",
	}
}
