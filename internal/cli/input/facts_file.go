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
	"hutong/internal/yamldoc"
	"hutong/internal/zone"
)

// When holds the flags for the time of a decision. Without them the facts give
// the time.
type When struct{ On, At, AsKnown string }

// days are the members of a document of facts that the flags replace.
func (w When) days() (map[string]string, error) {
	out := map[string]string{}
	for _, d := range []struct{ flag, fact, day string }{{"--on", "on", w.On}, {"--as-known", "known_on", w.AsKnown}} {
		if _, err := frame.ParseDay(d.flag, d.day); err != nil {
			return nil, err
		}
		if d.day != "" {
			out[d.fact] = d.day
		}
	}
	if w.At == "" {
		return out, nil
	}
	at, err := frame.ParseInstant("--at", w.At)
	out["at"] = zone.Write(at)
	return out, err
}

// Check refuses values that are not a day or an instant.
func (w When) Check() error {
	_, err := w.days()
	return err
}

// ReadFacts reads all facts of a flow. The times of the flags, if given,
// replace those of the file. Facts that then have an instant but no day get the
// day of the exporter from date; without date they are refused. Without a table
// the file is a stored one: see pack.DecodeFacts.
func ReadFacts(env *frame.Env, t *fact.Table, path string, when When, date func(doc map[string]any) error) (dataspace.Facts, error) {
	days, err := when.days()
	if err != nil {
		return dataspace.Facts{}, err
	}
	var data []byte
	if path == "-" {
		data, err = io.ReadAll(env.In)
	} else {
		data, err = os.ReadFile(path)
	}
	if err != nil {
		return dataspace.Facts{}, frame.Unreadable(StdinName(path), err)
	}
	if data, err = redated(data, days, date); err != nil {
		return dataspace.Facts{}, Malformed(StdinName(path), err)
	}
	facts, err := pack.ParseFacts(t, data)
	if err != nil {
		return facts, Malformed(StdinName(path), err)
	}
	return facts, nil
}

// redated returns a document of facts with other days, and with a day if it has
// only an instant. It does not change a text that is not a document or needs
// neither.
func redated(data []byte, days map[string]string, date func(doc map[string]any) error) ([]byte, error) {
	var doc map[string]any
	if err := yaml.Unmarshal(data, &doc); err != nil || doc == nil {
		return data, nil // the error is reported when the document is read
	}
	_, dated := doc["on"]
	for name, day := range days {
		doc[name] = day
	}
	if days["at"] != "" && days["on"] == "" {
		delete(doc, "on") // the instant gives the day
	} else if days["at"] == "" && days["on"] != "" {
		delete(doc, "at")
	}
	if date == nil || len(days) == 0 && (dated || doc["at"] == nil) {
		return data, nil
	}
	if err := date(doc); err != nil {
		return nil, err
	}
	if again, err := json.Marshal(doc); err == nil {
		return again, nil
	}
	return data, nil
}

// Malformed marks facts that do not match facts.schema.json as a usage error,
// and suggests the nearest name for a mistyped one.
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

// StdinName returns the name of a file for messages.
func StdinName(path string) string {
	if path == "-" {
		return "stdin"
	}
	return path
}

// DecodeFacts decodes JSON strictly: otherwise a mistyped fact would be ignored
// silently.
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
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "facts.form", Place: yamldoc.Place(path, err),
		Message: "cannot be read as YAML or JSON", Err: yamldoc.Bare(err)}
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
