package nobody

import (
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"hutong/words"
)

var update = flag.Bool("update", false, "write nobody.json from nobody.yaml")

func read(t *testing.T) list {
	t.Helper()
	data, err := os.ReadFile("../../words/nobody.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var out list
	if err := yaml.UnmarshalWithOptions(data, &out, yaml.Strict(), yaml.UseJSONUnmarshaler()); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestCompactNobody keeps the embedded JSON equal to the YAML that people read
// and edit.
func TestCompactNobody(t *testing.T) {
	want := read(t)
	if *update {
		compact, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("../../words/nobody.json", append(compact, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	var got list
	if err := json.Unmarshal(words.Nobody, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("nobody.json is stale: go test ./internal/nobody -run TestCompactNobody -update\n%s", diff)
	}
}

// Each word is in one list, is found, and is short enough.
func TestWords(t *testing.T) {
	l := read(t)
	seen := map[string]bool{}
	missing := slices.Concat(l.Missing.Signs, l.Missing.EN, l.Missing.ZH)
	for _, w := range slices.Concat(missing, l.Placeholder.EN, l.Placeholder.ZH) {
		if seen[strings.ToUpper(w)] {
			t.Errorf("%q is there twice", w)
		}
		seen[strings.ToUpper(w)] = true
		if Missing([]byte(w)) != slices.Contains(missing, w) {
			t.Errorf("%q: missing is %v", w, Missing([]byte(w)))
		}
		if one := plain(strings.ToUpper(w)); !Placeholder([]byte(one)) || !Placeholder([]byte(strings.ToUpper(w))) {
			t.Errorf("%q is no placeholder as %q", w, one)
		}
	}
	if len(seen) < 140 {
		t.Errorf("%d words", len(seen))
	}
}
