package element

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/goccy/go-yaml"
)

var update = flag.Bool("update", false, "write elements.json from elements.yaml")

const (
	sourceFile  = "../../words/elements.yaml"
	compactFile = "../../words/elements.json"
)

// TestCompactTaxonomy keeps the embedded JSON equal to the YAML that people
// read and edit. YAML itself takes longer to parse than a command may take to
// start.
func TestCompactTaxonomy(t *testing.T) {
	src, err := os.ReadFile(sourceFile)
	if err != nil {
		t.Fatal(err)
	}
	want, err := compactFromYAML(src)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(compactFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(compactFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Fatal("elements.json is stale: go test ./internal/element -run TestCompactTaxonomy -update")
	}
}

// TestEntries applies the rules for elements of packs to the file of the
// program.
func TestEntries(t *testing.T) {
	built := Builtin()
	if len(built.list) < 130 || len(built.checks) < 61 {
		t.Fatalf("%d elements, %d checks", len(built.list), len(built.checks))
	}
	for i := range built.list {
		e := &built.list[i]
		if err := e.check("elements.yaml, "+string(e.ID), built.classifications); err != nil {
			t.Error(err)
		}
		if kindOf(e.ID) != 0 && e.Detector.Proves == "" {
			t.Errorf("the scanner finds %s, but its entry does not say that a value proves it", e.ID)
		}
	}
	for k := kind(1); k < kinds; k++ {
		if !built.knows(kindIDs[k]) {
			t.Errorf("the scanner finds %s, which is no element", kindIDs[k])
		}
	}
}

// compactFromYAML gives each classification and element a line, in the order
// of the source.
func compactFromYAML(src []byte) ([]byte, error) {
	var f File
	if err := yaml.UnmarshalWithOptions(src, &f, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("parse taxonomy: %w", err)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"schema_version": %d, "classifications": `, f.SchemaVersion)
	if err := eachOnALine(&b, f.Classifications); err != nil {
		return nil, err
	}
	b.WriteString(", \"elements\": ")
	if err := eachOnALine(&b, f.Elements); err != nil {
		return nil, err
	}
	b.WriteString("}\n")
	return b.Bytes(), nil
}

func eachOnALine[T any](b *bytes.Buffer, list []T) error {
	for i, x := range list {
		line, err := json.Marshal(x)
		if err != nil {
			return fmt.Errorf("encode %v: %w", x, err)
		}
		b.WriteString(map[bool]string{true: "[\n", false: ",\n"}[i == 0])
		b.Write(line)
	}
	b.WriteString("\n]")
	return nil
}
