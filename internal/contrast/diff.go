// Package contrast compares laws: two versions of a pack, to say what changes
// for whom, and two regimes, to say what each demands and what one covers of
// the other. Everything it says is computed from the packs.
package contrast

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/examine"
	"hutong/internal/item"
	"hutong/internal/pack"
)

// Diff is what is different between two versions of a pack.
type Diff struct {
	A       dataspace.PackRef `json:"a"`
	B       dataspace.PackRef `json:"b"`
	Added   []Statement       `json:"added"`
	Removed []Statement       `json:"removed"`
	Changed []Changed         `json:"changed"`
	Wording []Statement       `json:"wording"` // only texts, or rows of facts behind them
	Effects []Effect          `json:"effects"`
	Given   []Given           `json:"given,omitempty"`
	// Tried is how many flows were decided under both; Cut says that some were
	// not tried.
	Tried int  `json:"tried"`
	Cut   bool `json:"cut,omitempty"`
}

// Statement is one statement of a pack: a rule, a number, a group.
type Statement struct {
	Kind string         `json:"kind"`
	ID   string         `json:"id"`
	Text dataspace.Text `json:"text"`
	// Concerns are the facts that show whom it concerns.
	Concerns []pack.FactInfo `json:"concerns,omitempty"`
}

// Changed is a statement that both have, with its differences.
type Changed struct {
	Statement
	Fields []Field `json:"fields"`
}

// Field is one key of a statement. A list has its added and removed values; any
// other value has old and new, empty where it is absent.
type Field struct {
	Key     string   `json:"key"`
	Old     string   `json:"old,omitempty"`
	New     string   `json:"new,omitempty"`
	Added   []string `json:"added,omitempty"`
	Removed []string `json:"removed,omitempty"`
}

// Options are the optional inputs of a diff.
type Options struct {
	With  []*pack.Pack         // what the packs overlay
	Facts []examine.NamedFacts // flows to decide under both
}

