package dataspace

import (
	"encoding"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/gowebpki/jcs"
)

// This file writes RFC 8785 JSON in one pass; encoding/json and parsing its
// output would need three. It never gives a different result: a value that may
// differ is encoded the long way.

// errLongWay says that a value must be encoded the long way.
var errLongWay = errors.New("not plain")

// encoder appends the canonical form of a value, or fails with errLongWay.
type encoder func(out []byte, v reflect.Value) ([]byte, error)

// encoders caches one encoder for each type, nil for a type that is not plain.
var encoders sync.Map

// appendCanonical appends v, or fails with errLongWay.
func appendCanonical(out []byte, v any) ([]byte, error) {
	rv := reflect.ValueOf(v)
	if !rv.IsValid() {
		return append(out, "null"...), nil
	}
	enc := encoderOf(rv.Type())
	if enc == nil {
		return nil, errLongWay
	}
	return enc(out, rv)
}

func encoderOf(t reflect.Type) encoder {
	if enc, ok := encoders.Load(t); ok {
		return enc.(encoder)
	}
	enc := makeEncoder(t, nil)
	encoders.Store(t, enc)
	return enc
}

var (
	jsonMarshaler = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
)

// makeEncoder returns nil for a type that is not plain: a type with its own
// JSON encoding, a recursive type, or a rare kind. within holds the types
// around t.
func makeEncoder(t reflect.Type, within []reflect.Type) encoder {
	if t.Kind() != reflect.Pointer && t.Implements(canonicalType) {
		return func(out []byte, v reflect.Value) ([]byte, error) {
			return v.Interface().(canonical).appendCanonical(out)
		}
	}
	if slices.Contains(within, t) || reflect.PointerTo(t).Implements(jsonMarshaler) {
		return nil
	}
	if reflect.PointerTo(t).Implements(textMarshaler) {
		if t.Kind() == reflect.Pointer || t.Kind() == reflect.Interface || !t.Implements(textMarshaler) {
			return nil
		}
		return appendMarshaled
	}
	within = append(slices.Clone(within), t)
	switch t.Kind() {
	case reflect.Bool:
		return func(out []byte, v reflect.Value) ([]byte, error) { return strconv.AppendBool(out, v.Bool()), nil }
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return appendInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return appendUint
	case reflect.Float64:
		return appendFloat
	case reflect.String:
		if t == reflect.TypeFor[json.Number]() {
			return nil
		}
		return func(out []byte, v reflect.Value) ([]byte, error) { return appendText(out, v.String()) }
	case reflect.Interface:
		return appendDynamic
	case reflect.Pointer:
		return pointerEncoder(makeEncoder(t.Elem(), within))
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return nil
		}
		return listEncoder(makeEncoder(t.Elem(), within))
	case reflect.Map:
		if t.Key().Kind() != reflect.String || t.Key().Implements(textMarshaler) {
			return nil
		}
		return mapEncoder(makeEncoder(t.Elem(), within))
	case reflect.Struct:
		return structEncoder(t, within)
	}
	return nil
}

func appendMarshaled(out []byte, v reflect.Value) ([]byte, error) {
	text, err := v.Interface().(encoding.TextMarshaler).MarshalText()
	if err != nil {
		return nil, errLongWay // which reports it
	}
	return appendText(out, string(text))
}

// exact is the largest integer that every reader of JSON understands.
const exact = 1 << 53

func appendInt(out []byte, v reflect.Value) ([]byte, error) {
	n := v.Int()
	if n > exact || n < -exact {
		return nil, errLongWay
	}
	return strconv.AppendInt(out, n, 10), nil
}

func appendUint(out []byte, v reflect.Value) ([]byte, error) {
	n := v.Uint()
	if n > exact {
		return nil, errLongWay
	}
	return strconv.AppendUint(out, n, 10), nil
}

func appendFloat(out []byte, v reflect.Value) ([]byte, error) {
	f := v.Float()
	if f == math.Trunc(f) && math.Abs(f) <= exact && f != 0 {
		return strconv.AppendInt(out, int64(f), 10), nil
	}
	text, err := jcs.NumberToJSON(f)
	if err != nil {
		return nil, errLongWay
	}
	return append(out, text...), nil
}

func appendDynamic(out []byte, v reflect.Value) ([]byte, error) {
	if v.IsNil() {
		return append(out, "null"...), nil
	}
	enc := encoderOf(v.Elem().Type())
	if enc == nil {
		return nil, errLongWay
	}
	return enc(out, v.Elem())
}

func pointerEncoder(enc encoder) encoder {
	if enc == nil {
		return nil
	}
	return func(out []byte, v reflect.Value) ([]byte, error) {
		if v.IsNil() {
			return append(out, "null"...), nil
		}
		return enc(out, v.Elem())
	}
}

