package dataspace

// Facts is everything a decision rests on; its JSON fits facts.schema.json.
// A nil or empty value is unknown, never harmless.
type Facts struct {
	On               string         `json:"on"` // day of the decision, 2006-01-02
	Exporter         ExporterFacts  `json:"exporter"`
	Recipient        RecipientFacts `json:"recipient"`
	Act              string         `json:"act,omitempty"` // transfer (default), remote_access, access_inside
	Sector           string         `json:"sector,omitempty"`
	Scenario         string         `json:"scenario,omitempty"`
	Purpose          string         `json:"purpose,omitempty"`
	NecessityShown   *bool          `json:"necessity_shown,omitempty"`
	HRBasis          *HRBasis       `json:"hr_basis,omitempty"`
	Origin           string         `json:"origin,omitempty"` // domestic, abroad
	DomesticMixed    *bool          `json:"domestic_mixed,omitempty"`
	Data             DataFacts      `json:"data"`
	Counts           CountFacts     `json:"counts"`
	Consent          *ConsentFacts  `json:"consent,omitempty"`
	Instruments      []Instrument   `json:"instruments,omitempty"`
	AcceptConfidence []Confidence   `json:"accept_confidence,omitempty"`
}

// ExporterFacts describes who sends.
type ExporterFacts struct {
	ID                ParticipantID `json:"id,omitempty"`
	Jurisdiction      Jurisdiction  `json:"jurisdiction"`
	RegisteredIn      Region        `json:"registered_in,omitempty"`
	ExportsFrom       Region        `json:"exports_from,omitempty"`
	CIIO              *bool         `json:"ciio,omitempty"`
	StateOrgan        *bool         `json:"state_organ,omitempty"`
	SubjectsProcessed *int64        `json:"subjects_processed,omitempty"`
}

// RecipientFacts describes who receives.
type RecipientFacts struct {
	ID               ParticipantID  `json:"id,omitempty"`
	Jurisdiction     Jurisdiction   `json:"jurisdiction"`
	RegisteredIn     Region         `json:"registered_in,omitempty"`
	SameGroup        *bool          `json:"same_group,omitempty"`
	ForeignAuthority *bool          `json:"foreign_authority,omitempty"`
	Certifications   []string       `json:"certifications,omitempty"`
	OnwardTo         []Jurisdiction `json:"onward_to,omitempty"`
}

// HRBasis is the evidence for exporting employees' data.
type HRBasis struct {
	LabourRules        *bool `json:"labour_rules,omitempty"`
	CollectiveContract *bool `json:"collective_contract,omitempty"`
}

// DataFacts describes what would leave, after the plan.
type DataFacts struct {
	Personal            *bool            `json:"personal"`
	Elements            []ElementID      `json:"elements,omitempty"`
	ListItems           []string         `json:"list_items,omitempty"`
	Important           string           `json:"important,omitempty"` // no, yes, notified, published, unknown
	ImportantNotifiedOn string           `json:"important_notified_on,omitempty"`
	Core                *bool            `json:"core,omitempty"`
	StateSecret         *bool            `json:"state_secret,omitempty"`
	USPersons           map[string]int64 `json:"us_persons,omitempty"`
}

// CountFacts are distinct people since 1 January of the year of the decision,
// this flow included, flows outside the count left out.
type CountFacts struct {
	NonSensitive *int64 `json:"non_sensitive,omitempty"`
	Sensitive    *int64 `json:"sensitive,omitempty"`
	Under14      *int64 `json:"under_14,omitempty"`
}

// ConsentFacts says on what the processing rests.
type ConsentFacts struct {
	Basis           string `json:"basis,omitempty"`
	SeparateConsent *bool  `json:"separate_consent,omitempty"`
	NoticeGiven     *bool  `json:"notice_given,omitempty"`
	GuardianConsent *bool  `json:"guardian_consent,omitempty"`
}

// Instrument is a legal document that satisfies a demand. Dates are
// 2006-01-02; an instrument is in force from EffectiveOn (or FiledOn or
// CompletedOn where that is all it has) to the end of ExpiresOn.
type Instrument struct {
	Kind        string           `json:"kind"`
	ID          InstrumentID     `json:"id,omitempty"`
	EffectiveOn string           `json:"effective_on,omitempty"`
	FiledOn     string           `json:"filed_on,omitempty"`
	ExpiresOn   string           `json:"expires_on,omitempty"`
	CompletedOn string           `json:"completed_on,omitempty"`
	Covers      *InstrumentScope `json:"covers,omitempty"`
}

// InstrumentScope limits what an instrument covers; an absent limit is none.
type InstrumentScope struct {
	Recipient   string      `json:"recipient,omitempty"`
	Scenario    string      `json:"scenario,omitempty"`
	Elements    []ElementID `json:"elements,omitempty"`
	MaxSubjects int64       `json:"max_subjects,omitempty"`
}

// Confidence says how well a fact of law is founded.
type Confidence string

// The tags of the facts a pack is written from.
const (
	VerbatimSourceSeen Confidence = "VSS"
	Secondary          Confidence = "SEC"
	SecondaryWeak      Confidence = "SEC-W"
	Memory             Confidence = "MEM"
	Derived            Confidence = "DER"
)
