package rules

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"hutong/internal/dataspace"
)

// itemList is the negative list of a pack.
type ItemList struct {
	items     []Item
	byID      map[string]int
	scenarios map[string]bool
	any       bool // some item holds in any scenario
	// effective is the first day on which the list relieves; empty: not known,
	// and then it relieves nobody. What it forbids it forbids at once.
	effective string
}

func NewItemList(items []Item, effective string) *ItemList {
	l := &ItemList{items: items, effective: effective, byID: make(map[string]int, len(items)), scenarios: map[string]bool{}}
	for i := range items {
		l.byID[items[i].ID] = i
		l.scenarios[items[i].Scenario] = true
	}
	l.any = l.scenarios[""]
	return l
}

// loadItems reads the items that the pack names.
func (p *Pack) loadItems(dir string, files map[string][]byte) error {
	name := p.doc.Items
	if name == "" {
		return nil
	}
	data, ok := files[name]
	if !ok {
		return problem("pack.items", dir, fmt.Sprintf("items file %q is not in the pack's folder", name), nil)
	}
	items, err := ParseItems(dir+"/"+name, data)
	if err != nil {
		return err
	}
	effective := ""
	if p.doc.Effective != nil {
		effective = *p.doc.Effective
	}
	p.list = NewItemList(items, effective)
	return nil
}

// Items are the lines of the pack's negative list; nil when none is loaded.
// They must not be changed.
func (p *Pack) Items() []Item {
	if p.list == nil {
		return nil
	}
	return p.list.items
}

// Sample reports whether the pack shows a form and is no law.
func (p *Pack) Sample() bool { return p.doc.Sample }

// The names by which conditions ask about the list.
const (
	listLoaded = iota
	listScenario
	listDemand
	listImportant
)

var listNames = []struct {
	name string
	kind *cel.Type
}{
	listLoaded:    {"list.loaded", cel.BoolType},
	listScenario:  {"list.scenario", cel.BoolType},
	listDemand:    {"list.demand", cel.StringType},
	listImportant: {"list.important", cel.BoolType},
}

// listFacts are the facts behind each of listNames.
var listFacts = [][]string{
	listLoaded:    nil,
	listScenario:  {"scenario"},
	listDemand:    {"scenario", "data.list_items", "data.list_confirmed", "data.list_of", "counts.non_sensitive", "counts.sensitive", "on"},
	listImportant: {"scenario", "data.list_items", "data.list_confirmed", "data.list_of"},
}

// Identifiers of what is unknown about a list, beside those of facts and
// numbers: an item by its index, that an id is not on the list, that no list
// is loaded, that the list is not in force, or nobody knows since when.
const (
	itemBase   = int64(1 << 20)
	strangerID = int64(1 << 40)
	noListID   = strangerID + 1
	notYetID   = strangerID + 2
)

func unknownOf(id int64, name string) *types.Unknown {
	return types.NewUnknown(id, types.NewAttributeTrail(name))
}

func unknownFact(name string) *types.Unknown {
	return unknownOf(int64(variableIndex[name]), name)
}

// listed is the value of one of listNames.
func (s *scope) listed(i int) ref.Val {
	if i == listLoaded {
		return types.Bool(s.list != nil)
	}
	if s.list == nil {
		return unknownOf(noListID, "items")
	}
	if i == listScenario {
		return s.inScenario()
	}
	matched, unknown := s.matched()
	if i == listImportant {
		return anyImportant(matched, unknown)
	}
	if on, _ := s.fact("on").(types.String); s.list.effective == "" || string(on) < s.list.effective {
		return unknownOf(notYetID, "effective")
	}
	return s.demand(matched, unknown)
}

func (s *scope) fact(name string) ref.Val { return s.facts[variableIndex[name]] }

func (s *scope) inScenario() ref.Val {
	if s.list.any {
		return types.True
	}
	if name, ok := s.fact("scenario").(types.String); ok {
		return types.Bool(s.list.scenarios[string(name)])
	}
	return unknownFact("scenario")
}

