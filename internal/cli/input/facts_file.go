package input

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/pack"
)

// Days are those of a decision that flags say.
type Days struct{ On, AsKnown string }

// ReadFacts reads all facts of a flow. The day of the decision and the day of
// the knowledge replace those of the file, where they are given. Without a table
// the file is one that was kept: see pack.DecodeFacts.
func ReadFacts(env *frame.Env, t *fact.Table, path string, at Days) (dataspace.Facts, error) {
	days := map[string]string{}
	for _, d := range []struct{ flag, fact, day string }{{"--on", "on", at.On}, {"--as-known", "known_on", at.AsKnown}} {
		if _, err := frame.ParseDay(d.flag, d.day); err != nil {
			return dataspace.Facts{}, err
		}
		if d.day != "" {
			days[d.fact] = d.day
		}
	}
	var data []byte
	var err error
	if path == "-" {
		data, err = io.ReadAll(env.In)
	} else {
		data, err = os.ReadFile(path)
	}
	if err != nil {
		return dataspace.Facts{}, frame.Unreadable(StdinName(path), err)
	}
	if len(days) > 0 {
		var doc map[string]any
		if err := yaml.Unmarshal(data, &doc); err == nil && doc != nil {
			for name, day := range days {
				doc[name] = day
			}
			if again, err := json.Marshal(doc); err == nil {
				data = again
			}
		}
	}
	facts, err := pack.ParseFacts(t, data)
	if err != nil {
		return facts, Malformed(StdinName(path), err)
	}
	return facts, nil
}

// Malformed marks facts that do not have the form of facts.schema.json as an
// error of usage, and suggests the name that a mistyped one is closest to.
func Malformed(path string, err error) error {
	if !errors.Is(err, dataspace.ErrInvalid) {
		return err
	}
	hint := dataspace.Hint(err)
	var p *dataspace.Problem
	if errors.As(err, &p) && p.Code == "facts.field" {
		if near := frame.Nearest(p.Place, factNames()); near != "" {
			hint = fmt.Sprintf("did you mean %s?", near)
		}
	}
	if path != "" {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return &frame.UsageError{Err: err, Hint: hint}
}

// StdinName is the name of a file in messages.
func StdinName(path string) string {
	if path == "-" {
		return "stdin"
	}
	return path
}

// DecodeFacts decodes JSON strictly: else a mistyped name would be a fact that
// nobody sees.
func DecodeFacts(path string, raw []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	err := dec.Decode(v)
	if err == nil {
		return nil
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return Malformed("", UnknownFact(path, strings.Trim(name, `"`)))
	}
	var typed *json.UnmarshalTypeError
	if errors.As(err, &typed) {
		return Malformed("", &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "facts.type", Place: path, Message: fmt.Sprintf("%s has the wrong type", typed.Field)})
	}
	return Malformed("", BadFacts(path, err))
}

// UnknownFact says that facts have no field of this name, and suggests the nearest.
func UnknownFact(path, name string) error {
	name = name[strings.LastIndexByte(name, '.')+1:]
	p := &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "facts.name", Place: path, Message: fmt.Sprintf("%s is no field of these facts", name),
		Hint: "docs/reference/facts.md names them"}
	if near := frame.Nearest(name, factNames()); near != "" {
		p.Hint = fmt.Sprintf("did you mean %s?", near)
	}
	return p
}

// BadFacts says that a file of facts cannot be read as YAML or JSON.
func BadFacts(path string, err error) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "facts.form", Place: path, Message: "cannot be read as YAML or JSON", Err: err}
}

// factNames lists the names of all facts, and their parts.
func factNames() []string {
	names := pack.FactMembers()
	for _, name := range fact.Standard().Names() {
		for _, part := range append(strings.Split(name, "."), name) {
			if !slices.Contains(names, part) {
				names = append(names, part)
			}
		}
	}
	return names
}
