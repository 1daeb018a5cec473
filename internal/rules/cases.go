package rules

import (
	"fmt"
	"slices"
	"strings"

	"hutong/internal/dataspace"
)

// TestReport is the outcome of a pack's own cases.
type TestReport struct {
	Pack  dataspace.PackRef `json:"pack"`
	Cases []CaseResult      `json:"cases"`
	// Decided names for each rule the cases in which it spoke with its full
	// effect: the pathway it alone chose, the bar or obligation that surely
	// held, the note, the treatment it asked for.
	Decided   map[dataspace.RuleID][]string `json:"decided"`
	Undecided []dataspace.RuleID            `json:"undecided,omitempty"`
	Err       string                        `json:"error,omitempty"` // the cases could not be run
}

// CaseResult is one case and what did not turn out as expected.
type CaseResult struct {
	ID       string   `json:"id"`
	Why      string   `json:"why,omitempty"`
	Failures []string `json:"failures,omitempty"`
}

// OK reports whether there were cases, all held, and each rule was decided.
func (r *TestReport) OK() bool {
	if r.Err != "" || len(r.Cases) == 0 || len(r.Undecided) > 0 {
		return false
	}
	for _, c := range r.Cases {
		if len(c.Failures) > 0 {
			return false
		}
	}
	return true
}

type casesYAML struct {
	Defaults map[string]any `yaml:"defaults"`
	// Items are those of a list made up for the cases that ask for it, in the
	// form of items.csv; the pack's own play no part in its cases.
	Items string `yaml:"items"`
	// Effective is the first day on which that list relieves.
	Effective  string             `yaml:"effective"`
	Cases      []caseYAML         `yaml:"cases"`
	Incidents  []incidentCaseYAML `yaml:"incidents"`
	Equivalent []excuseYAML       `yaml:"equivalent"`
}

// excuseYAML names a mutant that no case can notice, and why; see Mutate.
type excuseYAML struct {
	Mutant string `yaml:"mutant"`
	Why    string `yaml:"why"`
}

type caseYAML struct {
	ID      string         `yaml:"id"`
	Facts   map[string]any `yaml:"facts"`
	List    bool           `yaml:"list"`    // the items of the file are loaded
	Without []string       `yaml:"without"` // facts of the defaults that are not known here
	Counts  map[string]any `yaml:"counts"`
	Expect  expectYAML     `yaml:"expect"`
	Why     string         `yaml:"why"`
}

type expectYAML struct {
	Side        dataspace.Side     `yaml:"side"` // export when empty and the pack has it
	Applies     *bool              `yaml:"applies"`
	Pathway     string             `yaml:"pathway"`
	Verdict     dataspace.Verdict  `yaml:"verdict"`
	Counted     *bool              `yaml:"counted"`
	Decisive    []dataspace.RuleID `yaml:"decisive"`
	Reasons     []dataspace.RuleID `yaml:"reasons"`
	Obligations []string           `yaml:"obligations"` // open ones
	Satisfied   []string           `yaml:"satisfied"`
	Absent      []string           `yaml:"absent"` // rules, obligations and warnings that must not appear
	Due         map[string]string  `yaml:"due"`    // by obligation; "" for none
	Until       map[string]string  `yaml:"until"`  // by obligation; "" for none
	Missing     []string           `yaml:"missing"`
	// Through are the recognitions by which an obligation is satisfied, by
	// obligation, in order; none where the list is empty.
	Through  map[string][]string `yaml:"through"`
	Warnings []string            `yaml:"warnings"` // renew:<kind>, refile:<kind>
	Handling map[string]string   `yaml:"handling"`
}

