package compared

import (
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// Bound is a name and a number that a condition compares it with.
type Bound struct {
	Name  string
	Value int64
	// Number is the name behind "number."; empty where Value stands.
	Number string
}

// Bounds lists the bounds of an expression, each once, and the names that it
// uses in another way where a number can stand, for instance in a sum.
func Bounds(e ast.Expr) (bounds []Bound, free []string) {
	w := numbers{}
	w.walk(e)
	slices.Sort(w.free)
	return w.bounds, slices.Compact(w.free)
}

type numbers struct {
	bounds []Bound
	free   []string
}

func (w *numbers) walk(e ast.Expr) {
	switch e.Kind() {
	case ast.CallKind:
		c := e.AsCall()
		if w.compares(c) {
			return
		}
		if c.IsMemberFunction() {
			w.operand(c.Target(), arithmetic[c.FunctionName()])
		}
		for i, a := range c.Args() {
			chooses := c.FunctionName() == operators.Conditional && i == 0
			w.operand(a, arithmetic[c.FunctionName()] && !chooses)
		}
	case ast.ComprehensionKind:
		c := e.AsComprehension()
		for _, part := range []ast.Expr{c.IterRange(), c.AccuInit(), c.LoopCondition(), c.LoopStep(), c.Result()} {
			w.walk(part)
		}
	case ast.ListKind:
		for _, el := range e.AsList().Elements() {
			w.operand(el, true)
		}
	}
}

// operand walks into an operand, and notes a name if the operator calculates.
func (w *numbers) operand(e ast.Expr, calculates bool) {
	if name := plainName(e); name != "" {
		if calculates {
			w.free = append(w.free, name)
		}
		return
	}
	w.walk(e)
}

var arithmetic = map[string]bool{
	operators.Add: true, operators.Subtract: true, operators.Multiply: true, operators.Divide: true, operators.Modulo: true, operators.Negate: true,
	operators.Conditional: true, operators.In: true,
}

var comparisons = []string{
	operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals, operators.Equals, operators.NotEquals,
}

// compares notes what a comparison compares; it reports false for another call.
func (w *numbers) compares(c ast.CallExpr) bool {
	if !slices.Contains(comparisons, c.FunctionName()) {
		return false
	}
	left, right := c.Args()[0], c.Args()[1]
	if !w.bound(left, right) && !w.bound(right, left) {
		w.operand(left, true)
		w.operand(right, true)
	}
	return true
}

// bound notes a name that is compared with a constant.
func (w *numbers) bound(named, with ast.Expr) bool {
	b := Bound{Name: plainName(named)}
	if b.Name == "" {
		return false
	}
	if number, ok := strings.CutPrefix(plainName(with), "number."); ok {
		b.Number = number
	} else if with.Kind() == ast.LiteralKind {
		if n, ok := with.AsLiteral().(types.Int); ok {
			b.Value = int64(n)
		} else {
			return true // another type than a number
		}
	} else {
		return false
	}
	if !slices.Contains(w.bounds, b) {
		w.bounds = append(w.bounds, b)
	}
	return true
}

// plainName is the dotted name that an expression is; empty: it is none.
func plainName(e ast.Expr) string { return (&walker{}).name(e) }
