package counted_test

import (
	"slices"
	"strings"
	"testing"

	"hutong/internal/counted"
	"hutong/internal/dataspace"
	"hutong/internal/fact"
)

// id is a pack that declares facts.
const id = dataspace.PackID("xx/act")

// table is the standard one with counts of a pack.
func table(t *testing.T) *fact.Table {
	t.Helper()
	words := dataspace.Text{EN: "how many?", ZH: "多少？"}
	var list []fact.Definition
	for _, name := range []string{"health", "others", "sick", "young"} {
		list = append(list, fact.Definition{Name: fact.Prefix(id) + "counts." + name, Type: fact.Int, By: []fact.Source{fact.Gateway}, Text: words, Ask: words})
	}
	out, err := fact.Standard().With(id, string(id), list)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func class(name, count string, of dataspace.CountOf, text ...string) dataspace.CountClass {
	c := dataspace.CountClass{ID: name, Fact: count, Of: of}
	if len(text) > 0 {
		c.Text = dataspace.Text{EN: text[0], ZH: text[1]}
	}
	return c
}

// standard are classes of the facts of the standard table, as a law declares them.
func standard(of dataspace.CountOf, young ...dataspace.CountClass) []dataspace.CountClass {
	return append([]dataspace.CountClass{
		class("rest", "counts.non_sensitive", dataspace.CountOf{RestOf: []string{"sensitive"}}),
		class("sensitive", "counts.sensitive", of),
	}, young...)
}

// own are classes of the facts of the pack.
func own(of dataspace.CountOf, more ...dataspace.CountClass) []dataspace.CountClass {
	return append([]dataspace.CountClass{
		class("health", "xx_act.counts.health", of),
		class("others", "xx_act.counts.others", dataspace.CountOf{RestOf: []string{"health"}}),
	}, more...)
}

// facts are those of a flow of elements, with numbers of people by their facts.
func facts(counts map[string]int64, elements ...string) *dataspace.Facts {
	var f dataspace.Facts
	for name, n := range counts {
		f.Known.Set(name, dataspace.IntOf(n))
	}
	if elements != nil {
		f.Known.Set(dataspace.FactElements, dataspace.ListOf(elements...))
	}
	return &f
}

// TestOf: a split is a class of sensitive data and its rest; a law that declares
// none is bound by those of the table of facts.
func TestOf(t *testing.T) {
	sick := class("sick", "xx_act.counts.sick", dataspace.CountOf{Elements: []dataspace.ElementID{"email"}})
	for name, tt := range map[string]struct {
		classes     []dataspace.CountClass
		facts, sums []string
	}{
		"of the pack":          {own(dataspace.CountOf{Sensitive: "strictest"}), []string{"xx_act.counts.others", "xx_act.counts.health"}, []string{"xx_act.counts.others", "xx_act.counts.health"}},
		"of no pack":           {nil, []string{"counts.non_sensitive", "counts.sensitive"}, []string{"counts.non_sensitive", "counts.sensitive"}},
		"nobody is sensitive":  {[]dataspace.CountClass{sick, class("others", "xx_act.counts.others", dataspace.CountOf{RestOf: []string{"sick"}})}, []string{"counts.non_sensitive", "counts.sensitive"}, []string{"counts.non_sensitive", "counts.sensitive"}},
		"the rest of more":     {append([]dataspace.CountClass{sick}, class("health", "xx_act.counts.health", dataspace.CountOf{Sensitive: "strictest"}), class("others", "xx_act.counts.others", dataspace.CountOf{RestOf: []string{"sick", "health"}})), []string{"xx_act.counts.others", "xx_act.counts.health"}, []string{"xx_act.counts.others", "xx_act.counts.health", "xx_act.counts.sick"}},
		"a fact of no table":   {append(own(dataspace.CountOf{Sensitive: "strictest"})[1:], class("health", "yy.counts.health", dataspace.CountOf{Sensitive: "strictest"})), []string{"counts.non_sensitive", "counts.sensitive"}, []string{"counts.non_sensitive", "counts.sensitive"}},
		"a class without rest": {own(dataspace.CountOf{Sensitive: "strictest"})[:1], []string{"counts.non_sensitive", "counts.sensitive"}, []string{"counts.non_sensitive", "counts.sensitive"}},
	} {
		got := counted.Of(tt.classes, table(t))
		if len(got) != 1 || !slices.Equal(got[0].Facts(), tt.facts) || !slices.Equal(got[0].Looks(), tt.sums) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestExceeds: a limit is one of the sum, and what is not known leaves it open
// unless what is known is too much already.
func TestExceeds(t *testing.T) {
	const rest, health, sensitive, young = "xx_act.counts.others", "xx_act.counts.health", "counts.sensitive", "counts.under_14"
	mine, theirs := own(dataspace.CountOf{Sensitive: "strictest"}), standard(dataspace.CountOf{Sensitive: "configured", Below: 14})
	for name, tt := range map[string]struct {
		classes     []dataspace.CountClass
		counts      map[string]int64
		most        int64
		more, known bool
	}{
		"just enough":         {mine, map[string]int64{rest: 3, health: 4}, 7, false, true},
		"one too many":        {mine, map[string]int64{rest: 3, health: 4}, 6, true, true},
		"the rest alone":      {mine, map[string]int64{rest: 7, health: 0}, 6, true, true},
		"the class alone":     {mine, map[string]int64{rest: 0, health: 7}, 6, true, true},
		"the rest not known":  {mine, map[string]int64{health: 4}, 6, false, false},
		"the class not known": {mine, map[string]int64{rest: 3}, 6, false, false},
		"too many already":    {mine, map[string]int64{rest: 8}, 6, true, false},
		"nothing known":       {mine, nil, 6, false, false},
		"of another law":      {mine, map[string]int64{"counts.non_sensitive": 1, sensitive: 1}, 6, false, false},
		"never below another": {theirs, map[string]int64{"counts.non_sensitive": 1, sensitive: 1, young: 6}, 6, true, true},
	} {
		if more, known := counted.Of(tt.classes, table(t))[0].Exceeds(facts(tt.counts), tt.most); more != tt.more || known != tt.known {
			t.Errorf("%s: %t, %t, want %t, %t", name, more, known, tt.more, tt.known)
		}
	}
}

// TestAssumed: what is left out empties a class only if none of it can be
// sensitive and nobody is in the class by age; the words are those of the law.
func TestAssumed(t *testing.T) {
	sensitive := map[dataspace.ElementID]bool{"health_record": true}
	young := func(of dataspace.CountOf) dataspace.CountClass {
		return class("young", "counts.under_14", of, "below sixteen", "不满十六周岁")
	}
	const head, headZH = "; nothing sensitive is left, and its people count as others, if no other flow of the year held sensitive data of theirs",
		"；本次即不含敏感个人信息，相关个人改计为非敏感（以当年其他出境未含其敏感个人信息为前提）"
	strict := dataspace.CountOf{Sensitive: "strictest", Below: 16}
	ours := class("young", "xx_act.counts.young", dataspace.CountOf{Below: 16}, "under 16", "不满十六周岁")
	lately := own(strict, ours)
	for i := range lately {
		lately[i].Months = 3
	}
	for name, tt := range map[string]struct {
		classes []dataspace.CountClass
		f       *dataspace.Facts
		gone    []dataspace.ElementID
		want    dataspace.Text
	}{
		"of the law":     {standard(strict, young(dataspace.CountOf{Below: 16})), facts(map[string]int64{"counts.sensitive": 3}, "email", "health_record"), []dataspace.ElementID{"health_record"}, dataspace.Text{EN: head + " and none of them is below sixteen", ZH: headZH + "，且不含不满十六周岁的人"}},
		"no age":         {standard(strict, young(dataspace.CountOf{Elements: []dataspace.ElementID{"email"}})), facts(map[string]int64{"counts.sensitive": 3}, "email", "health_record"), []dataspace.ElementID{"health_record"}, dataspace.Text{EN: head + " and none of them is among: below sixteen", ZH: headZH + "，且不含以下人员：不满十六周岁"}},
		"no class":       {nil, facts(map[string]int64{"counts.sensitive": 3}, "email", "health_record"), []dataspace.ElementID{"health_record"}, dataspace.Text{EN: head + ` and the answer is 0 to "How many children under 14 are among them?"`, ZH: headZH + "，且对“其中不满十四周岁未成年人有多少？”的回答为0"}},
		"own facts":      {own(strict, ours), facts(map[string]int64{"xx_act.counts.health": 3}, "email", "health_record"), []dataspace.ElementID{"health_record"}, dataspace.Text{EN: head + " and none of them is under 16", ZH: headZH + "，且不含不满十六周岁的人"}},
		"no children":    {own(strict, ours), facts(map[string]int64{"xx_act.counts.health": 3, "xx_act.counts.young": 0}, "email", "health_record"), []dataspace.ElementID{"health_record"}, dataspace.Text{EN: head, ZH: headZH}},
		"some":           {own(strict, ours), facts(map[string]int64{"xx_act.counts.health": 3, "xx_act.counts.young": 1}, "email", "health_record"), []dataspace.ElementID{"health_record"}, dataspace.Text{}},
		"not counted":    {own(strict), facts(map[string]int64{"xx_act.counts.health": 3}, "email", "health_record"), []dataspace.ElementID{"health_record"}, dataspace.Text{EN: head + " and none of them is below the age of 16", ZH: headZH + "，且不含不满16周岁的人"}},
		"no such people": {own(dataspace.CountOf{Sensitive: "strictest"}), facts(map[string]int64{"xx_act.counts.health": 3}, "email", "health_record"), []dataspace.ElementID{"health_record"}, dataspace.Text{EN: head, ZH: headZH}},
		"a window that rolls": {lately, facts(map[string]int64{"xx_act.counts.health": 3, "xx_act.counts.young": 0}, "email", "health_record"), []dataspace.ElementID{"health_record"},
			dataspace.Text{EN: "; nothing sensitive is left, and its people count as others, if no other flow of the last 3 months held sensitive data of theirs", ZH: "；本次即不含敏感个人信息，相关个人改计为非敏感（以前3个月内其他出境未含其敏感个人信息为前提）"}},
		"another element":         {own(strict), facts(map[string]int64{"xx_act.counts.health": 3}, "email", "health_record"), []dataspace.ElementID{"email"}, dataspace.Text{}},
		"nobody in the class":     {own(strict), facts(map[string]int64{"xx_act.counts.health": 0}, "email", "health_record"), []dataspace.ElementID{"health_record"}, dataspace.Text{}},
		"an element of the class": {own(dataspace.CountOf{Sensitive: "strictest", Elements: []dataspace.ElementID{"email"}}), facts(map[string]int64{"xx_act.counts.health": 3}, "email", "health_record"), []dataspace.ElementID{"health_record"}, dataspace.Text{}},
		"facts of another law":    {own(strict), facts(map[string]int64{"counts.sensitive": 3}, "email", "health_record"), []dataspace.ElementID{"health_record"}, dataspace.Text{}},
	} {
		if got := counted.Assumed(counted.Of(tt.classes, table(t)), tt.f, tt.gone, sensitive); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
		if got := counted.Assumed(counted.Of(tt.classes, table(t)), tt.f, tt.gone, nil); got != (dataspace.Text{}) {
			t.Errorf("%s: nothing is known of sensitive elements, and it says %q", name, got)
		}
	}
}

// TestWithout: the people of a class that is emptied count among the rest, where
// these are known.
func TestWithout(t *testing.T) {
	laws := counted.Join(counted.Of(own(dataspace.CountOf{Sensitive: "strictest"}), table(t)), counted.Of(nil, table(t)))
	sensitive := map[dataspace.ElementID]bool{"health_record": true}
	for name, tt := range map[string]struct {
		counts map[string]int64
		gone   dataspace.ElementID
		want   map[string]int64
	}{
		"they move":           {map[string]int64{"xx_act.counts.others": 5, "xx_act.counts.health": 3}, "health_record", map[string]int64{"xx_act.counts.others": 8, "xx_act.counts.health": 0}},
		"by two laws":         {map[string]int64{"xx_act.counts.others": 5, "xx_act.counts.health": 3, "counts.non_sensitive": 1, "counts.sensitive": 2}, "health_record", map[string]int64{"xx_act.counts.others": 8, "xx_act.counts.health": 0, "counts.non_sensitive": 3, "counts.sensitive": 0}},
		"the rest not known":  {map[string]int64{"xx_act.counts.health": 3}, "health_record", map[string]int64{"xx_act.counts.health": 0}},
		"another element":     {map[string]int64{"xx_act.counts.others": 5, "xx_act.counts.health": 3}, "email", map[string]int64{"xx_act.counts.others": 5, "xx_act.counts.health": 3}},
		"the class not known": {map[string]int64{"xx_act.counts.others": 5}, "health_record", map[string]int64{"xx_act.counts.others": 5}},
	} {
		f := facts(tt.counts, "email", "health_record")
		counted.Without(laws, f, []dataspace.ElementID{tt.gone}, sensitive)
		left := f.Known.List(dataspace.FactElements)
		if len(left) != 1 || left[0] == string(tt.gone) {
			t.Errorf("%s: %q leave", name, left)
		}
		for _, count := range []string{"xx_act.counts.others", "xx_act.counts.health", "counts.non_sensitive", "counts.sensitive"} {
			n, known := f.Known.Int(count)
			if want, ok := tt.want[count]; n != want || known != ok {
				t.Errorf("%s: %s is %d (%t), want %d (%t)", name, count, n, known, want, ok)
			}
		}
	}
}

// TestJoin: each law that decides has its say, and the table of facts only where
// no law declares classes of the same facts.
func TestJoin(t *testing.T) {
	of := func(classes []dataspace.CountClass) []counted.Split { return counted.Of(classes, table(t)) }
	strict := dataspace.CountOf{Sensitive: "strictest", Below: 14}
	first := of(standard(strict, class("young", "counts.under_14", dataspace.CountOf{Below: 14}, "under 14", "不满十四周岁")))
	second := of(standard(strict, class("young", "counts.under_14", dataspace.CountOf{Below: 14}, "children", "儿童")))
	mine := of(own(strict))
	for name, tt := range map[string]struct {
		laws [][]counted.Split
		want []string
	}{
		"one":                       {[][]counted.Split{first}, []string{"counts.sensitive"}},
		"the table behind a law":    {[][]counted.Split{of(nil), first}, []string{"counts.sensitive"}},
		"the table beside others":   {[][]counted.Split{of(nil), mine}, []string{"xx_act.counts.health", "counts.sensitive"}},
		"two laws say one thing":    {[][]counted.Split{first, first}, []string{"counts.sensitive"}},
		"two laws say two things":   {[][]counted.Split{first, second}, []string{"counts.sensitive", "counts.sensitive"}},
		"two laws of their own":     {[][]counted.Split{first, mine}, []string{"counts.sensitive", "xx_act.counts.health"}},
		"no law, the table is once": {[][]counted.Split{of(nil), of(nil)}, []string{"counts.sensitive"}},
	} {
		var got []string
		for _, s := range counted.Join(tt.laws...) {
			got = append(got, s.Class.Fact)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	f := facts(map[string]int64{"counts.sensitive": 3}, "health_record")
	said := counted.Assumed(counted.Join(first, second), f, []dataspace.ElementID{"health_record"}, map[dataspace.ElementID]bool{"health_record": true})
	for _, want := range []string{"none of them is under 14", "none of them is children"} {
		if !strings.Contains(said.EN, want) {
			t.Errorf("%q does not say %q", said.EN, want)
		}
	}
}
