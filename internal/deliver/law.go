package deliver

import (
	"hutong/internal/dataspace"
	"hutong/internal/element"
)

// Law is what plans are made and judged by. The zero value asks for nothing
// and knows the elements that come with the program.
type Law struct {
	// Handling is the least treatment of each element.
	Handling []dataspace.Handling
	// Elements say what is usual for an action that is named alone. Nil is
	// those that come with the program.
	Elements *element.Taxonomy
}

func (l Law) element(id *dataspace.ElementID) (element.Element, bool) {
	if id == nil {
		return element.Element{}, false
	}
	return known(l.Elements).Lookup(*id)
}

// known is the taxonomy given, else that of the program.
func known(t *element.Taxonomy) *element.Taxonomy {
	if t == nil {
		return element.Builtin()
	}
	return t
}
