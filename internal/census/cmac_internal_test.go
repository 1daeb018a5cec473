package census

import (
	"crypto/aes"
	"encoding/hex"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// TestCMACExamples has the examples of RFC 4493 and of NIST SP 800-38B.
func TestCMACExamples(t *testing.T) {
	text := decode(t, "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710")
	for _, c := range []struct {
		key, want string
		n         int
	}{
		{"2b7e151628aed2a6abf7158809cf4f3c", "bb1d6929e95937287fa37d129b756746", 0},
		{"2b7e151628aed2a6abf7158809cf4f3c", "070a16b46b4d4144f79bdd9dd04a287c", 16},
		{"2b7e151628aed2a6abf7158809cf4f3c", "dfa66747de9ae63030ca32611497c827", 40},
		{"2b7e151628aed2a6abf7158809cf4f3c", "51f0bebf7e3b9d92fc49741779363cfe", 64},
		{"603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "028962f61b7bf89efc6b551f4667d983", 0},
		{"603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "28a7023f452e8f82bd4bf28d8c37c35c", 16},
		{"603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "aaf3d8f1de5640c232f5b169b9c911e6", 40},
		{"603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "e1992190549f6ed5696a2c056c315410", 64},
	} {
		if got := newCMAC(decode(t, c.key)).sum(text[:c.n]); got != PersonOf(decode(t, c.want)) {
			t.Errorf("%d bytes under a key of %d: %016x%016x, want %s", c.n, len(c.key)/2, got.Hi, got.Lo, c.want)
		}
	}
}

func decode(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestCMACProperty compares with the standard's formulas, written as they stand
// there, also after other texts.
func TestCMACProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "key")
		c := newCMAC(key)
		for _, text := range rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 70), 1, 5).Draw(t, "texts") {
			if got, want := c.sum(text), plainCMAC(t, key, text); got != want {
				t.Fatalf("%x: %v, want %v", text, got, want)
			}
		}
	})
}

func plainCMAC(t *rapid.T, key, text []byte) Person {
	b, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	times2 := func(in []byte) []byte {
		n := new(big.Int).Lsh(new(big.Int).SetBytes(in), 1)
		if n.Bit(128) == 1 {
			n.SetBit(n, 128, 0)
			n.Xor(n, big.NewInt(0x87))
		}
		return n.FillBytes(make([]byte, 16))
	}
	l := make([]byte, 16)
	b.Encrypt(l, l)
	k1 := times2(l)
	k2 := times2(k1)
	last := k1
	if len(text) == 0 || len(text)%16 != 0 {
		last = k2
		text = append(append([]byte(nil), text...), 0x80)
		for len(text)%16 != 0 {
			text = append(text, 0)
		}
	}
	state := make([]byte, 16)
	for from := 0; from < len(text); from += 16 {
		for i := range 16 {
			state[i] ^= text[from+i]
			if from+16 == len(text) {
				state[i] ^= last[i]
			}
		}
		b.Encrypt(state, state)
	}
	return PersonOf(state)
}
