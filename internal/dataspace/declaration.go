package dataspace

import (
	"bytes"
	"encoding/json"
)

// Declaration is what a compliance officer states for a time of a participant,
// or of its datasets: the answer to a question that is asked once.
type Declaration struct {
	Owner ParticipantID `json:"owner"`
	// Dataset is the dataset that the fact is about. Empty: the fact is about the
	// participant, or about all its datasets of which nothing was declared.
	Dataset DatasetID `json:"dataset,omitempty"`
	Fact    string    `json:"fact"`
	Value   Value     `json:"value"`
	Reason  string    `json:"reason"`
	// Edition is what was looked at, for a fact that says whether data is on a list.
	Edition *Edition `json:"edition,omitempty"`
	By      string   `json:"by"`    // the name of the key with which it was recorded
	Key     string   `json:"key"`   // the id of that key
	At      string   `json:"at"`    // RFC 3339
	From    string   `json:"from"`  // first day, 2006-01-02
	Until   string   `json:"until"` // last day
	// Replaces is the evidence of the declaration that it replaces.
	Replaces EventID `json:"replaces,omitempty"`
	// Event is the evidence that it was made.
	Event EventID `json:"event,omitempty"`
}

// Edition is the edition of a list that somebody looked at, and the day on which.
type Edition struct {
	Name string `json:"name"`
	On   string `json:"on"` // 2006-01-02
}

// Holds reports whether it is in force, unless it was revoked, on a day that
// may be any of two where the participant is.
func (d *Declaration) Holds(first, last string) bool { return d.From <= first && last <= d.Until }

// DocDeclaration is the name of the Declared document of an event.
const DocDeclaration = "declaration"

// Declared is the evidence of a declaration, or of its revocation. The
// declaration is without its Event.
type Declared struct {
	Declaration
	// Revoked says who revoked it, and why.
	Revoked *Withdrawn `json:"revoked,omitempty"`
}

// Basis is a declaration on which a reason rests.
type Basis struct {
	Fact  string  `json:"fact"`
	By    string  `json:"by"`
	Until string  `json:"until"`
	Event EventID `json:"event"`
}

func (v Value) appendCanonical(out []byte) ([]byte, error) { return v.append(out) }

// MarshalJSON writes RFC 8785 JSON; null for an unknown value.
func (v Value) MarshalJSON() ([]byte, error) { return v.append(nil) }

// UnmarshalJSON reads what MarshalJSON writes.
func (v *Value) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	if len(data) == 0 || bytes.Equal(data, []byte("null")) {
		*v = Value{}
		return nil
	}
	read, err := readValue(json.RawMessage(data))
	if err != nil {
		return &Problem{Kind: ErrInvalid, Code: "facts.type", Message: "is no value of a fact", Err: err}
	}
	*v = read
	return nil
}