func listEncoder(enc encoder) encoder {
	if enc == nil {
		return nil
	}
	return func(out []byte, v reflect.Value) ([]byte, error) {
		if v.Kind() == reflect.Slice && v.IsNil() {
			return append(out, "null"...), nil
		}
		var err error
		out = append(out, '[')
		for i := range v.Len() {
			if i > 0 {
				out = append(out, ',')
			}
			if out, err = enc(out, v.Index(i)); err != nil {
				return nil, err
			}
		}
		return append(out, ']'), nil
	}
}

func mapEncoder(enc encoder) encoder {
	if enc == nil {
		return nil
	}
	return func(out []byte, v reflect.Value) ([]byte, error) {
		if v.IsNil() {
			return append(out, "null"...), nil
		}
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return compareNames(a.String(), b.String()) })
		var err error
		out = append(out, '{')
		for i, k := range keys {
			if i > 0 {
				out = append(out, ',')
			}
			if out, err = appendText(out, k.String()); err != nil {
				return nil, err
			}
			out = append(out, ':')
			if out, err = enc(out, v.MapIndex(k)); err != nil {
				return nil, err
			}
		}
		return append(out, '}'), nil
	}
}

// compareNames orders as RFC 8785 requires: by UTF-16 units. This differs from
// the order of bytes only beyond the basic plane.
func compareNames(a, b string) int {
	for _, s := range []string{a, b} {
		for i := range len(s) {
			if s[i] >= 0xee { // U+E000 and above, surrogates among them
				return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
			}
		}
	}
	return strings.Compare(a, b)
}

type fieldEncoder struct {
	index     int
	name      string // with quotes and colon
	omitEmpty bool
	enc       encoder
}

func structEncoder(t reflect.Type, within []reflect.Type) encoder {
	fields := structFields(t, within)
	if fields == nil {
		return nil
	}
	return func(out []byte, v reflect.Value) ([]byte, error) { return appendStruct(out, v, fields) }
}

// structFields returns the fields of a struct in the order in which they are
// written, nil for a struct that is not plain.
func structFields(t reflect.Type, within []reflect.Type) []fieldEncoder {
	fields := make([]fieldEncoder, 0, t.NumField())
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get("json")
		if f.Anonymous {
			return nil
		}
		if !f.IsExported() || tag == "-" {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		if name == "" {
			name = f.Name
		}
		enc := makeEncoder(f.Type, within)
		if enc == nil || options != "" && options != "omitempty" || !plainName(name) {
			return nil
		}
		fields = append(fields, fieldEncoder{i, name, options == "omitempty", enc})
	}
	slices.SortFunc(fields, func(a, b fieldEncoder) int { return strings.Compare(a.name, b.name) })
	for i := range fields {
		if i > 0 && fields[i].name == fields[i-1].name {
			return nil
		}
	}
	for i := range fields {
		fields[i].name = `"` + fields[i].name + `":`
	}
	return fields
}

// plainName reports whether encoding/json writes a name unchanged and RFC 8785
// orders it by bytes.
func plainName(name string) bool {
	return strings.IndexFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("_-.:@$", r)
	}) < 0
}

func appendStruct(out []byte, v reflect.Value, fields []fieldEncoder) ([]byte, error) {
	var err error
	out = append(out, '{')
	first := true
	for i := range fields {
		f := &fields[i]
		value := v.Field(f.index)
		if f.omitEmpty && isEmpty(value) {
			continue
		}
		if !first {
			out = append(out, ',')
		}
		first = false
		out = append(out, f.name...)
		if out, err = f.enc(out, value); err != nil {
			return nil, err
		}
	}
	return append(out, '}'), nil
}

// isEmpty reports whether omitempty leaves a value out.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float64,
		reflect.Interface, reflect.Pointer:
		return v.IsZero()
	}
	return false
}

const hexDigits = "0123456789abcdef"

// appendText writes a string; one that is not UTF-8 goes the long way.
func appendText(out []byte, s string) ([]byte, error) {
	if !utf8.ValidString(s) {
		return nil, errLongWay
	}
	out = append(out, '"')
	start := 0
	for i := range len(s) {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		out = append(out, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			out = append(out, '\\', c)
		case '\b':
			out = append(out, '\\', 'b')
		case '\f':
			out = append(out, '\\', 'f')
		case '\n':
			out = append(out, '\\', 'n')
		case '\r':
			out = append(out, '\\', 'r')
		case '\t':
			out = append(out, '\\', 't')
		default:
			out = append(out, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(append(out, s[start:]...), '"'), nil
}
