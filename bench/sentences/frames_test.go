package sentences

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// plainScripts writes no character otherwise, and all as one syllable.
type plainScripts struct{}

func (plainScripts) Pinyin(text string) []string {
	var out []string
	for range []rune(text) {
		out = append(out, "xi")
	}
	return out
}

func (plainScripts) Traditional(text string) string { return text }

// smallBank has a few words of each kind.
func smallBank() *Bank {
	return &Bank{
		Surnames: []string{"王", "欧阳"}, Rare: []string{"郜"}, One: []string{"明"}, Two: []string{"志远", "雪梅"},
		Japanese: Names{[]string{"健太"}, []string{"佐藤"}}, Transliterated: []string{"约翰逊"},
		English: Names{[]string{"Hannah"}, []string{"Holloway"}}, Countries: []Names{{[]string{"Žofie"}, []string{"O'Neil"}}},
		Cities: []string{"Porto Alegre"}, Places: []string{"江苏省南京市鼓楼区"}, Brands: []string{"瑞丰"},
		Nouns: []string{"计划", "质量"}, Misnamed: []string{"马铃薯"}, Words: strings.Fields("river stone yellow winter"), Lines: []string{"Save the file"}, LinesZH: []string{"保存该文件"},
		Roman: map[string][]string{"王": {"wong"}}, Spoken: []Sentence{{Text: "喂 遲 啲 去"}},
	}
}

// TestFrames: each frame of both splits can be filled, its names are where they
// are said to be.
func TestFrames(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	s := speller{plainScripts{}}
	seen := map[string]bool{}
	for _, prefix := range []string{"", "held-"} {
		all, err := ReadFrames(prefix)
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
					if slot.MatchString(x.Text) {
						t.Errorf("%q is left in %q", f, x.Text)
					}
					check(t, x)
				}
			}
		}
	}
}

func check(t *testing.T, x Sentence) {
	t.Helper()
	at := 0
	for _, name := range x.Names {
		if name[0] < at || name[1] <= name[0] || name[1] > len(x.Text) || strings.TrimSpace(x.Text[name[0]:name[1]]) != x.Text[name[0]:name[1]] {
			t.Errorf("%v in %q", name, x.Text)
		}
		at = name[1]
	}
}

// TestJoin: parts of a name make one, and a list of names stays a list.
func TestJoin(t *testing.T) {
	list := []piece{{"H", true}, {". ", false}, {"Holloway", true}, {", ", false}, {"Ali", true}}
	if x := join(list, true); len(x.Names) != 2 || x.Text[x.Names[0][0]:x.Names[0][1]] != "H. Holloway" {
		t.Errorf("%+v", x)
	}
	if x := join([]piece{{"王明", true}, {" ", false}, {"李娜", true}}, false); len(x.Names) != 2 {
		t.Errorf("%+v", x)
	}
}
