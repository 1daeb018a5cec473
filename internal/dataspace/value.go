package dataspace

import (
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"
)

// ValueKind is the kind of a value.
type ValueKind uint8

// The kinds. The zero kind is that of an unknown value.
const (
	BoolValue ValueKind = iota + 1
	IntValue
	TextValue
	ListValue
	// groupValue is an object without members. It carries no fact. It is kept
	// because the hash of facts has always covered it.
	groupValue
)

// String names the kind for people.
func (k ValueKind) String() string {
	switch k {
	case BoolValue:
		return "true or false"
	case IntValue:
		return "a whole number"
	case TextValue:
		return "text"
	case ListValue:
		return "a list of texts"
	case groupValue:
		return "an object"
	}
	return "unknown"
}

// Value is the value of one fact. The zero Value, the empty text and the empty
// list are unknown: JSON cannot distinguish them.
type Value struct {
	kind ValueKind
	n    int64
	text string
	list []string
}

// BoolOf is a value that is true or false.
func BoolOf(b bool) Value {
	if b {
		return Value{kind: BoolValue, n: 1}
	}
	return Value{kind: BoolValue}
}

// MaybeBool is BoolOf what b points to; nil is unknown.
func MaybeBool(b *bool) Value {
	if b == nil {
		return Value{}
	}
	return BoolOf(*b)
}

// IntOf is a whole number.
func IntOf(n int64) Value { return Value{kind: IntValue, n: n} }

// MaybeInt is IntOf what n points to; nil is unknown.
func MaybeInt(n *int64) Value {
	if n == nil {
		return Value{}
	}
	return IntOf(*n)
}

// TextOf is a text; the empty text is unknown.
func TextOf[S ~string](s S) Value {
	if s == "" {
		return Value{}
	}
	return Value{kind: TextValue, text: string(s)}
}

// ListOf is a list of texts; the empty list is unknown. It keeps no reference to
// items.
func ListOf[S ~string](items ...S) Value {
	if len(items) == 0 {
		return Value{}
	}
	list := make([]string, len(items))
	for i, s := range items {
		list[i] = string(s)
	}
	return Value{kind: ListValue, list: list}
}

// Kind is the kind of the value; zero when it is not known.
func (v Value) Kind() ValueKind { return v.kind }

// Known reports whether the value is known.
func (v Value) Known() bool { return v.kind != 0 && v.kind != groupValue }

// Bool is the value of kind BoolValue.
func (v Value) Bool() bool { return v.n != 0 }

// Int is the value of kind IntValue.
func (v Value) Int() int64 { return v.n }

// Text is the value of kind TextValue; empty for any other.
func (v Value) Text() string { return v.text }

// List is the value of kind ListValue. It must not be changed.
func (v Value) List() []string { return v.list }

// Equal reports whether both values are the same.
func (v Value) Equal(w Value) bool {
	return v.kind == w.kind && v.n == w.n && v.text == w.text && slices.Equal(v.list, w.list)
}

// String shows the value to people.
func (v Value) String() string {
	switch v.kind {
	case BoolValue:
		return strconv.FormatBool(v.Bool())
	case IntValue:
		return strconv.FormatInt(v.n, 10)
	case TextValue:
		return v.text
	case ListValue:
		return fmt.Sprint(v.list)
	}
	return ""
}

// append writes the value as RFC 8785 JSON.
func (v Value) append(out []byte) ([]byte, error) {
	switch v.kind {
	case BoolValue:
		return strconv.AppendBool(out, v.Bool()), nil
	case IntValue:
		if v.n > exact || v.n < -exact {
			return nil, fmt.Errorf("encode number %d: %w", v.n, ErrInvalid)
		}
		return strconv.AppendInt(out, v.n, 10), nil
	case TextValue:
		return appendText(out, whole(v.text))
	case ListValue:
		return appendTexts(out, v.list)
	case groupValue:
		return append(out, '{', '}'), nil
	}
	return append(out, "null"...), nil
}

func appendTexts(out []byte, list []string) ([]byte, error) {
	var err error
	out = append(out, '[')
	for i, s := range list {
		if i > 0 {
			out = append(out, ',')
		}
		if out, err = appendText(out, whole(s)); err != nil {
			return nil, err
		}
	}
	return append(out, ']'), nil
}

// whole replaces what is not UTF-8 as encoding/json does.
func whole(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return string([]rune(s))
}
