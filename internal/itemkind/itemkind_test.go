package itemkind_test

import (
	"fmt"
	"strings"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/itemkind"
)

// TestStandard: the kinds that come with the program keep the words by which old
// lists name them.
func TestStandard(t *testing.T) {
	kinds := itemkind.Standard()
	if what := kinds.Wrong([]string{"security_assessment"}, []string{"loaded"}); what != "" || len(kinds) != 2 {
		t.Errorf("%d kinds: %s", len(kinds), what)
	}
	for word, want := range map[string]string{
		"important": "important", "重要数据": "important", "important data": "important",
		"personal": "personal", "个人信息": "personal", "敏感个人信息": "personal", "": "", "数据": "",
	} {
		if k, ok := kinds.Read(word); k.ID != want || ok != (want != "") {
			t.Errorf("%q is read as %q (%t), want %q", word, k.ID, ok, want)
		}
	}
	for id, want := range map[string]string{"important": "security_assessment", "personal": ""} {
		if k, ok := kinds.Lookup(id); !ok || k.Pathway != want {
			t.Errorf("%s demands %q (%t), want %q", id, k.Pathway, ok, want)
		}
	}
	if _, ok := kinds.Lookup("重要数据"); ok {
		t.Error("a word of an annex is an id")
	}
}

func TestRefuse(t *testing.T) {
	for want, kinds := range map[string]itemkind.List{
		`kind "x" is neither important nor personal`: itemkind.Standard(),
		`kind "x" is not sacred`:                     {{ID: "sacred"}},
	} {
		if got := kinds.Refuse("x"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestWrong(t *testing.T) {
	text := dataspace.Text{EN: "sacred data", ZH: "圣物数据"}
	many := make(itemkind.List, 33)
	for i := range many {
		many[i] = itemkind.Kind{ID: fmt.Sprint("k", i), Text: dataspace.Text{EN: fmt.Sprint("en", i), ZH: fmt.Sprint("zh", i)}}
	}
	for name, tt := range map[string]struct {
		kinds itemkind.List
		want  string
	}{
		"right":         {itemkind.List{{ID: "sacred", Text: text, Pathway: "b", Words: []string{"holy"}}}, ""},
		"many":          {many[:32], ""},
		"too many":      {many, "33 kinds"},
		"no id":         {itemkind.List{{Text: text}}, "small letters"},
		"capital":       {itemkind.List{{ID: "Sacred", Text: text}}, "small letters"},
		"taken":         {itemkind.List{{ID: "loaded", Text: text}}, "list.loaded"},
		"no text":       {itemkind.List{{ID: "sacred"}}, "both languages"},
		"one language":  {itemkind.List{{ID: "sacred", Text: dataspace.Text{EN: "sacred"}}}, "both languages"},
		"pathway":       {itemkind.List{{ID: "sacred", Text: text, Pathway: "c"}}, "none of a, b"},
		"empty word":    {itemkind.List{{ID: "sacred", Text: text, Words: []string{""}}}, "empty"},
		"twice":         {itemkind.List{{ID: "sacred", Text: text}, {ID: "sacred", Text: dataspace.Text{EN: "a", ZH: "b"}}}, `"sacred" already`},
		"one word":      {itemkind.List{{ID: "sacred", Text: text}, {ID: "holy", Text: dataspace.Text{EN: "holy", ZH: "神"}, Words: []string{"圣物数据"}}}, `"sacred" already`},
		"its own twice": {itemkind.List{{ID: "sacred", Text: dataspace.Text{EN: "sacred", ZH: "圣"}}}, ""},
	} {
		if got := tt.kinds.Wrong([]string{"a", "b"}, []string{"loaded"}); (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
