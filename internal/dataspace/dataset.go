package dataspace

import "time"

// DatasetFacts is what a decision needs to know about a dataset and its
// export and no profile can find; it is said by its owner. What is not there
// is unknown.
type DatasetFacts struct {
	ListMatch *ListMatch   `json:"list_match,omitempty"`
	Events    []Occurrence `json:"events,omitempty"`
	// Known are facts by the names that they have for a dataset: "important"
	// stands for "data.important". In JSON they stand beside the members above.
	Known Values `json:"-"`
}

// plainDatasetFacts are DatasetFacts without their own encoding.
type plainDatasetFacts DatasetFacts

// MarshalJSON writes RFC 8785 JSON.
func (d DatasetFacts) MarshalJSON() ([]byte, error) {
	return MarshalWith(plainDatasetFacts(d), d.Known)
}

// UnmarshalJSON reads the facts as they are; see Facts.
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

// Over are the facts with those of one flow over them. Who confirmed the items
// of a list did so for the dataset, and no flow says otherwise.
func (d DatasetFacts) Over(flow DatasetFacts) DatasetFacts {
	if len(flow.Events) > 0 {
		d.Events = flow.Events
	}
	d.Known.Over(flow.Known)
	return d
}

// ListMatch is a person's word on which items of a negative list a dataset
// matches. It holds while the dataset has the same columns, found to be the
// same, and the list is the same bytes; else nobody has looked.
type ListMatch struct {
	Pack PackRef `json:"pack"`
	// Items are all that match; empty: none does.
	Items   []string  `json:"items"`
	Columns Digest    `json:"columns"` // of the profile, see Profile.ColumnsDigest
	Reason  string    `json:"reason"`
	By      string    `json:"by" readOnly:"true"` // the name of the key it was said with
	At      time.Time `json:"at" readOnly:"true"`
}
