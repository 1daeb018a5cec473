package compared_test

import (
	"testing"

	"cel.dev/cel-go/cel"
	"github.com/google/go-cmp/cmp"

	"hutong/internal/compared"
)

func TestOf(t *testing.T) {
	env, err := cel.NewEnv(cel.Variable("sector", cel.StringType), cel.Variable("exporter.place", cel.StringType), cel.Variable("n", cel.IntType),
		cel.Variable("data.elements", cel.ListType(cel.StringType)), cel.Variable("group.g", cel.ListType(cel.StringType)), cel.Variable("group.h", cel.ListType(cel.StringType)))
	if err != nil {
		t.Fatal(err)
	}
	for source, want := range map[string][]compared.Pair{
		`sector == "a" || "b" != sector`:                    {{Name: "sector", Text: "a"}, {Name: "sector", Text: "b"}},
		`!(sector in ["a", "b"]) && n > 5`:                  {{Name: "sector", Text: "a"}, {Name: "sector", Text: "b"}},
		`sector in group.g`:                                 {{Name: "sector", Group: "g"}},
		`exporter.place.startsWith("CN-SH-")`:               {{Name: "exporter.place", Text: "CN-SH-", Prefix: true}},
		`"email" in data.elements`:                          {{Name: "data.elements", Text: "email"}},
		`data.elements.exists(e, e in group.g || e == "x")`: {{Name: "data.elements", Group: "g"}, {Name: "data.elements", Text: "x"}},
		`data.elements.all(e, e != "x") && data.elements.exists(e, e in ["y"] && sector == "z")`: {{Name: "data.elements", Text: "x"}, {Name: "data.elements", Text: "y"}, {Name: "sector", Text: "z"}},
		`(sector == "a" ? group.g : group.h).exists(x, x == "q")`:                                {{Name: "sector", Text: "a"}, {Name: "x", Text: "q"}},
		`sector == "a" && sector == "a"`:                                                         {{Name: "sector", Text: "a"}},
		`n == 5`:                                                                                 nil,
		`group.g.exists(x, x == sector)`:                                                         {{Name: "sector", Group: "g"}},
	} {
		ast, iss := env.Compile(source)
		if iss.Err() != nil {
			t.Fatalf("%s: %v", source, iss.Err())
		}
		got := compared.Of(ast.NativeRep().Expr())
		var found []compared.Pair
		for _, p := range got {
			if p.Name != "group.g" { // a member of a group is no fact
				found = append(found, p)
			}
		}
		if diff := cmp.Diff(want, found); diff != "" {
			t.Errorf("%s: %s", source, diff)
		}
	}
}
