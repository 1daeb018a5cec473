package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hutong/internal/dataspace"
)

// text measures whether names of persons are found in running text. A text
// counts as found if the profile of a column that holds it alone says that it
// contains a name.
func text(ctx context.Context, b *bench, r *report) error {
	texts, there, err := presidioTexts(b, r)
	if err != nil {
		return err
	}
	if there {
		var list []noted
		for _, t := range texts {
			person := false
			for _, s := range t.Spans {
				person = person || s.Type == "PERSON"
			}
			list = append(list, noted{t.Text, person})
		}
		if err := b.names(ctx, r, "English", list); err != nil {
			return err
		}
	}
	r.generated("%d Chinese texts, half of them with a name", 2*len(frames)*textsOfFrame)
	return b.names(ctx, r, "Chinese", framed())
}

// noted is a text, and whether it names a person.
type noted struct {
	text string
	name bool
}

// frames are sentences with a place for a name or for a word that is none.
var frames = strings.Split(strings.TrimSpace(`
请尽快联系X确认收货时间，电话无人接听。
客户X反映包装破损，要求退款处理。
今天上午X来店取走了预订的商品。
患者X，因头痛三天入院，既往体健。
X已于昨日签收，放在门卫处。
经核实，X并未提交该申请材料。
会议由X主持，相关部门参加。
麻烦把快递交给X，谢谢。
收到X的来信，内容已转交法务部。
本单由X经办，如有问题请与其联系。
X说下周三之前可以付清尾款。
据X介绍，设备故障是由进水引起的。`), "\n")

const textsOfFrame = 10

// framed puts names into one half of the texts, and other words into the other.
func framed() (out []noted) {
	m := newMaker("text", 0)
	nobody := []string{"物业", "前台", "厂家", "邻居", "仓库", "店长", "财务部", "供应商", "客服中心", "医院", "高先", "马上", "常年", "方便", "白天"}
	for _, f := range frames {
		for range textsOfFrame {
			out = append(out, noted{strings.Replace(f, "X", m.nameZH(), 1), true}, noted{strings.Replace(f, "X", m.one(nobody...), 1), false})
		}
	}
	return out
}

func (b *bench) names(ctx context.Context, r *report, language string, list []noted) error {
	right, said, named := 0, 0, 0
	for _, t := range list {
		cs, err := b.columns(ctx, []column{{name: "text", values: []string{t.text}}})
		if err != nil {
			return err
		}
		found := slices.ContainsFunc(cs[0].Contains, func(in dataspace.Contained) bool {
			return in.Element == "person_name_zh" || in.Element == "person_name_latin"
		})
		if found {
			said++
		}
		if t.name {
			named++
			if found {
				right++
			}
		}
	}
	if said == 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("names in %s text: not there, the profile names none", language))
	}
	f1 := 0.0
	if right > 0 {
		p, c := share(right, said), share(right, named)
		f1 = 2 * p * c / (p + c)
	}
	r.atLeast(.8, "names of persons, texts in "+language+", F1", f1, fmt.Sprintf("%d texts with a name, %d said, %d right", named, said, right))
	return nil
}
