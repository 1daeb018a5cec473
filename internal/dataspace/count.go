package dataspace

// CountClass is a class of people that a law counts: its members, its window,
// and the fact that holds their number. Packs declare classes.
type CountClass struct {
	// ID names the class in counts and in the files of counted people. It never
	// changes its meaning.
	ID   string `json:"id"`
	Fact string `json:"fact"` // e.g. counts.sensitive
	Text Text   `json:"text"`
	// Months is the length of a rolling window; 0 means the calendar year.
	Months int `json:"months,omitempty"`
	// Pair means that each pair of exporter and recipient is counted
	// separately.
	Pair bool    `json:"pair,omitempty"`
	Of   CountOf `json:"of"`
}

// CountOf says who is in a class: every person that one of its parts names.
type CountOf struct {
	// Sensitive is a classification. A person with a value in a column that
	// leaves and is sensitive by it is in the class. It is an id of the
	// taxonomy, "strictest", or "configured" for the gateway's choice.
	Sensitive string `json:"sensitive,omitempty" yaml:"sensitive"`
	// Below is an age: a younger person is in the class.
	Below int `json:"below,omitempty" yaml:"below"`
	// Elements are data elements: a person with a value of one of them that
	// leaves is in the class.
	Elements []ElementID `json:"elements,omitempty" yaml:"elements"`
	// RestOf are classes: a person who is in none of them is in this class.
	RestOf []string `json:"rest_of,omitempty" yaml:"rest_of"`
	// Stated means that no person is counted; the numbers that datasets state
	// are added up.
	Stated bool `json:"stated,omitempty" yaml:"stated"`
}

// Configured is the classification of sensitive data that the gateway's
// configuration chooses.
const Configured = "configured"
