package dataspace_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/gowebpki/jcs"
	"pgregory.net/rapid"

	"hutong/internal/dataspace"
)

// again reports whether data is what encoding it again gives: the definition of
// canonical, in the long way.
func again(data []byte) bool {
	if !json.Valid(data) {
		return false
	}
	out, err := jcs.Transform(data)
	return err == nil && bytes.Equal(out, data)
}

func TestIsCanonical(t *testing.T) {
	for text, want := range map[string]bool{
		`{}`: true, `[]`: true, `null`: true, `true`: true, `false`: true, `""`: true, `0`: true, `-1`: true, `1.5`: true,
		`{"a":1,"b":[1,"x",{"c":null}]}`: true, `{"数":"据"}`: true, "\"\u007f\u2028/\"": true,
		`"\"\\\b\f\n\r\t\u0000\u001f"`: true, `1e+21`: true, `1e-7`: true, `0.000001`: true, `9007199254740992`: true, `100000000000000000000`: true,
		"{\"\U0001F600\":1,\"\uFB33\":2}": true, `{"\n":1,"1":2}`: true, `{"":1,"a":2}`: true,

		``: false, ` {}`: false, `{} `: false, `{}{}`: false, `{"b":1,"a":2}`: false, `{"a":1,"a":2}`: false, `{"a": 1}`: false, `[1, 2]`: false,
		`{"a":1,}`: false, `[1,]`: false, `[,]`: false, `{`: false, `[`: false, `"`: false, `"\`: false, `"\u00`: false, `{"a"}`: false, `{"a":}`: false, `{1:2}`: false,
		`"\/"`: false, `"\u000A"`: false, `"\u000a"`: false, `"\u001F"`: false, `"\u0041"`: false, `"\u00e9"`: false, `"\ud83d\ude00"`: false, `"\x"`: false,
		"\"\n\"": false, "\"\x00\"": false, "\"\xff\"": false, "\"\xed\xa0\x80\"": false,
		`-0`: false, `01`: false, `+1`: false, `1.0`: false, `1E3`: false, `1e3`: false, `1e21`: false, `.5`: false, `5.`: false, `-`: false, `NaN`: false, `0x10`: false, `1_000`: false, `Infinity`: false,
		`9007199254740993`: false, `1e999`: false, `tru`: false, `nul`: false, `True`: false,
		"{\"\uFB33\":2,\"\U0001F600\":1}": false, `{"1":2,"\n":1}`: false, `{"a":2,"":1}`: false,
	} {
		if got := dataspace.IsCanonical([]byte(text)); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
		// The library takes words that JSON does not have, so it is asked only about JSON.
		if got := again([]byte(text)); got != want {
			t.Errorf("%q: encoded again: %v, want %v", text, got, want)
		}
	}
	if dataspace.IsCanonical([]byte(strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000))) {
		t.Error("lists without end within each other are canonical")
	}
}

// Every document of ours is canonical, and none with a byte changed is unless
// encoding it again says so too.
func TestIsCanonicalProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := anyValue(3).Draw(t, "value")
		data, err := dataspace.CanonicalJSON(v)
		if err != nil {
			t.Skip(err)
		}
		if !dataspace.IsCanonical(data) {
			t.Fatalf("not canonical: %s", data)
		}
		loose, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := dataspace.IsCanonical(loose), again(loose); got != want {
			t.Fatalf("%s: %v, want %v", loose, got, want)
		}
		at := rapid.IntRange(0, len(data)-1).Draw(t, "at")
		data[at] = rapid.SampledFrom([]byte("\"\\,:[]{}0123456789-+.eEutfn aé\x00\n\xff")).Draw(t, "byte")
		if got, want := dataspace.IsCanonical(data), again(data); got != want {
			t.Fatalf("%q: %v, want %v", data, got, want)
		}
	})
}

func anyValue(depth int) *rapid.Generator[any] {
	text := rapid.StringOf(rapid.OneOf(rapid.Rune(), rapid.RuneFrom([]rune("\b\f\n\r\t\x00\x1f\"\\/<>&ab\u2028\ue000\ufb33\U0001F600"))))
	plain := []*rapid.Generator[any]{
		rapid.Just[any](nil), rapid.Bool().AsAny(), text.AsAny(), rapid.Float64().AsAny(), rapid.IntRange(-1<<53, 1<<53).AsAny(), rapid.IntRange(-20, 20).AsAny(),
	}
	if depth == 0 {
		return rapid.OneOf(plain...)
	}
	return rapid.OneOf(append(plain,
		rapid.SliceOfN(anyValue(depth-1), 0, 4).AsAny(), rapid.MapOfN(text, anyValue(depth-1), 0, 5).AsAny())...)
}

func FuzzIsCanonical(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.5,"\n"]}`, `{"b":1,"a":2}`, `"\u001f"`, `1e+21`, `-0`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if got, want := dataspace.IsCanonical(data), again(data); got != want && bytes.Count(data, []byte("["))+bytes.Count(data, []byte("{")) < 1000 {
			t.Errorf("%q: %v, want %v", data, got, want)
		}
	})
}
