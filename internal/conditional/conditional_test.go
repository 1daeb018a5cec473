package conditional_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"hutong/internal/conditional"
	"hutong/internal/dataspace"
	"hutong/internal/pack"
)

const booking = `{
	"on": "2026-11-30",
	"exporter": {"jurisdiction": "CN", "registered_in": "CN-ZJ-330100", "exports_from": "CN-ZJ-330100"},
	"recipient": {"jurisdiction": "SG", "foreign_authority": false},
	"act": "transfer", "sector": "tourism", "purpose": "business",
	"data": {"personal": true, "elements": ["person_name_latin"]},
	"counts": {"non_sensitive": 60000, "sensitive": 0, "under_14": 0}
}`

func decideText(t *testing.T, text string) dataspace.Decision {
	t.Helper()
	set := allPacks(t)
	f, err := pack.ParseFacts(set.Facts(), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	d, err := conditional.Decide(set, f)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestSentence: a travel agency that has said nothing of itself reads what it may
// say once a year, and what holds then.
func TestSentence(t *testing.T) {
	d := decideText(t, booking)
	c := d.Conditional
	if d.Verdict != dataspace.HumanReview || c == nil {
		t.Fatalf("%s with %+v, want human review with a conditional answer", d.Verdict, c)
	}
	if want := (dataspace.Outcome{Pathway: "exempt", Verdict: dataspace.ActionRequired}); c.Then != want {
		t.Errorf("then %+v, want %+v", c.Then, want)
	}
	if c.Else.Verdict != dataspace.HumanReview {
		t.Errorf("else %+v, want human review: core data is for an authority", c.Else)
	}
	want := map[string]string{"data.core": "false", "data.state_secret": "false", "data.important": "no", "exporter.ciio": "false", "exporter.state_organ": "false"}
	got := map[string]string{}
	for _, s := range c.If {
		got[s.Fact] = s.Value.String()
		if s.Text.EN == "" || s.Text.ZH == "" || s.Ask == nil || !s.Standing {
			t.Errorf("%s has no words, no question, or cannot be declared: %+v", s.Fact, s)
		}
	}
	if len(got) != len(want) {
		t.Errorf("if %v, want %v", got, want)
	}
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s is %q, want %q", name, got[name], value)
		}
	}
	if first := c.If[0].Fact; first != "data.core" && first != "data.state_secret" {
		t.Errorf("the first statement is %s, want one whose other answer leads to the worst", first)
	}
	if !slices.Contains(c.Demands, "cn.pipia") {
		t.Errorf("demands %v, want cn.pipia among them: exempt or not", c.Demands)
	}
	if !slices.ContainsFunc(d.Changes, func(ch dataspace.Change) bool { return ch.Kind == "fact" && ch.Verdict == dataspace.ActionRequired }) {
		t.Errorf("no change of several facts: %+v", d.Changes)
	}
}

// TestDecided: a flow that waits for no fact has no conditional answer, and keeps
// the bytes that it had.
func TestDecided(t *testing.T) {
	set := allPacks(t)
	for name, text := range map[string]string{
		"decided": `{"on": "2026-11-30", "exporter": {"jurisdiction": "CN", "registered_in": "CN-YN", "exports_from": "CN-YN", "ciio": false, "state_organ": false},
			"recipient": {"jurisdiction": "SG", "foreign_authority": false}, "act": "transfer", "sector": "none", "purpose": "business", "origin": "domestic",
			"none": {"sector": {"note": "we sell flowers", "by": "legal"}},
			"data": {"personal": true, "elements": ["email"], "important": "no", "core": false, "state_secret": false}, "counts": {"non_sensitive": 10, "sensitive": 0, "under_14": 0}}`,
		"prohibited": `{"on": "2026-11-30", "exporter": {"jurisdiction": "CN", "registered_in": "CN-YN", "exports_from": "CN-YN"},
			"recipient": {"jurisdiction": "SG", "foreign_authority": true}, "act": "transfer", "purpose": "business", "data": {"personal": true}}`,
		"an official text is missing": `{"on": "2026-11-30", "exporter": {"jurisdiction": "CN", "registered_in": "CN-YN", "exports_from": "CN-YN", "ciio": false, "state_organ": false},
			"recipient": {"jurisdiction": "SG", "foreign_authority": false}, "act": "transfer", "sector": "none", "purpose": "business",
			"none": {"sector": {"note": "we sell flowers", "by": "legal"}},
			"data": {"personal": true, "elements": ["email"], "important": "no", "core": true, "state_secret": false}, "counts": {"non_sensitive": 10, "sensitive": 0, "under_14": 0}}`,
	} {
		t.Run(name, func(t *testing.T) {
			f, err := pack.ParseFacts(set.Facts(), []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			want, err := set.Decide(f)
			if err != nil {
				t.Fatal(err)
			}
			got, err := conditional.Decide(set, f)
			if err != nil {
				t.Fatal(err)
			}
			a, _ := json.Marshal(want)
			b, _ := json.Marshal(got)
			if !bytes.Equal(a, b) {
				t.Errorf("%s\nwant the decision of the rules\n%s", b, a)
			}
		})
	}
}

// TestSchema: a decision with a conditional answer follows the schema.
func TestSchema(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "rules", "schema", "decision.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("decision.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("decision.json")
	if err != nil {
		t.Fatal(err)
	}
	d := decideText(t, booking)
	if d.Conditional == nil {
		t.Fatal("no conditional answer")
	}
	data, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(v); err != nil {
		t.Error(err)
	}
	var back dataspace.Decision
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	again, _ := json.Marshal(back)
	if !bytes.Equal(again, data) {
		t.Errorf("read and written again:\n%s\nwant\n%s", again, data)
	}
}
