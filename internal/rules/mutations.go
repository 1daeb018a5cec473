package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hutong/internal/dataspace"
)

// mutation is one small mistake in a pack. apply gets a shallow copy of the
// pack's document and must not write through what the copy shares.
type mutation struct {
	id    string
	apply func(*packYAML)
}

// mutations lists every mistake that Mutate makes, in a fixed order.
func (p *Pack) mutations() []mutation {
	m := &mutator{pack: p}
	for _, side := range slices.Sorted(maps.Keys(p.yaml.Sides)) {
		m.condition(fmt.Sprintf("sides.%s applies", side), p.yaml.Sides[side].Applies, func(y *packYAML, s string) {
			y.Sides = maps.Clone(y.Sides)
			y.Sides[side] = sideYAML{Applies: s}
		})
	}
	for _, name := range sortedKeys(p.yaml.Numbers) {
		if n := p.yaml.Numbers[name]; n.Value != nil {
			m.number("number."+name+" value", *n.Value, func(y *packYAML, v int64) {
				y.Numbers = maps.Clone(y.Numbers)
				copied := n // mutants are tried side by side
				copied.Value = &v
				y.Numbers[name] = copied
			})
		}
	}
	for i, d := range p.yaml.Define {
		m.condition("is."+d.Name+" when", d.When, func(y *packYAML, s string) {
			y.Define = slices.Clone(y.Define)
			y.Define[i].When = s
		})
	}
	for _, kind := range sortedKeys(p.yaml.Instruments) {
		m.instrument(kind, p.yaml.Instruments[kind])
	}
	for _, name := range sortedKeys(p.yaml.Switches) {
		m.add("switch."+name+" default flipped", func(y *packYAML) {
			y.Switches = maps.Clone(y.Switches)
			sw := y.Switches[name]
			sw.Default = !sw.Default
			y.Switches[name] = sw
		})
	}
	for i := range p.yaml.Rules {
		m.rule(i, &p.yaml.Rules[i])
	}
	for i := range p.yaml.Recognises {
		m.recognition(i, &p.yaml.Recognises[i])
	}
	for i := range p.yaml.Incidents {
		m.incident(i, &p.yaml.Incidents[i])
	}
	for i := range p.yaml.Handling {
		m.handling(i, &p.yaml.Handling[i])
	}
	return m.made
}

type mutator struct {
	pack *Pack
	made []mutation
}

// alwaysKnown are the facts without which there is no decision, and the one
// with a default.
var alwaysKnown = []string{"on", "exporter.jurisdiction", "recipient.jurisdiction", "act", "data.us_persons_stated"}

// mayBeUnknown reports whether the condition of a rule hangs on a fact that can
// be unknown.
func (p *Pack) mayBeUnknown(r *rule) bool {
	names := slices.Concat(r.when.refs, p.sides[r.Side].refs)
	for _, i := range p.factsOf(names) {
		if !slices.Contains(alwaysKnown, variables[i].name) {
			return true
		}
	}
	return slices.ContainsFunc(p.numbers, func(n number) bool { return n.yaml.Value == nil })
}

func (m *mutator) add(id string, apply func(*packYAML)) {
	m.made = append(m.made, mutation{id, apply})
}

func (m *mutator) condition(id, source string, set func(*packYAML, string)) {
	for _, f := range flips(strings.TrimSpace(source)) {
		m.add(id+": "+f.what, func(y *packYAML) { set(y, f.source) })
	}
}

func (m *mutator) number(id string, n int64, set func(*packYAML, int64)) {
	for _, v := range []int64{n - 1, n + 1} {
		m.add(fmt.Sprintf("%s: %d -> %d", id, n, v), func(y *packYAML) { set(y, v) })
	}
}

func (m *mutator) day(id, day string, set func(*packYAML, string)) {
	if !validDay(day) {
		return
	}
	for _, other := range []string{dayAfter(day, -1), dayAfter(day, 1)} {
		m.add(id+": "+day+" -> "+other, func(y *packYAML) { set(y, other) })
	}
}

