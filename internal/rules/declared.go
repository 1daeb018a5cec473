package rules

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"hutong/internal/dataspace"
)

// What a pack declares, for packages that examine it.

// Document is pack.yaml as it is written. Nothing that it holds may be changed.
func (p *Pack) Document() Document { return p.doc }

// Cases is tests.yaml; nil when the pack has none.
func (p *Pack) Cases() []byte { return p.text.cases }

// Base is the pack that this one overlays, when it was loaded beside it; nil
// otherwise.
func (p *Pack) Base() *Pack { return p.base }

// Compiled lists the rules of the pack in the order of pack.yaml, then its
// recognitions.
func (p *Pack) Compiled() []*Rule { return p.rules }

// Treatments lists the handling rules of the pack in the order of pack.yaml.
func (p *Pack) Treatments() []*HandlingRule { return p.handling }

// Address is the address that a source names: a key of sources stands for one.
func (p *Pack) Address(source string) string {
	if url, ok := p.doc.Sources[source]; ok {
		return url
	}
	return source
}

// Name is what a name in the conditions of a pack stands for.
type Name struct {
	Kind NameKind
	// Type is the type of a fact; nil for other names.
	Type *cel.Type
	// Values are the number, or the members of the group. Of a number that is
	// not known there are none.
	Values []ref.Val
	// Refs are the names that a definition uses.
	Refs []string
}

// Name looks a name up; false when conditions of the pack may not use it.
func (p *Pack) Name(name string) (Name, bool) {
	at, ok := p.names[name]
	out := Name{Kind: at.kind}
	switch at.kind {
	case FactName:
		out.Type = variables[at.index].kind
	case NumberName:
		if n, known := p.numbers[at.index].value.(types.Int); known {
			out.Values = []ref.Val{n}
		}
	case GroupName:
		for _, m := range stringsOf(p.groups[at.index]) {
			out.Values = append(out.Values, types.String(m))
		}
	case DefinitionName:
		out.Refs = p.define[at.index].refs
	}
	return out, ok
}

// Asks lists the names in the condition of a rule, and in the condition under
// which its pack applies. Names that a definition uses are not among them.
func (r *Rule) Asks() []string {
	return append(append([]string{}, r.when.refs...), r.Pack.sides[r.Side].refs...)
}

// Facts lists the facts that a rule and its pack's applying hang on.
func (r *Rule) Facts() []string {
	var out []string
	for i := range variables {
		if r.reads.has(i) {
			out = append(out, variables[i].name)
		}
	}
	return out
}

// Editor makes packs that differ from one pack in what is written there. What it
// compiled for one of them serves the next. Not safe for concurrent use.
type Editor struct {
	pack  *Pack
	known map[string]condition
}

// Editor returns an editor of the pack.
func (p *Pack) Editor() *Editor { return &Editor{p, map[string]condition{}} }

// Edit compiles the pack again after a change. The change gets a shallow copy
// of the document and must not write through what the copy shares. It fails as
// Load does.
func (e *Editor) Edit(change func(*Document)) (*Pack, error) {
	p := e.pack
	edited := &Pack{doc: p.doc, dir: p.dir, sha256: p.sha256, calendar: p.calendar, base: p.base}
	change(&edited.doc)
	c := &compiler{pack: edited, known: e.known}
	return edited, c.run()
}

// Milder is the action next to one that treats data less strictly; false when
// there is none.
func Milder(a dataspace.Action) (dataspace.Action, bool) {
	if i := strictness(a); i > 0 {
		return actions[i-1], true
	}
	return "", false
}
