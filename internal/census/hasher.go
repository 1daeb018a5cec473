package census

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding"
	"hash"
)

// The algorithms by which people are hashed, over the kind of identifier and its
// value in the form of normalise; see docs/adr/0027-a-faster-hash-of-people.md.
const (
	// Algorithm is that of new sets of people: AES-256-CMAC under a key that is
	// derived from the count key.
	Algorithm = "aes-256-cmac/1"
	// OldAlgorithm is the first 16 bytes of HMAC-SHA-256 under the count key. Sets
	// that began with it go on with it.
	OldAlgorithm = "hmac-sha256-128/1"
)

// Hasher makes the keyed hashes of people. Use one per goroutine.
type Hasher struct {
	Algorithm string
	cmac      *cmac
	hmac      *hmac // nil: it makes those of cmac
}

// NewHasher makes a hasher of an algorithm, which is one of the two, for a count
// key of at most 64 bytes.
func NewHasher(algorithm string, key []byte) *Hasher {
	if algorithm == OldAlgorithm {
		return &Hasher{Algorithm: algorithm, hmac: newHMAC(key)}
	}
	derived, err := hkdf.Key(sha256.New, key, nil, "hutong people "+Algorithm, 32)
	if err != nil {
		panic(err) // 32 bytes are never too many
	}
	return &Hasher{Algorithm: Algorithm, cmac: newCMAC(derived)}
}

// Person is the hash of a text.
func (h *Hasher) Person(text []byte) Person {
	if h.hmac != nil {
		return h.hmac.sum(text)
	}
	return h.cmac.sum(text)
}

// hmac is HMAC-SHA-256, its first 16 bytes. It computes what depends only on the
// key once, which package crypto/hmac does too, at one and a half times the
// price.
type hmac struct {
	digest       digest
	inner, outer []byte // states after the padded key
	out          [sha256.Size]byte
}

// digest is what crypto/sha256 promises of its hash.
type digest interface {
	hash.Hash
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}

func newHMAC(key []byte) *hmac {
	h := &hmac{digest: sha256.New().(digest)}
	h.inner, h.outer = h.after(key, 0x36), h.after(key, 0x5C)
	return h
}

// after is the state after the key, with each bit of pad turned over.
func (h *hmac) after(key []byte, pad byte) []byte {
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

func (h *hmac) sum(text []byte) Person {
	_ = h.digest.UnmarshalBinary(h.inner) // a state that it gave
	h.digest.Write(text)
	inner := h.digest.Sum(h.out[:0])
	_ = h.digest.UnmarshalBinary(h.outer)
	h.digest.Write(inner)
	return PersonOf(h.digest.Sum(h.out[:0]))
}
