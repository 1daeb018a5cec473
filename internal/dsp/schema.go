package dsp

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"hutong/internal/dataspace"
)

//go:embed schema/catalog schema/common schema/negotiation schema/transfer
var schemaFiles embed.FS

const schemaRoot = "https://w3id.org/dspace/2025/1/"

// maxDepth bounds how deep received JSON may nest, well beyond any real
// message.
const maxDepth = 64

// Names of schemas: folder and name of the specification's artifact.
const (
	schemaCatalogRequest = "catalog/catalog-request-message"
	schemaCatalog        = "catalog/catalog"
	schemaDataset        = "catalog/dataset"
	schemaCatalogError   = "catalog/catalog-error"
	schemaVersion        = "common/protocol-version"

	schemaRequest          = "negotiation/contract-request-message"
	schemaOffer            = "negotiation/contract-offer-message"
	schemaAgreement        = "negotiation/contract-agreement-message"
	schemaVerification     = "negotiation/contract-agreement-verification-message"
	schemaEvent            = "negotiation/contract-negotiation-event-message"
	schemaTermination      = "negotiation/contract-negotiation-termination-message"
	schemaNegotiation      = "negotiation/contract-negotiation"
	schemaNegotiationError = "negotiation/contract-negotiation-error"

	schemaTransferRequest     = "transfer/transfer-request-message"
	schemaTransferStart       = "transfer/transfer-start-message"
	schemaTransferSuspension  = "transfer/transfer-suspension-message"
	schemaTransferCompletion  = "transfer/transfer-completion-message"
	schemaTransferTermination = "transfer/transfer-termination-message"
	schemaTransfer            = "transfer/transfer-process"
	schemaTransferError       = "transfer/transfer-error"

	// A dataset inside a catalogue needs no @context.
	schemaInnerDataset = "catalog/dataset#/definitions/Dataset"
)

var schemas = sync.OnceValue(func() map[string]*jsonschema.Schema {
	all, err := compileSchemas()
	if err != nil {
		panic("embedded schemas: " + err.Error()) // the build is broken, not the message
	}
	return all
})

func compileSchemas() (map[string]*jsonschema.Schema, error) {
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2019)
	var names []string
	err := fs.WalkDir(schemaFiles, "schema", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := schemaFiles.ReadFile(path)
		if err != nil {
			return err
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		name := strings.TrimPrefix(path, "schema/")
		names = append(names, strings.TrimSuffix(name, "-schema.json"))
		return c.AddResource(schemaRoot+name, doc)
	})
	if err != nil {
		return nil, err
	}
	all := map[string]*jsonschema.Schema{}
	for _, name := range append(names, schemaInnerDataset) {
		file, part, _ := strings.Cut(name, "#")
		url := schemaRoot + file + "-schema.json"
		if part != "" {
			url += "#" + part
		}
		s, err := c.Compile(url)
		if err != nil {
			return nil, err
		}
		all[name] = s
	}
	return all, nil
}

// check validates a decoded JSON value. The error names the place and the
// rule that does not hold, never a value.
func check(name string, v any) error {
	s := schemas()[name]
	if s == nil {
		return fmt.Errorf("no schema %s: %w", name, dataspace.ErrInvalid)
	}
	err := s.Validate(v)
	var ve *jsonschema.ValidationError
	if !errors.As(err, &ve) {
		return err
	}
	leaf := deepest(ve)
	return &dataspace.Problem{
		Kind: dataspace.ErrInvalid, Code: "dsp.schema",
		Place:   "/" + strings.Join(leaf.InstanceLocation, "/"),
		Message: "the message does not match the schema: " + rule(leaf),
	}
}

// deepest follows the first cause of each level to the place nearest to the
// error.
func deepest(e *jsonschema.ValidationError) *jsonschema.ValidationError {
	for len(e.Causes) > 0 {
		e = e.Causes[0]
	}
	return e
}

// rule says which rule failed, without repeating the received value.
func rule(e *jsonschema.ValidationError) string {
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		return "missing " + strings.Join(k.Missing, ", ")
	case *kind.Type:
		return "must be of type " + strings.Join(k.Want, " or ")
	}
	return strings.Join(e.ErrorKind.KeywordPath(), "/")
}

// decode reads one JSON object of a bounded depth.
func decode(data []byte) (map[string]any, error) {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "dsp.json", Message: "the body is not JSON"}
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "dsp.json", Message: "the body is not a JSON object"}
	}
	if tooDeep(v, maxDepth) {
		return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "dsp.json", Message: "the body is nested too deeply"}
	}
	return m, nil
}

func tooDeep(v any, left int) bool {
	if left == 0 {
		return true
	}
	switch v := v.(type) {
	case map[string]any:
		for _, e := range v {
			if tooDeep(e, left-1) {
				return true
			}
		}
	case []any:
		for _, e := range v {
			if tooDeep(e, left-1) {
				return true
			}
		}
	}
	return false
}
