package counted_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"hutong/internal/counted"
	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/packs"
)

const head = `id: xx/small
jurisdiction: XX
title: {en: Small, zh: 小}
authority: {en: Nobody, zh: 无}
version: 1.2.0
released: 2026-01-01
effective: 2026-01-01
checked_on: 2026-01-01
sides: {export: {applies: 'exporter.jurisdiction == "XX"'}}
rules:
  - {id: xx.all, order: 1, when: 'true', pathway: free, article: a, source: https://example.org/2, facts: ["1"], confidence: VSS, text: {en: all, zh: 全}}
`

// count is a class of people under the fact of those who are always sensitive.
const count = `counts:
  - {id: young, fact: counts.under_14, window: {calendar_year: true}, scope: exporter, of: {OF}, article: a, source: https://example.org/3, facts: ["1"], confidence: VSS, text: {en: below sixteen, zh: 不满十六周岁}}
`

func small(t *testing.T, of string) *pack.Pack {
	t.Helper()
	text := head
	if of != "" {
		text += strings.Replace(count, "OF", of, 1)
	}
	p, err := pack.Load(fstest.MapFS{"xx/small/pack.yaml": {Data: []byte(text)}}, "xx/small")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestNoneAlways(t *testing.T) {
	national, err := pack.Load(packs.FS, "cn/national")
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		count string
		packs []*pack.Pack
		want  dataspace.Text
	}{
		"of the law":           {"counts.sensitive", []*pack.Pack{small(t, ""), national}, dataspace.Text{EN: "none of them is under 14", ZH: "不含不满十四周岁的人"}},
		"another age":          {"counts.sensitive", []*pack.Pack{small(t, "below: 16")}, dataspace.Text{EN: "none of them is below sixteen", ZH: "不含不满十六周岁的人"}},
		"no age":               {"counts.sensitive", []*pack.Pack{small(t, "elements: [email]")}, dataspace.Text{EN: "none of them is among: below sixteen", ZH: "不含以下人员：不满十六周岁"}},
		"no class":             {"counts.sensitive", []*pack.Pack{small(t, "")}, dataspace.Text{EN: `the answer is 0 to "How many children under 14 are among them?"`, ZH: "对“其中不满十四周岁未成年人有多少？”的回答为0"}},
		"a count without such": {"counts.non_sensitive", []*pack.Pack{national}, dataspace.Text{}},
		"no fact of the table": {"counts.nobody", []*pack.Pack{national}, dataspace.Text{}},
	} {
		if got := counted.NoneAlways(tt.count, tt.packs); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestAlways(t *testing.T) {
	var f dataspace.Facts
	if n, known := counted.Always(&f, "counts.sensitive"); known {
		t.Errorf("nobody said how many there are: %d", n)
	}
	f.Known.Set("counts.under_14", dataspace.IntOf(3))
	if n, known := counted.Always(&f, "counts.sensitive"); n != 3 || !known {
		t.Errorf("three are stated: %d %v", n, known)
	}
	if n, known := counted.Always(&f, "counts.non_sensitive"); n != 0 || !known {
		t.Errorf("no such people belong to this count: %d %v", n, known)
	}
}
