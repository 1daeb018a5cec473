package element

import (
	"slices"
	"strings"

	"hutong/internal/dataspace"
)

// Classification is a reading of which elements are sensitive.
type Classification struct {
	ID   string         `json:"id"` // "gbt-45574-2025"
	Key  string         `json:"key"`
	Name dataspace.Text `json:"name"`
}

// Classifications lists those of the taxonomy, newest first.
func Classifications() []Classification { return slices.Clone(loadTaxonomy().Classifications) }

// View is by which classifications an element is taken as sensitive. The zero
// value is the strictest: by any of them.
type View struct{ one Classification }

// Strictest names the view by any classification.
const Strictest = "strictest"

// ParseView reads "strictest" or the id of a classification; ErrInvalid.
func ParseView(s string) (View, error) {
	ids := []string{Strictest}
	if s == "" || s == Strictest {
		return View{}, nil
	}
	for _, c := range loadTaxonomy().Classifications {
		if c.ID == s {
			return View{c}, nil
		}
		ids = append(ids, c.ID)
	}
	return View{}, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "sensitive.unknown", Place: s,
		Message: "is no classification of sensitive data", Hint: "use one of " + strings.Join(ids, ", ")}
}

// String is the inverse of ParseView.
func (v View) String() string {
	if v.one.ID == "" {
		return Strictest
	}
	return v.one.ID
}

// sees reports whether the view looks at a key of the elements.
func (v View) sees(key string) bool { return v.one.Key == "" || v.one.Key == key }

// Always reports whether the element is sensitive wherever it is linked to a
// person.
func (v View) Always(e *Element) bool {
	return v.sees("sensitive") && e.AlwaysSensitive() || v.sees("sensitive_35273") && e.Sensitive35273
}

// InContext reports whether what stands beside the element decides.
func (v View) InContext(e *Element) bool { return v.sees("sensitive") && e.Sensitive == "context" }
