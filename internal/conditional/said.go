package conditional

import (
	"fmt"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
)

// said is a statement in words. In Chinese it is a sentence, not a question with
// its answer: "不是核心数据".
func said(d *fact.Definition, v dataspace.Value) dataspace.Text {
	en, zh := v.String(), v.String()
	switch v.Kind() {
	case dataspace.BoolValue:
		en = "no"
		if v.Bool() {
			en = "yes"
		}
		zh = map[string]string{"no": "否", "yes": "是"}[en]
	case dataspace.ListValue:
		en, zh = strings.Join(v.List(), ", "), strings.Join(v.List(), "、")
	case dataspace.TextValue:
		if words := map[string]string{"no": "否", "yes": "是", "unknown": "未识别", "none": "无"}; inQuestion(d.Ask.ZH, en) != "" {
			zh = inQuestion(d.Ask.ZH, en)
		} else if words[en] != "" {
			zh = words[en]
		}
	}
	out := dataspace.Text{EN: fmt.Sprintf("%s: %s", d.Text.EN, en), ZH: fmt.Sprintf("%s：%s", d.Text.ZH, zh)}
	if en == "yes" || en == "no" {
		if sentence := answered(d.Text.ZH, en == "yes"); sentence != "" {
			out.ZH = sentence
		}
	}
	return out
}

// whether are the beginnings of what follows 是否, with what each becomes when
// the answer is yes and when it is no; the first that fits counts.
var whether = []struct{ after, yes, no string }{
	{"为", "是", "不是"}, {"由", "由", "不是由"}, {"有", "有", "没有"}, {"已", "已", "未"}, {"均", "均", "并非均"}, {"", "", "不"},
}

// answered is the sentence that a yes or a no makes of a Chinese question in
// words (数据是否…); empty if the text does not ask so.
func answered(text string, yes bool) string {
	before, after, ok := strings.Cut(text, "是否")
	if !ok || strings.Contains(after, "是否") {
		return ""
	}
	for _, w := range whether {
		if rest, fits := strings.CutPrefix(after, w.after); fits {
			if yes {
				return before + w.yes + rest
			}
			return before + w.no + rest
		}
	}
	return ""
}

// inQuestion is the Chinese name of a word in the question that asks for it:
// 客户要求（customer）、法律规定（law）. It is empty where the question has none.
func inQuestion(ask, word string) string {
	before, _, ok := strings.Cut(ask, "（"+word+"）")
	if !ok {
		return ""
	}
	for _, sign := range []string{"：", "、", "，", "；", "？", "）", "或者", "还是"} {
		if i := strings.LastIndex(before, sign); i >= 0 {
			before = before[i+len(sign):]
		}
	}
	return strings.TrimSpace(strings.TrimPrefix(before, "的"))
}
