package rules

import (
	"slices"
	"time"

	"cel.dev/cel-go/common/types"

	"hutong/internal/dataspace"
	"hutong/internal/homezone"
	"hutong/internal/pack"
	"hutong/internal/variable"
	"hutong/internal/zone"
)

// Facts name one instant. Each regime takes its day from it by the time zones
// that its packs declare. If these have several days, the regime is decided on
// each, and the strictest outcome holds. A regime takes the exporter's day if its
// packs declare no zones, or the facts name no instant.

var dayFact = variable.Standard().Number("on")

// Zones are the time zones that the packs of a jurisdiction declare.
func (s *Set) Zones(j dataspace.Jurisdiction) zone.List { return s.law.zones(j) }

// AllZones are the time zones of all packs.
func (s *Set) AllZones() zone.List {
	var out []zone.List
	for _, p := range s.law.packs {
		out = append(out, p.Zones())
	}
	return zone.Join(out...)
}

func (l *law) zones(j dataspace.Jurisdiction) zone.List {
	var out []zone.List
	for _, p := range l.packs {
		if p.Jurisdiction() == j || slices.Contains(p.Covers(), j) {
			out = append(out, p.Zones())
		}
	}
	return zone.Join(out...)
}

// Home are the time zones that give an exporter's day: the one that it states, or
// else those of its jurisdiction.
func (s *Set) Home(exporter dataspace.Values) zone.List {
	if at, err := zone.Parse(exporter.Text(homezone.Fact)); err == nil {
		return zone.List{at}
	}
	return s.Zones(dataspace.Jurisdiction(exporter.Text("exporter.jurisdiction")))
}

// Dated adds the day of the exporter to facts that name an instant and no day.
func (s *Set) Dated(f dataspace.Facts) (dataspace.Facts, error) {
	if f.On != "" || f.At == "" {
		return f, nil
	}
	at, err := zone.Instant("at", f.At)
	if err == nil {
		f.On = s.Home(f.Known).First(at)
	}
	return f, err
}

// turn sets the day for conditions and instruments.
func (k *knowledge) turn(day string) {
	if k.day == day {
		return
	}
	k.day, k.papers.day = day, day
	k.reset()
	k.values[dayFact] = types.String(day)
}

// learnDays finds the days of the regimes. It keeps nothing if all have the
// exporter's day.
func (k *knowledge) learnDays() {
	k.days = nil
	if k.facts.At == "" {
		return
	}
	at, err := time.Parse(time.RFC3339, k.facts.At)
	if err != nil {
		return
	}
	for i, r := range k.law.regimes {
		days := r.zones.Days(at)
		if len(days) == 0 || len(days) == 1 && days[0] == k.facts.On {
			continue
		}
		if k.days == nil {
			k.days = make([][]string, len(k.law.regimes))
		}
		k.days[i] = days
	}
}

// daysOf are the days of a regime, by its number in the law.
func (k *knowledge) daysOf(i int) []string {
	if k.days != nil && k.days[i] != nil {
		return k.days[i]
	}
	return []string{k.facts.On}
}

// strictest is the strictest outcome of a regime over its days; nil if none of
// its packs applies on any.
func (j *judge) strictest(i int, r *regime) *outcome {
	if j.known.days == nil {
		return j.regime(r)
	}
	var worst *outcome
	for _, day := range j.known.daysOf(i) {
		j.known.turn(day)
		o := j.regime(r)
		if j.light && o != nil {
			kept := *o // the next day overwrites it
			o = &kept
		}
		switch {
		case o == nil:
		case worst == nil:
			worst = o
		case o.verdict.Severity() > worst.verdict.Severity():
			o.besides(worst)
			worst = o
		default:
			worst.besides(o)
		}
	}
	if worst != nil {
		j.known.turn(worst.day)
	}
	return worst
}

// besides adds the outcome of another day, which is no stricter: the obligations
// of both days hold.
func (o *outcome) besides(other *outcome) {
	o.counted = o.counted || other.counted
	for _, s := range other.spoken {
		if !slices.ContainsFunc(o.spoken, func(t spoken) bool { return t.rule == s.rule }) {
			o.spoken = append(o.spoken, s)
		}
	}
	for _, x := range other.obligations {
		at := slices.IndexFunc(o.obligations, func(y dataspace.Obligation) bool { return y.ID == x.ID })
		switch {
		case at < 0:
			o.obligations = append(slices.Clip(o.obligations), x)
		case o.obligations[at].Satisfied && !x.Satisfied:
			o.obligations[at] = x
		}
	}
}

// delivered is the day of the delivery in the zones of a regime: the first and
// the last; empty before the delivery. Deadlines run from the first, and times of
// keeping from the last.
func (f *fulfilment) delivered(r *regime) (first, last string) {
	facts := f.known.facts
	if facts.DeliveredAt != "" && len(r.zones) > 0 {
		at, err := time.Parse(time.RFC3339, facts.DeliveredAt)
		now, wrong := time.Parse(time.RFC3339, facts.At)
		if err == nil && (wrong != nil || !at.After(now)) {
			return r.zones.First(at), r.zones.Last(at)
		}
	}
	if facts.DeliveredOn > f.known.day {
		return "", ""
	}
	return facts.DeliveredOn, facts.DeliveredOn
}

// dueFrom is the day, in a fact, from which a deadline runs.
func (f *fulfilment) dueFrom(r *regime, name string) string {
	if name == pack.DeliveredFact {
		first, _ := f.delivered(r)
		return first
	}
	return f.known.facts.Known.Text(name)
}

// days names the days of the regimes that were decided on another day than the
// exporter's.
func (res *result) days(on string) []dataspace.RegimeDay {
	var out []dataspace.RegimeDay
	for _, o := range res.regimes {
		if o.day != on {
			out = append(out, dataspace.RegimeDay{Jurisdiction: o.regime.jurisdiction, Side: o.regime.side, On: o.day})
		}
	}
	return out
}
