package blank

import (
	"fmt"
	"maps"
	"slices"
)

// Check refuses contexts without words, and labels of answers that nobody asks for.
// asked reports whether there is a question at a path, and whether it has an option.
func (w *Words) Check(asked func(path, option string) bool) error {
	contexts := map[string]bool{}
	for _, c := range w.Contexts {
		if c.ID == "" || len(c.Words) == 0 {
			return fmt.Errorf("the context %q needs an id and words", c.ID)
		}
		contexts[c.ID] = true
	}
	for _, c := range w.Contexts {
		if c.Within != "" && !contexts[c.Within] {
			return fmt.Errorf("the context %s is within %s, which is not there", c.ID, c.Within)
		}
	}
	for i := range w.Labels {
		if err := w.Labels[i].check(contexts, asked); err != nil {
			return err
		}
	}
	return nil
}

func (e *Entry) check(contexts map[string]bool, asked func(path, option string) bool) error {
	for _, path := range append([]string{e.Answer, e.To}, e.And...) {
		if path != "" && !asked(path, "") {
			return fmt.Errorf("there is no question %s", path)
		}
	}
	if e.Answer == "" || len(e.ZH)+len(e.EN)+len(e.Ends) == 0 {
		return fmt.Errorf("%q has no answer or no label", e.Answer)
	}
	for _, id := range e.In {
		if !contexts[id] {
			return fmt.Errorf("%s is in the context %s, which is not there", e.Answer, id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(e.Options)) {
		if !asked(e.Answer, id) {
			return fmt.Errorf("%s has no option %s", e.Answer, id)
		}
	}
	return nil
}
