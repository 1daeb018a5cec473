package element

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"hutong/internal/wordstest"
)

// Each element is on a line of its own, so that a change shows which changed.
func TestCompactTaxonomy(t *testing.T) {
	f := wordstest.Read[File](t, "elements")
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"schema_version": %d, "classifications": `, f.SchemaVersion)
	if err := eachOnALine(&b, f.Classifications); err != nil {
		t.Fatal(err)
	}
	b.WriteString(", \"elements\": ")
	if err := eachOnALine(&b, f.Elements); err != nil {
		t.Fatal(err)
	}
	b.WriteString("}\n")
	wordstest.Same(t, "elements", b.Bytes())
}

func TestCompactPlaces(t *testing.T) {
	f := wordstest.Check[placeFile](t, "places")
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
