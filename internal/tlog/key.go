// Package tlog checks the output of a transparency log: signed checkpoints,
// cosignatures of witnesses, inclusion and consistency proofs, in the text
// forms of C2SP (signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof,
// tlog-witness), and the Merkle root of a delivered file.
//
// Every parser here is strict: it accepts only bytes that encode again to the
// same bytes, so that a changed bit is always an error. The package does no
// I/O, reads no clock and uses no randomness. Package prove writes logs.
package tlog

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"hutong/internal/dataspace"
)

// Alg is the signature type of a signed note.
type Alg byte

// The types in use. The numbers are those of C2SP signed-note.
const (
	Ed25519       Alg = 1 // the log's own signature, and identities
	CosignatureV1 Alg = 4 // a witness's timestamped cosignature
)

// Key is a named public key; its text is a C2SP vkey,
// <name>+<key id>+<base64 of type and key>. It verifies notes.
type Key struct {
	name string
	alg  Alg
	pub  ed25519.PublicKey
}

// NewKey names an Ed25519 public key.
func NewKey(name string, alg Alg, pub crypto.PublicKey) (Key, error) {
	p, ok := pub.(ed25519.PublicKey)
	if !ok || len(p) != ed25519.PublicKeySize {
		return Key{}, fmt.Errorf("key %q is not an Ed25519 key: %w", name, dataspace.ErrInvalid)
	}
	if alg != Ed25519 && alg != CosignatureV1 {
		return Key{}, fmt.Errorf("key %q has unknown type %d: %w", name, alg, dataspace.ErrInvalid)
	}
	if !validName(name) {
		return Key{}, fmt.Errorf("key name %q is not valid: %w", name, dataspace.ErrInvalid)
	}
	return Key{name: name, alg: alg, pub: bytes.Clone(p)}, nil
}

// ParseKey reads a vkey. It is the inverse of String.
func ParseKey(vkey string) (Key, error) {
	name, rest, _ := strings.Cut(vkey, "+")
	_, key64, ok := strings.Cut(rest, "+")
	raw, err := base64.StdEncoding.Strict().DecodeString(key64)
	if !ok || err != nil || len(raw) != 1+ed25519.PublicKeySize {
		return Key{}, fmt.Errorf("malformed verifier key: %w", dataspace.ErrInvalid)
	}
	k, err := NewKey(name, Alg(raw[0]), ed25519.PublicKey(raw[1:]))
	if err != nil {
		return Key{}, err
	}
	if k.String() != vkey {
		return Key{}, fmt.Errorf("verifier key %q: wrong key id: %w", name, dataspace.ErrInvalid)
	}
	return k, nil
}

// Name is the name of the key in signature lines.
func (k Key) Name() string { return k.name }

// Alg is the signature type.
func (k Key) Alg() Alg { return k.alg }

// Public is the key itself.
func (k Key) Public() ed25519.PublicKey { return bytes.Clone(k.pub) }

// Equal reports whether name, type and key are the same.
func (k Key) Equal(o Key) bool { return k.name == o.name && k.alg == o.alg && k.pub.Equal(o.pub) }

// KeyHash is the key id of C2SP signed-note.
func (k Key) KeyHash() uint32 {
	h := sha256.New()
	h.Write([]byte(k.name + "\n"))
	h.Write([]byte{byte(k.alg)})
	h.Write(k.pub)
	return binary.BigEndian.Uint32(h.Sum(nil))
}

// String is the vkey.
func (k Key) String() string {
	raw := append([]byte{byte(k.alg)}, k.pub...)
	return fmt.Sprintf("%s+%08x+%s", k.name, k.KeyHash(), base64.StdEncoding.EncodeToString(raw))
}

// Fingerprint is SHA-256 of the raw public key, in the form known from SSH.
func (k Key) Fingerprint() string {
	sum := sha256.Sum256(k.pub)
	return "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:])
}

// Verify reports whether sig is a signature of the note text msg by this key.
// For a witness's key sig is the timestamp followed by the signature.
func (k Key) Verify(msg, sig []byte) bool {
	if k.alg == Ed25519 {
		return len(k.pub) == ed25519.PublicKeySize && ed25519.Verify(k.pub, msg, sig)
	}
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	return ed25519.Verify(k.pub, cosigned(binary.BigEndian.Uint64(sig), msg), sig[8:])
}

func cosigned(unix uint64, text []byte) []byte {
	return fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", unix, text)
}

// Signer signs notes with the private half of a Key. It is a note.Signer.
type Signer struct {
	Key
	private crypto.Signer
}

// NewSigner joins a name and a private Ed25519 key.
func NewSigner(name string, private crypto.Signer) (*Signer, error) {
	k, err := NewKey(name, Ed25519, private.Public())
	if err != nil {
		return nil, err
	}
	return &Signer{Key: k, private: private}, nil
}

// ParseSecret reads a private key in the text form of signed notes,
// PRIVATE+KEY+<name>+<key id>+<base64 of type and seed>. It does not check the
// key id, because that depends on the use of the key.
func ParseSecret(skey string) (name string, private crypto.Signer, err error) {
	rest, ok := strings.CutPrefix(skey, "PRIVATE+KEY+")
	name, rest, _ = strings.Cut(rest, "+")
	_, key64, ok2 := strings.Cut(rest, "+")
	raw, err := base64.StdEncoding.Strict().DecodeString(key64)
	if !ok || !ok2 || err != nil || len(raw) != 1+ed25519.SeedSize || !validName(name) {
		return "", nil, fmt.Errorf("malformed private key of a note: %w", dataspace.ErrInvalid) // never with the text
	}
	if alg := Alg(raw[0]); alg != Ed25519 && alg != CosignatureV1 {
		return "", nil, fmt.Errorf("private key %q has unknown type %d: %w", name, alg, dataspace.ErrInvalid)
	}
	return name, ed25519.NewKeyFromSeed(raw[1:]), nil
}

// Sign returns the Ed25519 signature of msg.
func (s *Signer) Sign(msg []byte) ([]byte, error) {
	return s.private.Sign(nil, msg, crypto.Hash(0))
}

// Cosign makes the cosignature of a checkpoint's text at a time in Unix
// seconds. The caller has verified that the checkpoint extends what it
// cosigned before, and has made that durable.
func Cosign(k Key, private crypto.Signer, c SignedCheckpoint, unix int64) (Signature, error) {
	if k.alg != CosignatureV1 || unix < 0 {
		return Signature{}, fmt.Errorf("cosign %s: not a witness's key or time: %w", c.Origin, dataspace.ErrInvalid)
	}
	sig, err := private.Sign(nil, cosigned(uint64(unix), []byte(c.Text)), crypto.Hash(0))
	if err != nil {
		return Signature{}, fmt.Errorf("cosign %s: %w", c.Origin, err)
	}
	return Signature{Name: k.name, ID: k.KeyHash(), Bytes: append(binary.BigEndian.AppendUint64(nil, uint64(unix)), sig...)}, nil
}

func validName(name string) bool {
	return name != "" && utf8.ValidString(name) && !strings.ContainsRune(name, '+') &&
		strings.IndexFunc(name, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) < 0
}
