package pack

import (
	"fmt"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"hutong/internal/citation"
	"hutong/internal/counted"
	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/fact"
	"hutong/internal/itemkind"
	"hutong/internal/variable"
	"hutong/internal/workday"
	"hutong/internal/zone"
)

// Pack is a loaded rule pack: checked, compiled, immutable, safe for
// concurrent use.
type Pack struct {
	doc    Document
	sha256 dataspace.Digest
	dates
	listing
	terms
	base  *Pack           // the pack it overlays, when it was loaded beside it
	facts *variable.Table // the facts that its conditions may name
	text  packText

	names    map[string]slot
	numbers  []Number
	groups   []ref.Val
	switches []string // names, ascending
	define   []Condition
	sides    map[dataspace.Side]Condition
	rules    []*Rule
	clocks   []*Clock
	handling []*HandlingRule

	reads   []factSet // facts on which each definition depends
	guarded factSet   // facts that decide whether the pack applies
	marks   []func(dataspace.ElementID) bool
}

// dates have the calendar and time zones of the pack's law.
type dates struct {
	calendar *workday.Calendar // the working days; nil: it needs none
	zones    zone.List
}

// listing is the negative list of a pack, and the classes of people for its items.
type listing struct {
	list   *ItemList // nil when the pack names no items
	people counted.Split
	kinds  itemkind.List // that its conditions can name
}

// terms are the data elements that the pack brings, nil when it brings none, and
// the laws that it and its base cite.
type terms struct {
	elements *element.Extension
	laws     *citation.Laws
}

// packText is the text of some of the pack's files, and their folder.
type packText struct {
	dir   string
	pack  []byte // pack.yaml
	cases []byte // tests.yaml, nil when there is none
	words []byte // words.yaml, nil when there is none
}

// slot says where the value of a CEL name is found.
type slot struct {
	kind  NameKind
	index int
}

type NameKind uint8

const (
	FactName NameKind = iota + 1
	NumberName
	GroupName
	DefinitionName
	SwitchName
	ListName
)

type Number struct {
	Name  string
	Doc   NumberDoc
	value ref.Val // an unknown if the number is not known
}

// RuleKind is the effect of a rule whose condition holds.
type RuleKind uint8

const (
	PathwayRule RuleKind = iota + 1
	BarRule
	ObligationRule
	NoteRule
	RecognitionRule
)

type Rule struct {
	RuleDoc
	Pack        *Pack
	Kind        RuleKind
	Condition   Condition
	Asked       Condition // see RuleDoc.AskedIf
	Needs       []int     // facts without which Condition surely does not hold
	SatisfiedIf Condition
	By          []Satisfier
	LooksAt     []int // facts that its conditions name, ascending
	Switches    []int // switches that its conditions name
	Number      int   // within its pack
	AsksList    bool  // whether its condition asks about the items of a list
	// Recognises is the demand of a RecognitionRule, and Recognised the kind of
	// instrument that satisfies it.
	Recognises, Recognised string

	reads factSet // facts on which it and the use of its pack depend
}

type Satisfier struct {
	Kind      string
	Condition Condition
}

type HandlingRule struct {
	HandlingDoc
	Condition Condition
	Elements  []dataspace.ElementID
}

// Ref names the pack, its version and its exact bytes.
func (p *Pack) Ref() dataspace.PackRef {
	return dataspace.PackRef{ID: p.doc.ID, Version: p.doc.Version, SHA256: p.sha256}
}

// DeclareFacts adds the facts that the pack declares to a table.
func (p *Pack) DeclareFacts(into *fact.Table) (*fact.Table, error) {
	return into.With(p.doc.ID, p.place(), p.doc.Facts)
}

// Facts are the facts that conditions of the pack may name.
func (p *Pack) Facts() *variable.Table { return p.facts }

// Title is the name of the pack for people.
func (p *Pack) Title() dataspace.Text { return p.doc.Title }

// Zones are the time zones that give the day for the pack's law; none: the
// exporter's time zone does.
func (p *Pack) Zones() zone.List { return p.zones }

// Jurisdiction is the jurisdiction of the pack's law.
func (p *Pack) Jurisdiction() dataspace.Jurisdiction { return p.doc.Jurisdiction }

// Scope gives conditions their values: the facts of one flow, and one pack's
// numbers, groups and definitions. It evaluates a definition at most once.
// Not safe for concurrent use.
type Scope struct {
	pack  *Pack
	list  *ItemList // of the pack, nil for none
	facts []ref.Val
	// numbers are the numbers, among all facts, of the facts of packs that the
	// pack may name. Standard facts have the same number everywhere.
	numbers []int
	memo    []ref.Val // of definitions, then of the names of the list
	accept  []dataspace.Confidence
	chosen  map[string]bool // the operator's switches, by pack and name
	open    bool            // the choices are not known
}

