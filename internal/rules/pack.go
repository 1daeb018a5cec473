package rules

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"hutong/internal/dataspace"
)

// Pack is a loaded rule pack: checked, compiled, immutable, safe for
// concurrent use.
type Pack struct {
	yaml     packYAML
	dir      string
	sha256   dataspace.Digest
	calendar *calendar
	base     *Pack  // the pack it overlays, when it was loaded beside it
	raw      []byte // pack.yaml
	cases    []byte // tests.yaml, nil when there is none

	names    map[string]slot
	numbers  []number
	groups   []ref.Val
	define   []condition
	sides    map[dataspace.Side]condition
	rules    []*rule
	handling []*handling
}

// slot says where the value of a CEL name is found.
type slot struct {
	kind  slotKind
	index int
}

type slotKind uint8

const (
	factSlot slotKind = iota + 1
	numberSlot
	groupSlot
	defineSlot
)

type number struct {
	name  string
	yaml  numberYAML
	value ref.Val // an unknown when the number is not known
}

// ruleKind is what a rule does when its condition holds.
type ruleKind uint8

const (
	pathwayRule ruleKind = iota + 1
	barRule
	obligationRule
	noteRule
	recogniseRule
)

type rule struct {
	ruleYAML
	pack      *Pack
	kind      ruleKind
	when      condition
	satisfied condition
	by        []satisfier
	looksAt   []int // facts its conditions name, ascending
	number    int   // within its pack
	// recognises is the demand, and recognised the kind of instrument that
	// satisfies it, of a recogniseRule.
	recognises, recognised string

	reads factSet // facts on which it and its pack's applying hang
}

type satisfier struct {
	kind string
	when condition
}

type handling struct {
	handlingYAML
	when     condition
	elements []dataspace.ElementID
}

// Ref names the exact bytes of the pack.
func (p *Pack) Ref() dataspace.PackRef {
	return dataspace.PackRef{ID: p.yaml.ID, Version: p.yaml.Version, SHA256: p.sha256}
}

// Title says what the pack is, for people.
func (p *Pack) Title() dataspace.Text { return p.yaml.Title }

// Jurisdiction is whose law the pack holds.
func (p *Pack) Jurisdiction() dataspace.Jurisdiction { return p.yaml.Jurisdiction }

// inForce reports whether a statement with these bounds (inclusive, empty:
// open) holds on the day.
func inForce(from, to, on string) bool {
	return (from == "" || from <= on) && (to == "" || on <= to)
}

// scope gives conditions their values: the facts of one flow, and one pack's
// numbers, groups and definitions. A definition is evaluated at most once.
// Not safe for concurrent use.
type scope struct {
	pack  *Pack
	facts []ref.Val
	memo  []ref.Val
}

// ResolveName implements the activation of CEL.
func (s *scope) ResolveName(name string) (any, bool) {
	at, ok := s.pack.names[name]
	if !ok {
		return nil, false
	}
	switch at.kind {
	case factSlot:
		return s.facts[at.index], true
	case numberSlot:
		return s.pack.numbers[at.index].value, true
	case groupSlot:
		return s.pack.groups[at.index], true
	}
	if s.memo[at.index] == nil {
		s.memo[at.index] = s.defined(at.index)
	}
	return s.memo[at.index], true
}

func (s *scope) defined(i int) ref.Val {
	out, _, err := s.pack.define[i].prog.Eval(s)
	if err != nil {
		return types.WrapErr(fmt.Errorf("evaluate is.%s: %w", s.pack.yaml.Define[i].Name, err))
	}
	return out
}

// Parent implements the activation of CEL.
func (s *scope) Parent() cel.Activation { return nil }
