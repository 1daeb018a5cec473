package rules

import (
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
)

// variable is one fact as conditions see it: a flat CEL variable whose name
// is the path of the fact. Flat, so that a condition cannot ask whether a fact
// is present: an absent fact is unknown, and every condition is monotone in it.
type variable struct {
	name string
	kind *cel.Type
	what dataspace.Text
	def  *fact.Definition
}

var listOfStrings = cel.ListType(cel.StringType)

// variables are the facts of the table, in its order, which numbers them.
var variables = variablesOf(fact.Standard().All())

func variablesOf(defs []fact.Definition) []variable {
	out := make([]variable, len(defs))
	for i := range defs {
		d := &defs[i]
		out[i] = variable{d.Name, celType(d), d.Text, d}
	}
	return out
}

func celType(d *fact.Definition) *cel.Type {
	switch d.Kind() {
	case dataspace.BoolValue:
		return cel.BoolType
	case dataspace.IntValue:
		return cel.IntType
	case dataspace.ListValue:
		return listOfStrings
	}
	return cel.StringType
}

// variableIndex finds a variable's number by its name.
var variableIndex = func() map[string]int {
	m := make(map[string]int, len(variables))
	for i, v := range variables {
		m[v.name] = i
	}
	return m
}()

// unknowns holds for each variable the value that stands for "not known". CEL
// carries the identifiers of unknown values through every operator, so that
// the result of a condition names the facts it hangs on.
var unknowns = func() []ref.Val {
	u := make([]ref.Val, len(variables))
	for i, v := range variables {
		u[i] = types.NewUnknown(int64(i), types.NewAttributeTrail(v.name))
	}
	return u
}()

// derived are the facts whose value hangs on more than what is known under
// their own name.
var derived = func() (out []int) {
	for i, v := range variables {
		if d := v.def; d.Member || d.Any != "" || d.Default != "" || d.AtLeast != "" {
			out = append(out, i)
		}
	}
	return out
}()

// AlwaysKnown reports whether a fact has a value in every decision: one without
// which there is none, or one with a default.
func AlwaysKnown(name string) bool {
	i, ok := variableIndex[name]
	if !ok {
		return false
	}
	d := variables[i].def
	return d.Member || d.Any != "" || d.Default != "" || d.Type == fact.Jurisdiction && !d.Own()
}

// read is the value of the fact; nil if it is not known.
func (v *variable) read(f *dataspace.Facts) ref.Val {
	d := v.def
	switch {
	case d.Member:
		return valueOf(dataspace.TextOf(f.On))
	case d.Any != "":
		for name := range f.Known.All() {
			if strings.HasPrefix(name, d.Any) && strings.HasPrefix(name[len(d.Any):], ".") {
				return types.True
			}
		}
		return types.False
	}
	x := f.Known.Of(d.Name)
	if d.AtLeast != "" {
		if least := f.Known.Of(d.AtLeast); x.Known() && least.Known() && least.Int() > x.Int() {
			x = least
		}
	}
	if d.Default != "" && !x.Known() {
		x = dataspace.TextOf(d.Default)
	}
	return valueOf(x)
}

// learn takes what the facts say into the values of the variables.
func learn(values []ref.Val, f *dataspace.Facts) {
	for name, x := range f.Known.All() {
		if i, ok := variableIndex[name]; ok && x.Known() {
			values[i] = valueOf(x)
		}
	}
	for _, i := range derived {
		if v := variables[i].read(f); v != nil {
			values[i] = v
		}
	}
}

// valueOf is a value as CEL takes it; nil if it is not known.
func valueOf(x dataspace.Value) ref.Val {
	switch x.Kind() {
	case dataspace.BoolValue:
		return types.Bool(x.Bool())
	case dataspace.IntValue:
		return types.Int(x.Int())
	case dataspace.TextValue:
		return types.String(x.Text())
	case dataspace.ListValue:
		return types.NewStringList(types.DefaultTypeAdapter, x.List())
	}
	return nil
}

func text(s string) ref.Val { return valueOf(dataspace.TextOf(s)) }

func boolean(b *bool) ref.Val { return valueOf(dataspace.MaybeBool(b)) }

func integer(n *int64) ref.Val { return valueOf(dataspace.MaybeInt(n)) }

// Facts is the table of the facts that the set's conditions can name.
func (s *Set) Facts() *fact.Table { return fact.Standard() }
