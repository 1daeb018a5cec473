package dataspace

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
)

// SourceKind is the kind of a source.
type SourceKind string

// The kinds.
const (
	// SourceFile is a file or directory of the gateway's machine; the place is
	// its absolute path.
	SourceFile SourceKind = "file"
	// SourceUpload is a file that was sent to the gateway for one flow; the
	// place is its name among the uploads.
	SourceUpload SourceKind = "upload"
)

// sourceKinds says for each kind whether its sources name a connection, and
// checks the place; nil means that any place is valid.
var sourceKinds = map[SourceKind]struct {
	connection bool
	place      func(string) string
}{
	SourceFile:   {place: absolute},
	SourceUpload: {},
}

// SourceKinds lists the kinds, in order.
func SourceKinds() []SourceKind { return slices.Sorted(maps.Keys(sourceKinds)) }

func absolute(path string) string {
	if !filepath.IsAbs(path) {
		return "expected an absolute path"
	}
	return ""
}

// Source says where its own gateway finds a dataset. It is never sent to a
// peer.
type Source struct {
	Kind SourceKind `json:"kind"`
	// Connection names the connection that reaches the place; empty for files.
	Connection string `json:"connection,omitempty"`
	Place      string `json:"place"`
}

// FileSource is a file or directory of the gateway's machine.
func FileSource(path string) Source { return Source{Kind: SourceFile, Place: path} }

// IsZero reports whether the source is empty.
func (s Source) IsZero() bool { return s == Source{} }

// String names the source for people.
func (s Source) String() string {
	switch {
	case s.Kind == SourceFile || s.IsZero():
		return s.Place
	case s.Connection == "":
		return string(s.Kind) + " " + s.Place
	}
	return string(s.Kind) + " " + s.Connection + " " + s.Place
}

// Check returns ErrInvalid with the reason if a source is not valid.
func (s Source) Check() error {
	kind, known := sourceKinds[s.Kind]
	message := ""
	switch {
	case !known:
		message = fmt.Sprintf("unknown kind %q, expected one of %s", s.Kind, SourceKinds())
	case !kind.connection && s.Connection != "":
		message = "a source of kind " + string(s.Kind) + " has no connection"
	case kind.connection && s.Connection == "":
		message = "a source of kind " + string(s.Kind) + " needs a connection"
	case s.Place == "":
		message = "a source needs a place"
	case kind.place != nil:
		message = kind.place(s.Place)
	}
	if message == "" {
		return nil
	}
	return &Problem{Kind: ErrInvalid, Code: "source.form", Place: "source", Message: message}
}

// UnmarshalJSON also reads a string, the form in which older rows and callers
// name a file.
func (s *Source) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		var path string
		if err := json.Unmarshal(data, &path); err != nil {
			return err
		}
		*s = Source{}
		if path != "" {
			*s = FileSource(path)
		}
		return nil
	}
	type plain Source
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	return dec.Decode((*plain)(s))
}