// Compute compares two versions of a pack. It refuses flows that state what
// neither can read.
func Compute(a, b *pack.Pack, o Options) (*Diff, error) {
	for _, f := range o.Facts {
		if err := b.Facts().Facts().Check(f.Facts.Known); err != nil && a.Facts().Facts().Check(f.Facts.Known) != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	d := &Diff{A: a.Ref(), B: b.Ref(), Added: []Statement{}, Removed: []Statement{}, Changed: []Changed{}, Wording: []Statement{}, Effects: []Effect{}}
	old, err := statements(a)
	if err != nil {
		return nil, err
	}
	now, err := statements(b)
	if err != nil {
		return nil, err
	}
	c := &concerned{a.Reads(), b.Reads(), []*pack.Pack{b, a}}
	touched := map[string]bool{} // names that conditions use, and rules
	for _, key := range slices.Sorted(maps.Keys(union(old, now))) {
		x, isOld := old[key]
		y, isNew := now[key]
		switch {
		case !isOld:
			d.Added = append(d.Added, y.say(c))
		case !isNew:
			d.Removed = append(d.Removed, x.say(c))
		default:
			fields, wording := differ(x.fields, y.fields)
			if len(fields) == 0 {
				if wording {
					d.Wording = append(d.Wording, y.say(c))
				}
				continue
			}
			d.Changed = append(d.Changed, Changed{y.say(c), fields})
		}
		for _, s := range []statement{x, y} {
			touched[s.name()] = true
		}
	}
	return d, d.effects(a, b, o, c.touched(touched))
}

func union[V any](a, b map[string]V) map[string]V {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

// statement is one statement as plain values.
type statement struct {
	kind, id string
	text     dataspace.Text
	fields   map[string]any // flattened; lists as they are
}

// kinds are the names of the entries in the sections of pack.yaml, in the
// singular.
var kinds = map[string]string{
	"sides": "side", "sources": "source", "numbers": "number", "texts": "text", "groups": "group", "define": "definition",
	"switches": "switch", "instruments": "instrument", "recognises": "recognition", "incidents": "incident", "rules": "rule",
	"handling": "handling", "items": "item", "facts": "fact",
}

// prefixes are the prefixes by which conditions name the entries of a section.
var prefixes = map[string]string{"number": "number.", "group": "group.", "definition": "is.", "switch": "switch."}

func (s statement) name() string { return prefixes[s.kind] + s.id }

// statements splits a pack by section and id. The top-level values that belong
// to no section are one statement, the head of the pack.
func statements(p *pack.Pack) (map[string]statement, error) {
	doc, err := p.Plain()
	if err != nil {
		return nil, err
	}
	if list := p.Items(); len(list) > 0 {
		if doc["items"], err = items(list); err != nil {
			return nil, err
		}
	}
	out := map[string]statement{}
	head := statement{kind: "pack", id: string(p.Ref().ID), text: p.Title(), fields: map[string]any{}}
	add := func(section, id string, v any) {
		s := statement{kind: kinds[section], id: id, fields: map[string]any{}}
		flatten(s.fields, "", v)
		s.text = dataspace.Text{EN: first(s.fields, "text.en", "obligation.text.en", "name.en"), ZH: first(s.fields, "text.zh", "obligation.text.zh", "name.zh")}
		for _, kind := range []string{"pathway", "bar", "note", "obligation"} {
			if m, ok := v.(map[string]any); ok && m[kind] != nil && section == "rules" {
				s.kind = kind
			}
		}
		out[section+" "+id] = s
	}
	for section, v := range doc {
		if _, known := kinds[section]; !known {
			flatten(head.fields, section, v)
			continue
		}
		switch v := v.(type) {
		case map[string]any:
			for id, one := range v {
				add(section, id, one)
			}
		case []any:
			for i, one := range v {
				add(section, idOf(one, i), one)
			}
		default:
			flatten(head.fields, section, v)
		}
	}
	out[""] = head
	return out, nil
}

// items are those of a negative list by id.
func items(list []item.Item) (map[string]any, error) {
	out := make(map[string]any, len(list))
	for _, it := range list {
		raw, err := json.Marshal(it)
		if err != nil {
			return nil, fmt.Errorf("take item %s apart: %w", it.ID, err)
		}
		var v any
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.UseNumber()
		if err := dec.Decode(&v); err != nil {
			return nil, fmt.Errorf("take item %s apart: %w", it.ID, err)
		}
		out[it.ID] = v
	}
	return out, nil
}

func idOf(v any, i int) string {
	if m, ok := v.(map[string]any); ok {
		for _, key := range []string{"id", "name"} {
			if s, ok := m[key].(string); ok {
				return s
			}
		}
	}
	return fmt.Sprint(i + 1)
}

func first(fields map[string]any, keys ...string) string {
	for _, k := range keys {
		if s, ok := fields[k].(string); ok {
			return s
		}
	}
	return ""
}

// flatten gives each value below v a dotted key.
func flatten(out map[string]any, at string, v any) {
	m, ok := v.(map[string]any)
	if !ok {
		if at == "" {
			at = "value"
		}
		out[at] = v
		return
	}
	for k, one := range m {
		if at != "" {
			k = at + "." + k
		}
		flatten(out, k, one)
	}
}

// textOnly reports whether changes of the key have no effect on any flow.
func textOnly(key string) bool {
	return strings.HasSuffix(key, ".en") || strings.HasSuffix(key, ".zh") || key == "facts" || key == "checked_on" || strings.HasSuffix(key, ".facts")
}

// differ lists the keys whose values differ; wording says whether a key that is
// not listed differs.
func differ(a, b map[string]any) (fields []Field, wording bool) {
	for _, key := range slices.Sorted(maps.Keys(union(a, b))) {
		x, y := a[key], b[key]
		switch {
		case reflect.DeepEqual(x, y):
		case textOnly(key):
			wording = true
		default:
			fields = append(fields, field(key, x, y))
		}
	}
	return fields, wording
}

func field(key string, x, y any) Field {
	f := Field{Key: key}
	before, isOld := x.([]any)
	after, isNew := y.([]any)
	if !isOld && !isNew {
		f.Old, f.New = words(x), words(y)
		return f
	}
	old, now := map[string]bool{}, map[string]bool{}
	for _, v := range before {
		old[words(v)] = true
	}
	for _, v := range after {
		now[words(v)] = true
	}
	for _, v := range slices.Sorted(maps.Keys(old)) {
		if !now[v] {
			f.Removed = append(f.Removed, v)
		}
	}
	for _, v := range slices.Sorted(maps.Keys(now)) {
		if !old[v] {
			f.Added = append(f.Added, v)
		}
	}
	if f.Added == nil && f.Removed == nil {
		f.Old, f.New = words(x), words(y) // another order
	}
	return f
}

func words(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(raw)
}

// concerned knows the facts that the rules of both packs read.
type concerned struct {
	old, now map[dataspace.RuleID][]string
	packs    []*pack.Pack
}

// say describes a statement and whom it concerns.
func (s statement) say(c *concerned) Statement {
	out := Statement{Kind: s.kind, ID: s.id, Text: s.text}
	seen := map[string]bool{}
	name := s.name()
	for _, reads := range []map[dataspace.RuleID][]string{c.old, c.now} {
		for id, names := range reads {
			if string(id) != s.id && !slices.Contains(names, name) {
				continue
			}
			for _, n := range names {
				seen[n] = true
			}
		}
	}
	for _, n := range slices.Sorted(maps.Keys(seen)) {
		if f, ok := factOf(n, c.packs...); ok {
			out.Concerns = append(out.Concerns, f)
		}
	}
	return out
}

// touched are the rules that changed, or that read something that changed.
func (c *concerned) touched(names map[string]bool) map[dataspace.RuleID]bool {
	out := map[dataspace.RuleID]bool{}
	for _, reads := range []map[dataspace.RuleID][]string{c.old, c.now} {
		for id, read := range reads {
			if names[string(id)] || slices.ContainsFunc(read, func(n string) bool { return names[n] }) {
				out[id] = true
			}
		}
	}
	return out
}
