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
	"github.com/santhosh-tekuri/jsonschema/v6"
	xlanguage "golang.org/x/text/language"
	"golang.org/x/text/message"

	"hutong/internal/dataspace"
)

//go:embed schema/facts.schema.json
var factsSchema []byte

const maxFactsBytes = 4 << 20

// maxLimits bounds what all instruments of a flow name in their limits, and
// maxEvents what has happened: each event is held against each instrument.
const (
	maxLimits = 100 * maxList
	maxEvents = maxList / 10
)

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
	return DecodeFacts(doc)
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
	body, err := soleDocument(place, data)
	if err != nil {
		return nil, err
	}
	if err := yaml.NodeToValue(body, &doc); err != nil {
		return nil, problem("yaml.form", yamlPlace(place, err), yamlMessage(err), nil)
	}
	return doc, nil
}

// DecodeFacts reads facts from plain JSON values, as ParseFacts does from text.
func DecodeFacts(doc any) (dataspace.Facts, error) {
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
	acts          = []string{"", "transfer", "remote_access", "access_inside"}
	purposes      = []string{"", "business", "contract_with_individual", "hr_employees", "emergency", "statutory_duty", "processing_for_foreign_client"}
	origins       = []string{"", "domestic", "abroad"}
	importances   = []string{"", "no", "yes", "notified", "published", "unknown"}
	roles         = []string{"", "controller", "processor"}
	transactions  = []string{"", "data_brokerage", "vendor", "employment", "investment", "other"}
	grounds       = []string{"", "explicit_consent", "deemed_consent", "contract_with_individual", "contract_in_interest", "public_interest",
		"legal_claims", "vital_interests", "public_register", "compelling_interests", "law_or_treaty", "outsourcing_for_contract",
		"in_transit", "publicly_available", "other"}
	eventKinds = []string{"control", "law_abroad", "force_majeure", "legal_document", "recipient_use", "other"}
	bases      = []string{"", "consent", "contract", "hr", "statutory", "emergency", "other"}
)

// checkFacts refuses what would compare as something else than it means: a
// value outside its enumeration, a date of another form, a negative count. It
// is what the schema says, for facts that were built in Go.
func checkFacts(f *dataspace.Facts) error {
	if !ValidDay(f.On) {
		return problem("facts.on", "on", "is no day of the form 2006-01-02", nil)
	}
	if err := checkPlaces(f); err != nil {
		return err
	}
	for _, c := range []struct {
		place, value string
		of           []string
	}{
		{"act", f.Act, acts}, {"purpose", f.Purpose, purposes}, {"origin", f.Origin, origins},
		{"exporter.role", f.Exporter.Role, roles}, {"recipient.role", f.Recipient.Role, roles},
		{"ground", f.Ground, grounds}, {"transaction", f.Transaction, transactions},
		{"data.important", f.Data.Important, importances}, {"consent.basis", consent(f).Basis, bases},
	} {
		if !slices.Contains(c.of, c.value) {
			return problem("facts.value", c.place, fmt.Sprintf("%q is none of its values", c.value), nil)
		}
	}
	return errors.Join(checkCounts(f), checkLists(f), checkInstruments(f))
}

func checkPlaces(f *dataspace.Facts) error {
	if !jurisdictionPattern.MatchString(string(f.Exporter.Jurisdiction)) {
		return problem("facts.jurisdiction", "exporter.jurisdiction", "is not two capital letters", nil)
	}
	if !jurisdictionPattern.MatchString(string(f.Recipient.Jurisdiction)) {
		return problem("facts.jurisdiction", "recipient.jurisdiction", "is not two capital letters", nil)
	}
	for _, c := range []struct {
		place string
		value dataspace.Region
	}{
		{"exporter.registered_in", f.Exporter.RegisteredIn}, {"exporter.exports_from", f.Exporter.ExportsFrom},
		{"recipient.registered_in", f.Recipient.RegisteredIn}, {"storage.place", storage(f).Place},
	} {
		if c.value != "" && !regionPattern.MatchString(string(c.value)) {
			return problem("facts.region", c.place, "is no ISO 3166-2 code", nil)
		}
	}
	return nil
}

