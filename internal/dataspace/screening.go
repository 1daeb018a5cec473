package dataspace

// Screening says that a recipient was compared with an edition of a list of barred
// recipients.
type Screening struct {
	Fact    string `json:"fact"` // that the list answers, such as recipient.restricted
	List    string `json:"list"`
	Edition string `json:"edition"`
	Day     string `json:"day"`    // of the edition, 2006-01-02
	SHA256  Digest `json:"sha256"` // of the list as it was given
	// Result is clear or listed. Older decisions have not_compared too: the list has
	// names in a script in which the recipient has none.
	Result string `json:"result"`
	// Event is the evidence of the import, and Resolved that of the statements of a
	// person about entries that look like the recipient.
	Event    EventID   `json:"event"`
	Resolved []EventID `json:"resolved,omitempty"`
}
