package element_test

import (
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/element"
)

func FuzzScanner(f *testing.F) {
	for _, s := range []string{"身份证11010519491231002X", "４１１１ 1111 1111 1111", "a@b.co,+65 9123 4567", "沪A12345 IMO 9074729", "GB82 WEST 1234 5698 7654 32", "::1 00:1A:2B:3C:4D:5E", "1234-5678-901 QX1234567A ZB/ABC/12"} {
		f.Add([]byte(s))
	}
	known := zembla(f)
	s := known.NewScanner(known.Provable())
	f.Fuzz(func(t *testing.T, cell []byte) {
		last := 0
		s.Scan(cell, func(id dataspace.ElementID, start, end int) {
			if start < last || end <= start || end > len(cell) {
				t.Fatalf("%s at %d:%d after %d in %d bytes", id, start, end, last, len(cell))
			}
			last = end
		})
	})
}

func FuzzChecks(f *testing.F) {
	for _, s := range []string{"11010519491231002X", "2020-02-30", "2001:db8::1", "1e5", "王伟", "01-701-1015", "IMO", "+", "A12(", "x转1"} {
		f.Add([]byte(s))
	}
	var valid []func([]byte) bool
	for _, e := range element.Builtin().All() {
		if c, ok := element.Builtin().CheckOf(e.ID); ok {
			valid = append(valid, c.Valid)
		}
	}
	f.Fuzz(func(t *testing.T, cell []byte) {
		for _, ok := range valid {
			ok(cell)
		}
		element.ParseBirth(cell)
		element.ParseDate(cell)
		element.ResidentIDBirth(cell)
		for _, s := range element.Shapes {
			s.Fits(cell)
		}
		element.Builtin().MatchHeader(string(cell))
	})
}
