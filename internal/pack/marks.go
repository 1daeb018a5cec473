package pack

import (
	"regexp"
	"slices"
	"strings"

	"hutong/internal/dataspace"
)

// elementMarks are the tests by which the conditions of a pack distinguish
// elements. There is one for each group or text in a condition on data.elements:
// whether an element belongs to it.
func (p *Pack) elementMarks() []func(dataspace.ElementID) bool {
	var out []func(dataspace.ElementID) bool
	seen := map[string]bool{}
	for _, c := range p.conditions() {
		if !slices.Contains(c.refs, "data.elements") {
			continue
		}
		for _, name := range c.refs {
			group, ok := strings.CutPrefix(name, "group.")
			if !ok || seen[name] {
				continue
			}
			seen[name] = true
			members := map[dataspace.ElementID]bool{}
			for _, m := range p.doc.Groups[group] {
				members[dataspace.ElementID(m)] = true
			}
			out = append(out, func(id dataspace.ElementID) bool { return members[id] })
		}
		for _, t := range constantText.FindAllString(c.source, -1) {
			text := dataspace.ElementID(t[1 : len(t)-1])
			if !seen[string(text)] {
				seen[string(text)] = true
				out = append(out, func(id dataspace.ElementID) bool { return id == text })
			}
		}
	}
	return out
}

// constantText is a text in a condition, with its quotes.
var constantText = regexp.MustCompile(`"[^"]*"|'[^']*'`)

// conditions are the definitions of the pack and the conditions of its rules.
func (p *Pack) conditions() []Condition {
	out := slices.Clone(p.define)
	for _, r := range p.rules {
		out = append(out, r.Condition, r.Asked, r.SatisfiedIf)
	}
	return out
}
