package variable

import (
	"fmt"
	"slices"
	"strings"
	"sync"

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
	*fact.Definition
	CEL *cel.Type
	// derived says that the value depends on more than the fact of its own name.
	derived bool
}

// Table is the facts of a table, numbered in its order. Every table begins with
// the standard facts, whose numbers are therefore the same in all of them. It is
// immutable and safe for concurrent use.
type Table struct {
	facts *fact.Table
	list  []Variable
	// unknowns holds for each variable the value that stands for "not known". CEL
	// carries the identifiers of unknown values through every operator, so that
	// the result of a condition names the facts on which it depends.
	unknowns []ref.Val
	derived  []int
	ending   []int
	counting []int
}

// Standard is the table that comes with the program.
var Standard = sync.OnceValue(func() *Table { return Of(fact.Standard()) })

// Of numbers the facts of a table.
func Of(facts *fact.Table) *Table {
	t := &Table{facts: facts, list: make([]Variable, facts.Len()), unknowns: make([]ref.Val, facts.Len())}
	for i := range t.list {
		d := facts.At(i)
		v := Variable{Definition: d, CEL: celType(d), derived: d.Member || d.Any != "" || d.Default != "" || d.AtLeast != ""}
		t.list[i], t.unknowns[i] = v, types.NewUnknown(int64(i), types.NewAttributeTrail(d.Name))
		if v.derived {
			t.derived = append(t.derived, i)
		}
		if d.Ends != nil {
			t.ending = append(t.ending, i)
		}
		if d.Pack != "" && dataspace.IsCount(d.Name) {
			t.counting = append(t.counting, i)
		}
	}
	return t
}

// StringList is the type of lists.
var StringList = cel.ListType(cel.StringType)

func celType(d *fact.Definition) *cel.Type {
	switch d.Kind() {
	case dataspace.BoolValue:
		return cel.BoolType
	case dataspace.IntValue:
		return cel.IntType
	case dataspace.ListValue:
		return StringList
	}
	return cel.StringType
}

// Facts are the facts without their numbers.
func (t *Table) Facts() *fact.Table { return t.facts }

// Len is how many variables there are.
func (t *Table) Len() int { return len(t.list) }

// At is the variable of a number.
func (t *Table) At(i int) *Variable { return &t.list[i] }

// Number is the number of a variable; of a name that is none, -1.
func (t *Table) Number(name string) int {
	if i, ok := t.facts.Number(name); ok {
		return i
	}
	return -1
}

// Numbers are the numbers that the variables of another table, after the
// standard ones, have in this one; nil where that has no others. It fails for
// one that this table does not have.
func (t *Table) Numbers(of *Table) ([]int, error) {
	var out []int
	for i := Standard().Len(); i < of.Len(); i++ {
		n := t.Number(of.At(i).Name)
		if n < 0 {
			return nil, t.facts.Unknown(of.At(i).Name)
		}
		if t.At(n).Type != of.At(i).Type {
			return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "fact.type", Place: of.At(i).Name,
				Message: fmt.Sprintf("is declared as %s, and conditions were written for %s", t.At(n).Type, of.At(i).Type)}
		}
		out = append(out, n)
	}
	return out, nil
}

// Values are the values of all facts before any is known, by number.
func (t *Table) Values() []ref.Val { return slices.Clone(t.unknowns) }

// Forget makes all facts unknown.
func (t *Table) Forget(values []ref.Val) { copy(values, t.unknowns) }

// Unknown is the value of a fact that is not known.
func (t *Table) Unknown(i int) ref.Val { return t.unknowns[i] }

// AlwaysKnown reports whether a fact has a value in every decision: one without
// which there is none, or one with a default.
func (t *Table) AlwaysKnown(name string) bool {
	d, ok := t.facts.Lookup(name)
	return ok && (d.Member || d.Any != "" || d.Default != "" || d.Type == fact.Jurisdiction && d.Pack == "")
}

// Ending are the facts that can end the use of an instrument.
func (t *Table) Ending() []int { return t.ending }

// Counting are the facts of packs that count people.
func (t *Table) Counting() []int { return t.counting }

// Value is the value of a fact by what is known.
func (t *Table) Value(i int, f *dataspace.Facts) dataspace.Value {
	v := &t.list[i]
	if v.derived {
		return v.derive(f)
	}
	if x := f.Known.Of(v.Name); v.fits(x) {
		return x
	}
	return dataspace.Value{}
}

// Read is Value as CEL takes it.
func (t *Table) Read(i int, f *dataspace.Facts) ref.Val {
	if x := t.Value(i, f); x.Known() {
		return ValueOf(x)
	}
	return t.unknowns[i]
}

// derive is the value of a fact that depends on other facts.
func (v *Variable) derive(f *dataspace.Facts) dataspace.Value {
	switch {
	case v.Member:
		return dataspace.TextOf(f.On)
	case v.Any != "":
		for name := range f.Known.All() {
			if strings.HasPrefix(name, v.Any) && strings.HasPrefix(name[len(v.Any):], ".") {
				return dataspace.BoolOf(true)
			}
		}
		return dataspace.BoolOf(false)
	}
	x := f.Known.Of(v.Name)
	if !v.fits(x) {
		x = dataspace.Value{}
	}
	if v.AtLeast != "" {
		if least := f.Known.Of(v.AtLeast); x.Known() && least.Known() && least.Int() > x.Int() {
			x = least
		}
	}
	if v.Default != "" && !x.Known() {
		x = dataspace.TextOf(v.Default)
	}
	return x
}

// fits reports whether a value can be taken. A fact of a pack may have been
// stated while another version of the pack was loaded: what it cannot be today
// is not known.
func (v *Variable) fits(x dataspace.Value) bool { return v.Pack == "" || v.Check(x) == nil }

// Learn takes what the facts say into the values of the variables. It reports
// whether all that is known stands in the table and is of its form: what is not,
// fact.Table.CheckKept says.
func (t *Table) Learn(values []ref.Val, f *dataspace.Facts) (good bool) {
	good = true
	for name, x := range f.Known.All() {
		if !x.Known() {
			continue
		}
		i, ok := t.facts.Number(name)
		if !ok {
			good = good && (t.facts.Foreign(name) || fact.IsNote(name))
			continue
		}
		v := &t.list[i]
		wrong := v.Check(x) != nil
		if wrong && v.Pack != "" {
			continue // of another version of the pack: see fits
		}
		good = good && !wrong
		if !v.derived {
			values[i] = ValueOf(x)
		}
	}
	for _, i := range t.derived {
		values[i] = t.Read(i, f)
	}
	return good
}

// ValueOf is a value as CEL takes it; nil if it is not known.
func ValueOf(x dataspace.Value) ref.Val {
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

// Native is the value of a variable as JSON has it; nil: not known.
func Native(v ref.Val) any {
	switch v := v.(type) {
	case types.Bool:
		return bool(v)
	case types.Int:
		return int64(v)
	case types.String:
		return string(v)
	case *types.Unknown:
		return nil
	}
	return v.Value()
}
