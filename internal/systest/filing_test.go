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
	x.approveFiling(t, done)
}

const authorization = `
processor: {name: 甲公司, uscc: "000", registered_address: 某地}
legal_representative: {name: 李, position: 董事长}
handler: {name: 王, position: 专员, id_type: 身份证, id_number: "000000199001011234", tel: "021"}
mandate: {matter: 备案, from: 2026-06-01, until: 2026-12-31}
`

// approveFiling has a compliance officer approve a dossier: the gateway keeps
// it as evidence, and the same dossier is no draft from then on.
func (x *exchange) approveFiling(t *testing.T, id dataspace.FlowID) {
	t.Helper()
	answers, key := filepath.Join(x.here.dir, "answers.yaml"), filepath.Join(x.here.dir, "officer.key")
	for path, text := range map[string]string{answers: authorization, key: x.compliance} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	dir := filepath.Join(x.here.dir, "authorization")
	base := []string{"--json", "file", string(id), "--kind", "authorization", "--answers", answers, "--out", dir, "--force"}
	run := func(want int, more ...string) (d dossier.Dossier) {
		t.Helper()
		stdout, stderr, code := x.here.command(append(base, more...)...)
		if code != want {
			t.Fatalf("file %v ended with %d\n%s\n%s", more, code, stdout, stderr)
		}
		if want == 0 {
			if err := json.Unmarshal([]byte(stdout), &d); err != nil {
				t.Fatal(err)
			}
		}
		return d
	}
	if d := run(0); !d.Draft {
		t.Error("it is no draft before its approval")
	}
	run(1, "--approve", "--reason", "I am the operator") // who may not
	if d := run(0, "--approve", "--reason", "read", "--key-file", key); d.Draft || !strings.HasPrefix(d.Approval.By, "officer") {
		t.Errorf("after its approval: draft %v, %+v", d.Draft, d.Approval)
	}
	if d := run(0); d.Draft {
		t.Error("the approval is forgotten")
	}
	if err := os.WriteFile(answers, []byte(strings.Replace(authorization, "甲公司", "乙公司", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if d := run(0); !d.Draft {
		t.Error("an answer changed and it is no draft again")
	}
	info, err := os.Stat(filepath.Join(dir, "cn-authorization.zh.docx"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the document is for others to read: %v %v", info, err)
	}
	x.kinds[x.here][id] = append(append([]dataspace.EventKind(nil), x.kinds[x.here][id]...), dataspace.EventFiling)
}
