package census

import (
	"crypto/sha256"
	"encoding"
	"hash"
)

// Hasher makes the keyed hashes of people: HMAC-SHA-256, its first 16 bytes. It
// computes what depends only on the key once, which package crypto/hmac does too,
// at one and a half times the price. Use one per goroutine.
type Hasher struct {
	digest       digest
	inner, outer []byte // states after the padded key
	sum          [sha256.Size]byte
}

// digest is what crypto/sha256 promises of its hash.
type digest interface {
	hash.Hash
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}

// NewHasher makes a hasher for a key, which is no longer than a block of SHA-256.
func NewHasher(key []byte) *Hasher {
	h := &Hasher{digest: sha256.New().(digest)}
	h.inner, h.outer = h.after(key, 0x36), h.after(key, 0x5C)
	return h
}

// after is the state after the key, with each bit of pad turned over.
func (h *Hasher) after(key []byte, pad byte) []byte {
	var block [sha256.BlockSize]byte
	copy(block[:], key)
	for i := range block {
		block[i] ^= pad
	}
	h.digest.Reset()
	h.digest.Write(block[:])
	state, _ := h.digest.MarshalBinary() // it never fails
	return state
}

// Person is the hash of a text.
func (h *Hasher) Person(text []byte) Person {
	_ = h.digest.UnmarshalBinary(h.inner) // a state that it gave
	h.digest.Write(text)
	inner := h.digest.Sum(h.sum[:0])
	_ = h.digest.UnmarshalBinary(h.outer)
	h.digest.Write(inner)
	return PersonOf(h.digest.Sum(h.sum[:0]))
}
