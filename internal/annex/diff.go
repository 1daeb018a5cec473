package annex

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/item"
	"hutong/internal/itemkind"
)

// Change is one difference between two versions of a list, in words.
type Change struct {
	Item string         `json:"item"`
	Kind string         `json:"kind"` // added, removed, changed
	Text dataspace.Text `json:"text"`
}

// Diff says what a new version of a list changes, and for whom: first what was
// removed, then what changed, then what was added. The kinds are those of the new
// version.
func Diff(old, now []item.Item, kinds itemkind.List) []Change {
	before, after := index(old), index(now)
	var out []Change
	for i := range old {
		it := &old[i]
		if after[it.ID] == nil {
			out = append(out, Change{it.ID, "removed", dataspace.Text{
				EN: fmt.Sprintf("%s no longer on the list: data of it may leave freely in a listed scenario", label(it)),
				ZH: fmt.Sprintf("%s 不再列入清单", label(it)),
			}})
		}
	}
	for i := range now {
		if was := before[now[i].ID]; was != nil {
			if t, changed := changes(was, &now[i], kinds); changed {
				out = append(out, Change{now[i].ID, "changed", t})
			}
		}
	}
	for i := range now {
		it := &now[i]
		if before[it.ID] == nil {
			d := demandText(it)
			out = append(out, Change{it.ID, "added", dataspace.Text{
				EN: fmt.Sprintf("%s newly on the list: %s", label(it), d.EN), ZH: fmt.Sprintf("%s 新列入清单：%s", label(it), d.ZH),
			}})
		}
	}
	return out
}

func index(items []item.Item) map[string]*item.Item {
	m := make(map[string]*item.Item, len(items))
	for i := range items {
		m[items[i].ID] = &items[i]
	}
	return m
}

func label(it *item.Item) string {
	parts := slices.DeleteFunc([]string{it.Scenario, it.Subcategory, it.Name.ZH}, func(s string) bool { return s == "" })
	return it.ID + " (" + strings.Join(parts, " / ") + ")"
}

func changes(was, now *item.Item, kinds itemkind.List) (dataspace.Text, bool) {
	var en, zh []string
	if was.Kind != now.Kind {
		en = append(en, fmt.Sprintf("now %s data, was %s", now.Kind, was.Kind))
		zh = append(zh, fmt.Sprintf("数据类型由%s改为%s", kindText(was.Kind, kinds), kindText(now.Kind, kinds)))
	}
	if a, b := demandText(was), demandText(now); a != b {
		en, zh = append(en, fmt.Sprintf("now %s; was %s", b.EN, a.EN)), append(zh, fmt.Sprintf("由“%s”改为“%s”", a.ZH, b.ZH))
	}
	if was.Scenario != now.Scenario || was.Subcategory != now.Subcategory || was.Sector != now.Sector || was.Name != now.Name {
		en, zh = append(en, "was called "+label(was)), append(zh, "原为 "+label(was))
	}
	if was.Description != now.Description {
		en, zh = append(en, "described otherwise"), append(zh, "说明有变化")
	}
	return dataspace.Text{EN: label(now) + ": " + strings.Join(en, "; "), ZH: label(now) + "：" + strings.Join(zh, "；")}, len(en) > 0
}

// kindText is a kind in Chinese; one that the pack no longer declares, its id.
func kindText(id string, kinds itemkind.List) string {
	if k, ok := kinds.Lookup(id); ok {
		return k.Text.ZH
	}
	return id
}

// demandText says what an item requires.
func demandText(it *item.Item) dataspace.Text {
	switch it.Pathway {
	case "free":
		return dataspace.Text{EN: "free", ZH: "自由流动"}
	case "security_assessment":
		return dataspace.Text{EN: "security assessment", ZH: "安全评估"}
	case "contract_or_certification":
		return dataspace.Text{EN: "standard contract or certification", ZH: "标准合同或者认证"}
	}
	if it.Open() {
		return dataspace.Text{EN: "by a number of people that is not known", ZH: "人数标准未知"}
	}
	from, von := "from %s people%s", "%s人以上%s（%s）"
	if it.Above {
		from, von = "above %s people%s", "超过%s人%s（%s）"
	}
	var en, zh []string
	for _, step := range it.Steps() {
		what := map[string]dataspace.Text{
			item.Assessment: {EN: "assessment", ZH: "安全评估"}, item.Contract: {EN: "contract or certification", ZH: "标准合同或者认证"},
		}[step.Demand]
		for _, c := range []struct {
			at  item.Threshold
			who dataspace.Text
		}{
			{step.People, dataspace.Text{ZH: "不含敏感个人信息"}},
			{step.Sensitive, dataspace.Text{EN: " with sensitive data", ZH: "敏感个人信息"}},
			{cmp.Or(step.All, item.None), dataspace.Text{EN: ", those with sensitive data included", ZH: "含敏感个人信息"}},
		} {
			switch {
			case c.at > 0:
				en, zh = append(en, fmt.Sprintf("%s "+from, what.EN, c.at, c.who.EN)), append(zh, fmt.Sprintf(von, c.at, what.ZH, c.who.ZH))
			case c.at == item.Unknown:
				en, zh = append(en, fmt.Sprintf("%s from a number of people%s that is not known", what.EN, c.who.EN)), append(zh, fmt.Sprintf("%s的人数标准（%s）未知", what.ZH, c.who.ZH))
			}
		}
	}
	if len(en) == 0 {
		return dataspace.Text{EN: "nothing, whatever the number of people", ZH: "不限人数"}
	}
	return dataspace.Text{EN: strings.Join(en, ", "), ZH: strings.Join(zh, "，")}
}
