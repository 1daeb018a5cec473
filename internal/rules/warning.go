package rules

import (
	"cmp"
	"maps"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/internal/workday"
)

// warner finds the warnings of a decision.
type warner struct {
	known      *knowledge
	fulfilment *fulfilment
}

// warnings lists instruments that will soon end, and those that must be filed
// again because the flow has changed. It looks only at instruments for rules that
// apply to the flow: an instrument that fulfils one may end soon, another may need
// a new filing.
func (x *warner) warnings(res *result) []dataspace.Warning {
	if len(x.known.facts.Instruments) == 0 {
		return nil
	}
	seen := map[dataspace.Warning]bool{}
	for _, o := range res.regimes {
		x.known.turn(o.day)
		for _, s := range o.spoken {
			if x.known.law.closure == nil && !o.regime.watches(s.rule) {
				continue
			}
			st := x.fulfilment.fulfilled(o.regime, s.rule)
			var found []dataspace.Warning
			switch {
			case st.by != nil:
				// A paper of another jurisdiction ends by that one's packs.
				found = x.known.papers.ending(cmp.Or(st.of, o.regime), st.by.Kind)
			case !st.ok:
				found = x.refile(o.regime, s.rule)
			}
			for _, w := range found {
				seen[w] = true
			}
		}
	}
	return slices.SortedFunc(maps.Keys(seen), func(a, b dataspace.Warning) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.InstrumentKind, b.InstrumentKind), cmp.Compare(a.Instrument, b.Instrument),
			cmp.Compare(a.Article, b.Article), cmp.Compare(a.Text.EN, b.Text.EN), cmp.Compare(a.Text.ZH, b.Text.ZH), cmp.Compare(a.Source, b.Source),
			cmp.Compare(a.Confidence, b.Confidence), cmp.Compare(a.From, b.From), cmp.Compare(a.Until, b.Until))
	})
}

// watches reports whether there can be warnings about what fulfils a rule.
func (r *regime) watches(ru *pack.Rule) bool {
	watched := func(kind string) bool {
		k := r.kind(kind)
		return k.Renew != nil || len(k.Triggers) > 0
	}
	return slices.ContainsFunc(ru.By, func(s pack.Satisfier) bool { return watched(s.Kind) }) ||
		slices.ContainsFunc(r.recognised(ru), func(rec entry) bool { return watched(rec.Recognised) })
}

// recognised lists the recognitions of a rule's demand; a bar has none.
func (r *regime) recognised(ru *pack.Rule) []entry {
	if ru.Obligation == nil {
		return nil
	}
	return r.recognitions[ru.Obligation.ID]
}

// asks reports whether an instrument of a kind would fulfil a rule.
func (f *fulfilment) asks(r *regime, ru *pack.Rule, kind string) bool {
	return slices.ContainsFunc(ru.By, func(s pack.Satisfier) bool { return s.Kind == kind && f.known.certain(ru, &s.Condition) }) ||
		slices.ContainsFunc(r.recognised(ru), func(rec entry) bool { return rec.Recognised == kind && f.known.holds(rec).Truth == pack.Yes })
}

// ending warns if all instruments of a kind that cover the flow will soon end. It
// looks at the one that lasts longest.
func (p *papers) ending(r *regime, kind string) []dataspace.Warning {
	var last *dataspace.Instrument
	for i := range p.Facts.Instruments {
		in := &p.Facts.Instruments[i]
		if in.Kind != kind {
			continue
		}
		if _, ok := p.lack(r, in); ok && (last == nil || r.outlasts(in, last)) {
			last = in
		}
	}
	w, soon := p.renewal(r, last)
	if !soon || last.RenewedOn != "" && last.RenewedOn <= p.day {
		return nil
	}
	return []dataspace.Warning{w}
}

func (r *regime) outlasts(a, b *dataspace.Instrument) bool {
	_, x := r.validity(a)
	_, y := r.validity(b)
	return y != "" && (x == "" || x > y)
}

// renewal returns the warning that an instrument must be renewed, and whether the
// time for it has begun.
func (p *papers) renewal(r *regime, in *dataspace.Instrument) (dataspace.Warning, bool) {
	if in == nil {
		return dataspace.Warning{}, false
	}
	k := r.kind(in.Kind)
	_, end := r.validity(in)
	if k.Renew == nil || end == "" || end < p.day {
		return dataspace.Warning{}, false
	}
	y := k.Renew
	w := dataspace.Warning{
		Kind: "renew", Instrument: in.ID, InstrumentKind: in.Kind, Until: end,
		Article: y.Article, ArticleZH: k.pack.Chinese(y.Article), Source: y.Source, Confidence: y.Confidence, Text: y.Text,
	}
	if y.Months > 0 {
		w.From = pack.AddMonths(end, -y.Months)
	} else {
		from, unknown := k.pack.Calendar().Back(end, y.WorkingDays)
		w.From = from
		if unknown != 0 {
			w.Text = withNotes(y.Text, []dataspace.Text{workday.Early(unknown)})
		}
	}
	return w, w.From <= p.day
}

// renewed notes that the instrument of an obligation will end, and that its
// holder has applied for renewal.
func (p *papers) renewed(r *regime, in *dataspace.Instrument) []dataspace.Text {
	if in == nil || in.RenewedOn == "" || in.RenewedOn > p.day {
		return nil
	}
	w, soon := p.renewal(r, in)
	if !soon {
		return nil
	}
	return []dataspace.Text{departure{
		EN: "ends on " + w.Until + "; renewal was applied for on " + in.RenewedOn,
		ZH: "将于" + w.Until + "届满，已于" + in.RenewedOn + "申请续期",
	}.Named(in)}
}

// refile warns of each instrument that would fulfil a rule, but must be filed
// again because the flow has changed in a way that its kind names. It ignores an
// instrument for another recipient or scenario, unless the kind has such a
// trigger.
func (x *warner) refile(r *regime, ru *pack.Rule) (out []dataspace.Warning) {
	for i := range x.known.facts.Instruments {
		in := &x.known.facts.Instruments[i]
		if !in.Counts() || !x.fulfilment.asks(r, ru, in.Kind) {
			continue
		}
		if _, inForce := x.known.papers.outOfDate(r, in); !inForce {
			continue
		}
		k := r.kind(in.Kind)
		gone := x.known.papers.departures(r, in, false)
		if slices.ContainsFunc(gone, func(d departure) bool {
			return (d.On == "" || d.On == "recipient" || d.On == "scenario") && k.trigger(d.On) == nil
		}) {
			continue
		}
		for _, d := range gone {
			t := k.trigger(d.On)
			if t == nil || d.Unknown {
				continue
			}
			out = append(out, dataspace.Warning{
				Kind: "refile", Instrument: in.ID, InstrumentKind: in.Kind,
				Article: t.Article, ArticleZH: k.pack.Chinese(t.Article), Source: t.Source, Confidence: t.Confidence,
				Text: withNotes(t.Text, []dataspace.Text{d.Named(in)}),
			})
		}
	}
	return out
}
