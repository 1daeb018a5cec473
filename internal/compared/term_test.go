package compared_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"pgregory.net/rapid"

	"hutong/internal/compared"
)

// names are those of the tested expressions, by type, and what they can be.
var (
	yesNo = cel.BoolType
	texts = cel.ListType(cel.StringType)
	names = []struct {
		name   string
		kind   *cel.Type
		values []ref.Val
	}{
		{"a.yes", yesNo, []ref.Val{types.True, types.False}},
		{"b", yesNo, []ref.Val{types.True, types.False}},
		{"is.c", yesNo, []ref.Val{types.True, types.False, types.WrapErr(errors.New("of a definition"))}},
		{"sector", cel.StringType, []ref.Val{types.String("x"), types.String("xy"), types.String("")}},
		{"place", cel.StringType, []ref.Val{types.String("x"), types.String("z")}},
		{"n", cel.IntType, []ref.Val{types.Int(0), types.Int(5), types.Int(1 << 53)}},
		{"number.m", cel.IntType, []ref.Val{types.Int(5)}},
		{"elements", texts, []ref.Val{list(), list("x"), list("x", "z")}},
		{"group.g", texts, []ref.Val{list("x", "xy")}},
	}
)

func list(texts ...string) ref.Val { return types.NewStringList(types.DefaultTypeAdapter, texts) }

func environment(t *testing.T) *cel.Env {
	var declared []cel.EnvOption
	for _, n := range names {
		declared = append(declared, cel.Variable(n.name, n.kind))
	}
	env, err := cel.NewEnv(declared...)
	if err != nil {
		t.Fatal(err)
	}
	return env
}

// values are those of names, by their place; nil for one that is not given.
type values []ref.Val

func (v values) At(place int) ref.Val { return v[place] }

func (v values) ResolveName(name string) (any, bool) {
	i, ok := place(name)
	if !ok {
		return nil, false
	}
	return v[i], true
}

func (v values) Parent() cel.Activation { return nil }

func place(name string) (int, bool) {
	for i, n := range names {
		if n.name == name {
			return i, true
		}
	}
	return 0, false
}

// terms are the parts of expressions that TestTermProperty joins. All but the last
// ones are values without a run of CEL.
var (
	parts = []string{
		`a.yes`, `b`, `is.c`, `true`, `false`, `sector == "x"`, `"x" != sector`, `sector == place`, `sector in ["x", "z"]`, `sector in group.g`,
		`"x" in elements`, `place in elements`, `sector.startsWith("x")`, `sector.startsWith(place)`, `n == 5`, `n != number.m`, `n < number.m`, `n <= 5`, `n > 0`,
		`n >= number.m`, `sector < place`, `sector >= "x"`, `b == a.yes`, `elements == group.g`,
	}
	foreignParts = []string{`elements.exists(e, e in group.g)`, `n + 1 > number.m`, `n in [0, 5]`, `sector in []`, `(b ? n : number.m) == 5`, `elements.size() == 1`}
)

func drawExpression(t *rapid.T, parts []string, depth int) string {
	operator := "part"
	if depth > 0 {
		operator = rapid.SampledFrom([]string{"part", "!", "&&", "||"}).Draw(t, "operator")
	}
	switch operator {
	case "part":
		return rapid.SampledFrom(parts).Draw(t, "part")
	case "!":
		return "!(" + drawExpression(t, parts, depth-1) + ")"
	}
	return "(" + drawExpression(t, parts, depth-1) + ") " + operator + " (" + drawExpression(t, parts, depth-1) + ")"
}

// drawValues gives each name a value, an unknown of one or of two identifiers.
func drawValues(t *rapid.T) values {
	out := make(values, len(names))
	for i, n := range names {
		unknown := types.NewUnknown(int64(i), types.NewAttributeTrail(n.name))
		both := types.MergeUnknowns(unknown, types.NewUnknown(100, types.NewAttributeTrail("other")))
		out[i] = rapid.SampledFrom(append(slices.Clone(n.values), unknown, both)).Draw(t, n.name)
	}
	return out
}

// said is a value as decisions see it: by the identifiers of what is not known.
func said(v ref.Val) string {
	if u, ok := v.(*types.Unknown); ok {
		return fmt.Sprint("unknown ", u.IDs())
	}
	return fmt.Sprintf("%T %v", v, v)
}

// TestTermProperty: a term has the value that CEL gives the expression, and leaves
// to CEL only errors and what it does not know.
func TestTermProperty(t *testing.T) {
	t.Parallel()
	env := environment(t)
	for _, c := range []struct {
		name  string
		parts []string
	}{{"known", parts}, {"with foreign parts", slices.Concat(parts, foreignParts)}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			told, left := 0, 0
			rapid.Check(t, func(t *rapid.T) {
				source := drawExpression(t, c.parts, 4)
				checked, iss := env.Compile(source)
				if iss.Err() != nil {
					t.Fatalf("%s: %v", source, iss.Err())
				}
				program, err := env.Program(checked, cel.EvalOptions(cel.OptOptimize))
				if err != nil {
					t.Fatal(err)
				}
				term := compared.TermOf(checked.NativeRep().Expr(), place)
				for range 20 {
					given := drawValues(t)
					got := term.Value(given)
					want, _, err := program.Eval(given)
					switch {
					case got == nil:
						left++
						if _, wrong := given[2].(*types.Err); len(c.parts) == len(parts) && !wrong {
							t.Fatalf("%s of %v is left to CEL", source, given)
						}
					case err != nil || said(got) != said(want):
						t.Fatalf("%s of %v is %s, by CEL %s (%v)", source, given, said(got), said(want), err)
					default:
						told++
					}
				}
			})
			if told == 0 || left == 0 {
				t.Errorf("told %d, left %d", told, left)
			}
		})
	}
}

// TestTermOfAnotherType: a value of another type than its name is left to CEL.
func TestTermOfAnotherType(t *testing.T) {
	t.Parallel()
	env := environment(t)
	for _, source := range []string{`b`, `!b`, `b && a.yes`, `sector.startsWith("x")`, `"x".startsWith(sector)`, `n < 5`, `"x" in elements`} {
		checked, iss := env.Compile(source)
		if iss.Err() != nil {
			t.Fatal(iss.Err())
		}
		given := make(values, len(names))
		for i := range given {
			given[i] = types.Bytes("neither")
		}
		given[0] = types.True
		term := compared.TermOf(checked.NativeRep().Expr(), place)
		if v := term.Value(given); v != nil && source != "b" {
			t.Errorf("%s is %v", source, v)
		}
	}
}