// Test runs the pack's tests.yaml against the pack, together with the pack it
// overlays (loaded beside it, or given).
func (p *Pack) Test(with ...*Pack) TestReport {
	report := TestReport{Pack: p.Ref(), Decided: map[dataspace.RuleID][]string{}}
	set, err := p.testSet(with)
	if err != nil {
		report.Err = err.Error()
		return report
	}
	y, err := p.readCases()
	if err != nil {
		report.Err = err.Error()
		return report
	}
	list, err := p.caseList(&y)
	if err != nil {
		report.Err = err.Error()
		return report
	}
	sets := p.withLists(set, list)
	seen := map[string]bool{}
	for _, c := range y.Cases {
		set := sets[nil]
		if c.List {
			set = sets[list]
		}
		res := CaseResult{ID: c.ID, Why: c.Why}
		if c.ID == "" || seen[c.ID] {
			res.Failures = append(res.Failures, "case has no id of its own")
		}
		seen[c.ID] = true
		res.Failures = append(res.Failures, p.testCase(set, y.Defaults, c, report.Decided)...)
		report.Cases = append(report.Cases, res)
	}
	for _, c := range y.Incidents {
		res := CaseResult{ID: c.ID, Why: c.Why}
		if c.ID == "" || seen[c.ID] {
			res.Failures = append(res.Failures, "case has no id of its own")
		}
		seen[c.ID] = true
		res.Failures = append(res.Failures, p.testIncident(c, report.Decided)...)
		report.Cases = append(report.Cases, res)
	}
	for _, id := range p.ruleIDs() {
		if len(report.Decided[id]) == 0 {
			report.Undecided = append(report.Undecided, id)
		}
	}
	slices.Sort(report.Undecided)
	return report
}

func (p *Pack) readCases() (y casesYAML, err error) {
	if p.cases == nil {
		return y, fmt.Errorf("the pack has no %s", caseFile)
	}
	if err := decodeStrict(string(p.yaml.ID)+"/"+caseFile, p.cases, &y); err != nil {
		return y, err
	}
	if len(y.Cases)+len(y.Incidents) == 0 {
		return y, fmt.Errorf("%s has no cases", caseFile)
	}
	return y, nil
}

func (p *Pack) testSet(with []*Pack) (*Set, error) {
	packs := append([]*Pack{p}, with...)
	if len(with) == 0 && p.base != nil {
		packs = append(packs, p.base)
	}
	return NewSampleSet(packs...)
}

// caseList is the list that was made up for the cases; nil when there is none.
func (p *Pack) caseList(y *casesYAML) (*itemList, error) {
	if y.Items == "" {
		return nil, nil
	}
	items, err := ParseItems(string(p.yaml.ID)+"/"+caseFile+"#items", []byte(y.Items))
	if err != nil {
		return nil, err
	}
	return newItemList(items, y.Effective), nil
}

// withLists are the sets in which the cases run, by what stands in for the
// pack's own list: nothing, or the list made up for the cases.
func (p *Pack) withLists(set *Set, list *itemList) map[*itemList]*Set {
	sets := map[*itemList]*Set{}
	for _, l := range []*itemList{nil, list} {
		s := *set
		s.lists = map[*Pack]*itemList{p: l}
		sets[l] = s.index()
	}
	return sets
}

func (p *Pack) testCase(set *Set, defaults map[string]any, c caseYAML, decided map[dataspace.RuleID][]string) []string {
	f, err := c.facts(defaults)
	if err != nil {
		return []string{err.Error()}
	}
	if err := set.CheckSwitches(f.Switches); err != nil {
		return []string{err.Error()}
	}
	d, err := set.Decide(f)
	if err != nil {
		return []string{err.Error()}
	}
	for _, id := range set.decided(&f) {
		if slices.Contains(p.ruleIDs(), id) {
			decided[id] = append(decided[id], c.ID)
		}
	}
	return p.compare(c.Expect, d)
}

// facts of the case: its own over the defaults.
func (c *caseYAML) facts(defaults map[string]any) (dataspace.Facts, error) {
	doc := mergeFacts(defaults, c.Facts)
	for _, path := range c.Without {
		if !remove(doc, path) {
			return dataspace.Facts{}, fmt.Errorf("without: %s is not in the facts", path)
		}
	}
	if c.Counts != nil {
		doc["counts"] = c.Counts
	}
	return factsOf(doc)
}

