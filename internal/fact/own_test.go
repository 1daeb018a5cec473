package fact_test

import (
	"errors"
	"strings"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
)

var words = dataspace.Text{EN: "x", ZH: "甲"}

// own is a whole declaration of a fact by the pack xx/made.
func own(change func(*fact.Definition)) fact.Definition {
	d := fact.Definition{Name: "xx_made.recipient.category", Type: fact.Text, Values: []string{"a", "b"}, By: []fact.Source{fact.Recipient}, Statement: true, Text: words, Ask: words}
	if change != nil {
		change(&d)
	}
	return d
}

// TestWith: a pack declares facts under its own name, and says of each what the
// standard table says of its facts.
func TestWith(t *testing.T) {
	ends := &fact.Ends{As: "category", Unknown: words, Known: words}
	later := func(change func(*fact.Later)) func(*fact.Definition) {
		return func(d *fact.Definition) {
			e := *ends
			e.Later = &fact.Later{As: "since", Values: []string{"a"}, On: "data.important_notified_on", Unknown: words, Undated: words, Known: words}
			change(e.Later)
			d.Ends = &e
		}
	}
	for name, tt := range map[string]struct {
		change func(*fact.Definition)
		want   string // code of the error; empty: it is taken
	}{
		"whole":           {nil, ""},
		"ends":            {func(d *fact.Definition) { d.Ends = ends }, ""},
		"counted":         {func(d *fact.Definition) { *d = counted("xx_made.counts.under_16") }, ""},
		"added":           {func(d *fact.Definition) { d.Type, d.Values, d.Add = fact.Int, nil, fact.Pair }, ""},
		"default":         {func(d *fact.Definition) { d.Default = "a" }, ""},
		"no-prefix":       {func(d *fact.Definition) { d.Name = "recipient.category" }, "fact.name"},
		"other-prefix":    {func(d *fact.Definition) { d.Name = "xx_other.category" }, "fact.name"},
		"form":            {func(d *fact.Definition) { d.Name = "xx_made.Category" }, "fact.name"},
		"long":            {func(d *fact.Definition) { d.Name = "xx_made." + strings.Repeat("a", 65) }, "fact.name"},
		"type":            {func(d *fact.Definition) { d.Type = "word" }, "fact.type"},
		"values":          {func(d *fact.Definition) { d.Type = fact.Bool }, "fact.values"},
		"text":            {func(d *fact.Definition) { d.Text.ZH = "" }, "fact.text"},
		"question":        {func(d *fact.Definition) { d.Ask.EN = "" }, "fact.ask"},
		"nobody":          {func(d *fact.Definition) { d.By = nil }, "fact.by"},
		"strange-source":  {func(d *fact.Definition) { d.By = []fact.Source{"god"} }, "fact.by"},
		"both-parties":    {func(d *fact.Definition) { d.By = []fact.Source{fact.Exporter, fact.Recipient} }, "fact.by"},
		"found":           {func(d *fact.Definition) { d.By, d.Statement = []fact.Source{fact.Gateway}, false }, "fact.by"},
		"counted-stated":  {func(d *fact.Definition) { *d = counted("xx_made.counts.x"); d.By = []fact.Source{fact.Flow} }, "fact.by"},
		"counted-text":    {func(d *fact.Definition) { *d = counted("xx_made.counts.x"); d.Type = fact.Text }, "fact.type"},
		"field":           {func(d *fact.Definition) { d.Field = "category" }, "fact.form"},
		"flag":            {func(d *fact.Definition) { d.Flag = "category" }, "fact.form"},
		"member":          {func(d *fact.Definition) { d.Member = true }, "fact.form"},
		"statement":       {func(d *fact.Definition) { d.By = []fact.Source{fact.Dataset} }, "fact.statement"},
		"words":           {func(d *fact.Definition) { d.Words = "planets" }, "fact.words"},
		"added-text":      {func(d *fact.Definition) { d.Add = fact.Pair }, "fact.add"},
		"strange-default": {func(d *fact.Definition) { d.Default = "c" }, "fact.default"},
		"any":             {func(d *fact.Definition) { d.Type, d.Values, d.Any = fact.Bool, nil, "data.us_persons" }, "fact.any"},
		"at-least":        {func(d *fact.Definition) { d.Type, d.Values, d.AtLeast = fact.Int, nil, "sector" }, "fact.at_least"},
		"same-trigger":    {func(d *fact.Definition) { e := *ends; e.As = "ciio"; d.Ends = &e }, "fact.ends"},
		"later":           {later(func(*fact.Later) {}), ""},
		"later-day":       {later(func(l *fact.Later) { l.On = "sector" }), "fact.later"},
		"later-word":      {later(func(l *fact.Later) { l.As = "category" }), "fact.later"},
		"later-values":    {later(func(l *fact.Later) { l.Values = []string{"z"} }), "fact.later"},
		"later-text":      {later(func(l *fact.Later) { l.Undated.ZH = "" }), "fact.later"},
		"trigger-text":    {func(d *fact.Definition) { e := *ends; e.Known = dataspace.Text{}; d.Ends = &e }, "fact.ends"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := fact.Standard().With("xx/made", "xx/made/pack.yaml", []fact.Definition{own(tt.change)})
			if tt.want == "" {
				if err != nil || got.Len() != fact.Standard().Len()+1 || got.At(got.Len()-1).Pack != "xx/made" {
					t.Errorf("error %v", err)
				}
				return
			}
			if !errors.Is(err, dataspace.ErrInvalid) || !strings.Contains(codes(err), tt.want) || !strings.Contains(err.Error(), "xx/made/pack.yaml: facts[0]") {
				t.Errorf("error %v with %s, want %s at its place", err, codes(err), tt.want)
			}
		})
	}
}