// matched are the items that a person found in the data, and what is not known
// about that: without a person's word, or with an id that the list does not
// have in this scenario, there is something.
func (s *scope) matched() (items []*Item, unknown *types.Unknown) {
	if ok, known := s.fact("data.list_confirmed").(types.Bool); !known || !bool(ok) {
		return nil, unknownFact("data.list_confirmed")
	}
	if of, known := s.fact("data.list_of").(types.String); known && string(of) != string(s.pack.doc.ID) {
		return nil, unknownFact("data.list_confirmed")
	}
	scenario, known := s.fact("scenario").(types.String)
	switch {
	case !known && len(s.list.scenarios) > 1, !known && !s.list.any:
		return nil, unknownFact("scenario")
	case known && !s.list.any && !s.list.scenarios[string(scenario)]:
		return nil, unknownFact("scenario")
	}
	for _, id := range stringsOf(s.fact("data.list_items")) {
		it := s.list.find(id, string(scenario))
		if it == nil {
			unknown = types.MergeUnknowns(unknown, unknownOf(strangerID, "data.list_items"))
			continue
		}
		items = append(items, it)
	}
	return items, unknown
}

// find is the item of an id in a scenario; nil when the list has none.
func (l *ItemList) find(id, scenario string) *Item {
	i, ok := l.byID[id]
	if !ok || l.items[i].Scenario != "" && l.items[i].Scenario != scenario {
		return nil
	}
	return &l.items[i]
}

// stringsOf reads a list of strings; what is unknown has none.
func stringsOf(v ref.Val) []string {
	list, _ := v.Value().([]string)
	return list
}

func anyImportant(matched []*Item, unknown *types.Unknown) ref.Val {
	for _, it := range matched {
		if it.Kind == ImportantItem {
			return types.True
		}
	}
	if unknown != nil {
		return unknown
	}
	return types.False
}

// demandOrder is the order of strictness of what items demand.
var demandOrder = []string{offList, itemFree, itemContract, itemAssessment}

// demand is the strictest over the matched items. An assessment that is surely
// demanded needs nothing more; anything milder needs all to be known.
func (s *scope) demand(matched []*Item, unknown *types.Unknown) ref.Val {
	strictest := 0
	for _, it := range matched {
		v := s.itemDemand(it)
		if u, ok := v.(*types.Unknown); ok {
			unknown = types.MergeUnknowns(unknown, u)
			continue
		}
		strictest = max(strictest, slices.Index(demandOrder, string(v.(types.String))))
	}
	if unknown != nil && demandOrder[strictest] != itemAssessment {
		return unknown
	}
	return types.String(demandOrder[strictest])
}

// itemDemand is what one item demands of the people counted.
func (s *scope) itemDemand(it *Item) ref.Val {
	self := unknownOf(itemBase+int64(s.list.byID[it.ID]), "items."+it.ID)
	if !slices.Contains(s.accept, it.Confidence) {
		return self
	}
	if it.Pathway != itemByCount {
		return types.String(it.Pathway)
	}
	if it.AssessmentPeople == 0 && it.AssessmentSensitive == 0 && it.ContractPeople == 0 && it.ContractSensitive == 0 {
		return self
	}
	for _, step := range []struct {
		people, sensitive Threshold
		demand            string
	}{
		{it.AssessmentPeople, it.AssessmentSensitive, itemAssessment},
		{it.ContractPeople, it.ContractSensitive, itemContract},
	} {
		a := s.reached("counts.non_sensitive", step.people, it.Above, self)
		b := s.reached("counts.sensitive", step.sensitive, it.Above, self)
		if a == types.True || b == types.True {
			return types.String(step.demand)
		}
		au, _ := a.(*types.Unknown)
		bu, _ := b.(*types.Unknown)
		if u := types.MergeUnknowns(au, bu); u != nil {
			return u
		}
	}
	return types.String(itemFree)
}

// reached reports whether so many people demand something. Nobody reaches no
// threshold, and a threshold is never less than one.
func (s *scope) reached(count string, t Threshold, above bool, self *types.Unknown) ref.Val {
	if t == NoThreshold {
		return types.False
	}
	n, known := s.fact(count).(types.Int)
	switch {
	case known && n == 0:
		return types.False
	case !known && t == UnknownThreshold:
		return types.MergeUnknowns(unknownFact(count), self)
	case !known:
		return unknownFact(count)
	case t == UnknownThreshold:
		return self
	case above:
		return types.Bool(int64(n) > int64(t))
	}
	return types.Bool(int64(n) >= int64(t))
}

