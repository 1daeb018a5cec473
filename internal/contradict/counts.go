package contradict

import (
	"fmt"
	"slices"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/fact"
)

// counts finds numbers of people that contradict each other, or what is found in
// the data.
func (l *Law) counts(c *Case) (out dataspace.Contradictions) {
	n := numbers{law: l, facts: &c.Facts, classes: l.Classes(c.Facts.Exporter().Jurisdiction)}
	out = append(out, n.parts()...)
	if c.Profile == nil {
		out = append(out, n.nobody()...)
		out = append(out, n.among()...)
		for _, id := range c.Facts.Known.List(dataspace.FactElements) {
			out = append(out, n.found(dataspace.ElementID(id))...)
		}
		return append(out, n.impersonal()...)
	}
	return append(out, n.profiled(c)...)
}

// numbers compares the numbers of people of one flow.
type numbers struct {
	law     *Law
	facts   *dataspace.Facts
	classes []dataspace.CountClass
}

// of is the number of a class as it is stated.
func (n *numbers) of(c *dataspace.CountClass) (int64, bool) { return n.facts.Known.Int(c.Fact) }

// least is the number of a class as rules read it.
func (n *numbers) least(c *dataspace.CountClass) (int64, bool) {
	return n.law.Facts.Int(n.facts.Known, c.Fact)
}

// parts finds a class that has more people than one of which it is a part, or
// than all classes together. Where the table of facts says that the number of the
// other class is never below this one, people may state of them what is counted
// otherwise, and only the sum is compared.
func (n *numbers) parts() (out dataspace.Contradictions) {
	add := func(part *dataspace.CountClass, whole dataspace.Text, is dataspace.Text) {
		out = append(out, dataspace.Contradiction{Code: "contradiction.counts", A: stated(n.facts, part.Fact), B: whole, Is: is,
			Do: dataspace.Text{EN: "put right the number that is wrong", ZH: "更正有误的人数"}})
	}
	for i := range n.classes {
		part := &n.classes[i]
		some, known := n.of(part)
		if !known {
			continue
		}
		for j := range n.classes {
			whole := &n.classes[j]
			all, counted := n.of(whole)
			d, ok := n.law.Facts.Lookup(whole.Fact)
			if i != j && counted && some > all && ok && d.AtLeast != part.Fact && within(part, whole) {
				add(part, stated(n.facts, whole.Fact), dataspace.Text{
					EN: fmt.Sprintf("each person of the class %q is in the class %q too", part.Text.EN, whole.Text.EN),
					ZH: fmt.Sprintf("“%s”的每个人同时属于“%s”", part.Text.ZH, whole.Text.ZH)})
			}
			if sum, names, ok := n.sum(whole, n.of); ok && some > sum && n.inside(part, whole) {
				add(part, said(names, fmt.Sprint(sum)), dataspace.Text{
					EN: fmt.Sprintf("the people of the class %q are among all people", part.Text.EN),
					ZH: fmt.Sprintf("“%s”的人数不能多于总人数", part.Text.ZH)})
			}
		}
	}
	return out
}

// sum is everybody: the people of a class that is the rest of others, and of the
// others. It is false for any other class, and where a number is not known.
func (n *numbers) sum(rest *dataspace.CountClass, of func(*dataspace.CountClass) (int64, bool)) (all int64, names string, ok bool) {
	if len(rest.Of.RestOf) == 0 {
		return 0, "", false
	}
	var facts []string
	for i := range n.classes {
		c := &n.classes[i]
		if c.ID != rest.ID && !slices.Contains(rest.Of.RestOf, c.ID) {
			continue
		}
		people, known := of(c)
		if !known {
			return 0, "", false
		}
		all += people
		facts = append(facts, "facts."+c.Fact)
	}
	return all, strings.Join(facts, " + "), len(facts) == 1+len(rest.Of.RestOf)
}

// inside reports whether a class is a part of one of those of which another is the
// rest, so that its people are in the sum.
func (n *numbers) inside(part, rest *dataspace.CountClass) bool {
	return slices.ContainsFunc(n.classes, func(c dataspace.CountClass) bool {
		return c.ID != part.ID && slices.Contains(rest.Of.RestOf, c.ID) && within(part, &c)
	})
}

// within reports whether each person of a class is in another one.
func within(part, whole *dataspace.CountClass) bool {
	p, w := &part.Of, &whole.Of
	if p.Stated || w.Stated || len(p.RestOf) > 0 || len(w.RestOf) > 0 || part.Months != whole.Months || part.Pair != whole.Pair {
		return false
	}
	return p.Below <= w.Below && (p.Sensitive == "" || p.Sensitive == w.Sensitive) &&
		!slices.ContainsFunc(p.Elements, func(id dataspace.ElementID) bool { return !slices.Contains(w.Elements, id) })
}

