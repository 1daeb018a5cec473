package dataspace

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Values are facts by their dotted names, such as "exporter.role". A missing
// name is unknown, never assumed to be harmless. The zero Values are empty.
//
// Values can be copied freely: Set makes a new list and does not change the
// list of any copy.
type Values struct {
	list  []namedValue // by name, ascending
	draft bool         // see Draft
}

type namedValue struct {
	name  string
	value Value
}

// ValuesOf are the values of a map; unknown ones are left out.
func ValuesOf(m map[string]Value) Values {
	v := Values{list: make([]namedValue, 0, len(m))}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if m[name].kind != 0 {
			v.list = append(v.list, namedValue{name, m[name]})
		}
	}
	return v
}

func (v Values) find(name string) (int, bool) {
	return slices.BinarySearchFunc(v.list, name, func(n namedValue, name string) int { return strings.Compare(n.name, name) })
}

// Of is the value of a name; unknown if it is missing.
func (v Values) Of(name string) Value {
	if i, ok := v.find(name); ok {
		return v.list[i].value
	}
	return Value{}
}

// Bool is the value of a name, and whether it is known.
func (v Values) Bool(name string) (b, known bool) {
	x := v.Of(name)
	return x.Bool(), x.kind == BoolValue
}

// Int is the value of a name, and whether it is known.
func (v Values) Int(name string) (n int64, known bool) {
	x := v.Of(name)
	return x.n, x.kind == IntValue
}

// Text is the value of a name; empty if it is not known.
func (v Values) Text(name string) string { return v.Of(name).text }

// List is the value of a name; nil if it is not known. It must not be changed.
func (v Values) List(name string) []string { return v.Of(name).list }

// Len is the number of values.
func (v Values) Len() int { return len(v.list) }

// All lists the values by name, ascending.
func (v Values) All() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		for i := range v.list {
			if !yield(v.list[i].name, v.list[i].value) {
				return
			}
		}
	}
}

// Draft is a copy of the values that Set changes in place. It reuses the memory
// of an earlier draft, which must not be read any more. Do not copy a draft.
func (v Values) Draft(earlier Values) Values {
	if !earlier.draft {
		earlier.list = nil
	}
	return Values{list: append(earlier.list[:0], v.list...), draft: true}
}

// Set sets the value of a name; an unknown value removes the name.
func (v *Values) Set(name string, x Value) {
	i, ok := v.find(name)
	switch {
	case !ok && x.kind == 0:
		return
	case v.draft && ok && x.kind == 0:
		v.list = slices.Delete(v.list, i, i+1)
		return
	case v.draft && ok:
		v.list[i].value = x
		return
	case v.draft:
		v.list = slices.Insert(v.list, i, namedValue{name, x})
		return
	}
	list := make([]namedValue, 0, len(v.list)+1)
	list = append(list, v.list[:i]...)
	if x.kind != 0 {
		list = append(list, namedValue{name, x})
	}
	if ok {
		i++
	}
	v.list = append(list, v.list[i:]...)
}

// Forget removes names.
func (v *Values) Forget(names ...string) {
	for _, name := range names {
		v.Set(name, Value{})
	}
}

// ForgetUnder removes every name that begins with a prefix, such as "counts.".
func (v *Values) ForgetUnder(prefix string) {
	v.list = slices.DeleteFunc(slices.Clone(v.list), func(n namedValue) bool { return strings.HasPrefix(n.name, prefix) })
}

// Over returns the values of v overridden by those of w: if both know a name,
// the value of w is used.
func (v *Values) Over(w Values) {
	if len(v.list) == 0 && !v.draft {
		v.list = w.list
		return
	}
	if len(w.list) == 0 {
		return
	}
	list := make([]namedValue, 0, len(v.list)+len(w.list))
	rest := v.list
	for _, n := range w.list {
		i, ok := Values{list: rest}.find(n.name)
		list = append(append(list, rest[:i]...), n)
		if ok {
			i++
		}
		rest = rest[i:]
	}
	v.list = append(list, rest...)
}

// Only returns the values whose names are chosen.
func (v Values) Only(choose func(name string) bool) Values {
	var out Values
	for _, n := range v.list {
		if choose(n.name) {
			out.list = append(out.list, n)
		}
	}
	return out
}

// Under returns the values whose names begin with a prefix.
func (v Values) Under(prefix string) Values {
	return v.Only(func(name string) bool { return strings.HasPrefix(name, prefix) })
}

