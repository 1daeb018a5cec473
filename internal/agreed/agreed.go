// Package agreed describes agreements in which two authorities recognise each
// other's documents: what counts as what, for which flows, and from which text.
package agreed

import (
	"slices"

	"hutong/internal/counted"
	"hutong/internal/dataspace"
	"hutong/internal/pack"
)

// Agreement is what two parties recognise of each other. Its maker has checked
// both signatures.
type Agreement struct {
	Ref     dataspace.RecognitionRef
	Entries []Recognition
}

// Recognition is one entry of an agreement: a credential of one jurisdiction
// satisfies a demand of the other, or counts there as a kind of instrument.
// Exactly one of the two is set.
type Recognition struct {
	ID        dataspace.RuleID `json:"id" yaml:"id"`
	Of        Credential       `json:"of" yaml:"of"`
	Satisfies *Demand          `json:"satisfies,omitempty" yaml:"satisfies"`
	CountsAs  *Kind            `json:"counts_as,omitempty" yaml:"counts_as"`
	From      string           `json:"from,omitempty" yaml:"from"` // first and last day in force
	To        string           `json:"to,omitempty" yaml:"to"`
	Scope     RecognitionScope `json:"scope,omitzero" yaml:"scope"`
	// Unread says which words of the scope cannot be read. If there are any, the
	// entry satisfies nothing.
	Unread []dataspace.Text `json:"-" yaml:"-"`
	// Onward allows another entry to recognise further what counts by this one.
	Onward  bool           `json:"onward,omitempty" yaml:"onward"`
	Article string         `json:"article" yaml:"article"`
	Source  string         `json:"source" yaml:"source"` // an address
	Text    dataspace.Text `json:"text" yaml:"text"`
}

// Credential is what a party holds: an instrument of a kind, or a
// certification of the recipient.
type Credential struct {
	Jurisdiction  dataspace.Jurisdiction `json:"jurisdiction" yaml:"jurisdiction"`
	Kind          string                 `json:"kind,omitempty" yaml:"kind"`
	Certification string                 `json:"certification,omitempty" yaml:"certification"`
}

// Demand is an obligation of a regime.
type Demand struct {
	Jurisdiction dataspace.Jurisdiction `json:"jurisdiction" yaml:"jurisdiction"`
	Side         dataspace.Side         `json:"side" yaml:"side"`
	Demand       string                 `json:"demand" yaml:"demand"`
}

// Kind is a kind of instrument of a jurisdiction.
type Kind struct {
	Jurisdiction dataspace.Jurisdiction `json:"jurisdiction" yaml:"jurisdiction"`
	Kind         string                 `json:"kind" yaml:"kind"`
}

// RecognitionScope limits a recognition to flows of some kinds. Each limit that
// is set must surely hold.
type RecognitionScope struct {
	Sectors    []string                  `json:"sectors,omitempty" yaml:"sectors"`
	Scenarios  []string                  `json:"scenarios,omitempty" yaml:"scenarios"`
	Purposes   []string                  `json:"purposes,omitempty" yaml:"purposes"`
	Elements   []dataspace.ElementID     `json:"elements,omitempty" yaml:"elements"` // all elements of the flow are among them
	Recipients []dataspace.ParticipantID `json:"recipients,omitempty" yaml:"recipients"`
	MaxPeople  int64                     `json:"max_people,omitempty" yaml:"max_people"`
}

// By is the jurisdiction whose law recognises the credential.
func (r *Recognition) By() dataspace.Jurisdiction {
	if r.Satisfies != nil {
		return r.Satisfies.Jurisdiction
	}
	return r.CountsAs.Jurisdiction
}

// Looks lists the facts of the limits. People are counted by the splits of the
// recognising law.
func (c *RecognitionScope) Looks(splits []counted.Split) (out []string) {
	about := func(set bool, names ...string) {
		if set {
			out = append(out, names...)
		}
	}
	about(len(c.Sectors) > 0, "sector")
	about(len(c.Scenarios) > 0, "scenario")
	about(len(c.Purposes) > 0, "purpose")
	about(len(c.Elements) > 0, "data.elements")
	for i := range splits {
		about(c.MaxPeople > 0, splits[i].Looks()...)
	}
	return out
}

// Holds reports whether a flow is within the scope.
func (c *RecognitionScope) Holds(f *dataspace.Facts, splits []counted.Split) pack.Truth {
	t := pack.Yes
	among := func(list []string, value string) {
		switch {
		case len(list) == 0:
		case value == "":
			t = t.And(pack.Maybe)
		case !slices.Contains(list, value):
			t = pack.No
		}
	}
	among(c.Sectors, f.Known.Text("sector"))
	among(c.Scenarios, f.Known.Text("scenario"))
	among(c.Purposes, f.Known.Text("purpose"))
	recipient := f.Recipient().ID
	if len(c.Recipients) > 0 {
		switch {
		case recipient == "":
			t = t.And(pack.Maybe)
		case !slices.Contains(c.Recipients, recipient):
			t = pack.No
		}
	}
	elements := f.Known.List(dataspace.FactElements)
	if len(c.Elements) > 0 && len(elements) == 0 {
		t = t.And(pack.Maybe)
	}
	for _, el := range elements {
		if len(c.Elements) > 0 && !slices.Contains(c.Elements, dataspace.ElementID(el)) {
			t = pack.No
		}
	}
	if c.MaxPeople > 0 {
		for i := range splits {
			if more, known := splits[i].Exceeds(f, c.MaxPeople); more {
				t = pack.No
			} else if !known {
				t = t.And(pack.Maybe)
			}
		}
	}
	return t
}
