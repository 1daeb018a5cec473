package compared

import (
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// Term is an expression of names, constants and the operators of most conditions.
// It has the value that CEL gives it, without a run of CEL. P is a place of a name.
type Term[P any] struct {
	op    operator
	at    P       // of a name
	value ref.Val // of a fixed
	apply func(a, b ref.Val) ref.Val
	args  []Term[P]
}

type operator uint8

const (
	foreign operator = iota // only CEL knows its value
	named
	fixed
	negation
	conjunction
	disjunction
	relation // of two arguments, see relations
)

// Scope gives the values of names.
type Scope[P any] interface{ At(place P) ref.Val }

// TermOf is the term of an expression. place finds its names.
func TermOf[P any](e ast.Expr, place func(name string) (P, bool)) Term[P] {
	if v := literal(e); v != nil {
		return Term[P]{op: fixed, value: v}
	}
	if at, ok := place(plainName(e)); ok {
		return Term[P]{op: named, at: at}
	}
	if e.Kind() != ast.CallKind {
		return Term[P]{}
	}
	c := e.AsCall()
	t := Term[P]{op: logic[c.FunctionName()], apply: relations[c.FunctionName()]}
	if t.apply != nil {
		t.op = relation
	}
	if c.IsMemberFunction() {
		t.args = append(t.args, TermOf(c.Target(), place))
	}
	for _, a := range c.Args() {
		arg := TermOf(a, place)
		if arg.op == t.op && (t.op == conjunction || t.op == disjunction) {
			t.args = append(t.args, arg.args...)
			continue
		}
		t.args = append(t.args, arg)
	}
	return t
}

// literal is the value of a constant, or of a list of texts; nil for another
// expression.
func literal(e ast.Expr) ref.Val {
	switch e.Kind() {
	case ast.LiteralKind:
		return e.AsLiteral()
	case ast.ListKind:
		var texts []string
		for _, el := range e.AsList().Elements() {
			text, ok := literal(el).(types.String)
			if !ok {
				return nil
			}
			texts = append(texts, string(text))
		}
		if len(texts) == 0 {
			return nil // CEL does not ask what is in it
		}
		return types.NewStringList(types.DefaultTypeAdapter, texts)
	}
	return nil
}

// Value is the value of the term; nil where only CEL knows it. Unknown values have
// the identifiers that CEL gives them.
func (t *Term[P]) Value(s Scope[P]) ref.Val {
	switch t.op {
	case named:
		if v := s.At(t.at); !types.IsError(v) {
			return v
		}
	case fixed:
		return t.value
	case negation:
		switch v := t.args[0].Value(s).(type) {
		case types.Bool:
			return !v
		case *types.Unknown:
			return v
		}
	case conjunction, disjunction:
		return t.join(s, t.op == disjunction)
	case relation:
		return t.relate(t.args[0].Value(s), t.args[1].Value(s))
	}
	return nil
}

// join is the value of a conjunction or disjunction, which one argument of the
// value decides settles.
func (t *Term[P]) join(s Scope[P], settles types.Bool) ref.Val {
	var open *types.Unknown
	known := true
	for i := range t.args {
		switch v := t.args[i].Value(s).(type) {
		case types.Bool:
			if v == settles {
				return v
			}
		case *types.Unknown:
			open = merge(open, v)
		default:
			known = false
		}
	}
	switch {
	case !known:
		return nil
	case open != nil:
		return open
	}
	return !settles
}

// relate is the value of a relation.
func (t *Term[P]) relate(a, b ref.Val) ref.Val {
	if a == nil || b == nil {
		return nil
	}
	x, unknown := a.(*types.Unknown)
	if y, both := b.(*types.Unknown); both {
		return merge(x, y)
	}
	if unknown {
		return x
	}
	return t.apply(a, b)
}

func merge(a, b *types.Unknown) *types.Unknown {
	if a == b {
		return a
	}
	return types.MergeUnknowns(a, b)
}

var logic = map[string]operator{operators.LogicalNot: negation, operators.LogicalAnd: conjunction, operators.LogicalOr: disjunction}

// relations give nil for values that they do not compare.
var relations = map[string]func(a, b ref.Val) ref.Val{
	operators.Equals:        types.Equal,
	operators.NotEquals:     func(a, b ref.Val) ref.Val { return types.Bool(types.Equal(a, b) != types.True) },
	operators.Less:          ordered(func(order types.Int) bool { return order < 0 }),
	operators.LessEquals:    ordered(func(order types.Int) bool { return order <= 0 }),
	operators.Greater:       ordered(func(order types.Int) bool { return order > 0 }),
	operators.GreaterEquals: ordered(func(order types.Int) bool { return order >= 0 }),
	operators.In: func(a, b ref.Val) ref.Val {
		if list, ok := b.(traits.Container); ok {
			return list.Contains(a)
		}
		return nil
	},
	overloads.StartsWith: func(a, b ref.Val) ref.Val {
		text, ok := a.(types.String)
		if start, also := b.(types.String); ok && also {
			return types.Bool(strings.HasPrefix(string(text), string(start)))
		}
		return nil
	},
}

func ordered(is func(order types.Int) bool) func(a, b ref.Val) ref.Val {
	return func(a, b ref.Val) ref.Val {
		if x, ok := a.(traits.Comparer); ok {
			if order, ok := x.Compare(b).(types.Int); ok {
				return types.Bool(is(order))
			}
		}
		return nil
	}
}
