package files

import (
	"bytes"
	"testing"
)

// The first byte that tells a charset is where a search byte by byte finds it.
func TestTelling(t *testing.T) {
	for n := range 40 {
		for _, c := range []byte{0, 0x1b, 0x80, 0xFF, 0x01, 0x1a, 0x1c, 0x7f} {
			for at := range n {
				text := bytes.Repeat([]byte("a"), n)
				text[at] = c
				want := bytes.IndexFunc(text, func(r rune) bool { return r >= 0x80 || r == 0 || r == 0x1b })
				if got := telling(text); got != want {
					t.Fatalf("%q: %d, want %d", text, got, want)
				}
			}
		}
	}
}
