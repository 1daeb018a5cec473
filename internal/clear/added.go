package clear

import (
	"hutong/internal/dataspace"
	"hutong/internal/fact"
)

// AddedUp selects the facts whose values are added up, by their names in a
// dataset.
func AddedUp(t *fact.Table) func(name string) bool {
	names := map[string]bool{}
	for _, d := range t.All() {
		if d.Add == fact.Pair {
			names[d.DatasetName()] = true
		}
	}
	return func(name string) bool { return names[name] }
}

// Plus adds numbers by their names.
func Plus(a, b dataspace.Values) dataspace.Values {
	for name, n := range b.All() {
		was, _ := a.Int(name)
		a.Set(name, dataspace.IntOf(was+n.Int()))
	}
	return a
}
