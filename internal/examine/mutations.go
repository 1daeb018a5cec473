package examine

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
)

// mutation is one small mistake in a pack. apply gets a shallow copy of the
// pack's document and must not write to data that the copy shares.
type mutation struct {
	id    string
	apply func(*pack.Document)
}

// mutations lists every mistake that Mutate makes, in a fixed order.
func mutations(p *pack.Pack) []mutation {
	doc := p.Document()
	m := &mutator{pack: p}
	for _, side := range slices.Sorted(maps.Keys(doc.Sides)) {
		m.condition(fmt.Sprintf("sides.%s applies", side), doc.Sides[side].Applies, func(y *pack.Document, s string) {
			y.Sides = maps.Clone(y.Sides)
			y.Sides[side] = pack.SideDoc{Applies: s}
		})
	}
	for _, name := range sorted(doc.Numbers) {
		if n := doc.Numbers[name]; n.Value != nil {
			m.number("number."+name+" value", *n.Value, func(y *pack.Document, v int64) {
				y.Numbers = maps.Clone(y.Numbers)
				copied := n // mutants are tried in parallel
				copied.Value = &v
				y.Numbers[name] = copied
			})
		}
	}
	for i, d := range doc.Define {
		m.condition("is."+d.Name+" when", d.When, func(y *pack.Document, s string) {
			y.Define = slices.Clone(y.Define)
			y.Define[i].When = s
		})
	}
	for _, kind := range sorted(doc.Instruments) {
		m.instrument(kind, doc.Instruments[kind])
	}
	for _, name := range sorted(doc.Switches) {
		m.add("switch."+name+" default flipped", func(y *pack.Document) {
			y.Switches = maps.Clone(y.Switches)
			sw := y.Switches[name]
			sw.Default = !sw.Default
			y.Switches[name] = sw
		})
	}
	for i := range doc.Rules {
		m.rule(i, &doc.Rules[i])
	}
	for i := range doc.Recognises {
		m.recognition(i, &doc.Recognises[i])
	}
	for i := range doc.Incidents {
		m.incident(i, &doc.Incidents[i])
	}
	for i := range doc.Handling {
		m.handling(i, &doc.Handling[i])
	}
	return m.made
}

type mutator struct {
	pack *pack.Pack
	made []mutation
}

// mayBeUnknown reports whether the condition of a rule depends on a fact that
// can be unknown.
func (m *mutator) mayBeUnknown(r *pack.Rule) bool {
	return slices.ContainsFunc(r.Facts(), func(name string) bool { return !m.pack.Facts().AlwaysKnown(name) }) ||
		slices.ContainsFunc(m.pack.Numbers(), func(n pack.NumberInfo) bool { return n.Value == nil })
}

func (m *mutator) add(id string, apply func(*pack.Document)) {
	m.made = append(m.made, mutation{id, apply})
}

func (m *mutator) condition(id, source string, set func(*pack.Document, string)) {
	for _, f := range flips(strings.TrimSpace(source)) {
		m.add(id+": "+f.what, func(y *pack.Document) { set(y, f.source) })
	}
}

func (m *mutator) number(id string, n int64, set func(*pack.Document, int64)) {
	for _, v := range []int64{n - 1, n + 1} {
		m.add(fmt.Sprintf("%s: %d -> %d", id, n, v), func(y *pack.Document) { set(y, v) })
	}
}

func (m *mutator) day(id, day string, set func(*pack.Document, string)) {
	if !pack.ValidDay(day) {
		return
	}
	for _, other := range []string{dayAfter(day, -1), dayAfter(day, 1)} {
		m.add(id+": "+day+" -> "+other, func(y *pack.Document) { set(y, other) })
	}
}

