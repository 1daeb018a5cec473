package dataspace

import "time"

// DatasetFacts is what a decision needs to know about a dataset and its
// export and no profile can find; it is said by its owner. Field by field it
// is the part of Facts of the same name. A nil or empty value is unknown.
type DatasetFacts struct {
	Act                 string           `json:"act,omitempty"`
	Sector              string           `json:"sector,omitempty"`
	Scenario            string           `json:"scenario,omitempty"`
	NecessityShown      *bool            `json:"necessity_shown,omitempty"`
	HRBasis             *HRBasis         `json:"hr_basis,omitempty"`
	Origin              string           `json:"origin,omitempty"`
	DomesticMixed       *bool            `json:"domestic_mixed,omitempty"`
	ListItems           []string         `json:"list_items,omitempty"`
	ListConfirmed       *bool            `json:"list_confirmed,omitempty"`
	ListMatch           *ListMatch       `json:"list_match,omitempty"`
	Ground              string           `json:"ground,omitempty"`
	Transaction         string           `json:"transaction,omitempty"`
	Exemption           string           `json:"exemption,omitempty"`
	GovernmentRelated   *bool            `json:"government_related,omitempty"`
	Storage             *StorageFacts    `json:"storage,omitempty"`
	Events              []Occurrence     `json:"events,omitempty"`
	Important           string           `json:"important,omitempty"`
	ImportantNotifiedOn string           `json:"important_notified_on,omitempty"`
	Core                *bool            `json:"core,omitempty"`
	StateSecret         *bool            `json:"state_secret,omitempty"`
	USPersons           map[string]int64 `json:"us_persons,omitempty"`
	Consent             *ConsentFacts    `json:"consent,omitempty"`
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
