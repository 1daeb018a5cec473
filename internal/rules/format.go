package rules

import (
	"hutong/internal/dataspace"
)

// The types of this file are pack.yaml as it is written; docs/reference/pack-format.md
// explains every key. Unknown keys are refused.

type packYAML struct {
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

	Sides       map[dataspace.Side]sideYAML `yaml:"sides"`
	Sources     map[string]string           `yaml:"sources"`
	Numbers     map[string]numberYAML       `yaml:"numbers"`
	Texts       map[string]textYAML         `yaml:"texts"`
	Groups      map[string][]string         `yaml:"groups"`
	Define      []defineYAML                `yaml:"define"`
	Instruments map[string]instrumentYAML   `yaml:"instruments"`
	Rules       []ruleYAML                  `yaml:"rules"`
	Handling    []handlingYAML              `yaml:"handling"`
}

// sideYAML says when the pack rules a flow on one side of the border.
type sideYAML struct {
	Applies string `yaml:"applies"`
}

// Basis is what every statement of law rests on.
type Basis struct {
	Article    string               `yaml:"article"`
	Source     string               `yaml:"source"` // an address, or a key of sources
	Facts      []string             `yaml:"facts"`
	Confidence dataspace.Confidence `yaml:"confidence"`
}

// numberYAML is a number of the law. A null value is not known: whatever hangs
// on it is human review.
type numberYAML struct {
	Basis `yaml:",inline"`
	Value *int64         `yaml:"value"`
	Of    string         `yaml:"of"` // the fact it bounds, for hints
	Text  dataspace.Text `yaml:"text"`
}

// textYAML is an official text, or a question no fact answers, without which
// nothing better than human review can be said.
type textYAML struct {
	Source string         `yaml:"source"`
	Facts  []string       `yaml:"facts"`
	Text   dataspace.Text `yaml:"text"`
}

type defineYAML struct {
	Name string `yaml:"name"`
	When string `yaml:"when"`
}

// instrumentYAML describes a kind of legal document.
type instrumentYAML struct {
	Basis `yaml:",inline"`
	Name  dataspace.Text `yaml:"name"`
	Years int            `yaml:"years"` // validity where the document itself names no end; 0: none
}

// ruleYAML is one rule. It is exactly one of: pathway, bar, obligation, note.
type ruleYAML struct {
	Basis `yaml:",inline"`
	ID    dataspace.RuleID `yaml:"id"`
	Side  dataspace.Side   `yaml:"side"`
	From  string           `yaml:"from"`
	To    string           `yaml:"to"`
	When  string           `yaml:"when"`
	Text  dataspace.Text   `yaml:"text"`

	Order   int               `yaml:"order"`
	Pathway string            `yaml:"pathway"`
	Verdict dataspace.Verdict `yaml:"verdict"`
	Counted *bool             `yaml:"counted"`
	Claim   bool              `yaml:"claim"`
	Demands []string          `yaml:"demands"`
	Missing []string          `yaml:"missing"`

	Bar        dataspace.Verdict `yaml:"bar"`
	Obligation *obligationYAML   `yaml:"obligation"`
	Note       bool              `yaml:"note"`

	Satisfied satisfiedYAML `yaml:"satisfied"`
}

// satisfiedYAML says what lifts a bar or fulfils an obligation: any one of the
// instruments in force, or a condition over facts that is certainly true.
type satisfiedYAML struct {
	By   []satisfierYAML `yaml:"by"`
	When string          `yaml:"when"`
}

type satisfierYAML struct {
	Kind string `yaml:"kind"`
	When string `yaml:"when"` // counts only if certainly true
}

type obligationYAML struct {
	ID             string         `yaml:"id"`
	Text           dataspace.Text `yaml:"text"`
	BeforeDelivery bool           `yaml:"before_delivery"`
	Demanded       bool           `yaml:"demanded"` // speaks only when a pathway rule demands it
	Deadline       dataspace.Text `yaml:"deadline"`
	Due            *dueYAML       `yaml:"due"`
}

// dueYAML computes a date: so long after an instrument of a kind took effect,
// or after the date that a fact names.
type dueYAML struct {
	After       string `yaml:"after"`  // kind of instrument
	Unless      string `yaml:"unless"` // obligation that another instrument fulfilled
	Fact        string `yaml:"fact"`
	WorkingDays int    `yaml:"working_days"`
	Months      int    `yaml:"months"`
}

// handlingYAML asks for the least treatment of elements.
type handlingYAML struct {
	Basis  `yaml:",inline"`
	ID     dataspace.RuleID `yaml:"id"`
	Side   dataspace.Side   `yaml:"side"`
	From   string           `yaml:"from"`
	To     string           `yaml:"to"`
	When   string           `yaml:"when"`
	Group  string           `yaml:"group"`
	Action dataspace.Action `yaml:"action"`
	Text   dataspace.Text   `yaml:"text"`
}