func (m *mutator) rule(i int, r *pack.RuleDoc) {
	id := string(r.ID)
	// edit writes one rule of a copy.
	edit := func(change func(*pack.RuleDoc)) func(*pack.Document) {
		return func(y *pack.Document) {
			y.Rules = slices.Clone(y.Rules)
			change(&y.Rules[i])
		}
	}
	m.add(id+" deleted", func(y *pack.Document) { y.Rules = slices.Delete(slices.Clone(y.Rules), i, i+1) })
	m.condition(id+" when", r.When, func(y *pack.Document, s string) { edit(func(r *pack.RuleDoc) { r.When = s })(y) })
	m.condition(id+" asked_if", r.AskedIf, func(y *pack.Document, s string) { edit(func(r *pack.RuleDoc) { r.AskedIf = s })(y) })
	if r.AskedIf != "" {
		m.add(id+" asked everywhere", edit(func(r *pack.RuleDoc) { r.AskedIf = "" }))
	}
	m.day(id+" from", r.From, func(y *pack.Document, s string) { edit(func(r *pack.RuleDoc) { r.From = s })(y) })
	m.day(id+" to", r.To, func(y *pack.Document, s string) { edit(func(r *pack.RuleDoc) { r.To = s })(y) })
	m.day(id+" recorded", r.Recorded, func(y *pack.Document, s string) { edit(func(r *pack.RuleDoc) { r.Recorded = s })(y) })
	m.day(id+" withdrawn", r.Withdrawn, func(y *pack.Document, s string) { edit(func(r *pack.RuleDoc) { r.Withdrawn = s })(y) })
	for j, d := range r.Demands {
		m.add(id+" without demand "+d, edit(func(r *pack.RuleDoc) { r.Demands = slices.Delete(slices.Clone(r.Demands), j, j+1) }))
	}
	for j, name := range r.Missing {
		m.add(id+" without missing "+name, edit(func(r *pack.RuleDoc) { r.Missing = slices.Delete(slices.Clone(r.Missing), j, j+1) }))
	}
	if r.Pathway != "" && m.pack.Compiled()[i].Side == dataspace.ExportSide { // the other pathway counts nothing
		m.add(id+" counted flipped", edit(func(r *pack.RuleDoc) {
			counted := r.Counted != nil && !*r.Counted
			r.Counted = &counted
		}))
	}
	if r.Pathway != "" && m.mayBeUnknown(m.pack.Compiled()[i]) {
		m.add(id+" claim flipped", edit(func(r *pack.RuleDoc) { r.Claim = !r.Claim }))
	}
	if r.ClaimedBy != "" {
		m.add(id+" without claimed_by", edit(func(r *pack.RuleDoc) { r.ClaimedBy = "" }))
	}
	if r.Perhaps {
		m.add(id+" without perhaps", edit(func(r *pack.RuleDoc) { r.Perhaps = false }))
	}
	m.satisfied(id, r, edit)
	if r.Obligation != nil {
		m.obligation(id, r.Obligation, edit)
	}
}

func (m *mutator) satisfied(id string, r *pack.RuleDoc, edit func(func(*pack.RuleDoc)) func(*pack.Document)) {
	m.condition(id+" satisfied", r.Satisfied.When, func(y *pack.Document, s string) {
		edit(func(r *pack.RuleDoc) { r.Satisfied.When = s })(y)
	})
	if r.Satisfied.When != "" {
		m.add(id+" satisfied: without condition", edit(func(r *pack.RuleDoc) { r.Satisfied.When = "" }))
	}
	for j, s := range r.Satisfied.By {
		by := id + " satisfied by " + s.Kind
		m.add(by+" deleted", edit(func(r *pack.RuleDoc) { r.Satisfied.By = slices.Delete(slices.Clone(r.Satisfied.By), j, j+1) }))
		m.condition(by, s.When, func(y *pack.Document, s string) {
			edit(func(r *pack.RuleDoc) {
				r.Satisfied.By = slices.Clone(r.Satisfied.By)
				r.Satisfied.By[j].When = s
			})(y)
		})
	}
}

func (m *mutator) obligation(id string, o *pack.ObligationDoc, edit func(func(*pack.RuleDoc)) func(*pack.Document)) {
	change := func(f func(*pack.ObligationDoc)) func(*pack.Document) {
		return edit(func(r *pack.RuleDoc) {
			copied := *r.Obligation
			if copied.Due != nil {
				due := *copied.Due
				copied.Due = &due
			}
			if copied.Keep != nil {
				keep := *copied.Keep
				copied.Keep = &keep
			}
			f(&copied)
			r.Obligation = &copied
		})
	}
	m.add(id+" before_delivery flipped", change(func(o *pack.ObligationDoc) { o.BeforeDelivery = !o.BeforeDelivery }))
	span := func(what string, n int, set func(*pack.ObligationDoc, int)) {
		if n != 0 {
			m.number(id+" "+what, int64(n), func(y *pack.Document, v int64) { change(func(o *pack.ObligationDoc) { set(o, int(v)) })(y) })
		}
	}
	if d := o.Due; d != nil {
		span("due working_days", d.WorkingDays, func(o *pack.ObligationDoc, n int) { o.Due.WorkingDays = n })
		span("due months", d.Months, func(o *pack.ObligationDoc, n int) { o.Due.Months = n })
		if d.Unless != "" {
			m.add(id+" due: without unless", change(func(o *pack.ObligationDoc) { o.Due.Unless = "" }))
		}
	}
	if k := o.Keep; k != nil {
		span("keep years", k.Years, func(o *pack.ObligationDoc, n int) { o.Keep.Years = n })
		span("keep months", k.Months, func(o *pack.ObligationDoc, n int) { o.Keep.Months = n })
	}
}

func (m *mutator) recognition(i int, r *pack.RecogniseDoc) {
	id := string(r.ID)
	edit := func(change func(*pack.RecogniseDoc)) func(*pack.Document) {
		return func(y *pack.Document) {
			y.Recognises = slices.Clone(y.Recognises)
			change(&y.Recognises[i])
		}
	}
	m.add(id+" deleted", func(y *pack.Document) { y.Recognises = slices.Delete(slices.Clone(y.Recognises), i, i+1) })
	m.condition(id+" when", r.When, func(y *pack.Document, s string) { edit(func(r *pack.RecogniseDoc) { r.When = s })(y) })
	if r.When != "" {
		m.add(id+" without condition", edit(func(r *pack.RecogniseDoc) { r.When = "" }))
	}
	m.day(id+" from", r.From, func(y *pack.Document, s string) { edit(func(r *pack.RecogniseDoc) { r.From = s })(y) })
	m.day(id+" to", r.To, func(y *pack.Document, s string) { edit(func(r *pack.RecogniseDoc) { r.To = s })(y) })
}

