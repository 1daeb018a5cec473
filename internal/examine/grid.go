package examine

import (
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"hutong/internal/pack"
)

// grid has for each fact the values that the conditions of some packs can
// distinguish: each constant that they compare it with (for numbers and days
// also one less and one more), and one value that they do not name. A fact that
// is compared in any other way is not covered, and the grid proves nothing
// about it.
type grid struct {
	values    map[string][]ref.Val // by the fact's name
	uncovered map[string]bool
}

const (
	otherText  = "-other-"
	maxGridded = 40 // values of one fact; more are not covered
)

func gridOf(packs []*pack.Pack) (*grid, error) {
	env, err := cel.NewEnv()
	if err != nil {
		return nil, err
	}
	g := &grid{values: map[string][]ref.Val{}, uncovered: map[string]bool{}}
	for _, p := range packs {
		r := reading{g, p}
		for _, source := range asked(p) {
			parsed, iss := env.Parse(source)
			if iss.Err() == nil {
				r.condition(parsed.NativeRep().Expr())
			}
		}
	}
	for name, list := range g.values {
		if len(list) > maxGridded {
			g.uncovered[name] = true
		}
	}
	return g, nil
}

// asked are the conditions that decide which rules apply.
func asked(p *pack.Pack) []string {
	doc := p.Document()
	var out []string
	for _, d := range doc.Define {
		out = append(out, d.When)
	}
	for _, side := range doc.Sides {
		out = append(out, side.Applies)
	}
	for _, r := range p.Compiled() {
		out = append(out, r.When)
	}
	for _, h := range doc.Handling {
		out = append(out, h.When)
	}
	return slices.DeleteFunc(out, func(source string) bool { return source == "" })
}

// reading adds to a grid the constants with which the conditions of one pack
// compare facts.
type reading struct {
	grid *grid
	pack *pack.Pack
}

// condition looks for comparisons of a fact with a constant.
func (r reading) condition(e ast.Expr) {
	if e.Kind() == ast.CallKind {
		call := e.AsCall()
		switch call.FunctionName() {
		case operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot:
			for _, a := range call.Args() {
				r.condition(a)
			}
			return
		case operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals, operators.In:
			if r.compared(call.Args()[0], call.Args()[1]) {
				return
			}
		}
	}
	if name := pathOf(e); name != "" {
		kind, isFact := r.fact(name)
		if !isFact {
			return
		}
		if kind.Kind() == types.BoolKind {
			r.grid.of(name, kind)
			return
		}
	}
	r.cover(e)
}

// fact is the type of the fact of a name.
func (r reading) fact(name string) (*cel.Type, bool) {
	n, ok := r.pack.Name(name)
	return n.Type, ok && n.Kind == pack.FactName
}

// compared adds the constants that a fact is compared with.
func (r reading) compared(a, b ast.Expr) bool {
	for _, side := range [][2]ast.Expr{{a, b}, {b, a}} {
		name := pathOf(side[0])
		kind, ok := r.fact(name)
		if !ok || kind.Kind() == types.ListKind {
			continue
		}
		if constants, ok := r.constants(side[1]); ok {
			for _, c := range constants {
				r.grid.add(name, kind, c)
			}
			return true
		}
	}
	return false
}

// constants are the values of a literal, a list of them, a number or a group.
func (r reading) constants(e ast.Expr) ([]ref.Val, bool) {
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
	switch n, _ := r.pack.Name(pathOf(e)); n.Kind {
	case pack.NumberName:
		return n.Values, len(n.Values) > 0
	case pack.GroupName:
		return n.Values, true
	}
	return nil, false
}

// cover marks the facts in an expression as not covered.
func (r reading) cover(e ast.Expr) {
	ast.PostOrderVisit(e, ast.NewExprVisitor(func(e ast.Expr) {
		name := pathOf(e)
		if _, ok := r.fact(name); ok {
			r.grid.uncovered[name] = true
		}
	}))
}

// of are the values of a fact. Every fact has a value that no condition names.
func (g *grid) of(name string, kind *cel.Type) []ref.Val {
	if _, ok := g.values[name]; !ok {
		switch kind.Kind() {
		case types.BoolKind:
			g.values[name] = []ref.Val{types.False, types.True}
		case types.StringKind:
			g.values[name] = []ref.Val{types.String(otherText)}
		case types.IntKind:
			g.values[name] = []ref.Val{types.Int(0), types.Int(1)}
		default:
			g.uncovered[name] = true
		}
	}
	return g.values[name]
}

func (g *grid) add(name string, kind *cel.Type, v ref.Val) {
	known := g.of(name, kind)
	list := []ref.Val{v}
	switch c := v.(type) {
	case types.Int:
		list = []ref.Val{max(c-1, 0), c, c + 1}
	case types.String:
		if pack.ValidDay(string(c)) {
			list = []ref.Val{types.String(dayAfter(string(c), -1)), c, types.String(dayAfter(string(c), 1))}
		}
	}
	for _, v := range list {
		if !slices.ContainsFunc(known, func(old ref.Val) bool { return old.Equal(v) == types.True }) {
			known = append(known, v)
		}
	}
	g.values[name] = known
}

// pathOf is the dotted name that an expression stands for, or empty.
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

// covers reports whether the grid has the values of all given facts.
func (g *grid) covers(facts []string) bool {
	return !slices.ContainsFunc(facts, func(name string) bool { return g.uncovered[name] || len(g.values[name]) == 0 })
}

// maxPoints limits the points of a grid that are checked for one question.
const maxPoints = 1 << 13

// points calls visit with every combination of the values of some facts, until
// it returns false. It returns false if there are too many; it then visits
// none.
func (g *grid) points(facts []string, give func(fact string, v ref.Val), visit func() bool) (all bool) {
	n := 1
	for _, name := range facts {
		if n *= max(len(g.values[name]), 1); n > maxPoints {
			return false
		}
	}
	var walk func(rest []string) bool
	walk = func(rest []string) bool {
		if len(rest) == 0 {
			return visit()
		}
		for _, v := range g.values[rest[0]] {
			give(rest[0], v)
			if !walk(rest[1:]) {
				return false
			}
		}
		return true
	}
	walk(facts)
	return true
}
