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
// that its packs declare; where these have several days, it is decided on each,
// and the stricter outcome holds. A regime whose packs declare no zones takes
// the exporter's day, and so does every regime where the facts name no instant.

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

// Home are the time zones by which an exporter knows the day: the one that it
// states, or else those of its jurisdiction.
func (s *Set) Home(exporter dataspace.Values) zone.List {
	if at, err := zone.Parse(exporter.Text(homezone.Fact)); err == nil {
		return zone.List{at}
	}
	return s.Zones(dataspace.Jurisdiction(exporter.Text("exporter.jurisdiction")))
}

// Dated are facts with the day of the exporter, if they name an instant and no
// day.
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

// turn makes a day the one by which conditions and instruments are judged.
func (k *knowledge) turn(day string) {
	if k.day == day {
		return
	}
	k.day, k.papers.day = day, day
	k.reset()
	k.values[dayFact] = types.String(day)
}

// learnDays finds the days of the regimes. Nothing is kept where all have the
// exporter's.
func (k *knowledge) learnDays() {
	k.days = nil
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

// daysOf are the days on which a regime, by its number in the law, is asked.
func (k *knowledge) daysOf(i int) []string {
	if k.days != nil && k.days[i] != nil {
		return k.days[i]
	}
	return []string{k.facts.On}
}

// strictest is what a regime says on the strictest of its days; nil when none of
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
			kept := *o // its place is used for the next
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

// besides adds what a regime says on another day, which is no stricter: what it
// asks for on either day is asked for.
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

// delivered is the day of the delivery for a regime: the first and the last that
// it was in its zones; empty before the delivery. Deadlines run from the first,
// and what is kept is kept from the last.
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

// dueFrom is the day that a fact holds from which deadlines run.
func (f *fulfilment) dueFrom(r *regime, name string) string {
	if name == pack.DeliveredFact {
		first, _ := f.delivered(r)
		return first
	}
	return f.known.facts.Known.Text(name)
}

// days names the days of the regimes that were not decided on the
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
