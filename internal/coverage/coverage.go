// Package coverage compares a flow with the limits of the legal documents that
// may serve it: parties, purpose, data, people, storage. It knows no law: what a
// difference means is said by the rules.
package coverage

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"hutong/internal/counted"
	"hutong/internal/dataspace"
	"hutong/internal/variable"
)

// Departure is a difference between a flow and the flow of an instrument's grant.
type Departure struct {
	On      string // its word in triggers; empty: it has none
	Unknown bool   // it is not known whether there is a difference
	EN, ZH  string // the predicate of a sentence about the instrument
}

// Named makes the sentence: the instrument's name, and the predicate.
func (d Departure) Named(in *dataspace.Instrument) dataspace.Text {
	name := in.Kind
	if in.ID != "" {
		name += " " + string(in.ID)
	}
	return dataspace.Text{EN: name + " " + d.EN, ZH: name + d.ZH}
}

// Standing says why an instrument that a gateway keeps does not count, whatever
// it covers.
func Standing(in *dataspace.Instrument) (d Departure, counts bool) {
	switch {
	case in.Counts():
		return Departure{}, true
	case in.Standing == dataspace.PaperProposed:
		return Departure{EN: "is proposed, not confirmed: a compliance officer must confirm it against its file", ZH: "仅为拟议，未经合规负责人对照原件确认"}, false
	case in.Standing == dataspace.PaperUnsaid:
		return Departure{EN: "has no scope and no file (scope not said), so it covers nothing", ZH: "未注明适用范围且无原件，不涵盖任何流转"}, false
	}
	return Departure{EN: "has the standing " + string(in.Standing) + ", which is not known", ZH: "的状态" + string(in.Standing) + "不明"}, false
}

// Comparison compares instruments with one flow. Not safe for concurrent use.
type Comparison struct {
	Table *variable.Table
	Facts *dataspace.Facts
	left  map[*dataspace.Instrument]int // see uncovered
}

// New makes a comparison; its facts are still to be set.
func New(t *variable.Table) Comparison {
	return Comparison{Table: t, left: map[*dataspace.Instrument]int{}}
}

// Forget forgets what was found of elements: those of the flow have changed.
func (p *Comparison) Forget() { clear(p.left) }

// Departures lists the limits of an instrument that the flow leaves. An unknown
// fact counts as a difference. The splits divide the people that the law counts.
// If one is enough, it may return the first together with others.
func (p *Comparison) Departures(in *dataspace.Instrument, splits []counted.Split, one bool) (out []Departure) {
	c := in.Covers
	if c == nil {
		return nil
	}
	if out = p.parties(c, out); one && len(out) > 0 {
		return out
	}
	if out = p.people(c, splits, p.data(in, out)); one && len(out) > 0 {
		return out
	}
	return p.storage(c, out)
}

var actFact = sync.OnceValue(func() int { return variable.Standard().Number("act") })

// parties compares the parties, scenario, purpose and act.
func (p *Comparison) parties(c *dataspace.InstrumentScope, out []Departure) []Departure {
	recipient, exporter := p.Facts.Recipient().ID, p.Facts.Exporter().ID
	limited, named := c.Recipient != "" || len(c.Recipients) > 0, c.Recipient == string(recipient) || slices.Contains(c.Recipients, string(recipient))
	if limited && (recipient == "" || !named) {
		out = append(out, Departure{On: "recipient", Unknown: recipient == "", EN: "is for another recipient", ZH: "适用于其他接收方"})
	}
	if len(c.Exporters) > 0 && !slices.Contains(c.Exporters, exporter) {
		out = append(out, Departure{Unknown: exporter == "", EN: "is for other exporters of the group", ZH: "适用于集团内其他提供方"})
	}
	if scenario := p.Facts.Known.Text("scenario"); c.Scenario != "" && c.Scenario != scenario {
		out = append(out, Departure{On: "scenario", Unknown: scenario == "", EN: "is for another scenario", ZH: "适用于其他场景"})
	}
	if purpose := p.Facts.Known.Text("purpose"); len(c.Purposes) > 0 && !slices.Contains(c.Purposes, purpose) {
		out = append(out, Departure{On: "purpose", Unknown: purpose == "", EN: "is for another purpose", ZH: "适用于其他出境目的"})
	}
	if len(c.Acts) > 0 {
		if a, _ := p.Table.Read(actFact(), p.Facts).Value().(string); !slices.Contains(c.Acts, a) {
			out = append(out, Departure{On: "act", EN: "does not cover the act " + a, ZH: "未涵盖该行为方式：" + a})
		}
	}
	return out
}

