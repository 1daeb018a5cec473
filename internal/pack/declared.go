package pack

import (
	"maps"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"hutong/internal/compared"
	"hutong/internal/dataspace"
	"hutong/internal/workday"
)

// This file gives the declarations of a pack to packages that examine it.

// Document is pack.yaml as it is written. Callers must not change it.
func (p *Pack) Document() Document { return p.doc }

// Cases is tests.yaml; nil when the pack has none.
func (p *Pack) Cases() []byte { return p.text.cases }

// Words is words.yaml; nil when the pack has none.
func (p *Pack) Words() []byte { return p.text.words }

// EachCondition gives the values with which each condition compares facts, and
// the rule of the condition, or the part of the pack if there is no rule.
func (p *Pack) EachCondition(give func(rule dataspace.RuleID, part string, pairs []compared.Pair)) {
	for i, d := range p.define {
		give("", "is."+p.doc.Define[i].Name, d.pairs)
	}
	for _, side := range []dataspace.Side{dataspace.ExportSide, dataspace.ImportSide} {
		give("", "side "+string(side), p.sides[side].pairs)
	}
	for _, r := range p.rules {
		give(r.ID, "", slices.Concat(r.Condition.pairs, r.Asked.pairs, r.SatisfiedIf.pairs))
		for _, s := range r.By {
			give(r.ID, "", s.Condition.pairs)
		}
	}
	for _, h := range p.handling {
		give(h.ID, "", h.Condition.pairs)
	}
}

// EachBound gives the numbers with which each condition compares facts, and the
// facts with which it calculates, in no order.
func (p *Pack) EachBound(give func(bounds []compared.Bound, free []string)) {
	all := slices.AppendSeq(p.conditions(), maps.Values(p.sides))
	for _, r := range p.rules {
		for _, s := range r.By {
			all = append(all, s.Condition)
		}
	}
	for _, c := range all {
		give(c.bounds, c.free)
	}
}

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
	// Values are the number, or the members of the group. They are empty for a
	// number that is not known.
	Values []ref.Val
	// Refs are the names that a definition uses.
	Refs []string
}

// Name looks a name up; false if conditions of the pack may not use it.
func (p *Pack) Name(name string) (Name, bool) {
	at, ok := p.names[name]
	out := Name{Kind: at.kind}
	switch at.kind {
	case FactName:
		out.Type = p.facts.At(at.index).CEL
	case NumberName:
		if n, known := p.numbers[at.index].value.(types.Int); known {
			out.Values = []ref.Val{n}
		}
	case GroupName:
		for _, m := range Strings(p.groups[at.index]) {
			out.Values = append(out.Values, types.String(m))
		}
	case DefinitionName:
		out.Refs = p.define[at.index].refs
	}
	return out, ok
}

// Asks lists the names in the condition of a rule, and in the condition under
// which its pack applies, without the names that a definition uses.
func (r *Rule) Asks() []string {
	return slices.Concat(r.Condition.refs, r.Asked.refs, r.Pack.sides[r.Side].refs)
}

// Facts lists the facts on which the rule and the use of its pack depend.
func (r *Rule) Facts() []string {
	var out []string
	for i := range r.Pack.facts.Len() {
		if r.reads.has(i) {
			out = append(out, r.Pack.facts.At(i).Name)
		}
	}
	return out
}

// Editor makes changed copies of one pack. Copies share the conditions that were
// compiled for earlier ones. Not safe for concurrent use.
type Editor struct {
	pack  *Pack
	known map[string]Condition
}

// Editor returns an editor of the pack.
func (p *Pack) Editor() *Editor { return &Editor{p, map[string]Condition{}} }

// Edit compiles the pack again after a change. The change gets a shallow copy
// of the document and must not modify what the copy shares. Its errors are those
// of Load.
func (e *Editor) Edit(change func(*Document)) (*Pack, error) {
	p := e.pack
	edited := &Pack{doc: p.doc, text: packText{dir: p.text.dir}, sha256: p.sha256, dates: p.dates, base: p.base, facts: p.facts, terms: p.terms}
	change(&edited.doc)
	c := &compiler{pack: edited, known: e.known}
	return edited, c.run()
}

// RuleIDs lists the ids of all rules, treatments and clocks of the pack.
func (p *Pack) RuleIDs() []dataspace.RuleID {
	var ids []dataspace.RuleID
	for _, r := range p.rules {
		ids = append(ids, r.ID)
	}
	for _, h := range p.handling {
		ids = append(ids, h.ID)
	}
	for _, k := range p.clocks {
		ids = append(ids, k.ID)
	}
	return ids
}

// Missing names a number or text of the pack that is not known.
func (p *Pack) Missing(name string) dataspace.Missing {
	m := dataspace.Missing{Fact: string(p.doc.ID) + "#" + name}
	if t, ok := p.doc.Texts[name]; ok {
		m.Why, m.Where = t.Text, p.Address(t.Source)
	} else if n, ok := p.doc.Numbers[name]; ok {
		m.Why, m.Where = n.Text, p.Address(n.Source)
	}
	return m
}

// MayBlock reports whether an obligation can stop a delivery.
func (r *Rule) MayBlock() bool { return r.Obligation.BeforeDelivery || r.Obligation.Due != nil }

// ID names the pack.
func (p *Pack) ID() dataspace.PackID { return p.doc.ID }

// Covers lists the jurisdictions, beside its own, whose flows the pack rules.
func (p *Pack) Covers() []dataspace.Jurisdiction { return p.doc.Covers }

// Supersedes lists the packs that this one replaces.
func (p *Pack) Supersedes() []dataspace.PackID { return p.doc.Supersedes }

// HasSide reports whether the pack rules flows on a side of the border.
func (p *Pack) HasSide(side dataspace.Side) bool {
	_, ok := p.sides[side]
	return ok
}

// Applies is the condition under which the pack rules a flow on a side.
func (p *Pack) Applies(side dataspace.Side) Condition { return p.sides[side] }

// List is the negative list of the pack; nil when none is loaded.
func (p *Pack) List() *ItemList { return p.list }

// Calendars are the files of the calendar, from the root of all packs.
func (d Document) Calendars() []string {
	return slices.DeleteFunc([]string{d.Calendar, d.Provisional}, func(name string) bool { return name == "" })
}

// Calendar has the working days for the deadlines of the pack; nil if the pack
// names no calendar.
func (p *Pack) Calendar() *workday.Calendar { return p.calendar }

// Clocks lists the clocks that incidents start.
func (p *Pack) Clocks() []*Clock { return p.clocks }

// NumberList lists the numbers of the law by name.
func (p *Pack) NumberList() []Number { return p.numbers }

// SwitchNames lists the choices that the pack leaves to the operator.
func (p *Pack) SwitchNames() []string { return p.switches }

// Marks are the tests by which the conditions of the pack distinguish elements.
func (p *Pack) Marks() []func(dataspace.ElementID) bool { return p.marks }

// NewRecognition makes a rule for an entry of an agreement. Its pack has the id of
// the agreement.
func NewRecognition(agreement dataspace.PackID, doc RuleDoc) *Rule {
	return &Rule{Kind: RecognitionRule, Pack: &Pack{doc: Document{ID: agreement}}, RuleDoc: doc}
}
