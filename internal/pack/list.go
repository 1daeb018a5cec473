package pack

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"hutong/internal/counted"
	"hutong/internal/dataspace"
	"hutong/internal/item"
	"hutong/internal/itemkind"
	"hutong/internal/variable"
)

// ItemList is the negative list of a pack.
type ItemList struct {
	Items     []item.Item
	byID      map[string]int
	scenarios map[string]bool
	any       bool // whether an item holds in every scenario
	// effective is the first day on which the list gives relief. If it is empty,
	// the day is not known and there is no relief. Prohibitions always hold.
	effective string
}

func NewItemList(items []item.Item, effective string) *ItemList {
	l := &ItemList{Items: items, effective: effective, byID: make(map[string]int, len(items)), scenarios: map[string]bool{}}
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
	items, err := item.Parse(dir+"/"+name, data, p.ItemKinds())
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
func (p *Pack) Items() []item.Item {
	if p.list == nil {
		return nil
	}
	return p.list.Items
}

// Sample reports whether the pack is an example and no law.
func (p *Pack) Sample() bool { return p.doc.Sample }

// The names by which conditions ask about the list, beside list.<kind> for each
// of its kinds: whether an item of that kind is matched.
const (
	listLoaded = iota
	listScenario
	listDemand
	listKinds // the first of the kinds
)

var listNames = []struct {
	name string
	kind *cel.Type
}{
	listLoaded:   {"list.loaded", cel.BoolType},
	listScenario: {"list.scenario", cel.BoolType},
	listDemand:   {"list.demand", cel.StringType},
}

// listFacts are the facts behind each of listNames.
var listFacts = [][]string{
	listLoaded:   nil,
	listScenario: {"scenario"},
	listDemand:   {"scenario", "data.list_items", "data.list_confirmed", "data.list_of", "on"},
	listKinds:    {"scenario", "data.list_items", "data.list_confirmed", "data.list_of"},
}

// listFacts are the facts behind one of listNames. The demand of items depends on
// the counts of people too.
func (p *Pack) listFacts(i int) []string {
	if i == listDemand {
		return append(slices.Clip(listFacts[i]), p.people.Facts()...)
	}
	return listFacts[min(i, listKinds)]
}

// ItemKinds are the kinds of data on the list of the pack: those that it declares,
// or else those of the pack that it overlays, or else those of the program.
func (p *Pack) ItemKinds() itemkind.List {
	switch {
	case len(p.doc.ItemKinds) > 0:
		return p.doc.ItemKinds
	case p.base != nil:
		return p.base.ItemKinds()
	}
	return itemkind.Standard()
}

// itemKinds lets conditions name the kinds.
func (c *compiler) itemKinds() {
	var taken []string
	for i, l := range listNames {
		c.pack.names[l.name] = slot{ListName, i}
		taken = append(taken, strings.TrimPrefix(l.name, "list."))
	}
	if what := c.pack.doc.ItemKinds.Wrong([]string{item.Contract, item.Assessment}, taken); what != "" {
		c.fail("$.item_kinds", "pack.item_kinds", what)
		return
	}
	c.pack.kinds = c.pack.ItemKinds()
	for i, k := range c.pack.kinds {
		c.pack.names["list."+k.ID] = slot{ListName, listKinds + i}
		c.lang.declare("list."+k.ID, cel.BoolType)
	}
}

// People are the classes of people that the thresholds of items count: those of
// the pack, or of the one that it overlays.
func (p *Pack) People() *counted.Split { return &p.people }

// declarePeople finds the classes of People.
func (p *Pack) declarePeople() {
	var classes []dataspace.CountClass
	for _, of := range []*Pack{p, p.base} {
		if of != nil {
			for i := range of.doc.Counts {
				classes = append(classes, of.doc.Counts[i].class())
			}
		}
	}
	p.people = counted.Of(classes, p.facts.Facts())[0]
}

// Identifiers of unknown values of a list, beside those of facts and numbers. An
// item has ItemBase and its index. The others mean that an id is not on the list,
// that no list is loaded, and that the list is not, or not known to be, in force.
const (
	ItemBase   = int64(1 << 20)
	StrangerID = int64(1 << 40)
	NoListID   = StrangerID + 1
	NotYetID   = StrangerID + 2
)

func unknownOf(id int64, name string) *types.Unknown {
	return types.NewUnknown(id, types.NewAttributeTrail(name))
}

func unknownFact(name string) *types.Unknown {
	return unknownOf(int64(variable.Standard().Number(name)), name)
}

// listed is the value of one of listNames.
func (s *Scope) listed(i int) ref.Val {
	if i == listLoaded {
		return types.Bool(s.list != nil)
	}
	if s.list == nil {
		return unknownOf(NoListID, "items")
	}
	if i == listScenario {
		return s.inScenario()
	}
	matched, unknown := s.Matched()
	if i >= listKinds {
		return anyOf(matched, s.pack.kinds[i-listKinds].ID, unknown)
	}
	if on, _ := s.Fact("on").(types.String); s.list.effective == "" || string(on) < s.list.effective {
		return unknownOf(NotYetID, "effective")
	}
	return s.Demand(matched, unknown)
}

// Fact is the value of a standard fact.
func (s *Scope) Fact(name string) ref.Val { return s.facts[variable.Standard().Number(name)] }

func (s *Scope) inScenario() ref.Val {
	if s.list.any {
		return types.True
	}
	if name, ok := s.Fact("scenario").(types.String); ok {
		return types.Bool(s.list.scenarios[string(name)])
	}
	return unknownFact("scenario")
}

// Matched returns the items that a person found in the data. The second result
// is not nil if a person has not confirmed the items, the scenario is not known,
// or the list has no item of such an id in this scenario.
func (s *Scope) Matched() (items []*item.Item, unknown *types.Unknown) {
	if ok, known := s.Fact("data.list_confirmed").(types.Bool); !known || !bool(ok) {
		return nil, unknownFact("data.list_confirmed")
	}
	if of, known := s.Fact("data.list_of").(types.String); known && string(of) != string(s.pack.doc.ID) {
		return nil, unknownFact("data.list_confirmed")
	}
	scenario, known := s.Fact("scenario").(types.String)
	switch {
	case !known && len(s.list.scenarios) > 1, !known && !s.list.any:
		return nil, unknownFact("scenario")
	case known && !s.list.any && !s.list.scenarios[string(scenario)]:
		return nil, unknownFact("scenario")
	}
	for _, id := range Strings(s.Fact("data.list_items")) {
		it := s.list.Find(id, string(scenario))
		if it == nil {
			unknown = types.MergeUnknowns(unknown, unknownOf(StrangerID, "data.list_items"))
			continue
		}
		items = append(items, it)
	}
	return items, unknown
}

// Find returns the item of an id in a scenario; nil if the list has none.
func (l *ItemList) Find(id, scenario string) *item.Item {
	i, ok := l.byID[id]
	if !ok || l.Items[i].Scenario != "" && l.Items[i].Scenario != scenario {
		return nil
	}
	return &l.Items[i]
}

// Strings reads a list of strings; an unknown value gives none.
func Strings(v ref.Val) []string {
	list, _ := v.Value().([]string)
	return list
}

// anyOf reports whether an item of a kind is matched.
func anyOf(matched []*item.Item, kind string, unknown *types.Unknown) ref.Val {
	for _, it := range matched {
		if it.Kind == kind {
			return types.True
		}
	}
	if unknown != nil {
		return unknown
	}
	return types.False
}

// offList is not a pathway of an item, but the demand if no item matches.
const offList = "off_list"

// demandOrder has the demands of items, the mildest first.
var demandOrder = []string{offList, item.Free, item.Contract, item.Assessment}

// Demand is the strictest demand of the matched items. If an assessment is surely
// demanded, unknown items change nothing; otherwise all must be known.
func (s *Scope) Demand(matched []*item.Item, unknown *types.Unknown) ref.Val {
	strictest := 0
	for _, it := range matched {
		v := s.ItemDemand(it)
		if u, ok := v.(*types.Unknown); ok {
			unknown = types.MergeUnknowns(unknown, u)
			continue
		}
		strictest = max(strictest, slices.Index(demandOrder, string(v.(types.String))))
	}
	if unknown != nil && demandOrder[strictest] != item.Assessment {
		return unknown
	}
	return types.String(demandOrder[strictest])
}

// ItemDemand is the demand of one item for the people counted.
func (s *Scope) ItemDemand(it *item.Item) ref.Val {
	self := unknownOf(ItemBase+int64(s.list.byID[it.ID]), "items."+it.ID)
	if !slices.Contains(s.accept, it.Confidence) {
		return self
	}
	if it.Pathway != item.ByCount {
		return types.String(it.Pathway)
	}
	if it.Open() {
		return self
	}
	for _, step := range it.Steps() {
		reached := []ref.Val{
			s.reached(s.pack.people.Rest.Fact, step.People, it.Above, self),
			s.reached(s.pack.people.Class.Fact, step.Sensitive, it.Above, self),
			s.reachedTogether(step.All, it.Above),
		}
		if slices.Contains(reached, ref.Val(types.True)) {
			return types.String(step.Demand)
		}
		var open *types.Unknown
		for _, v := range reached {
			u, _ := v.(*types.Unknown)
			open = types.MergeUnknowns(open, u)
		}
		if open != nil {
			return open
		}
	}
	return types.String(item.Free)
}

// reached reports whether a count of people reaches a threshold. A threshold is
// never less than one, so a count of zero reaches none.
func (s *Scope) reached(count string, t item.Threshold, above bool, self *types.Unknown) ref.Val {
	if t == item.None {
		return types.False
	}
	value := s.facts[s.Number(s.pack.facts.Number(count))]
	n, known := value.(types.Int)
	unknown, _ := value.(*types.Unknown)
	switch {
	case known && n == 0:
		return types.False
	case !known && t == item.Unknown:
		return types.MergeUnknowns(unknown, self)
	case !known:
		return unknown
	case t == item.Unknown:
		return self
	case above:
		return types.Bool(int64(n) > int64(t))
	}
	return types.Bool(int64(n) >= int64(t))
}

// reachedTogether reports whether both counts together reach a threshold. One
// that is known may reach it alone.
func (s *Scope) reachedTogether(t item.Threshold, above bool) ref.Val {
	if t == 0 {
		return types.False
	}
	var sum int64
	var open *types.Unknown
	for _, count := range s.pack.people.Facts() {
		switch v := s.facts[s.Number(s.pack.facts.Number(count))].(type) {
		case types.Int:
			sum += min(max(int64(v), 0), math.MaxInt64-sum)
		case *types.Unknown:
			open = types.MergeUnknowns(open, v)
		}
	}
	if sum > int64(t) || sum == int64(t) && !above {
		return types.True
	}
	if open != nil {
		return open
	}
	return types.False
}

// Steps are the smallest numbers of people of one count with which an item
// demands a pathway, if the other counts stay as they are.
func (s *Scope) Steps(it *item.Item, count string) (out []int64) {
	var others int64
	for _, name := range s.pack.people.Facts() {
		if n, ok := s.facts[s.Number(s.pack.facts.Number(name))].(types.Int); ok && name != count {
			others += int64(n)
		}
	}
	for _, step := range it.Steps() {
		own := step.People
		if count == s.pack.people.Class.Fact {
			own = step.Sensitive
		}
		for _, n := range []int64{int64(own), int64(step.All) - others} {
			switch {
			case n <= 0:
			case it.Above:
				out = append(out, n+1)
			default:
				out = append(out, n)
			}
		}
	}
	return out
}
