package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"hutong/internal/dataspace"
	"hutong/internal/rules"
)

// readFacts reads all facts of a flow; the day of the decision and that of the
// knowledge go over theirs, if they are given.
func (a *app) readFacts(path, on, asKnown string) (dataspace.Facts, error) {
	days := map[string]string{}
	for _, d := range []struct{ flag, fact, day string }{{"--on", "on", on}, {"--as-known", "known_on", asKnown}} {
		if _, err := dayFlag(d.flag, d.day); err != nil {
			return dataspace.Facts{}, err
		}
		if d.day != "" {
			days[d.fact] = d.day
		}
	}
	var data []byte
	var err error
	if path == "-" {
		data, err = io.ReadAll(a.In)
	} else {
		data, err = os.ReadFile(path)
	}
	if err != nil {
		return dataspace.Facts{}, unreadable(stdinName(path), err)
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
	facts, err := rules.ParseFacts(data)
	if err != nil {
		return facts, malformed(stdinName(path), err)
	}
	return facts, nil
}

// malformed marks facts that do not have the form of facts.schema.json as an
// error of usage, and suggests the name that a mistyped one is closest to.
func malformed(path string, err error) error {
	if !errors.Is(err, dataspace.ErrInvalid) {
		return err
	}
	hint := dataspace.Hint(err)
	var p *dataspace.Problem
	if errors.As(err, &p) && p.Code == "facts.field" {
		if near := nearest(p.Place, factNames()); near != "" {
			hint = fmt.Sprintf("did you mean %s?", near)
		}
	}
	if path != "" {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return &usageError{err: err, hint: hint}
}

// stdinName is how a file is called in messages.
func stdinName(path string) string {
	if path == "-" {
		return "stdin"
	}
	return path
}

// decodeFacts decodes JSON strictly: a mistyped name would else be a fact that
// nobody knows of.
func decodeFacts(path string, raw []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	err := dec.Decode(v)
	if err == nil {
		return nil
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return malformed("", unknownFact(path, strings.Trim(name, `"`)))
	}
	var typed *json.UnmarshalTypeError
	if errors.As(err, &typed) {
		return malformed("", &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "facts.type", Place: path, Message: fmt.Sprintf("%s has the wrong type", typed.Field)})
	}
	return malformed("", badFacts(path, err))
}

func unknownFact(path, name string) error {
	p := &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "facts.name", Place: path, Message: fmt.Sprintf("%s is no field of these facts", name),
		Hint: "the names are those of facts.schema.json"}
	if near := nearest(name, factNames()); near != "" {
		p.Hint = fmt.Sprintf("did you mean %s?", near)
	}
	return p
}

func badFacts(path string, err error) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "facts.form", Place: path, Message: "cannot be read as YAML or JSON", Err: err}
}

// unreadable says which file cannot be read.
func unreadable(path string, err error) error {
	p := &dataspace.Problem{Kind: dataspace.ErrUnavailable, Code: "file.read", Place: path, Message: "cannot be read"}
	var cause *fs.PathError
	if errors.As(err, &cause) {
		err = cause.Err
	}
	p.Err = err
	if errors.Is(err, fs.ErrNotExist) {
		p.Kind, p.Code, p.Message, p.Err = dataspace.ErrNotFound, "file.missing", "there is no such file", nil
	}
	return p
}

// factNames lists the names of all facts.
func factNames() []string {
	var names []string
	var visit func(t reflect.Type)
	visit = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			return
		}
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
			visit(t.Field(i).Type)
		}
	}
	visit(reflect.TypeFor[dataspace.Facts]())
	return names
}
