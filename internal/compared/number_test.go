package compared_test

import (
	"testing"

	"cel.dev/cel-go/cel"
	"github.com/google/go-cmp/cmp"

	"hutong/internal/compared"
)

func TestBounds(t *testing.T) {
	t.Parallel()
	env, err := cel.NewEnv(cel.Variable("sector", cel.StringType), cel.Variable("a.n", cel.IntType), cel.Variable("m", cel.IntType),
		cel.Variable("yes", cel.BoolType), cel.Variable("number.x", cel.IntType), cel.Variable("data.elements", cel.ListType(cel.StringType)))
	if err != nil {
		t.Fatal(err)
	}
	for source, want := range map[string]struct {
		bounds []compared.Bound
		free   []string
	}{
		`a.n >= number.x || 5 > m`:                          {[]compared.Bound{{Name: "a.n", Number: "x"}, {Name: "m", Value: 5}}, nil},
		`a.n > 0 && a.n > 0 && a.n == 0`:                    {[]compared.Bound{{Name: "a.n"}}, nil},
		`a.n + m > number.x`:                                {nil, []string{"a.n", "m", "number.x"}},
		`a.n > m`:                                           {nil, []string{"a.n", "m"}},
		`(yes ? a.n : m) > 3`:                               {nil, []string{"a.n", "m"}},
		`yes && sector == "a" && !yes`:                      {nil, nil},
		`data.elements.exists(e, e == "x" && m <= 2)`:       {[]compared.Bound{{Name: "m", Value: 2}}, nil},
		`m in [1, 2]`:                                       {nil, []string{"m"}},
		`data.elements.size() > 2 && -a.n < -3`:             {nil, []string{"a.n"}},
		`yes == (m < 4)`:                                    {[]compared.Bound{{Name: "m", Value: 4}}, []string{"yes"}},
		`sector.startsWith("CN") && (m != number.x) == yes`: {[]compared.Bound{{Name: "m", Number: "x"}}, []string{"yes"}},
	} {
		ast, iss := env.Compile(source)
		if iss.Err() != nil {
			t.Fatalf("%s: %v", source, iss.Err())
		}
		bounds, free := compared.Bounds(ast.NativeRep().Expr())
		if d := cmp.Diff(want.bounds, bounds); d != "" {
			t.Errorf("%s: %s", source, d)
		}
		if d := cmp.Diff(want.free, free); d != "" {
			t.Errorf("%s: free: %s", source, d)
		}
	}
}
