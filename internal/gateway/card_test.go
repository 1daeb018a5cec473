package gateway_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
)

func card(t testing.TB) (gateway.Card, *gateway.Keys, []byte) {
	t.Helper()
	keys := openKeys(t, "shanghai")
	c := gateway.Card{
		Gateway: "shanghai", Name: "上海 <gateway>", Jurisdiction: "CN", URL: "https://gateway.example:8443", Identity: keys.IdentityPublic(),
		Log: keys.LogVerifier(), Witness: keys.WitnessVerifier(), TLS: keys.SPKI(), Protocols: []string{gateway.Protocol},
	}
	data, err := gateway.SignCard(c, keys)
	if err != nil {
		t.Fatal(err)
	}
	return c, keys, data
}

func TestCard(t *testing.T) {
	c, _, data := card(t)
	got, err := gateway.ParseCard(data)
	if diff := cmp.Diff(c, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	// A reformatted card is still the same card.
	var indented bytes.Buffer
	if err := json.Indent(&indented, data, "", "  "); err != nil {
		t.Fatal(err)
	}
	if got, err = gateway.ParseCard(indented.Bytes()); err != nil || got.Fingerprint() != c.Fingerprint() {
		t.Error("a reformatted card is refused", err)
	}
}

// Every flipped bit is detected, or does not change the content of the card.
func TestCardBits(t *testing.T) {
	c, _, data := card(t)
	for i := range data {
		for bit := range 8 {
			bad := bytes.Clone(data)
			bad[i] ^= 1 << bit
			if got, err := gateway.ParseCard(bad); err == nil && !cmp.Equal(c, got) {
				t.Fatalf("bit %d of byte %d can be flipped: %+v", bit, i, got)
			}
		}
	}
}

func TestCardRefused(t *testing.T) {
	_, keys, _ := card(t)
	other := openKeys(t, "singapore")
	for name, change := range map[string]func(*gateway.Card){
		"url":          func(c *gateway.Card) { c.URL = "http://gateway.example" },
		"gateway":      func(c *gateway.Card) { c.Gateway = "A" },
		"foreign-log":  func(c *gateway.Card) { c.Log = other.LogVerifier() },
		"foreign-key":  func(c *gateway.Card) { c.Identity = other.IdentityPublic() },
		"witness":      func(c *gateway.Card) { c.Witness = "" },
		"pin":          func(c *gateway.Card) { c.TLS = "00" },
		"protocol":     func(c *gateway.Card) { c.Protocols = []string{"hutong/9"} },
		"jurisdiction": func(c *gateway.Card) { c.Jurisdiction = dataspace.Jurisdiction("China") },
	} {
		c, _, _ := card(t)
		c.Identity, c.Log, c.Witness = keys.IdentityPublic(), keys.LogVerifier(), keys.WitnessVerifier()
		change(&c)
		data, err := gateway.SignCard(c, keys)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := gateway.ParseCard(data); err == nil {
			t.Errorf("%s: the card is accepted", name)
		}
	}
}

// The fingerprint covers every key and no field that may change.
func TestFingerprint(t *testing.T) {
	c, _, _ := card(t)
	other := openKeys(t, "shanghai")
	want := c.Fingerprint()
	for name, change := range map[string]func(*gateway.Card){
		"gateway":  func(c *gateway.Card) { c.Gateway = "shanghai2" },
		"identity": func(c *gateway.Card) { c.Identity = other.IdentityPublic() },
		"log":      func(c *gateway.Card) { c.Log = other.LogVerifier() },
		"witness":  func(c *gateway.Card) { c.Witness = other.WitnessVerifier() },
		"tls":      func(c *gateway.Card) { c.TLS = other.SPKI() },
	} {
		changed := c
		change(&changed)
		if changed.Fingerprint() == want {
			t.Errorf("%s: the fingerprint does not change", name)
		}
	}
	c.Name, c.URL = "moved", "https://elsewhere.example"
	if c.Fingerprint() != want {
		t.Error("the fingerprint changes with name and address")
	}
}

func FuzzParseCard(f *testing.F) {
	_, _, data := card(f)
	f.Add(data)
	f.Add([]byte(`{"body":{},"signature":""}`))
	f.Add([]byte(`{"body":{"gateway":"aa","identity":"AAAA"},"signature":"AAAA"} `))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := gateway.ParseCard(data)
		if err != nil {
			return
		}
		if c.Fingerprint() == "" || c.URL == "" {
			t.Errorf("accepted %+v", c)
		}
	})
}

func FuzzParseStatement(f *testing.F) {
	keys := openKeys(f, "shanghai")
	f.Add([]byte(`{"body":{"gateway":"shanghai","participant":{"id":"aa"}},"signature":"AAAA"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if s, err := gateway.ParseStatement(data, keys.IdentityPublic()); err == nil {
			t.Errorf("accepted %+v, which nobody signed", s)
		}
	})
}
