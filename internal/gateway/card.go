package gateway

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"hutong/internal/dataspace"
)

// Protocol is the version of the messages that gateways exchange besides the
// dataspace protocol: cards, tokens, statements.
const Protocol = "hutong/1"

// CardPath is the path at which a gateway serves its card.
const CardPath = "/.well-known/hutong-gateway"

// maxCard bounds a card or statement from outside, in bytes.
const maxCard = 64 << 10

// Every document that the identity key signs begins with its kind, so that a
// signature of one kind is not valid for another. Do not change these texts.
const (
	cardContext      = "hutong card 1\n"
	statementContext = "hutong statement 1\n"
)

// Card holds the public keys of a gateway, signed by one of them. It is trusted
// only after an operator has compared the fingerprint.
type Card struct {
	Gateway      dataspace.GatewayID    `json:"gateway"`
	Name         string                 `json:"name,omitempty"`
	Jurisdiction dataspace.Jurisdiction `json:"jurisdiction"`
	URL          string                 `json:"url"`
	Identity     ed25519.PublicKey      `json:"identity"` // base64
	Log          string                 `json:"log"`      // note verifier key
	Witness      string                 `json:"witness"`  // cosignature/v1 verifier key
	TLS          dataspace.Digest       `json:"tls_spki_sha256"`
	Protocols    []string               `json:"protocols"`
}

// signed is a document with the signature of a gateway's identity key over
// its canonical JSON.
type signed struct {
	Body      json.RawMessage `json:"body"`
	Signature []byte          `json:"signature"`
}

func sign(context string, v any, keys *Keys) ([]byte, error) {
	body, err := dataspace.CanonicalJSON(v)
	if err != nil {
		return nil, err
	}
	return dataspace.CanonicalJSON(signed{Body: body, Signature: ed25519.Sign(keys.identity, append([]byte(context), body...))})
}

// open checks the signature of a document made by sign and decodes it into v.
// The key may depend on v, so it is requested after decoding.
func open(context string, data []byte, v any, key func() ed25519.PublicKey) error {
	if len(data) > maxCard {
		return errors.New("too long")
	}
	var s signed
	if err := decode(data, &s); err != nil {
		return err
	}
	if err := json.Unmarshal(s.Body, v); err != nil {
		return err
	}
	// The signature covers the canonical form, because a transport may have
	// reformatted the document.
	var plain any
	d := json.NewDecoder(bytes.NewReader(s.Body))
	d.UseNumber()
	if err := d.Decode(&plain); err != nil {
		return err
	}
	body, err := dataspace.CanonicalJSON(plain)
	if err != nil {
		return err
	}
	k := key()
	if len(k) != ed25519.PublicKeySize || !ed25519.Verify(k, append([]byte(context), body...), s.Signature) {
		return errors.New("the signature does not fit")
	}
	return nil
}

func decode(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one JSON value")
	}
	return nil
}

// SignCard makes the document that a gateway serves at CardPath.
func SignCard(c Card, keys *Keys) ([]byte, error) {
	data, err := sign(cardContext, c, keys)
	if err != nil {
		return nil, fmt.Errorf("sign card of %s: %w", c.Gateway, err)
	}
	return data, nil
}

// ParseCard reads a signed card. The signature only shows that the card is
// unchanged, because the card itself names the key.
func ParseCard(data []byte) (Card, error) {
	var c Card
	if err := open(cardContext, data, &c, func() ed25519.PublicKey { return c.Identity }); err != nil {
		return Card{}, cardProblem("the card of the gateway cannot be read", err)
	}
	if err := c.check(); err != nil {
		return Card{}, cardProblem("the card of the gateway does not fit", err)
	}
	return c, nil
}

func cardProblem(message string, err error) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "card.form", Message: message, Err: err,
		Hint: "is this the address of a gateway, with no proxy in between?"}
}

func (c Card) check() error {
	if err := dataspace.CheckName("gateway", string(c.Gateway)); err != nil {
		return err
	}
	if _, err := baseURL(c.URL); err != nil {
		return err
	}
	if len(c.Identity) != ed25519.PublicKeySize {
		return errors.New("the identity key is not an Ed25519 key")
	}
	logKey, err := note.NewVerifier(c.Log)
	if err != nil {
		return fmt.Errorf("log key: %w", err)
	}
	witness, err := fnote.NewVerifierForCosignatureV1(c.Witness)
	if err != nil {
		return fmt.Errorf("witness key: %w", err)
	}
	// Logs are distinguished by their names: a gateway may name only its own
	// log.
	if logKey.Name() != string(c.Gateway)+"/log" || witness.Name() != string(c.Gateway)+"/witness" {
		return errors.New("the log and witness keys carry another gateway's name")
	}
	if len(c.TLS) != 64 || strings.Trim(string(c.TLS), "0123456789abcdef") != "" {
		return errors.New("the TLS pin is not a SHA-256 in hexadecimal")
	}
	if c.Jurisdiction != "" && !jurisdictionForm.MatchString(string(c.Jurisdiction)) {
		return errors.New("the jurisdiction is not an ISO 3166-1 alpha-2 code")
	}
	if !slices.Contains(c.Protocols, Protocol) {
		return fmt.Errorf("the gateway does not speak %s", Protocol)
	}
	return nil
}

// Fingerprint is the text that operators compare: SHA-256 over the gateway's id
// and its four public keys, in groups of four letters and digits. A change of
// name or address does not change it.
func (c Card) Fingerprint() string {
	h := sha256.New()
	fmt.Fprintf(h, "hutong fingerprint 1\n%s\n%x\n%s\n%s\n%s\n", c.Gateway, []byte(c.Identity), c.Log, c.Witness, c.TLS)
	text := strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(h.Sum(nil)))
	var groups []string
	for part := range slices.Chunk([]byte(text), 4) {
		groups = append(groups, string(part))
	}
	return strings.Join(groups, "-")
}

// sameFingerprint compares two fingerprints and ignores dashes, spaces and
// case.
func sameFingerprint(a, b string) bool {
	plain := func(s string) string {
		return strings.ToLower(strings.NewReplacer("-", "", " ", "", "\n", "", "\t", "").Replace(s))
	}
	return plain(a) != "" && plain(a) == plain(b)
}
