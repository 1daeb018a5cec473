package rules

import (
	"fmt"
	"maps"
	"slices"
	"sort"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"hutong/internal/dataspace"
)

// defaultAccept are the tags a decision may rest on where the facts name none.
var defaultAccept = []dataspace.Confidence{dataspace.VerbatimSourceSeen, dataspace.Secondary, dataspace.Derived}

// Decide evaluates every regime that applies to the flow. It fails with
// ErrInvalid when the facts do not have the form of facts.schema.json; it
// never fails because a fact is missing.
func (s *Set) Decide(f dataspace.Facts) (dataspace.Decision, error) {
	if err := checkFacts(&f); err != nil {
		return dataspace.Decision{}, err
	}
	doc, err := dataspace.NewDocument(f)
	if err != nil {
		return dataspace.Decision{}, fmt.Errorf("hash facts: %w", err)
	}
	e := s.evaluation(&f)
	defer e.release()
	res := e.run()
	d := e.decision(res)
	d.FactsSHA256 = doc.Digest()
	if res.verdict != dataspace.Cleared {
		d.Changes = e.changes(res)
	}
	return d, nil
}

// Brief decides without what would change it, and without the digest of the
// facts: for those who ask often.
func (s *Set) Brief(f dataspace.Facts) (dataspace.Decision, error) {
	if err := checkFacts(&f); err != nil {
		return dataspace.Decision{}, err
	}
	e := s.evaluation(&f)
	defer e.release()
	return e.decision(e.run()), nil
}

// decision is the result in the form of decision.schema.json, without the
// digest of the facts and what would change it.
func (e *evaluation) decision(res *result) dataspace.Decision {
	d := dataspace.Decision{
		Verdict:      res.verdict,
		Handling:     e.handling(),
		Packs:        e.set.Packs(),
		Recognitions: e.set.Recognitions(),
	}
	e.report(res, &d)
	d.Warnings = append(e.warnings(res), e.near()...)
	return d
}

// evaluation is one look at one set of facts. Not safe for concurrent use.
type evaluation struct {
	set    *Set
	facts  *dataspace.Facts
	values []ref.Val
	scopes []scope
	accept []dataspace.Confidence
	assume map[*Rule]bool // bars and obligations taken as satisfied
	light  bool           // only the verdict matters

	applied []answer // by pack and side, once evaluated
	answers []answer // by rule, once evaluated

	possible   []spoken // scratch of light evaluations
	weights    []dataspace.Verdict
	kept       []answer // what was known before something was supposed
	keptValues []ref.Val
	rooms      [][]spoken // see room
	roomsTaken int
	looked     []looked
	stubborn   []*Rule                       // see unmoved
	readers    [][]int                       // see Set.readers; nil until a fact changes
	left       map[*dataspace.Instrument]int // see uncovered
}

func (s *Set) evaluation(f *dataspace.Facts) *evaluation {
	return s.between(f.Exporter.Jurisdiction, f.Recipient.Jurisdiction).knowing(f)
}

// knowing is an evaluation by every pack of the set.
func (s *Set) knowing(f *dataspace.Facts) *evaluation {
	e := s.begin(f)
	for i := range variables {
		if v := variables[i].read(f); v != nil {
			e.values[i] = v
		}
	}
	return e
}

// begin is an evaluation by every pack of the set that knows no fact yet.
func (s *Set) begin(f *dataspace.Facts) *evaluation {
	e, _ := s.used.Get().(*evaluation)
	if e == nil || e.set != s {
		e = &evaluation{
			set: s, values: slices.Clone(unknowns), scopes: make([]scope, len(s.packs)),
			applied: make([]answer, 2*len(s.packs)), answers: make([]answer, s.rules), left: map[*dataspace.Instrument]int{},
		}
		for i, p := range s.packs {
			e.scopes[i] = scope{pack: p, list: s.list(p), facts: e.values, memo: make([]ref.Val, len(p.define)+len(listNames))}
		}
	}
	e.facts, e.accept = f, f.AcceptConfidence
	if len(e.accept) == 0 {
		e.accept = defaultAccept
	}
	for i := range e.scopes {
		e.scopes[i].chosen, e.scopes[i].accept = f.Switches, e.accept
	}
	return e
}

