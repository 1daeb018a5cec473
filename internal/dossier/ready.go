package dossier

import (
	"encoding/json"
	"slices"
	"time"

	"hutong/internal/dataspace"
)

// Check is a condition that must hold before a filing is made. If an answer
// that it needs is missing, it is skipped: the missing answer is reported
// already.
type Check struct {
	ID string `yaml:"id"`
	// Exactly one of: a condition; a day that must not be after another; a day
	// that must not be more than the given months before the day of the filing.
	Holds  string         `yaml:"holds"`
	Order  []string       `yaml:"order"`
	Fresh  string         `yaml:"fresh"`
	Months int            `yaml:"months"`
	Text   dataspace.Text `yaml:"text"` // the error if it does not hold
	Basis  Basis          `yaml:"basis"`
}

// Finding is a check that does not hold.
type Finding struct {
	Check string         `json:"check"`
	Text  dataspace.Text `json:"text"`
	Basis *Basis         `json:"basis"`
}

// findings are the checks of a form that do not hold on a day.
func (s *sheet) findings(f *Form, on string) []Finding {
	out := []Finding{}
	for i := range f.Checks {
		c := &f.Checks[i]
		if !s.check(c, on) {
			out = append(out, Finding{c.ID, c.Text, &c.Basis})
		}
	}
	return out
}

func (s *sheet) check(c *Check, on string) bool {
	switch {
	case c.Holds != "":
		ok, _ := s.holds(c.Holds, "", nil)
		return ok
	case len(c.Order) == 2:
		first, second := s.day(c.Order[0]), s.day(c.Order[1])
		return first.IsZero() || second.IsZero() || !first.After(second)
	}
	day := s.day(c.Fresh)
	filed, err := time.Parse(time.DateOnly, on)
	return day.IsZero() || err != nil || !day.AddDate(0, c.Months, 0).Before(filed)
}

// day is an answer that is a day; zero when there is none.
func (s *sheet) day(path string) time.Time {
	text, _ := s.byPath[path].value.(string)
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}
	}
	return day
}

// Wanted is a filing that a decision requires.
type Wanted struct {
	Kind  Kind           `json:"kind"`
	Title dataspace.Text `json:"title"`
	// For is the obligation, or the kind of instrument that ends soon.
	For       string         `json:"for"`
	Satisfied bool           `json:"satisfied"`
	Due       string         `json:"due,omitempty"` // 2006-01-02
	Deadline  dataspace.Text `json:"deadline,omitzero"`
}

// Wanted lists the filings for a decision: for its obligations, for the
// instruments that would satisfy them, and for those to be renewed.
func (l *Library) Wanted(d *dataspace.Decision) []Wanted {
	out := []Wanted{}
	for _, f := range l.Kinds() {
		for _, o := range d.Obligations {
			if !slices.ContainsFunc(f.For, func(id string) bool { return id == o.ID || slices.Contains(o.Instruments, id) }) {
				continue
			}
			w := Wanted{Kind: f.Kind, Title: f.Title, For: o.ID, Satisfied: o.Satisfied}
			if o.Due != nil {
				w.Due = *o.Due
			}
			if o.Deadline != nil {
				w.Deadline = *o.Deadline
			}
			out = append(out, w)
		}
		for _, warning := range d.Warnings {
			if warning.Kind == "renew" && slices.Contains(f.Renews, warning.InstrumentKind) {
				out = append(out, Wanted{Kind: f.Kind, Title: f.Title, For: warning.InstrumentKind, Due: warning.Until, Deadline: warning.Text})
			}
		}
	}
	return out
}

// due is the first day by which a decision requires a filing; empty when it
// sets none.
func (l *Library) due(f *Form, d *dataspace.Decision) string {
	first := ""
	for _, w := range l.Wanted(d) {
		if w.Kind == f.Kind && w.Due != "" && (first == "" || w.Due < first) {
			first = w.Due
		}
	}
	return first
}

// wholeNumber is an answer that is a number.
func wholeNumber(v any) (int64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	i, err := n.Int64()
	return i, err == nil
}
