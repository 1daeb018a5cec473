package pack

import (
	"hutong/internal/citation"
	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/itemkind"
)

// The types of this file have the form of pack.yaml; docs/reference/pack-format.md
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
	Provisional  string                 `yaml:"provisional"` // days of years that the calendar does not have yet
	// Zones are the time zones, by their IANA names, that give the day for the
	// pack's law. With several, the stricter day holds.
	Zones []string `yaml:"zones"`
	// Covers are jurisdictions, beside the pack's own, to whose flows it applies:
	// the members of a union.
	Covers []dataspace.Jurisdiction `yaml:"covers"`
	// Sample marks a pack that is an example and no law. It is refused wherever
	// a real decision is made.
	Sample bool `yaml:"sample"`
	// Items names the file of the pack's folder that holds the items of a
	// negative list.
	Items string `yaml:"items"`
	// ItemKinds are the kinds of data on the list; empty: those of the program.
	ItemKinds itemkind.List `yaml:"item_kinds"`

	Sides       map[dataspace.Side]SideDoc `yaml:"sides"`
	Sources     map[string]string          `yaml:"sources"`
	Laws        []citation.Law             `yaml:"laws"` // how Chinese texts cite them
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

// SideDoc says when the pack applies to a flow, on one side of the border.
type SideDoc struct {
	Applies string `yaml:"applies"`
}

// Basis is the source of a statement of law.
type Basis struct {
	Article    string               `yaml:"article"`
	Source     string               `yaml:"source"` // an address, or a key of sources
	Facts      []string             `yaml:"facts"`
	Confidence dataspace.Confidence `yaml:"confidence"`
}

// NumberDoc is a number of the law. A null value is not known: a verdict that
// depends on it is human review.
type NumberDoc struct {
	Basis `yaml:",inline"`
	Value *int64         `yaml:"value"`
	Of    string         `yaml:"of"` // the fact it bounds, for hints
	Text  dataspace.Text `yaml:"text"`
}

// TextDoc is an official text, or a question that no fact answers. While it is
// missing, the best verdict is human review.
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
	Years int            `yaml:"years"` // validity if the document itself names no end; 0: no end
	// Granted says that somebody else grants it: an application for it is not
	// enough.
	Granted bool `yaml:"granted"`
	// About are its subjects in a comparison.
	About []string `yaml:"about"`
	// Renew says when to apply for renewal.
	Renew *RenewDoc `yaml:"renew"`
	// Triggers are changes, since it was granted, that end its use before its
	// end.
	Triggers []TriggerDoc `yaml:"triggers"`
}

// RenewDoc is the time before the end of an instrument at which its holder
// applies for renewal.
type RenewDoc struct {
	Basis       `yaml:",inline"`
	WorkingDays int            `yaml:"working_days"` // before the end
	Months      int            `yaml:"months"`
	Text        dataspace.Text `yaml:"text"`
}

// TriggerDoc is a change after which an instrument must be filed again. On is
// one of scopeTriggers if the flow has left the instrument's scope. It is one of
// eventKinds for an event since the instrument took effect. Otherwise it is the
// word of a fact that ends the use of an instrument (see fact.Ends).
type TriggerDoc struct {
	Basis `yaml:",inline"`
	On    string         `yaml:"on"`
	Text  dataspace.Text `yaml:"text"`
}

// SwitchDoc is a choice that the pack leaves to the operator. Conditions name it
// switch.<name>.
type SwitchDoc struct {
	Basis   `yaml:",inline"`
	Default bool           `yaml:"default"`
	Text    dataspace.Text `yaml:"text"`
}

// RecogniseDoc says that another kind of instrument also satisfies a demand (an
// obligation's id) of the pack's regime.
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
	Grade dataspace.Text   `yaml:"grade"` // of the incident, if this clock gives one
	Who   dataspace.Text   `yaml:"who"`   // the authority or people to tell
	Hours int              `yaml:"hours"` // after the discovery; 0: at once
	Days  int              `yaml:"days"`  // after the day that After names
	After string           `yaml:"after"` // discovered, assessed or handled, which is what an empty one means
	// FirstDay says that the day that After names is the first of the days.
	FirstDay bool `yaml:"first_day"`
	// Advice says that it is advice of an authority and no duty.
	Advice bool `yaml:"advice"`
	// Missing are texts without which a person has to look. Without hours and days
	// there is no deadline then.
	Missing []string       `yaml:"missing"`
	Text    dataspace.Text `yaml:"text"`

	Recorded  string `yaml:"recorded"` // as in RuleDoc
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
	// AskedIf says where the question of a rule is asked: while it is not known
	// whether the rule holds, it is passed over unless this surely holds.
	AskedIf string         `yaml:"asked_if"`
	Text    dataspace.Text `yaml:"text"`
	// About are its subjects in a comparison.
	About []string `yaml:"about"`
	// Recorded is the first day on which the pack knew the rule, Withdrawn the
	// first on which it no longer did; empty: always. They are about knowledge,
	// From and To about the law.
	Recorded  string `yaml:"recorded"`
	Withdrawn string `yaml:"withdrawn"`

	Order   float64           `yaml:"order"` // a fraction puts it between two rules of another pack
	Pathway string            `yaml:"pathway"`
	Verdict dataspace.Verdict `yaml:"verdict"`
	Counted *bool             `yaml:"counted"`
	Claim   bool              `yaml:"claim"`
	// ClaimedBy makes the rule a relief, and is the fact by which it is claimed:
	// while that is not known, nobody claims it. A relief that does not clear the
	// flow matters only where the rules after it do not clear it either. With Claim
	// or Perhaps the rule is no relief, and the fact only says who claims it.
	ClaimedBy string `yaml:"claimed_by"`
	// Perhaps says that the rule may hold where its condition does, and that only
	// the missing texts say so: it is possible, and never certain.
	Perhaps bool     `yaml:"perhaps"`
	Demands []string `yaml:"demands"`
	Missing []string `yaml:"missing"`

	Bar        dataspace.Verdict `yaml:"bar"`
	Obligation *ObligationDoc    `yaml:"obligation"`
	Note       bool              `yaml:"note"`

	Satisfied SatisfiedDoc `yaml:"satisfied"`
}

// SatisfiedDoc says what lifts a bar or fulfils an obligation: one of the
// instruments, in force, or a condition over facts that is certainly true.
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
	Demanded       bool           `yaml:"demanded"` // applies only if a pathway rule demands it
	Deadline       dataspace.Text `yaml:"deadline"`
	Due            *DueDoc        `yaml:"due"`
	Keep           *KeepDoc       `yaml:"keep"`
}

// KeepDoc is the time for which something must be kept after the delivery.
type KeepDoc struct {
	Years  int `yaml:"years"`
	Months int `yaml:"months"`
}

// DueDoc computes a deadline: a time after an instrument of a kind took effect,
// or after the day in a fact.
type DueDoc struct {
	After       string `yaml:"after"`  // kind of instrument
	Unless      string `yaml:"unless"` // no deadline if an instrument fulfilled this obligation
	Fact        string `yaml:"fact"`   // a day, or delivered_on
	WorkingDays int    `yaml:"working_days"`
	Months      int    `yaml:"months"`
}

// HandlingDoc demands a minimum treatment of elements.
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
