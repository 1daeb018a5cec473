package rules

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/parser"
	"github.com/santhosh-tekuri/jsonschema/v6"
	xlanguage "golang.org/x/text/language"
	"golang.org/x/text/message"

	"hutong/internal/dataspace"
)

//go:embed schema/facts.schema.json
var factsSchema []byte

const maxFactsBytes = 4 << 20

// compiledFactsSchema compiles the embedded schema once.
var compiledFactsSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(factsSchema))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("facts.schema.json", doc); err != nil {
		return nil, err
	}
	return c.Compile("facts.schema.json")
})

// ParseFacts reads facts written as JSON or YAML. They must fit
// facts.schema.json and hold no field that is not in it: a mistyped limit of an
// instrument would otherwise be no limit. The error is a *dataspace.Problem
// whose place is the field, or line and column.
func ParseFacts(data []byte) (dataspace.Facts, error) {
	doc, err := plainYAML("facts", data)
	if err != nil {
		return dataspace.Facts{}, err
	}
	return factsOf(doc)
}

// plainYAML reads one YAML or JSON document into plain JSON values.
func plainYAML(place string, data []byte) (doc any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = problem("yaml.form", place, "cannot be read", fmt.Errorf("%v", r))
		}
	}()
	if len(data) > maxFactsBytes {
		return nil, problem("yaml.size", place, fmt.Sprintf("has more than %d bytes", maxFactsBytes), nil)
	}
	if err := refuseAliases(place, data); err != nil {
		return nil, err
	}
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, problem("yaml.form", yamlPlace(place, err), yamlMessage(err), nil)
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return nil, problem("yaml.empty", place, "is empty", nil)
	}
	if err := yaml.NodeToValue(file.Docs[0].Body, &doc); err != nil {
		return nil, problem("yaml.form", yamlPlace(place, err), yamlMessage(err), nil)
	}
	return doc, nil
}

// factsOf checks plain values against the schema and decodes them.
func factsOf(doc any) (dataspace.Facts, error) {
	raw, err := json.Marshal(doc)
	if err != nil {
		return dataspace.Facts{}, problem("facts.form", "facts", "keys must be text", nil)
	}
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return dataspace.Facts{}, problem("facts.form", "facts", "cannot be read as JSON", err)
	}
	schema, err := compiledFactsSchema()
	if err != nil {
		return dataspace.Facts{}, fmt.Errorf("compile facts schema: %w", err)
	}
	if err := schema.Validate(instance); err != nil {
		return dataspace.Facts{}, schemaProblem(err)
	}
	var f dataspace.Facts
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&f); err != nil {
		return dataspace.Facts{}, decodeProblem(err)
	}
	return f, checkFacts(&f)
}

func decodeProblem(err error) error {
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "facts.field", Place: strings.Trim(name, `"`),
			Message: "is no field of the facts", Hint: "facts.schema.json names every field; a mistyped one would be taken as unknown"}
	}
	var typed *json.UnmarshalTypeError
	if errors.As(err, &typed) {
		return problem("facts.type", typed.Field, "has the wrong type", nil)
	}
	return problem("facts.form", "facts", "cannot be decoded", err)
}

// schemaProblem names the first field that does not fit.
func schemaProblem(err error) error {
	var v *jsonschema.ValidationError
	if !errors.As(err, &v) {
		return problem("facts.schema", "facts", "do not fit the schema", err)
	}
	for len(v.Causes) > 0 {
		v = v.Causes[0]
	}
	place := strings.Join(v.InstanceLocation, ".")
	if place == "" {
		place = "facts"
	}
	return problem("facts.schema", place, v.ErrorKind.LocalizedString(message.NewPrinter(xlanguage.English)), nil)
}

