package examine

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/pack"
)

// Finding is an error in a pack that can still be loaded.
type Finding struct {
	Rule    dataspace.RuleID `json:"rule,omitempty"` // empty: the pack as a whole
	Code    string           `json:"code"`
	Message string           `json:"message"`
}

type checker struct {
	pack     *pack.Pack
	doc      pack.Document
	elements *element.Taxonomy // of the program, the pack and the one it overlays
	findings []Finding
}

// Check finds: rules, instruments, switches and incidents without article,
// source, facts, confidence or text; repeated ids; rules that can never apply;
// overlapping validity; unknown elements; and rules without a case in
// tests.yaml. A pack without findings is ready for use. Conditions that do not
// compile are refused earlier, when the pack is loaded.
func Check(p *pack.Pack) []Finding {
	c := &checker{pack: p, doc: p.Document()}
	var err error
	if c.elements, err = pack.ElementsOf(withBases([]*pack.Pack{p})); err != nil {
		c.find("", "pack.element", "%s", err)
		c.elements = element.Builtin()
	}
	c.document()
	for i, r := range p.Compiled() {
		c.basis(r.ID, r.Basis, r.Text)
		c.validity(r.ID, r.From, r.To)
		c.reach(i, r)
		if r.Obligation != nil {
			c.words(r.ID, "obligation text", r.Obligation.Text)
		}
	}
	for i, h := range p.Treatments() {
		c.basis(h.ID, h.Basis, h.Text)
		c.validity(h.ID, h.From, h.To)
		c.treatment(i, h)
	}
	c.cases()
	return c.findings
}

func (c *checker) find(rule dataspace.RuleID, code, format string, args ...any) {
	c.findings = append(c.findings, Finding{rule, code, fmt.Sprintf(format, args...)})
}

func (c *checker) document() {
	y := &c.doc
	c.words("", "title", y.Title)
	c.words("", "authority", y.Authority)
	for name, day := range map[string]string{"released": y.Released, "checked_on": y.CheckedOn} {
		if !pack.ValidDay(day) {
			c.find("", "pack.date", "%s is not a date", name)
		}
	}
	if y.Effective != nil && !pack.ValidDay(*y.Effective) {
		c.find("", "pack.date", "effective is not a date; write null where it is not known")
	}
	for _, name := range sorted(y.Numbers) {
		n := y.Numbers[name]
		n.Source = c.pack.Address(n.Source)
		c.basis(dataspace.RuleID("number."+name), n.Basis, n.Text)
	}
	for _, name := range sorted(y.Instruments) {
		in := y.Instruments[name]
		in.Source = c.pack.Address(in.Source)
		id := dataspace.RuleID("instrument." + name)
		c.basis(id, in.Basis, in.Name)
		if in.Renew != nil {
			c.basis(id+".renew", in.Renew.Basis, in.Renew.Text)
		}
		for _, t := range in.Triggers {
			c.basis(id+".trigger."+dataspace.RuleID(t.On), t.Basis, t.Text)
		}
	}
	for _, name := range sorted(y.Switches) {
		c.basis(dataspace.RuleID("switch."+name), y.Switches[name].Basis, y.Switches[name].Text)
	}
	for _, k := range y.Incidents {
		k.Source = c.pack.Address(k.Source)
		c.basis(k.ID, k.Basis, k.Text)
		c.words(k.ID, "name of who is told", k.Who)
		c.validity(k.ID, k.From, k.To)
	}
	for _, name := range sorted(y.Texts) {
		t := y.Texts[name]
		c.words(dataspace.RuleID("text."+name), "text", t.Text)
		c.source(dataspace.RuleID("text."+name), c.pack.Address(t.Source))
	}
	for _, name := range sorted(y.Groups) {
		for _, el := range y.Groups[name] {
			if _, ok := c.elements.Lookup(dataspace.ElementID(el)); !ok && c.namesElements(name) {
				c.find("", "pack.element", "group %s: %q is not an element of the taxonomy", name, el)
			}
		}
	}
	c.items()
	c.doubles()
}

// namesElements reports whether a group is used as a group of elements.
func (c *checker) namesElements(group string) bool {
	for _, h := range c.doc.Handling {
		if h.Group == group {
			return true
		}
	}
	return slices.ContainsFunc(c.conditions(), func(source string) bool {
		return strings.Contains(source, "data.elements") && strings.Contains(source, "group."+group)
	})
}

