package dataspace

// Incident holds the known facts about a security incident.
type Incident struct {
	Discovered string `json:"discovered"`         // moment, RFC 3339 with its zone
	Assessed   string `json:"assessed,omitempty"` // day on which it was assessed whether it must be notified
	Handled    string `json:"handled,omitempty"`  // day on which handling ended, 2006-01-02
	// KnownOn is as in Facts.
	KnownOn string `json:"known_on,omitempty"`
	// Known are the other facts by their field names. In JSON they are at the
	// level of the members above. A missing one is unknown, never harmless.
	Known Values `json:"-"`
}

// plainIncident is an Incident without its own encoding.
type plainIncident Incident

// MarshalJSON writes RFC 8785 JSON.
func (i Incident) MarshalJSON() ([]byte, error) { return MarshalWith(plainIncident(i), i.Known) }

// UnmarshalJSON reads the facts without checking them; see Facts.
func (i *Incident) UnmarshalJSON(data []byte) error {
	var p plainIncident
	known, err := UnmarshalWith(data, &p)
	if err != nil {
		return err
	}
	*i = Incident(p)
	i.Known = known
	return nil
}

// Clock is a time limit that an incident starts.
type Clock struct {
	Jurisdiction Jurisdiction `json:"jurisdiction,omitempty"` // whose law it is
	Rule         RuleID       `json:"rule"`
	Pack         PackID       `json:"pack"`
	Article      string       `json:"article"`
	ArticleZH    string       `json:"article_zh,omitempty"`
	Source       string       `json:"source"`
	Confidence   Confidence   `json:"confidence"`
	// May says that it is not known whether the clock runs. Keep the time limit
	// as if the clock ran. Missing names the facts that decide it, and the official
	// texts that are not loaded.
	May     bool      `json:"may,omitempty"`
	Missing []Missing `json:"missing,omitempty"`
	// Advice says that an authority advises it, and no law demands it.
	Advice bool `json:"advice,omitempty"`
	// Review says that a person has to find out the time limit.
	Review bool `json:"review,omitempty"`
	// Deadline is a moment (RFC 3339) or the last day (2006-01-02). It is empty
	// while the day that After names is not known, and if a person has to look.
	Deadline string `json:"deadline,omitempty"`
	After    string `json:"after,omitempty"` // assessed or handled: days are counted from then
	Grade    *Text  `json:"grade,omitempty"`
	Who      Text   `json:"who"` // is told
	Text     Text   `json:"text"`
}