// Equal reports whether both hold the same values.
func (v Values) Equal(w Values) bool {
	return slices.EqualFunc(v.list, w.list, func(a, b namedValue) bool { return a.name == b.name && a.value.Equal(b.value) })
}

// namePart reports whether s is one part of the name of a fact. Names are made
// of such parts and of dots, which come before every letter: names in ascending
// order are in the order in which their objects are written.
func namePart(s string) bool {
	for i := range len(s) {
		letter := 'a' <= s[i] && s[i] <= 'z'
		if !letter && (i == 0 || s[i] != '_' && (s[i] < '0' || s[i] > '9')) {
			return false
		}
	}
	return 0 < len(s) && len(s) <= 64
}

// MarshalJSON writes the values as RFC 8785 JSON, dots as nested objects.
func (v Values) MarshalJSON() ([]byte, error) { return v.appendCanonical(nil) }

// UnmarshalJSON reads what MarshalJSON writes. A null, an empty text or an
// empty list is unknown.
func (v *Values) UnmarshalJSON(data []byte) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return err
	}
	out, err := valuesIn(members)
	if err == nil {
		*v = out
	}
	return err
}

// MarshalWith writes the members of a struct and, at the same level, the
// values, as RFC 8785 JSON. The struct must not encode itself.
func MarshalWith(structure any, v Values) ([]byte, error) { return marshalWith(structure, nil, v) }

// UnmarshalWith reads what MarshalWith writes. It reads members with a field
// into the struct, which must not decode itself, and the other members as
// values.
func UnmarshalWith(data []byte, structure any) (Values, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return Values{}, err
	}
	if err := takeFields(members, structure, func(raw []byte, field any) error { return json.Unmarshal(raw, field) }); err != nil {
		return Values{}, err
	}
	return valuesIn(members)
}

// takeFields removes from members those for which a struct has a field, and
// decodes them into it.
func takeFields(members map[string]json.RawMessage, structure any, decode func(raw []byte, field any) error) error {
	s := reflect.ValueOf(structure).Elem()
	for i := range s.NumField() {
		name, _, _ := strings.Cut(s.Type().Field(i).Tag.Get("json"), ",")
		raw, ok := members[name]
		if !ok {
			continue
		}
		if err := decode(raw, s.Field(i).Addr().Interface()); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		delete(members, name)
	}
	return nil
}

// valuesIn reads the members of an object as values.
func valuesIn(members map[string]json.RawMessage) (Values, error) {
	found := map[string]Value{}
	for name, raw := range members {
		if err := read(found, name, name, raw); err != nil {
			return Values{}, err
		}
	}
	return ValuesOf(found), nil
}

// read adds one member, and all below it, to found.
func read(found map[string]Value, part, name string, raw json.RawMessage) error {
	if !namePart(part) {
		return &Problem{Kind: ErrInvalid, Code: "facts.field", Place: name, Message: "is no name of a fact",
			Hint: "names are of lower-case letters, digits and underscores"}
	}
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) == 0 || raw[0] == 'n':
		return nil
	case raw[0] == '{':
		return readGroup(found, name, raw)
	}
	v, err := readValue(raw)
	if err != nil {
		return &Problem{Kind: ErrInvalid, Code: "facts.type", Place: name, Message: "has the wrong type", Err: err}
	}
	if v.Known() {
		found[name] = v
	}
	return nil
}

func readGroup(found map[string]Value, name string, raw json.RawMessage) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return err
	}
	before := len(found)
	for part, raw := range members {
		if err := read(found, part, name+"."+part, raw); err != nil {
			return err
		}
	}
	if len(found) == before && !strings.Contains(name, ".") {
		found[name] = Value{kind: groupValue}
	}
	return nil
}

func readValue(raw json.RawMessage) (Value, error) {
	switch raw[0] {
	case 't', 'f':
		return BoolOf(raw[0] == 't'), nil
	case '"':
		if inner := raw[1 : len(raw)-1]; bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
			return TextOf(string(inner)), nil // most are written as they are
		}
		var s string
		err := json.Unmarshal(raw, &s)
		return TextOf(s), err
	case '[':
		var list []string
		err := json.Unmarshal(raw, &list)
		return ListOf(list...), err
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil {
		return Value{}, fmt.Errorf("read number %s: %w", raw, ErrInvalid)
	}
	return IntOf(n), nil
}
