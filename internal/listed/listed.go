// Package listed puts into words what a decision rests on in a negative list, and
// what of the list is not known.
package listed

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/common/types"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
)

// Missing names the value of a list that a rule needs and that is not known, by its
// number. Accepted are the tags of sources by which is decided.
func Missing(s *pack.Scope, r *pack.Rule, id int64, accepted []dataspace.Confidence, out map[string]dataspace.Missing) {
	from := string(r.Pack.ID())
	add := func(name string, m dataspace.Missing) {
		m.Fact = from + "#" + name
		out[m.Fact] = m
	}
	switch {
	case id == pack.NoListID:
		add("items", dataspace.Missing{Why: dataspace.Text{EN: "the items of the list are not loaded", ZH: "负面清单数据项未载入"}})
	case id == pack.NotYetID:
		add("effective", dataspace.Missing{Why: dataspace.Text{
			EN: "the list is not in force on this day, or the day on which it took effect is not known",
			ZH: "清单在该日尚未施行，或者施行日期不明",
		}})
	case id == pack.StrangerID:
		scenario, _ := s.Fact("scenario").(types.String)
		for _, name := range pack.Strings(s.Fact("data.list_items")) {
			if s.List() != nil && s.List().Find(name, string(scenario)) == nil {
				add("item:"+name, dataspace.Missing{Why: dataspace.Text{
					EN: fmt.Sprintf("the list has no item %s in this scenario", name),
					ZH: fmt.Sprintf("该场景下清单中没有数据项%s", name),
				}})
			}
		}
	case s.List() != nil:
		it := &s.List().Items[id-pack.ItemBase]
		why := dataspace.Text{
			EN: fmt.Sprintf("a threshold of item %s %s is not known", it.ID, it.DisplayName().EN),
			ZH: fmt.Sprintf("数据项%s“%s”的阈值未知", it.ID, it.Name.ZH),
		}
		if !slices.Contains(accepted, it.Confidence) {
			why = dataspace.Text{
				EN: fmt.Sprintf("item %s has the confidence %s, which the facts do not accept", it.ID, it.Confidence),
				ZH: fmt.Sprintf("数据项%s：可信程度为“%s”，不在可接受范围内", it.ID, it.Confidence.Words().ZH),
			}
		}
		add("item:"+it.ID, dataspace.Missing{Why: why, Where: it.Source})
	}
}

// maxNamed is the largest number of items in a reason.
const maxNamed = 5

// Text adds the decisive items to a reason's text: those with the demand of the
// whole list, or with an unknown demand.
func Text(s *pack.Scope, t dataspace.Text) dataspace.Text {
	if s.List() == nil {
		return t
	}
	matched, unknown := s.Matched()
	demand, known := s.Demand(matched, unknown).(types.String)
	var en, zh []string
	more := 0
	for _, it := range matched {
		if own, ok := s.ItemDemand(it).(types.String); ok && known && own != demand {
			continue
		}
		if len(en) == maxNamed {
			more++
			continue
		}
		en = append(en, fmt.Sprintf("%s %s (%s, %s)", it.ID, it.DisplayName().EN, it.Article, it.Source))
		zh = append(zh, fmt.Sprintf("%s %s（%s，%s）", it.ID, it.Name.ZH, it.Article, it.Source))
	}
	if len(en) == 0 {
		return t
	}
	if more > 0 {
		en, zh = append(en, fmt.Sprintf("%d more", more)), append(zh, fmt.Sprintf("另有%d项", more))
	}
	return dataspace.Text{
		EN: t.EN + " Items: " + strings.Join(en, "; ") + ".",
		ZH: t.ZH + "数据项：" + strings.Join(zh, "；") + "。",
	}
}
