package annex

import (
	"fmt"
	"slices"
	"strings"

	"hutong/internal/item"
)

// Worded are the fields whose texts have a meaning that must be understood.
var Worded = []Field{Kind, Pathway, Threshold, Assessment, Contract}

// Unread lists the texts of a field that are not understood, each once, in the
// order of the rows.
func (m *Mapping) Unread(name string, t Table, f Field) (out []string, err error) {
	c, err := m.converter(name, t)
	if err != nil {
		return nil, err
	}
	for _, r := range t.Rows {
		text := c.text(r, f)
		if r.blank() || r.Heading || m.ignores(r) || text == "" || slices.Contains(out, text) {
			continue
		}
		if m.Reads(f, text) != nil {
			out = append(out, text)
		}
	}
	return out, nil
}

// Reads returns an error that says what is expected if a text of a field is not
// understood. Texts of other fields are as they are.
func (m *Mapping) Reads(f Field, text string) error {
	switch f {
	case Kind:
		if _, ok := m.kinds().Read(text); !ok {
			return fmt.Errorf("%s", m.kinds().Refuse(text))
		}
	case Pathway:
		if _, ok := pathwayOf(text); !ok && text != item.ByCount {
			return fmt.Errorf("%q is none of %s", text, strings.Join(item.Pathways, ", "))
		}
	case Threshold, Assessment, Contract:
		if nothing(text) {
			return nil
		}
		_, err := parseThresholds(text)
		return err
	}
	return nil
}

// ignores reports whether the mapping says that a row is no item.
func (m *Mapping) ignores(r Row) bool {
	for _, re := range m.ignore {
		if re.MatchString(r.Cell(0)) {
			return true
		}
	}
	return false
}