func (m *mutator) rule(i int, r *ruleYAML) {
	id := string(r.ID)
	// edit writes one rule of a copy.
	edit := func(change func(*ruleYAML)) func(*packYAML) {
		return func(y *packYAML) {
			y.Rules = slices.Clone(y.Rules)
			change(&y.Rules[i])
		}
	}
	m.add(id+" deleted", func(y *packYAML) { y.Rules = slices.Delete(slices.Clone(y.Rules), i, i+1) })
	m.condition(id+" when", r.When, func(y *packYAML, s string) { edit(func(r *ruleYAML) { r.When = s })(y) })
	m.day(id+" from", r.From, func(y *packYAML, s string) { edit(func(r *ruleYAML) { r.From = s })(y) })
	m.day(id+" to", r.To, func(y *packYAML, s string) { edit(func(r *ruleYAML) { r.To = s })(y) })
	m.day(id+" recorded", r.Recorded, func(y *packYAML, s string) { edit(func(r *ruleYAML) { r.Recorded = s })(y) })
	m.day(id+" withdrawn", r.Withdrawn, func(y *packYAML, s string) { edit(func(r *ruleYAML) { r.Withdrawn = s })(y) })
	for j, d := range r.Demands {
		m.add(id+" without demand "+d, edit(func(r *ruleYAML) { r.Demands = slices.Delete(slices.Clone(r.Demands), j, j+1) }))
	}
	for j, name := range r.Missing {
		m.add(id+" without missing "+name, edit(func(r *ruleYAML) { r.Missing = slices.Delete(slices.Clone(r.Missing), j, j+1) }))
	}
	if r.Pathway != "" && m.pack.rules[i].Side == dataspace.ExportSide { // nothing is counted on the other
		m.add(id+" counted flipped", edit(func(r *ruleYAML) {
			counted := r.Counted != nil && !*r.Counted
			r.Counted = &counted
		}))
	}
	if r.Pathway != "" && m.pack.mayBeUnknown(m.pack.rules[i]) {
		m.add(id+" claim flipped", edit(func(r *ruleYAML) { r.Claim = !r.Claim }))
	}
	m.satisfied(id, r, edit)
	if r.Obligation != nil {
		m.obligation(id, r.Obligation, edit)
	}
}

func (m *mutator) satisfied(id string, r *ruleYAML, edit func(func(*ruleYAML)) func(*packYAML)) {
	m.condition(id+" satisfied", r.Satisfied.When, func(y *packYAML, s string) {
		edit(func(r *ruleYAML) { r.Satisfied.When = s })(y)
	})
	if r.Satisfied.When != "" {
		m.add(id+" satisfied: without condition", edit(func(r *ruleYAML) { r.Satisfied.When = "" }))
	}
	for j, s := range r.Satisfied.By {
		by := id + " satisfied by " + s.Kind
		m.add(by+" deleted", edit(func(r *ruleYAML) { r.Satisfied.By = slices.Delete(slices.Clone(r.Satisfied.By), j, j+1) }))
		m.condition(by, s.When, func(y *packYAML, s string) {
			edit(func(r *ruleYAML) {
				r.Satisfied.By = slices.Clone(r.Satisfied.By)
				r.Satisfied.By[j].When = s
			})(y)
		})
	}
}

