package rules

import (
	"fmt"
	"slices"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/pack"
	"hutong/internal/variable"
)

// instrumentKind is a kind of legal document as a pack describes it.
type instrumentKind struct {
	pack.InstrumentDoc
	pack *pack.Pack
}

// undescribed is a kind that no pack of the regime describes.
var undescribed instrumentKind

// kind is a kind of instrument as a pack of the regime describes it.
func (r *regime) kind(name string) *instrumentKind {
	if k, ok := r.instruments[name]; ok {
		return k
	}
	return &undescribed
}

// trigger finds the kind's trigger for a change; nil if it has none.
func (k *instrumentKind) trigger(on string) *pack.TriggerDoc {
	for i := range k.Triggers {
		if k.Triggers[i].On == on {
			return &k.Triggers[i]
		}
	}
	return nil
}

// papers compares the instruments of a flow with the flow.
type papers struct {
	table *variable.Table
	facts *dataspace.Facts
	day   string                        // of the regime that is evaluated
	left  map[*dataspace.Instrument]int // see uncovered
}

// instrument finds the first instrument of a kind that is in force on the day
// and covers the flow. If there is none, why says for each registered one why it
// does not count.
func (p *papers) instrument(r *regime, kind string) (found *dataspace.Instrument, why []dataspace.Text) {
	for i := range p.facts.Instruments {
		in := &p.facts.Instruments[i]
		if in.Kind != kind {
			continue
		}
		lack, ok := p.lack(r, in)
		if ok {
			return in, nil
		}
		why = append(why, lack)
	}
	return nil, why
}

// lack says why an instrument does not cover the flow on the day.
func (p *papers) lack(r *regime, in *dataspace.Instrument) (lack dataspace.Text, ok bool) {
	if out, dated := p.outOfDate(r, in); !dated {
		return out.named(in), false
	}
	if gone := p.departures(r, in, true); len(gone) > 0 {
		return gone[0].named(in), false
	}
	return dataspace.Text{}, true
}

// departure is a difference between a flow and the flow of the instrument's grant.
type departure struct {
	on      string // its word in triggers; empty: it has none
	unknown bool   // it is not known whether there is a difference
	en, zh  string // the predicate of a sentence about the instrument
}

// named makes the sentence: the instrument's name, and the predicate.
func (d departure) named(in *dataspace.Instrument) dataspace.Text {
	name := in.Kind
	if in.ID != "" {
		name += " " + string(in.ID)
	}
	return dataspace.Text{EN: name + " " + d.en, ZH: name + d.zh}
}

// outOfDate says why an instrument is not in force on the day.
func (p *papers) outOfDate(r *regime, in *dataspace.Instrument) (d departure, inForce bool) {
	start, end := r.validity(in)
	switch {
	case start == "":
		return departure{en: "has no date from which it is in force", zh: "未注明生效日期"}, false
	case start > p.day:
		return departure{en: "is in force only from " + start, zh: "自" + start + "起方才生效"}, false
	case end != "" && end < p.day:
		return departure{en: "expired after " + end, zh: "已于" + end + "届满失效"}, false
	}
	return departure{}, true
}

// departures lists the differences between the flow and an instrument: the limits
// of its scope, and the triggers of the pack. An unknown fact counts as a
// difference. If one is enough, it may return the first together with others.
func (p *papers) departures(r *regime, in *dataspace.Instrument, one bool) []departure {
	var out []departure
	if c := in.Covers; c != nil {
		if out = p.leftParties(c, out); one && len(out) > 0 {
			return out
		}
		if out = p.leftData(r, in, out); one && len(out) > 0 {
			return out
		}
		out = p.leftStorage(c, out)
	}
	if k := r.kind(in.Kind); len(k.Triggers) > 0 && !(one && len(out) > 0) {
		start, _ := r.validity(in)
		out = p.happened(k, start, out)
	}
	return out
}

