package sqlite

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/flow"
)

// A clone shares nothing with its origin that can be changed in place. The test
// fills every member, so that a new one that clone forgets fails.
func TestClone(t *testing.T) {
	var f flow.Flow
	fill(t, reflect.ValueOf(&f).Elem())
	c := clone(f)
	if diff := cmp.Diff(f, c); diff != "" {
		t.Fatalf("-flow +clone\n%s", diff)
	}
	if n := apart(t, "flow", reflect.ValueOf(f), reflect.ValueOf(c)); n < 18 {
		t.Errorf("only %d pointers, lists and maps were compared", n)
	}
	if diff := cmp.Diff(flow.Flow{}, clone(flow.Flow{})); diff != "" {
		t.Errorf("an empty flow: %s", diff)
	}
}

// unchanging are types that hold memory which nobody can change in place.
var unchanging = []reflect.Type{reflect.TypeFor[time.Time](), reflect.TypeFor[dataspace.Values]()}

// fill gives every member a value: one element in each list and map.
func fill(t *testing.T, v reflect.Value) {
	if slices.Contains(unchanging, v.Type()) {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 2))
		fill(t, v.Index(0))
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(t, key)
		fill(t, value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Float64:
		v.SetFloat(0.5)
	default:
		t.Fatalf("a member of kind %s: teach this test and clone about it", v.Kind())
	}
}

// apart fails where both values share memory, and counts the places that could.
func apart(t *testing.T, at string, a, b reflect.Value) (n int) {
	if slices.Contains(unchanging, a.Type()) {
		return 0
	}
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			n += apart(t, at+"."+a.Type().Field(i).Name, a.Field(i), b.Field(i))
		}
	case reflect.Pointer, reflect.Slice, reflect.Map:
		n++
		if a.IsNil() || a.Pointer() == b.Pointer() {
			t.Errorf("%s is shared, or empty", at)
			return n
		}
		switch a.Kind() {
		case reflect.Pointer:
			n += apart(t, at, a.Elem(), b.Elem())
		case reflect.Slice:
			n += apart(t, at+"[0]", a.Index(0), b.Index(0))
		default:
			for _, k := range a.MapKeys() {
				n += apart(t, at+"["+k.String()+"]", a.MapIndex(k), b.MapIndex(k))
			}
		}
	}
	return n
}
