package dataspace

// Incident holds the known facts about a security incident. A nil or empty
// value is unknown, never harmless.
type Incident struct {
	Discovered string `json:"discovered"`        // moment, RFC 3339 with its zone
	Handled    string `json:"handled,omitempty"` // day on which handling ended, 2006-01-02
	// KnownOn is as in Facts.
	KnownOn       string `json:"known_on,omitempty"`
	CIIO          *bool  `json:"ciio,omitempty"`         // operates critical information infrastructure
	CentralBody   *bool  `json:"central_body,omitempty"` // a central body of the state, or directly under one
	Personal      *bool  `json:"personal,omitempty"`     // personal data is concerned
	People        *int64 `json:"people,omitempty"`       // distinct people concerned
	Sensitive     *bool  `json:"sensitive,omitempty"`    // sensitive personal data among it
	ImportantData *bool  `json:"important_data,omitempty"`
	IllegalAccess *bool  `json:"illegal_access,omitempty"` // somebody from outside got in
	Defect        *bool  `json:"defect,omitempty"`         // a defect or hole was found, whether or not it was used
	Endangers     *bool  `json:"endangers,omitempty"`      // national security or the public interest
	HarmAvoided   *bool  `json:"harm_avoided,omitempty"`   // measures effectively avoided harm to the people
	Grade         string `json:"grade,omitempty"`          // below, relatively_large, major, especially_major
}

// Clock is a time limit that an incident starts.
type Clock struct {
	Rule       RuleID     `json:"rule"`
	Pack       PackID     `json:"pack"`
	Article    string     `json:"article"`
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
