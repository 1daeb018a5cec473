package dataspace

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawValue makes any value, unknown ones among them.
func drawValue(t *rapid.T) Value {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "CN", "2026-06-15", "\xff", "\u2028"}))
	switch rapid.IntRange(0, 4).Draw(t, "kind") {
	case 0:
		return Value{}
	case 1:
		return BoolOf(rapid.Bool().Draw(t, "bool"))
	case 2:
		return IntOf(rapid.Int64Range(-exact, exact).Draw(t, "int"))
	case 3:
		return TextOf(text.Draw(t, "text"))
	}
	return ListOf(rapid.SliceOfN(text, 0, 4).Draw(t, "list")...)
}

var someNames = []string{"act", "act_of", "consent.basis", "consent_more.x", "counts.sensitive", "data.personal", "data.us.a", "data.us.b", "data.us_more",
	"data.zeta", "exporter.jurisdiction", "exporter.id", "filed", "on_what", "pack.a_b.x", "pack.a_b.y", "pack.a_c.x", "recipient.role", "zeta"}

func drawFacts(t *rapid.T) Facts {
	f := Facts{
		On: rapid.String().Draw(t, "on"), KnownOn: rapid.SampledFrom([]string{"", "2026-06-15"}).Draw(t, "known on"),
		Events:   rapid.SliceOfN(rapid.Make[Occurrence](), 0, 2).Draw(t, "events"),
		Switches: rapid.MapOfN(rapid.String(), rapid.Bool(), 0, 2).Draw(t, "switches"),
	}
	if rapid.Bool().Draw(t, "papers") {
		f.Instruments = rapid.SliceOfN(rapid.Make[Instrument](), 1, 2).Draw(t, "instruments")
		for _, in := range f.Instruments {
			if in.Covers != nil {
				in.Covers.MaxSubjects %= exact
			}
		}
	}
	for range rapid.IntRange(0, 8).Draw(t, "n") {
		f.Known.Set(rapid.SampledFrom(someNames).Draw(t, "name"), drawValue(t))
	}
	return f
}

// TestRecordedFacts: facts that an older version wrote have the same bytes and
// the same hash. The file was recorded when facts were fields of Go structs.
func TestRecordedFacts(t *testing.T) {
	file, err := os.Open("testdata/facts.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	lines := 0
	s := bufio.NewScanner(file)
	s.Buffer(nil, 1<<20)
	for ; s.Scan(); lines++ {
		var was struct {
			In        json.RawMessage
			Canonical string
			SHA256    Digest
		}
		if err := json.Unmarshal(s.Bytes(), &was); err != nil {
			t.Fatal(err)
		}
		var f Facts
		if err := json.Unmarshal(was.In, &f); err != nil {
			t.Fatalf("line %d: %v", lines+1, err)
		}
		got, err := CanonicalJSON(f)
		if err != nil || string(got) != was.Canonical || DigestOf(got) != was.SHA256 {
			t.Errorf("line %d: %v\ngot  %s\nwant %s", lines+1, err, got, was.Canonical)
		}
		var again Facts
		if err := json.Unmarshal(got, &again); err != nil || !again.Known.Equal(f.Known) {
			t.Errorf("line %d: %v\nread again %v\nwant %v", lines+1, err, again.Known, f.Known)
		}
	}
	if lines < 37 {
		t.Errorf("%d recorded facts, want at least 37", lines)
	}
}

// TestFactsRoundTrip: JSON holds everything that is known.
func TestFactsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFacts(t)
		doc, err := CanonicalJSON(f)
		if err != nil {
			t.Fatal(err)
		}
		var g Facts
		if err := json.Unmarshal(doc, &g); err != nil {
			t.Fatalf("%s: %v", doc, err)
		}
		again, err := CanonicalJSON(g)
		if err != nil || !bytes.Equal(doc, again) {
			t.Fatalf("%v\n%s\n%s", err, doc, again)
		}
	})
}

// TestValuesAgainstMap: Values behave like a map, and copies are independent.
func TestValuesAgainstMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var v, kept Values
		want, wantKept := map[string]Value{}, map[string]Value{}
		set := func(m map[string]Value, name string, x Value) {
			if delete(m, name); x.kind != 0 {
				m[name] = x
			}
		}
		for range rapid.IntRange(0, 20).Draw(t, "steps") {
			name, x := rapid.SampledFrom(someNames).Draw(t, "name"), drawValue(t)
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0:
				v.Set(name, x)
				set(want, name, x)
			case 1:
				kept, wantKept = v, map[string]Value{}
				for n, x := range want {
					wantKept[n] = x
				}
			case 2:
				v.Over(ValuesOf(map[string]Value{name: x, "zeta": BoolOf(true)}))
				if x.kind != 0 {
					set(want, name, x)
				}
				set(want, "zeta", BoolOf(true))
			case 3:
				v.ForgetUnder("data.")
				for n := range want {
					if strings.HasPrefix(n, "data.") {
						delete(want, n)
					}
				}
			}
		}
		if !v.Equal(ValuesOf(want)) || !kept.Equal(ValuesOf(wantKept)) {
			t.Fatalf("got %v and %v\nwant %v and %v", v, kept, want, wantKept)
		}
	})
}

func TestMalformedValues(t *testing.T) {
	for name, doc := range map[string]string{
		"float": `{"a":1.5}`, "exponent": `{"a":1e3}`, "huge": `{"a":99999999999999999999}`, "list of numbers": `{"a":[1]}`, "list of lists": `{"a":[["x"]]}`,
		"dotted": `{"a.b":true}`, "capital": `{"A":true}`, "empty": `{"":true}`, "inside": `{"a":{"B":1}}`,
	} {
		var v Values
		if err := json.Unmarshal([]byte(doc), &v); !errors.Is(err, ErrInvalid) && err == nil {
			t.Errorf("%s: %s was read as %v", name, doc, v)
		}
	}
}

// TestDatasetFactsBesideMembers: values are at the level of the members with a
// field.
func TestDatasetFactsBesideMembers(t *testing.T) {
	const stored = `{"act":"transfer","consent":{"basis":"hr"},"core":false,"events":[{"kind":"control","on":"2026-01-02"}],"important":"no","us_persons":{"personal_health":7}}`
	var d DatasetFacts
	if err := json.Unmarshal([]byte(stored), &d); err != nil {
		t.Fatal(err)
	}
	if n, ok := d.Known.Int("us_persons.personal_health"); !ok || n != 7 || d.Known.Text("important") != "no" || len(d.Events) != 1 {
		t.Errorf("read %+v", d)
	}
	if got, err := json.Marshal(d); err != nil || string(got) != stored {
		t.Errorf("%v\ngot  %s\nwant %s", err, got, stored)
	}
}

// FuzzFacts: facts that are read, written and read again are the same.
func FuzzFacts(f *testing.F) {
	f.Add([]byte(`{"on":"2026-06-15","exporter":{"jurisdiction":"CN"},"data":{"personal":null,"us":{"a":1}},"consent":{},"x":[]}`))
	f.Add([]byte(`{"a":{"b":{"c":{"d":true}}},"instruments":[{"kind":"k"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var f, g Facts
		if json.Unmarshal(data, &f) != nil {
			return
		}
		doc, err := CanonicalJSON(f)
		if err != nil {
			return // numbers beyond what JSON holds
		}
		if err := json.Unmarshal(doc, &g); err != nil || !f.Known.Equal(g.Known) {
			t.Fatalf("%v\n%v\n%v", err, f.Known, g.Known)
		}
	})
}
