package systest_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hutong/internal/sample"
)

// TestAskedAtGateway gives commands that can do without a gateway the name of
// one: it does the same for the same packs.
func TestAskedAtGateway(t *testing.T) {
	w := &world{t: t, here: newGateway(t, "shanghai", "CN")}
	w.here.start()
	w.exporter(acme)
	table := w.write(sample.Support)
	facts := filepath.Join(w.here.dir, "facts.yaml")
	if err := os.WriteFile(facts, []byte("on: 2026-03-01\nexporter: {jurisdiction: SG}\nrecipient: {jurisdiction: DE}\npurpose: business\ndata: {personal: true}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	packs, err := filepath.Abs("../../packs")
	if err != nil {
		t.Fatal(err)
	}
	pdpa := filepath.Join(packs, "sg", "pdpa")
	for _, c := range []struct {
		code  int
		words string
	}{
		{0, "pack list"},
		{0, "pack show sg/pdpa"},
		{1, "pack show sg/pdpb"},
		{0, "pack check " + pdpa},
		{0, "pack test " + pdpa},
		{0, "pack test"},
		{0, "pack mutate " + pdpa},
		{0, "pack diff sg/pdpa " + pdpa + " --facts " + facts},
		{0, "pack compare cn/national sg/pdpa"},
		{3, "assess --facts " + facts},
		{0, "incident --jurisdiction CN --discovered 2026-06-01T10:00:00+08:00 --personal --people 1200000 --ciio=false"},
		{2, "incident --jurisdiction CN --discovered yesterday"},
		{0, "file kinds"},
		{0, "file questions --kind pipia"},
		{0, "profile " + table},
	} {
		words := append([]string{"--json"}, strings.Fields(c.words)...)
		alone := exec.Command(w.here.program, words...)
		var out, errs bytes.Buffer
		alone.Stdout, alone.Stderr = &out, &errs
		_ = alone.Run() // its code says it
		at, said, code := w.here.command(words...)
		if got := alone.ProcessState.ExitCode(); got != c.code || code != c.code {
			t.Errorf("%s ends with %d without a gateway and %d with one, want %d\n%s\n%s", c.words, got, code, c.code, errs.String(), said)
		}
		if at != out.String() || c.code == 0 && at == "" {
			t.Errorf("%s says without a gateway\n%s\nand with one\n%s", c.words, out.String(), at)
		}
	}

	// What only one of both can do is said.
	for words, says := range map[string]string{
		"pack list " + packs:                                  "DIR is on this machine",
		"pack show sg/pdpa --dir " + packs:                    "--dir is on this machine",
		"assess " + table:                                     "a gateway assesses facts",
		"assess --facts " + facts + " --allow-sample":         "a gateway goes by what is in force there",
		"profile " + table + " --on 2026-01-01":               "--on goes without it",
		"profile nothing --charset utf-8":                     "nothing is no file",
		"pack match x --pack sg/pdpa --dir " + packs:          "--dir and --profile go without it",
		"file questions --kind pipia --template":              "written without it",
		"incident --jurisdiction CN --discovered x --packs y": "go together",
	} {
		if _, said, code := w.here.command(strings.Fields(words)...); code != 2 || !strings.Contains(said, says) {
			t.Errorf("%s ends with %d: %s", words, code, said)
		}
	}

	// A registered dataset is profiled where it lies, and a file that was sent is
	// gone.
	if _, said, code := w.here.command("dataset", "add", "tickets", table); code != 0 {
		t.Fatal(said)
	}
	if out, said, code := w.here.command("profile", "tickets"); code != 0 || !strings.Contains(out, "people: ") {
		t.Errorf("ended with %d: %s\n%s", code, out, said)
	}
	if _, said, code := w.here.command("pack", "match", "tickets", "--pack", "cn/national"); code != 1 || !strings.Contains(said, "list") {
		t.Errorf("ended with %d: %s", code, said)
	}
	left, err := filepath.Glob(filepath.Join(w.here.data, "uploads", acme, "*", "*"))
	if err != nil || len(left) != 0 {
		t.Errorf("%v are left, %v", left, err)
	}

	// Without a gateway on the data directory nothing is done instead.
	w.here.stop()
	if out, said, code := w.here.command("pack", "list"); code != 1 || out != "" || !strings.Contains(said, "no gateway runs") {
		t.Errorf("ended with %d: %s %s", code, out, said)
	}
}
