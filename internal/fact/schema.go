package fact

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"hutong/internal/dataspace"
)

// membersSchema describes what the document of facts holds beside the facts of a
// table, and of some facts says more than the table does. Where it has an empty
// propertyNames, the facts below that name are the names.
//
//go:embed members.schema.json
var membersSchema []byte

// object is a JSON schema, or a part of one.
type object = map[string]any

// Schema is the JSON Schema of the document of facts, for the facts of the table.
// Where null is allowed it says that nothing is known. Names that are not in it
// are left to Check.
func (t *Table) Schema() ([]byte, error) {
	var out object
	if err := json.Unmarshal(membersSchema, &out); err != nil {
		return nil, fmt.Errorf("read members of the schema of facts: %w", err)
	}
	require(out, "on")
	for i := range t.list {
		if d := &t.list[i]; d.Any == "" && !d.Member {
			d.describe(out)
		}
	}
	data, err := json.MarshalIndent(out, "", " ")
	return append(data, '\n'), err
}

// needed reports whether the document must have the fact. The fact of personal
// data may be null there.
func (d *Definition) needed() bool {
	return d.Pack == "" && d.Type == Jurisdiction || d.Name == dataspace.FactPersonal
}

// describe adds a fact to a schema, dots as nested objects.
func (d *Definition) describe(within object) {
	parts := strings.Split(d.Name, ".")
	for _, part := range parts[:len(parts)-1] {
		if d.needed() {
			require(within, part)
		}
		all := properties(within)
		inner, ok := all[part].(object)
		if !ok {
			inner = object{}
			all[part] = inner
		}
		inner["type"] = "object"
		within = inner
	}
	leaf := parts[len(parts)-1]
	if d.needed() {
		require(within, leaf)
	}
	if names, ok := within["propertyNames"].(object); ok {
		list, _ := names["enum"].([]string)
		names["enum"] = append(list, leaf)
	}
	own := d.schema()
	if said, ok := properties(within)[leaf].(object); ok {
		maps.Copy(own, said)
	}
	properties(within)[leaf] = own
}

func properties(of object) object {
	all, ok := of["properties"].(object)
	if !ok {
		all = object{}
		of["properties"] = all
	}
	return all
}

// require says that an object has a member.
func require(of object, member string) {
	list, _ := of["required"].([]string)
	for _, m := range list {
		if m == member {
			return
		}
	}
	of["required"] = append(list, member)
}

// schema describes the value of the fact.
func (d *Definition) schema() object {
	out := object{"description": d.Text.EN}
	switch d.Type {
	case Bool:
		out["type"] = []string{"boolean", "null"}
	case Int:
		out["type"] = []string{"integer", "null"}
	case List:
		items := object{"type": "string"}
		if len(d.Values) > 0 {
			items["enum"] = d.allowed()
		}
		out["type"], out["items"] = "array", items
	case Day:
		out["type"], out["format"] = []string{"string", "null"}, "date"
	case Text, Region, Jurisdiction, Zone:
		if len(d.Values) == 0 {
			out["type"] = "string"
			break
		}
		values := make([]any, 0, len(d.Values)+1)
		for _, v := range d.allowed() {
			values = append(values, v)
		}
		out["enum"] = append(values, nil)
	}
	if d.Default != "" {
		out["default"] = d.Default
	}
	return out
}
