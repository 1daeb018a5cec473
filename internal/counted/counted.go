// Package counted says what the classes of people that packs count mean for
// limits on numbers of people and for advice: which class a law calls sensitive,
// which class holds the rest, and who is in a class whatever data leaves.
package counted

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
)

// Split is two classes of one law: the people of whom sensitive data leaves, and
// the rest. Its methods that take facts change nothing but what they are given.
type Split struct {
	Class, Rest dataspace.CountClass

	table *fact.Table
	all   []string // facts that together count everybody: of the rest, and of what it is the rest of
	// always is the fact that says how many people are in the class whatever
	// data leaves, and none how the law says that there are none; both are empty
	// if there are no such people. A law may not count them: then there is no
	// fact.
	always string
	none   dataspace.Text
	own    bool // a law declares it
}

// standard are the classes of the table of facts.
var standard = sync.OnceValue(func() []Split { return splits(fact.Classes(), fact.Standard()) })

// Of finds the splits of a law by the classes that its packs declare. The table
// is that of the facts which say how many people are in them. A law that
// declares no such classes gets those of the table of facts.
func Of(classes []dataspace.CountClass, t *fact.Table) []Split {
	out := splits(classes, t)
	for i := range out {
		out[i].own = true
	}
	if len(out) == 0 {
		return standard()
	}
	return out
}

// splits pairs each class of sensitive data with each class that is its rest. A
// class whose fact is not in the table is left out: nobody can say how many it has.
func splits(classes []dataspace.CountClass, t *fact.Table) (out []Split) {
	classes = slices.DeleteFunc(slices.Clone(classes), func(c dataspace.CountClass) bool {
		_, known := t.Lookup(c.Fact)
		return !known
	})
	for _, rest := range classes {
		for _, c := range classes {
			if c.Of.Sensitive == "" || !slices.Contains(rest.Of.RestOf, c.ID) {
				continue
			}
			s := Split{Class: c, Rest: rest, table: t, all: []string{rest.Fact, c.Fact}}
			for _, o := range classes {
				if o.ID != c.ID && slices.Contains(rest.Of.RestOf, o.ID) {
					s.all = append(s.all, o.Fact)
				}
			}
			s.findAlways(classes)
			out = append(out, s)
		}
	}
	return out
}

// findAlways finds who is in the class whatever data leaves: the people below
// whose number its fact never is, or those below the age that the class names.
func (s *Split) findAlways(classes []dataspace.CountClass) {
	age := s.Class.Of.Below
	if d, ok := s.table.Lookup(s.Class.Fact); ok {
		s.always = d.AtLeast
	}
	if s.always == "" && age == 0 {
		return
	}
	var class dataspace.CountClass
	for _, c := range classes {
		alone := c.Months == s.Class.Months && c.Pair == s.Class.Pair && c.Of.Below == age && c.Of.Sensitive == "" && len(c.Of.Elements) == 0
		if c.Fact == s.always || s.always == "" && alone {
			class, s.always = c, c.Fact
		}
	}
	d, counts := s.table.Lookup(s.always)
	switch {
	case class.Text.EN != "" && class.Of.Below > 0:
		s.none = dataspace.Text{EN: "none of them is " + class.Text.EN, ZH: "不含" + class.Text.ZH + "的人"}
	case class.Text.EN != "":
		s.none = dataspace.Text{EN: "none of them is among: " + class.Text.EN, ZH: "不含以下人员：" + class.Text.ZH}
	case counts:
		s.none = dataspace.Text{EN: `the answer is 0 to "` + d.Ask.EN + `"`, ZH: "对“" + d.Ask.ZH + "”的回答为0"}
	default:
		s.none = dataspace.Text{EN: fmt.Sprintf("none of them is below the age of %d", age), ZH: fmt.Sprintf("不含不满%d周岁的人", age)}
	}
}

// Facts are those that say how many people are in the two classes: the rest
// first.
func (s *Split) Facts() []string { return []string{s.Rest.Fact, s.Class.Fact} }

// Looks are all facts on which the sum of the classes depends.
func (s *Split) Looks() []string { return s.all }

// People is how many people are in the class, and whether that is known.
func (s *Split) People(f *dataspace.Facts) (n int64, known bool) {
	return s.table.Int(f.Known, s.Class.Fact)
}

// Exceeds reports whether the people of all classes together are surely more than
// a number, and whether all of them are known.
func (s *Split) Exceeds(f *dataspace.Facts, most int64) (more, known bool) {
	known = true
	for _, name := range s.all {
		n, ok := s.table.Int(f.Known, name)
		known, more = known && ok, more || n > most
		most -= n
	}
	return more, known
}

