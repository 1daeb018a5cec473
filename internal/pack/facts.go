package pack

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	xlanguage "golang.org/x/text/language"
	"golang.org/x/text/message"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/yamldoc"
	"hutong/internal/zone"
)

//go:embed schema/facts.schema.json
var factsSchema []byte

const maxFactsBytes = 4 << 20

// maxLimits bounds the entries in the limits of all instruments of a flow, and
// maxEvents the events: each event is compared with each instrument.
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
// facts.schema.json and hold no other field: without this check, a mistyped limit
// of an instrument would be no limit. The error is a *dataspace.Problem whose
// place is the field, or line and column.
func ParseFacts(t *fact.Table, data []byte) (dataspace.Facts, error) {
	doc, err := plainYAML("facts", data)
	if err != nil {
		return dataspace.Facts{}, err
	}
	return DecodeFacts(t, doc)
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
	body, err := yamldoc.Sole(place, data)
	if err != nil {
		return nil, err
	}
	if err := yaml.NodeToValue(body, &doc); err != nil {
		return nil, problem("yaml.form", yamldoc.Place(place, err), yamldoc.Message(err), nil)
	}
	return doc, nil
}

// DecodeFacts reads facts from plain JSON values, as ParseFacts does from text.
// Without a table, the facts are those of an older document, or of a program: the
// facts of packs are kept, and words are taken as keys.
func DecodeFacts(t *fact.Table, doc any) (dataspace.Facts, error) {
	if t != nil {
		var err error
		if doc, err = t.ReadDocument(doc); err != nil {
			return dataspace.Facts{}, err
		}
	}
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
	f, err := dataspace.DecodeFacts(raw)
	if err != nil {
		return dataspace.Facts{}, decodeProblem(err)
	}
	if t == nil {
		return f, CheckFacts(fact.Standard(), &f)
	}
	if err := CheckFacts(t, &f); err != nil {
		return f, err
	}
	return f, errors.Join(t.Check(f.Known), t.CheckNotes(f.Known))
}

func decodeProblem(err error) error {
	if errors.Is(err, dataspace.ErrInvalid) {
		return err
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return unknownField(strings.Trim(name, `"`))
	}
	var typed *json.UnmarshalTypeError
	if errors.As(err, &typed) {
		return problem("facts.type", typed.Field, "has the wrong type", nil)
	}
	return problem("facts.form", "facts", "cannot be decoded", err)
}

func unknownField(name string) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "facts.field", Place: name[strings.LastIndexByte(name, '.')+1:],
		Message: "is no field of the facts", Hint: "facts.schema.json names every field; a mistyped one would be taken as unknown"}
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

var eventKinds = []string{"control", "law_abroad", "force_majeure", "legal_document", "recipient_use", "other"}

// CheckFacts refuses values that would be compared wrongly: a value outside its
// enumeration, a date of another form, a negative count. It makes the checks of
// the schema, for facts that were built in Go.
func CheckFacts(t *fact.Table, f *dataspace.Facts) error {
	if err := checkHead(f); err != nil {
		return err
	}
	return errors.Join(t.CheckKept(f.Known), checkLists(f), checkInstruments(f))
}

// CheckForm is CheckFacts without the values.
func CheckForm(f *dataspace.Facts) error {
	if err := checkHead(f); err != nil {
		return err
	}
	if err := checkLists(f); err != nil {
		return err
	}
	return checkInstruments(f)
}

// checkHead checks the facts that every decision needs.
func checkHead(f *dataspace.Facts) error {
	if !ValidDay(f.On) {
		return problem("facts.on", "on", "is no day of the form 2006-01-02", nil)
	}
	for _, place := range [...]string{"exporter.jurisdiction", "recipient.jurisdiction"} {
		if !f.Known.Of(place).Known() {
			return problem("facts.jurisdiction", place, "is not two capital letters", nil)
		}
	}
	return checkInstants(f)
}

// checkInstants refuses an instant that is not on the day of the facts in any
// time zone.
func checkInstants(f *dataspace.Facts) error {
	for _, c := range [...]struct{ place, at, day string }{{"at", f.At, f.On}, {"delivered_at", f.DeliveredAt, f.DeliveredOn}} {
		if c.at == "" {
			continue
		}
		at, err := zone.Instant(c.place, c.at)
		if err != nil {
			return err
		}
		if !zone.Possible(c.day, at) {
			return problem("facts.at", c.place, fmt.Sprintf("%s is not on the day %q in any time zone", c.at, c.day), nil)
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
	for _, d := range [...]struct{ place, day string }{{"known_on", f.KnownOn}, {"delivered_on", f.DeliveredOn}} {
		if d.day != "" && !ValidDay(d.day) {
			return problem("facts.day", d.place, "is no day of the form 2006-01-02", nil)
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
		for _, day := range [...]string{in.EffectiveOn, in.FiledOn, in.ExpiresOn, in.CompletedOn, in.RenewedOn, scopeOf(in).Until} {
			if day != "" && !ValidDay(day) {
				return problem("facts.day", fmt.Sprintf("instruments.%d", i), fmt.Sprintf("%q is no day of the form 2006-01-02", day), nil)
			}
		}
	}
	return nil
}

// FactMembers are the names in the document of facts that are no facts of the
// table, and the names of their members.
func FactMembers() []string {
	return []string{
		"on", "at", "known_on", "delivered_on", "delivered_at", "events", "switches", "instruments", "accept_confidence",
		"kind", "id", "effective_on", "filed_on", "expires_on", "completed_on", "renewed_on", "covers",
		"recipient", "scenario", "elements", "max_subjects", "exporters", "purposes", "acts", "sensitive", "storage", "retained_until",
	}
}
