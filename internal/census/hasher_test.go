package census_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/census"
)

// TestHasherProperty compares with crypto/hmac.
func TestHasherProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.SliceOfN(rapid.Byte(), 0, 64).Draw(t, "key")
		h := census.NewHasher(key)
		for _, text := range rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 200), 1, 5).Draw(t, "texts") {
			mac := hmac.New(sha256.New, key)
			mac.Write(text)
			if got, want := h.Person(text), census.PersonOf(mac.Sum(nil)); got != want {
				t.Fatalf("%x: %v, want %v", text, got, want)
			}
		}
	})
}

// BenchmarkHasher hashes an e-mail address, here and with crypto/hmac.
func BenchmarkHasher(b *testing.B) {
	key, text := make([]byte, 32), []byte("email\x00SOMEBODY.ELSE@EXAMPLE.COM")
	b.Run("census", func(b *testing.B) {
		h := census.NewHasher(key)
		for b.Loop() {
			h.Person(text)
		}
	})
	b.Run("hmac", func(b *testing.B) {
		mac := hmac.New(sha256.New, key)
		var sum [sha256.Size]byte
		for b.Loop() {
			mac.Reset()
			mac.Write(text)
			mac.Sum(sum[:0])
		}
	})
}
