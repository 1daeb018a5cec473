package variable_test

import (
	"strings"
	"testing"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/variable"
)

var words = dataspace.Text{EN: "x", ZH: "甲"}

// with is the standard table with facts of a pack, each a name and a type.
func with(t *testing.T, id dataspace.PackID, pairs ...string) *variable.Table {
	t.Helper()
	var list []fact.Definition
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, fact.Definition{Name: fact.Prefix(id) + pairs[i], Type: fact.Type(pairs[i+1]), By: []fact.Source{fact.Flow}, Text: words, Ask: words})
	}
	all, err := fact.Standard().With(id, string(id), list)
	if err != nil {
		t.Fatal(err)
	}
	return variable.Of(all)
}

// TestNumbers: standard facts have the same number in all tables, the facts of
// packs are found by name.
func TestNumbers(t *testing.T) {
	a, b := with(t, "xx/a", "one", "bool", "two", "int"), with(t, "xx/b", "one", "text")
	joined, err := b.Facts().With("xx/a", "xx/a", a.Facts().All()[fact.Standard().Len():])
	if err != nil {
		t.Fatal(err)
	}
	both := variable.Of(joined)
	for i := range variable.Standard().Len() {
		if name := variable.Standard().At(i).Name; both.Number(name) != i {
			t.Errorf("%s is %d and %d", name, i, both.Number(name))
		}
	}
	numbers, err := both.Numbers(a)
	if err != nil || len(numbers) != 2 || both.At(numbers[0]).Name != "xx_a.one" || both.At(numbers[1]).Name != "xx_a.two" {
		t.Errorf("numbers %v, %v", numbers, err)
	}
	if numbers, err := both.Numbers(variable.Standard()); numbers != nil || err != nil {
		t.Errorf("of the standard table %v, %v", numbers, err)
	}
	if _, err := b.Numbers(a); err == nil || !strings.Contains(err.Error(), "xx_a.one") {
		t.Errorf("of a table that lacks them: %v", err)
	}
	if _, err := with(t, "xx/a", "one", "bool", "two", "text").Numbers(a); err == nil || !strings.Contains(err.Error(), "xx_a.two") {
		t.Errorf("of a table with another type: %v", err)
	}
	if both.Number("xx_a.three") != -1 {
		t.Error("a name that is none has a number")
	}
}

// TestLearn: what is known has its value, everything else is unknown under its
// own number.
func TestLearn(t *testing.T) {
	table := with(t, "xx/a", "one", "bool", "two", "int")
	values := table.Values()
	f := dataspace.Facts{On: "2026-06-15", Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"xx_a.one": dataspace.BoolOf(true), "xx_a.two": dataspace.TextOf("many"), // stated by another version of the pack
		"yy_b.gone": dataspace.BoolOf(true), "sector": dataspace.TextOf("finance"),
		"counts.sensitive": dataspace.IntOf(2), "counts.under_14": dataspace.IntOf(3), "data.us_persons.personal_health": dataspace.IntOf(0),
	})}
	table.Learn(values, &f)
	for name, want := range map[string]ref.Val{
		"xx_a.one": types.True, "sector": types.String("finance"), "counts.sensitive": types.Int(3), "act": types.String("transfer"),
		"on": types.String("2026-06-15"), "data.us_persons_stated": types.True,
	} {
		i := table.Number(name)
		if values[i] != want || table.Read(i, &f) != want {
			t.Errorf("%s is %v, read as %v", name, values[i], table.Read(i, &f))
		}
	}
	for _, name := range []string{"xx_a.two", "scenario", "exporter.ciio"} {
		i := table.Number(name)
		u, ok := values[i].(*types.Unknown)
		if !ok || len(u.IDs()) != 1 || u.IDs()[0] != int64(i) || table.Read(i, &f) != table.Unknown(i) {
			t.Errorf("%s is %v", name, values[i])
		}
	}
	table.Forget(values)
	if _, ok := values[table.Number("xx_a.one")].(*types.Unknown); !ok {
		t.Error("it is known after all was forgotten")
	}
}

func TestAlwaysKnown(t *testing.T) {
	for name, want := range map[string]bool{"on": true, "act": true, "exporter.jurisdiction": true, "data.us_persons_stated": true, "sector": false, "harmless": false} {
		if got := variable.Standard().AlwaysKnown(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
