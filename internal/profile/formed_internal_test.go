package profile

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/cellkind"
	"hutong/internal/element"
	"hutong/internal/look"
	"hutong/internal/nobody"
	"hutong/internal/signs"
	"hutong/internal/table"
)

// alone counts a cell as if no other had its form.
func (c *column) alone(cell []byte) {
	if cell = cellkind.Trim(cell); len(cell) == 0 {
		c.nulls++
		return
	}
	if nobody.Missing(cell) {
		return
	}
	n, counted := signs.Of(cell)
	kind := cellkind.Of(cell, n)
	c.counts(cell, kind, false, 1)
	hash := look.Hash(cell, c.seed)
	c.try(hash, cell, 1)
	c.search(cell, hash, n, counted, 1)
}

// TestFormedProperty compares the cells of a column whose forms are known with
// cells that are each looked at alone.
func TestFormedProperty(t *testing.T) {
	t.Parallel()
	k := know(element.Builtin())
	var first []string // so many values that no other one is kept
	for i := range 10_050 {
		first = append(first, fmt.Sprintf("x%d", i))
	}
	digits := rapid.SampledFrom([]string{"0", "1", "5", "9", "13", "00", "86", "1990", "138"})
	others := []string{".", "-", "-", "+", "E", "e", " ", "A", "S", "X", ":", "/", "(", ")", "@", "%", "é", "号", "'", "\t", "\u3000", "N/A", "a@b.co"}
	form := rapid.SliceOfN(rapid.IntRange(0, 2), 1, 16)
	random := rapid.Custom(func(t *rapid.T) []string { // some cells of one form
		var list []string
		signs := form.Draw(t, "form")
		for i, is := range signs {
			if signs[i] = -1; is == 0 {
				signs[i] = rapid.IntRange(0, len(others)-1).Draw(t, "sign")
			}
		}
		for range rapid.IntRange(1, 6).Draw(t, "cells") {
			cell := ""
			for _, at := range signs {
				if at < 0 {
					cell += string(rapid.ByteRange('0', '9').Draw(t, "digit"))
				} else {
					cell += others[at]
				}
			}
			list = append(list, cell)
		}
		return list
	})
	usual := rapid.Custom(func(t *rapid.T) []string {
		return []string{digits.Draw(t, "digits"), "13" + digits.Draw(t, "digits") + "001380" + digits.Draw(t, "digits"), "25." + digits.Draw(t, "digits") + "0100" + digits.Draw(t, "digits"), "2024-0" + digits.Draw(t, "digits") + "-01", "+1 317 555 " + digits.Draw(t, "digits") + "01", "A12345" + digits.Draw(t, "digits") + "(3)", "13800138000." + digits.Draw(t, "digits")}
	})
	rapid.Check(t, func(t *rapid.T) {
		known, one := newColumn(k, table.Field{Name: "field"}, 1), newColumn(k, table.Field{Name: "field"}, 1)
		for _, c := range []*column{known, one} {
			c.varied = true
			c.add(columnOf(first), len(first))
		}
		for range rapid.IntRange(1, 3).Draw(t, "batches") {
			var list []string
			for range rapid.IntRange(1, 12).Draw(t, "groups") {
				list = append(list, rapid.OneOf(random, usual).Draw(t, "group")...)
			}
			known.add(columnOf(list), len(list))
			for _, cell := range list {
				one.alone([]byte(cell))
			}
		}
		if got, want := known.state(), one.state(); got != want {
			t.Fatalf("by form:\n%s\nalone:\n%s", got, want)
		}
	})
}
