package odrl_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/odrl"
)

func drawTerms(t *rapid.T) odrl.Terms {
	name := rapid.StringMatching(`[a-z][a-z0-9_-]{0,8}`)
	return odrl.Terms{
		OfferID: name.Draw(t, "offer"), Dataset: dataspace.DatasetID(name.Draw(t, "dataset")),
		Provider:  dataspace.ParticipantID(name.Draw(t, "provider")),
		Recipient: dataspace.ParticipantID(name.Draw(t, "recipient")),
		Purpose:   rapid.StringN(1, 20, -1).Draw(t, "purpose"),
		Columns:   rapid.SliceOfN(rapid.StringN(1, 10, -1), 1, 8).Draw(t, "columns"),
		Plan:      dataspace.Digest(rapid.SampledFrom([]string{"", strings.Repeat("ab", 32)}).Draw(t, "plan")),
		OnwardTo: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) dataspace.Jurisdiction {
			return dataspace.Jurisdiction(name.Draw(t, "jurisdiction"))
		}), 0, 3).Draw(t, "onward"),
		RetentionDays: rapid.IntRange(0, 10000).Draw(t, "days"),
	}
}

func TestTermsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawTerms(t)
		p, err := odrl.Derive(want)
		if err != nil {
			t.Fatal(err)
		}
		data, err := p.JSON()
		if err != nil {
			t.Fatal(err)
		}
		back, err := odrl.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		got, err := odrl.ReadTerms(back)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestDeriveNeedsLimits(t *testing.T) {
	full := odrl.Terms{OfferID: "o", Dataset: "d", Recipient: "r", Purpose: "p", Columns: []string{"c"}}
	if _, err := odrl.Derive(full); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*odrl.Terms){
		"offer":     func(t *odrl.Terms) { t.OfferID = "" },
		"dataset":   func(t *odrl.Terms) { t.Dataset = "" },
		"recipient": func(t *odrl.Terms) { t.Recipient = "" },
		"purpose":   func(t *odrl.Terms) { t.Purpose = "" },
		"columns":   func(t *odrl.Terms) { t.Columns = nil },
		"retention": func(t *odrl.Terms) { t.RetentionDays = -1 },
	} {
		terms := full
		spoil(&terms)
		if _, err := odrl.Derive(terms); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// mess writes the same policy in another order.
func mess(t *rapid.T, v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, e := range v {
			out[k] = mess(t, e)
			if array, ok := e.([]any); ok && k != "andSequence" {
				out[k] = rapid.Permutation(array).Draw(t, k)
			}
		}
		return out
	}
	return v
}

func TestSameRulesIgnoresOrderAndNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, err := odrl.Derive(drawTerms(t))
		if err != nil {
			t.Fatal(err)
		}
		a, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]any
		if err := json.Unmarshal(a, &m); err != nil {
			t.Fatal(err)
		}
		m["permission"].([]any)[0] = mess(t, m["permission"].([]any)[0])
		m["@id"], m["@type"], m["timestamp"] = "other", "Agreement", "2026-01-01T00:00:00Z"
		b, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if !odrl.SameRules(a, b) {
			t.Fatalf("%s\nis not\n%s", a, b)
		}
	})
}

