package fact

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/vocab"
)

// ReadDocument gives a document of facts, as a person wrote it, with keys in the
// place of its words: plain JSON values, of which none is changed. Words that are
// not known are reported together, each at its place. Values that are no texts are
// left for the schema.
func (t *Table) ReadDocument(doc any) (any, error) {
	root, ok := doc.(map[string]any)
	if !ok {
		return doc, nil
	}
	r := reader{words: t.Words(), fact: func(name string) func(string) (string, error) {
		d, ok := t.Lookup(name)
		if !ok {
			return nil
		}
		return func(s string) (string, error) { return readWord(t, d, name, s) }
	}}
	out := r.group(root, "")
	if list, ok := root["instruments"].([]any); ok {
		out["instruments"] = r.instruments(list)
	}
	if t.lenient {
		return out, nil
	}
	return out, errors.Join(r.errs...)
}

// reader reads the words of one document.
type reader struct {
	words *vocab.Words
	fact  func(name string) func(s string) (string, error) // nil for no fact
	errs  []error
}

// group reads the members of an object, and of those in it. A list is read in a
// copy.
func (r *reader) group(members map[string]any, prefix string) map[string]any {
	out := make(map[string]any, len(members))
	for _, member := range slices.Sorted(maps.Keys(members)) {
		name, v := prefix+member, members[member]
		if below, ok := v.(map[string]any); ok {
			out[member] = r.group(below, name+".")
			continue
		}
		if read := r.fact(name); read != nil {
			v = r.value(v, read)
		}
		out[member] = v
	}
	return out
}

// value reads a text, or the texts of a list.
func (r *reader) value(v any, read func(string) (string, error)) any {
	switch x := v.(type) {
	case string:
		key, err := read(x)
		if err != nil {
			r.errs = append(r.errs, err)
		} else if key != "" {
			return key
		}
	case []any:
		out := slices.Clone(x)
		for i := range out {
			out[i] = r.value(out[i], read)
		}
		return out
	}
	return v
}

// scopeWords are the vocabularies of what an instrument covers, by member.
var scopeWords = map[string]vocab.Name{
	"scenario": vocab.Scenarios, "elements": vocab.Elements, "purposes": vocab.Purposes, "acts": vocab.Acts, "storage": vocab.Regions,
}

func (r *reader) instruments(list []any) []any {
	out := slices.Clone(list)
	for i := range out {
		in, ok := out[i].(map[string]any)
		if !ok {
			continue
		}
		place := fmt.Sprintf("instruments.%d.", i)
		read := func(of map[string]any, member string, n vocab.Name, place string) {
			of[member] = r.value(of[member], func(s string) (string, error) { return r.words.Read(n, place, s) })
		}
		in = maps.Clone(in)
		if scope, ok := in["covers"].(map[string]any); ok {
			scope = maps.Clone(scope)
			for _, member := range slices.Sorted(maps.Keys(scopeWords)) {
				if scope[member] != nil {
					read(scope, member, scopeWords[member], place+"covers."+member)
				}
			}
			in["covers"] = scope
		}
		if in["kind"] != nil {
			read(in, "kind", vocab.Instruments, place+"kind")
		}
		out[i] = in
	}
	return out
}

// ReadInstrument gives an instrument with keys in the place of its words.
func ReadInstrument(t *Table, place string, in dataspace.Instrument) (dataspace.Instrument, error) {
	words := t.Words()
	var errs []error
	one := func(n vocab.Name, member, s string) string {
		key, err := words.Read(n, place+member, s)
		errs = append(errs, err)
		return key
	}
	all := func(n vocab.Name, member string, list []string) []string {
		list = slices.Clone(list)
		for i, s := range list {
			list[i] = one(n, member, s)
		}
		return list
	}
	in.Kind = one(vocab.Instruments, "kind", in.Kind)
	if in.Covers != nil {
		c := *in.Covers
		c.Scenario = one(vocab.Scenarios, "covers.scenario", c.Scenario)
		c.Elements = slices.Clone(c.Elements)
		for i, id := range c.Elements {
			c.Elements[i] = dataspace.ElementID(one(vocab.Elements, "covers.elements", string(id)))
		}
		c.Purposes = all(vocab.Purposes, "covers.purposes", c.Purposes)
		c.Acts = all(vocab.Acts, "covers.acts", c.Acts)
		c.Storage = dataspace.Region(one(vocab.Regions, "covers.storage", string(c.Storage)))
		in.Covers = &c
	}
	return in, errors.Join(errs...)
}
