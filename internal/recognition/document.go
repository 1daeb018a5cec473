// Package recognition reads, signs and verifies recognition agreements: they
// list the instruments and certificates that two authorities or gateways
// recognise of each other, as data that both have signed. Package rules applies
// the agreements.
package recognition

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"time"

	"hutong/internal/agreed"
	"hutong/internal/dataspace"
	"hutong/internal/pack"
)

// Format is the first line of every agreement. A reader refuses any other.
const Format = "hutong recognition v1"

const (
	maxBytes   = 4 << 20
	maxEntries = 10_000
)

// Document is an agreement as it is written; docs/reference/recognition.md
// explains every key.
type Document struct {
	Format  string               `json:"format" yaml:"format"`
	ID      string               `json:"id" yaml:"id"`
	Title   dataspace.Text       `json:"title" yaml:"title"`
	Parties []Party              `json:"parties" yaml:"parties"`
	Entries []agreed.Recognition `json:"entries" yaml:"entries"`
	// Signatures are those of the parties; the signed content does not include
	// them.
	Signatures []Signature `json:"signatures,omitempty" yaml:"signatures"`
}

// Party is an authority or a gateway that signs.
type Party struct {
	Name         dataspace.Text         `json:"name" yaml:"name"`
	Jurisdiction dataspace.Jurisdiction `json:"jurisdiction" yaml:"jurisdiction"`
	// Key is the Ed25519 public key, base64 of 32 bytes.
	Key string `json:"key" yaml:"key"`
}

// Signature is the signature of the party with the key.
type Signature struct {
	Key       string `json:"key" yaml:"key"`
	Signature string `json:"signature" yaml:"signature"` // base64 of 64 bytes
}

// Parse reads an agreement in YAML or JSON. It checks the form, not the
// signatures. place names the file in errors.
func Parse(place string, data []byte) (*Document, error) {
	if len(data) > maxBytes {
		return nil, problem("recognition.size", place, fmt.Sprintf("has more than %d bytes", maxBytes))
	}
	var d Document
	if err := pack.DecodeStrict(place, data, &d); err != nil {
		return nil, err
	}
	if err := d.check(place); err != nil {
		return nil, err
	}
	return &d, nil
}

func problem(code, place, message string) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: code, Place: place, Message: message,
		Hint: "docs/reference/recognition.md describes the format"}
}