func TestSameRules(t *testing.T) {
	const use = `{"permission":[{"action":"use","constraint":[{"leftOperand":"a","operator":"eq","rightOperand":"1"},{"leftOperand":"b","operator":"isAnyOf","rightOperand":["x","y"]}]}]}`
	for _, c := range []struct {
		name, a, b string
		same       bool
	}{
		{"itself", use, use, true},
		{"empty constraint", `{"permission":[{"action":"use","constraint":[]}]}`, `{"permission":[{"action":"use"}]}`, true},
		{"empty prohibition", `{"permission":[{"action":"use"}],"prohibition":[]}`, `{"permission":[{"action":"use"}]}`, true},
		{"set operand", use, strings.Replace(use, `["x","y"]`, `["y","x"]`, 1), true},
		{"other operand", use, strings.Replace(use, `"1"`, `"2"`, 1), false},
		{"other operator", use, strings.Replace(use, `"eq"`, `"neq"`, 1), false},
		{"list operand", strings.Replace(use, "isAnyOf", "eq", 1), strings.Replace(strings.Replace(use, "isAnyOf", "eq", 1), `["x","y"]`, `["y","x"]`, 1), false},
		{"no constraint", use, `{"permission":[{"action":"use"}]}`, false},
		{"prohibition added", use, strings.TrimSuffix(use, "}") + `,"prohibition":[{"action":"distribute"}]}`, false},
		{"moved to prohibition", use, strings.Replace(use, "permission", "prohibition", 1), false},
		{"unknown property of a rule", use, strings.Replace(use, `"action"`, `"x:y":1,"action"`, 1), false},
		{"sequence", `{"permission":[{"action":"use","constraint":[{"andSequence":[{"leftOperand":"a"},{"leftOperand":"b"}]}]}]}`,
			`{"permission":[{"action":"use","constraint":[{"andSequence":[{"leftOperand":"b"},{"leftOperand":"a"}]}]}]}`, false},
		{"twice is not once", `{"permission":[{"action":"use"},{"action":"use"}]}`, `{"permission":[{"action":"use"}]}`, false},
		{"wrong type", `{"permission":"use"}`, `{"permission":"use"}`, true},
		{"not JSON", `{`, `{`, false},
	} {
		if got := odrl.SameRules([]byte(c.a), []byte(c.b)); got != c.same {
			t.Errorf("%s: %v", c.name, got)
		}
		if got := odrl.SameRules([]byte(c.b), []byte(c.a)); got != c.same {
			t.Errorf("%s, turned round: %v", c.name, got)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	const good = `{"@id":"1","@type":"Offer","permission":[{"action":"use","constraint":[{"leftOperand":"a","operator":"eq","rightOperand":"1"}]}]}`
	if _, err := odrl.Parse([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"no JSON":         `{`,
		"no id":           `{"permission":[{"action":"use"}]}`,
		"no rule":         `{"@id":"1"}`,
		"other type":      `{"@id":"1","@type":"Set","permission":[{"action":"use"}]}`,
		"no action":       `{"@id":"1","permission":[{}]}`,
		"duty":            `{"@id":"1","permission":[{"action":"use","duty":[{}]}]}`,
		"operator":        strings.Replace(good, `"eq"`, `"is"`, 1),
		"no left operand": strings.Replace(good, `"leftOperand":"a",`, ``, 1),
		"no right":        strings.Replace(good, `,"rightOperand":"1"`, ``, 1),
		"two in one":      strings.Replace(good, `"leftOperand"`, `"and":[],"leftOperand"`, 1),
		"inside and":      `{"@id":"1","permission":[{"action":"use","constraint":[{"and":[{"operator":"eq"}]}]}]}`,
		"agreement":       `{"@id":"1","@type":"Agreement","target":"t","assigner":"a","permission":[{"action":"use"}]}`,
		"case":            `{"@id":"1","permission":[{"action":"use","Constraint":[]}]}`,
	} {
		if _, err := odrl.Parse([]byte(text)); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestReadTermsRefuses: ReadTerms refuses everything that Derive does not
// write.
func TestReadTermsRefuses(t *testing.T) {
	good, err := odrl.Derive(odrl.Terms{OfferID: "o", Dataset: "d", Recipient: "r", Purpose: "p", Columns: []string{"c"}, RetentionDays: 3, OnwardTo: []dataspace.Jurisdiction{"x"}})
	if err != nil {
		t.Fatal(err)
	}
	data, err := good.JSON()
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"action":           {`"action":"use"`, `"action":"read"`},
		"unknown operand":  {`hutong:purpose`, `purpose`},
		"operator":         {`"isAllOf"`, `"isAnyOf"`},
		"other recipient":  {`"rightOperand":"r"`, `"rightOperand":"q"`},
		"retention":        {`P3D`, `P3Y`},
		"negative":         {`P3D`, `P-3D`},
		"duty":             {`"action":"delete"`, `"action":"inform"`},
		"onward":           {`hutong:onward`, `spatial`},
		"columns":          {`["c"]`, `[1]`},
		"profile":          {`{"@id"`, `{"profile":"x","@id"`},
		"no prohibition":   {`"prohibition"`, `"x:prohibition"`},
		"distribute":       {`"action":"distribute"`, `"action":"sell"`},
		"list of one name": {`["x"]`, `"x"`},
	} {
		text := strings.Replace(string(data), change[0], change[1], 1)
		if text == string(data) {
			t.Fatalf("%s: nothing to change in %s", name, data)
		}
		p, err := odrl.Parse([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := odrl.ReadTerms(p); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	p := odrl.Policy{ID: "1", Permission: []odrl.Rule{{Action: "use"}}, Prohibition: []odrl.Rule{{Action: "distribute"}}}
	if _, err := odrl.ReadTerms(p); !errors.Is(err, dataspace.ErrInvalid) {
		t.Errorf("without limits: %v", err)
	}
}

func TestAgreeAndCatalogueForms(t *testing.T) {
	offer, err := odrl.Derive(odrl.Terms{OfferID: "o", Dataset: "d", Provider: "p", Recipient: "r", Purpose: "p", Columns: []string{"c"}})
	if err != nil {
		t.Fatal(err)
	}
	a := offer.Agree("a1", "p", "r", "2026-05-01T00:00:00Z")
	if err := a.Validate(); err != nil || a.ID != "a1" || a.Type != odrl.TypeAgreement || a.Target != "d" {
		t.Fatalf("%+v: %v", a, err)
	}
	c := offer.ForCatalogue()
	if c.Target != "" || c.Assigner != "" || c.Assignee != "" || c.ID != "o" {
		t.Fatalf("%+v", c)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"@id":"1","@type":"Offer","permission":[{"action":"use","constraint":[{"or":[{"leftOperand":"a","operator":"eq","rightOperand":"1"}]}]}]}`))
	f.Add([]byte(`{"@id":"1","@type":"Agreement","target":"t","assigner":"a","assignee":"b","prohibition":[{"action":"distribute"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := odrl.Parse(data)
		if err != nil {
			return
		}
		out, err := p.JSON()
		if err != nil {
			t.Skip("numbers beyond canonical JSON")
		}
		again, err := odrl.Parse(out)
		if err != nil {
			t.Fatalf("own JSON does not parse: %v", err)
		}
		twice, err := again.JSON()
		if err != nil || string(out) != string(twice) {
			t.Fatalf("not stable: %s, %s, %v", out, twice, err)
		}
		if !odrl.SameRules(out, twice) {
			t.Fatal("a policy differs from itself")
		}
	})
}
