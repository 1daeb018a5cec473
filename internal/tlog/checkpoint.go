package tlog

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"hutong/internal/dataspace"
)

// Bounds of the parser; C2SP requires no more than these.
const (
	maxNote       = 64 << 10
	maxSignatures = 64
)

// Hash is a node of a Merkle tree.
type Hash [sha256.Size]byte

// String is standard base64.
func (h Hash) String() string { return base64.StdEncoding.EncodeToString(h[:]) }

// Hex is lower-case hexadecimal, the form of roots outside the log.
func (h Hash) Hex() string { return hex.EncodeToString(h[:]) }

// EmptyRoot is the root of a tree without leaves.
func EmptyRoot() Hash { return sha256.Sum256(nil) }

func parseHash(s string) (Hash, error) {
	var h Hash
	raw, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || len(raw) != len(h) {
		return h, fmt.Errorf("malformed hash: %w", dataspace.ErrInvalid)
	}
	copy(h[:], raw)
	return h, nil
}

// Checkpoint is a tree head.
type Checkpoint struct {
	Origin string // name of the log
	Size   uint64 // number of entries
	Root   Hash
}

// Signature is one signature line of a note.
type Signature struct {
	Name  string
	ID    uint32
	Bytes []byte
}

// String is the line, with its newline.
func (s Signature) String() string {
	raw := append(binary.BigEndian.AppendUint32(nil, s.ID), s.Bytes...)
	return "— " + s.Name + " " + base64.StdEncoding.EncodeToString(raw) + "\n"
}

// Time is when a witness cosigned. It is meaningless for other signatures, and
// before the signature is verified.
func (s Signature) Time() time.Time {
	if len(s.Bytes) < 8 {
		return time.Time{}
	}
	return time.Unix(int64(binary.BigEndian.Uint64(s.Bytes)&(1<<63-1)), 0).UTC()
}

// SignedCheckpoint is a checkpoint as it was parsed; nothing about its
// signatures has been verified.
type SignedCheckpoint struct {
	Checkpoint
	Text       string // what is signed
	Signatures []Signature
}

// ParseCheckpoint reads a signed checkpoint. It is the inverse of Bytes.
func ParseCheckpoint(data []byte) (SignedCheckpoint, error) {
	bad := func(why string) (SignedCheckpoint, error) {
		return SignedCheckpoint{}, fmt.Errorf("malformed checkpoint: %s: %w", why, dataspace.ErrInvalid)
	}
	if len(data) > maxNote || !utf8.Valid(data) {
		return bad("too long or not UTF-8")
	}
	if slices.ContainsFunc(data, func(b byte) bool { return b < ' ' && b != '\n' }) {
		return bad("control character")
	}
	text, rest, ok := strings.Cut(string(data), "\n\n")
	if !ok {
		return bad("no signatures")
	}
	c := SignedCheckpoint{Text: text + "\n"}
	var err error
	if c.Checkpoint, err = parseHead(c.Text); err != nil {
		return SignedCheckpoint{}, err
	}
	if c.Signatures, err = ParseSignatures(rest); err != nil {
		return SignedCheckpoint{}, err
	}
	if len(c.Signatures) == 0 {
		return bad("no signatures")
	}
	if !bytes.Equal(c.Bytes(), data) {
		return bad("not in canonical form")
	}
	return c, nil
}

// Body is the checkpoint without signatures, as a log signs it: origin, size and
// root, a line each.
func (c Checkpoint) Body() string { return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root) }

// ParseBody is the inverse of Body.
func ParseBody(text string) (Checkpoint, error) {
	c, err := parseHead(text)
	if err == nil && c.Body() != text {
		err = fmt.Errorf("malformed checkpoint: not in canonical form: %w", dataspace.ErrInvalid)
	}
	return c, err
}

func parseHead(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[0] == "" {
		return Checkpoint{}, fmt.Errorf("malformed checkpoint: too few lines: %w", dataspace.ErrInvalid)
	}
	size, err := strconv.ParseUint(lines[1], 10, 63)
	if err != nil || strconv.FormatUint(size, 10) != lines[1] {
		return Checkpoint{}, fmt.Errorf("malformed checkpoint: size: %w", dataspace.ErrInvalid)
	}
	root, err := parseHash(lines[2])
	if err != nil {
		return Checkpoint{}, fmt.Errorf("malformed checkpoint: root: %w", err)
	}
	if size == 0 && root != EmptyRoot() {
		return Checkpoint{}, fmt.Errorf("malformed checkpoint: root of an empty tree: %w", dataspace.ErrInvalid)
	}
	return Checkpoint{Origin: lines[0], Size: size, Root: root}, nil
}

// ParseSignatures reads signature lines in the form of a witness's answer.
func ParseSignatures(lines string) ([]Signature, error) {
	var out []Signature
	for lines != "" {
		line, rest, ok := strings.Cut(lines, "\n")
		lines = rest
		body, dash := strings.CutPrefix(line, "— ")
		name, sig64, two := strings.Cut(body, " ")
		raw, err := base64.StdEncoding.Strict().DecodeString(sig64)
		if !ok || !dash || !two || err != nil || len(raw) < 5 || !validName(name) || len(out) == maxSignatures {
			return nil, fmt.Errorf("malformed signature line %d: %w", len(out)+1, dataspace.ErrInvalid)
		}
		out = append(out, Signature{Name: name, ID: binary.BigEndian.Uint32(raw), Bytes: raw[4:]})
	}
	return out, nil
}

// Bytes is the note: text, empty line, signatures.
func (c SignedCheckpoint) Bytes() []byte {
	b := []byte(c.Text + "\n")
	for _, s := range c.Signatures {
		b = append(b, s.String()...)
	}
	return b
}

// By returns the signature of key if there is one and it verifies.
func (c SignedCheckpoint) By(key Key) (Signature, bool) {
	for _, s := range c.Signatures {
		if s.Name == key.Name() && s.ID == key.KeyHash() && key.Verify([]byte(c.Text), s.Bytes) {
			return s, true
		}
	}
	return Signature{}, false
}

// Only returns the checkpoint with exactly the verified signatures of keys, in
// their order. It fails if one is missing.
func (c SignedCheckpoint) Only(keys ...Key) (SignedCheckpoint, error) {
	out := c
	out.Signatures = nil
	for _, k := range keys {
		s, ok := c.By(k)
		if !ok {
			return SignedCheckpoint{}, fmt.Errorf("checkpoint %s %d has no signature of %s: %w", c.Origin, c.Size, k.Name(), dataspace.ErrEvidence)
		}
		out.Signatures = append(out.Signatures, s)
	}
	return out, nil
}

// With returns the checkpoint with one more signature.
func (c SignedCheckpoint) With(s Signature) SignedCheckpoint {
	c.Signatures = append(slices.Clone(c.Signatures), s)
	return c
}