func checkCounts(f *dataspace.Facts) error {
	for _, c := range []struct {
		place string
		n     *int64
	}{
		{"counts.non_sensitive", f.Counts.NonSensitive}, {"counts.sensitive", f.Counts.Sensitive},
		{"counts.under_14", f.Counts.Under14}, {"exporter.subjects_processed", f.Exporter.SubjectsProcessed},
	} {
		if c.n != nil && (*c.n < 0 || *c.n > 1<<53) {
			return problem("facts.count", c.place, "is no count", nil)
		}
	}
	for _, category := range sortedKeys(f.Data.USPersons) {
		n := f.Data.USPersons[category]
		if _, ok := variableIndex["data.us_persons."+category]; !ok || n < 0 || n > 1<<53 {
			return problem("facts.count", "data.us_persons."+category, "is no count of a known category", nil)
		}
	}
	return nil
}

func checkLists(f *dataspace.Facts) error {
	for _, c := range []struct {
		place string
		n     int
		most  int
	}{
		{"data.elements", len(f.Data.Elements), maxList}, {"data.list_items", len(f.Data.ListItems), maxList},
		{"recipient.certifications", len(f.Recipient.Certifications), maxList}, {"recipient.onward_to", len(f.Recipient.OnwardTo), maxList},
		{"instruments", len(f.Instruments), maxList}, {"events", len(f.Events), maxEvents}, {"switches", len(f.Switches), maxList},
	} {
		if c.n > c.most {
			return problem("facts.list", c.place, fmt.Sprintf("has more than %d entries", c.most), nil)
		}
	}
	return nil
}

func scopeOf(in *dataspace.Instrument) dataspace.InstrumentScope {
	if in.Covers == nil {
		return dataspace.InstrumentScope{}
	}
	return *in.Covers
}

func checkInstruments(f *dataspace.Facts) error {
	for place, day := range map[string]string{
		"data.important_notified_on": f.Data.ImportantNotifiedOn, "known_on": f.KnownOn,
		"delivered_on": f.DeliveredOn, "storage.until": storage(f).Until,
	} {
		if day != "" && !ValidDay(day) {
			return problem("facts.day", place, "is no day of the form 2006-01-02", nil)
		}
	}
	for i, ev := range f.Events {
		if !ValidDay(ev.On) || !slices.Contains(eventKinds, ev.Kind) {
			return problem("facts.event", fmt.Sprintf("events.%d", i), fmt.Sprintf("needs a day, and a kind of %v", eventKinds), nil)
		}
	}
	limits := 0
	for i := range f.Instruments {
		in := &f.Instruments[i]
		c := scopeOf(in)
		if limits += len(c.Elements) + len(c.Purposes) + len(c.Acts) + len(c.Exporters); limits > maxLimits {
			return problem("facts.list", "instruments", fmt.Sprintf("have limits of more than %d entries in all", maxLimits), nil)
		}
		if in.Kind == "" {
			return problem("facts.instrument", fmt.Sprintf("instruments.%d.kind", i), "is missing", nil)
		}
		if in.Covers != nil && in.Covers.MaxSubjects < 0 {
			return problem("facts.count", fmt.Sprintf("instruments.%d.covers.max_subjects", i), "is no count", nil)
		}
		for _, day := range []string{in.EffectiveOn, in.FiledOn, in.ExpiresOn, in.CompletedOn, in.RenewedOn, scopeOf(in).Until} {
			if day != "" && !ValidDay(day) {
				return problem("facts.day", fmt.Sprintf("instruments.%d", i), fmt.Sprintf("%q is no day of the form 2006-01-02", day), nil)
			}
		}
	}
	return nil
}
