package conditional_test

import (
	"strings"
	"testing"

	"hutong/internal/conditional"
	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/pack"
	"hutong/internal/rules"
	"hutong/packs"
)

// TestStatementsInChinese: what a person is asked to confirm is a sentence, and has
// no word of the program in it.
func TestStatementsInChinese(t *testing.T) {
	for _, tt := range []struct {
		text, ask string
		v         dataspace.Value
		want      string
	}{
		{"是否为核心数据", "", dataspace.BoolOf(false), "不是核心数据"},
		{"是否为核心数据", "", dataspace.BoolOf(true), "是核心数据"},
		{"是否为重要数据", "", dataspace.TextOf("no"), "不是重要数据"},
		{"是否为重要数据", "", dataspace.TextOf("unknown"), "是否为重要数据：未识别"},
		{"是否涉及国家秘密", "", dataspace.BoolOf(false), "不涉及国家秘密"},
		{"数据所涉个人中是否有不满十四周岁未成年人", "", dataspace.BoolOf(false), "数据所涉个人中没有不满十四周岁未成年人"},
		{"是否已说明必要性", "", dataspace.BoolOf(false), "未说明必要性"},
		{"是否已说明必要性", "", dataspace.BoolOf(true), "已说明必要性"},
		{"是否由外国国家直接要求", "", dataspace.BoolOf(false), "不是由外国国家直接要求"},
		{"服务器是否均在境内", "", dataspace.BoolOf(false), "服务器并非均在境内"},
		{"依据", "依据：客户要求（customer）、法律规定（law），还是没有（none）？", dataspace.TextOf("customer"), "依据：客户要求"},
		{"依据", "依据：客户要求（customer）、法律规定（law），还是没有（none）？", dataspace.TextOf("none"), "依据：没有"},
		{"依据", "依据？", dataspace.TextOf("other"), "依据：other"},
	} {
		d := &fact.Definition{Name: "a", Text: dataspace.Text{EN: "a", ZH: tt.text}, Ask: dataspace.Text{EN: "a?", ZH: tt.ask}}
		if got := conditional.Suppose(d, tt.v).Text.ZH; got != tt.want {
			t.Errorf("%s, %s: %q, want %q", tt.text, tt.v, got, tt.want)
		}
	}
}

// TestEveryStatementInChinese: no fact of the program or of a pack makes a Chinese
// statement that is a question, or that has a word of the program in it.
func TestEveryStatementInChinese(t *testing.T) {
	loaded, err := pack.LoadAll(packs.FS)
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.NewSet(loaded...)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, d := range set.Facts().All() {
		var values []dataspace.Value
		switch {
		case strings.Contains(d.Text.ZH, "是否") && len(d.Values) == 0:
			values = []dataspace.Value{dataspace.BoolOf(true), dataspace.BoolOf(false)}
		default:
			for _, v := range d.Values {
				if strings.Contains(d.Ask.ZH, "（"+v+"）") {
					values = append(values, dataspace.TextOf(v))
				}
			}
		}
		for _, v := range values {
			seen++
			if zh := conditional.Suppose(&d, v).Text.ZH; v.Kind() == dataspace.BoolValue && strings.Contains(zh, "是否") || strings.Contains(zh, "："+v.String()) {
				t.Errorf("%s = %s: %s", d.Name, v, zh)
			}
		}
	}
	if seen < 40 {
		t.Errorf("only %d statements were looked at", seen)
	}
}