func (m *mutator) obligation(id string, o *obligationYAML, edit func(func(*ruleYAML)) func(*packYAML)) {
	change := func(f func(*obligationYAML)) func(*packYAML) {
		return edit(func(r *ruleYAML) {
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
	m.add(id+" before_delivery flipped", change(func(o *obligationYAML) { o.BeforeDelivery = !o.BeforeDelivery }))
	span := func(what string, n int, set func(*obligationYAML, int)) {
		if n != 0 {
			m.number(id+" "+what, int64(n), func(y *packYAML, v int64) { change(func(o *obligationYAML) { set(o, int(v)) })(y) })
		}
	}
	if d := o.Due; d != nil {
		span("due working_days", d.WorkingDays, func(o *obligationYAML, n int) { o.Due.WorkingDays = n })
		span("due months", d.Months, func(o *obligationYAML, n int) { o.Due.Months = n })
		if d.Unless != "" {
			m.add(id+" due: without unless", change(func(o *obligationYAML) { o.Due.Unless = "" }))
		}
	}
	if k := o.Keep; k != nil {
		span("keep years", k.Years, func(o *obligationYAML, n int) { o.Keep.Years = n })
		span("keep months", k.Months, func(o *obligationYAML, n int) { o.Keep.Months = n })
	}
}

func (m *mutator) recognition(i int, r *recogniseYAML) {
	id := string(r.ID)
	edit := func(change func(*recogniseYAML)) func(*packYAML) {
		return func(y *packYAML) {
			y.Recognises = slices.Clone(y.Recognises)
			change(&y.Recognises[i])
		}
	}
	m.add(id+" deleted", func(y *packYAML) { y.Recognises = slices.Delete(slices.Clone(y.Recognises), i, i+1) })
	m.condition(id+" when", r.When, func(y *packYAML, s string) { edit(func(r *recogniseYAML) { r.When = s })(y) })
	if r.When != "" {
		m.add(id+" without condition", edit(func(r *recogniseYAML) { r.When = "" }))
	}
	m.day(id+" from", r.From, func(y *packYAML, s string) { edit(func(r *recogniseYAML) { r.From = s })(y) })
	m.day(id+" to", r.To, func(y *packYAML, s string) { edit(func(r *recogniseYAML) { r.To = s })(y) })
}

func (m *mutator) incident(i int, k *incidentYAML) {
	id := string(k.ID)
	edit := func(change func(*incidentYAML)) func(*packYAML) {
		return func(y *packYAML) {
			y.Incidents = slices.Clone(y.Incidents)
			change(&y.Incidents[i])
		}
	}
	m.add(id+" deleted", func(y *packYAML) { y.Incidents = slices.Delete(slices.Clone(y.Incidents), i, i+1) })
	m.condition(id+" when", k.When, func(y *packYAML, s string) { edit(func(k *incidentYAML) { k.When = s })(y) })
	m.day(id+" from", k.From, func(y *packYAML, s string) { edit(func(k *incidentYAML) { k.From = s })(y) })
	m.day(id+" to", k.To, func(y *packYAML, s string) { edit(func(k *incidentYAML) { k.To = s })(y) })
	m.number(id+" hours", int64(k.Hours), func(y *packYAML, n int64) { edit(func(k *incidentYAML) { k.Hours = int(n) })(y) })
	if k.Days > 0 {
		m.number(id+" days", int64(k.Days), func(y *packYAML, n int64) { edit(func(k *incidentYAML) { k.Days = int(n) })(y) })
	}
}

func (m *mutator) handling(i int, h *handlingYAML) {
	id := string(h.ID)
	edit := func(change func(*handlingYAML)) func(*packYAML) {
		return func(y *packYAML) {
			y.Handling = slices.Clone(y.Handling)
			change(&y.Handling[i])
		}
	}
	m.add(id+" deleted", func(y *packYAML) { y.Handling = slices.Delete(slices.Clone(y.Handling), i, i+1) })
	m.condition(id+" when", h.When, func(y *packYAML, s string) { edit(func(h *handlingYAML) { h.When = s })(y) })
	m.day(id+" from", h.From, func(y *packYAML, s string) { edit(func(h *handlingYAML) { h.From = s })(y) })
	m.day(id+" to", h.To, func(y *packYAML, s string) { edit(func(h *handlingYAML) { h.To = s })(y) })
	j := strictness(h.Action)
	if j > 0 {
		m.add(id+" action: "+string(h.Action)+" -> "+string(actions[j-1]), edit(func(h *handlingYAML) { h.Action = actions[j-1] }))
	}
}

func (m *mutator) instrument(kind string, in instrumentYAML) {
	id := "instrument." + kind
	edit := func(change func(*instrumentYAML)) func(*packYAML) {
		return func(y *packYAML) {
			y.Instruments = maps.Clone(y.Instruments)
			copied := y.Instruments[kind]
			change(&copied)
			y.Instruments[kind] = copied
		}
	}
	span := func(what string, n int, set func(*instrumentYAML, int)) {
		if n != 0 {
			m.number(id+" "+what, int64(n), func(y *packYAML, v int64) { edit(func(in *instrumentYAML) { set(in, int(v)) })(y) })
		}
	}
	span("years", in.Years, func(in *instrumentYAML, n int) { in.Years = n })
	if r := in.Renew; r != nil {
		renew := func(change func(*renewYAML, int)) func(*instrumentYAML, int) {
			return func(in *instrumentYAML, n int) {
				copied := *in.Renew
				change(&copied, n)
				in.Renew = &copied
			}
		}
		m.add(id+" renew deleted", edit(func(in *instrumentYAML) { in.Renew = nil }))
		span("renew working_days", r.WorkingDays, renew(func(r *renewYAML, n int) { r.WorkingDays = n }))
		span("renew months", r.Months, renew(func(r *renewYAML, n int) { r.Months = n }))
	}
	for j, t := range in.Triggers {
		m.add(id+" trigger on "+t.On+" deleted", edit(func(in *instrumentYAML) {
			in.Triggers = slices.Delete(slices.Clone(in.Triggers), j, j+1)
		}))
	}
}
