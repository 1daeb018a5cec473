package rules

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"hutong/internal/bar"
	"hutong/internal/dataspace"
	"hutong/internal/homezone"
	"hutong/internal/listed"
	"hutong/internal/pack"
	"hutong/internal/unknown"
	"hutong/internal/variable"
	"hutong/internal/workday"
)

// writer writes a result into a decision: the outcome of each regime, the reasons,
// and the missing facts.
type writer struct {
	known      *knowledge
	fulfilment *fulfilment
	looked     []looked
	later      map[*pack.Rule]bool // their questions are asked later, see bar.Later
}

func (w *writer) release() {
	clear(w.looked)
	w.looked = w.looked[:0]
}

// report writes the result into the decision.
func (w *writer) report(res *result, d *dataspace.Decision) {
	missing := map[string]dataspace.Missing{}
	reasons := 0
	for _, o := range res.regimes {
		reasons += len(o.spoken)
	}
	d.Regimes = make([]dataspace.RegimeOutcome, 0, len(res.regimes)+1)
	d.Reasons = make([]dataspace.Reason, 0, reasons)
	d.Obligations = []dataspace.Obligation{}
	w.later = bar.Later(res.asked())
	for _, o := range res.regimes {
		if w.known.day != o.day {
			w.known.turn(o.day)
			w.looked = w.looked[:0] // the day is a fact that rules look at
		}
		d.Regimes = append(d.Regimes, dataspace.RegimeOutcome{
			Jurisdiction: o.regime.jurisdiction, Side: o.regime.side,
			Pathway: o.pathway, Verdict: o.verdict, Counted: o.counted,
		})
		if len(d.Obligations) == 0 && len(o.obligations) > 0 {
			d.Obligations = o.obligations // most decisions have no others
		} else {
			d.Obligations = append(d.Obligations, o.obligations...)
		}
		if o.partly || o.verdict.Severity() >= dataspace.HumanReview.Severity() {
			w.missing(o, missing)
		}
		d.NotExamined = append(d.NotExamined, w.notExamined(o)...)
	}
	d.Days = res.days(w.known.facts.On)
	d.Narrower = append(homezone.Narrower(w.known.law.zones, w.known.facts), w.indifferent(res)...)
	if res.uncovered != "" {
		j := string(res.uncovered)
		d.Regimes = append(d.Regimes, dataspace.RegimeOutcome{
			Jurisdiction: res.uncovered, Side: w.known.law.needed,
			Pathway: "human_review", Verdict: dataspace.HumanReview, Counted: true,
		})
		missing["pack:"+j] = dataspace.Missing{Fact: "pack:" + j, Why: dataspace.Text{
			EN: "no pack for jurisdiction " + j + " applies to this flow on the " + string(w.known.law.needed) + " side",
			ZH: "没有适用于法域" + j + "此项流转的规则包",
		}}
	}
	slices.SortStableFunc(d.Regimes, func(a, b dataspace.RegimeOutcome) int {
		return cmp.Or(cmp.Compare(a.Side, b.Side), cmp.Compare(a.Jurisdiction, b.Jurisdiction))
	})
	for _, decisive := range [...]bool{true, false} {
		for _, o := range res.regimes {
			for i := range o.spoken {
				if s := &o.spoken[i]; decides(s, o, res.verdict) == decisive {
					d.Reasons = append(d.Reasons, dataspace.Reason{})
					w.reason(&d.Reasons[len(d.Reasons)-1], s, decisive)
				}
			}
		}
	}
	for _, k := range sorted(missing) {
		d.Missing = append(d.Missing, missing[k])
	}
}

// decides reports whether a rule leads to the verdict of the decision.
func decides(s *spoken, o *outcome, verdict dataspace.Verdict) bool {
	return s.sets && s.weight == verdict && o.verdict == verdict
}

func (w *writer) reason(out *dataspace.Reason, s *spoken, decisive bool) {
	r := s.rule
	out.Rule, out.Pack, out.Article, out.ArticleZH, out.Source, out.Confidence = r.ID, r.Pack.ID(), r.Article, r.Pack.Chinese(r.Article), r.Source, r.Confidence
	out.Decisive, out.Text = decisive, w.text(r)
	if len(r.Switches) == 0 {
		out.Facts = w.lookedAt(r)
		return
	}
	out.Facts = maps.Clone(w.lookedAt(r))
	if out.Facts == nil {
		out.Facts = make(map[string]any, len(r.Switches))
	}
	for _, i := range r.Switches {
		name := r.Pack.SwitchNames()[i]
		out.Facts["switch."+name] = r.Pack.Choice(name, w.known.facts.Switches)
	}
}

