package systest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/gateway"
)

// TestKeys lets an officer choose a key, over a running gateway: the choice is
// evidence, is reused, and corrects the year in both directions.
func TestKeys(t *testing.T) {
	w := newWorld(t)
	path := filepath.Join(w.here.dir, "members.csv")
	var b strings.Builder
	b.WriteString("会员号,姓名,手机号,金额\n")
	for i := range 300 {
		fmt.Fprintf(&b, "M%05d,%c%c,1%d%08d,%d\n", i, []rune("王李张刘陈杨赵黄")[i%8], []rune("伟芳娜敏静丽强磊")[i/8%8], 38+i/3%4*4, 20_000_000+i/3*7919, i%50)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	facts := client.Facts{"consent": map[string]any{"basis": "consent", "separate_consent": true, "notice_given": true}}
	for name, v := range stockFacts {
		facts[name] = v
	}
	w.here.call("POST", "/datasets", client.Dataset{ID: "members", Owner: acme, Source: client.File(path), Facts: facts}, nil)
	key := filepath.Join(w.here.dir, "officer.key")
	if err := os.WriteFile(key, []byte(w.newKey(w.here, "bob", gateway.Compliance, "")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	officer := func(words string, more ...string) (string, string) {
		t.Helper()
		out, said, code := w.here.command(append(append([]string{"--key-file", key}, strings.Fields(words)...), more...)...)
		if code != 0 {
			t.Fatalf("%s: %d, %s", words, code, said)
		}
		return out, said
	}
	send := func() flowView {
		t.Helper()
		ask := w.sending(path)
		ask.Dataset, ask.Source, ask.SourceForm, ask.Facts = "members", dataspace.Source{}, nil, nil
		here, _ := w.complete(w.send(ask))
		return here
	}
	all := func() (n int64) {
		for class, x := range w.people(acme) {
			if class != "under_14" {
				n += x
			}
		}
		return n
	}

	if _, said, code := w.here.command("--key-file", key, "dataset", "key", "choose", "members", "--of", acme, "--role", "customer", "--by", "手机号", "--reason", "x", "--recount"); code == 0 || !strings.Contains(said, "nothing of the dataset was counted") {
		t.Errorf("a recount before anything left: %d, %s", code, said)
	}
	send()
	if n := all(); n != 300 {
		t.Fatalf("%d people before", n)
	}
	if out, _ := officer("dataset key list members --of acme"); !strings.Contains(unwrap(out), "▸ customer 会员号 300 300 values") || !strings.Contains(unwrap(out), "customer 手机号 100 100 values, 225 rows proved, 100 with several names") {
		t.Errorf("candidates:\n%s", out)
	}
	if _, said, code := w.here.command("dataset", "key", "choose", "members", "--of", acme, "--role", "customer", "--by", "手机号", "--reason", "x"); code == 0 || !strings.Contains(said, "datasets.state") {
		t.Errorf("the operator chooses: %d, %s", code, said)
	}
	out, _ := officer("dataset key choose members --of acme --role customer --by 手机号 --recount", "--reason", "cards are given to families, register 7")
	if !strings.Contains(out, "people: 300 before, 100 now") || !strings.Contains(out, "-200") {
		t.Errorf("the choice says\n%s", out)
	}
	var c yearCounts
	w.here.call("GET", "/counts?exporter="+acme, nil, &c)
	if n := all(); n != 100 || len(c.Corrections) != 1 || !strings.Contains(c.Corrections[0].Reason, "register 7") || c.Corrections[0].By != "bob" {
		t.Errorf("%d people after, corrections %+v", n, c.Corrections)
	}

	// The next flow uses the choice, and its evidence has it.
	here := send()
	var p dataspace.Profile
	w.here.document(here.ID, flow.DocProfile, &p)
	if *p.Subjects.Distinct != 100 || len(p.Choices) != 1 || p.Choices[0].By != "bob" || p.Subjects.Key[0] != "手机号" {
		t.Errorf("the profile has %+v, choices %+v", p.Subjects, p.Choices)
	}
	var waybill []byte
	w.here.call("GET", "/flows/"+string(here.ID)+"/waybill", nil, &waybill)
	file := filepath.Join(w.here.dir, "key.waybill")
	if err := os.WriteFile(file, waybill, 0o600); err != nil {
		t.Fatal(err)
	}
	var evidence client.Evidence
	w.here.call("GET", "/evidence", nil, &evidence)
	if out, said, code := w.here.command("verify", file, "--key", evidence.LogKey); code != 0 || !strings.Contains(unwrap(out), `People (customer) are told apart by ["手机号"], as bob chose`) {
		t.Errorf("verify: %d\n%s%s", code, out, said)
	}

	// Taking it back corrects upwards.
	before := all()
	if out, _ := officer("dataset key withdraw members --of acme --role customer --recount", "--reason", "the register was wrong"); !strings.Contains(out, "people: 100 before, 300 now") || !strings.Contains(out, "+200") {
		t.Errorf("the end of the choice says\n%s", out)
	}
	if n := all(); n != before+200 {
		t.Errorf("%d people, and %d before", n, before)
	}
}
