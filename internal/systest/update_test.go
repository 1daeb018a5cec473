package systest_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/pack"
)

// later is a pack that an update brings: from now on a person must look.
const later = `id: cn/later
jurisdiction: CN
title: {en: Later, zh: 后}
authority: {en: Nobody, zh: 无}
version: 1.0.0
released: 2026-01-01
effective: null
checked_on: 2026-01-01
sides:
  export: {applies: 'exporter.jurisdiction == "CN"'}
rules:
  - {id: later.look, when: 'recipient.jurisdiction == "SG"', bar: human_review, article: a, source: https://example.org/1, facts: ["1"], confidence: VSS, text: {en: look, zh: 看}}
`

// TestPackUpdate restarts a gateway with another signed pack while a flow waits
// for a person at the far side: the flow is decided again, that is shown, and
// nothing leaves on the clearance of before.
func TestPackUpdate(t *testing.T) {
	folder := t.TempDir()
	key := ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", ed25519.SeedSize)))
	public := filepath.Join(t.TempDir(), "packs.pub")
	write := func(path, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(public, base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey)))
	x := &exchange{world: newWorld(t, "packs: "+folder, "pack_key: "+public)}
	x.recipient("tiger")
	here, far := x.toTiger()
	if out, _, code := x.here.command("pack", "changes"); code != 0 || !strings.Contains(out, "no verdict has changed") {
		t.Fatalf("before the update: %d %s", code, out)
	}

	x.here.kill()
	write(filepath.Join(folder, "cn", "later", "pack.yaml"), later)
	p, err := pack.Load(os.DirFS(folder), "cn/later")
	if err != nil {
		t.Fatal(err)
	}
	sig, err := pack.Sign(p, key)
	if err != nil {
		t.Fatal(err)
	}
	write(filepath.Join(folder, "cn", "later", pack.SignatureFile), string(sig))
	x.here.start()

	out, errs, code := x.here.command("pack", "changes")
	for _, part := range []string{string(here.ID), "cleared (", "→ human review (", "by later.look", "cn/later 1.0.0"} {
		if code != 0 || !strings.Contains(out, part) {
			t.Errorf("pack changes (%d) lacks %q:\n%s%s", code, part, out, errs)
		}
	}
	if out, _, _ := x.here.command("flow", "list"); !strings.Contains(out, "cleared≠human_review") {
		t.Errorf("flow list does not mark it:\n%s", out)
	}
	var list []flowView
	x.here.call("GET", "/packs/changes", nil, &list)
	if len(list) != 1 || len(list[0].Rechecks) != 1 || list[0].Rechecks[0].New.Verdict != dataspace.HumanReview {
		t.Fatalf("changes %+v", list)
	}
	// The same packs again: nothing more is noted.
	x.here.kill()
	x.here.start()
	x.here.call("GET", "/packs/changes", nil, &list)
	if len(list) != 1 || len(list[0].Rechecks) != 1 {
		t.Errorf("after another start %+v", list)
	}

	x.far.call("POST", "/flows/"+string(far.ID)+"/accept", client.Judgement{Approve: true, Reason: "ordered"}, nil)
	here = x.here.settle(here.ID)
	if here.State != dataspace.Refused || here.Trouble.Code != "flow.lapsed" {
		t.Errorf("the flow is %s, %+v", here.State, here.Trouble)
	}
	if list := x.delivered("tiger"); len(list) > 0 {
		t.Errorf("delivered %v", list)
	}
}