var (
	idPattern           = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)+$`)
	entryPattern        = regexp.MustCompile(`^[a-z0-9_]+([.-][a-z0-9_]+)+$`)
	jurisdictionPattern = regexp.MustCompile(`^[A-Z]{2}$`)
)

// check reports the first error.
func (d *Document) check(place string) error {
	bad := func(at, format string, args ...any) error {
		return problem("recognition.form", place+", "+at, fmt.Sprintf(format, args...))
	}
	switch {
	case d.Format != Format:
		return bad("format", "is %q, not %q", d.Format, Format)
	case !idPattern.MatchString(d.ID):
		return bad("id", "%q is not a path such as parties/subject", d.ID)
	case !both(d.Title):
		return bad("title", "is needed in both languages")
	case len(d.Parties) != 2:
		return bad("parties", "there are %d, not 2", len(d.Parties))
	case len(d.Entries) == 0 || len(d.Entries) > maxEntries:
		return bad("entries", "there are %d; 1 to %d are allowed", len(d.Entries), maxEntries)
	case len(d.Signatures) > 2:
		return bad("signatures", "there are %d, not 2", len(d.Signatures))
	}
	for i, p := range d.Parties {
		at := fmt.Sprintf("parties %d", i+1)
		switch _, err := publicKey(p.Key); {
		case !both(p.Name):
			return bad(at, "the name is needed in both languages")
		case !jurisdictionPattern.MatchString(string(p.Jurisdiction)):
			return bad(at, "jurisdiction %q is not two capital letters", p.Jurisdiction)
		case err != nil:
			return bad(at, "the key is not base64 of 32 bytes")
		}
	}
	if d.Parties[0].Key == d.Parties[1].Key {
		return bad("parties", "both parties have the same key; an agreement needs two parties")
	}
	seen := map[dataspace.RuleID]bool{}
	for i := range d.Entries {
		e := &d.Entries[i]
		if wrong := d.wrong(e); wrong != "" {
			return bad(fmt.Sprintf("entry %d (%s)", i+1, e.ID), "%s", wrong)
		}
		if seen[e.ID] {
			return bad(fmt.Sprintf("entry %d (%s)", i+1, e.ID), "is given twice")
		}
		seen[e.ID] = true
	}
	return nil
}

func both(t dataspace.Text) bool { return t.EN != "" && t.ZH != "" }

// wrong describes the first error in an entry.
func (d *Document) wrong(e *agreed.Recognition) string {
	var to dataspace.Jurisdiction
	switch {
	case !entryPattern.MatchString(string(e.ID)):
		return "the id is not of the form a.b"
	case (e.Of.Kind == "") == (e.Of.Certification == ""):
		return "of needs either kind or certification"
	case (e.Satisfies == nil) == (e.CountsAs == nil):
		return "needs either satisfies or counts_as"
	case e.Satisfies != nil && e.Satisfies.Demand == "":
		return "satisfies no demand"
	case e.Satisfies != nil && e.Satisfies.Side != dataspace.ExportSide && e.Satisfies.Side != dataspace.ImportSide:
		return fmt.Sprintf("side %q is neither export nor import", e.Satisfies.Side)
	case e.CountsAs != nil && e.CountsAs.Kind == "":
		return "counts_as names no kind"
	case e.Satisfies != nil && e.Onward:
		return "onward needs counts_as: an entry with satisfies cannot be recognised further"
	}
	if e.Satisfies != nil {
		to = e.Satisfies.Jurisdiction
	} else {
		to = e.CountsAs.Jurisdiction
	}
	a, b := d.Parties[0].Jurisdiction, d.Parties[1].Jurisdiction
	if !(e.Of.Jurisdiction == a && to == b) && !(e.Of.Jurisdiction == b && to == a) {
		return "is not between the jurisdictions of the two parties"
	}
	u, err := url.Parse(e.Source)
	switch {
	case !day(e.From) || !day(e.To):
		return "a date is not of the form 2006-01-02"
	case e.From != "" && e.To != "" && e.To < e.From:
		return "ends before it begins"
	case e.Scope.MaxPeople < 0:
		return "max_people is not a number of people"
	case e.Article == "":
		return "names no article"
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "":
		return "the source is not an address"
	case !both(e.Text):
		return "the text is needed in both languages"
	}
	return ""
}

func day(s string) bool {
	_, err := time.Parse("2006-01-02", s)
	return s == "" || err == nil
}

func publicKey(s string) (ed25519.PublicKey, error) {
	key, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("read public key: %w", dataspace.ErrInvalid)
	}
	return key, nil
}

// content is what is signed and hashed: everything but the signatures, in
// canonical form, so that layout and the order of keys do not matter.
func (d *Document) content() ([]byte, error) {
	bare := *d
	bare.Signatures = nil
	return dataspace.CanonicalJSON(bare)
}

// Ref names the exact content of the agreement, with or without signatures.
func (d *Document) Ref() (dataspace.RecognitionRef, error) {
	raw, err := d.content()
	if err != nil {
		return dataspace.RecognitionRef{}, err
	}
	sum := sha256.Sum256(raw)
	return dataspace.RecognitionRef{ID: d.ID, SHA256: dataspace.Digest(hex.EncodeToString(sum[:]))}, nil
}

// Signed reports which parties have signed the present content.
func (d *Document) Signed() ([2]bool, error) {
	message, err := d.message()
	if err != nil {
		return [2]bool{}, err
	}
	var out [2]bool
	for i, p := range d.Parties {
		key, err := publicKey(p.Key)
		if err != nil {
			return [2]bool{}, err
		}
		out[i] = slices.ContainsFunc(d.Signatures, func(s Signature) bool {
			sig, err := base64.StdEncoding.Strict().DecodeString(s.Signature)
			return err == nil && s.Key == p.Key && ed25519.Verify(key, message, sig)
		})
	}
	return out, nil
}
