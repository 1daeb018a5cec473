package declare

import (
	"errors"
	"fmt"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
)

// Kept is a declaration as it is kept: it stays after it has ended.
type Kept = dataspace.Declared

// InForce are the declarations about a dataset and its owner that hold on a day,
// which may be either of two, in order of their facts. A declaration about one
// dataset takes the place of that about all, also after it has ended: then the
// fact is open. A fact that cannot be declared any more is left out, and so is a
// value that it cannot have.
func InForce(t *fact.Table, list []Kept, dataset dataspace.DatasetID, first, last string) []dataspace.Declaration {
	chosen := map[string]Kept{}
	for _, k := range list {
		_, own := chosen[k.Fact]
		if k.Dataset == dataset && dataset != "" || k.Dataset == "" && !own {
			chosen[k.Fact] = k
		}
	}
	var out []dataspace.Declaration
	for _, k := range chosen {
		d, ok := t.Lookup(k.Fact)
		if !ok || d.Standing == nil || d.Check(k.Value) != nil || !k.Value.Known() || k.Revoked != nil || !k.Holds(first, last) {
			continue
		}
		out = append(out, k.Declaration)
	}
	slices.SortFunc(out, byFact)
	return out
}

// Fill takes facts that nobody has stated from declarations in force. The facts
// name each declaration on which they rest.
func Fill(f *dataspace.Facts, list []dataspace.Declaration) {
	f.Declared = nil
	for _, d := range list {
		stated := f.Known.Of(d.Fact)
		if stated.Known() && !stated.Equal(d.Value) {
			continue // see Contradictions
		}
		f.Known.Set(d.Fact, d.Value)
		f.Declared = append(f.Declared, d)
	}
}

// Checked says of each fact about a list whether its value was declared by
// somebody who names the edition that was looked at.
func Checked(t *fact.Table, f *dataspace.Facts) {
	for i := range t.Len() {
		d := t.At(i)
		if d.Standing == nil || d.Standing.Edition == "" || !f.Known.Of(d.Name).Known() {
			continue
		}
		f.Known.Set(d.Standing.Edition, dataspace.BoolOf(slices.ContainsFunc(f.Declared, func(one dataspace.Declaration) bool {
			return one.Fact == d.Name && one.Edition != nil
		})))
	}
}

// Cite says of each reason of a decision on which declarations the facts rest
// that its rule read.
func Cite(d *dataspace.Decision, declared []dataspace.Declaration) {
	if len(declared) == 0 {
		return
	}
	d.Reasons = slices.Clone(d.Reasons)
	for i := range d.Reasons {
		r := &d.Reasons[i]
		r.Declared = nil
		for _, one := range declared {
			if _, read := r.Facts[one.Fact]; read {
				r.Declared = append(r.Declared, dataspace.Basis{Fact: one.Fact, By: one.By, Until: one.Until, Event: one.Event})
			}
		}
	}
}

// Contradictions reports what is stated otherwise than it was declared, with both
// places.
func Contradictions(list []dataspace.Declaration, place string, stated dataspace.Values) error {
	var errs []error
	for _, d := range list {
		if v := stated.Of(d.Fact); v.Known() && !v.Equal(d.Value) {
			errs = append(errs, contradiction(d, place, v))
		}
	}
	return errors.Join(errs...)
}

func contradiction(d dataspace.Declaration, place string, stated dataspace.Value) error {
	return &dataspace.Problem{Kind: dataspace.ErrConflict, Code: "declaration.contradiction", Place: place,
		Message: fmt.Sprintf("states %s as %s, and the declaration of %s says %s (%s, from %s until %s)", d.Fact, stated, of(d), d.Value, d.By, d.From, d.Until),
		Hint:    "put right which of the two is wrong: leave the fact out, or have the declaration revoked ('hutong declare revoke')"}
}

// of names what a declaration is about.
func of(d dataspace.Declaration) string {
	if d.Dataset != "" {
		return fmt.Sprintf("dataset %s of %s", d.Dataset, d.Owner)
	}
	return string(d.Owner)
}
