package census_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/census"
)

// TestOldHasherProperty compares with crypto/hmac.
func TestOldHasherProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.SliceOfN(rapid.Byte(), 0, 64).Draw(t, "key")
		h := census.NewHasher(census.OldAlgorithm, key)
		for _, text := range rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 200), 1, 5).Draw(t, "texts") {
			mac := hmac.New(sha256.New, key)
			mac.Write(text)
			if got, want := h.Person(text), census.PersonOf(mac.Sum(nil)); got != want {
				t.Fatalf("%x: %v, want %v", text, got, want)
			}
		}
	})
}

// TestHashersApart hashes one text by both algorithms, under two keys, and one
// that ends in a zero: no two results may be the same.
func TestHashersApart(t *testing.T) {
	seen := map[census.Person]string{}
	for _, algorithm := range []string{census.Algorithm, census.OldAlgorithm} {
		for _, key := range [][]byte{make([]byte, 32), append(make([]byte, 31), 1)} {
			for _, text := range []string{"", "\x00", "mobile_cn\x0013800000001", "mobile_cn\x0013800000001\x00", "mobile_cn\x00138000000010000000"} {
				at := algorithm + " of " + text
				who := census.NewHasher(algorithm, key).Person([]byte(text))
				if was, ok := seen[who]; ok {
					t.Errorf("%q and %q have one hash", was, at)
				}
				seen[who] = at
			}
		}
	}
}

// BenchmarkHasher hashes an e-mail address, by both algorithms and with
// crypto/hmac.
func BenchmarkHasher(b *testing.B) {
	key, text := make([]byte, 32), []byte("email\x00SOMEBODY.ELSE@EXAMPLE.COM")
	for _, algorithm := range []string{census.Algorithm, census.OldAlgorithm} {
		b.Run(algorithm, func(b *testing.B) {
			h := census.NewHasher(algorithm, key)
			for b.Loop() {
				h.Person(text)
			}
		})
	}
	b.Run("crypto/hmac", func(b *testing.B) {
		mac := hmac.New(sha256.New, key)
		var sum [sha256.Size]byte
		for b.Loop() {
			mac.Reset()
			mac.Write(text)
			mac.Sum(sum[:0])
		}
	})
}