// leftParties compares the parties, scenario, purpose and act.
func (p *papers) leftParties(c *dataspace.InstrumentScope, out []departure) []departure {
	recipient, exporter := p.facts.Recipient().ID, p.facts.Exporter().ID
	if c.Recipient != "" && c.Recipient != string(recipient) {
		out = append(out, departure{on: "recipient", unknown: recipient == "", en: "is for another recipient", zh: "适用于其他接收方"})
	}
	if len(c.Exporters) > 0 && !slices.Contains(c.Exporters, exporter) {
		out = append(out, departure{unknown: exporter == "", en: "is for other exporters of the group", zh: "适用于集团内其他提供方"})
	}
	if scenario := p.facts.Known.Text("scenario"); c.Scenario != "" && c.Scenario != scenario {
		out = append(out, departure{on: "scenario", unknown: scenario == "", en: "is for another scenario", zh: "适用于其他场景"})
	}
	if purpose := p.facts.Known.Text("purpose"); len(c.Purposes) > 0 && !slices.Contains(c.Purposes, purpose) {
		out = append(out, departure{on: "purpose", unknown: purpose == "", en: "is for another purpose", zh: "适用于其他出境目的"})
	}
	if a, _ := native(p.table.Read(actFact, p.facts)).(string); len(c.Acts) > 0 && !slices.Contains(c.Acts, a) {
		out = append(out, departure{on: "act", en: "does not cover the act " + a, zh: "未涵盖该行为方式：" + a})
	}
	return out
}

// leftData compares the data elements, sensitivity and number of people.
func (p *papers) leftData(r *regime, in *dataspace.Instrument, out []departure) []departure {
	c, elements := in.Covers, p.facts.Known.List(dataspace.FactElements)
	if len(c.Elements) > 0 && len(elements) == 0 {
		out = append(out, departure{on: "elements", unknown: true,
			en: "is limited to some data elements, and those of the flow are not known", zh: "仅限部分数据项，而本次出境的数据项不明"})
	}
	if len(c.Elements) > 0 {
		if i := p.uncovered(in); i < len(elements) {
			el := elements[i]
			out = append(out, departure{on: "elements", en: "does not cover " + el, zh: "未涵盖数据项 " + el})
		}
	}
	for i := range r.splits {
		n, counted := r.splits[i].People(p.facts)
		more, known := r.splits[i].Exceeds(p.facts, c.MaxSubjects)
		switch {
		case c.Sensitive == nil || *c.Sensitive:
		case !counted:
			out = append(out, departure{on: "sensitive", unknown: true,
				en: "does not cover sensitive data, and it is not known whether there is any", zh: "未涵盖敏感个人信息，而本次出境是否包含不明"})
		case n > 0:
			out = append(out, departure{on: "sensitive", en: "does not cover sensitive data", zh: "未涵盖敏感个人信息"})
		}
		switch {
		case c.MaxSubjects == 0:
		case !known:
			out = append(out, departure{on: "people", unknown: true,
				en: "is limited to a number of people, and that of the flow is not known", zh: "设有人数上限，而本次出境人数不明"})
		case more:
			out = append(out, departure{on: "people", en: fmt.Sprintf("covers %d people at most", c.MaxSubjects), zh: fmt.Sprintf("最多涵盖%d人", c.MaxSubjects)})
		}
	}
	return out
}

// uncovered is the index of the flow's first element that an instrument does not
// cover, or the number of elements. It is kept, because many rules need it.
func (p *papers) uncovered(in *dataspace.Instrument) int {
	i, ok := p.left[in]
	if !ok {
		elements := p.facts.Known.List(dataspace.FactElements)
		for i < len(elements) && slices.Contains(in.Covers.Elements, dataspace.ElementID(elements[i])) {
			i++
		}
		p.left[in] = i
	}
	return i
}

// leftStorage compares the place and time of storage at the recipient.
func (p *papers) leftStorage(c *dataspace.InstrumentScope, out []departure) []departure {
	place, until := p.facts.Known.Text("storage.place"), p.facts.Known.Text("storage.until")
	switch {
	case c.Storage == "":
	case place == "":
		out = append(out, departure{on: "storage", unknown: true,
			en: "names where the data may be kept, and where it is kept is not known", zh: "限定了境外存储地，而实际存储地不明"})
	case place != string(c.Storage) && !strings.HasPrefix(place, string(c.Storage)+"-"):
		out = append(out, departure{on: "storage", en: "does not cover storage in " + place, zh: "未涵盖存储地 " + place})
	}
	switch {
	case c.Until == "":
	case until == "":
		out = append(out, departure{on: "retention", unknown: true,
			en: "names how long the data may be kept, and how long it is kept is not known", zh: "限定了境外保存期限，而实际保存期限不明"})
	case until > c.Until:
		out = append(out, departure{on: "retention", en: "covers storage only until " + c.Until, zh: "仅涵盖保存至" + c.Until})
	}
	return out
}

