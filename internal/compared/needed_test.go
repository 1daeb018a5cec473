package compared_test

import (
	"testing"

	"cel.dev/cel-go/cel"
	"github.com/google/go-cmp/cmp"

	"hutong/internal/compared"
)

func TestNeeded(t *testing.T) {
	t.Parallel()
	env, err := cel.NewEnv(cel.Variable("sector", cel.StringType), cel.Variable("m", cel.IntType), cel.Variable("n", cel.IntType),
		cel.Variable("a.yes", cel.BoolType), cel.Variable("b", cel.BoolType), cel.Variable("data.elements", cel.ListType(cel.StringType)))
	if err != nil {
		t.Fatal(err)
	}
	for source, want := range map[string][]string{
		`a.yes`:                          {"a.yes"},
		`!a.yes`:                         {"a.yes"},
		`b && (sector == "x" && !a.yes)`: {"b", "sector", "a.yes"},
		`sector in ["x", "y"] && m != 3`: {"sector", "m"},
		`a.yes || b`:                     nil,
		`b && (a.yes || sector == "x")`:  {"b"},
		`!(a.yes && b)`:                  nil,
		`m == n`:                         nil,
		`m in [1, n]`:                    nil,
		`"x" in data.elements`:           nil,
		`data.elements.exists(e, e == "x") && m == 1`: {"m"},
		`a.yes ? b : m == 1`:                          nil,
		`true`:                                        nil,
	} {
		ast, iss := env.Compile(source)
		if iss.Err() != nil {
			t.Fatalf("%s: %v", source, iss.Err())
		}
		if d := cmp.Diff(want, compared.Needed(ast.NativeRep().Expr())); d != "" {
			t.Errorf("%s: %s", source, d)
		}
	}
}
