// Package compared finds the constants that conditions compare facts with, and
// answers conditions that only compare without a run of CEL.
package compared

import (
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// Pair is a name and a text that a condition compares it with: with the text, or
// with the beginning of what the name stands for.
type Pair struct {
	Name string
	// Text is the constant; empty where a group stands.
	Text string
	// Group is the name behind "group.".
	Group  string
	Prefix bool
}

// Of lists the pairs of an expression, each once, in the order in which they
// stand.
func Of(e ast.Expr) []Pair {
	w := walker{members: map[string]string{}}
	w.walk(e)
	return w.pairs
}

// walker goes through an expression.
type walker struct {
	// members are names of loop variables, by which the members of a list go.
	members map[string]string
	pairs   []Pair
}

func (w *walker) walk(e ast.Expr) {
	switch e.Kind() {
	case ast.CallKind:
		w.call(e.AsCall())
	case ast.ComprehensionKind:
		c := e.AsComprehension()
		if list := w.name(c.IterRange()); list != "" {
			before, had := w.members[c.IterVar()]
			w.members[c.IterVar()] = list
			defer func() {
				delete(w.members, c.IterVar())
				if had {
					w.members[c.IterVar()] = before
				}
			}()
		}
		for _, part := range []ast.Expr{c.IterRange(), c.AccuInit(), c.LoopCondition(), c.LoopStep(), c.Result()} {
			w.walk(part)
		}
	case ast.ListKind:
		for _, el := range e.AsList().Elements() {
			w.walk(el)
		}
	case ast.SelectKind:
		w.walk(e.AsSelect().Operand())
	}
}

func (w *walker) call(c ast.CallExpr) {
	args := c.Args()
	switch c.FunctionName() {
	case operators.Equals, operators.NotEquals, operators.In:
		w.pair(args[0], args[1], false)
		w.pair(args[1], args[0], false)
	case "startsWith":
		if c.IsMemberFunction() {
			w.pair(c.Target(), args[0], true)
		}
	}
	if c.IsMemberFunction() {
		w.walk(c.Target())
	}
	for _, a := range args {
		w.walk(a)
	}
}

// pair notes the constants that a name is compared with.
func (w *walker) pair(named, with ast.Expr, prefix bool) {
	name := w.name(named)
	if name == "" {
		return
	}
	add := func(p Pair) {
		if !slices.Contains(w.pairs, p) {
			w.pairs = append(w.pairs, p)
		}
	}
	switch with.Kind() {
	case ast.LiteralKind:
		if s, ok := with.AsLiteral().(types.String); ok {
			add(Pair{Name: name, Text: string(s), Prefix: prefix})
		}
	case ast.ListKind:
		for _, el := range with.AsList().Elements() {
			if el.Kind() == ast.LiteralKind {
				w.pair(named, el, prefix)
			}
		}
	default:
		if group, ok := cutGroup(w.name(with)); ok {
			add(Pair{Name: name, Group: group, Prefix: prefix})
		}
	}
}

const groupPrefix = "group."

func cutGroup(name string) (string, bool) {
	if len(name) > len(groupPrefix) && name[:len(groupPrefix)] == groupPrefix {
		return name[len(groupPrefix):], true
	}
	return "", false
}

// name is the dotted name that an expression is, that of the list for a loop
// variable, or nothing.
func (w *walker) name(e ast.Expr) string {
	switch e.Kind() {
	case ast.IdentKind:
		if list, ok := w.members[e.AsIdent()]; ok {
			return list
		}
		return e.AsIdent()
	case ast.SelectKind:
		if of := w.name(e.AsSelect().Operand()); of != "" && !e.AsSelect().IsTestOnly() {
			return of + "." + e.AsSelect().FieldName()
		}
	}
	return ""
}
