package systest_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/recognition"
)

// oldAgreement is what an older version took: the first entry has a sector that
// no list has today.
const oldAgreement = `format: hutong recognition v1
id: cn-sg/privacy
title: {en: Privacy, zh: 隐私互认}
parties:
- {name: {en: Authority of C, zh: 甲方}, jurisdiction: CN, key: %s}
- {name: {en: Authority of S, zh: 乙方}, jurisdiction: SG, key: %s}
entries:
- id: cs.old_word
  of: {jurisdiction: SG, certification: global_cbpr}
  satisfies: {jurisdiction: CN, side: export, demand: cn.pipia}
  scope: {sectors: [digital_content, hotell]}
  article: cl. 1
  source: https://example.org/agreement
  text: {en: The certificate counts, zh: 证书有效}
- id: cs.retail
  of: {jurisdiction: SG, certification: global_cbpr}
  satisfies: {jurisdiction: CN, side: export, demand: cn.pipia}
  scope: {sectors: [retail]}
  article: cl. 2
  source: https://example.org/agreement
  text: {en: The certificate counts in retail, zh: 证书在零售业有效}
`

// agreed writes the agreement, signed by both, and gives the lines of
// configuration that name it.
func agreed(t *testing.T, dir string) string {
	t.Helper()
	var text string
	keys := make([]ed25519.PrivateKey, 2)
	public := make([]string, 2)
	for i := range keys {
		keys[i] = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{byte(i + 1)}, ed25519.SeedSize))
		public[i] = base64.StdEncoding.EncodeToString(keys[i].Public().(ed25519.PublicKey))
	}
	text = fmt.Sprintf(oldAgreement, public[0], public[1])
	for _, key := range keys {
		d, err := recognition.Parse("agreement", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Sign(key); err != nil {
			t.Fatal(err)
		}
		signed, err := d.Encode([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		text = string(signed)
	}
	folder := filepath.Join(dir, "agreements")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"agreements/privacy.yaml": text, "c.pub": public[0] + "\n", "s.pub": public[1] + "\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return fmt.Sprintf("recognitions: %q\nauthorities:\n- {jurisdiction: CN, key: %q}\n- {jurisdiction: SG, key: %q}\n",
		folder, filepath.Join(dir, "c.pub"), filepath.Join(dir, "s.pub"))
}

// TestOldAgreement starts on the data directory of an older version with an
// agreement of which a word cannot be read any more. The gateway starts, the
// entry with the word counts for nothing and says why, and the other entry counts.
func TestOldAgreement(t *testing.T) {
	o := openOld(t, "v0.1")
	config, err := os.ReadFile(o.here.config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(o.here.config, append(config, agreed(t, o.root)...), 0o600); err != nil {
		t.Fatal(err)
	}
	o.here.launch()
	o.far.launch()
	o.here.await()
	o.far.await()
	const place = `cn-sg/privacy, entry 1 (cs.old_word), scope.sectors: "hotell" is none of the sectors`
	if log, err := os.ReadFile(o.here.logFile); err != nil || !strings.Contains(strings.ReplaceAll(string(log), `\"`, `"`), place) {
		t.Errorf("the log does not name the word: %v\n%s", err, log)
	}
	for sector, satisfied := range map[string]bool{"digital_content": false, "retail": true} {
		s := o.sending(filepath.Join(o.root, "sources", "small.csv"))
		s.From, s.Facts = "tally", known(sector)
		s.Facts.Known.Set("under_14", dataspace.BoolOf(false)) // which no column of the dataset says
		f := o.here.settle(o.world.send(s).ID)
		var d dataspace.Decision
		o.here.document(f.ID, "decision", &d)
		i := slices.IndexFunc(d.Obligations, func(o dataspace.Obligation) bool { return o.ID == "cn.pipia" })
		if i < 0 {
			t.Fatalf("%s: the decision does not ask for the assessment: %+v", sector, d.Obligations)
		}
		got := d.Obligations[i]
		if got.Satisfied != satisfied {
			t.Errorf("%s: satisfied %v, want %v: %s", sector, got.Satisfied, satisfied, got.Text.EN)
		}
		if satisfied && !slices.Equal(got.Through, []string{"cs.retail"}) {
			t.Errorf("%s: satisfied through %v", sector, got.Through)
		}
		if !satisfied && (!strings.Contains(got.Text.EN, place) || f.State != dataspace.WaitingAction) {
			t.Errorf("%s: the flow is %s, and is told: %s", sector, f.State, got.Text.EN)
		}
	}
}
