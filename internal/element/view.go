package element

import (
	"slices"
	"strings"

	"hutong/internal/dataspace"
)

// Classification is a reading of which elements are sensitive.
type Classification struct {
	ID   string         `yaml:"id" json:"id"`
	Name dataspace.Text `yaml:"name" json:"name"`
}

// Classifications lists those of the taxonomy, newest first.
func (t *Taxonomy) Classifications() []Classification { return slices.Clone(t.classifications) }

// View selects the classifications by which an element is sensitive. The zero
// value is the strictest: by any of them.
type View struct{ one string }

// Strictest names the view by any classification.
const Strictest = "strictest"

// ParseView reads "strictest" or the id of a classification; ErrInvalid.
func (t *Taxonomy) ParseView(s string) (View, error) {
	ids := []string{Strictest}
	if s == "" || s == Strictest {
		return View{}, nil
	}
	for _, c := range t.classifications {
		if c.ID == s {
			return View{c.ID}, nil
		}
		ids = append(ids, c.ID)
	}
	return View{}, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "sensitive.unknown", Place: s,
		Message: "is not a classification of sensitive data", Hint: "use one of " + strings.Join(ids, ", ")}
}

// String is the inverse of ParseView.
func (v View) String() string {
	if v.one == "" {
		return Strictest
	}
	return v.one
}

// any reports whether a classification of the view says so.
func (v View) any(e *Element, says func(string) bool) bool {
	if v.one != "" {
		return says(e.by(v.one))
	}
	for _, s := range e.Sensitive {
		if says(s) {
			return true
		}
	}
	return false
}

// Always reports whether the element is sensitive wherever it is linked to a
// person, whatever other data is there.
func (v View) Always(e *Element) bool {
	return v.any(e, func(s string) bool { return s == Yes || strings.HasPrefix(s, Yes+":") })
}

// InContext reports whether other data decides if the element is sensitive.
func (v View) InContext(e *Element) bool {
	return v.any(e, func(s string) bool { return s == Context })
}

// Newest are the view by the newest classification, and the view by the one
// before it.
func (t *Taxonomy) Newest() (newest, before View) {
	if len(t.classifications) > 0 {
		newest = View{t.classifications[0].ID}
	}
	if len(t.classifications) > 1 {
		before = View{t.classifications[1].ID}
	}
	return newest, before
}

// Sensitive lists the elements that are sensitive by any classification, also
// those that are sensitive only together with others.
func (t *Taxonomy) Sensitive() []dataspace.ElementID {
	var out []dataspace.ElementID
	for i := range t.list {
		if e := &t.list[i]; (View{}).Always(e) || (View{}).InContext(e) {
			out = append(out, e.ID)
		}
	}
	return out
}
