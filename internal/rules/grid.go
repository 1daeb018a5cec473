package rules

import (
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// grid holds for each fact the values that the conditions of some packs can
// tell apart: each constant that they compare it with, numbers and days also
// one less and one more, and one value that they do not name. A fact that is
// compared in any other way is not covered, and nothing is concluded from it.
type grid struct {
	values    [][]ref.Val // by variable
	uncovered factSet
}

const (
	otherText  = "-other-"
	maxGridded = 40 // values of one fact; more are not covered
)

func gridOf(packs []*Pack) *grid {
	g := &grid{values: make([][]ref.Val, len(variables))}
	for i, v := range variables {
		switch v.kind.String() {
		case "bool":
			g.values[i] = []ref.Val{types.False, types.True}
		case "string":
			g.values[i] = []ref.Val{types.String(otherText)}
		case "int":
			g.values[i] = []ref.Val{types.Int(0), types.Int(1)}
		default:
			g.uncovered.add(i)
		}
	}
	for _, p := range packs {
		for _, c := range p.asked() {
			parsed, iss := baseEnv.Parse(c.source)
			if iss.Err() == nil {
				g.read(p, parsed.NativeRep().Expr())
			}
		}
	}
	for i := range g.values {
		if len(g.values[i]) > maxGridded {
			g.uncovered.add(i)
		}
	}
	return g
}

// asked are the conditions that decide which rules speak.
func (p *Pack) asked() []condition {
	out := slices.Clone(p.define)
	for _, side := range p.sides {
		out = append(out, side)
	}
	for _, r := range p.rules {
		out = append(out, r.when)
	}
	for _, h := range p.handling {
		out = append(out, h.when)
	}
	return slices.DeleteFunc(out, condition.empty)
}

// read looks for comparisons of a fact with what is constant.
func (g *grid) read(p *Pack, e ast.Expr) {
	if e.Kind() == ast.CallKind {
		call := e.AsCall()
		switch call.FunctionName() {
		case operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot:
			for _, a := range call.Args() {
				g.read(p, a)
			}
			return
		case operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals, operators.In:
			if g.compared(p, call.Args()[0], call.Args()[1]) {
				return
			}
		}
	}
	if name := pathOf(e); name != "" {
		if at, ok := p.names[name]; !ok || at.kind != factSlot || variables[at.index].kind.String() == "bool" {
			return
		}
	}
	g.cover(p, e)
}

// compared adds the constants that a fact is compared with.
func (g *grid) compared(p *Pack, a, b ast.Expr) bool {
	for _, side := range [][2]ast.Expr{{a, b}, {b, a}} {
		at, ok := p.names[pathOf(side[0])]
		if !ok || at.kind != factSlot || variables[at.index].kind == listOfStrings {
			continue
		}
		if constants, ok := p.constants(side[1]); ok {
			for _, c := range constants {
				g.add(at.index, c)
			}
			return true
		}
	}
	return false
}

func (g *grid) add(i int, v ref.Val) {
	list := []ref.Val{v}
	switch c := v.(type) {
	case types.Int:
		list = []ref.Val{max(c-1, 0), c, c + 1}
	case types.String:
		if validDay(string(c)) {
			list = []ref.Val{types.String(dayAfter(string(c), -1)), c, types.String(dayAfter(string(c), 1))}
		}
	}
	for _, v := range list {
		if !slices.ContainsFunc(g.values[i], func(old ref.Val) bool { return old.Equal(v) == types.True }) {
			g.values[i] = append(g.values[i], v)
		}
	}
}

// constants are the values of a literal, a list of them, a number or a group.
func (p *Pack) constants(e ast.Expr) ([]ref.Val, bool) {
	switch e.Kind() {
	case ast.LiteralKind:
		return []ref.Val{e.AsLiteral()}, true
	case ast.ListKind:
		var out []ref.Val
		for _, el := range e.AsList().Elements() {
			if el.Kind() != ast.LiteralKind {
				return nil, false
			}
			out = append(out, el.AsLiteral())
		}
		return out, true
	}
	switch at := p.names[pathOf(e)]; at.kind {
	case numberSlot:
		n, known := p.numbers[at.index].value.(types.Int)
		return []ref.Val{n}, known
	case groupSlot:
		var out []ref.Val
		for _, m := range stringsOf(p.groups[at.index]) {
			out = append(out, types.String(m))
		}
		return out, true
	}
	return nil, false
}

// cover marks the facts in an expression as not covered.
func (g *grid) cover(p *Pack, e ast.Expr) {
	ast.PostOrderVisit(e, ast.NewExprVisitor(func(e ast.Expr) {
		if at, ok := p.names[pathOf(e)]; ok && at.kind == factSlot {
			g.uncovered.add(at.index)
		}
	}))
}

// pathOf is the dotted name that an expression is, or nothing.
func pathOf(e ast.Expr) string {
	switch e.Kind() {
	case ast.IdentKind:
		return e.AsIdent()
	case ast.SelectKind:
		if of := pathOf(e.AsSelect().Operand()); of != "" && !e.AsSelect().IsTestOnly() {
			return of + "." + e.AsSelect().FieldName()
		}
	}
	return ""
}

// covers reports whether every one of some facts has its values in the grid.
func (g *grid) covers(facts []int) bool {
	return !slices.ContainsFunc(facts, g.uncovered.has)
}

// maxPoints bounds the points of a grid that are looked at for one question.
const maxPoints = 1 << 13

// points calls visit with every combination of the values of some facts, until
// it returns false. It reports whether all were to be seen; with too many it
// does nothing.
func (g *grid) points(facts []int, set func(fact int, v ref.Val), visit func() bool) (all bool) {
	n := 1
	for _, i := range facts {
		if n *= max(len(g.values[i]), 1); n > maxPoints {
			return false
		}
	}
	var walk func(rest []int) bool
	walk = func(rest []int) bool {
		if len(rest) == 0 {
			return visit()
		}
		for _, v := range g.values[rest[0]] {
			set(rest[0], v)
			if !walk(rest[1:]) {
				return false
			}
		}
		return true
	}
	walk(facts)
	return true
}
