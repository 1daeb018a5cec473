package offer_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/offer"
)

// An entry is found by its key, or else by its position; the first earlier filing
// with an answer gives it, and an empty answer gives none.
func TestFor(t *testing.T) {
	keys := func(list string, index int) offer.Key {
		if list == "a.items" {
			return offer.Key{Member: "name", Value: []string{"x", "y", ""}[index]}
		}
		return offer.Key{}
	}
	one := map[string]any{"p": map[string]any{"q": "", "r": "R"}, "a": map[string]any{
		"items": []any{map[string]any{"name": "y", "why": "Y"}, map[string]any{"name": "x", "why": "X"}, "odd"},
		"list":  []any{map[string]any{"b": "B0"}, map[string]any{"b": "B1"}}}}
	two := map[string]any{"p": map[string]any{"q": "Q2", "r": "R2"}}
	got := offer.For([]string{"p.q", "p.r", "p.none", "a.items[0].why", "a.items[1].why", "a.items[2].why", "a.list[1].b", "a.list[7].b", "a.list[x].b"}, keys, []map[string]any{one, two})
	want := map[string]any{
		"p": map[string]any{"q": "Q2", "r": "R"},
		"a": map[string]any{
			"items": []any{map[string]any{"name": "x", "why": "X"}, map[string]any{"name": "y", "why": "Y"}},
			"list":  []any{map[string]any{}, map[string]any{"b": "B1"}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
