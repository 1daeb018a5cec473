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

var update = flag.Bool("update", false, "write elements.json and places.json from their YAML")

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

// TestCompactPlaces keeps the embedded names of places equal to the YAML that
// people read.
func TestCompactPlaces(t *testing.T) {
	const source, compact = "../../words/places.yaml", "../../words/places.json"
	data, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	var f placeFile
	if err := yaml.UnmarshalWithOptions(data, &f, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	want, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile(compact, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(compact); err != nil || !bytes.Equal(got, want) {
		t.Fatal("places.json is stale: go test ./internal/element -run TestCompactPlaces -update")
	}
	for _, name := range append(f.Provinces, f.Cities...) {
		if len([]rune(name)) != 2 {
			t.Errorf("%s is not the two characters that a name begins with", name)
		}
	}
	if f.SchemaVersion != 1 || len(f.CountryCodes) < 190 || len(f.CountryCodes3) < 190 || len(f.Provinces) != 34 {
		t.Errorf("%d, %d codes, %d provinces", len(f.CountryCodes), len(f.CountryCodes3), len(f.Provinces))
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
		if scanned(e.ID) && e.Detector.Proves == "" {
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
