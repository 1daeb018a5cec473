// Package yamldoc reads one YAML document, and says where it is wrong without
// repeating what it holds.
package yamldoc

import (
	"errors"
	"fmt"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"hutong/internal/dataspace"
)

func problem(code, place, message string, err error) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: code, Place: place, Message: message, Err: err}
}

// Sole parses YAML that holds one document. It refuses anchors and
// aliases, which could make a short document huge.
func Sole(place string, data []byte) (ast.Node, error) {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, problem("yaml.form", Place(place, err), Message(err), nil)
	}
	if len(file.Docs) > 1 {
		return nil, problem("yaml.documents", place, "holds more than one document", nil)
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return nil, problem("yaml.empty", place, "is empty", nil)
	}
	body := file.Docs[0].Body
	v := &aliasFinder{}
	ast.Walk(v, body)
	if v.found != nil {
		at := v.found.GetToken().Position
		return nil, problem("yaml.alias", fmt.Sprintf("%s:%d:%d", place, at.Line, at.Column), "anchors, aliases and merge keys are not allowed", nil)
	}
	return body, nil
}

type aliasFinder struct{ found ast.Node }

// Visit implements ast.Visitor.
func (v *aliasFinder) Visit(n ast.Node) ast.Visitor {
	switch n.Type() {
	case ast.AnchorType, ast.AliasType, ast.MergeKeyType:
		if v.found == nil {
			v.found = n
		}
	}
	return v
}

// Place takes line and column from an error of the YAML library.
func Place(place string, err error) string {
	var e yaml.Error
	if errors.As(err, &e) && e.GetToken() != nil && e.GetToken().Position != nil {
		at := e.GetToken().Position
		return fmt.Sprintf("%s:%d:%d", place, at.Line, at.Column)
	}
	return place
}

// Message is the message without the excerpt of the source, which may hold
// data that must not be shown.
func Message(err error) string {
	var e yaml.Error
	if errors.As(err, &e) {
		return e.GetMessage()
	}
	return err.Error()
}

// Bare is an error without the excerpt of the source; other errors stay as they
// are.
func Bare(err error) error {
	var e yaml.Error
	if errors.As(err, &e) {
		return errors.New(e.GetMessage())
	}
	return err
}
