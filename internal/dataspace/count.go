package dataspace

// CountClass is people whom a law counts: who is among them, over which
// window, and which fact says how many they are. Packs declare them.
type CountClass struct {
	// ID names the class in counts and in the files of counted people. It never
	// changes its meaning.
	ID   string `json:"id"`
	Fact string `json:"fact"` // e.g. counts.sensitive
	Text Text   `json:"text"`
	// Months is how far a window goes back that rolls; 0: the calendar year.
	Months int `json:"months,omitempty"`
	// Pair: each pair of exporter and recipient counts for itself.
	Pair bool    `json:"pair,omitempty"`
	Of   CountOf `json:"of"`
}

// CountOf says who is in a class: whoever one of its parts names.
type CountOf struct {
	// Sensitive is the classification by which whoever has a value in a
	// sensitive column that leaves is in it: an id of the taxonomy, "strictest",
	// or "configured" for the gateway's choice.
	Sensitive string `json:"sensitive,omitempty" yaml:"sensitive"`
	// Below is an age: whoever is younger is in it.
	Below int `json:"below,omitempty" yaml:"below"`
	// Elements are those of which a value that leaves puts a person into it.
	Elements []ElementID `json:"elements,omitempty" yaml:"elements"`
	// RestOf are classes: whoever is in none of them is in it.
	RestOf []string `json:"rest_of,omitempty" yaml:"rest_of"`
	// Stated: nobody is counted; the numbers that datasets state are added up.
	Stated bool `json:"stated,omitempty" yaml:"stated"`
}

// Configured is the classification of sensitive data that the gateway's
// configuration chooses.
const Configured = "configured"
