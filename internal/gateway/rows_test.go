package gateway_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
)

// derived lists fields that are computed when a value is read and are not
// stored.
var derived = map[string]bool{"Unread": true, "Asks": true}

// fill sets every member of v, so that a member that the row does not store is
// missing after a round trip.
func fill(v reflect.Value) {
	switch v.Type() {
	case reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Unix(1_800_000_000, 0).UTC()))
		return
	case reflect.TypeFor[dataspace.Values]():
		v.Set(reflect.ValueOf(dataspace.ValuesOf(map[string]dataspace.Value{"sector": dataspace.TextOf("retail"), "ciio": dataspace.BoolOf(false)})))
		return
	case reflect.TypeFor[dataspace.Source]():
		v.Set(reflect.ValueOf(dataspace.FileSource("/d.csv")))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() && !derived[v.Type().Field(i).Name] {
				fill(v.Field(i))
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Uint8:
		v.SetUint(7)
	}
}

// whole checks that a row keeps all members of a value.
func whole[V any](t *testing.T, encode func(V) ([]byte, error), decode func([]byte) (V, error), without ...func(*V)) {
	t.Helper()
	var v V
	fill(reflect.ValueOf(&v).Elem())
	for _, f := range without {
		f(&v)
	}
	data, err := encode(v)
	if err != nil {
		t.Fatal(err)
	}
	got, err := decode(data)
	if diff := cmp.Diff(v, got); err != nil || diff != "" {
		t.Errorf("%T: %v\n%s", v, err, diff)
	}
	var row map[string]any
	if err := json.Unmarshal(data, &row); err != nil || row["body_version"] != 1.0 {
		t.Errorf("%T is stored in form %v", v, row["body_version"])
	}
	if _, err := decode([]byte(strings.Replace(string(data), `"body_version":1`, `"body_version":2`, 1))); !errors.Is(err, dataspace.ErrInvalid) || dataspace.Hint(err) == "" {
		t.Errorf("%T of a newer form: %v", v, err)
	}
	if _, err := decode(data[:len(data)/2]); err == nil {
		t.Errorf("half a %T was read", v)
	}
}

// A row keeps all members and names its form. A row with a newer form is
// refused.
func TestRows(t *testing.T) {
	whole(t, gateway.EncodeParticipant, gateway.DecodeParticipant)
	whole(t, gateway.EncodeDataset, gateway.DecodeDataset)
	whole(t, gateway.EncodeKey, gateway.DecodeKey, func(k *gateway.APIKey) { k.Hash = [32]byte{} }) // has a column of its own
	whole(t, gateway.EncodePeer, gateway.DecodePeer)
}

// Rows keep the members by which a store selects, under their names.
func TestSelectedMembers(t *testing.T) {
	var d gateway.Dataset
	fill(reflect.ValueOf(&d).Elem())
	for _, c := range []struct {
		encode func() ([]byte, error)
		path   []string
	}{
		{func() ([]byte, error) { return gateway.EncodeDataset(d) }, []string{"purposes"}},
		{func() ([]byte, error) { return gateway.EncodeDataset(d) }, []string{"title", "en"}},
		{func() ([]byte, error) { return gateway.EncodeDataset(d) }, []string{"title", "zh"}},
	} {
		data, err := c.encode()
		if err != nil {
			t.Fatal(err)
		}
		var at any
		if err := json.Unmarshal(data, &at); err != nil {
			t.Fatal(err)
		}
		for _, name := range c.path {
			m, _ := at.(map[string]any)
			if at = m[name]; at == nil {
				t.Errorf("%v is not in %s", c.path, data)
			}
		}
	}
}

// A participant without a fact has none after a round trip.
func TestRowWithoutFacts(t *testing.T) {
	p := gateway.Participant{ID: "acme", LegalName: dataspace.Text{EN: "Acme"}}
	data, err := gateway.EncodeParticipant(p)
	if err != nil {
		t.Fatal(err)
	}
	got, err := gateway.DecodeParticipant(data)
	if diff := cmp.Diff(p, got); err != nil || diff != "" {
		t.Fatal(err, diff)
	}
}
