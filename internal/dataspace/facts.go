package dataspace

// Facts is everything a decision rests on; its JSON fits facts.schema.json.
// A nil or empty value is unknown, never harmless.
type Facts struct {
	On string `json:"on"` // day of the decision, 2006-01-02
	// KnownOn is the day on whose knowledge of the law the decision rests:
	// what was recorded in a pack later, or withdrawn before, does not count.
	// Empty: all that the packs know.
	KnownOn        string         `json:"known_on,omitempty"`
	Exporter       ExporterFacts  `json:"exporter"`
	Recipient      RecipientFacts `json:"recipient"`
	Act            string         `json:"act,omitempty"` // transfer (default), remote_access, access_inside
	Sector         string         `json:"sector,omitempty"`
	Scenario       string         `json:"scenario,omitempty"`
	Purpose        string         `json:"purpose,omitempty"`
	NecessityShown *bool          `json:"necessity_shown,omitempty"`
	HRBasis        *HRBasis       `json:"hr_basis,omitempty"`
	Ground         string         `json:"ground,omitempty"`      // exception of the exporter's law that is relied on
	Transaction    string         `json:"transaction,omitempty"` // kind of deal behind the flow
	Exemption      string         `json:"exemption,omitempty"`   // paragraph of an exemption that is claimed
	Origin         string         `json:"origin,omitempty"`      // domestic, abroad
	DomesticMixed  *bool          `json:"domestic_mixed,omitempty"`
	Data           DataFacts      `json:"data"`
	Counts         CountFacts     `json:"counts"`
	Consent        *ConsentFacts  `json:"consent,omitempty"`
	Storage        *StorageFacts  `json:"storage,omitempty"`
	// DeliveredOn is the day on which the flow's data first left; empty while
	// it has not. Deadlines that run from the transfer begin on it.
	DeliveredOn string `json:"delivered_on,omitempty"`
	// Events are what happened to the parties since an instrument was granted.
	Events []Occurrence `json:"events,omitempty"`
	// Switches are the operator's choices where a pack leaves one, by
	// "<pack id>#<name>".
	Switches         map[string]bool `json:"switches,omitempty"`
	Instruments      []Instrument    `json:"instruments,omitempty"`
	AcceptConfidence []Confidence    `json:"accept_confidence,omitempty"`
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
	Role              string        `json:"role,omitempty"` // controller, processor
}

// RecipientFacts describes who receives.
type RecipientFacts struct {
	ID               ParticipantID  `json:"id,omitempty"`
	Jurisdiction     Jurisdiction   `json:"jurisdiction"`
	RegisteredIn     Region         `json:"registered_in,omitempty"`
	SameGroup        *bool          `json:"same_group,omitempty"`
	ForeignAuthority *bool          `json:"foreign_authority,omitempty"`
	Role             string         `json:"role,omitempty"`           // controller, processor
	Commercial       *bool          `json:"commercial,omitempty"`     // a commercial organisation
	CoveredPerson    *bool          `json:"covered_person,omitempty"` // owned by, or working for, a country of concern
	Restricted       *bool          `json:"restricted,omitempty"`     // on an authority's list of barred recipients
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
	Personal  *bool       `json:"personal"`
	Elements  []ElementID `json:"elements,omitempty"`
	ListItems []string    `json:"list_items,omitempty"`
	// ListConfirmed says that a person matched the data with the list: the
	// items are those of ListItems and no others.
	ListConfirmed *bool `json:"list_confirmed,omitempty"`
	// ListOf is the pack whose list it was matched with. Where it is given,
	// the list of another pack is not confirmed.
	ListOf              PackID           `json:"list_of,omitempty"`
	GovernmentRelated   *bool            `json:"government_related,omitempty"`
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
	// Under14 are those among the sensitive who are under 14: all that is about
	// a child is sensitive.
	Under14 *int64 `json:"under_14,omitempty"`
	// Standard is the classification by which sensitive people were counted,
	// an id of the taxonomy, or "strictest" for any of them.
	Standard string `json:"standard,omitempty"`
}

// SensitivePeople are at least the children among them, whatever was counted;
// nil if it is not known.
func (c CountFacts) SensitivePeople() *int64 {
	if c.Sensitive != nil && c.Under14 != nil && *c.Under14 > *c.Sensitive {
		return c.Under14
	}
	return c.Sensitive
}

// Set states the count that a fact's name stands for. A name that is no count
// changes nothing.
func (c *CountFacts) Set(fact string, n int64) {
	switch fact {
	case "counts.non_sensitive":
		c.NonSensitive = &n
	case "counts.sensitive":
		c.Sensitive = &n
	case "counts.under_14":
		c.Under14 = &n
	}
}

// Of is the count that a fact's name stands for; nil if it is not known.
func (c CountFacts) Of(fact string) *int64 {
	switch fact {
	case "counts.non_sensitive":
		return c.NonSensitive
	case "counts.sensitive":
		return c.SensitivePeople()
	case "counts.under_14":
		return c.Under14
	}
	return nil
}

// ConsentFacts says on what the processing rests.
type ConsentFacts struct {
	Basis           string `json:"basis,omitempty"`
	SeparateConsent *bool  `json:"separate_consent,omitempty"`
	NoticeGiven     *bool  `json:"notice_given,omitempty"`
	GuardianConsent *bool  `json:"guardian_consent,omitempty"`
	// TransferSummary says that the individuals got a written summary of how
	// far their data will be protected abroad.
	TransferSummary *bool `json:"transfer_summary,omitempty"`
}

// StorageFacts says where and how long the recipient keeps the data.
type StorageFacts struct {
	Place Region `json:"place,omitempty"`
	Until string `json:"until,omitempty"` // last day
}

// Occurrence is something that happened on a day and may call for a new filing.
type Occurrence struct {
	// Kind is control, law_abroad, force_majeure, legal_document,
	// recipient_use or other.
	Kind string `json:"kind"`
	On   string `json:"on"`
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
	RenewedOn   string           `json:"renewed_on,omitempty"` // day on which renewal was applied for
	Covers      *InstrumentScope `json:"covers,omitempty"`
}

// InstrumentScope limits what an instrument covers; an absent limit is none.
type InstrumentScope struct {
	Recipient   string      `json:"recipient,omitempty"`
	Scenario    string      `json:"scenario,omitempty"`
	Elements    []ElementID `json:"elements,omitempty"`
	MaxSubjects int64       `json:"max_subjects,omitempty"`
	// Exporters are those of a group that share the instrument. A gateway adds
	// the one that registered it when it hands the instrument to a decision.
	Exporters []ParticipantID `json:"exporters,omitempty"`
	Purposes  []string        `json:"purposes,omitempty"`
	Acts      []string        `json:"acts,omitempty"`
	// Sensitive is false where it was granted for other than sensitive data.
	Sensitive *bool  `json:"sensitive,omitempty"`
	Storage   Region `json:"storage,omitempty"`        // where the recipient may keep the data
	Until     string `json:"retained_until,omitempty"` // and how long
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
