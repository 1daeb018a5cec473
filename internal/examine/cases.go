package examine

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/item"
	"hutong/internal/pack"
	"hutong/internal/rules"
)

// TestReport is the outcome of a pack's own cases.
type TestReport struct {
	Pack  dataspace.PackRef `json:"pack"`
	Cases []CaseResult      `json:"cases"`
	// Decided lists for each rule the cases in which it had its full effect:
	// the pathway that it alone chose, the bar or obligation that surely held,
	// the note, the treatment that it asked for.
	Decided   map[dataspace.RuleID][]string `json:"decided"`
	Undecided []dataspace.RuleID            `json:"undecided,omitempty"`
	Err       string                        `json:"error,omitempty"` // the cases could not be run
}

// CaseResult is one case and its unexpected results.
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
	// Items are those of an invented list for the cases that ask for it, in the
	// form of items.csv; the cases do not use the pack's own list.
	Items string `yaml:"items"`
	// Effective is the first day on which that list applies.
	Effective  string             `yaml:"effective"`
	Cases      []caseYAML         `yaml:"cases"`
	Incidents  []incidentCaseYAML `yaml:"incidents"`
	Equivalent []excuseYAML       `yaml:"equivalent"`
}

// excuseYAML names a mutant that no case can detect, and why; see Mutate.
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
	// NotExamined are rules at which the decision did not look.
	NotExamined []dataspace.RuleID `yaml:"not_examined"`
}

// caseFile is the file of a pack's folder that holds its cases.
const caseFile = "tests.yaml"

// Test runs the cases of a pack against it, together with the pack it overlays
// (loaded beside it, or given).
func Test(p *pack.Pack, with ...*pack.Pack) TestReport {
	report := TestReport{Pack: p.Ref(), Decided: map[dataspace.RuleID][]string{}}
	if err := report.run(p, with); err != nil {
		report.Err = err.Error()
	}
	return report
}

func (r *TestReport) run(p *pack.Pack, with []*pack.Pack) error {
	set, err := rules.Alone(p, with...)
	if err != nil {
		return err
	}
	if err := set.CheckWords(); err != nil {
		return err
	}
	y, err := readCases(p)
	if err != nil {
		return err
	}
	list, err := y.list(p)
	if err != nil {
		return err
	}
	t := &tester{pack: p, sets: setsOf(set, p, list), decided: r.Decided}
	seen := map[string]bool{}
	add := func(id, why string, failures []string) {
		if id == "" || seen[id] {
			failures = append([]string{"case has no id of its own"}, failures...)
		}
		seen[id] = true
		r.Cases = append(r.Cases, CaseResult{ID: id, Why: why, Failures: failures})
	}
	for i := range y.Cases {
		c := &y.Cases[i]
		add(c.ID, c.Why, t.flow(c, y.Defaults))
	}
	for i := range y.Incidents {
		c := &y.Incidents[i]
		add(c.ID, c.Why, t.incident(c))
	}
	for _, id := range p.RuleIDs() {
		if len(r.Decided[id]) == 0 {
			r.Undecided = append(r.Undecided, id)
		}
	}
	slices.Sort(r.Undecided)
	return nil
}

func readCases(p *pack.Pack) (y casesYAML, err error) {
	if p.Cases() == nil {
		return y, fmt.Errorf("the pack has no %s", caseFile)
	}
	if err := pack.DecodeStrict(string(p.Ref().ID)+"/"+caseFile, p.Cases(), &y); err != nil {
		return y, err
	}
	if len(y.Cases)+len(y.Incidents) == 0 {
		return y, fmt.Errorf("%s has no cases", caseFile)
	}
	return y, nil
}

// list is the invented list for the cases; nil when there is none.
func (y *casesYAML) list(p *pack.Pack) (*pack.ItemList, error) {
	if y.Items == "" {
		return nil, nil
	}
	items, err := item.Parse(string(p.Ref().ID)+"/"+caseFile+"#items", []byte(y.Items), p.ItemKinds())
	if err != nil {
		return nil, err
	}
	return pack.NewItemList(items, y.Effective), nil
}

// setsByList are the sets in which cases run, by the replacement of the pack's
// own list: none, or the invented list.
type setsByList struct{ bare, listed *rules.Set }

func setsOf(set *rules.Set, p *pack.Pack, list *pack.ItemList) setsByList {
	return setsByList{bare: set.WithList(p, nil), listed: set.WithList(p, list)}
}

// of is the set for a case.
func (s setsByList) of(listed bool) *rules.Set {
	if listed {
		return s.listed
	}
	return s.bare
}

// tester runs the cases of one pack and records which rules decided them.
type tester struct {
	pack    *pack.Pack
	sets    setsByList
	decided map[dataspace.RuleID][]string
}

// flow runs a case about a flow and lists its unexpected results.
func (t *tester) flow(c *caseYAML, defaults map[string]any) []string {
	set := t.sets.of(c.List)
	f, err := c.facts(set, defaults)
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
	own := t.pack.RuleIDs()
	for _, id := range set.Effective(f) {
		if slices.Contains(own, id) {
			t.decided[id] = append(t.decided[id], c.ID)
		}
	}
	return compare(t.pack, &c.Expect, &d)
}

// facts of the case: its own facts override the defaults. They are read by the
// words of a set.
func (c *caseYAML) facts(set *rules.Set, defaults map[string]any) (dataspace.Facts, error) {
	doc := mergeFacts(defaults, c.Facts)
	for _, path := range c.Without {
		if !remove(doc, path) {
			return dataspace.Facts{}, fmt.Errorf("without: %s is not in the facts", path)
		}
	}
	if c.Counts != nil {
		doc["counts"] = c.Counts
	}
	return pack.DecodeFacts(set.Facts(), doc)
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

// NamedFacts are the facts of one flow and its name.
type NamedFacts struct {
	Name  string
	Facts dataspace.Facts
}

// CaseFacts are the facts of the cases of a pack, together with the pack that it
// overlays (loaded beside it, or given).
func CaseFacts(p *pack.Pack, with ...*pack.Pack) ([]NamedFacts, error) {
	if p.Cases() == nil {
		return nil, nil
	}
	set, err := rules.Alone(p, with...)
	if err != nil {
		return nil, err
	}
	y, err := readCases(p)
	if err != nil {
		return nil, unreadable(string(p.Ref().ID), "cases cannot be read", err)
	}
	list, err := y.list(p)
	if err != nil {
		return nil, err
	}
	sets := setsOf(set, p, list)
	out := make([]NamedFacts, 0, len(y.Cases))
	for i := range y.Cases {
		c := &y.Cases[i]
		f, err := c.facts(sets.of(c.List), y.Defaults)
		if err != nil {
			return nil, unreadable(string(p.Ref().ID)+"/"+caseFile+", "+c.ID, "case cannot be read", err)
		}
		out = append(out, NamedFacts{c.ID, f})
	}
	return out, nil
}

func unreadable(place, message string, err error) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "pack.cases", Place: place, Message: message, Err: err}
}

// sorted are the keys of a map in order.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
