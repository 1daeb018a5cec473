package decide

import (
	"errors"
	"fmt"
	"slices"

	"hutong/internal/clear"
	"hutong/internal/conditional"
	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/people"
	"hutong/internal/rules"
)

// This file joins what a profile finds of people below an age with what somebody
// states or declares of them. Where the rows say how old people are, they are
// counted, and a statement against that is refused. Where no row says it, a
// statement answers; without one the number is not known.

// question is a class of people below an age of whom the profile found nothing,
// and the fact that says whether there are any.
type question struct {
	class  dataspace.CountClass
	answer *fact.Definition
}

// questions are those about a dataset.
func (c Case) questions(set *rules.Set) (out []question) {
	for _, class := range set.Counts() {
		d, ok := fact.Among(set.Facts(), class.Fact)
		if n, counted := c.Profile.Subjects.Classes[class.ID]; ok && counted && n == nil && len(c.Profile.Subjects.Unread) == 0 {
			out = append(out, question{class, d})
		}
	}
	return out
}

// said are the facts that are stated or declared of the dataset.
func (c Case) said(t *fact.Table) dataspace.Values {
	known := t.OfDataset(c.Dataset.Known)
	for _, d := range c.Declared {
		if !known.Of(d.Fact).Known() {
			known.Set(d.Fact, d.Value)
		}
	}
	return known
}

// proved refuses a statement that there is nobody below an age where the profile
// found somebody.
func (c Case) proved(set *rules.Set) error {
	var errs []error
	said := c.said(set.Facts())
	for _, class := range set.Counts() {
		d, ok := fact.Among(set.Facts(), class.Fact)
		if !ok {
			continue
		}
		n := c.Profile.Subjects.Classes[class.ID]
		if any, known := said.Bool(d.Name); known && !any && n != nil && *n > 0 {
			errs = append(errs, &dataspace.Problem{Kind: dataspace.ErrContradiction, Code: "facts.proved", Place: d.Name,
				Message: fmt.Sprintf("is stated or declared as false, and the profile of the dataset counts %d", *n),
				Hint:    "what the rows say stays: leave the statement out, or declare otherwise of this dataset ('hutong declare set')"})
		}
	}
	return errors.Join(errs...)
}

// ask replaces the question for a number that nobody can state by the one that a
// person answers. Where the decision does not wait for the answer, and another
// one would change it, the decision says what it takes for granted.
func (c Case) ask(set *rules.Set, f dataspace.Facts, counts dataspace.Values, d *dataspace.Decision) error {
	if len(c.Profile.Subjects.Unread) > 0 && d.Conditional != nil && slices.ContainsFunc(set.Counts(), func(class dataspace.CountClass) bool {
		return d.Conditional.Supposes(class.Fact) >= 0
	}) {
		d.Conditional = nil // nobody can state the number of a column that could not be read
	}
	for _, q := range c.questions(set) {
		if f.Known.Of(q.answer.Name).Known() {
			continue
		}
		at := slices.IndexFunc(d.Missing, func(m dataspace.Missing) bool { return m.Fact == q.class.Fact })
		if at >= 0 {
			d.Missing = slices.Clone(d.Missing)
			d.Missing[at] = q.missing(dataspace.Text{EN: "not known", ZH: "未知"})
			q.state(d, counts)
			continue
		}
		with := f
		q.one(set, &with.Known, counts)
		other, err := set.Brief(with)
		if err != nil {
			return err
		}
		if other.Verdict != d.Verdict || !slices.Equal(other.Regimes, d.Regimes) {
			d.Assumed = append(d.Assumed, q.missing(dataspace.Text{EN: "taken to be false, as nothing is found", ZH: "因未发现相关信息，暂按否处理"}))
		}
	}
	return nil
}

func (q question) missing(how dataspace.Text) dataspace.Missing {
	ask := q.answer.Ask
	return dataspace.Missing{Fact: q.answer.Name, Ask: &ask, Why: dataspace.Text{
		EN: how.EN + ": " + q.answer.Text.EN + "; no column says how old the people are",
		ZH: how.ZH + "：" + q.answer.Text.ZH + "；没有说明年龄的列",
	}}
}

// state has the conditional answer name what a person can state in the place of
// the number. Where that does not make the number the supposed one, there is no
// such answer.
func (q question) state(d *dataspace.Decision, counts dataspace.Values) {
	c := d.Conditional
	at := c.Supposes(q.class.Fact)
	if at < 0 {
		return
	}
	if n, counted := counts.Int(q.class.Fact); !counted || n != c.If[at].Value.Int() {
		d.Conditional = nil
		return
	}
	stated := *c
	stated.If = slices.Clone(c.If)
	stated.If[at] = conditional.Suppose(q.answer, dataspace.BoolOf(false))
	d.Conditional = &stated
}

// one counts one person more in the class, and in each that it is part of.
func (q question) one(set *rules.Set, known *dataspace.Values, counts dataspace.Values) {
	for _, class := range set.Counts() {
		if class.Of.Below >= q.class.Of.Below {
			n, _ := counts.Int(class.Fact)
			known.Set(class.Fact, dataspace.IntOf(n+1))
		}
	}
}

// Young says how people of a dataset count where somebody says that there are
// people below an age among them, and no row says who: all are counted as such.
type Young struct{ in, out people.Classes }

// YoungOf is that of a case, for the classes of a count in their order.
func YoungOf(set *rules.Set, c Case, by clear.Counting) (y Young) {
	said := c.said(set.Facts())
	var in []string
	for _, q := range c.questions(set) {
		if any, _ := said.Bool(q.answer.Name); !any {
			continue
		}
		for i, class := range by.Classes {
			if class.Of.Below >= q.class.Of.Below {
				y.in |= 1 << i
				in = append(in, class.ID)
			}
		}
	}
	for i, class := range by.Classes {
		if slices.ContainsFunc(class.Of.RestOf, func(id string) bool { return slices.Contains(in, id) }) {
			y.out |= 1 << i
		}
	}
	return y
}

// Of are the classes of a person who is in some by what the rows say.
func (y Young) Of(in people.Classes) people.Classes { return in&^y.out | y.in }

// Totals are those of a dataset whose people are in classes by what the rows say.
func (y Young) Totals(by clear.Counting, found people.Totals) people.Totals {
	if y == (Young{}) {
		return found
	}
	all := int64(0)
	for _, class := range by.Classes {
		n := found[class.ID]
		for _, id := range class.Of.RestOf {
			n += found[id]
		}
		all = max(all, n)
	}
	out := people.Totals{}
	for i, class := range by.Classes {
		switch bit := people.Classes(1) << i; {
		case y.in&bit != 0:
			out[class.ID] = all
		case y.out&bit == 0:
			out[class.ID] = found[class.ID]
		}
	}
	return out
}
