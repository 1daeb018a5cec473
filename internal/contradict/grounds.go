package contradict

import (
	"fmt"

	"hutong/internal/dataspace"
)

// listed is the result of a screening that found the recipient on a list.
const listed = "listed"

// grounds compares facts with the declarations and the lists that the same document
// names for them. A gateway takes the facts from these; a document that a person
// wrote may say one thing and rest on another.
func (c *Case) grounds() (out dataspace.Contradictions) {
	f := &c.Facts
	differs := func(a dataspace.Text, name string) {
		out = append(out, dataspace.Contradiction{Code: "contradiction.ground", A: a, B: said("facts."+name, f.Known.Of(name).String()),
			Is: dataspace.Text{EN: "a fact is not otherwise than what it rests on", ZH: "事实不能与其依据不一致"},
			Do: dataspace.Text{EN: "find out which of the two holds, and put the other right", ZH: "查明以何者为准，并更正另一处"}})
	}
	for i, d := range f.Declared {
		if v := f.Known.Of(d.Fact); v.Known() && d.Value.Known() && !v.Equal(d.Value) {
			differs(said(fmt.Sprintf("facts.declared.%d (%s)", i, d.Fact), d.Value.String()), d.Fact)
		}
	}
	for i, s := range f.Screened {
		if on, known := f.Known.Bool(s.Fact); s.Result == listed && known && !on {
			differs(said(fmt.Sprintf("facts.screened.%d (%s)", i, s.List), s.Result), s.Fact)
		}
	}
	return out
}
