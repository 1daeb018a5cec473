package main

import (
	"math/rand/v2"
	"strings"
	"testing"

	"hutong/internal/tagger"
)

// smallBank has a few words of each kind.
func smallBank() *nameBank {
	return &nameBank{
		surnames: []string{"王", "欧阳"}, rare: []string{"郜"}, one: []string{"明"}, two: []string{"志远", "雪梅"},
		japanese: latinNames{[]string{"健太"}, []string{"佐藤"}}, transliterated: []string{"约翰逊"},
		english: latinNames{[]string{"Hannah"}, []string{"Holloway"}}, countries: []latinNames{{[]string{"Žofie"}, []string{"O'Neil"}}},
		cities: []string{"Porto Alegre"}, places: []string{"江苏省南京市鼓楼区"}, brands: []string{"瑞丰"},
		nouns: []string{"计划", "质量"}, misnamed: []string{"马铃薯"}, words: strings.Fields("river stone yellow winter"), lines: []string{"Save the file"}, linesZH: []string{"保存该文件"},
		roman: map[string][]string{"王": {"wong"}}, spoken: []sentence{{text: "喂 遲 啲 去"}},
	}
}

// TestFrames: each frame of both splits can be filled, its names are where they
// are said to be, and the tags of its tokens make the same names.
func TestFrames(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	s := speller{&scripts{char: map[rune]string{'王': "wang", '欧': "ou", '阳': "yang", '志': "zhi", '远': "yuan", '雪': "xue", '梅': "mei", '明': "ming", '郜': "gao"}}}
	e := tagger.NewExtractor(tagger.NewLexicon(nil, nil), 10)
	seen := map[string]bool{}
	for _, prefix := range []string{"", "held-"} {
		all, err := readFrames(prefix)
		if err != nil {
			t.Fatal(err)
		}
		for _, list := range [][]string{all.en, all.zh, all.hant} {
			english := &list[0] == &all.en[0]
			if len(list) < 25 {
				t.Errorf("%s: %d frames", prefix, len(list))
			}
			for _, f := range list {
				if seen[f] {
					t.Errorf("twice: %s", f)
				}
				seen[f] = true
				of := s.chinese
				if english {
					of = s.english
				}
				for range 3 {
					x, err := fill(r, smallBank(), f, of, english)
					if err != nil {
						t.Fatal(err)
					}
					if slot.MatchString(x.text) {
						t.Errorf("%q is left in %q", f, x.text)
					}
					check(t, e, x)
				}
			}
		}
	}
}

func check(t *testing.T, e *tagger.Extractor, x sentence) {
	t.Helper()
	n := e.Read([]byte(x.text), nil)
	tags := gold(e, n, x)
	at, names := 0, 0
	for _, name := range x.names {
		if name[0] < at || name[1] <= name[0] || strings.TrimSpace(x.text[name[0]:name[1]]) != x.text[name[0]:name[1]] {
			t.Errorf("%v in %q", name, x.text)
		}
		at = name[1]
	}
	for i, k := range tags {
		if k == tagger.Tag(0, 1) || k == tagger.Tag(0, 2) {
			from, _ := e.Span(i)
			if names == len(x.names) || x.names[names][0] != from {
				t.Errorf("a tag for no name in %q", x.text)
				return
			}
			names++
		}
	}
	if last, _ := e.Span(max(0, n-1)); names != len(x.names) && len(x.text) < last+40 {
		t.Errorf("%d of %d names have tags in %q", names, len(x.names), x.text)
	}
}

// TestJoin: parts of a name make one, and a list of names stays a list.
func TestJoin(t *testing.T) {
	list := []piece{{"H", true}, {". ", false}, {"Holloway", true}, {", ", false}, {"Ali", true}}
	if x := join(list, true); len(x.names) != 2 || x.text[x.names[0][0]:x.names[0][1]] != "H. Holloway" {
		t.Errorf("%+v", x)
	}
	if x := join([]piece{{"王明", true}, {" ", false}, {"李娜", true}}, false); len(x.names) != 2 {
		t.Errorf("%+v", x)
	}
}
