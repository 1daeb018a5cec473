package dataspace

// Incident holds the known facts about a security incident.
type Incident struct {
	Discovered string `json:"discovered"`        // moment, RFC 3339 with its zone
	Handled    string `json:"handled,omitempty"` // day on which handling ended, 2006-01-02
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
	Rule       RuleID     `json:"rule"`
	Pack       PackID     `json:"pack"`
	Article    string     `json:"article"`
	ArticleZH  string     `json:"article_zh,omitempty"`
	Source     string     `json:"source"`
	Confidence Confidence `json:"confidence"`
	// May says that it is not known whether the clock runs; Missing names the
	// facts that decide it. Keep the time limit as if the clock ran.
	May     bool      `json:"may,omitempty"`
	Missing []Missing `json:"missing,omitempty"`
	// Deadline is a moment (RFC 3339) or the last day (2006-01-02); empty while
	// the day on which handling ended is not known.
	Deadline string `json:"deadline,omitempty"`
	Grade    *Text  `json:"grade,omitempty"`
	Who      Text   `json:"who"` // is told
	Text     Text   `json:"text"`
}
