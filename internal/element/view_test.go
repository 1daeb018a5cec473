package element_test

import (
	"errors"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/element"
)

// The strictest view includes the sensitive elements of every classification.
// Each classification has something of its own: a number that only the older
// one lists, an element for which only the newer one asks for the context.
func TestViews(t *testing.T) {
	all := element.Builtin().Classifications()
	if len(all) != 2 {
		t.Fatalf("%d classifications", len(all))
	}
	var views []element.View
	for _, c := range all {
		v, err := element.Builtin().ParseView(c.ID)
		if err != nil || v.String() != c.ID || c.Name.EN == "" || c.Name.ZH == "" {
			t.Fatalf("%+v is %s (%v)", c, v, err)
		}
		views = append(views, v)
	}
	strictest, err := element.Builtin().ParseView(element.Strictest)
	if err != nil || strictest != (element.View{}) || strictest.String() != element.Strictest {
		t.Fatalf("%s (%v)", strictest, err)
	}
	differ := 0
	for _, e := range element.Builtin().All() {
		newer, older := views[0].Always(&e), views[1].Always(&e)
		if strictest.Always(&e) != (newer || older) {
			t.Errorf("%s is sensitive by one and not by the strictest", e.ID)
		}
		if newer != older {
			differ++
		}
		if views[1].InContext(&e) || views[0].InContext(&e) != strictest.InContext(&e) {
			t.Errorf("%s in context", e.ID)
		}
	}
	if differ == 0 {
		t.Error("the classifications say the same")
	}
	if _, err := element.Builtin().ParseView("newest"); !errors.Is(err, dataspace.ErrInvalid) || dataspace.Hint(err) == "" {
		t.Errorf("unknown classification: %v", err)
	}
}
