package agree

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A process that was changed is never read as it was before, also if its version
// is the same; and what one reader does with it, another does not see.
func TestDecodedReadsTheBytesItIsGiven(t *testing.T) {
	var d decoded
	row := func(reason string) Row {
		p := process{Ref: Ref{KindNegotiation, "n"}, Outbox: []Message{{ID: "m"}}}
		p.Reason, p.Version, p.changed, p.handled = []string{reason}, 7, 3, 2
		r, err := p.row()
		if err != nil {
			t.Fatal(err)
		}
		r.Handled = 2
		return r
	}
	for _, reason := range []string{"a", "a", "b", "a"} {
		r := row(reason)
		want, err := fromRow(r)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			got, err := d.read(r)
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("got %+v, want %+v (%v)", got, want, err)
			}
			got.Reason[0], got.Outbox[0].ID = "changed by a reader", "too"
		}
		copy(r.Body, "zzzz") // the row is its reader's
	}
	r := row("a")
	r.Version, r.Changed, r.Handled = 8, 4, 4
	if got, err := d.read(r); err != nil || got.Version != 8 || got.changed != 4 || got.handled != 4 {
		t.Errorf("got version %d, changed %d, handled %d, %v", got.Version, got.changed, got.handled, err)
	}
	r.Body = []byte("{")
	if _, err := d.read(r); err == nil {
		t.Error("read half a body")
	}
}

func TestDecodedIsBounded(t *testing.T) {
	var d decoded
	for i := range 3 * maxDecoded {
		if _, err := d.read(Row{Ref: Ref{KindTransfer, fmt.Sprint(i)}, Body: []byte("{}")}); err != nil {
			t.Fatal(err)
		}
		if len(d.of) > maxDecoded {
			t.Fatalf("%d are remembered", len(d.of))
		}
	}
	large := Row{Ref: Ref{KindTransfer, "large"}, Body: append([]byte("{}"), make([]byte, maxDecodedBody)...)}
	for i := range large.Body[2:] {
		large.Body[2+i] = ' '
	}
	if _, err := d.read(large); err != nil {
		t.Fatal(err)
	}
	if _, ok := d.of[large.Ref]; ok {
		t.Error("a large body is remembered")
	}
}

// A clone shares nothing. The test fills every member, so that a new one that
// clone forgets fails.
func TestCloneOfProcess(t *testing.T) {
	var p process
	filled(t, reflect.ValueOf(&p).Elem())
	c := p.clone()
	if diff := cmp.Diff(p, c, cmp.AllowUnexported(process{})); diff != "" {
		t.Fatalf("-process +clone\n%s", diff)
	}
	if n := shared(t, "process", reflect.ValueOf(p), reflect.ValueOf(c)); n < 14 {
		t.Errorf("only %d pointers and lists were compared", n)
	}
	if diff := cmp.Diff(process{}, process{}.clone(), cmp.AllowUnexported(process{})); diff != "" {
		t.Errorf("an empty process: %s", diff)
	}
}

// filled gives every exported member a value: one element in each list.
func filled(t *testing.T, v reflect.Value) {
	if v.Type() == reflect.TypeFor[time.Time]() || !v.CanSet() {
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			filled(t, v.Field(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		filled(t, v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 2))
		filled(t, v.Index(0))
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Uint8:
		v.SetUint('0')
	default:
		t.Fatalf("a member of kind %s: teach this test and clone about it", v.Kind())
	}
}

// shared fails where both values share memory, and counts the places that could.
func shared(t *testing.T, at string, a, b reflect.Value) (n int) {
	if a.Type() == reflect.TypeFor[time.Time]() {
		return 0
	}
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			n += shared(t, at+"."+a.Type().Field(i).Name, a.Field(i), b.Field(i))
		}
	case reflect.Map, reflect.Interface, reflect.Func, reflect.Chan:
		t.Errorf("%s is of kind %s: teach this test and clone about it", at, a.Kind())
	case reflect.Pointer, reflect.Slice:
		n++
		switch {
		case a.IsNil() || a.Pointer() == b.Pointer():
			t.Errorf("%s is shared, or empty", at)
		case a.Kind() == reflect.Pointer:
			n += shared(t, at, a.Elem(), b.Elem())
		default:
			n += shared(t, at+"[0]", a.Index(0), b.Index(0))
		}
	}
	return n
}
