package rules

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"hutong/internal/dataspace"
	"hutong/internal/homezone"
	"hutong/internal/pack"
	"hutong/internal/workday"
)

// writer writes a result into a decision: the outcome of each regime, the reasons,
// and the missing facts.
type writer struct {
	known      *knowledge
	fulfilment *fulfilment
	looked     []looked
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
		if o.verdict.Severity() >= dataspace.HumanReview.Severity() {
			w.missing(o, missing)
		}
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
	out.Rule, out.Pack, out.Article, out.Source, out.Confidence = r.ID, r.Pack.ID(), r.Article, r.Source, r.Confidence
	out.Decisive, out.Text = decisive, w.withItems(r, r.Text)
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
		l.values[w.known.law.facts.At(n).Name] = native(w.known.values[n])
	}
	w.looked = append(w.looked, l)
	return l.values
}

func native(v ref.Val) any {
	switch v := v.(type) {
	case types.Bool:
		return bool(v)
	case types.Int:
		return int64(v)
	case types.String:
		return string(v)
	case *types.Unknown:
		return nil
	}
	return v.Value()
}

// missing collects the unknown facts behind a regime's human review.
func (w *writer) missing(o *outcome, out map[string]dataspace.Missing) {
	for _, s := range o.spoken {
		r := s.rule
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
				ZH: fmt.Sprintf("%s的可信度仅为%s，不在可接受范围内", r.Article, r.Confidence),
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

// indifferent lists the open facts of which every possible answer leads to this
// result.
func (w *writer) indifferent(res *result) (out []dataspace.Missing) {
	slices.Sort(res.indifferent)
	for _, i := range res.indifferent {
		v := w.known.law.facts.At(i)
		m := dataspace.Missing{Fact: v.Name, Why: dataspace.Text{
			EN: "not known: " + v.Text.EN + "; every possible answer leads to this verdict",
			ZH: "未知：" + v.Text.ZH + "；任何可能的答案均不改变本结论",
		}}
		if ask := v.Ask; ask.EN != "" {
			m.Ask = &ask
		}
		out = append(out, m)
	}
	return out
}

func (w *writer) missingValue(r *pack.Rule, id int64, out map[string]dataspace.Missing) {
	if id >= pack.ItemBase {
		w.listMissing(r, id, out)
		return
	}
	if id >= pack.NumberBase {
		m := r.Pack.Missing(r.Pack.NumberList()[id-pack.NumberBase].Name)
		out[m.Fact] = m
		return
	}
	v := w.known.law.facts.At(int(id))
	if _, ok := out[v.Name]; ok {
		return
	}
	m := dataspace.Missing{Fact: v.Name, Why: dataspace.Text{
		EN: "not known: " + v.Text.EN + "; " + r.Article + " depends on it",
		ZH: "未知：" + v.Text.ZH + "；" + r.Article + "的适用取决于此",
	}}
	if ask := v.Ask; ask.EN != "" {
		m.Ask = &ask
	}
	out[v.Name] = m
}

// listMissing names the unknown value of a list.
func (w *writer) listMissing(r *pack.Rule, id int64, out map[string]dataspace.Missing) {
	s := w.known.scopeOf(r.Pack)
	from := string(r.Pack.ID())
	add := func(name string, m dataspace.Missing) {
		m.Fact = from + "#" + name
		out[m.Fact] = m
	}
	switch {
	case id == pack.NoListID:
		add("items", dataspace.Missing{Why: dataspace.Text{EN: "the items of the list are not loaded", ZH: "负面清单数据项未载入"}})
	case id == pack.NotYetID:
		add("effective", dataspace.Missing{Why: dataspace.Text{
			EN: "the list is not in force on this day, or the day on which it took effect is not known",
			ZH: "清单在该日尚未施行，或者施行日期不明",
		}})
	case id == pack.StrangerID:
		scenario, _ := s.Fact("scenario").(types.String)
		for _, name := range pack.Strings(s.Fact("data.list_items")) {
			if s.List() != nil && s.List().Find(name, string(scenario)) == nil {
				add("item:"+name, dataspace.Missing{Why: dataspace.Text{
					EN: fmt.Sprintf("the list has no item %s in this scenario", name),
					ZH: fmt.Sprintf("该场景下清单中没有数据项%s", name),
				}})
			}
		}
	case s.List() != nil:
		it := &s.List().Items[id-pack.ItemBase]
		why := dataspace.Text{
			EN: fmt.Sprintf("a threshold of item %s %s is not known", it.ID, it.DisplayName().EN),
			ZH: fmt.Sprintf("数据项%s“%s”的阈值未知", it.ID, it.Name.ZH),
		}
		if !slices.Contains(w.known.accept, it.Confidence) {
			why = dataspace.Text{
				EN: fmt.Sprintf("item %s has the confidence %s, which the facts do not accept", it.ID, it.Confidence),
				ZH: fmt.Sprintf("数据项%s的可信度仅为%s，不在可接受范围内", it.ID, it.Confidence),
			}
		}
		add("item:"+it.ID, dataspace.Missing{Why: why, Where: it.Source})
	}
}

// maxNamed is the largest number of items in a reason.
const maxNamed = 5

// withItems adds the decisive items to a reason's text: those with the demand of
// the whole list, or with an unknown demand.
func (w *writer) withItems(r *pack.Rule, t dataspace.Text) dataspace.Text {
	if !r.AsksList {
		return t
	}
	s := w.known.scopeOf(r.Pack)
	if s.List() == nil {
		return t
	}
	matched, unknown := s.Matched()
	demand, known := s.Demand(matched, unknown).(types.String)
	var en, zh []string
	more := 0
	for _, it := range matched {
		if own, ok := s.ItemDemand(it).(types.String); ok && known && own != demand {
			continue
		}
		if len(en) == maxNamed {
			more++
			continue
		}
		en = append(en, fmt.Sprintf("%s %s (%s, %s)", it.ID, it.DisplayName().EN, it.Article, it.Source))
		zh = append(zh, fmt.Sprintf("%s %s（%s，%s）", it.ID, it.Name.ZH, it.Article, it.Source))
	}
	if len(en) == 0 {
		return t
	}
	if more > 0 {
		en, zh = append(en, fmt.Sprintf("%d more", more)), append(zh, fmt.Sprintf("另有%d项", more))
	}
	return dataspace.Text{
		EN: t.EN + " Items: " + strings.Join(en, "; ") + ".",
		ZH: t.ZH + "数据项：" + strings.Join(zh, "；") + "。",
	}
}
