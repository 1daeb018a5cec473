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
	"hutong/internal/zone"
)

// When is what the flags say about the time of a decision; empty: what the facts
// say.
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

// Check refuses what is no day and no instant.
func (w When) Check() error {
	_, err := w.days()
	return err
}

// ReadFacts reads all facts of a flow. The times of the flags replace those of the
// file, where they are given. Facts that then name an instant, but no day, get
// the day of the exporter from date; without it they are refused. Without a table
// the file is one that was kept: see pack.DecodeFacts.
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

// redated is a document of facts with other days, and with a day where it names
// only an instant. One that is no document, or needs neither, is left as it is.
func redated(data []byte, days map[string]string, date func(doc map[string]any) error) ([]byte, error) {
	var doc map[string]any
	if err := yaml.Unmarshal(data, &doc); err != nil || doc == nil {
		return data, nil // what is wrong with it is said where it is read
	}
	_, dated := doc["on"]
	for name, day := range days {
		doc[name] = day
	}
	if days["at"] != "" && days["on"] == "" {
		delete(doc, "on") // the instant says which day it is
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
