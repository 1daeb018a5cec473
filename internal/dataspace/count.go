package dataspace

// CountClass is a class of people that a law counts: who belongs to it, over
// which window, and which fact is their number. Packs declare the classes.
type CountClass struct {
	// ID names the class in counts and in the files of counted people. It never
	// changes its meaning.
	ID   string `json:"id"`
	Fact string `json:"fact"` // e.g. counts.sensitive
	Text Text   `json:"text"`
	// Months is the length of a rolling window; 0: the calendar year.
	Months int `json:"months,omitempty"`
	// Pair: each pair of exporter and recipient has its own count.
	Pair bool    `json:"pair,omitempty"`
	Of   CountOf `json:"of"`
}

// CountOf says who is in a class: everybody whom one of its fields names.
type CountOf struct {
	// Sensitive adds everybody with a value in a sensitive column that leaves.
	// It names the classification: an id of the taxonomy, "strictest", or
	// "configured" for the gateway's choice.
	Sensitive string `json:"sensitive,omitempty" yaml:"sensitive"`
	// Below is an age limit: everybody who is younger is in the class.
	Below int `json:"below,omitempty" yaml:"below"`
	// Elements adds everybody with a value of one of them that leaves.
	Elements []ElementID `json:"elements,omitempty" yaml:"elements"`
	// RestOf are other classes: everybody who is in none of them is in this
	// one.
	RestOf []string `json:"rest_of,omitempty" yaml:"rest_of"`
	// Stated: nobody is counted; the numbers that datasets state are added up.
	Stated bool `json:"stated,omitempty" yaml:"stated"`
}

// Configured is the classification of sensitive data that the gateway's
// configuration chooses.
const Configured = "configured"