// Always are the people who are in the class whatever data of theirs leaves, and
// whether it is known how many they are.
func (s *Split) Always(f *dataspace.Facts) (n int64, known bool) {
	if s.always == "" {
		return 0, s.none.EN == ""
	}
	return f.Known.Int(s.always)
}

// Holds reports whether data of an element can put a person into the class, by
// the elements that can be sensitive under any classification.
func (s *Split) Holds(id dataspace.ElementID, sensitive map[dataspace.ElementID]bool) bool {
	return sensitive[id] || slices.Contains(s.Class.Of.Elements, id)
}

// empties reports whether data of some people puts them into the class now, and
// none would without some elements. People who are in it whatever leaves stay in
// it. If no elements are given that can be sensitive, nothing is known of them.
func (s *Split) empties(f *dataspace.Facts, gone []dataspace.ElementID, sensitive map[dataspace.ElementID]bool) bool {
	now, _ := f.Known.Int(s.Class.Fact)
	if always, _ := s.Always(f); now == 0 || always > 0 || sensitive == nil {
		return false
	}
	had := false
	for _, element := range f.Known.List(dataspace.FactElements) {
		if id := dataspace.ElementID(element); s.Holds(id, sensitive) {
			if had = true; !slices.Contains(gone, id) {
				return false
			}
		}
	}
	return had
}

// move counts the people of the class among the rest.
func (s *Split) move(f *dataspace.Facts) {
	n, _ := f.Known.Int(s.Class.Fact)
	if rest, known := f.Known.Int(s.Rest.Fact); known {
		f.Known.Set(s.Rest.Fact, dataspace.IntOf(rest+n))
	}
	f.Known.Set(s.Class.Fact, dataspace.IntOf(0))
}

// Without takes elements out of the facts of a flow, and counts the people among
// the rest whose class that empties.
func Without(list []Split, f *dataspace.Facts, gone []dataspace.ElementID, sensitive map[dataspace.ElementID]bool) {
	for i := range list {
		if s := &list[i]; s.empties(f, gone, sensitive) {
			s.move(f)
		}
	}
	var left []string
	for _, e := range f.Known.List(dataspace.FactElements) {
		if !slices.Contains(gone, dataspace.ElementID(e)) {
			left = append(left, e)
		}
	}
	f.Known.Set(dataspace.FactElements, dataspace.ListOf(left...))
}

// Assumed says what is taken for granted when some elements are left out: for
// each split that they empty, what must be the case for its people to move.
func Assumed(list []Split, f *dataspace.Facts, gone []dataspace.ElementID, sensitive map[dataspace.ElementID]bool) (out dataspace.Text) {
	for i := range list {
		if s := &list[i]; s.empties(f, gone, sensitive) {
			if t := s.assumed(f); !strings.Contains(out.EN, t.EN) {
				out.EN, out.ZH = out.EN+t.EN, out.ZH+t.ZH
			}
		}
	}
	return out
}

// assumed names the window, and says what is taken for granted of people whose
// number is not known.
func (s *Split) assumed(f *dataspace.Facts) dataspace.Text {
	over := dataspace.Text{EN: "of the year", ZH: "当年"}
	if n := s.Class.Months; n > 0 {
		over = dataspace.Text{EN: fmt.Sprintf("of the last %d months", n), ZH: fmt.Sprintf("前%d个月内", n)}
	}
	out := dataspace.Text{
		EN: "; nothing sensitive is left, and its people count as others, if no other flow " + over.EN + " held sensitive data of theirs",
		ZH: "；本次即不含敏感个人信息，相关个人改计为非敏感（以" + over.ZH + "其他出境未含其敏感个人信息为前提）",
	}
	if _, known := s.Always(f); !known {
		out.EN += " and " + s.none.EN
		out.ZH += "，且" + s.none.ZH
	}
	return out
}

// Join puts the splits of several laws together. Those that count by the same
// facts and say the same are one. A split of a law comes before one of the table
// of facts about the same facts.
func Join(laws ...[]Split) (out []Split) {
	add := func(s Split, twice func(o Split) bool) {
		if !slices.ContainsFunc(out, func(o Split) bool { return slices.Equal(o.all, s.all) && twice(o) }) {
			out = append(out, s)
		}
	}
	for _, own := range []bool{true, false} {
		for _, law := range laws {
			for _, s := range law {
				if s.own == own {
					add(s, func(o Split) bool { return !own || o.none == s.none })
				}
			}
		}
	}
	return out
}
