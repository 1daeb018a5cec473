package pack

import (
	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/itemkind"
)

// The types of this file are pack.yaml as it is written; docs/reference/pack-format.md
// explains every key. Unknown keys are refused.

type Document struct {
	ID           dataspace.PackID       `yaml:"id"`
	Jurisdiction dataspace.Jurisdiction `yaml:"jurisdiction"`
	Title        dataspace.Text         `yaml:"title"`
	Authority    dataspace.Text         `yaml:"authority"`
	Version      string                 `yaml:"version"`
	Released     string                 `yaml:"released"`
	Effective    *string                `yaml:"effective"` // null: not known
	CheckedOn    string                 `yaml:"checked_on"`
	Supersedes   []dataspace.PackID     `yaml:"supersedes"`
	Overlays     dataspace.PackID       `yaml:"overlays"`
	Calendar     string                 `yaml:"calendar"`
	// Zones are the time zones, by their IANA names, by which the pack's law
	// knows the day. With several, the stricter day holds.
	Zones []string `yaml:"zones"`
	// Covers are jurisdictions, beside the pack's own, whose flows it rules:
	// the members of a union.
	Covers []dataspace.Jurisdiction `yaml:"covers"`
	// Sample marks a pack that shows a form and is no law. It is refused
	// wherever a real decision is made.
	Sample bool `yaml:"sample"`
	// Items names the file of the pack's folder that holds the items of a
	// negative list.
	Items string `yaml:"items"`
	// ItemKinds are the kinds of data on the list; empty: those of the program.
	ItemKinds itemkind.List `yaml:"item_kinds"`

	Sides       map[dataspace.Side]SideDoc `yaml:"sides"`
	Sources     map[string]string          `yaml:"sources"`
	Numbers     map[string]NumberDoc       `yaml:"numbers"`
	Facts       []fact.Definition          `yaml:"facts"`
	Counts      []CountDoc                 `yaml:"counts"`
	Texts       map[string]TextDoc         `yaml:"texts"`
	Groups      map[string][]string        `yaml:"groups"`
	Define      []DefineDoc                `yaml:"define"`
	Switches    map[string]SwitchDoc       `yaml:"switches"`
	Instruments map[string]InstrumentDoc   `yaml:"instruments"`
	Recognises  []RecogniseDoc             `yaml:"recognises"`
	Incidents   []IncidentDoc              `yaml:"incidents"`
	Rules       []RuleDoc                  `yaml:"rules"`
	Handling    []HandlingDoc              `yaml:"handling"`
}

// SideDoc says when the pack rules a flow on one side of the border.
type SideDoc struct {
	Applies string `yaml:"applies"`
}

// Basis is what every statement of law rests on.
type Basis struct {
	Article    string               `yaml:"article"`
	Source     string               `yaml:"source"` // an address, or a key of sources
	Facts      []string             `yaml:"facts"`
	Confidence dataspace.Confidence `yaml:"confidence"`
}

// NumberDoc is a number of the law. A null value is not known: whatever hangs
// on it is human review.
type NumberDoc struct {
	Basis `yaml:",inline"`
	Value *int64         `yaml:"value"`
	Of    string         `yaml:"of"` // the fact it bounds, for hints
	Text  dataspace.Text `yaml:"text"`
}

// TextDoc is an official text, or a question no fact answers, without which
// nothing better than human review can be said.
type TextDoc struct {
	Source string         `yaml:"source"`
	Facts  []string       `yaml:"facts"`
	Text   dataspace.Text `yaml:"text"`
}

type DefineDoc struct {
	Name string `yaml:"name"`
	When string `yaml:"when"`
}

// InstrumentDoc describes a kind of legal document.
type InstrumentDoc struct {
	Basis `yaml:",inline"`
	Name  dataspace.Text `yaml:"name"`
	Years int            `yaml:"years"` // validity where the document itself names no end; 0: none
	// Granted says that somebody else grants it: to have filed for it is not
	// to have it.
	Granted bool `yaml:"granted"`
	// About are the subjects of a comparison under which it stands.
	About []string `yaml:"about"`
	// Renew warns before its end.
	Renew *RenewDoc `yaml:"renew"`
	// Triggers say what ends its use before its end: a change since it was
	// granted.
	Triggers []TriggerDoc `yaml:"triggers"`
}

// RenewDoc is the time before the end of an instrument in which renewal is
// applied for.
type RenewDoc struct {
	Basis       `yaml:",inline"`
	WorkingDays int            `yaml:"working_days"` // before the end
	Months      int            `yaml:"months"`
	Text        dataspace.Text `yaml:"text"`
}

// TriggerDoc is a change after which an instrument must be filed again. On is
// recipient, scenario, purpose, act, elements, sensitive, people, storage,
// retention (the flow has left the instrument's scope), or control, law_abroad,
// force_majeure, legal_document, recipient_use, other (an event since the
// instrument took effect), or the word of a fact that ends the use of an
// instrument (see fact.Ends).
type TriggerDoc struct {
	Basis `yaml:",inline"`
	On    string         `yaml:"on"`
	Text  dataspace.Text `yaml:"text"`
}