// nobody finds data about people of whom there are none.
func (n *numbers) nobody() (out dataspace.Contradictions) {
	if personal, known := n.facts.Known.Bool(dataspace.FactPersonal); !known || !personal {
		return nil
	}
	for i := range n.classes {
		all, names, ok := n.sum(&n.classes[i], n.least)
		if !ok || all > 0 {
			continue
		}
		out = append(out, dataspace.Contradiction{Code: "contradiction.nobody", A: stated(n.facts, dataspace.FactPersonal), B: said(names, "0"),
			Is: dataspace.Text{EN: "the numbers of people include this flow, so data about people is about one person at least", ZH: "人数含本次出境；出境含个人信息的，人数不能为零"},
			Do: dataspace.Text{EN: "state how many people there are, leave the numbers out where they are not known, or state data.personal as false", ZH: "填写人数；不明的，不填；数据不含个人信息的，将data.personal改为false"}})
	}
	return out
}

// among finds a class that is said to have nobody and somebody.
func (n *numbers) among() (out dataspace.Contradictions) {
	for i := range n.classes {
		c := &n.classes[i]
		d, ok := fact.Among(n.law.Facts, c.Fact)
		people, known := n.of(c)
		if !ok || !known || people != 0 {
			continue
		}
		if some, _ := n.facts.Known.Bool(d.Name); some {
			out = append(out, dataspace.Contradiction{Code: "contradiction.counts", A: stated(n.facts, c.Fact), B: stated(n.facts, d.Name),
				Is: dataspace.Text{EN: "the number of people includes this flow, and it has some of them", ZH: "人数含本次出境，而本次出境涉及此类人员"},
				Do: dataspace.Text{EN: "state how many they are, or leave the number out where it is not known", ZH: "填写人数；不明的，不填"}})
		}
	}
	return out
}

// found finds an element that puts its people into a class which is said to be
// empty.
func (n *numbers) found(id dataspace.ElementID) (out dataspace.Contradictions) {
	e, ok := n.law.Elements.Lookup(id)
	if personal, known := n.facts.Known.Bool(dataspace.FactPersonal); !ok || e.Personal != element.PersonalYes || known && !personal || !known && e.IDClass != element.Direct {
		return nil
	}
	for i := range n.classes {
		c := &n.classes[i]
		people, known := n.least(c)
		if !known || people != 0 || !n.puts(c, &e) {
			continue
		}
		out = append(out, dataspace.Contradiction{Code: "contradiction.counts", A: stated(n.facts, c.Fact), B: elementPlace(&e),
			Is: dataspace.Text{EN: fmt.Sprintf("whoever has a value of it is in the class %q", c.Text.EN), ZH: fmt.Sprintf("含有该数据要素的个人属于“%s”", c.Text.ZH)},
			Do: dataspace.Text{EN: "state how many people have one, or leave the element out if no row has a value of it", ZH: "填写涉及的人数；各行均无该数据要素的，将其从数据要素中删去"}})
	}
	return out
}

// puts reports whether a value of an element surely puts a person into a class.
func (n *numbers) puts(c *dataspace.CountClass, e *element.Element) bool {
	switch of := &c.Of; {
	case of.Stated || len(of.RestOf) > 0:
		return false
	case slices.Contains(of.Elements, e.ID):
		return true
	case of.Sensitive == "":
		return false
	case of.Sensitive == dataspace.Configured:
		return always(n.law.Elements, e, n.facts.Known.Text(dataspace.FactCountsStandard))
	default:
		return always(n.law.Elements, e, of.Sensitive)
	}
}

// always reports whether an element is sensitive by a classification; by each,
// where it is not known which one.
func always(known *element.Taxonomy, e *element.Element, by string) bool {
	if view, err := known.ParseView(by); by != "" && err == nil {
		return view.Always(e)
	}
	for _, c := range known.Classifications() {
		if view, err := known.ParseView(c.ID); err != nil || !view.Always(e) {
			return false
		}
	}
	return len(known.Classifications()) > 0
}

// impersonal finds data that is said to be about nobody and has an element that
// identifies people wherever it is.
func (n *numbers) impersonal() (out dataspace.Contradictions) {
	if personal, known := n.facts.Known.Bool(dataspace.FactPersonal); !known || personal {
		return nil
	}
	for _, id := range n.facts.Known.List(dataspace.FactElements) {
		e, ok := n.law.Elements.Lookup(dataspace.ElementID(id))
		if !ok || e.Personal != element.PersonalYes || e.IDClass != element.Direct {
			continue
		}
		out = append(out, dataspace.Contradiction{Code: "contradiction.personal", A: stated(n.facts, dataspace.FactPersonal),
			B:  elementPlace(&e),
			Is: dataspace.Text{EN: "the element identifies a person wherever it is", ZH: "该数据要素可直接识别个人"},
			Do: dataspace.Text{EN: "state data.personal as true, or leave the element out if it does not leave", ZH: "将data.personal改为true；该数据要素不出境的，将其从数据要素中删去"}})
	}
	return out
}

// elementPlace is the place of an element in the facts.
func elementPlace(e *element.Element) dataspace.Text {
	return dataspace.Text{EN: fmt.Sprintf("facts.%s: %s (%s)", dataspace.FactElements, e.ID, e.Name.EN), ZH: fmt.Sprintf("facts.%s：%s（%s）", dataspace.FactElements, e.ID, e.Name.ZH)}
}
