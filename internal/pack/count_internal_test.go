package pack

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/packs"
)

// countPack is the beginning of a pack that declares a count.
func countPack(id, count string) string {
	return "id: " + id + "\ncounts:\n  - " + count + "\nrules: []\n"
}

const sixteen = `{id: xx.under_16, fact: counts.xx_under_16, window: {calendar_year: true}, scope: exporter, of: {below: 16}, text: {en: under 16, zh: 不满十六周岁}}`

func TestDeclaredCounts(t *testing.T) {
	fsys := fstest.MapFS{
		"a/one/pack.yaml": {Data: []byte(countPack("a/one", sixteen))},
		"b/two/pack.yaml": {Data: []byte(countPack("b/two", sixteen))},
	}
	got, err := DeclaredCounts(fsys)
	want := []dataspace.CountClass{{ID: "xx.under_16", Fact: "counts.xx_under_16", Text: dataspace.Text{EN: "under 16", ZH: "不满十六周岁"}, Of: dataspace.CountOf{Below: 16}}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Fatal(err, diff)
	}
	fsys["b/two/pack.yaml"] = &fstest.MapFile{Data: []byte(countPack("b/two", strings.Replace(sixteen, "below: 16", "below: 15", 1)))}
	if _, err := DeclaredCounts(fsys); !errors.Is(err, dataspace.ErrConflict) {
		t.Errorf("the same class declared otherwise: %v", err)
	}
}

// The packs of the program must declare what all of them, loaded, say.
func TestCountsOfAllPacks(t *testing.T) {
	got, err := DeclaredCounts(packs.FS)
	if err != nil {
		t.Fatal(err)
	}
	list, err := LoadAll(packs.FS)
	if err != nil {
		t.Fatal(err)
	}
	want, err := JoinCounts(list)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got) < 10 {
		t.Errorf("%d classes: %s", len(got), diff)
	}
}

func TestCountsRefused(t *testing.T) {
	whole := CountDoc{ID: "a", Fact: "counts.sensitive", Scope: scopeExporter, Window: WindowDoc{CalendarYear: true}, Of: dataspace.CountOf{Below: 16}, Text: dataspace.Text{EN: "a", ZH: "甲"}}
	if what := whole.wrong(fact.Standard()); what != "" {
		t.Fatalf("a whole declaration: %s", what)
	}
	for name, change := range map[string]func(*CountDoc){
		"no-id":       func(d *CountDoc) { d.ID = "" },
		"reserved":    func(d *CountDoc) { d.ID = "distinct" },
		"no-fact":     func(d *CountDoc) { d.Fact = "counts.nobody" },
		"other-fact":  func(d *CountDoc) { d.Fact = "data.us_persons.personal_health" },
		"no-number":   func(d *CountDoc) { d.Fact = "counts.standard" },
		"not-added":   func(d *CountDoc) { d.Of = dataspace.CountOf{Stated: true} },
		"no-text":     func(d *CountDoc) { d.Text.ZH = "" },
		"no-window":   func(d *CountDoc) { d.Window = WindowDoc{} },
		"two-windows": func(d *CountDoc) { d.Window.Months = 12 },
		"long-window": func(d *CountDoc) { d.Window = WindowDoc{Months: 121} },
		"no-scope":    func(d *CountDoc) { d.Scope = "" },
		"nobody":      func(d *CountDoc) { d.Of = dataspace.CountOf{} },
		"stated-too":  func(d *CountDoc) { d.Of.Stated = true },
		"rest-too":    func(d *CountDoc) { d.Of.RestOf = []string{"b"} },
		"age":         func(d *CountDoc) { d.Of.Below = -1 },
	} {
		d := whole
		if change(&d); d.wrong(fact.Standard()) == "" {
			t.Errorf("%s is taken", name)
		}
	}
	rest := dataspace.CountClass{ID: "rest", Of: dataspace.CountOf{RestOf: []string{"a"}}}
	for name, list := range map[string][]dataspace.CountClass{
		"of-nothing":     {rest},
		"one-fact":       {{ID: "a", Fact: "x"}, {ID: "b", Fact: "x"}},
		"other-window":   {rest, {ID: "a", Fact: "a", Months: 12, Of: dataspace.CountOf{Below: 16}}},
		"of-what-stated": {rest, {ID: "a", Fact: "a", Of: dataspace.CountOf{Stated: true}}},
	} {
		if checkRests(list) == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// A signed pack that was written before packs declared counts must not end the
// counting of the pack that it replaces.
func TestMergeKeepsCounts(t *testing.T) {
	count := func(id string) []CountDoc { return []CountDoc{{ID: id}} }
	for _, tt := range []struct {
		name   string
		newer  []CountDoc
		counts []CountDoc
	}{
		{"says-nothing", nil, count("old")},
		{"says-none", []CountDoc{}, []CountDoc{}},
		{"says-others", count("new"), count("new")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			old := &Pack{doc: Document{ID: "a/one", Version: "1.0.0", Counts: count("old")}}
			newer := &Pack{doc: Document{ID: "a/one", Version: "1.1.0", Counts: tt.newer}}
			got, err := Merge([]*Pack{old}, []*Pack{newer})
			if err != nil || len(got) != 1 {
				t.Fatal(got, err)
			}
			if diff := cmp.Diff(tt.counts, got[0].doc.Counts); diff != "" || got[0] != newer {
				t.Error(diff)
			}
		})
	}
}
