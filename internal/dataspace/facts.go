package dataspace

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
)

// Facts holds all input of a decision; its JSON fits facts.schema.json. An
// absent fact is unknown, never harmless.
type Facts struct {
	// On is the day of the decision at the exporter, 2006-01-02. If At is
	// empty, it is the day everywhere.
	On string `json:"on"`
	// At is the instant of the decision, RFC 3339: each regime takes its day from
	// it by the time zones that its packs declare.
	At string `json:"at,omitempty"`
	// KnownOn is the day of the knowledge of the law: rules that were recorded
	// in a pack later or withdrawn before do not count. Empty means all rules
	// of the packs.
	KnownOn string `json:"known_on,omitempty"`
	// DeliveredOn is the day on which the flow's data first left, empty before
	// that. Deadlines that run from the transfer begin on this day.
	DeliveredOn string `json:"delivered_on,omitempty"`
	// DeliveredAt is the instant of the same; empty if only the day is known.
	DeliveredAt string `json:"delivered_at,omitempty"`
	// Events are changes at the parties since an instrument was granted.
	Events []Occurrence `json:"events,omitempty"`
	// Switches are the choices that packs leave to the operator, by "<pack
	// id>#<name>".
	Switches         map[string]bool `json:"switches,omitempty"`
	Instruments      []Instrument    `json:"instruments,omitempty"`
	AcceptConfidence []Confidence    `json:"accept_confidence,omitempty"`
	// Declared are the declarations in force from which facts in Known are taken,
	// or which say the same as somebody stated.
	Declared []Declaration `json:"declared,omitempty"`
	// Screened are the lists of barred recipients with which the recipient was
	// compared.
	Screened []Screening `json:"screened,omitempty"`
	// Known holds all other facts, by the names of the table of facts. In JSON
	// its values are at the level of the members above, with dots as nested
	// objects.
	Known Values `json:"-"`
}

// Names of facts that the engine itself needs.
const (
	FactPersonal = "data.personal"
	FactElements = "data.elements"
)

// alwaysWritten are the members that the JSON of facts has even if they are
// unknown. The hash of facts covers them: do not change the list.
var alwaysWritten = []namedValue{
	{"counts", Value{kind: groupValue}},
	{FactPersonal, Value{}},
	{"exporter.jurisdiction", Value{kind: TextValue}},
	{"recipient.jurisdiction", Value{kind: TextValue}},
}

func (f Facts) appendCanonical(out []byte) ([]byte, error) {
	return appendWith(out, reflect.ValueOf(f), alwaysWritten, f.Known)
}

// plainFacts are Facts without their own encoding.
type plainFacts Facts

// MarshalJSON writes RFC 8785 JSON.
func (f Facts) MarshalJSON() ([]byte, error) {
	return marshalWith(plainFacts(f), alwaysWritten, f.Known)
}

// UnmarshalJSON reads facts without checking them. The table of facts checks
// names and values.
func (f *Facts) UnmarshalJSON(data []byte) error {
	var p plainFacts
	known, err := UnmarshalWith(data, &p)
	if err != nil {
		return err
	}
	*f = Facts(p)
	f.Known = known
	for _, n := range alwaysWritten { // empty objects that are still written
		group, _, _ := strings.Cut(n.name, ".")
		if f.Known.Of(group).kind == groupValue {
			f.Known.Forget(group)
		}
	}
	return nil
}

// DecodeFacts is UnmarshalJSON for input that people write: it refuses unknown
// members of an instrument, of its scope or of an event. Otherwise a mistyped
// limit of an instrument would have no effect.
func DecodeFacts(data []byte) (Facts, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return Facts{}, err
	}
	err := takeFields(members, new(plainFacts), func(raw []byte, field any) error {
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.DisallowUnknownFields()
		return dec.Decode(field)
	})
	if err != nil {
		return Facts{}, err
	}
	var f Facts
	return f, f.UnmarshalJSON(data)
}

// Party is the sender or the recipient.
type Party struct {
	ID           ParticipantID
	Jurisdiction Jurisdiction
	RegisteredIn Region
}

// Exporter is the sender.
func (f *Facts) Exporter() Party {
	return f.Known.party("exporter.id", "exporter.jurisdiction", "exporter.registered_in")
}