// release gives the evaluation back for the facts of another flow. Nothing may
// use it afterwards.
func (e *evaluation) release() {
	e.facts, e.accept, e.assume, e.light, e.stubborn = nil, nil, nil, false, nil
	clear(e.left)
	copy(e.values, unknowns)
	clear(e.possible[:cap(e.possible)])
	for _, room := range e.rooms {
		clear(room[:cap(room)])
	}
	clear(e.looked)
	e.roomsTaken, e.looked = 0, e.looked[:0]
	e.reset()
	e.set.used.Put(e)
}

// reset forgets what was evaluated.
func (e *evaluation) reset() {
	for i := range e.scopes {
		clear(e.scopes[i].memo)
	}
	clear(e.applied)
	clear(e.answers)
}

// change gives one fact another value and forgets what hung on it.
func (e *evaluation) change(i int, v ref.Val) {
	e.values[i] = v
	if i == elementsFact {
		clear(e.left)
	}
	for at, p := range e.set.packs {
		for j := range p.define {
			if p.reads[j].has(i) {
				e.scopes[at].memo[j] = nil
			}
		}
		clear(e.scopes[at].memo[len(p.define):])
		if p.guarded.has(i) {
			e.applied[2*at], e.applied[2*at+1] = answer{}, answer{}
		}
	}
	if e.readers == nil {
		e.readers = e.set.readers()
	}
	for _, answered := range e.readers[i] {
		e.answers[answered] = answer{}
	}
}

// readers are for each fact the rules, by their number among all of the set,
// that hang on it.
func (s *Set) readers() [][]int {
	out := make([][]int, len(variables))
	for at, p := range s.packs {
		for _, r := range p.rules {
			for i := range variables {
				if r.reads.has(i) {
					out[i] = append(out[i], s.offsets[at]+r.number)
				}
			}
		}
	}
	return out
}

// applies reports whether a pack rules the flow on a side.
func (e *evaluation) applies(at int, side dataspace.Side) answer {
	known := &e.applied[2*at]
	if side == dataspace.ImportSide {
		known = &e.applied[2*at+1]
	}
	if known.truth == 0 {
		*known = e.set.packs[at].sides[side].eval(&e.scopes[at])
	}
	return *known
}

func (e *evaluation) accepts(c dataspace.Confidence) bool {
	for _, a := range e.accept {
		if a == c {
			return true
		}
	}
	return false
}

// result is the outcome over all regimes.
type result struct {
	verdict   dataspace.Verdict
	regimes   []*outcome
	uncovered dataspace.Jurisdiction // on the side needed, that no regime rules
}

func (e *evaluation) run() *result {
	res := &result{verdict: dataspace.Cleared, uncovered: e.facts.Exporter.Jurisdiction}
	if e.set.needed == dataspace.ImportSide {
		res.uncovered = e.facts.Recipient.Jurisdiction
	}
	for _, r := range e.set.regimes {
		o := e.regime(r)
		if o == nil {
			continue
		}
		res.regimes = append(res.regimes, o)
		res.verdict = res.verdict.Stricter(o.verdict)
		if r.side == e.set.needed && e.covers(r, res.uncovered) {
			res.uncovered = ""
		}
	}
	if res.uncovered != "" {
		res.verdict = res.verdict.Stricter(dataspace.HumanReview)
	}
	return res
}

// covers reports whether a regime that applies is one of the jurisdiction: its
// own, or one that a pack which applies rules too.
func (e *evaluation) covers(r *regime, j dataspace.Jurisdiction) bool {
	if r.jurisdiction == j {
		return true
	}
	for _, at := range r.packs {
		y := &e.set.packs[at].doc
		if slices.Contains(y.Covers, j) && e.applies(at, r.side).truth != no {
			return true
		}
	}
	return false
}

