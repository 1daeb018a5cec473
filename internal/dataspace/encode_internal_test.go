package dataspace

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// both encodes v the short and the long way and fails if they differ. It
// reports whether the short way accepted v.
func both(t interface {
	Fatalf(string, ...any)
	Helper()
}, v any) bool {
	t.Helper()
	short, err := appendCanonical(nil, v)
	if err != nil {
		return false
	}
	long, err := canonicalLong(v)
	if err != nil {
		t.Fatalf("%T: short %s, long %v", v, short, err)
	}
	if !bytes.Equal(short, long) {
		t.Fatalf("%T:\nshort %s\nlong  %s", v, short, long)
	}
	return true
}

// TestShortWayTakesOurDocuments: what is encoded on every flow is encoded
// short.
func TestShortWayTakesOurDocuments(t *testing.T) {
	for _, v := range []any{
		Facts{}, Decision{}, &Decision{}, Plan{}, Profile{}, []Reason{}, map[string]any{"a": []any{1.5, "x", nil, true}},
		map[string]Commitment{}, Commitment{1},
	} {
		if !both(t, v) {
			t.Errorf("%T goes the long way", v)
		}
	}
}

func TestShortWayLeavesWhatIsNotPlain(t *testing.T) {
	type inside struct{ A int }
	type self struct{ Next *self }
	twice := reflect.Zero(reflect.StructOf([]reflect.StructField{ // two fields of one name
		{Name: "A", Type: reflect.TypeFor[int](), Tag: `json:"x"`}, {Name: "B", Type: reflect.TypeFor[int](), Tag: `json:"x"`},
	})).Interface()
	for _, v := range []any{
		time.Unix(0, 0), json.Number("1e3"), json.RawMessage(`{"b":1,"a":2}`), []byte("x"), [2]byte{}, float32(0.1),
		struct{ inside }{}, self{}, map[int]string{1: "x"}, struct {
			A int `json:"a,string"`
		}{}, struct {
			A int `json:"a,omitzero"`
		}{}, twice, struct {
			A int `json:"a b"`
		}{}, int64(1<<53 + 1), uint64(1 << 60), math.NaN(), "\xff", map[string]int{"\xff": 1}, make(chan int),
		struct{ A any }{time.Unix(0, 0)}, &time.Time{}, struct{ T *time.Time }{},
	} {
		if both(t, v) {
			t.Errorf("%T %v goes the short way", v, v)
		}
	}
}

func TestShortWayAgreesWithTheLong(t *testing.T) {
	awkward := rapid.SampledFrom([]string{"", "é", "<&>", "\u2028", "\x00\x1f\x7f", "\b\f\n\r\t\"\\/", "中文", "\U0001F600", "\uE000", "\uFFFF", "z"})
	text := rapid.OneOf(rapid.String(), awkward)
	var value func(depth int) *rapid.Generator[any]
	value = func(depth int) *rapid.Generator[any] {
		plain := []*rapid.Generator[any]{
			rapid.Just[any](nil), rapid.Bool().AsAny(), text.AsAny(), rapid.Int64().AsAny(), rapid.Int64Range(-exact-2, exact+2).AsAny(),
			rapid.Uint64().AsAny(), rapid.Float64().AsAny(), rapid.IntRange(-1, 1).AsAny(),
			rapid.SampledFrom([]any{math.Copysign(0, -1), 1e21, 1e-7, 5e-324, 123456789.0, 0.1, float64(exact)}),
		}
		if depth > 0 {
			plain = append(plain,
				rapid.SliceOfN(value(depth-1), 0, 4).AsAny(),
				rapid.MapOfN(text, value(depth-1), 0, 4).AsAny(),
				rapid.Map(rapid.MapOfN(text, text, 0, 4), func(m map[string]string) any { return map[ElementID]string{ElementID("k"): m["k"]} }))
		}
		return rapid.OneOf(plain...)
	}
	rapid.Check(t, func(t *rapid.T) { both(t, value(3).Draw(t, "value")) })
	rapid.Check(t, func(t *rapid.T) { both(t, drawFacts(t)) })
	rapid.Check(t, func(t *rapid.T) { both(t, rapid.Make[Plan]().Draw(t, "plan")) })
	rapid.Check(t, func(t *rapid.T) { both(t, rapid.Make[Subjects]().Draw(t, "subjects")) })
	rapid.Check(t, func(t *rapid.T) {
		d := Decision{Regimes: rapid.SliceOf(rapid.Make[RegimeOutcome]()).Draw(t, "regimes"), Obligations: rapid.SliceOf(rapid.Make[Obligation]()).Draw(t, "obligations")}
		d.Reasons = []Reason{{Facts: map[string]any{text.Draw(t, "name"): value(1).Draw(t, "value")}}}
		both(t, d)
	})
}

// FuzzCanonical: any JSON, decoded, is encoded the same both ways.
func FuzzCanonical(f *testing.F) {
	f.Add([]byte(`{"b":[1,2.5,"x\u0000",null],"a":{"\ud83d\ude00":1,"\ue000":2}}`))
	f.Add([]byte(`[9007199254740993,-0,1e400,"<>&\u2028"]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var v any
		if json.Unmarshal(data, &v) != nil {
			return
		}
		both(t, v)
	})
}

func BenchmarkCanonical(b *testing.B) {
	facts := Facts{On: "2026-06-15", Instruments: []Instrument{{Kind: "k", ID: "i", EffectiveOn: "2026-06-01"}}, Known: ValuesOf(map[string]Value{
		"exporter.id": TextOf("a"), "exporter.jurisdiction": TextOf("AA"), "exporter.ciio": BoolOf(true),
		"recipient.id": TextOf("b"), "recipient.jurisdiction": TextOf("BB"), "data.personal": BoolOf(true),
		"data.elements": ListOf("email", "order_no", "person_name"), "counts.non_sensitive": IntOf(120_000),
	})}
	for name, encode := range map[string]func(any) ([]byte, error){"short": CanonicalJSON, "long": canonicalLong} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := encode(facts); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
