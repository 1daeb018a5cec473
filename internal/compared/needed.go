package compared

import (
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
)

// Needed lists names without which an expression surely is not true: those that
// stand alone in one part of a conjunction, whole, negated or compared with
// constants. There may be more.
func Needed(e ast.Expr) (names []string) {
	w := walker{}
	if name := w.name(e); name != "" {
		return []string{name}
	}
	if e.Kind() != ast.CallKind {
		return nil
	}
	args := e.AsCall().Args()
	switch e.AsCall().FunctionName() {
	case operators.LogicalAnd:
		for _, a := range args {
			names = append(names, Needed(a)...)
		}
	case operators.LogicalNot:
		if name := w.name(args[0]); name != "" {
			names = append(names, name)
		}
	case operators.Equals, operators.NotEquals, operators.In:
		if name := w.name(args[0]); name != "" && constant(args[1]) {
			names = append(names, name)
		}
	}
	return names
}

// constant reports whether an expression is a constant or a list of them.
func constant(e ast.Expr) bool {
	if e.Kind() != ast.ListKind {
		return e.Kind() == ast.LiteralKind
	}
	for _, el := range e.AsList().Elements() {
		if el.Kind() != ast.LiteralKind {
			return false
		}
	}
	return true
}
