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
		{0, "incident --jurisdiction CN,DE,QQ,CN --discovered 2026-06-01T10:00:00+08:00 --personal --people 1200000 --ciio=false --processor=false --assessed 2026-06-02"},
		{1, "incident --jurisdiction QQ,QZ --discovered 2026-06-01T10:00:00+08:00"},
		{2, "incident --jurisdiction CN --discovered yesterday"},
		{2, "incident --jurisdiction QQ,CN --discovered yesterday"},
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

// TestIncidentOfBothSides: the clocks of all laws of a flow stand in one list, in
// both languages, with what a person has to find out.
func TestIncidentOfBothSides(t *testing.T) {
	program := newGateway(t, "incidents", "CN").program
	for lang, says := range map[string][]string{
		"en": {"▸ 2026-06-08T16:00:00+08:00 · DE  the supervisory authority competent under article 55", "▸ 2026-06-11 · SG  the Personal Data Protection Commission",
			"? once it is assessed (it may run) · SG", "a person finds out the time limit · HK  the Privacy Commissioner (PCPD) · advice, no duty", "▸ 2026-06-05T16:00:00+08:00 · CN",
			"for a person to find out: no pack of jurisdiction QQ has rules for incidents", "depends on: not known: "},
		"zh": {"▸ 2026-06-08T16:00:00+08:00 · DE  依第55条具有管辖权的监管机构", "▸ 2026-06-11 · SG  个人资料保护委员会",
			"? 评估完成后起算（可能适用） · SG", "时限须由人员查明 · HK  个人资料私隐专员公署 · 建议，非法定义务", "▸ 2026-06-05T16:00:00+08:00 · CN",
			"须由人员查明：没有规则包载有QQ的安全事件规则", "取决于：未知："},
	} {
		out := ""
		for _, more := range []string{"--people 500 --assessed 2026-06-08", ""} {
			words := strings.Fields("--lang " + lang + " incident --jurisdiction CN,DE,SG,HK,QQ --discovered 2026-06-05T16:00:00+08:00 --personal --processor=false --risk-unlikely=false --stays-inside=false " + more)
			list, err := exec.Command(program, words...).Output()
			if err != nil {
				t.Fatal(err)
			}
			out += string(list)
		}
		for _, line := range says {
			if !strings.Contains(out, line) {
				t.Errorf("%s: %q is not in\n%s", lang, line, out)
			}
		}
	}
}
