package table_test

import (
	"bytes"
	"testing"

	"hutong/internal/table"
)

// TestTrimmed compares with bytes.TrimSpace, over all pairs of first and last
// bytes.
func TestTrimmed(t *testing.T) {
	sure := 0
	for a := range 256 {
		for b := range 256 {
			cell := []byte{byte(a), ' ', byte(b)}
			if table.Trimmed(cell) {
				sure++
				if got := bytes.TrimSpace(cell); !bytes.Equal(got, cell) {
					t.Errorf("%x becomes %x", cell, got)
				}
			}
		}
	}
	if want := 95 * 95; sure != want || table.Trimmed(nil) {
		t.Errorf("%d pairs, want %d; or an empty cell", sure, want)
	}
}