// conditions are the definitions of the pack and the conditions of its rules.
func (c *checker) conditions() []string {
	var out []string
	for _, d := range c.doc.Define {
		out = append(out, d.When)
	}
	for _, r := range c.pack.Compiled() {
		out = append(out, r.When, r.AskedIf, r.Satisfied.When)
	}
	return out
}

// items checks what ParseItems does not: addresses and elements.
func (c *checker) items() {
	sources := map[string]bool{}
	items := c.pack.Items()
	for i := range items {
		it := &items[i]
		if !sources[it.Source] {
			sources[it.Source] = true
			c.source(dataspace.RuleID("item."+it.ID), it.Source)
		}
		for _, el := range it.Elements {
			if _, ok := c.elements.Lookup(el); !ok {
				c.find(dataspace.RuleID("item."+it.ID), "pack.element", "%q is not an element of the taxonomy", el)
			}
		}
	}
}

func (c *checker) doubles() {
	seen := map[dataspace.RuleID]bool{}
	for _, id := range c.pack.RuleIDs() {
		if seen[id] {
			c.find(id, "rule.double", "is given twice")
		}
		seen[id] = true
	}
	obligations := map[string]dataspace.RuleID{}
	for _, r := range c.pack.Compiled() {
		if r.Obligation == nil {
			continue
		}
		if other, dup := obligations[r.Obligation.ID]; dup {
			c.find(r.ID, "rule.double", "obligation %s is also in %s", r.Obligation.ID, other)
		}
		obligations[r.Obligation.ID] = r.ID
	}
}

func (c *checker) basis(id dataspace.RuleID, b pack.Basis, text dataspace.Text) {
	if b.Article == "" {
		c.find(id, "rule.article", "has no article")
	}
	if b.Confidence == "" {
		c.find(id, "rule.confidence", "has no confidence tag")
	}
	if len(b.Facts) == 0 {
		c.find(id, "rule.facts", "names no facts")
	}
	c.source(id, b.Source)
	c.words(id, "text", text)
}

func (c *checker) source(id dataspace.RuleID, source string) {
	if u, err := url.Parse(source); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		c.find(id, "rule.source", "source %q is not an address", source)
	}
}

func (c *checker) words(id dataspace.RuleID, what string, t dataspace.Text) {
	if t.EN == "" {
		c.find(id, "rule.text", "has no English %s", what)
	}
	if t.ZH == "" {
		c.find(id, "rule.text", "has no Chinese %s", what)
	}
}

func (c *checker) validity(id dataspace.RuleID, from, to string) {
	if to != "" && to < from {
		c.find(id, "rule.validity", "ends before it begins")
	}
}

// reach finds rules that can never apply: rules after a pathway rule that
// always holds, rules with the condition of an earlier one, and rules that
// nothing demands.
func (c *checker) reach(i int, r *pack.Rule) {
	for j, other := range c.pack.Compiled() {
		if i == j || other.Kind != r.Kind || other.Side != r.Side || !r.Span().Overlaps(other.Span()) {
			continue
		}
		if r.Kind == pack.PathwayRule && other.Order == r.Order && j < i {
			c.find(r.ID, "rule.overlap", "has the order of %s while both are in force", other.ID)
		}
		if r.Kind == pack.PathwayRule && other.Order < r.Order && r.Span().Within(other.Span()) && (other.When == "" || other.When == "true" || other.When == r.When) {
			c.find(r.ID, "rule.unreachable", "%s always comes first", other.ID)
		}
	}
	if r.When == "false" {
		c.find(r.ID, "rule.unreachable", "its condition never holds")
	}
	if r.Obligation != nil && r.Obligation.Demanded && !c.demanded(r.Obligation.ID) {
		c.find(r.ID, "rule.unreachable", "no pathway rule demands %s", r.Obligation.ID)
	}
}

func (c *checker) demanded(id string) bool {
	for _, r := range c.pack.Compiled() {
		for _, d := range r.Demands {
			if d == id {
				return true
			}
		}
	}
	return false
}

func (c *checker) treatment(i int, h *pack.HandlingRule) {
	for _, other := range c.pack.Treatments()[:i] {
		if other.Group == h.Group && other.Side == h.Side && other.When == h.When && other.Action == h.Action && h.Span().Overlaps(other.Span()) {
			c.find(h.ID, "rule.unreachable", "asks for the same as %s", other.ID)
		}
	}
}

func (c *checker) cases() {
	report := Test(c.pack)
	if report.Err != "" {
		c.find("", "pack.cases", "%s", report.Err)
		return
	}
	for _, id := range report.Undecided {
		c.find(id, "rule.case", "no case of tests.yaml is decided by it")
	}
}