// SwitchDoc is a choice that the pack leaves to the operator, for conditions
// as switch.<name>.
type SwitchDoc struct {
	Basis   `yaml:",inline"`
	Default bool           `yaml:"default"`
	Text    dataspace.Text `yaml:"text"`
}

// RecogniseDoc says that an instrument of one kind satisfies a demand (an
// obligation's id) of the pack's regime beside those that the demand names.
type RecogniseDoc struct {
	Basis  `yaml:",inline"`
	ID     dataspace.RuleID `yaml:"id"`
	Side   dataspace.Side   `yaml:"side"`
	From   string           `yaml:"from"`
	To     string           `yaml:"to"`
	Demand string           `yaml:"demand"`
	By     string           `yaml:"by"`   // kind of instrument, described by this pack
	When   string           `yaml:"when"` // counts only if certainly true
	Text   dataspace.Text   `yaml:"text"`
}

// IncidentDoc is a clock that starts when an incident is discovered. When is
// a condition over the facts of an incident.
type IncidentDoc struct {
	Basis `yaml:",inline"`
	ID    dataspace.RuleID `yaml:"id"`
	From  string           `yaml:"from"`
	To    string           `yaml:"to"`
	When  string           `yaml:"when"`
	Grade dataspace.Text   `yaml:"grade"` // of the incident, where this clock says one
	Who   dataspace.Text   `yaml:"who"`   // is told
	Hours int              `yaml:"hours"` // 0: at once
	Days  int              `yaml:"days"`  // after it has been handled
	Text  dataspace.Text   `yaml:"text"`

	Recorded  string `yaml:"recorded"` // as of rules
	Withdrawn string `yaml:"withdrawn"`
}

// RuleDoc is one rule. It is exactly one of: pathway, bar, obligation, note.
type RuleDoc struct {
	Basis `yaml:",inline"`
	ID    dataspace.RuleID `yaml:"id"`
	Side  dataspace.Side   `yaml:"side"`
	From  string           `yaml:"from"`
	To    string           `yaml:"to"`
	When  string           `yaml:"when"`
	Text  dataspace.Text   `yaml:"text"`
	// About are the subjects of a comparison under which it stands.
	About []string `yaml:"about"`
	// Recorded and Withdrawn are the first day on which the pack knew the rule
	// And the first on which it no longer did; empty: always. They are about
	// knowledge, From and To about the law.
	Recorded  string `yaml:"recorded"`
	Withdrawn string `yaml:"withdrawn"`

	Order   float64           `yaml:"order"` // a fraction puts it between two of another pack
	Pathway string            `yaml:"pathway"`
	Verdict dataspace.Verdict `yaml:"verdict"`
	Counted *bool             `yaml:"counted"`
	Claim   bool              `yaml:"claim"`
	Demands []string          `yaml:"demands"`
	Missing []string          `yaml:"missing"`

	Bar        dataspace.Verdict `yaml:"bar"`
	Obligation *ObligationDoc    `yaml:"obligation"`
	Note       bool              `yaml:"note"`

	Satisfied SatisfiedDoc `yaml:"satisfied"`
}

// SatisfiedDoc says what lifts a bar or fulfils an obligation: any one of the
// instruments in force, or a condition over facts that is certainly true.
type SatisfiedDoc struct {
	By   []SatisfierDoc `yaml:"by"`
	When string         `yaml:"when"`
}

type SatisfierDoc struct {
	Kind string `yaml:"kind"`
	When string `yaml:"when"` // counts only if certainly true
}

type ObligationDoc struct {
	ID             string         `yaml:"id"`
	Text           dataspace.Text `yaml:"text"`
	BeforeDelivery bool           `yaml:"before_delivery"`
	Demanded       bool           `yaml:"demanded"` // speaks only when a pathway rule demands it
	Deadline       dataspace.Text `yaml:"deadline"`
	Due            *DueDoc        `yaml:"due"`
	Keep           *KeepDoc       `yaml:"keep"`
}

// KeepDoc is how long something must be kept after the delivery.
type KeepDoc struct {
	Years  int `yaml:"years"`
	Months int `yaml:"months"`
}

// DueDoc computes a date: so long after an instrument of a kind took effect,
// or after the date that a fact names.
type DueDoc struct {
	After       string `yaml:"after"`  // kind of instrument
	Unless      string `yaml:"unless"` // obligation that another instrument fulfilled
	Fact        string `yaml:"fact"`   // a day, or delivered_on
	WorkingDays int    `yaml:"working_days"`
	Months      int    `yaml:"months"`
}

// HandlingDoc asks for the least treatment of elements.
type HandlingDoc struct {
	Basis  `yaml:",inline"`
	ID     dataspace.RuleID `yaml:"id"`
	Side   dataspace.Side   `yaml:"side"`
	From   string           `yaml:"from"`
	To     string           `yaml:"to"`
	When   string           `yaml:"when"`
	Group  string           `yaml:"group"`
	Action dataspace.Action `yaml:"action"`
	Text   dataspace.Text   `yaml:"text"`

	Recorded  string `yaml:"recorded"`
	Withdrawn string `yaml:"withdrawn"`
}
