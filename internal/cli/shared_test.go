package cli_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"hutong/internal/cli"
	"hutong/internal/dataspace"
)

// shared is the folder of facts and tables beside the repository.
func shared(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../../shared")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skip("needs ../shared")
	}
	return dir
}

// fits checks JSON against one of the shared schemas.
func fits(t *testing.T, schema string, data []byte) {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	s, err := c.Compile(schema)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(doc); err != nil {
		t.Errorf("does not fit %s: %v", filepath.Base(schema), err)
	}
}

// hutong runs one command in this process.
func hutong(t *testing.T, in string, args ...string) (code int, stdout, stderr []byte) {
	t.Helper()
	var out, errs bytes.Buffer
	code = cli.Run(t.Context(), args, cli.Streams{In: strings.NewReader(in), Out: &out, Err: &errs})
	return code, out.Bytes(), errs.Bytes()
}

// merge overrides base with over, map by map.
func merge(base, over map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range base {
		out[k] = v
	}
	for k, v := range over {
		inner, ok := v.(map[string]any)
		if old, ok2 := out[k].(map[string]any); ok && ok2 {
			v = merge(old, inner)
		}
		out[k] = v
	}
	return out
}

func TestAssessVectors(t *testing.T) {
	dir := shared(t)
	data, err := os.ReadFile(filepath.Join(dir, "law/vectors.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct {
		Defaults map[string]any `yaml:"defaults"`
		Cases    []struct {
			ID     string         `yaml:"id"`
			Facts  map[string]any `yaml:"facts"`
			Counts map[string]any `yaml:"counts"`
			Expect map[string]any `yaml:"expect"`
			Why    string         `yaml:"why"`
		} `yaml:"cases"`
	}
	if err := yaml.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors.Cases) < 10 {
		t.Fatalf("%d cases, at least 10 should be there", len(vectors.Cases))
	}
	exits := map[dataspace.Verdict]int{dataspace.Cleared: 0, dataspace.ActionRequired: 3, dataspace.HumanReview: 3, dataspace.Prohibited: 3}
	for _, v := range vectors.Cases {
		t.Run(v.ID, func(t *testing.T) {
			facts, err := json.Marshal(merge(merge(vectors.Defaults, v.Facts), map[string]any{"counts": v.Counts}))
			if err != nil {
				t.Fatal(err)
			}
			code, stdout, stderr := hutong(t, string(facts), "assess", "--facts", "-", "--json")
			if len(stdout) == 0 {
				t.Fatalf("exit code %d: %s", code, stderr)
			}
			fits(t, filepath.Join(dir, "law/decision.schema.json"), stdout)
			var d dataspace.Decision
			if err := json.Unmarshal(stdout, &d); err != nil {
				t.Fatal(err)
			}
			if want, ok := exits[d.Verdict]; !ok || code != want {
				t.Errorf("exit code %d for verdict %q", code, d.Verdict)
			}
			pathway := ""
			for _, r := range d.Regimes {
				if r.Jurisdiction == "CN" && r.Side == dataspace.ExportSide {
					pathway = r.Pathway
				}
			}
			if pathway != v.Expect["cn"] {
				t.Errorf("pathway %q, want %q: %s", pathway, v.Expect["cn"], v.Why)
			}
		})
	}
}

// The numbers of rows are those of the README of the tables, except ae.csv and
// dm.csv, which share one line there.
var tables = map[string]int64{
	"SingaporeAuto.csv": 7483, "ae.csv": 1191, "ais_noaa.csv": 1000, "customers.csv": 319,
	"dm.csv": 306, "employees.csv": 107, "hotel_rates.csv": 15402, "weather.csv": 26115,
}

func TestProfileTables(t *testing.T) {
	dir := shared(t)
	list, err := filepath.Glob(filepath.Join(dir, "data/tables/*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < len(tables) {
		t.Errorf("%d tables, %d are known", len(list), len(tables))
	}
	for _, path := range list {
		t.Run(filepath.Base(path), func(t *testing.T) {
			tmp := t.TempDir()
			t.Setenv("TMPDIR", tmp)
			code, stdout, stderr := hutong(t, "", "profile", path, "--json", "--on", "2026-06-15")
			if code != 0 {
				t.Fatalf("exit code %d: %s", code, stderr)
			}
			fits(t, filepath.Join(dir, "law/profile.schema.json"), stdout)
			var p dataspace.Profile
			if err := json.Unmarshal(stdout, &p); err != nil {
				t.Fatal(err)
			}
			if want, ok := tables[filepath.Base(path)]; !ok || p.Rows != want {
				t.Errorf("%d rows, want %d (known: %t)", p.Rows, want, ok)
			}
			if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}
