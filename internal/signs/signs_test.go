package signs_test

import (
	"strings"
	"testing"

	"hutong/internal/signs"
)

func TestOf(t *testing.T) {
	type want struct {
		digits, dots, letters                           int
		chinese, addressed, telling, plain, base, clean bool
	}
	for cell, w := range map[string]want{
		"":                       {plain: true, clean: true, base: true},
		"13.80":                  {digits: 4, dots: 1, plain: true, clean: true},
		"a.b@example.com":        {dots: 2, letters: 12, addressed: true, plain: true, clean: true},
		"人民路12号":                 {digits: 2, chinese: true, clean: true},
		"MTM4+/0=":               {digits: 2, letters: 3, plain: true, clean: true, base: true},
		"王、李":                    {chinese: true},
		"id=%31":                 {digits: 2, letters: 2, telling: true},
		"１":                      {chinese: true, telling: true},
		"a\tb":                   {letters: 2, telling: true},
		strings.Repeat("9", 255): {digits: 255, plain: true, clean: true, base: true},
	} {
		n, ok := signs.Of([]byte(cell))
		got := want{n.Digits(), n.Dots(), n.Letters(), n.Chinese(), n.Addressed(), n.Telling(), n.Plain(), n.Packed(), n.Clean()}
		if !ok || got != w {
			t.Errorf("%q: %+v, want %+v", cell, got, w)
		}
	}
	if _, ok := signs.Of(make([]byte, signs.Most+1)); ok {
		t.Error("a cell that is too long is counted")
	}
}

func BenchmarkOf(b *testing.B) {
	cell := []byte("somebody.else@example.com")
	b.SetBytes(int64(len(cell)))
	for b.Loop() {
		signs.Of(cell)
	}
}
