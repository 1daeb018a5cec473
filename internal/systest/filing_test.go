package systest_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/dossier"
)

// filing writes a dossier about a flow that has ended: what the gateway knows
// stands in it, what was dropped does not.
func (x *exchange) filing(t *testing.T) {
	var done dataspace.FlowID
	for _, f := range x.here.flows() {
		if f.State == dataspace.Completed && f.Role == dataspace.Provider {
			done = f.ID
		}
	}
	var plan dataspace.Plan
	x.here.document(done, "plan", &plan)
	dir := filepath.Join(x.here.dir, "filing")
	stdout, stderr, code := x.here.command("--json", "file", string(done), "--kind", "pipia", "--out", dir)
	if code != 3 {
		t.Fatalf("file ended with %d\n%s\n%s", code, stdout, stderr)
	}
	var d dossier.Dossier
	if err := json.Unmarshal([]byte(stdout), &d); err != nil {
		t.Fatal(err)
	}
	if !d.Draft || len(d.Missing) == 0 {
		t.Errorf("draft %v, %d missing", d.Draft, len(d.Missing))
	}
	data, err := os.ReadFile(filepath.Join(dir, "cn-pipia.data.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range plan.Columns {
		if got, want := strings.Contains(string(data), `"name": "`+c.Name+`"`), c.Action != dataspace.Drop; got != want {
			t.Errorf("%s, which is to %s, is in the dossier: %v", c.Name, c.Action, got)
		}
	}
	if _, stderr, code := x.here.command("file", "no-such-flow", "--kind", "pipia", "--out", filepath.Join(x.here.dir, "none")); code != 1 || !strings.Contains(stderr, "there is no flow") {
		t.Errorf("a flow that is not there: %d %s", code, stderr)
	}
}
