package conditional

import (
	"slices"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/pack"
	"hutong/internal/rules"
)

// law has the rules of a set by their ids.
type law map[dataspace.RuleID]*pack.Rule

func newLaw(set *rules.Set) law {
	l := law{}
	for _, p := range set.All() {
		for _, r := range p.Compiled() {
			l[r.ID] = r
		}
	}
	return l
}

// view is a decision, and between which outcomes the flow ends, whatever is true
// of the facts that are open.
type view struct {
	dataspace.Decision
	least, most dataspace.Outcome
}

// decided reports whether no open fact keeps the flow waiting for another outcome:
// what is open may add a demand, and leads to the same action.
func (v *view) decided() bool {
	return v.Verdict != dataspace.HumanReview || v.least == v.most && v.most.Verdict == dataspace.ActionRequired
}

// notIdentified is the value of a fact of which somebody says that nobody has
// looked. Rules read it, and whoever looks says something else.
const notIdentified = "unknown"

// open names the facts for which the flow waits: those that are missing, those that
// nobody has identified, and whether somebody said which edition of a list was
// looked at.
func (v *view) open(t *fact.Table) (out []string) {
	for _, m := range v.Missing {
		out = append(out, m.Fact)
	}
	for i := range v.Reasons {
		if !v.Reasons[i].Decisive {
			continue
		}
		for name, value := range v.Reasons[i].Facts {
			if (value == notIdentified || value == false && editions(t, name)) && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return out
}

// editions reports whether a fact says that the edition of a list was named.
func editions(t *fact.Table, name string) bool {
	for i := range t.Len() {
		if d := t.At(i); d.Standing != nil && d.Standing.Edition == name {
			return true
		}
	}
	return false
}

func (s *search) view(d dataspace.Decision) view {
	v := view{Decision: d, least: dataspace.Outcome{Verdict: dataspace.Cleared}, most: dataspace.Outcome{Verdict: dataspace.Cleared}}
	for _, r := range d.Regimes {
		least := dataspace.Outcome{Pathway: r.Pathway, Verdict: r.Verdict}
		most := least
		if r.Verdict == dataspace.HumanReview {
			least, most = s.law.between(&d, r)
		}
		v.least, v.most = stricter(v.least, least), stricter(v.most, most)
	}
	return v
}

// between says where a regime ends that waits for a person: its rules that may
// hold are the reasons that decide, and each has an outcome of its own.
func (l law) between(d *dataspace.Decision, o dataspace.RegimeOutcome) (least, most dataspace.Outcome) {
	most = dataspace.Outcome{Verdict: dataspace.Cleared}
	least = dataspace.Outcome{Verdict: dataspace.Prohibited, Pathway: "prohibited"}
	floor, some := dataspace.Cleared, false
	for i := range d.Reasons {
		reason := &d.Reasons[i]
		r := l[reason.Rule]
		if r == nil || r.Side != o.Side || r.Pack.Jurisdiction() != o.Jurisdiction {
			continue
		}
		own := dataspace.Outcome{Verdict: ownVerdict(d, r), Pathway: r.Pathway}
		switch {
		case !reason.Decisive && r.Kind == pack.ObligationRule && own.Verdict != dataspace.Cleared:
			floor = floor.Stricter(own.Verdict)
		case !reason.Decisive:
			continue
		case r.Kind == pack.PathwayRule:
			if some = true; milder(own, least) {
				least = own
			}
		case own.Verdict == dataspace.Prohibited:
			own.Pathway = "prohibited"
		}
		most = join(most, own)
	}
	if unruled(d, o) {
		most = join(most, dataspace.Outcome{Verdict: dataspace.HumanReview})
	}
	if most.Verdict == dataspace.HumanReview {
		most.Pathway = "human_review"
	}
	if !some {
		least = dataspace.Outcome{Verdict: dataspace.Cleared}
		if o.Pathway != "human_review" {
			least.Pathway, most.Pathway = o.Pathway, join(most, dataspace.Outcome{Pathway: o.Pathway, Verdict: dataspace.Cleared}).Pathway
		}
	}
	least.Verdict = least.Verdict.Stricter(floor)
	return least, most
}

// join takes the stricter verdict and the stricter pathway.
func join(a, b dataspace.Outcome) dataspace.Outcome {
	a.Verdict = a.Verdict.Stricter(b.Verdict)
	if slices.Index(pack.Pathways, b.Pathway) > slices.Index(pack.Pathways, a.Pathway) {
		a.Pathway = b.Pathway
	}
	return a
}

// ownVerdict is the verdict to which a rule leads at most, if it holds.
func ownVerdict(d *dataspace.Decision, r *pack.Rule) dataspace.Verdict {
	if slices.ContainsFunc(d.Missing, func(m dataspace.Missing) bool { return m.Fact == "rule:"+string(r.ID) }) {
		return dataspace.HumanReview
	}
	switch r.Kind {
	case pack.PathwayRule:
		v := r.Verdict
		if len(r.Missing) > 0 && !r.Perhaps {
			v = v.Stricter(dataspace.HumanReview)
		}
		if len(r.Demands) > 0 {
			v = v.Stricter(dataspace.ActionRequired)
		}
		return v
	case pack.BarRule:
		return r.Bar
	case pack.ObligationRule:
		if stops(d, r.Obligation.ID) {
			return dataspace.ActionRequired
		}
	}
	return dataspace.Cleared
}

// unruled reports whether no rule, or no pack, may cover the flow.
func unruled(d *dataspace.Decision, o dataspace.RegimeOutcome) bool {
	return slices.ContainsFunc(d.Missing, func(m dataspace.Missing) bool {
		return m.Fact == "rule:"+string(o.Jurisdiction) || strings.HasPrefix(m.Fact, "pack:")
	})
}

// surely are the obligations of rules that surely hold, in both decisions open and
// to be fulfilled before delivery.
func (l law) surely(hold []dataspace.RuleID, d, other *dataspace.Decision) (out []string) {
	for _, id := range hold {
		r := l[id]
		if r == nil || r.Obligation == nil {
			continue
		}
		if id := r.Obligation.ID; stops(d, id) && stops(other, id) && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// stops reports whether an obligation is open and stops the delivery.
func stops(d *dataspace.Decision, id string) bool {
	return slices.ContainsFunc(d.Obligations, func(o dataspace.Obligation) bool { return o.ID == id && o.BeforeDelivery && !o.Satisfied })
}