// report writes the result into the decision.
func (e *evaluation) report(res *result, d *dataspace.Decision) {
	missing := map[string]dataspace.Missing{}
	reasons := 0
	for _, o := range res.regimes {
		reasons += len(o.spoken)
	}
	d.Regimes = make([]dataspace.RegimeOutcome, 0, len(res.regimes)+1)
	d.Reasons = make([]dataspace.Reason, 0, reasons)
	d.Obligations = []dataspace.Obligation{}
	for _, o := range res.regimes {
		d.Regimes = append(d.Regimes, dataspace.RegimeOutcome{
			Jurisdiction: o.regime.jurisdiction, Side: o.regime.side,
			Pathway: o.pathway, Verdict: o.verdict, Counted: o.counted,
		})
		for _, s := range o.spoken {
			d.Reasons = append(d.Reasons, e.reason(s, o, res.verdict))
		}
		if len(d.Obligations) == 0 && len(o.obligations) > 0 {
			d.Obligations = o.obligations // of most decisions these are all
		} else {
			d.Obligations = append(d.Obligations, o.obligations...)
		}
		if o.verdict.Severity() >= dataspace.HumanReview.Severity() {
			e.missing(o, missing)
		}
	}
	if res.uncovered != "" {
		j := string(res.uncovered)
		d.Regimes = append(d.Regimes, dataspace.RegimeOutcome{
			Jurisdiction: res.uncovered, Side: e.set.needed,
			Pathway: "human_review", Verdict: dataspace.HumanReview, Counted: true,
		})
		missing["pack:"+j] = dataspace.Missing{Fact: "pack:" + j, Why: dataspace.Text{
			EN: "no pack for jurisdiction " + j + " rules this flow on the " + string(e.set.needed) + " side",
			ZH: "没有适用于法域" + j + "此项流转的规则包",
		}}
	}
	sort.SliceStable(d.Regimes, func(i, j int) bool {
		a, b := d.Regimes[i], d.Regimes[j]
		return a.Side < b.Side || a.Side == b.Side && a.Jurisdiction < b.Jurisdiction
	})
	sort.SliceStable(d.Reasons, func(i, j int) bool { return d.Reasons[i].Decisive && !d.Reasons[j].Decisive })
	for _, k := range sortedKeys(missing) {
		d.Missing = append(d.Missing, missing[k])
	}
}

func (e *evaluation) reason(s spoken, o *outcome, verdict dataspace.Verdict) dataspace.Reason {
	r := s.rule
	out := dataspace.Reason{
		Rule: r.ID, Pack: r.Pack.doc.ID, Article: r.Article, Source: r.Source, Confidence: r.Confidence,
		Decisive: s.sets && s.weight == verdict && o.verdict == verdict,
		Text:     e.withItems(r, r.Text),
	}
	if len(r.switches) == 0 {
		out.Facts = e.lookedAt(r.looksAt)
		return out
	}
	out.Facts = maps.Clone(e.lookedAt(r.looksAt))
	if out.Facts == nil {
		out.Facts = make(map[string]any, len(r.switches))
	}
	for _, i := range r.switches {
		name := r.Pack.switches[i]
		out.Facts["switch."+name] = r.Pack.choice(name, e.facts.Switches)
	}
	return out
}

// looked is what rules looked at that look at the same facts of a flow. The
// reasons of a decision share it.
type looked struct {
	at     *int // the first of rule.looksAt, which is one slice for all of them
	values map[string]any
}

func (e *evaluation) lookedAt(facts []int) map[string]any {
	if len(facts) == 0 {
		return nil
	}
	for _, l := range e.looked {
		if l.at == &facts[0] {
			return l.values
		}
	}
	l := looked{&facts[0], make(map[string]any, len(facts))}
	for _, i := range facts {
		l.values[variables[i].name] = native(e.values[i])
	}
	e.looked = append(e.looked, l)
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
