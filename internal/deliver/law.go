package deliver

import (
	"hutong/internal/dataspace"
	"hutong/internal/element"
)

// Law is the basis on which plans are made and checked. The zero value demands
// nothing and knows the elements that come with the program.
type Law struct {
	// Handling is the least treatment of each element.
	Handling []dataspace.Handling
	// Elements give the usual parameters of an action that is named without
	// any. Nil means the elements that come with the program.
	Elements *element.Taxonomy
}

func (l Law) element(id *dataspace.ElementID) (element.Element, bool) {
	if id == nil {
		return element.Element{}, false
	}
	return known(l.Elements).Lookup(*id)
}

// known is the given taxonomy, or that of the program.
func known(t *element.Taxonomy) *element.Taxonomy {
	if t == nil {
		return element.Builtin()
	}
	return t
}