// factItems are the items of a negative list that the data matches.
const factItems = "data.list_items"

// data compares the data elements and the items of a list.
func (p *Comparison) data(in *dataspace.Instrument, out []Departure) []Departure {
	c, elements := in.Covers, p.Facts.Known.List(dataspace.FactElements)
	if len(c.Elements) > 0 && len(elements) == 0 {
		out = append(out, Departure{On: "elements", Unknown: true,
			EN: "is limited to some data elements, and those of the flow are not known", ZH: "仅限部分数据项，而本次出境的数据项不明"})
	}
	if len(c.Elements) > 0 {
		if i := p.uncovered(in); i < len(elements) {
			el := elements[i]
			out = append(out, Departure{On: "elements", EN: "does not cover " + el, ZH: "未涵盖数据项 " + el})
		}
	}
	if len(c.Items) == 0 {
		return out
	}
	items := p.Facts.Known.List(factItems)
	if len(items) == 0 {
		return append(out, Departure{On: "elements", Unknown: true,
			EN: "is limited to some items of a list, and those of the flow are not known", ZH: "仅限部分清单项，而本次出境命中的清单项不明"})
	}
	if i := slices.IndexFunc(items, func(id string) bool { return !slices.Contains(c.Items, id) }); i >= 0 {
		out = append(out, Departure{On: "elements", EN: "does not cover the item " + items[i] + " of the list", ZH: "未涵盖清单项 " + items[i]})
	}
	return out
}

// people compares the sensitivity and the number of people.
func (p *Comparison) people(c *dataspace.InstrumentScope, splits []counted.Split, out []Departure) []Departure {
	for i := range splits {
		n, counted := splits[i].People(p.Facts)
		more, known := splits[i].Exceeds(p.Facts, c.MaxSubjects)
		switch {
		case c.Sensitive == nil || *c.Sensitive:
		case !counted:
			out = append(out, Departure{On: "sensitive", Unknown: true,
				EN: "does not cover sensitive data, and it is not known whether there is any", ZH: "未涵盖敏感个人信息，而本次出境是否包含不明"})
		case n > 0:
			out = append(out, Departure{On: "sensitive", EN: "does not cover sensitive data", ZH: "未涵盖敏感个人信息"})
		}
		switch {
		case c.MaxSubjects == 0:
		case !known:
			out = append(out, Departure{On: "people", Unknown: true,
				EN: "is limited to a number of people, and that of the flow is not known", ZH: "设有人数上限，而本次出境人数不明"})
		case more:
			out = append(out, Departure{On: "people", EN: fmt.Sprintf("covers %d people at most", c.MaxSubjects), ZH: fmt.Sprintf("最多涵盖%d人", c.MaxSubjects)})
		}
	}
	return out
}

// uncovered is the index of the flow's first element that an instrument does not
// cover, or the number of elements. It is kept, because many rules need it.
func (p *Comparison) uncovered(in *dataspace.Instrument) int {
	i, ok := p.left[in]
	if !ok {
		elements := p.Facts.Known.List(dataspace.FactElements)
		for i < len(elements) && slices.Contains(in.Covers.Elements, dataspace.ElementID(elements[i])) {
			i++
		}
		p.left[in] = i
	}
	return i
}

// storage compares the place and time of storage at the recipient.
func (p *Comparison) storage(c *dataspace.InstrumentScope, out []Departure) []Departure {
	place, until := p.Facts.Known.Text("storage.place"), p.Facts.Known.Text("storage.until")
	switch {
	case c.Storage == "":
	case place == "":
		out = append(out, Departure{On: "storage", Unknown: true,
			EN: "names where the data may be kept, and where it is kept is not known", ZH: "限定了境外存储地，而实际存储地不明"})
	case place != string(c.Storage) && !strings.HasPrefix(place, string(c.Storage)+"-"):
		out = append(out, Departure{On: "storage", EN: "does not cover storage in " + place, ZH: "未涵盖存储地 " + place})
	}
	switch {
	case c.Until == "":
	case until == "":
		out = append(out, Departure{On: "retention", Unknown: true,
			EN: "names how long the data may be kept, and how long it is kept is not known", ZH: "限定了境外保存期限，而实际保存期限不明"})
	case until > c.Until:
		out = append(out, Departure{On: "retention", EN: "covers storage only until " + c.Until, ZH: "仅涵盖保存至" + c.Until})
	}
	return out
}
