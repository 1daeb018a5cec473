package dataspace

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/gowebpki/jcs"
)

// usualDocument is the initial buffer size in bytes; longer documents grow it.
const usualDocument = 1024

// CanonicalJSON encodes v as RFC 8785 JSON: the only form that is hashed,
// signed or logged. Integers must stay below 2^53.
func CanonicalJSON(v any) ([]byte, error) {
	if out, err := appendCanonical(make([]byte, 0, usualDocument), v); err == nil {
		return out, nil
	}
	return canonicalLong(v)
}

// canonicalLong defines CanonicalJSON. The fast path in encode.go gives the
// same bytes or fails.
func canonicalLong(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", v, err)
	}
	out, err := jcs.Transform(raw)
	if err != nil {
		return nil, fmt.Errorf("canonicalise %T: %w", v, err)
	}
	return out, nil
}

// Document is a JSON document of a flow in canonical form: a profile, facts,
// decision, plan, agreement or receipt.
type Document []byte

// NewDocument encodes v canonically.
func NewDocument(v any) (Document, error) {
	data, err := CanonicalJSON(v)
	return Document(data), err
}

// Digest hashes the canonical bytes.
func (d Document) Digest() Digest { return DigestOf(d) }

// Commitment binds a log entry to a document without revealing it: SHA-256 over
// a random salt of 32 bytes followed by the document. A person who has document
// and salt can check it. Nobody else learns anything, even by guessing the
// document.
type Commitment [sha256.Size]byte

// Salt is the secret half of a Commitment.
type Salt [32]byte

// Commit computes the commitment to doc under salt.
func Commit(salt Salt, doc Document) Commitment {
	h := sha256.New()
	h.Write(salt[:])
	h.Write(doc)
	var c Commitment
	h.Sum(c[:0])
	return c
}

// MarshalText writes standard base64.
func (c Commitment) MarshalText() ([]byte, error) { return encode32(c[:]), nil }

// UnmarshalText reads standard base64 of exactly 32 bytes.
func (c *Commitment) UnmarshalText(text []byte) error { return decode32(c[:], text) }

// MarshalText writes standard base64.
func (s Salt) MarshalText() ([]byte, error) { return encode32(s[:]), nil }

// UnmarshalText reads standard base64 of exactly 32 bytes.
func (s *Salt) UnmarshalText(text []byte) error { return decode32(s[:], text) }

func encode32(b []byte) []byte { return []byte(base64.StdEncoding.EncodeToString(b)) }

func decode32(dst, text []byte) error {
	raw, err := base64.StdEncoding.Strict().DecodeString(string(text))
	if err != nil || len(raw) != len(dst) {
		return fmt.Errorf("expected base64 of %d bytes: %w", len(dst), ErrInvalid)
	}
	copy(dst, raw)
	return nil
}
