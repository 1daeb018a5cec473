package sqlite

import "strings"

// where gathers the conditions of a query.
type where struct {
	conditions []string
	args       []any
}

// and adds a condition with its arguments.
func (w *where) and(condition string, args ...any) {
	w.conditions, w.args = append(w.conditions, condition), append(w.args, args...)
}

// where returns the clause of all conditions and a last one.
func (w *where) where(condition string, args ...any) string {
	w.and(condition, args...)
	return " WHERE " + strings.Join(w.conditions, " AND ")
}

// marks returns n placeholders for arguments, with commas.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?,", n), ",") }

// anys returns a list as arguments.
func anys[T any](list []T) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}
