package declare_test

import (
	"strings"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/declare"
	"hutong/internal/fact"
)

const important, checked = "data.important", "data.important_checked"

// TestEdition: whoever declares that data is on no list may name the edition that
// was looked at, and the day. It is kept as evidence, and ends with the declaration.
func TestEdition(t *testing.T) {
	w := newWorld(t)
	no := declare.Answer{Fact: "important", Value: dataspace.TextOf("no"), Dataset: "members"}
	with := func(e dataspace.Edition) declare.Answer {
		a := no
		a.Edition = &e
		return a
	}
	for name, tt := range map[string]struct {
		answer declare.Answer
		says   string
	}{
		"no name":     {with(dataspace.Edition{Name: " ", On: "2026-02-12"}), "edition: the edition needs a name"},
		"a long name": {with(dataspace.Edition{Name: strings.Repeat("x", 201), On: "2026-02-12"}), "up to 200 bytes"},
		"no day":      {with(dataspace.Edition{Name: "2025 edition"}), "edition.on: "},
		"tomorrow":    {with(dataspace.Edition{Name: "2025 edition", On: "2026-03-02"}), "lies in the future"},
		"no list":     {declare.Answer{Fact: "core", Value: dataspace.BoolOf(false), Edition: &dataspace.Edition{Name: "x", On: "2026-02-12"}}, "is no fact about a list"},
	} {
		if _, err := w.Declare(t.Context(), "acme", tt.answer, bob); code(err) != "declaration.edition" || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, want %q", name, err, tt.says)
		}
	}
	looked := dataspace.Edition{Name: "2025 edition", On: "2026-03-01"}
	k, err := w.Declare(t.Context(), "acme", with(looked), bob)
	if err != nil {
		t.Fatal(err)
	}
	if k.Edition == nil || *k.Edition != looked {
		t.Errorf("kept %+v, want %+v", k.Edition, looked)
	}
	facts := func(stated string) dataspace.Facts {
		list, err := w.InForce(t.Context(), "acme", "members", w.today, w.today)
		if err != nil {
			t.Fatal(err)
		}
		var f dataspace.Facts
		f.Known.Set(important, dataspace.TextOf(stated))
		declare.Fill(&f, list)
		declare.Checked(fact.Standard(), &f)
		return f
	}
	is := func(when string, f dataspace.Facts, want dataspace.Value) {
		t.Helper()
		if got := f.Known.Of(checked); !got.Equal(want) {
			t.Errorf("%s: checked is %s, want %s", when, got, want)
		}
	}
	is("declared", facts(""), dataspace.BoolOf(true))
	is("declared and stated", facts("no"), dataspace.BoolOf(true))
	is("stated otherwise", facts("unknown"), dataspace.BoolOf(false))
	if _, err := w.Declare(t.Context(), "acme", no, bob); err != nil {
		t.Fatal(err)
	}
	is("declared again without an edition", facts(""), dataspace.BoolOf(false))
	if _, err := w.Declare(t.Context(), "acme", with(looked), bob); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Revoke(t.Context(), "acme", important, "members", bob); err != nil {
		t.Fatal(err)
	}
	is("revoked, and stated by somebody", facts("no"), dataspace.BoolOf(false))
	is("nothing is known", facts(""), dataspace.Value{})
}
