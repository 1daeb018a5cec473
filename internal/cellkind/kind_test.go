package cellkind_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/cellkind"
	"hutong/internal/table"
)

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
			k.Add([]byte(c), false, 1)
		}
		if got := k.Name(); got != tc.want {
			t.Errorf("%q: %s, want %s", tc.cells, got, tc.want)
		}
	}
	mixed := cellkind.Counts{}
	mixed.Add([]byte("1"), true, 1)
	mixed.Add([]byte("1"), false, 1)
	if got := mixed.Name(); got != "mixed" || mixed.Of(cellkind.Integer) != 2 {
		t.Errorf("%s with %d whole numbers", got, mixed.Of(cellkind.Integer))
	}
	declared := cellkind.Counts{Declared: table.Date}
	declared.Add([]byte("x"), false, 1)
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
			p.Add([]byte(list[i]), k.Add([]byte(list[i]), false, 1), 1)
		}
		if got := p.Sequential(); got != tc.want {
			t.Errorf("%v, want %v", got, tc.want)
		}
	}
}

// Cells of one value are counted together as they are one by one.
func TestCells(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var one, many cellkind.Counts
		var steps, jumps cellkind.Progression
		for _, v := range rapid.SliceOfN(rapid.SampledFrom([]string{"1", "2", "3", "4", "5", "x", "-1"}), 1, 6).Draw(t, "values") {
			n, literal := rapid.Int64Range(1, 3).Draw(t, "cells"), rapid.Bool().Draw(t, "literal")
			for range n {
				steps.Add([]byte(v), one.Add([]byte(v), literal, 1), 1)
			}
			jumps.Add([]byte(v), many.Add([]byte(v), literal, n), n)
		}
		if one != many || steps != jumps {
			t.Fatalf("one by one %v, %v; together %v, %v", one, steps, many, jumps)
		}
	})
}
