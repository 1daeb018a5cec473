package rules_test

import (
	"testing"

	"hutong/internal/rules"
	"hutong/packs"
)

func BenchmarkLoadAll(b *testing.B) {
	for b.Loop() {
		if _, err := rules.LoadAll(packs.FS); err != nil {
			b.Fatal(err)
		}
	}
}
