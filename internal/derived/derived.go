// Package derived says how answers of a filing follow from the facts of a flow.
package derived

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
)

// Rule is an answer that follows from facts: Path is what a question's
// prefill names. The first answer that holds is taken, or Sum is the answer: the
// numbers of facts, added up.
type Rule struct {
	Path    string   `yaml:"path"`
	Answers []Answer `yaml:"answers"`
	Sum     []string `yaml:"sum"`
}

// Answer holds if each fact of When has one of its words.
type Answer struct {
	Value any                 `yaml:"value"` // a text, or a bool for a yes or no
	When  map[string][]string `yaml:"when"`
}

// Check refuses an answer that could never hold.
func (d *Rule) Check() error {
	if d.Path == "" || (len(d.Answers) == 0) == (len(d.Sum) == 0) {
		return fmt.Errorf("known.yaml: an entry needs a path, and either answers or a sum")
	}
	for _, name := range d.Sum {
		if f, ok := fact.Standard().Lookup(name); !ok || f.Type != fact.Int {
			return fmt.Errorf("known.yaml: %s: %q is no fact that is a number", d.Path, name)
		}
	}
	for _, a := range d.Answers {
		switch v := a.Value.(type) {
		case bool:
		case string:
			if v == "" {
				return fmt.Errorf("known.yaml: %s has an empty value", d.Path)
			}
		default:
			return fmt.Errorf("known.yaml: a value of %s is neither text nor true or false", d.Path)
		}
		if len(a.When) == 0 {
			return fmt.Errorf("known.yaml: the answer %v of %s needs facts on which it depends", a.Value, d.Path)
		}
		for name, words := range a.When {
			f, ok := fact.Standard().Lookup(name)
			if !ok || len(words) == 0 {
				return fmt.Errorf("known.yaml: %s: %q is no fact, or has no words", d.Path, name)
			}
			may := f.Values
			if f.Type == fact.Bool {
				may = []string{"true", "false"}
			}
			for _, w := range words {
				if !slices.Contains(may, w) {
					return fmt.Errorf("known.yaml: %s: the fact %s is never %q; it is one of %q", d.Path, name, w, may)
				}
			}
		}
	}
	return nil
}

// Of is the answer by the facts; nil if none holds, or if a number is not known.
func (d *Rule) Of(f *dataspace.Facts) any {
	if len(d.Sum) > 0 {
		return d.sum(f)
	}
	for _, a := range d.Answers {
		if a.holds(f) {
			return a.Value
		}
	}
	return nil
}

// sum adds up the numbers; nil if one is not known.
func (d *Rule) sum(f *dataspace.Facts) any {
	all := int64(0)
	for _, name := range d.Sum {
		n, known := f.Known.Int(name)
		if !known {
			return nil
		}
		all += n
	}
	return all
}

func (a *Answer) holds(f *dataspace.Facts) bool {
	for name, words := range a.When {
		word := f.Known.Text(name)
		if b, known := f.Known.Bool(name); known {
			word = strconv.FormatBool(b)
		}
		if !slices.Contains(words, word) {
			return false
		}
	}
	return true
}

// Place names where an answer comes from that is known under a path: the facts that
// are added up, or the path.
func Place(rules []Rule, path string) string {
	at := slices.IndexFunc(rules, func(d Rule) bool { return d.Path == path })
	switch {
	case at >= 0 && len(rules[at].Sum) > 0:
		return "facts." + strings.Join(rules[at].Sum, " + facts.")
	case strings.HasPrefix(path, "facts."):
		return path
	}
	return "flow." + strings.TrimPrefix(path, ".")
}
