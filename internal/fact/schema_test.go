package fact_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"hutong/internal/fact"
)

// TestSchema: the schema by which facts are read is what the table makes it.
func TestSchema(t *testing.T) {
	schema, err := fact.Standard().Schema()
	if err != nil {
		t.Fatal(err)
	}
	made(t, "../pack/schema/facts.schema.json", schema)
	own, err := fact.Standard().With("xx/made", "", []fact.Definition{own(nil)})
	if err != nil {
		t.Fatal(err)
	}
	if schema, err = own.Schema(); err != nil || !strings.Contains(string(schema), `"xx_made": {`) {
		t.Errorf("with the fact of a pack: %v\n%s", err, schema)
	}
}

// narrower are places where ours asks for more than the shared schema, each with
// the reason.
var narrower = map[string]string{}

// TestSharedSchema: every document that the shared schema of facts takes, ours
// takes.
func TestSharedSchema(t *testing.T) {
	data, err := os.ReadFile("../../../shared/law/facts.schema.json")
	if err != nil {
		t.Skip("needs ../shared")
	}
	var theirs, ours map[string]any
	if err := json.Unmarshal(data, &theirs); err != nil {
		t.Fatal(err)
	}
	schema, err := fact.Standard().Schema()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(schema, &ours); err != nil {
		t.Fatal(err)
	}
	found, looked := refusals("", theirs, ours)
	if looked < 60 {
		t.Errorf("%d places were compared, want at least 60", looked)
	}
	excused := maps.Clone(narrower)
	for _, f := range found {
		place, _, _ := strings.Cut(f, ": ")
		if narrower[place] == "" {
			t.Error(f)
		}
		delete(excused, place)
	}
	for place := range excused {
		t.Errorf("%s is no longer narrower", place)
	}
	// The comparison finds what it looks for.
	for want, change := range map[string]func(map[string]any){
		"act: enum":           func(s map[string]any) { at(s, "act")["enum"] = []any{"transfer"} },
		"exporter.ciio: type": func(s map[string]any) { at(s, "exporter", "ciio")["type"] = "boolean" },
		"sector: type":        func(s map[string]any) { at(s, "sector")["type"] = "array" },
		"data: required":      func(s map[string]any) { at(s, "data")["required"] = []any{"personal", "core"} },
		"sector: there is no": func(s map[string]any) { delete(s["properties"].(map[string]any), "sector") },
		"sector: format":      func(s map[string]any) { at(s, "sector")["format"] = "date" },
		"sector: minLength":   func(s map[string]any) { at(s, "sector")["minLength"] = 1.0 },
		"counts: closed":      func(s map[string]any) { at(s, "counts")["additionalProperties"] = false },
	} {
		var other map[string]any
		if err := json.Unmarshal(schema, &other); err != nil {
			t.Fatal(err)
		}
		change(other)
		if found, _ := refusals("", theirs, other); !slices.ContainsFunc(found, func(f string) bool { return strings.HasPrefix(f, want) }) {
			t.Errorf("%s is not found: %v", want, found)
		}
	}
}

// at is a property of a schema.
func at(s map[string]any, path ...string) map[string]any {
	for _, part := range path {
		s = s["properties"].(map[string]any)[part].(map[string]any)
	}
	return s
}

// refusals lists where a schema may refuse what another takes. It knows the
// keywords that the two use; any other of the first one counts as a refusal.
func refusals(place string, theirs, ours map[string]any) (out []string, looked int) {
	looked = 1
	add := func(format string, a ...any) {
		out = append(out, strings.TrimPrefix(place, ".")+": "+fmt.Sprintf(format, a...))
	}
	for key, v := range ours {
		switch key {
		case "$schema", "$id", "title", "description", "default", "properties", "items":
		case "type":
			for _, kind := range kinds(theirs) {
				if !slices.Contains(kinds(ours), kind) {
					add("type %s is not taken", kind)
				}
			}
		case "enum":
			if values, ok := theirs["enum"].([]any); !ok && theirs["type"] == nil || !ok && !contained(kinds(theirs), v.([]any)) {
				add("enum, and theirs takes any value")
			} else if missing := slices.DeleteFunc(slices.Clone(values), func(x any) bool { return slices.Contains(v.([]any), x) }); len(missing) > 0 {
				add("enum lacks %v", missing)
			}
		case "required":
			theirOwn, _ := theirs["required"].([]any)
			for _, member := range v.([]any) {
				if !slices.Contains(theirOwn, member) {
					add("required %v may be absent in theirs", member)
				}
			}
		case "format":
			if theirs["format"] != v {
				add("format %v is not in theirs", v)
			}
		case "propertyNames":
			theirNames, _ := theirs["propertyNames"].(map[string]any)
			if more, _ := refusals(place+"#", theirNames, v.(map[string]any)); theirNames == nil || len(more) > 0 {
				add("propertyNames lack some of theirs")
			}
		case "additionalProperties":
			if !reflect.DeepEqual(theirs["additionalProperties"], v) {
				add("closed: additionalProperties %v", v)
			}
		default:
			add("%s is not compared", key)
		}
	}
	inner := func(name string, x, y any) {
		a, isA := x.(map[string]any)
		b, isB := y.(map[string]any)
		if !isA || !isB {
			return
		}
		more, n := refusals(place+name, a, b)
		out, looked = append(out, more...), looked+n
	}
	inner("[]", theirs["items"], ours["items"])
	own, _ := ours["properties"].(map[string]any)
	names, _ := theirs["properties"].(map[string]any)
	for name, x := range names {
		if own[name] == nil {
			out = append(out, strings.TrimPrefix(place+"."+name, ".")+": there is no such property, and other names are refused when facts are read")
		}
		inner("."+name, x, own[name])
	}
	if named, ok := theirs["propertyNames"].(map[string]any); ok {
		for _, name := range named["enum"].([]any) {
			if own[name.(string)] == nil {
				out = append(out, strings.TrimPrefix(place+"."+name.(string), ".")+": there is no such property")
			}
			inner("."+name.(string), theirs["additionalProperties"], own[name.(string)])
		}
	}
	return out, looked
}

// kinds are the types that a schema takes; those of an enumeration are those of
// its values.
func kinds(s map[string]any) (out []string) {
	switch v := s["type"].(type) {
	case string:
		return []string{v}
	case []any:
		for _, kind := range v {
			out = append(out, kind.(string))
		}
		return out
	}
	values, _ := s["enum"].([]any)
	for _, v := range values {
		kind := "string"
		if v == nil {
			kind = "null"
		}
		if !slices.Contains(out, kind) {
			out = append(out, kind)
		}
	}
	return out
}

// contained reports whether an enumeration holds all values of the types: only
// null has so few.
func contained(kinds []string, values []any) bool {
	return len(kinds) == 1 && kinds[0] == "null" && slices.Contains(values, nil)
}
