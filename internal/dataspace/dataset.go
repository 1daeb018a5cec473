package dataspace

import "time"

// DatasetFacts holds the facts about a dataset and its export that a decision
// needs and no profile can find. The owner states them. An absent fact is
// unknown.
type DatasetFacts struct {
	ListMatch *ListMatch   `json:"list_match,omitempty"`
	Events    []Occurrence `json:"events,omitempty"`
	// Known are facts by the names that they have for a dataset: "important"
	// stands for "data.important". In JSON they are at the level of the members
	// above.
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

// Over returns the facts overridden by those of one flow. A confirmation of the
// items of a list belongs to the dataset, and no flow can change it.
func (d DatasetFacts) Over(flow DatasetFacts) DatasetFacts {
	if len(flow.Events) > 0 {
		d.Events = flow.Events
	}
	d.Known.Over(flow.Known)
	return d
}

// ListMatch is a person's confirmation of which items of a negative list a
// dataset matches. It is valid while the dataset has the same columns with the
// same elements, and the list has the same bytes.
type ListMatch struct {
	Pack PackRef `json:"pack"`
	// Items are all that match; empty: none does.
	Items   []string  `json:"items"`
	Columns Digest    `json:"columns"` // of the profile, see Profile.ColumnsDigest
	Reason  string    `json:"reason"`
	By      string    `json:"by" readOnly:"true"` // the name of the key with which it was recorded
	At      time.Time `json:"at" readOnly:"true"`
}
