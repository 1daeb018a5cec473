package contradict

import (
	"fmt"
	"reflect"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/element"
)

// ahead reports whether a day is still to come.
func (c *Case) ahead(day string) bool {
	return c.Today != "" && c.Facts.On != "" && day > max(c.Today, c.Facts.On)
}

// events finds what is said to have happened on a day that is still to come.
func (c *Case) events() (out dataspace.Contradictions) {
	later := func(place, day string) {
		if !c.ahead(day) {
			return
		}
		out = append(out, dataspace.Contradiction{Code: "contradiction.day", A: said("facts."+place, day), B: c.decided(),
			Is: dataspace.Text{EN: "what has happened cannot be on a day that is still to come", ZH: "已发生的事项，其日期不能尚未到来"},
			Do: dataspace.Text{EN: "put the day right, or leave it out until it has come", ZH: "更正日期；尚未发生的，不填"}})
	}
	later("delivered_on", c.Facts.DeliveredOn)
	for i, e := range c.Facts.Events {
		later(fmt.Sprintf("events.%d.on", i), e.On)
	}
	return out
}

// decided is the place of the day of the decision.
func (c *Case) decided() dataspace.Text { return said("facts.on", c.Facts.On) }

// papers finds papers that contradict themselves, each other or the day of the
// decision. Whether a paper covers the flow, and whether it is in force yet, is
// for the rules: one that is not is no contradiction.
func (l *Law) papers(c *Case) (out dataspace.Contradictions) {
	list := c.Facts.Instruments
	for i := range list {
		p := paper{Instrument: &list[i], at: i}
		granted, described := l.Granted[p.Kind]
		out = append(out, p.order(described && !granted, granted)...)
		out = append(out, p.ahead(c)...)
		out = append(out, p.scope(l.Elements)...)
		for j := range i {
			out = append(out, p.twin(&paper{Instrument: &list[j], at: j})...)
		}
	}
	return out
}

// paper is an instrument at its place in the facts.
type paper struct {
	*dataspace.Instrument
	at int
}

// place names a member of the paper, or the paper.
func (p *paper) place(member, value string) dataspace.Text {
	name := p.Kind
	if p.ID != "" {
		name += " " + string(p.ID)
	}
	at := fmt.Sprintf("facts.instruments.%d", p.at)
	if member != "" {
		at += "." + member
	}
	t := dataspace.Text{EN: fmt.Sprintf("%s (%s)", at, name), ZH: fmt.Sprintf("%s（%s）", at, name)}
	if value != "" {
		t.EN, t.ZH = t.EN+": "+value, t.ZH+"："+value
	}
	return t
}

// start is the first day of the paper, and the member that says it. The day of an
// application is none.
func (p *paper) start(granted bool) (day, member string) {
	switch {
	case p.EffectiveOn != "":
		return p.EffectiveOn, "effective_on"
	case p.FiledOn != "" && !granted:
		return p.FiledOn, "filed_on"
	}
	return p.CompletedOn, "completed_on"
}

// paperDates is what to do about days that are in the wrong order.
var paperDates = dataspace.Text{EN: "compare the days with the paper, and put right the one that is wrong", ZH: "与文件原件核对日期，更正有误的一项"}