// text is that of a rule, with the items of the list by which it decided.
func (w *writer) text(r *pack.Rule) dataspace.Text {
	if !r.AsksList {
		return r.Text
	}
	return listed.Text(w.known.scopeOf(r.Pack), r.Text)
}

// looked has the values of the facts that some rules look at. The reasons of a
// decision share it.
type looked struct {
	at     *int // the first of Rule.LooksAt, which is one slice for all of them
	values map[string]any
}

func (w *writer) lookedAt(r *pack.Rule) map[string]any {
	facts := r.LooksAt
	if len(facts) == 0 {
		return nil
	}
	for _, l := range w.looked {
		if l.at == &facts[0] {
			return l.values
		}
	}
	l := looked{&facts[0], make(map[string]any, len(facts))}
	scope := w.known.scopeOf(r.Pack)
	for _, i := range facts {
		n := scope.Number(i)
		l.values[w.known.law.facts.At(n).Name] = variable.Native(w.known.values[n])
	}
	w.looked = append(w.looked, l)
	return l.values
}

// missing collects the unknown facts behind a regime's human review.
func (w *writer) missing(o *outcome, out map[string]dataspace.Missing) {
	for _, s := range o.spoken {
		r := s.rule
		if w.later[r] {
			continue
		}
		if s.wide {
			for _, id := range s.answer.Hangs {
				w.missingValue(r, id, out)
			}
		}
		if s.answer.Err != nil {
			out["rule:"+string(r.ID)] = dataspace.Missing{Fact: "rule:" + string(r.ID), Where: r.Source, Why: dataspace.Text{
				EN: "the rule could not be evaluated", ZH: "规则无法求值",
			}}
		}
		if s.undated != 0 {
			out["rule:"+string(r.ID)] = dataspace.Missing{Fact: "rule:" + string(r.ID), Where: r.Source, Why: workday.Unclear(s.undated)}
		}
		if s.sets && !w.known.accepts(r.Confidence) {
			out["rule:"+string(r.ID)] = dataspace.Missing{Fact: "rule:" + string(r.ID), Where: r.Source, Why: dataspace.Text{
				EN: fmt.Sprintf("%s has the confidence %s, which the facts do not accept", r.Article, r.Confidence),
				ZH: fmt.Sprintf("%s：可信程度为“%s”，不在可接受范围内", cmp.Or(r.Pack.Chinese(r.Article), r.Article), r.Confidence.Words().ZH),
			}}
		}
		if s.sets {
			for _, name := range r.Missing {
				m := r.Pack.Missing(name)
				out[m.Fact] = m
			}
		}
	}
	if o.fallback {
		name := "rule:" + string(o.regime.jurisdiction)
		out[name] = dataspace.Missing{Fact: name, Why: dataspace.Text{EN: "no rule covers this flow on this day", ZH: "当日没有规则涵盖此项流转"}}
	}
}

// asked are the open questions of rules that ask of some flows only.
func (res *result) asked() (out []bar.Question) {
	for _, o := range res.regimes {
		for i := range o.spoken {
			if s := &o.spoken[i]; s.wide && !s.rule.Asked.Empty() {
				out = append(out, bar.Question{Rule: s.rule, Hangs: s.answer.Hangs})
			}
		}
	}
	return out
}

// notExamined lists the law of a regime that may concern the flow and was not
// looked at.
func (w *writer) notExamined(o *outcome) (out []dataspace.Unexamined) {
	for _, e := range o.regime.asking {
		if a := w.known.holds(e); len(a.Hangs) > 0 && (a.Truth == pack.No || w.later[e.Rule]) {
			out = append(out, bar.Unexamined(e.Rule, w.known.law.facts, a))
		}
	}
	return out
}

// indifferent lists the open facts of which every possible answer leads to this
// result.
func (w *writer) indifferent(res *result) (out []dataspace.Missing) {
	slices.Sort(res.indifferent)
	for _, i := range res.indifferent {
		out = append(out, unknown.Indifferent(w.known.law.facts.At(i).Definition))
	}
	return out
}

func (w *writer) missingValue(r *pack.Rule, id int64, out map[string]dataspace.Missing) {
	if id >= pack.ItemBase {
		listed.Missing(w.known.scopeOf(r.Pack), r, id, w.known.accept, out)
		return
	}
	if id >= pack.NumberBase {
		m := r.Pack.Missing(r.Pack.NumberList()[id-pack.NumberBase].Name)
		out[m.Fact] = m
		return
	}
	if v := w.known.law.facts.At(int(id)); out[v.Name].Fact == "" {
		out[v.Name] = unknown.Needed(v.Definition, dataspace.Text{EN: r.Article, ZH: cmp.Or(r.Pack.Chinese(r.Article), r.Article)})
	}
}
