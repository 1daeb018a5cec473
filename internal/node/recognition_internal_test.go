package node

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/recognition"
)

// TestLoadRecognitions: an agreement is accepted only under trusted keys, and
// an agreement that one party did not sign stops the start.
func TestLoadRecognitions(t *testing.T) {
	dir, keys := t.TempDir(), t.TempDir()
	secret := func(n byte) ed25519.PrivateKey {
		return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, ed25519.SeedSize))
	}
	authority := func(j dataspace.Jurisdiction, n byte) Authority {
		path := filepath.Join(keys, fmt.Sprintf("%s-%d.pub", j, n))
		if err := os.WriteFile(path, []byte(base64.StdEncoding.EncodeToString(secret(n).Public().(ed25519.PublicKey))+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return Authority{Jurisdiction: j, Key: path}
	}
	text := `format: hutong recognition v1
id: xx-yy/papers
title: {en: Papers, zh: 文件}
parties:
- {name: {en: X, zh: 甲}, jurisdiction: XX, key: PUBLIC1}
- {name: {en: Y, zh: 乙}, jurisdiction: YY, key: PUBLIC2}
entries:
- {id: xy.paper, of: {jurisdiction: YY, kind: y.paper}, satisfies: {jurisdiction: XX, side: export, demand: x.sign}, article: a, source: https://example.org/a, text: {en: t, zh: 文}}
`
	for n := byte(1); n <= 2; n++ {
		text = strings.Replace(text, fmt.Sprintf("PUBLIC%d", n), base64.StdEncoding.EncodeToString(secret(n).Public().(ed25519.PublicKey)), 1)
	}
	trusted := []Authority{authority("XX", 1), authority("YY", 2)}
	data := []byte(text)
	for n := byte(0); n <= 2; n++ {
		if n > 0 {
			d, err := recognition.Parse("r.yaml", data)
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Sign(secret(n)); err != nil {
				t.Fatal(err)
			}
			if data, err = d.Encode(data); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(dir, "papers.yaml"), data, 0o600); err != nil {
			t.Fatal(err)
		}
		list, err := LoadRecognitions(dir, trusted)
		if signed := n == 2; signed != (err == nil) || !signed && !errors.Is(err, dataspace.ErrDenied) || signed && len(list) != 1 {
			t.Errorf("with %d signatures: %v %v", n, list, err)
		}
	}
	if _, err := LoadRecognitions(dir, []Authority{authority("XX", 1), authority("YY", 3)}); !errors.Is(err, dataspace.ErrDenied) {
		t.Errorf("by another key: %v", err)
	}
	if list, err := LoadRecognitions("", nil); err != nil || list != nil {
		t.Errorf("no folder: %v %v", list, err)
	}
	for name, change := range map[string]func(*Config){
		"no-authorities": func(c *Config) { c.Recognitions = dir },
		"no-folder":      func(c *Config) { c.Authorities = trusted },
		"no-key":         func(c *Config) { c.Recognitions, c.Authorities = dir, []Authority{{Jurisdiction: "XX"}} },
	} {
		c := DefaultConfig()
		change(&c)
		if err := c.Validate(); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
