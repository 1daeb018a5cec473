package examine

import (
	"fmt"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
)

// compare lists how a decision differs from the expected one.
func compare(p *pack.Pack, x *expectYAML, d *dataspace.Decision) []string {
	side := x.Side
	if side == "" {
		side = dataspace.ExportSide
		if _, ok := p.Document().Sides[side]; !ok {
			side = dataspace.ImportSide
		}
	}
	var fails []string
	fail := func(format string, args ...any) { fails = append(fails, fmt.Sprintf(format, args...)) }
	at := slices.IndexFunc(d.Regimes, func(r dataspace.RegimeOutcome) bool {
		return r.Jurisdiction == p.Jurisdiction() && r.Side == side
	})
	if x.Applies != nil && !*x.Applies {
		if spoke(p, d) {
			fail("the pack applies")
		}
		return fails
	}
	if at < 0 {
		return append(fails, "the pack does not apply")
	}
	r := d.Regimes[at]
	if x.Pathway != "" && r.Pathway != x.Pathway {
		fail("pathway %s, expected %s", r.Pathway, x.Pathway)
	}
	if x.Verdict != "" && r.Verdict != x.Verdict {
		fail("verdict %s, expected %s", r.Verdict, x.Verdict)
	}
	if x.Counted != nil && r.Counted != *x.Counted {
		fail("counted %t, expected %t", r.Counted, *x.Counted)
	}
	return append(append(fails, compareReasons(x, d)...), compareObligations(x, d)...)
}

func spoke(p *pack.Pack, d *dataspace.Decision) bool {
	return slices.ContainsFunc(d.Reasons, func(r dataspace.Reason) bool { return r.Pack == p.Ref().ID })
}

func compareReasons(x *expectYAML, d *dataspace.Decision) (fails []string) {
	spoke := map[dataspace.RuleID]bool{} // value: decisive
	for _, r := range d.Reasons {
		spoke[r.Rule] = r.Decisive
	}
	for _, id := range x.Reasons {
		if _, ok := spoke[id]; !ok {
			fails = append(fails, fmt.Sprintf("no reason %s", id))
		}
	}
	for _, id := range x.Decisive {
		if !spoke[id] {
			fails = append(fails, fmt.Sprintf("reason %s is not decisive", id))
		}
	}
	for _, id := range x.Absent {
		if _, ok := spoke[dataspace.RuleID(id)]; ok {
			fails = append(fails, fmt.Sprintf("reason %s should not appear", id))
		}
	}
	skipped := map[dataspace.RuleID]bool{}
	for _, u := range d.NotExamined {
		skipped[u.Rule] = true
	}
	for _, id := range x.NotExamined {
		if !skipped[id] {
			fails = append(fails, fmt.Sprintf("rule %s was looked at, or does not concern the flow", id))
		}
	}
	for _, id := range x.Absent {
		if skipped[dataspace.RuleID(id)] {
			fails = append(fails, fmt.Sprintf("rule %s should not be among those that were not looked at", id))
		}
	}
	warned := map[string]bool{}
	for _, w := range d.Warnings {
		warned[w.Kind+":"+w.InstrumentKind] = true
	}
	for _, w := range x.Warnings {
		if !warned[w] {
			fails = append(fails, fmt.Sprintf("no warning %s, has %v", w, sorted(warned)))
		}
	}
	for _, id := range x.Absent {
		if warned[id] {
			fails = append(fails, fmt.Sprintf("warning %s should not appear", id))
		}
	}
	missing := map[string]bool{}
	for _, m := range d.Missing {
		missing[m.Fact] = true
	}
	for _, m := range x.Missing {
		if !missing[m] {
			fails = append(fails, fmt.Sprintf("missing lacks %s, has %v", m, sorted(missing)))
		}
	}
	handled := map[string]string{}
	for _, h := range d.Handling {
		handled[string(h.Element)] = string(h.Action)
	}
	for _, el := range sorted(x.Handling) {
		if want := x.Handling[el]; handled[el] != want && (want != "keep" || handled[el] != "") {
			fails = append(fails, fmt.Sprintf("%s is to be treated with %q, expected %s", el, handled[el], want))
		}
	}
	return fails
}

func compareObligations(x *expectYAML, d *dataspace.Decision) (fails []string) {
	got := map[string]dataspace.Obligation{}
	for _, o := range d.Obligations {
		got[o.ID] = o
	}
	for _, id := range x.Obligations {
		if o, ok := got[id]; !ok || o.Satisfied {
			fails = append(fails, fmt.Sprintf("obligation %s is not open", id))
		}
	}
	for _, id := range x.Satisfied {
		if o, ok := got[id]; !ok || !o.Satisfied {
			fails = append(fails, fmt.Sprintf("obligation %s is not satisfied", id))
		}
	}
	for _, id := range x.Absent {
		if _, ok := got[id]; ok {
			fails = append(fails, fmt.Sprintf("obligation %s should not appear", id))
		}
	}
	for _, id := range sorted(x.Due) {
		if due := day(got[id].Due); due != x.Due[id] {
			fails = append(fails, fmt.Sprintf("obligation %s is due %q, expected %q", id, due, x.Due[id]))
		}
	}
	for _, id := range sorted(x.Through) {
		if o := got[id]; !slices.Equal(o.Through, x.Through[id]) {
			fails = append(fails, fmt.Sprintf("obligation %s is satisfied through %v, expected %v", id, o.Through, x.Through[id]))
		}
	}
	for _, id := range sorted(x.Until) {
		if until := day(got[id].Until); until != x.Until[id] {
			fails = append(fails, fmt.Sprintf("obligation %s is to be kept until %q, expected %q", id, until, x.Until[id]))
		}
	}
	return fails
}

func day(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
