package pack

import (
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
)

// Variable is one fact as conditions see it: a flat CEL variable whose name
// is the path of the fact. Flat, so that a condition cannot ask whether a fact
// is present: an absent fact is unknown, and every condition is monotone in it.
type Variable struct {
	Name string
	Kind *cel.Type
	What dataspace.Text
	Def  *fact.Definition
}

var listOfStrings = cel.ListType(cel.StringType)

// Variables are the facts of the table, in its order, which numbers them.
var Variables = variablesOf(fact.Standard().All())

func variablesOf(defs []fact.Definition) []Variable {
	out := make([]Variable, len(defs))
	for i := range defs {
		d := &defs[i]
		out[i] = Variable{d.Name, celType(d), d.Text, d}
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

// VariableIndex finds a variable's number by its name.
var VariableIndex = func() map[string]int {
	m := make(map[string]int, len(Variables))
	for i, v := range Variables {
		m[v.Name] = i
	}
	return m
}()

// unknowns holds for each variable the value that stands for "not known". CEL
// carries the identifiers of unknown values through every operator, so that
// the result of a condition names the facts it hangs on.
var unknowns = func() []ref.Val {
	u := make([]ref.Val, len(Variables))
	for i, v := range Variables {
		u[i] = types.NewUnknown(int64(i), types.NewAttributeTrail(v.Name))
	}
	return u
}()

// NewValues are the values of all facts before any is known, by number.
func NewValues() []ref.Val { return slices.Clone(unknowns) }

// ForgetValues makes all facts unknown.
func ForgetValues(values []ref.Val) { copy(values, unknowns) }

// Unknown is the value of a fact that is not known.
func Unknown(fact int) ref.Val { return unknowns[fact] }

// derived are the facts whose value hangs on more than what is known under
// their own name.
var derived = func() (out []int) {
	for i, v := range Variables {
		if d := v.Def; d.Member || d.Any != "" || d.Default != "" || d.AtLeast != "" {
			out = append(out, i)
		}
	}
	return out
}()

// AlwaysKnown reports whether a fact has a value in every decision: one without
// which there is none, or one with a default.
func AlwaysKnown(name string) bool {
	i, ok := VariableIndex[name]
	if !ok {
		return false
	}
	d := Variables[i].Def
	return d.Member || d.Any != "" || d.Default != "" || d.Type == fact.Jurisdiction
}

// Read is the value of the fact; nil if it is not known.
func (v *Variable) Read(f *dataspace.Facts) ref.Val {
	d := v.Def
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

// Learn takes what the facts say into the values of the variables.
func Learn(values []ref.Val, f *dataspace.Facts) {
	for name, x := range f.Known.All() {
		if i, ok := VariableIndex[name]; ok && x.Known() {
			values[i] = valueOf(x)
		}
	}
	for _, i := range derived {
		if v := Variables[i].Read(f); v != nil {
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

func textValue(s string) ref.Val { return valueOf(dataspace.TextOf(s)) }

func boolean(b *bool) ref.Val { return valueOf(dataspace.MaybeBool(b)) }

func integer(n *int64) ref.Val { return valueOf(dataspace.MaybeInt(n)) }
