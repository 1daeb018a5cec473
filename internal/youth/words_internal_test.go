package youth

import (
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"hutong/words"
)

var update = flag.Bool("update", false, "write ages.json from ages.yaml")

// TestCompactAges keeps the embedded JSON equal to the YAML that people read and
// edit.
func TestCompactAges(t *testing.T) {
	data, err := os.ReadFile("../../words/ages.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var want, got file
	if err := yaml.UnmarshalWithOptions(data, &want, yaml.Strict(), yaml.UseJSONUnmarshaler()); err != nil {
		t.Fatal(err)
	}
	if *update {
		compact, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("../../words/ages.json", append(compact, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if err := json.Unmarshal(words.Ages, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("ages.json is stale: go test ./internal/youth -run TestCompactAges -update\n%s", diff)
	}
}
