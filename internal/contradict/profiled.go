package contradict

import (
	"fmt"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/element"
)

// leaves reports whether a column leaves in any form; without a plan each does.
func (c *Case) leaves(column string) bool {
	if c.Plan == nil {
		return true
	}
	p, ok := c.Plan.Column(column)
	return ok && p.Action != dataspace.Drop
}

// whole reports whether each column leaves: then everybody whom the profile
// counts leaves.
func (c *Case) whole() bool {
	return !slices.ContainsFunc(c.Profile.Columns, func(col dataspace.ColumnProfile) bool { return !c.leaves(col.Name) })
}

// profiled finds classes with fewer people than the profile counts.
func (n *numbers) profiled(c *Case) (out dataspace.Contradictions) {
	if !c.whole() {
		return nil
	}
	for i := range n.classes {
		class := &n.classes[i]
		found := c.Profile.Subjects.Classes[class.ID]
		people, known := n.least(class)
		if class.Of.Stated || found == nil || !known || people >= *found {
			continue
		}
		where := both("profile.subjects.%s: %d", class.ID, *found)
		if col, ok := n.column(c.Profile, class); ok {
			where = col
		}
		out = append(out, dataspace.Contradiction{Code: "contradiction.counts", A: stated(n.facts, class.Fact), B: where,
			Is: dataspace.Text{EN: fmt.Sprintf("the numbers of people include this flow, and the profile of the dataset counts %d", *found), ZH: fmt.Sprintf("人数含本次出境，而数据识别结果为%d人", *found)},
			Do: revision})
	}
	if found := c.Profile.Subjects.Distinct; c.Apart && found != nil {
		out = append(out, n.fewer(*found)...)
	}
	return out
}

// revision is what to do where facts and profile are not of one dataset as it is.
var revision = dataspace.Text{EN: "the facts belong to another dataset or to an earlier revision of it: profile and decide again", ZH: "事实与数据识别结果不属于同一数据集或者同一版本，请重新识别并判定"}

// column is the first column with an element that puts people into a class.
func (n *numbers) column(p *dataspace.Profile, class *dataspace.CountClass) (dataspace.Text, bool) {
	for i := range p.Columns {
		col := &p.Columns[i]
		if col.Element == nil || col.Nulls >= p.Rows {
			continue
		}
		if e, ok := n.law.Elements.Lookup(*col.Element); ok && col.Personal && n.puts(class, &e) {
			return columnPlace(col.Name, &e), true
		}
	}
	return dataspace.Text{}, false
}

// columnPlace is the place of a column of a profile, with its element.
func columnPlace(name string, e *element.Element) dataspace.Text {
	return dataspace.Text{EN: fmt.Sprintf("profile column %s: %s (%s)", name, e.ID, e.Name.EN), ZH: fmt.Sprintf("数据识别结果的列%s：%s（%s）", name, e.ID, e.Name.ZH)}
}

// fewer finds fewer people in all than the profile counts.
func (n *numbers) fewer(found int64) (out dataspace.Contradictions) {
	if personal, _ := n.facts.Known.Bool(dataspace.FactPersonal); !personal {
		return nil
	}
	for i := range n.classes {
		all, names, ok := n.sum(&n.classes[i], n.least)
		if !ok || all >= found {
			continue
		}
		out = append(out, dataspace.Contradiction{Code: "contradiction.counts", A: said(names, fmt.Sprint(all)), B: said("profile.subjects.distinct", fmt.Sprint(found)),
			Is: dataspace.Text{EN: "the numbers of people include this flow, and the profile of the dataset counts more", ZH: "人数含本次出境，而数据识别结果的人数更多"}, Do: revision})
	}
	return out
}

// statements finds what people say of a column that leaves, and what its values prove
// against it. A column that does not leave harms nobody.
func (l *Law) statements(c *Case) (out dataspace.Contradictions) {
	for i := range c.Profile.Columns {
		col := &c.Profile.Columns[i]
		if !col.Said.Holds() || len(col.Said.Proved) == 0 || !c.leaves(col.Name) {
			continue
		}
		s, proved := &col.Said.Statement, &col.Said.Proved[0]
		what := dataspace.Text{EN: string(proved.Element), ZH: string(proved.Element)}
		if e, ok := l.Elements.Lookup(proved.Element); ok {
			what = dataspace.Text{EN: fmt.Sprintf("%s (%s)", e.ID, e.Name.EN), ZH: fmt.Sprintf("%s（%s）", e.ID, e.Name.ZH)}
		}
		says, sagt := string(s.Says), string(s.Says)
		if s.Element != nil {
			says += " " + string(*s.Element)
			sagt = says
		}
		out = append(out, dataspace.Contradiction{Code: "contradiction.statement",
			A:  dataspace.Text{EN: fmt.Sprintf("statement of %s on column %s: %s", s.By, col.Name, says), ZH: fmt.Sprintf("%s对列%s的说明：%s", s.By, col.Name, sagt)},
			B:  dataspace.Text{EN: fmt.Sprintf("profile column %s: %s in %d rows", col.Name, what.EN, proved.Rows), ZH: fmt.Sprintf("数据识别结果的列%s：%s，%d行", col.Name, what.ZH, proved.Rows)},
			Is: dataspace.Text{EN: "the values prove themselves against the statement", ZH: "取值可自证，与该说明相矛盾"},
			Do: dataspace.Text{EN: "a compliance officer takes the statement back ('hutong dataset column withdraw'), or the column is dropped", ZH: "由合规负责人撤回该说明（hutong dataset column withdraw），或者不让该列出境"}})
	}
	return out
}

// columns finds documents that a person put together and that are not of one
// dataset: a plan with columns that the profile does not have, or elements that
// leave and that no column has.
func (l *Law) columns(c *Case) (out dataspace.Contradictions) {
	if !c.Apart {
		return nil
	}
	known := map[dataspace.ElementID]bool{}
	for i := range c.Profile.Columns {
		col := &c.Profile.Columns[i]
		if col.Element != nil {
			known[*col.Element] = true
		}
		for _, in := range col.Contains {
			known[in.Element] = true
		}
	}
	if c.Plan != nil {
		for _, col := range c.Plan.Columns {
			if col.Element != nil {
				known[*col.Element] = true
			}
			if _, ok := c.Profile.Column(col.Name); !ok {
				out = append(out, dataspace.Contradiction{Code: "contradiction.revision", A: dataspace.Text{EN: "plan column " + col.Name, ZH: "处理方案的列" + col.Name}, B: both("profile.columns"),
					Is: dataspace.Text{EN: "the profile has no such column", ZH: "数据识别结果中没有该列"}, Do: revision})
			}
		}
	}
	for _, id := range c.Facts.Known.List(dataspace.FactElements) {
		if !known[dataspace.ElementID(id)] {
			out = append(out, dataspace.Contradiction{Code: "contradiction.revision", A: both("facts.%s: %s", dataspace.FactElements, id), B: both("profile.columns"),
				Is: dataspace.Text{EN: "no column of the profile has the element", ZH: "数据识别结果中没有含该数据要素的列"}, Do: revision})
		}
	}
	return out
}