// decided lists the rules that spoke with their full effect.
func (s *Set) decided(f *dataspace.Facts) []dataspace.RuleID {
	e := s.evaluation(f)
	defer e.release()
	var ids []dataspace.RuleID
	for _, o := range e.run().regimes {
		for _, sp := range o.spoken {
			if !sp.wide && sp.answer.truth == yes {
				ids = append(ids, sp.rule.ID)
			}
		}
	}
	for _, h := range e.handling() {
		if !slices.Contains(ids, h.Rule) {
			ids = append(ids, h.Rule)
		}
	}
	return ids
}

func (p *Pack) compare(x expectYAML, d dataspace.Decision) []string {
	side := x.Side
	if side == "" {
		side = dataspace.ExportSide
		if _, ok := p.yaml.Sides[side]; !ok {
			side = dataspace.ImportSide
		}
	}
	var fails []string
	fail := func(format string, args ...any) { fails = append(fails, fmt.Sprintf(format, args...)) }
	at := slices.IndexFunc(d.Regimes, func(r dataspace.RegimeOutcome) bool {
		return r.Jurisdiction == p.yaml.Jurisdiction && r.Side == side
	})
	if x.Applies != nil && !*x.Applies {
		if p.spoke(d) {
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

func (p *Pack) spoke(d dataspace.Decision) bool {
	return slices.ContainsFunc(d.Reasons, func(r dataspace.Reason) bool { return r.Pack == p.yaml.ID })
}

func compareReasons(x expectYAML, d dataspace.Decision) (fails []string) {
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
	warned := map[string]bool{}
	for _, w := range d.Warnings {
		warned[w.Kind+":"+w.InstrumentKind] = true
	}
	for _, w := range x.Warnings {
		if !warned[w] {
			fails = append(fails, fmt.Sprintf("no warning %s, has %v", w, sortedKeys(warned)))
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
			fails = append(fails, fmt.Sprintf("missing lacks %s, has %v", m, sortedKeys(missing)))
		}
	}
	handled := map[string]string{}
	for _, h := range d.Handling {
		handled[string(h.Element)] = string(h.Action)
	}
	for _, el := range sortedKeys(x.Handling) {
		if want := x.Handling[el]; handled[el] != want && (want != "keep" || handled[el] != "") {
			fails = append(fails, fmt.Sprintf("%s is to be treated with %q, expected %s", el, handled[el], want))
		}
	}
	return fails
}

func compareObligations(x expectYAML, d dataspace.Decision) (fails []string) {
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
	for _, id := range sortedKeys(x.Due) {
		if due := day(got[id].Due); due != x.Due[id] {
			fails = append(fails, fmt.Sprintf("obligation %s is due %q, expected %q", id, due, x.Due[id]))
		}
	}
	for _, id := range sortedKeys(x.Through) {
		if o := got[id]; !slices.Equal(o.Through, x.Through[id]) {
			fails = append(fails, fmt.Sprintf("obligation %s is satisfied through %v, expected %v", id, o.Through, x.Through[id]))
		}
	}
	for _, id := range sortedKeys(x.Until) {
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

// mergeFacts lays b over a, key by key; neither is changed.
func mergeFacts(a, b map[string]any) map[string]any {
	out := make(map[string]any, len(a)+len(b))
	for k, v := range a {
		if m, ok := v.(map[string]any); ok {
			v = mergeFacts(m, nil)
		}
		out[k] = v
	}
	for k, v := range b {
		old, isOld := out[k].(map[string]any)
		m, isNew := v.(map[string]any)
		if isOld && isNew {
			v = mergeFacts(old, m)
		}
		out[k] = v
	}
	return out
}

// remove takes a dotted path out of facts.
func remove(doc map[string]any, path string) bool {
	for {
		head, rest, deeper := strings.Cut(path, ".")
		if !deeper {
			_, ok := doc[head]
			delete(doc, head)
			return ok
		}
		next, ok := doc[head].(map[string]any)
		if !ok {
			return false
		}
		doc, path = next, rest
	}
}
