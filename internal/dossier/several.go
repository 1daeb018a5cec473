package dossier

import (
	"fmt"
	"reflect"

	"hutong/internal/office"
)

// allFlows is the key under which what is known of several flows lists each.
const allFlows = "\x00flows"

// knownOf is what is known of all flows of the input. The values that are the same
// for all answer the questions that are asked once; a person is asked for the
// others. The lists about flows have an entry for each.
func (l *Library) knownOf(input Input) (map[string]any, error) {
	first, err := l.known(input.Flow)
	if err != nil || len(input.More) == 0 {
		return first, err
	}
	each := []any{first}
	for _, f := range input.More {
		one, err := l.known(f)
		if err != nil {
			return nil, err
		}
		each = append(each, one)
	}
	out := first
	for _, one := range each[1:] {
		tree, _ := one.(map[string]any)
		out = common(out, tree)
	}
	var columns []Field
	for _, f := range append([]Flow{input.Flow}, input.More...) {
		columns = append(columns, l.Inventory(f)...)
	}
	for key, choose := range map[string]func(Field) bool{"kinds": func(f Field) bool { return f.Personal }, "kinds_sensitive": func(f Field) bool { return f.Personal && f.older }} {
		if t := names(columns, choose); t != nil {
			tree, err := asTree(t)
			if err != nil {
				return nil, err
			}
			out[key] = tree
		}
	}
	out[allFlows] = each
	return out, nil
}

// common is what two trees have alike.
func common(a, b map[string]any) map[string]any {
	out := map[string]any{}
	for key, v := range a {
		one, isTree := v.(map[string]any)
		two, both := b[key].(map[string]any)
		switch {
		case isTree && both:
			out[key] = common(one, two)
		case reflect.DeepEqual(v, b[key]):
			out[key] = v
		}
	}
	return out
}

// firstDue is the first day by which a decision about one of the flows requires
// the filing.
func firstDue(l *Library, f *Form, input Input) string {
	first := ""
	for _, one := range append([]Flow{input.Flow}, input.More...) {
		if one.Decision == nil {
			continue
		}
		if due := l.due(f, one.Decision); due != "" && (first == "" || due < first) {
			first = due
		}
	}
	return first
}

// cleanColumns refuses names of columns with a character that no reader sees.
func cleanColumns(l *Library, input Input) error {
	n := 0
	for _, f := range append([]Flow{input.Flow}, input.More...) {
		for _, c := range l.Inventory(f) {
			n++
			if err := office.Refuse(fmt.Sprintf("column %d", n), c.Name+c.Description.ZH+c.Description.EN+c.Rule); err != nil {
				return err
			}
		}
	}
	return nil
}

// clean refuses answers, of a person or known, with a character that no reader
// sees.
func (s *sheet) clean() error {
	for _, a := range s.list {
		if a.value == nil {
			continue
		}
		for _, lang := range []string{Chinese, English} {
			if err := office.Refuse(a.path, a.show(lang)); err != nil {
				return err
			}
		}
	}
	return nil
}