// NewScope makes the scope of a pack. facts are the values by number, and numbers
// are those of the facts of packs that the pack may name: see
// variable.Table.Numbers. list replaces the pack's own; nil is none.
func NewScope(p *Pack, list *ItemList, facts []ref.Val, numbers []int) Scope {
	return Scope{pack: p, list: list, facts: facts, numbers: numbers, memo: make([]ref.Val, len(p.define)+len(listNames)+len(p.kinds))}
}

// standardFacts is the number of facts with the same number everywhere.
var standardFacts = variable.Standard().Len()

// Number turns the pack's number of a fact into its number among all facts.
func (s *Scope) Number(i int) int {
	if i >= standardFacts {
		return s.numbers[i-standardFacts]
	}
	return i
}

// own is the pack's number of a fact; -1: the pack cannot name it.
func (s *Scope) own(fact int) int {
	if fact < standardFacts {
		return fact
	}
	if i := slices.Index(s.numbers, fact); i >= 0 {
		return standardFacts + i
	}
	return -1
}

// Reads lists the facts on which a rule of the pack and the use of the pack
// depend.
func (s *Scope) Reads(r *Rule) []int {
	var out []int
	for i := range s.pack.facts.Len() {
		if r.reads.has(i) {
			out = append(out, s.Number(i))
		}
	}
	return out
}

// Hangs reports whether a rule of the pack depends on a fact, or gives the fact
// in its reasons.
func (s *Scope) Hangs(r *Rule, fact int) bool {
	i := s.own(fact)
	return i >= 0 && (r.reads.has(i) || slices.Contains(r.LooksAt, i))
}

// AppliesReads reports whether the pack applies or not depending on a fact.
func (s *Scope) AppliesReads(fact int) bool {
	i := s.own(fact)
	return i >= 0 && s.pack.guarded.has(i)
}

// Lacks reports whether one of some facts is not known.
func (s *Scope) Lacks(facts []int) bool {
	return slices.ContainsFunc(facts, func(i int) bool { return types.IsUnknown(s.facts[s.Number(i)]) })
}

// Begin sets the operator's choices and the accepted confidence.
func (s *Scope) Begin(chosen map[string]bool, accept []dataspace.Confidence) {
	s.chosen, s.accept = chosen, accept
}

// Open makes the operator's choices unknown.
func (s *Scope) Open() { s.open = true }

// List is the list that conditions ask about; nil for none.
func (s *Scope) List() *ItemList { return s.list }

// Reset forgets the values of definitions and of the list.
func (s *Scope) Reset() { clear(s.memo) }

// Forget forgets the values that depend on a fact.
func (s *Scope) Forget(fact int) {
	own := s.own(fact)
	if own < 0 {
		return
	}
	for i := range s.pack.define {
		if s.pack.reads[i].has(own) {
			s.memo[i] = nil
		}
	}
	clear(s.memo[len(s.pack.define):])
}

// ResolveName implements the activation of CEL.
func (s *Scope) ResolveName(name string) (any, bool) {
	at, ok := s.pack.names[name]
	if !ok {
		return nil, false
	}
	return s.At(at), true
}

// At is the value of a name that the pack has.
func (s *Scope) At(at slot) ref.Val {
	switch at.kind {
	case FactName:
		return s.facts[s.Number(at.index)]
	case NumberName:
		return s.pack.numbers[at.index].value
	case GroupName:
		return s.pack.groups[at.index]
	case SwitchName:
		return s.switched(s.pack.switches[at.index])
	}
	if at.kind == ListName {
		i := len(s.pack.define) + at.index
		if s.memo[i] == nil {
			s.memo[i] = s.listed(at.index)
		}
		return s.memo[i]
	}
	if s.memo[at.index] == nil {
		s.memo[at.index] = s.defined(at.index)
	}
	return s.memo[at.index]
}

// switched is the operator's choice, or the pack's default.
func (s *Scope) switched(name string) ref.Val {
	if s.open {
		return unknownChoice
	}
	return types.Bool(s.pack.Choice(name, s.chosen))
}

// Chinese is an article of the pack as Chinese texts cite it; empty if they cite
// it as the pack does.
func (p *Pack) Chinese(article string) string { return p.laws.Chinese(article) }

// Choice is the position of a switch: the operator's choice, or the default.
func (p *Pack) Choice(name string, chosen map[string]bool) bool {
	if on, ok := chosen[p.SwitchKey(name)]; ok {
		return on
	}
	return p.doc.Switches[name].Default
}

var unknownChoice = types.NewUnknown(-1, types.NewAttributeTrail("switch"))

// SwitchKey names a switch of the pack in facts.
func (p *Pack) SwitchKey(name string) string { return string(p.doc.ID) + "#" + name }

func (s *Scope) defined(i int) ref.Val {
	out, err := s.pack.define[i].value(s)
	if err != nil {
		return types.WrapErr(fmt.Errorf("evaluate is.%s: %w", s.pack.doc.Define[i].Name, err))
	}
	return out
}

// Parent implements the activation of CEL.
func (s *Scope) Parent() cel.Activation { return nil }
