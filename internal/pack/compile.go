package pack

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"sort"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"golang.org/x/mod/semver"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/workday"
)

// compiler turns pack.yaml into conditions and rules and collects every error
// with its place.
type compiler struct {
	pack  *Pack
	place string
	raw   []byte
	file  *ast.File // parsed only when an error needs its line
	lang  *language
	errs  []error
	// known are conditions compiled before with the same names, by source; nil: none.
	known map[string]Condition
	looks [][]int // lists of facts that rules share, see same
}

var (
	packIDPattern       = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)+$`)
	ruleIDPattern       = regexp.MustCompile(`^[a-z0-9_]+([.-][a-z0-9_]+)+$`)
	jurisdictionPattern = regexp.MustCompile(`^[A-Z]{2}$`)
)

// sampleJurisdiction is a code that no country has and none will get, so that
// nobody takes a sample for law.
const sampleJurisdiction = "ZZ"

// Pathways are what a regime may demand; see decision.schema.json. They become
// stricter. If several are possible with one verdict, the strictest is named.
var Pathways = []string{
	"not_an_export", "free", "exempt", "adequacy", "certification", "derogation", "contract",
	"contract_or_certification", "security_assessment", "restricted", "human_review", "prohibited",
}

func (c *compiler) fail(yamlPath, code, message string) {
	c.errs = append(c.errs, problem(code, c.at(yamlPath), message, nil))
}

// at is the place of a YAML path: file, line and column.
func (c *compiler) at(yamlPath string) string {
	if c.file == nil {
		f, err := parser.ParseBytes(c.raw, 0)
		if err != nil {
			return c.place
		}
		c.file = f
	}
	where, err := yaml.PathString(yamlPath)
	if err != nil {
		return c.place
	}
	node, err := where.FilterFile(c.file)
	if err != nil || node == nil || node.GetToken() == nil {
		return c.place
	}
	at := node.GetToken().Position
	return fmt.Sprintf("%s:%d:%d", c.place, at.Line, at.Column)
}

func (c *compiler) header() {
	y := &c.pack.doc
	if !packIDPattern.MatchString(string(y.ID)) {
		c.fail("$.id", "pack.id", fmt.Sprintf("pack id %q is no path like region/name", y.ID))
	}
	if !jurisdictionPattern.MatchString(string(y.Jurisdiction)) {
		c.fail("$.jurisdiction", "pack.jurisdiction", fmt.Sprintf("jurisdiction %q is not two capital letters", y.Jurisdiction))
	}
	if !semver.IsValid("v" + y.Version) {
		c.fail("$.version", "pack.version", fmt.Sprintf("version %q is not of the form 1.2.3", y.Version))
	}
	for _, kind := range sortedKeys(y.Instruments) {
		c.about(y.Instruments[kind].About, "$.instruments")
	}
	if (y.Jurisdiction == sampleJurisdiction) != y.Sample {
		c.fail("$.jurisdiction", "pack.sample", "a sample has the jurisdiction "+sampleJurisdiction+", and no other pack has it")
	}
	if len(y.Sides) == 0 {
		c.fail("$", "pack.sides", "pack has no side")
	}
	for i, j := range y.Covers {
		if !jurisdictionPattern.MatchString(string(j)) || j == y.Jurisdiction || slices.Contains(y.Covers[:i], j) {
			c.fail(fmt.Sprintf("$.covers[%d]", i), "pack.covers", fmt.Sprintf("%q is not two capital letters, is the pack's own, or is given twice", j))
		}
	}
	if len(y.Covers) > 0 && y.Overlays != "" {
		c.fail("$.covers", "pack.covers", "an overlay covers no jurisdictions: the pack under it does")
	}
	for side := range y.Sides {
		if side != dataspace.ExportSide && side != dataspace.ImportSide {
			c.fail("$.sides", "pack.sides", fmt.Sprintf("side %q is neither export nor import", side))
		}
	}
}

// about checks the subjects of a rule or kind of instrument.
func (c *compiler) about(subjects []string, yamlPath string) {
	for _, s := range subjects {
		if !slices.Contains(Subjects, s) {
			c.fail(yamlPath, "pack.about", fmt.Sprintf("%q is no subject; there are %v", s, Subjects))
		}
	}
}

func (c *compiler) condition(source, yamlPath string) Condition {
	if cond, ok := c.known[source]; ok {
		return cond
	}
	cond, err := c.lang.compile(source)
	if err != nil {
		c.fail(yamlPath, "pack.condition", fmt.Sprintf("condition does not compile: %v", err))
	}
	if err == nil && c.known != nil {
		c.known[source] = cond
	}
	return cond
}

// basis resolves the source key and checks the form of the members that every
// statement of law must have. Check looks whether they exist.
func (c *compiler) basis(b *Basis, from, to, yamlPath string) {
	if url, ok := c.pack.doc.Sources[b.Source]; ok {
		b.Source = url
	}
	switch b.Confidence {
	case "", dataspace.VerbatimSourceSeen, dataspace.Secondary, dataspace.SecondaryWeak, dataspace.Memory, dataspace.Derived:
	default:
		c.fail(yamlPath+".confidence", "rule.confidence", fmt.Sprintf("confidence %q is none of VSS, SEC, SEC-W, MEM, DER", b.Confidence))
	}
	for key, day := range map[string]string{"from": from, "to": to} {
		if day != "" && !ValidDay(day) {
			c.fail(yamlPath+"."+key, "rule.date", fmt.Sprintf("%q is no date", day))
		}
	}
}

// knowledge checks the days between which the pack knew a statement.
func (c *compiler) knowledge(recorded, withdrawn, yamlPath string) {
	for key, day := range map[string]string{"recorded": recorded, "withdrawn": withdrawn} {
		if day != "" && !ValidDay(day) {
			c.fail(yamlPath+"."+key, "rule.date", fmt.Sprintf("%q is no date", day))
		}
	}
	if withdrawn != "" && withdrawn <= recorded {
		c.fail(yamlPath+".withdrawn", "rule.date", "withdrawn must be later than recorded")
	}
}

func (c *compiler) side(side *dataspace.Side, yamlPath string) {
	if *side == "" && len(c.pack.doc.Sides) == 1 {
		for s := range c.pack.doc.Sides {
			*side = s
		}
	}
	if _, ok := c.pack.doc.Sides[*side]; !ok {
		c.fail(yamlPath, "rule.side", fmt.Sprintf("side %q is not a side of the pack", *side))
	}
}

func (c *compiler) rule(i int) *Rule {
	at := fmt.Sprintf("$.rules[%d]", i)
	r := &Rule{RuleDoc: c.pack.doc.Rules[i], Pack: c.pack, Number: i}
	if !ruleIDPattern.MatchString(string(r.ID)) {
		c.fail(at, "rule.id", fmt.Sprintf("rule id %q is not of the form a.b", r.ID))
	}
	c.basis(&r.Basis, r.From, r.To, at)
	c.knowledge(r.Recorded, r.Withdrawn, at)
	c.side(&r.Side, at)
	c.about(r.About, at+".about")
	r.Condition, r.Asked = c.condition(r.When, at+".when"), c.condition(r.AskedIf, at+".asked_if")
	r.SatisfiedIf = c.condition(r.Satisfied.When, at+".satisfied.when")
	for j, s := range r.Satisfied.By {
		r.By = append(r.By, Satisfier{s.Kind, c.condition(s.When, fmt.Sprintf("%s.satisfied.by[%d].when", at, j))})
		if _, ok := c.pack.doc.Instruments[s.Kind]; !ok {
			c.fail(at, "rule.instrument", fmt.Sprintf("instrument %q is not described under instruments", s.Kind))
		}
	}
	c.kind(r, at)
	for _, name := range r.Condition.needed {
		if n := c.pack.names[name]; n.kind == FactName {
			r.Needs = append(r.Needs, n.index)
		}
	}
	r.AsksList = c.pack.asksList(slices.Concat(r.Condition.refs, r.Asked.refs))
	c.watch(r)
	return r
}

// same returns one slice for all rules that look at the same facts.
func (c *compiler) same(facts []int) []int {
	for _, other := range c.looks {
		if slices.Equal(other, facts) {
			return other
		}
	}
	c.looks = append(c.looks, facts)
	return facts
}

// watch notes which facts a compiled rule looks at.
func (c *compiler) watch(r *Rule) {
	all := slices.Concat(r.Condition.refs, r.Asked.refs, r.SatisfiedIf.refs)
	r.LooksAt, r.Switches = c.same(c.pack.factsOf(all)), c.pack.behind(all, SwitchName)
	r.reads.add(c.pack.factsOf(r.Asks())...)
}

// endingWords are the words by which triggers name the facts that can end the
// use of an instrument.
func (c *compiler) endingWords() (out []string) {
	for i := range c.pack.facts.Len() {
		if v := c.pack.facts.At(i); v.Ends != nil {
			out = append(out, v.Ends.As)
			if v.Ends.Later != nil {
				out = append(out, v.Ends.Later.As)
			}
		}
	}
	return out
}

// scopeTriggers are the words that a trigger can have, beside the kinds of
// events and the words of facts.
var scopeTriggers = []string{"recipient", "scenario", "purpose", "act", "elements", "sensitive", "people", "storage", "retention"}

// instruments checks when an instrument is renewed, and what ends its use.
func (c *compiler) instruments() {
	y := &c.pack.doc
	triggers := slices.Concat(scopeTriggers, eventKinds, c.endingWords())
	for _, kind := range sortedKeys(y.Instruments) {
		at := "$.instruments.'" + kind + "'"
		in := y.Instruments[kind]
		if r := in.Renew; r != nil {
			c.basis(&r.Basis, "", "", at+".renew")
			if (r.WorkingDays == 0) == (r.Months == 0) || r.WorkingDays < 0 || r.WorkingDays > workday.Most || r.Months < 0 {
				c.fail(at+".renew", "instrument.renew", fmt.Sprintf("renew needs one of working_days (at most %d) and months", workday.Most))
			}
			if r.WorkingDays != 0 && y.Calendar == "" {
				c.fail(at+".renew", "instrument.renew", "working days need a calendar")
			}
		}
		for i := range in.Triggers {
			t, here := &in.Triggers[i], fmt.Sprintf("%s.triggers[%d]", at, i)
			c.basis(&t.Basis, "", "", here)
			if !slices.Contains(triggers, t.On) {
				c.fail(here+".on", "instrument.trigger", fmt.Sprintf("%q is no trigger; the triggers are %v", t.On, triggers))
			}
			if slices.ContainsFunc(in.Triggers[:i], func(o TriggerDoc) bool { return o.On == t.On }) {
				c.fail(here+".on", "instrument.trigger", fmt.Sprintf("trigger %q is given twice", t.On))
			}
		}
	}
	for _, name := range c.pack.switches {
		s := y.Switches[name]
		c.basis(&s.Basis, "", "", "$.switches."+name)
		if s.Source != y.Switches[name].Source { // a mutant shares them with its pack
			y.Switches[name] = s
		}
	}
}

func (c *compiler) kind(r *Rule, at string) {
	kinds := 0
	for kind, is := range map[RuleKind]bool{PathwayRule: r.Pathway != "", BarRule: r.Bar != "", ObligationRule: r.Obligation != nil, NoteRule: r.Note} {
		if is {
			kinds++
			r.Kind = kind
		}
	}
	if kinds != 1 {
		c.fail(at, "rule.kind", fmt.Sprintf("rule %s must be exactly one of pathway, bar, obligation, note", r.ID))
		r.Kind = NoteRule
		return
	}
	if r.AskedIf != "" && r.Bar == "" && (r.Obligation == nil || r.Obligation.Demanded) {
		c.fail(at+".asked_if", "rule.asked", "only a bar, or an obligation that no pathway demands, can say where it is asked about")
	}
	c.missing(r.Missing, at)
	switch r.Kind {
	case PathwayRule:
		c.pathway(r, at)
	case BarRule:
		if r.Bar != dataspace.Prohibited && r.Bar != dataspace.HumanReview && r.Bar != dataspace.ActionRequired {
			c.fail(at+".bar", "rule.verdict", fmt.Sprintf("a bar cannot be %q", r.Bar))
		}
	case ObligationRule:
		c.obligation(r, at)
	}
}

func (c *compiler) pathway(r *Rule, at string) {
	if !slices.Contains(Pathways, r.Pathway) {
		c.fail(at+".pathway", "rule.pathway", fmt.Sprintf("%q is no pathway", r.Pathway))
	}
	if r.ClaimedBy != "" && !slices.Contains(r.Condition.refs, r.ClaimedBy) {
		c.fail(at+".claimed_by", "rule.claim", fmt.Sprintf("the condition does not name the fact %q", r.ClaimedBy))
	}
	if r.Perhaps && len(r.Missing) == 0 {
		c.fail(at+".perhaps", "rule.perhaps", "only a rule that misses a text holds perhaps")
	}
	if math.IsNaN(r.Order) || math.IsInf(r.Order, 0) {
		c.fail(at+".order", "rule.order", "is no number")
	}
	switch r.Verdict {
	case "":
		r.Verdict = dataspace.Cleared
		if r.Pathway == "human_review" || r.Pathway == "prohibited" {
			r.Verdict = dataspace.Verdict(r.Pathway)
		}
	case dataspace.Cleared, dataspace.ActionRequired, dataspace.HumanReview, dataspace.Prohibited:
	default:
		c.fail(at+".verdict", "rule.verdict", fmt.Sprintf("%q is no verdict", r.Verdict))
	}
}

func (c *compiler) obligation(r *Rule, at string) {
	o := r.Obligation
	if o.ID == "" {
		c.fail(at+".obligation", "rule.obligation", "obligation has no id")
	}
	if o.Demanded && (r.When != "" || r.Span() != Span{}) {
		c.fail(at, "rule.obligation", "a demanded obligation has no condition and no dates of its own")
	}
	if k := o.Keep; k != nil && ((k.Years == 0) == (k.Months == 0) || k.Years < 0 || k.Months < 0) {
		c.fail(at+".obligation.keep", "rule.keep", "keep needs one of years and months")
	}
	if o.Due != nil {
		c.due(o, at)
	}
}

// DeliveredFact is the name of the day of the delivery in deadlines.
const DeliveredFact = "delivered_on"

// dueFacts are the facts whose day can start a deadline.
func (c *compiler) dueFacts() []string {
	out := []string{DeliveredFact}
	for i := range c.pack.facts.Len() {
		if v := c.pack.facts.At(i); v.Type == fact.Day && !v.Member {
			out = append(out, v.Name)
		}
	}
	sort.Strings(out)
	return out
}

func (c *compiler) due(o *ObligationDoc, at string) {
	d := o.Due
	if (d.After == "") == (d.Fact == "") || (d.WorkingDays == 0) == (d.Months == 0) {
		c.fail(at+".obligation.due", "rule.due", "due needs one of after and fact, and one of working_days and months")
	}
	if d.WorkingDays < 0 || d.WorkingDays > workday.Most || d.Months < 0 {
		c.fail(at+".obligation.due", "rule.due", fmt.Sprintf("months are not negative, and working_days are between 0 and %d", workday.Most))
	}
	if d.WorkingDays != 0 && c.pack.doc.Calendar == "" {
		c.fail(at+".obligation.due", "rule.due", "working days need a calendar")
	}
	if d.Fact != "" && !slices.Contains(c.dueFacts(), d.Fact) {
		c.fail(at+".obligation.due.fact", "rule.due", fmt.Sprintf("%q is no fact that starts a deadline; these do: %v", d.Fact, c.dueFacts()))
	}
	if d.Fact == DeliveredFact && o.BeforeDelivery {
		c.fail(at+".obligation.due.fact", "rule.due", "an obligation that is due after the delivery cannot be demanded before it")
	}
}

func (c *compiler) handling(i int) *HandlingRule {
	at := fmt.Sprintf("$.handling[%d]", i)
	h := &HandlingRule{HandlingDoc: c.pack.doc.Handling[i]}
	c.basis(&h.Basis, h.From, h.To, at)
	c.knowledge(h.Recorded, h.Withdrawn, at)
	c.side(&h.Side, at)
	h.Condition = c.condition(h.When, at+".when")
	members, ok := c.pack.doc.Groups[h.Group]
	if !ok {
		c.fail(at+".group", "handling.group", fmt.Sprintf("%q is no group of the pack", h.Group))
	}
	if h.Action.Strictness() < 0 {
		c.fail(at+".action", "handling.action", fmt.Sprintf("%q is no action", h.Action))
	}
	for _, m := range members {
		h.Elements = append(h.Elements, dataspace.ElementID(m))
	}
	return h
}

// factsOf lists the facts that names use, directly or through definitions.
func (p *Pack) factsOf(names []string) []int { return p.behind(names, FactName) }

// behind lists the numbers of one kind of name that names use, directly or
// through definitions.
func (p *Pack) behind(names []string, kind NameKind) []int {
	seen := map[int]bool{}
	var visit func([]string)
	visit = func(names []string) {
		for _, n := range names {
			switch at := p.names[n]; at.kind {
			case kind:
				seen[at.index] = true
			case DefinitionName:
				visit(p.define[at.index].refs)
			case ListName:
				visit(p.listFacts(at.index))
			}
		}
	}
	visit(names)
	out := make([]int, 0, len(seen))
	for i := range seen {
		out = append(out, i)
	}
	sort.Ints(out)
	return out
}

// asksList reports whether names ask, directly or through definitions, what the
// items of a list demand.
func (p *Pack) asksList(names []string) bool {
	for _, n := range names {
		switch at := p.names[n]; at.kind {
		case ListName:
			if at.index >= listDemand {
				return true
			}
		case DefinitionName:
			if p.asksList(p.define[at.index].refs) {
				return true
			}
		}
	}
	return false
}

// recognition compiles an entry under recognises. Its rule has a number after
// those of the entries under rules.
func (c *compiler) recognition(i int) *Rule {
	at := fmt.Sprintf("$.recognises[%d]", i)
	y := c.pack.doc.Recognises[i]
	r := &Rule{Pack: c.pack, Kind: RecognitionRule, Number: len(c.pack.doc.Rules) + i, RuleDoc: RuleDoc{
		Basis: y.Basis, ID: y.ID, Side: y.Side, From: y.From, To: y.To, When: y.When, Text: y.Text,
	}}
	r.Recognises, r.Recognised = y.Demand, y.By
	if !ruleIDPattern.MatchString(string(r.ID)) {
		c.fail(at, "rule.id", fmt.Sprintf("rule id %q is not of the form a.b", r.ID))
	}
	c.basis(&r.Basis, r.From, r.To, at)
	c.side(&r.Side, at)
	r.Condition = c.condition(r.When, at+".when")
	if _, ok := c.pack.doc.Instruments[y.By]; !ok {
		c.fail(at, "rule.instrument", fmt.Sprintf("instrument %q is not described under instruments", y.By))
	}
	if y.Demand == "" {
		c.fail(at, "rule.demand", "names no demand")
	}
	c.watch(r)
	return r
}

// missing refuses names of texts and numbers that the pack does not have.
func (c *compiler) missing(names []string, at string) {
	for _, name := range names {
		_, isText := c.pack.doc.Texts[name]
		if _, isNumber := c.pack.doc.Numbers[name]; !isText && !isNumber {
			c.fail(at+".missing", "rule.missing", fmt.Sprintf("%q is neither a text nor a number of the pack", name))
		}
	}
}
