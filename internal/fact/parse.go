package fact

import (
	"fmt"
	"strconv"
	"strings"

	"hutong/internal/dataspace"
)

// Parse reads a value as a person writes it: true, yes, 是, false, no, 否; a
// number; a text; several texts with commas between them. "unknown" says that nothing is
// known, of a fact that has no such value.
func (d *Definition) Parse(s string) (dataspace.Value, error) {
	v, err := d.parse(strings.TrimSpace(s))
	if err != nil {
		return dataspace.Value{}, err
	}
	if d.Vocabulary() != "" {
		return v, nil // a table with the words of the packs in force reads it
	}
	return v, d.Check(v)
}

func (d *Definition) parse(s string) (dataspace.Value, error) {
	if s == "unknown" && !d.may(s) {
		return dataspace.Value{}, nil
	}
	switch d.Type {
	case Bool:
		switch s {
		case "true", "yes", "是":
			return dataspace.BoolOf(true), nil
		case "false", "no", "否":
			return dataspace.BoolOf(false), nil
		}
		return dataspace.Value{}, d.problem("facts.type", "expected true, false or unknown")
	case Int:
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return dataspace.Value{}, d.problem("facts.type", fmt.Sprintf("%q is no whole number", s))
		}
		return dataspace.IntOf(n), nil
	case List:
		var list []string
		for _, part := range strings.Split(s, ",") {
			if part = strings.TrimSpace(part); part != "" {
				list = append(list, part)
			}
		}
		return dataspace.ListOf(list...), nil
	}
	return dataspace.TextOf(s), nil
}

// may reports whether a word is one of the values of the fact.
func (d *Definition) may(word string) bool {
	for _, v := range d.Values {
		if v == word {
			return true
		}
	}
	return false
}

// Form says, for people, what a value looks like.
func (d *Definition) Form() string {
	switch {
	case len(d.Values) > 0:
		return strings.Join(d.Values, "|")
	case d.Type == Bool:
		return "true|false|unknown"
	case d.Type == Int:
		return "number"
	case d.Type == Day:
		return "2006-01-02"
	case d.Type == Region:
		return "ISO 3166-2"
	case d.Type == Jurisdiction:
		return "ISO 3166-1"
	}
	return string(d.Type)
}