// listMissing names what is unknown about the list.
func (e *evaluation) listMissing(r *Rule, id int64, out map[string]dataspace.Missing) {
	s := e.scopeOf(r.Pack)
	pack := string(r.Pack.doc.ID)
	add := func(name string, m dataspace.Missing) {
		m.Fact = pack + "#" + name
		out[m.Fact] = m
	}
	switch {
	case id == noListID:
		add("items", dataspace.Missing{Why: dataspace.Text{EN: "the items of the list are not loaded", ZH: "负面清单数据项未载入"}})
	case id == notYetID:
		add("effective", dataspace.Missing{Why: dataspace.Text{
			EN: "the list is not in force on this day, or the day on which it took effect is not known",
			ZH: "清单在该日尚未施行，或者施行日期不明",
		}})
	case id == strangerID:
		scenario, _ := s.fact("scenario").(types.String)
		for _, name := range stringsOf(s.fact("data.list_items")) {
			if s.list != nil && s.list.find(name, string(scenario)) == nil {
				add("item:"+name, dataspace.Missing{Why: dataspace.Text{
					EN: fmt.Sprintf("the list has no item %s in this scenario", name),
					ZH: fmt.Sprintf("该场景下清单中没有数据项%s", name),
				}})
			}
		}
	case s.list != nil:
		it := &s.list.items[id-itemBase]
		why := dataspace.Text{
			EN: fmt.Sprintf("a threshold of item %s %s is not known", it.ID, it.name().EN),
			ZH: fmt.Sprintf("数据项%s“%s”的阈值未知", it.ID, it.Name.ZH),
		}
		if !slices.Contains(e.accept, it.Confidence) {
			why = dataspace.Text{
				EN: fmt.Sprintf("item %s is known with confidence %s only, which the facts do not accept", it.ID, it.Confidence),
				ZH: fmt.Sprintf("数据项%s的可信度仅为%s，不在可接受范围内", it.ID, it.Confidence),
			}
		}
		add("item:"+it.ID, dataspace.Missing{Why: why, Where: it.Source})
	}
}

func (it *Item) name() dataspace.Text {
	n := it.Name
	if n.EN == "" {
		n.EN = n.ZH
	}
	return n
}

// maxNamed is how many items a reason names.
const maxNamed = 5

// withItems adds to a reason's text the items that decide it: those that
// demand what is demanded in all, or whose demand is not known.
func (e *evaluation) withItems(r *Rule, t dataspace.Text) dataspace.Text {
	if !r.asksList {
		return t
	}
	s := e.scopeOf(r.Pack)
	if s.list == nil {
		return t
	}
	matched, unknown := s.matched()
	demand, known := s.demand(matched, unknown).(types.String)
	var en, zh []string
	more := 0
	for _, it := range matched {
		if own, ok := s.itemDemand(it).(types.String); ok && known && own != demand {
			continue
		}
		if len(en) == maxNamed {
			more++
			continue
		}
		en = append(en, fmt.Sprintf("%s %s (%s, %s)", it.ID, it.name().EN, it.Article, it.Source))
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

// listBounds are the counts just below which a matched item demands less.
func (e *evaluation) listBounds(at int, name string, now int64) (below []int64) {
	s := &e.scopes[at]
	if s.list == nil {
		return nil
	}
	matched, _ := s.matched()
	for _, it := range matched {
		steps := []Threshold{it.AssessmentPeople, it.ContractPeople}
		if name == "counts.sensitive" {
			steps = []Threshold{it.AssessmentSensitive, it.ContractSensitive}
		}
		for _, t := range steps {
			n := int64(t) - 1
			if it.Above {
				n++
			}
			if t > 0 && n < now {
				below = append(below, n)
			}
		}
	}
	return below
}

func (e *evaluation) scopeOf(p *Pack) *scope {
	for i, other := range e.set.packs {
		if other == p {
			return &e.scopes[i]
		}
	}
	return &scope{pack: p, facts: e.values, accept: e.accept}
}
