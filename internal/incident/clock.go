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
// have a wrong form, with ErrContradiction if they exclude each other, and with ErrNotFound if no pack of the jurisdiction has
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
		for i := range list {
			list[i].Jurisdiction = j
		}
		out = append(out, list...)
	}
	if err := agree(&f); err != nil {
		return nil, err
	}
	if !found {
		return nil, &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "incident.pack", Place: string(j),
			Message: fmt.Sprintf("no pack of jurisdiction %s has rules for incidents", j),
			Hint:    "this does not mean that nothing is to be done"}
	}
	Sort(out)
	return out, nil
}

// Sort puts clocks in the order of their deadlines.
func Sort(list []dataspace.Clock) {
	sort.SliceStable(list, func(a, b int) bool { return sooner(list[a], list[b]) })
}

// NoPack stands for the clocks of a jurisdiction whose law about incidents is in
// no pack: a person has to look.
func NoPack(j dataspace.Jurisdiction) dataspace.Clock {
	return dataspace.Clock{
		Jurisdiction: j, Review: true, May: true, Confidence: dataspace.Memory,
		Missing: []dataspace.Missing{{Fact: "pack:" + string(j), Why: dataspace.Text{
			EN: fmt.Sprintf("no pack of jurisdiction %s has rules for incidents", j), ZH: fmt.Sprintf("没有规则包载有%s的安全事件规则", j)}}},
		Who:  dataspace.Text{EN: "not known", ZH: "未知"},
		Text: dataspace.Text{EN: "A person has to find out whom to tell, and until when.", ZH: "须由人员查明应当告知的对象和时限。"},
	}
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
			out = append(out, clockOf(p, k, a, deadline(k, discovered, slices.Min(days), f)))
		}
	}
	return out, nil
}

// deadline is the time limit of a clock; empty while it cannot be told. day is the
// earliest day of the discovery where the law holds.
func deadline(k *pack.Clock, discovered time.Time, day string, f dataspace.Incident) string {
	switch k.Starts() {
	case "":
		if k.Open() {
			return ""
		}
		return discovered.Add(time.Duration(k.Hours) * time.Hour).Format(time.RFC3339)
	case pack.Assessed:
		day = f.Assessed
	case pack.Handled:
		day = f.Handled
	}
	if day == "" {
		return ""
	}
	n := k.Days
	if k.FirstDay {
		n--
	}
	return pack.ParseDay(day).AddDate(0, 0, n).Format(pack.DayForm)
}

// clockOf makes a clock that runs, or may run.
func clockOf(p *pack.Pack, k *pack.Clock, a pack.Answer, deadline string) dataspace.Clock {
	out := dataspace.Clock{
		Rule: k.ID, Pack: p.ID(), Article: k.Article, ArticleZH: p.Chinese(k.Article), Source: k.Source, Confidence: k.Confidence,
		May: a.Truth == pack.Maybe, Advice: k.Advice, Review: k.Open(), Deadline: deadline, Who: k.Who, Text: k.Text,
	}
	if start := k.Starts(); start != pack.Discovered {
		out.After = start
	}
	if k.Grade != (dataspace.Text{}) {
		grade := k.Grade
		out.Grade = &grade
	}
	for _, name := range k.Missing {
		out.Missing = append(out.Missing, p.Missing(name))
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
	case f.Assessed != "" && !pack.ValidDay(f.Assessed):
		return discovered, problem("incident.day", "assessed", "is no day of the form 2006-01-02")
	case f.Assessed != "" && f.Assessed < discovered.AddDate(0, 0, -1).Format(pack.DayForm): // the day may be another where it is assessed
		return discovered, problem("incident.day", "assessed", "is before the discovery")
	case f.Handled != "" && !pack.ValidDay(f.Handled):
		return discovered, problem("incident.day", "handled", "is no day of the form 2006-01-02")
	case f.Handled != "" && f.Handled < discovered.Format(pack.DayForm):
		return discovered, problem("incident.day", "handled", "is before the discovery")
	case f.KnownOn != "" && !pack.ValidDay(f.KnownOn):
		return discovered, problem("incident.day", "known_on", "is no day of the form 2006-01-02")
	}
	return discovered, fact.CheckIncident(f.Known)
}

// agree refuses facts of which one says that nobody's data is concerned, and
// another that somebody's is: clocks that surely run would be missing. The cases
// of a pack are not asked, as in the rules: they try each condition by itself.
func agree(f *dataspace.Incident) error {
	if personal, known := f.Known.Bool("personal"); !known || personal {
		return nil
	}
	people, _ := f.Known.Int("people")
	sensitive, _ := f.Known.Bool("sensitive")
	if people == 0 && !sensitive {
		return nil
	}
	return &dataspace.Problem{Kind: dataspace.ErrContradiction, Code: "incident.contradiction", Place: "personal",
		Message: fmt.Sprintf("is false, and people (%d) or sensitive (%t) say that personal data is concerned", people, sensitive), Hint: "state which of the two holds"}
}

func problem(code, place, message string) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: code, Place: place, Message: message}
}
