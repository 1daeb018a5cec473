package dataspace

import "time"

// DatasetFacts is what a decision needs to know about a dataset and its export,
// but a profile cannot find; the owner states it. A missing fact is unknown.
type DatasetFacts struct {
	ListMatch *ListMatch   `json:"list_match,omitempty"`
	Events    []Occurrence `json:"events,omitempty"`
	// Known are facts by the names that they have for a dataset: "important"
	// means "data.important". In JSON they are next to the members above.
	Known Values `json:"-"`
}

// plainDatasetFacts are DatasetFacts without their own encoding.
type plainDatasetFacts DatasetFacts

// MarshalJSON writes RFC 8785 JSON.
func (d DatasetFacts) MarshalJSON() ([]byte, error) {
	return MarshalWith(plainDatasetFacts(d), d.Known)
}

// UnmarshalJSON reads the facts without checking them; see Facts.
func (d *DatasetFacts) UnmarshalJSON(data []byte) error {
	var p plainDatasetFacts
	known, err := UnmarshalWith(data, &p)
	if err != nil {
		return err
	}
	*d = DatasetFacts(p)
	d.Known = known
	return nil
}

// Over are the facts, overridden by those of one flow. A flow cannot change the
// confirmation of list items, which is made for the dataset.
func (d DatasetFacts) Over(flow DatasetFacts) DatasetFacts {
	if len(flow.Events) > 0 {
		d.Events = flow.Events
	}
	d.Known.Over(flow.Known)
	return d
}

// ListMatch is a person's confirmation of which items of a negative list a
// dataset matches. It is valid while the profile finds the same columns in the
// dataset and the list has the same bytes; otherwise there is no confirmation.
type ListMatch struct {
	Pack PackRef `json:"pack"`
	// Items are all that match; empty: none does.
	Items   []string  `json:"items"`
	Columns Digest    `json:"columns"` // of the profile, see Profile.ColumnsDigest
	Reason  string    `json:"reason"`
	By      string    `json:"by" readOnly:"true"` // name of the key with which it was made
	At      time.Time `json:"at" readOnly:"true"`
}