func (m *mutator) incident(i int, k *pack.IncidentDoc) {
	id := string(k.ID)
	edit := func(change func(*pack.IncidentDoc)) func(*pack.Document) {
		return func(y *pack.Document) {
			y.Incidents = slices.Clone(y.Incidents)
			change(&y.Incidents[i])
		}
	}
	m.add(id+" deleted", func(y *pack.Document) { y.Incidents = slices.Delete(slices.Clone(y.Incidents), i, i+1) })
	m.condition(id+" when", k.When, func(y *pack.Document, s string) { edit(func(k *pack.IncidentDoc) { k.When = s })(y) })
	m.day(id+" from", k.From, func(y *pack.Document, s string) { edit(func(k *pack.IncidentDoc) { k.From = s })(y) })
	m.day(id+" to", k.To, func(y *pack.Document, s string) { edit(func(k *pack.IncidentDoc) { k.To = s })(y) })
	m.number(id+" hours", int64(k.Hours), func(y *pack.Document, n int64) { edit(func(k *pack.IncidentDoc) { k.Hours = int(n) })(y) })
	if k.Days > 0 {
		m.number(id+" days", int64(k.Days), func(y *pack.Document, n int64) { edit(func(k *pack.IncidentDoc) { k.Days = int(n) })(y) })
		m.add(id+" first_day flipped", edit(func(k *pack.IncidentDoc) { k.FirstDay = !k.FirstDay }))
		for _, after := range []string{pack.Discovered, pack.Assessed, pack.Handled} {
			if after != k.Starts() {
				m.add(id+" after: "+after, edit(func(k *pack.IncidentDoc) { k.After = after }))
			}
		}
	}
	m.add(id+" advice flipped", edit(func(k *pack.IncidentDoc) { k.Advice = !k.Advice }))
	for at, name := range k.Missing {
		m.add(id+" missing "+name+" left out", edit(func(k *pack.IncidentDoc) { k.Missing = slices.Delete(slices.Clone(k.Missing), at, at+1) }))
	}
}

func (m *mutator) handling(i int, h *pack.HandlingDoc) {
	id := string(h.ID)
	edit := func(change func(*pack.HandlingDoc)) func(*pack.Document) {
		return func(y *pack.Document) {
			y.Handling = slices.Clone(y.Handling)
			change(&y.Handling[i])
		}
	}
	m.add(id+" deleted", func(y *pack.Document) { y.Handling = slices.Delete(slices.Clone(y.Handling), i, i+1) })
	m.condition(id+" when", h.When, func(y *pack.Document, s string) { edit(func(h *pack.HandlingDoc) { h.When = s })(y) })
	m.day(id+" from", h.From, func(y *pack.Document, s string) { edit(func(h *pack.HandlingDoc) { h.From = s })(y) })
	m.day(id+" to", h.To, func(y *pack.Document, s string) { edit(func(h *pack.HandlingDoc) { h.To = s })(y) })
	if milder, ok := h.Action.Milder(); ok {
		m.add(id+" action: "+string(h.Action)+" -> "+string(milder), edit(func(h *pack.HandlingDoc) { h.Action = milder }))
	}
}

func (m *mutator) instrument(kind string, in pack.InstrumentDoc) {
	id := "instrument." + kind
	edit := func(change func(*pack.InstrumentDoc)) func(*pack.Document) {
		return func(y *pack.Document) {
			y.Instruments = maps.Clone(y.Instruments)
			copied := y.Instruments[kind]
			change(&copied)
			y.Instruments[kind] = copied
		}
	}
	span := func(what string, n int, set func(*pack.InstrumentDoc, int)) {
		if n != 0 {
			m.number(id+" "+what, int64(n), func(y *pack.Document, v int64) { edit(func(in *pack.InstrumentDoc) { set(in, int(v)) })(y) })
		}
	}
	span("years", in.Years, func(in *pack.InstrumentDoc, n int) { in.Years = n })
	if r := in.Renew; r != nil {
		renew := func(change func(*pack.RenewDoc, int)) func(*pack.InstrumentDoc, int) {
			return func(in *pack.InstrumentDoc, n int) {
				copied := *in.Renew
				change(&copied, n)
				in.Renew = &copied
			}
		}
		m.add(id+" renew deleted", edit(func(in *pack.InstrumentDoc) { in.Renew = nil }))
		span("renew working_days", r.WorkingDays, renew(func(r *pack.RenewDoc, n int) { r.WorkingDays = n }))
		span("renew months", r.Months, renew(func(r *pack.RenewDoc, n int) { r.Months = n }))
	}
	for j, t := range in.Triggers {
		m.add(id+" trigger on "+t.On+" deleted", edit(func(in *pack.InstrumentDoc) {
			in.Triggers = slices.Delete(slices.Clone(in.Triggers), j, j+1)
		}))
	}
}