var (
	regionPattern = regexp.MustCompile(`^[A-Z]{2}(-[A-Z0-9]{1,8})*$`)
	enumerations  = map[string][]string{
		"act":            {"", "transfer", "remote_access", "access_inside"},
		"purpose":        {"", "business", "contract_with_individual", "hr_employees", "emergency", "statutory_duty", "processing_for_foreign_client"},
		"origin":         {"", "domestic", "abroad"},
		"data.important": {"", "no", "yes", "notified", "published", "unknown"},
		"consent.basis":  {"", "consent", "contract", "hr", "statutory", "emergency", "other"},
	}
)

// checkFacts refuses what would compare as something else than it means: a
// value outside its enumeration, a date of another form, a negative count. It
// is what the schema says, for facts that were built in Go.
func checkFacts(f *dataspace.Facts) error {
	if !validDay(f.On) {
		return problem("facts.on", "on", "is no day of the form 2006-01-02", nil)
	}
	for place, j := range map[string]dataspace.Jurisdiction{"exporter.jurisdiction": f.Exporter.Jurisdiction, "recipient.jurisdiction": f.Recipient.Jurisdiction} {
		if !jurisdictionPattern.MatchString(string(j)) {
			return problem("facts.jurisdiction", place, "is not two capital letters", nil)
		}
	}
	for place, r := range map[string]dataspace.Region{"exporter.registered_in": f.Exporter.RegisteredIn, "exporter.exports_from": f.Exporter.ExportsFrom, "recipient.registered_in": f.Recipient.RegisteredIn} {
		if r != "" && !regionPattern.MatchString(string(r)) {
			return problem("facts.region", place, "is no ISO 3166-2 code", nil)
		}
	}
	for place, v := range map[string]string{"act": f.Act, "purpose": f.Purpose, "origin": f.Origin, "data.important": f.Data.Important, "consent.basis": consent(f).Basis} {
		if !slices.Contains(enumerations[place], v) {
			return problem("facts.value", place, fmt.Sprintf("%q is none of its values", v), nil)
		}
	}
	return errors.Join(checkCounts(f), checkLists(f), checkDays(f))
}

func checkCounts(f *dataspace.Facts) error {
	for place, n := range map[string]*int64{"counts.non_sensitive": f.Counts.NonSensitive, "counts.sensitive": f.Counts.Sensitive, "counts.under_14": f.Counts.Under14, "exporter.subjects_processed": f.Exporter.SubjectsProcessed} {
		if n != nil && (*n < 0 || *n > 1<<53) {
			return problem("facts.count", place, "is no count", nil)
		}
	}
	for category, n := range f.Data.USPersons {
		if _, ok := variableIndex["data.us_persons."+category]; !ok || n < 0 || n > 1<<53 {
			return problem("facts.count", "data.us_persons."+category, "is no count of a known category", nil)
		}
	}
	return nil
}

func checkLists(f *dataspace.Facts) error {
	for place, n := range map[string]int{"data.elements": len(f.Data.Elements), "data.list_items": len(f.Data.ListItems), "recipient.certifications": len(f.Recipient.Certifications), "recipient.onward_to": len(f.Recipient.OnwardTo), "instruments": len(f.Instruments)} {
		if n > maxList {
			return problem("facts.list", place, fmt.Sprintf("has more than %d entries", maxList), nil)
		}
	}
	return nil
}

func checkDays(f *dataspace.Facts) error {
	days := map[string]string{"data.important_notified_on": f.Data.ImportantNotifiedOn}
	for i, in := range f.Instruments {
		at := fmt.Sprintf("instruments.%d.", i)
		days[at+"effective_on"], days[at+"filed_on"] = in.EffectiveOn, in.FiledOn
		days[at+"expires_on"], days[at+"completed_on"] = in.ExpiresOn, in.CompletedOn
		if in.Kind == "" {
			return problem("facts.instrument", at+"kind", "is missing", nil)
		}
		if in.Covers != nil && in.Covers.MaxSubjects < 0 {
			return problem("facts.count", at+"covers.max_subjects", "is no count", nil)
		}
	}
	for _, place := range sortedKeys(days) {
		if day := days[place]; day != "" && !validDay(day) {
			return problem("facts.day", place, "is no day of the form 2006-01-02", nil)
		}
	}
	return nil
}