func counted(name string) fact.Definition {
	return fact.Definition{Name: name, Type: fact.Int, Unit: "people", By: []fact.Source{fact.Gateway}, Text: words, Ask: words}
}

// codes are those of all problems that an error joins.
func codes(err error) string {
	if p, ok := err.(*dataspace.Problem); ok {
		return p.Code
	}
	var all []string
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range many.Unwrap() {
			all = append(all, codes(one))
		}
	}
	return strings.Join(all, " ")
}

// TestWithCollisions: whoever declares what is declared already is told where.
func TestWithCollisions(t *testing.T) {
	first, err := fact.Standard().With("xx/made-up", "packs/xx/made-up/pack.yaml", []fact.Definition{own(func(d *fact.Definition) { d.Name = "xx_made_up.x" })})
	if err != nil {
		t.Fatal(err)
	}
	_, err = first.With("xx/made/up", "packs/xx/made/up/pack.yaml", []fact.Definition{own(func(d *fact.Definition) { d.Name = "xx_made_up.x" })})
	for _, part := range []string{"packs/xx/made-up/pack.yaml: facts[0]", "packs/xx/made/up/pack.yaml: facts[0]"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("two packs: error %v, want %q in it", err, part)
		}
	}
	for id, want := range map[dataspace.PackID]string{"us/persons": "standard table", "exporter/role": "standard table", "known/on": "standard table"} {
		name := fact.Prefix(id) + "x"
		if _, err := fact.Standard().With(id, string(id), []fact.Definition{own(func(d *fact.Definition) { d.Name = name })}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q in it", id, err, want)
		}
	}
}

// TestForeign: only names that a pack can have declared are kept without it.
func TestForeign(t *testing.T) {
	made, err := fact.Standard().With("xx/made", "", []fact.Definition{own(nil)})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"xx_made.recipient.category": false, "xx_made.gone": true, "yy_other.zone": true, "harmless": false, "exporter.harmless": false,
		"us_persons.pets": false, "data.us_persons.pets": false, "hr_basis.other": false, "made.up": false, "registered_in.x": false, "yy_other": false,
	} {
		if got := made.Foreign(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	kept := dataspace.ValuesOf(map[string]dataspace.Value{"yy_other.zone": dataspace.BoolOf(true), "xx_made.recipient.category": dataspace.IntOf(1)})
	if err := made.CheckKept(kept); err != nil {
		t.Errorf("what was kept: %v", err)
	}
	for name := range kept.All() {
		one := dataspace.ValuesOf(map[string]dataspace.Value{name: kept.Of(name)})
		if err := made.Check(one); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s as a person states it: %v", name, err)
		}
		if err := made.CheckDataset(one, fact.Dataset, fact.Flow); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s of a dataset: %v", name, err)
		}
	}
	if got := made.OfDataset(kept); !got.Equal(kept) {
		t.Errorf("as facts of a flow: %v", got)
	}
	if err := made.CheckKept(dataspace.ValuesOf(map[string]dataspace.Value{"harmless": dataspace.BoolOf(true)})); err == nil {
		t.Error("a mistyped name is kept")
	}
}

// TestOwnValues: values of a list are checked one by one.
func TestOwnValues(t *testing.T) {
	made, err := fact.Standard().With("xx/made", "", []fact.Definition{own(func(d *fact.Definition) { d.Type = fact.List })})
	if err != nil {
		t.Fatal(err)
	}
	d, _ := made.Lookup("xx_made.recipient.category")
	if d.Check(dataspace.ListOf("a", "b")) != nil || d.Check(dataspace.ListOf("a", "c")) == nil {
		t.Error("the values of a list are not those declared")
	}
	if f := d.FieldName(); f != d.Name || d.FlagName() != "" {
		t.Errorf("its field is %s, its flag %q", f, d.FlagName())
	}
	stated := dataspace.ValuesOf(map[string]dataspace.Value{d.Name: dataspace.ListOf("a")})
	if err := made.CheckParticipant(stated); err != nil {
		t.Error(err)
	}
	if got := made.OfParticipant(fact.Recipient, made.OfStatement(stated)); !got.Equal(stated) {
		t.Errorf("stated by a participant: %v", got)
	}
}
