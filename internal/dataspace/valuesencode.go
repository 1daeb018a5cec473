package dataspace

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
)

// This file writes values in the order of RFC 8785 in one pass over their
// names, together with the members of a struct at the same level.

// canonical is a type that writes its own canonical form.
type canonical interface {
	appendCanonical(out []byte) ([]byte, error)
}

var canonicalType = reflect.TypeFor[canonical]()

func (v Values) appendCanonical(out []byte) ([]byte, error) {
	var w memberWriter
	return w.write(out, v)
}

// appendWith writes the members of a struct together with the values. It fails
// with errLongWay, like an encoder.
func appendWith(out []byte, structure reflect.Value, always []namedValue, v Values) ([]byte, error) {
	fields := fieldsOf(structure.Type())
	if fields == nil {
		return nil, errLongWay
	}
	w := memberWriter{fields: fields, of: structure, always: always}
	return w.write(out, v)
}

// marshalWith is appendWith for every struct that does not encode itself.
func marshalWith(structure any, always []namedValue, v Values) ([]byte, error) {
	out, err := appendWith(nil, reflect.ValueOf(structure), always, v)
	if !errors.Is(err, errLongWay) {
		return out, err
	}
	w := memberWriter{always: always}
	values, err := w.write(nil, v)
	if err != nil {
		return nil, err
	}
	object, err := json.Marshal(structure)
	if err != nil {
		return nil, err
	}
	members := map[string]json.RawMessage{}
	for _, part := range [][]byte{values, object} {
		if err := json.Unmarshal(part, &members); err != nil {
			return nil, err
		}
	}
	return CanonicalJSON(members)
}

// memberWriter writes one object.
type memberWriter struct {
	fields []fieldEncoder // those of a struct still to be written, by name
	of     reflect.Value  // the struct
	// always are members that are written even when they are empty.
	always []namedValue
	out    []byte
	open   string // the objects that are open, such as "data.us_persons."
	some   bool   // whether the innermost one has a member
}

func (w *memberWriter) write(out []byte, v Values) ([]byte, error) {
	w.out = append(out, '{')
	list := v.list
	for len(list) > 0 || len(w.always) > 0 {
		n, more := w.next(&list)
		if n.value.kind == groupValue && more != "" && strings.HasPrefix(more, n.name+".") {
			continue // it has members
		}
		if err := w.member(n); err != nil {
			return nil, fmt.Errorf("encode %s: %w", n.name, err)
		}
	}
	w.close("")
	if err := w.structure(""); err != nil {
		return nil, err
	}
	return append(w.out, '}'), nil
}

// next takes the first name of the known and the always written ones, and
// returns the name after it.
func (w *memberWriter) next(list *[]namedValue) (n namedValue, follows string) {
	l, a := *list, w.always
	switch {
	case len(l) == 0 || len(a) > 0 && a[0].name < l[0].name:
		n, w.always = a[0], a[1:]
	case len(a) > 0 && a[0].name == l[0].name:
		n, w.always, *list = l[0], a[1:], l[1:]
	default:
		n, *list = l[0], l[1:]
	}
	l, a = *list, w.always
	switch {
	case len(l) > 0 && (len(a) == 0 || l[0].name < a[0].name):
		follows = l[0].name
	case len(a) > 0:
		follows = a[0].name
	}
	return n, follows
}

// member writes one value into the object that its name belongs to.
func (w *memberWriter) member(n namedValue) error {
	end := strings.LastIndexByte(n.name, '.') + 1
	within, leaf := n.name[:end], n.name[end:]
	w.close(within)
	for len(w.open) < len(within) {
		rest := within[len(w.open):]
		key := rest[:strings.IndexByte(rest, '.')]
		if err := w.key(key); err != nil {
			return err
		}
		w.out = append(w.out, '{')
		w.open, w.some = within[:len(w.open)+len(key)+1], false
	}
	if err := w.key(leaf); err != nil {
		return err
	}
	var err error
	w.out, err = n.value.append(w.out)
	return err
}

// close ends the objects that do not contain a name.
func (w *memberWriter) close(within string) {
	for !strings.HasPrefix(within, w.open) {
		w.out = append(w.out, '}')
		w.open = w.open[:strings.LastIndexByte(w.open[:len(w.open)-1], '.')+1]
		w.some = true
	}
}

// key begins a member, after those of the struct that come before it.
func (w *memberWriter) key(key string) error {
	if w.open == "" {
		if err := w.structure(key); err != nil {
			return err
		}
	}
	if w.some {
		w.out = append(w.out, ',')
	}
	w.some = true
	w.out = append(append(append(w.out, '"'), key...), '"', ':')
	return nil
}

// structure writes the members of the struct that come before a key, or all.
func (w *memberWriter) structure(before string) error {
	for len(w.fields) > 0 && (before == "" || w.fields[0].bare() < before) {
		f := &w.fields[0]
		w.fields = w.fields[1:]
		value := w.of.Field(f.index)
		if f.omitEmpty && isEmpty(value) {
			continue
		}
		if w.some {
			w.out = append(w.out, ',')
		}
		w.some = true
		var err error
		if w.out, err = f.enc(append(w.out, f.name...), value); err != nil {
			return err
		}
	}
	return nil
}

// bare is the name without quotes and colon.
func (f *fieldEncoder) bare() string { return f.name[1 : len(f.name)-2] }

// structures caches the field encoders of each type: []fieldEncoder, nil for a
// type that is not plain.
var structures sync.Map

func fieldsOf(t reflect.Type) []fieldEncoder {
	if known, ok := structures.Load(t); ok {
		return known.([]fieldEncoder)
	}
	fields := structFields(t, []reflect.Type{t})
	structures.Store(t, fields)
	return fields
}
