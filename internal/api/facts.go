package api

import (
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"hutong/internal/fact"
)

// describeFacts adds the facts of the table to the schemas of requests that
// state facts: the Go types hold facts by name. The services check the values,
// because their messages say more than a schema can. They also check other
// names: packs may declare facts, and other packs may be loaded while the
// gateway runs.
func describeFacts(schemas map[string]*huma.Schema) {
	t := fact.Standard()
	if s := schemas["Participant"]; s != nil {
		for _, d := range t.Fields() {
			describeFact(s, d.FieldName(), d)
		}
		s.Properties["none"] = noneSchema()
		s.AdditionalProperties = true
		prepare(s)
	}
	facts := factsSchema(t)
	for _, name := range []string{"Dataset", "Send", "Flow"} {
		if s := schemas[name]; s != nil && s.Properties["facts"] != nil {
			s.Properties["facts"] = &huma.Schema{Ref: "#/components/schemas/" + factsName, Description: s.Properties["facts"].Description}
		}
	}
	schemas[factsName] = facts
}

// factsName is the schema of what is stated of a dataset or a flow.
const factsName = "DatasetFacts"

// factsSchema describes what is stated of a dataset or a flow.
func factsSchema(t *fact.Table) *huma.Schema {
	text := func() *huma.Schema { return &huma.Schema{Type: huma.TypeString} }
	s := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true, Properties: map[string]*huma.Schema{
		"events": {Type: huma.TypeArray, Nullable: true, Description: "events that concern the parties since an instrument was granted", Items: &huma.Schema{
			Type: huma.TypeObject, AdditionalProperties: false, Required: []string{"kind", "on"},
			Properties: map[string]*huma.Schema{"kind": text(), "on": text()},
		}},
		"list_match": {Type: huma.TypeObject, AdditionalProperties: true, ReadOnly: true, Description: "a person's word on which items of a list the dataset matches"},
	}}
	for i := range t.All() {
		if d := t.At(i); d.Any == "" && !d.Member && (d.StatedBy(fact.Dataset) || d.StatedBy(fact.Flow)) {
			describeFact(s, d.DatasetName(), d)
		}
	}
	s.Properties["none"] = noneSchema()
	prepare(s)
	return s
}

// noneSchema describes what is said beside facts whose word says that no other
// fits.
func noneSchema() *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true,
		Description: "facts whose value is not in their list, by name; note: why no word fits; by: who says so (empty: the holder of the key)"}
}

// describeFact adds one fact under its name, dots as nested objects.
func describeFact(s *huma.Schema, name string, d *fact.Definition) {
	for {
		first, rest, nested := strings.Cut(name, ".")
		if !nested {
			break
		}
		if s.Properties[first] == nil {
			s.Properties[first] = &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{}, AdditionalProperties: false}
		}
		s, name = s.Properties[first], rest
	}
	if s.Properties[name] != nil {
		return // a member of its own
	}
	p := &huma.Schema{Type: huma.TypeString, Description: d.Text.EN}
	switch d.Type {
	case fact.Bool:
		p.Type = huma.TypeBoolean
	case fact.Int:
		p.Type, p.Format = huma.TypeInteger, "int64"
	case fact.List:
		p.Type, p.Items, p.Nullable = huma.TypeArray, &huma.Schema{Type: huma.TypeString}, true
	}
	s.Properties[name] = p
}

// prepare prepares a schema, with all schemas in it, for validation.
func prepare(s *huma.Schema) {
	for _, p := range s.Properties {
		prepare(p)
	}
	if s.Items != nil {
		prepare(s.Items)
	}
	s.PrecomputeMessages()
}
