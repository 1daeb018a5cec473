package rules

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"hutong/internal/dataspace"
	"hutong/internal/element"
)

// Pack is a loaded rule pack: checked, compiled, immutable, safe for
// concurrent use.
type Pack struct {
	doc      Document
	dir      string
	sha256   dataspace.Digest
	calendar *calendar
	list     *ItemList          // nil when the pack names no items
	elements *element.Extension // nil when the pack brings none
	base     *Pack              // the pack it overlays, when it was loaded beside it
	text     packText

	names    map[string]slot
	numbers  []number
	groups   []ref.Val
	switches []string // names, ascending
	define   []condition
	sides    map[dataspace.Side]condition
	rules    []*Rule
	clocks   []*clock
	handling []*HandlingRule

	reads   []factSet // facts on which each definition hangs
	guarded factSet   // facts on which its applying hangs
	marks   []func(dataspace.ElementID) bool
}

// packText is what stands in two of the pack's files.
type packText struct {
	pack  []byte // pack.yaml
	cases []byte // tests.yaml, nil when there is none
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

type number struct {
	name  string
	yaml  NumberDoc
	value ref.Val // an unknown when the number is not known
}

// ruleKind is what a rule does when its condition holds.
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
	Pack      *Pack
	Kind      RuleKind
	when      condition
	satisfied condition
	by        []satisfier
	looksAt   []int // facts its conditions name, ascending
	switches  []int // and switches
	number    int   // within its pack
	asksList  bool  // whether its condition asks about the items of a list
	// recognises is the demand, and recognised the kind of instrument that
	// satisfies it, of a recogniseRule.
	recognises, recognised string

	reads factSet // facts on which it and its pack's applying hang
}

type satisfier struct {
	kind string
	when condition
}

type HandlingRule struct {
	HandlingDoc
	when     condition
	elements []dataspace.ElementID
}

// Ref names the exact bytes of the pack.
func (p *Pack) Ref() dataspace.PackRef {
	return dataspace.PackRef{ID: p.doc.ID, Version: p.doc.Version, SHA256: p.sha256}
}

// Title says what the pack is, for people.
func (p *Pack) Title() dataspace.Text { return p.doc.Title }

// Jurisdiction is whose law the pack holds.
func (p *Pack) Jurisdiction() dataspace.Jurisdiction { return p.doc.Jurisdiction }

// inForce reports whether a statement with these bounds (inclusive, empty:
// open) holds on the day.
func inForce(from, to, on string) bool {
	return (from == "" || from <= on) && (to == "" || on <= to)
}

// known reports whether a statement recorded and withdrawn on these days
// (empty: always, never) counts for what was known at the end of a day; an empty
// day is all knowledge.
func known(recorded, withdrawn, on string) bool {
	if on == "" {
		return withdrawn == ""
	}
	return (recorded == "" || recorded <= on) && (withdrawn == "" || on < withdrawn)
}

// scope gives conditions their values: the facts of one flow, and one pack's
// numbers, groups and definitions. A definition is evaluated at most once.
// Not safe for concurrent use.
type scope struct {
	pack   *Pack
	list   *ItemList // of the pack, nil for none
	facts  []ref.Val
	memo   []ref.Val // of definitions, then of listNames
	accept []dataspace.Confidence
	chosen map[string]bool // the operator's switches, by pack and name
	open   bool            // what was chosen is not known
}

// ResolveName implements the activation of CEL.
func (s *scope) ResolveName(name string) (any, bool) {
	at, ok := s.pack.names[name]
	if !ok {
		return nil, false
	}
	switch at.kind {
	case FactName:
		return s.facts[at.index], true
	case NumberName:
		return s.pack.numbers[at.index].value, true
	case GroupName:
		return s.pack.groups[at.index], true
	case SwitchName:
		return s.switched(s.pack.switches[at.index]), true
	}
	if at.kind == ListName {
		i := len(s.pack.define) + at.index
		if s.memo[i] == nil {
			s.memo[i] = s.listed(at.index)
		}
		return s.memo[i], true
	}
	if s.memo[at.index] == nil {
		s.memo[at.index] = s.defined(at.index)
	}
	return s.memo[at.index], true
}

// switched is the operator's choice, or the pack's default.
func (s *scope) switched(name string) ref.Val {
	if s.open {
		return unknownChoice
	}
	return types.Bool(s.pack.choice(name, s.chosen))
}

// choice is how a switch stands: as the operator chose, or by default.
func (p *Pack) choice(name string, chosen map[string]bool) bool {
	if on, ok := chosen[p.switchKey(name)]; ok {
		return on
	}
	return p.doc.Switches[name].Default
}

var unknownChoice = types.NewUnknown(-1, types.NewAttributeTrail("switch"))

// switchKey names a switch of the pack in facts.
func (p *Pack) switchKey(name string) string { return string(p.doc.ID) + "#" + name }

func (s *scope) defined(i int) ref.Val {
	out, _, err := s.pack.define[i].prog.Eval(s)
	if err != nil {
		return types.WrapErr(fmt.Errorf("evaluate is.%s: %w", s.pack.doc.Define[i].Name, err))
	}
	return out
}

// Parent implements the activation of CEL.
func (s *scope) Parent() cel.Activation { return nil }
