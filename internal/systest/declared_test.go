package systest_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
	"hutong/internal/pack"
)

// signPacks copies a tree of packs into a folder and signs each. It returns the
// lines of a configuration that loads them.
func signPacks(t *testing.T, from string) (folder string, config []string) {
	t.Helper()
	folder = t.TempDir()
	key := ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", ed25519.SeedSize)))
	public := filepath.Join(t.TempDir(), "packs.pub")
	if err := os.CopyFS(folder, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	list, err := pack.LoadAll(os.DirFS(folder))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		sig, err := pack.Sign(p, key)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, string(p.ID()), pack.SignatureFile), sig, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(public, []byte(base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey))), 0o600); err != nil {
		t.Fatal(err)
	}
	return folder, []string{"packs: " + folder, "pack_key: " + public}
}

// TestDeclaredFacts states to two running gateways the facts that a pack of a
// country which does not exist declares, each where the pack says that it is
// stated.
func TestDeclaredFacts(t *testing.T) {
	folder, config := signPacks(t, "../pack/testdata/declared")
	w := newWorld(t, config...)
	// 12 of 30 people are under 16.
	var rows strings.Builder
	rows.WriteString("name,mobile,birth_date\n")
	for i := range 30 {
		fmt.Fprintf(&rows, "Anna Berg%d,1380013%04d,%d-03-04\n", i, i, map[bool]int{true: 2014, false: 1990}[i < 12])
	}
	path := filepath.Join(w.here.dir, "people.csv")
	if err := os.WriteFile(path, []byte(rows.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	w.part("refused", func(t *testing.T) {
		for name, words := range map[string][]string{
			"participant-type":  {"participant", "add", "bad", "--name", "Bad", "--jurisdiction", "XX", "--set", "xx_made.exporter.licensed=perhaps"},
			"participant-name":  {"participant", "add", "bad", "--name", "Bad", "--jurisdiction", "XX", "--set", "xx_made.exporter.height=3"},
			"participant-other": {"participant", "add", "bad", "--name", "Bad", "--jurisdiction", "XX", "--set", "xx_made.rank=3"},
			"no-value":          {"participant", "add", "bad", "--name", "Bad", "--jurisdiction", "XX", "--set", "xx_made.exporter.licensed"},
			"dataset":           {"dataset", "add", "bad", path, "--of", "acme", "--set", "xx_made.errand=study"},
		} {
			if out, errs, code := w.here.command(words...); code == 0 || !strings.Contains(errs, "xx_made.") {
				t.Errorf("%s: exit %d, %s%s", name, code, out, errs)
			}
		}
	})
	w.part("stated", func(t *testing.T) {
		for _, words := range [][]string{
			{"participant", "add", "maker", "--name", "Maker", "--jurisdiction", "XX", "--set", "xx_made.exporter.licensed=true", "--set", "xx_over.zone=no"},
			{"dataset", "add", "people", path, "--of", "maker", "--set", "xx_made.rank=3", "--set", "xx_made.marks=green"},
		} {
			if out, errs, code := w.here.command(words...); code != 0 {
				t.Fatalf("%v: exit %d, %s%s", words, code, out, errs)
			}
		}
		w.far.call("POST", "/participants", gateway.Participant{ID: "guard", LegalName: dataspace.Text{EN: "Guard"}, Jurisdiction: "SG",
			Intake: gateway.Intake{Accept: []gateway.IntakeRule{{Peer: "shanghai"}}}, Known: dataspace.ValuesOf(map[string]dataspace.Value{
				"foreign_authority": dataspace.BoolOf(false), "xx_made.recipient.category": dataspace.TextOf("guarded"),
			})}, nil)
	})
	send := func(words ...string) (flowView, string) {
		out, errs, code := w.here.command(append([]string{"send", "people", "--from", "maker", "--to", "singapore/guard", "--purpose", "business", "--detach"}, words...)...)
		list := w.here.flows()
		if code != 0 || len(list) == 0 {
			t.Fatalf("send %v: exit %d, %s%s", words, code, out, errs)
		}
		return w.here.settle(list[0].ID), out
	}
	w.part("decided", func(t *testing.T) {
		f, _ := send("--set", "xx_made.errand=study", "--set", "xx_made.devices=600")
		got := w.decidedOn(t, f.ID)
		for name, want := range map[string]string{
			"xx_made.exporter.licensed": "true", "xx_made.recipient.category": "guarded", "xx_made.rank": "3", "xx_made.marks": "[green]",
			"xx_made.errand": "study", "xx_made.devices": "600", "xx_made.counts.under_16": "12", "xx_over.zone": "false",
		} {
			if v := got.Known.Of(name).String(); v != want {
				t.Errorf("%s is %q, want %q", name, v, want)
			}
		}
		if f.Verdict != dataspace.Cleared || f.State != dataspace.Completed {
			t.Errorf("%s, %s, %+v", f.Verdict, f.State, f.Trouble)
		}
	})
	w.part("added up", func(t *testing.T) {
		f, _ := send("--set", "xx_made.devices=600")
		if n, _ := w.decidedOn(t, f.ID).Known.Int("xx_made.devices"); n != 1200 || f.Verdict != dataspace.HumanReview {
			t.Errorf("%d devices, %s", n, f.Verdict)
		}
	})
	w.part("a contradiction is refused", func(t *testing.T) {
		s := w.sending(path)
		s.From, s.To, s.Facts = "maker", "guard", &dataspace.DatasetFacts{}
		s.Facts.Known.Set("xx_made.recipient.category", dataspace.TextOf("open"))
		if err := w.here.try("POST", "/flows/send", s, nil); err == nil {
			t.Error("a flow states what only the recipient's gateway states")
		}
	})
	w.part("without the pack", func(t *testing.T) {
		w.here.kill()
		if err := os.RemoveAll(filepath.Join(folder, "xx")); err != nil {
			t.Fatal(err)
		}
		w.here.start()
		var p gateway.Participant
		w.here.call("GET", "/participants/maker", nil, &p)
		if licensed, known := p.Known.Bool("xx_made.exporter.licensed"); !licensed || !known {
			t.Errorf("what was stated is gone: %v", p.Known)
		}
		if err := w.here.try("PUT", "/participants/maker", p, nil); err == nil || !strings.Contains(err.Error(), "xx_made") {
			t.Errorf("it is stated again: %v", err)
		}
		s := w.sending(path)
		s.From, s.To, s.Source, s.SourceForm, s.Dataset, s.Facts = "maker", "guard", dataspace.Source{}, nil, "people", nil
		f := w.here.settle(w.send(s).ID)
		if got := w.decidedOn(t, f.ID); f.Verdict != dataspace.HumanReview || !got.Known.Of("xx_made.rank").Known() {
			t.Errorf("%s, %+v, decided on %v", f.Verdict, f.Trouble, got.Known)
		}
	})
}
