package signs_test

import (
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/signs"
)

// TestFormProperty: cells have one form if and only if they differ only in digits.
func TestFormProperty(t *testing.T) {
	t.Parallel()
	sign := rapid.OneOf(rapid.ByteRange('0', '9'), rapid.ByteRange('/', ':'), rapid.Byte())
	digit := func(c byte) bool { return c >= '0' && c <= '9' }
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SliceOfN(sign, 0, 20).Draw(t, "a")
		b := append([]byte(nil), a...)
		for i := range b {
			switch rapid.IntRange(0, 20).Draw(t, "change") {
			case 0:
				b[i] = sign.Draw(t, "sign")
			case 1, 2, 3:
				if digit(b[i]) {
					b[i] = rapid.ByteRange('0', '9').Draw(t, "digit")
				}
			}
		}
		if len(b) > 0 && rapid.IntRange(0, 9).Draw(t, "cut") == 0 {
			b = b[:len(b)-1]
		}
		want := len(a) == len(b)
		for i := range min(len(a), len(b)) {
			want = want && (a[i] == b[i] || digit(a[i]) && digit(b[i]))
		}
		of, ok := signs.FormOf(a)
		other, too := signs.FormOf(b)
		if sized := len(a) >= 4 && len(a) <= 16; ok != sized || ok && of.Length() != len(a) {
			t.Fatalf("%q has a form: %v", a, ok)
		}
		if ok && too && (of == other) != want {
			t.Fatalf("%q and %q have one form: %v", a, b, !want)
		}
	})
}

func BenchmarkFormOf(b *testing.B) {
	cell := []byte("-101.123456")
	var last signs.Form
	for b.Loop() {
		last, _ = signs.FormOf(cell)
	}
	_ = last
}
