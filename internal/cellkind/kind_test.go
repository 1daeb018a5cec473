package cellkind_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/cellkind"
	"hutong/internal/signs"
	"hutong/internal/table"
)

func add(k *cellkind.Counts, cell string, literal bool) cellkind.Kind {
	n, _ := signs.Of([]byte(cell))
	kind := cellkind.Of([]byte(cell), n)
	if plain := cellkind.Of([]byte(cell), 0); plain != kind {
		panic("another kind without the signs")
	}
	k.Add(kind, literal, 1)
	return kind
}

func TestName(t *testing.T) {
	for _, tc := range []struct {
		want  string
		cells []string
	}{
		{"null", nil}, {"integer", []string{"1", "-2", "+3"}}, {"number", []string{"1", "2.5", "1e5"}}, {"boolean", []string{"true", "FALSE"}},
		{"date", []string{"2026-01-02"}}, {"timestamp", []string{"2026-01-02", "2026-01-02 03:04:05"}}, {"string", []string{"1", "x"}}, {"string", []string{"-", "."}},
	} {
		var k cellkind.Counts
		for _, c := range tc.cells {
			add(&k, c, false)
		}
		if got := k.Name(); got != tc.want {
			t.Errorf("%q: %s, want %s", tc.cells, got, tc.want)
		}
	}
	mixed := cellkind.Counts{}
	add(&mixed, "1", true)
	add(&mixed, "1", false)
	if got := mixed.Name(); got != "mixed" || mixed.Of(cellkind.Integer) != 2 {
		t.Errorf("%s with %d whole numbers", got, mixed.Of(cellkind.Integer))
	}
	declared := cellkind.Counts{Declared: table.Date}
	add(&declared, "x", false)
	if got := declared.Name(); got != "date" {
		t.Errorf("declared a date: %s", got)
	}
}

// Numbers count up by one in any order, or they do not.
func TestSequential(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, tc := range []struct {
		change func(list []string)
		want   bool
	}{
		{func([]string) {}, true},
		{func(l []string) { l[7] = l[8] }, false},
		{func(l []string) { l[7] = "x" }, false},
		{func(l []string) { l[7] = "-5" }, false},
	} {
		list := make([]string, 500)
		for i := range list {
			list[i] = fmt.Sprint(1000 + i)
		}
		tc.change(list)
		var k cellkind.Counts
		var p cellkind.Progression
		for _, i := range r.Perm(len(list)) {
			p.Add([]byte(list[i]), add(&k, list[i], false), 1)
		}
		if got := p.Sequential(); got != tc.want {
			t.Errorf("%v, want %v", got, tc.want)
		}
	}
}

// Lengths are those of digits, also with an X at the end.
func TestLengths(t *testing.T) {
	var k cellkind.Counts
	var l cellkind.Lengths
	for cell, times := range map[string]int64{"110105": 3, "002X": 2, "-12": 5, "12345678901234": 1, "1234567890123456789": 9, "ab x": 4} {
		l.Add([]byte(cell), add(&k, cell, false), times)
	}
	want := cellkind.Lengths{4: 2, 6: 3, 14: 1}
	if l != want || l.Usual(6) != 6 || l.Usual(7) != 0 {
		t.Errorf("%v, want %v", l, want)
	}
}

// Cells of one value are counted together as they are one by one.
func TestCells(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var one, many cellkind.Counts
		var steps, jumps cellkind.Progression
		for _, v := range rapid.SliceOfN(rapid.SampledFrom([]string{"1", "2", "3", "4", "5", "x", "-1"}), 1, 6).Draw(t, "values") {
			times, literal := rapid.Int64Range(1, 3).Draw(t, "cells"), rapid.Bool().Draw(t, "literal")
			for range times {
				steps.Add([]byte(v), add(&one, v, literal), 1)
			}
			kind := cellkind.Of([]byte(v), 0)
			many.Add(kind, literal, times)
			jumps.Add([]byte(v), kind, times)
		}
		if one != many || steps != jumps {
			t.Fatalf("one by one %v, %v; together %v, %v", one, steps, many, jumps)
		}
	})
}

// TestTrimProperty compares Trim with bytes.TrimSpace.
func TestTrimProperty(t *testing.T) {
	parts := rapid.SampledFrom([]string{" ", "\t", "a", "1", "王", "\u3000", "\u00a0", "\u0085", "\u2003", "\u1680", "\u9fff", "\u4000", "\ufeff", "😀", "\xe4", "\xc2", "\xa0", "\x85", "é", "한", "~", "!", "\x7f"})
	rapid.Check(t, func(t *rapid.T) {
		cell := []byte(strings.Join(rapid.SliceOfN(parts, 0, 6).Draw(t, "parts"), ""))
		if got, want := cellkind.Trim(cell), bytes.TrimSpace(cell); !bytes.Equal(got, want) {
			t.Fatalf("%q becomes %q instead of %q", cell, got, want)
		}
	})
}
