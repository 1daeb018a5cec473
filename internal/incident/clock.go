// Package incident says which clocks a security incident starts under the law of
// packs: who is to be told, and until when.
package incident

import (
	"fmt"
	"slices"
	"sort"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/pack"
)

// Clocks lists the clocks that an incident starts, or may start, under those of
// the packs that are law in a jurisdiction, by deadline. It fails with ErrInvalid if the facts
// have a wrong form, and with ErrNotFound if no pack of the jurisdiction has
// incidents: nobody knows then whether there are clocks.
func Clocks(packs []*pack.Pack, j dataspace.Jurisdiction, f dataspace.Incident) ([]dataspace.Clock, error) {
	found := false
	out := []dataspace.Clock{}
	for _, p := range packs {
		if p.Jurisdiction() != j && !slices.Contains(p.Covers(), j) || len(p.Clocks()) == 0 {
			continue
		}
		found = true
		list, err := OfPack(p, f)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	if !found {
		return nil, &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "incident.pack", Place: string(j),
			Message: fmt.Sprintf("no pack of jurisdiction %s has rules for incidents", j),
			Hint:    "this does not mean that nothing is to be done"}
	}
	sort.SliceStable(out, func(a, b int) bool { return sooner(out[a], out[b]) })
	return out, nil
}

// sooner orders clocks by deadline, those without one last.
func sooner(a, b dataspace.Clock) bool {
	x, y := instant(a.Deadline), instant(b.Deadline)
	if x.IsZero() != y.IsZero() {
		return y.IsZero()
	}
	if !x.Equal(y) {
		return x.Before(y)
	}
	return !a.May && b.May
}

func instant(deadline string) time.Time {
	if t, err := time.Parse(time.RFC3339, deadline); err == nil {
		return t
	}
	if pack.ValidDay(deadline) {
		return pack.ParseDay(deadline).AddDate(0, 0, 1)
	}
	return time.Time{}
}

// OfPack lists the clocks of one pack that an incident starts, or may
// start, in the order of the pack. It fails with ErrInvalid if the facts have a
// wrong form.
func OfPack(p *pack.Pack, f dataspace.Incident) ([]dataspace.Clock, error) {
	discovered, err := check(&f)
	if err != nil {
		return nil, err
	}
	// A clock runs if it is law on one of the days of the discovery.
	days := p.Zones().Days(discovered)
	if len(days) == 0 {
		days = []string{discovered.Format(pack.DayForm)}
	}
	scope := pack.NewIncidentScope(p, &f)
	var out []dataspace.Clock
	for _, k := range p.Clocks() {
		if !slices.ContainsFunc(days, func(day string) bool { return k.Span().Holds(day, f.KnownOn) }) {
			continue
		}
		a := k.Condition.Eval(scope)
		if a.Truth != pack.No {
			out = append(out, clockOf(p, k, a, discovered, f.Handled))
		}
	}
	return out, nil
}

// clockOf makes a clock that runs, or may run.
func clockOf(p *pack.Pack, k *pack.Clock, a pack.Answer, discovered time.Time, handled string) dataspace.Clock {
	out := dataspace.Clock{
		Rule: k.ID, Pack: p.ID(), Article: k.Article, ArticleZH: p.Chinese(k.Article), Source: k.Source, Confidence: k.Confidence,
		May: a.Truth == pack.Maybe, Who: k.Who, Text: k.Text,
	}
	if k.Grade != (dataspace.Text{}) {
		grade := k.Grade
		out.Grade = &grade
	}
	switch {
	case k.Days == 0:
		out.Deadline = discovered.Add(time.Duration(k.Hours) * time.Hour).Format(time.RFC3339)
	case handled != "":
		out.Deadline = pack.ParseDay(handled).AddDate(0, 0, k.Days).Format(pack.DayForm)
	}
	for _, id := range a.Hangs {
		if id >= pack.IncidentBase {
			name, what := pack.IncidentFact(id)
			out.Missing = append(out.Missing, dataspace.Missing{Fact: name, Why: dataspace.Text{EN: "not known: " + what.EN, ZH: "未知：" + what.ZH}})
		} else if id >= pack.NumberBase {
			out.Missing = append(out.Missing, p.Missing(p.NumberList()[id-pack.NumberBase].Name))
		}
	}
	if a.Err != nil {
		out.Missing = append(out.Missing, dataspace.Missing{Fact: "rule:" + string(k.ID), Where: k.Source, Why: dataspace.Text{
			EN: "the rule could not be evaluated", ZH: "规则无法求值"}})
	}
	return out
}

func check(f *dataspace.Incident) (discovered time.Time, err error) {
	discovered, err = time.Parse(time.RFC3339, f.Discovered)
	switch {
	case err != nil || !pack.ValidDay(discovered.Format(pack.DayForm)):
		return discovered, problem("incident.discovered", "discovered", "is no time of the form 2006-01-02T15:04:05+08:00")
	case f.Handled != "" && !pack.ValidDay(f.Handled):
		return discovered, problem("incident.day", "handled", "is no day of the form 2006-01-02")
	case f.Handled != "" && f.Handled < discovered.Format(pack.DayForm):
		return discovered, problem("incident.day", "handled", "is before the discovery")
	case f.KnownOn != "" && !pack.ValidDay(f.KnownOn):
		return discovered, problem("incident.day", "known_on", "is no day of the form 2006-01-02")
	}
	return discovered, fact.CheckIncident(f.Known)
}

func problem(code, place, message string) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: code, Place: place, Message: message}
}