// order finds days that are before their cause. A paper that is filed, and one
// that somebody else grants, have their days in different orders.
func (p *paper) order(filed, granted bool) (out dataspace.Contradictions) {
	start, from := p.start(granted)
	add := func(first, member, day string, wrong bool, is dataspace.Text) {
		if wrong && first != "" && day != "" {
			out = append(out, dataspace.Contradiction{Code: "contradiction.paper_day", A: p.place(member, day), B: p.place(from, first), Is: is, Do: paperDates})
		}
	}
	add(start, "expires_on", p.ExpiresOn, p.ExpiresOn < start,
		dataspace.Text{EN: "a paper cannot end before it begins", ZH: "文件的届满日期不能早于其起始日期"})
	add(start, "renewed_on", p.RenewedOn, p.RenewedOn < start,
		dataspace.Text{EN: "nobody renews a paper before it begins", ZH: "文件生效之前不能申请延期"})
	add(p.EffectiveOn, "filed_on", p.FiledOn, filed && p.FiledOn < p.EffectiveOn,
		dataspace.Text{EN: "a paper of this kind is filed after it takes effect", ZH: "此类文件在生效之后备案"})
	add(p.EffectiveOn, "filed_on", p.FiledOn, granted && p.FiledOn > p.EffectiveOn,
		dataspace.Text{EN: "a paper that an authority or a body grants is applied for before it is granted", ZH: "须经批准、通过的文件，申报在先，取得在后"})
	if p.Covers != nil {
		add(start, "covers.retained_until", p.Covers.Until, p.Covers.Until < start,
			dataspace.Text{EN: "the storage that a paper covers cannot end before the paper begins", ZH: "文件涵盖的保存期限不能早于其起始日期届满"})
	}
	return out
}

// ahead finds what is said to have been done on a day that is still to come. A
// paper may take effect later; nobody can have completed or filed it later.
func (p *paper) ahead(c *Case) (out dataspace.Contradictions) {
	for _, d := range []struct{ member, day string }{{"completed_on", p.CompletedOn}, {"filed_on", p.FiledOn}, {"renewed_on", p.RenewedOn}} {
		if !c.ahead(d.day) {
			continue
		}
		out = append(out, dataspace.Contradiction{Code: "contradiction.paper_day", A: p.place(d.member, d.day), B: c.decided(),
			Is: dataspace.Text{EN: "nobody can have completed, filed or renewed a paper on a day that is still to come", ZH: "完成、备案或者申请延期的日期不能尚未到来"},
			Do: dataspace.Text{EN: "put the day right, or leave the paper out until it is there", ZH: "更正日期；文件尚未完成的，先不列入"}})
	}
	return out
}

// scope finds a paper that excludes sensitive data and names an element that is
// sensitive by every reading.
func (p *paper) scope(known *element.Taxonomy) (out dataspace.Contradictions) {
	c := p.Covers
	if c == nil || c.Sensitive == nil || *c.Sensitive {
		return nil
	}
	for _, id := range c.Elements {
		e, ok := known.Lookup(id)
		if !ok || !always(known, &e, "") {
			continue
		}
		out = append(out, dataspace.Contradiction{Code: "contradiction.paper_scope", A: p.place("covers.sensitive", "false"), B: p.place("covers.elements", string(id)),
			Is: dataspace.Text{EN: e.Name.EN + " is sensitive under each classification", ZH: e.Name.ZH + "在各项分类标准下均为敏感个人信息"},
			Do: dataspace.Text{EN: "compare the scope with the paper, and put right the one that is wrong", ZH: "与文件原件核对适用范围，更正有误的一项"}})
	}
	return out
}

// twin finds another paper of the same kind and number with other contents. Where
// other exporters share the paper, its number is another owner's.
func (p *paper) twin(other *paper) dataspace.Contradictions {
	if p.ID == "" || p.ID != other.ID || p.Kind != other.Kind || !slices.Equal(p.owners(), other.owners()) || reflect.DeepEqual(p.Instrument, other.Instrument) {
		return nil
	}
	return dataspace.Contradictions{dataspace.Contradiction{Code: "contradiction.paper_number", A: other.place("", ""), B: p.place("", ""),
		Is: dataspace.Text{EN: "two papers have one kind and one number, and say different things", ZH: "两份文件的种类和编号相同，内容不同"},
		Do: dataspace.Text{EN: "remove the one that is wrong, or give each its own number", ZH: "删去有误的一份，或者各自填写编号"}}}
}

func (p *paper) owners() []dataspace.ParticipantID {
	if p.Covers == nil {
		return nil
	}
	return p.Covers.Exporters
}