// Recipient is the receiver.
func (f *Facts) Recipient() Party {
	return f.Known.party("recipient.id", "recipient.jurisdiction", "recipient.registered_in")
}

func (v Values) party(id, jurisdiction, region string) Party {
	return Party{
		ID:           ParticipantID(v.Text(id)),
		Jurisdiction: Jurisdiction(v.Text(jurisdiction)),
		RegisteredIn: Region(v.Text(region)),
	}
}

// Occurrence is an event on a day that may require a new filing.
type Occurrence struct {
	// Kind is control, law_abroad, force_majeure, legal_document,
	// recipient_use or other.
	Kind string `json:"kind"`
	On   string `json:"on"`
}

// Instrument is a legal document that satisfies a demand. Dates are 2006-01-02;
// an instrument is in force from EffectiveOn (or FiledOn or CompletedOn if it
// has only that) to the end of ExpiresOn.
type Instrument struct {
	Kind string       `json:"kind"`
	ID   InstrumentID `json:"id,omitempty"`
	// Number is the number or registration on the document, and Authority is who
	// issued, granted or registered it.
	Number    string `json:"number,omitempty"`
	Authority string `json:"authority,omitempty"`
	// File is the SHA-256 of the bytes of the document.
	File        Digest           `json:"file,omitempty"`
	Standing    PaperStanding    `json:"standing,omitempty"`
	Confirmed   EventID          `json:"confirmed_by,omitempty"` // the evidence of its confirmation
	EffectiveOn string           `json:"effective_on,omitempty"`
	FiledOn     string           `json:"filed_on,omitempty"`
	ExpiresOn   string           `json:"expires_on,omitempty"`
	CompletedOn string           `json:"completed_on,omitempty"`
	RenewedOn   string           `json:"renewed_on,omitempty"` // day on which renewal was applied for
	Covers      *InstrumentScope `json:"covers,omitempty"`
}

// PaperStanding says whether an instrument counts.
type PaperStanding string

// The standings. An instrument that a person lists for a trial has none and
// counts; of those that a gateway keeps, only confirmed ones count.
const (
	PaperConfirmed PaperStanding = "confirmed"
	PaperProposed  PaperStanding = "proposed"
	// PaperUnsaid is one that was registered before a document needed a file and a
	// scope.
	PaperUnsaid PaperStanding = "scope_not_said"
)

// Counts reports whether an instrument may satisfy a demand.
func (i *Instrument) Counts() bool { return i.Standing == "" || i.Standing == PaperConfirmed }

// InstrumentScope limits what an instrument covers; an absent member sets no
// limit.
type InstrumentScope struct {
	Recipient   string      `json:"recipient,omitempty"`
	Recipients  []string    `json:"recipients,omitempty"` // any of these, and of Recipient
	Scenario    string      `json:"scenario,omitempty"`
	Elements    []ElementID `json:"elements,omitempty"`
	Items       []string    `json:"items,omitempty"` // of a negative list
	MaxSubjects int64       `json:"max_subjects,omitempty"`
	// Exporters are those of a group that share the instrument. A gateway adds
	// the participant that registered it when it passes the instrument to a
	// decision.
	Exporters []ParticipantID `json:"exporters,omitempty"`
	Purposes  []string        `json:"purposes,omitempty"`
	Acts      []string        `json:"acts,omitempty"`
	// Sensitive is false if the instrument does not cover sensitive data.
	Sensitive *bool  `json:"sensitive,omitempty"`
	Storage   Region `json:"storage,omitempty"`        // where the recipient may keep the data
	Until     string `json:"retained_until,omitempty"` // until when
	// Unlimited names the limits that the document leaves open: recipients,
	// purposes, data, people, until. A gateway wants each of them said.
	Unlimited []string `json:"unlimited,omitempty"`
}

// Confidence says how reliable the source of a statement of law is.
type Confidence string

// The tags of the facts on which a pack is based.
const (
	VerbatimSourceSeen Confidence = "VSS"
	Secondary          Confidence = "SEC"
	SecondaryWeak      Confidence = "SEC-W"
	Memory             Confidence = "MEM"
	Derived            Confidence = "DER"
)