// eventTexts are the kinds of dataspace.Occurrence in words.
var eventTexts = map[string]dataspace.Text{
	"control":        {EN: "a change of control over a party", ZH: "一方实际控制权或者经营范围变化"},
	"law_abroad":     {EN: "a change of law or environment in the recipient's country", ZH: "境外接收方所在地法律政策环境变化"},
	"force_majeure":  {EN: "an event of force majeure", ZH: "不可抗力事件"},
	"legal_document": {EN: "a change of the legal document", ZH: "法律文件变更"},
	"recipient_use":  {EN: "a change in how the recipient uses the data", ZH: "境外接收方处理数据的用途、方式变化"},
	"other":          {EN: "another change that matters", ZH: "其他影响出境的变化"},
}

// happened adds the changes since the start of an instrument that end its use by
// the triggers of its kind.
func (p *papers) happened(k *instrumentKind, start string, out []departure) []departure {
	f := p.facts
	for _, ev := range f.Events {
		if ev.On >= start && ev.On <= p.day && k.trigger(ev.Kind) != nil {
			t := eventTexts[ev.Kind]
			out = append(out, departure{on: ev.Kind, en: "is from before " + t.EN + " on " + ev.On, zh: "取得后于" + ev.On + "发生" + t.ZH})
		}
	}
	out = p.endings(k, true, out)
	out = p.later(k, start, out)
	return p.endings(k, false, out)
}

// endings adds the facts that end the use of an instrument by the triggers of its
// kind: those about the data, or the others.
func (p *papers) endings(k *instrumentKind, ofData bool, out []departure) []departure {
	for _, i := range p.table.Ending() {
		v := p.table.At(i)
		if strings.HasPrefix(v.Name, "data.") == ofData && k.trigger(v.Ends.As) != nil {
			out = ended(v.Ends, p.table.Value(i, p.facts), out)
		}
	}
	return out
}

// ended adds a fact whose value ends, or may end, the use of an instrument.
func ended(ends *fact.Ends, x dataspace.Value, out []departure) []departure {
	switch {
	case !x.Known():
		return append(out, departure{on: ends.As, unknown: true, en: ends.Unknown.EN, zh: ends.Unknown.ZH})
	case slices.Contains(ends.Unless, x.String()):
		return out
	}
	return append(out, departure{on: ends.As, en: ends.Known.EN, zh: ends.Known.ZH})
}

// later adds the facts that became true only after an instrument was granted: the
// instrument was not granted for them. If the day is not known, neither is
// whether the fact is later.
func (p *papers) later(k *instrumentKind, start string, out []departure) []departure {
	for _, i := range p.table.Ending() {
		l := p.table.At(i).Ends.Later
		if l == nil || k.trigger(l.As) == nil {
			continue
		}
		value, day := p.table.Value(i, p.facts).String(), p.facts.Known.Text(l.On)
		switch {
		case value == "":
			out = append(out, departure{on: l.As, unknown: true, en: l.Unknown.EN, zh: l.Unknown.ZH})
		case !slices.Contains(l.Values, value) || day != "" && day < start:
		case day == "":
			out = append(out, departure{on: l.As, unknown: true, en: l.Undated.EN, zh: l.Undated.ZH})
		default:
			out = append(out, departure{on: l.As, en: strings.ReplaceAll(l.Known.EN, "{day}", day), zh: strings.ReplaceAll(l.Known.ZH, "{day}", day)})
		}
	}
	return out
}

// validity is the first and last day of an instrument; an empty end is open.
func (r *regime) validity(in *dataspace.Instrument) (start, end string) {
	filed := in.FiledOn
	kind := r.kind(in.Kind)
	if kind.Granted {
		filed = ""
	}
	for _, day := range []string{in.EffectiveOn, filed, in.CompletedOn} {
		if day != "" {
			start = day
			break
		}
	}
	if in.ExpiresOn != "" || start == "" {
		return start, in.ExpiresOn
	}
	if kind.Years > 0 {
		return start, pack.LastDayOfYears(start, kind.Years)
	}
	return start, ""
}
