package rules

import (
	"slices"
	"strings"

	"hutong/internal/coverage"
	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/pack"
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
	coverage.Comparison
	day string // of the regime that is evaluated
}

// instrument finds the first instrument of a kind that is in force on the day
// and covers the flow. If there is none, why says for each registered one why it
// does not count.
func (p *papers) instrument(r *regime, kind string) (found *dataspace.Instrument, why []dataspace.Text) {
	for i := range p.Facts.Instruments {
		in := &p.Facts.Instruments[i]
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
	if out, counts := coverage.Standing(in); !counts {
		return out.Named(in), false
	}
	if out, dated := p.outOfDate(r, in); !dated {
		return out.Named(in), false
	}
	if gone := p.departures(r, in, true); len(gone) > 0 {
		return gone[0].Named(in), false
	}
	return dataspace.Text{}, true
}

// departure is a difference between a flow and an instrument.
type departure = coverage.Departure

// outOfDate says why an instrument is not in force on the day.
func (p *papers) outOfDate(r *regime, in *dataspace.Instrument) (d departure, inForce bool) {
	start, end := r.validity(in)
	switch {
	case start == "":
		return departure{EN: "has no date from which it is in force", ZH: "未注明生效日期"}, false
	case start > p.day:
		return departure{EN: "is in force only from " + start, ZH: "自" + start + "起方才生效"}, false
	case end != "" && end < p.day:
		return departure{EN: "expired after " + end, ZH: "已于" + end + "届满失效"}, false
	}
	return departure{}, true
}

// departures lists the differences between the flow and an instrument: the limits
// of its scope, and the triggers of the pack. An unknown fact counts as a
// difference. If one is enough, it may return the first together with others.
func (p *papers) departures(r *regime, in *dataspace.Instrument, one bool) []departure {
	out := p.Departures(in, r.splits, one)
	if k := r.kind(in.Kind); len(k.Triggers) > 0 && !(one && len(out) > 0) {
		start, _ := r.validity(in)
		out = p.happened(k, start, out)
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
	f := p.Facts
	for _, ev := range f.Events {
		if ev.On >= start && ev.On <= p.day && k.trigger(ev.Kind) != nil {
			t := eventTexts[ev.Kind]
			out = append(out, departure{On: ev.Kind, EN: "is from before " + t.EN + " on " + ev.On, ZH: "取得后于" + ev.On + "发生" + t.ZH})
		}
	}
	out = p.endings(k, true, out)
	out = p.later(k, start, out)
	return p.endings(k, false, out)
}

// endings adds the facts that end the use of an instrument by the triggers of its
// kind: those about the data, or the others.
func (p *papers) endings(k *instrumentKind, ofData bool, out []departure) []departure {
	for _, i := range p.Table.Ending() {
		v := p.Table.At(i)
		if strings.HasPrefix(v.Name, "data.") == ofData && k.trigger(v.Ends.As) != nil {
			out = ended(v.Ends, p.Table.Value(i, p.Facts), out)
		}
	}
	return out
}

// ended adds a fact whose value ends, or may end, the use of an instrument.
func ended(ends *fact.Ends, x dataspace.Value, out []departure) []departure {
	switch {
	case !x.Known():
		return append(out, departure{On: ends.As, Unknown: true, EN: ends.Unknown.EN, ZH: ends.Unknown.ZH})
	case slices.Contains(ends.Unless, x.String()):
		return out
	}
	return append(out, departure{On: ends.As, EN: ends.Known.EN, ZH: ends.Known.ZH})
}

// later adds the facts that became true only after an instrument was granted: the
// instrument was not granted for them. If the day is not known, neither is
// whether the fact is later.
func (p *papers) later(k *instrumentKind, start string, out []departure) []departure {
	for _, i := range p.Table.Ending() {
		l := p.Table.At(i).Ends.Later
		if l == nil || k.trigger(l.As) == nil {
			continue
		}
		value, day := p.Table.Value(i, p.Facts).String(), p.Facts.Known.Text(l.On)
		switch {
		case value == "":
			out = append(out, departure{On: l.As, Unknown: true, EN: l.Unknown.EN, ZH: l.Unknown.ZH})
		case !slices.Contains(l.Values, value) || day != "" && day < start:
		case day == "":
			out = append(out, departure{On: l.As, Unknown: true, EN: l.Undated.EN, ZH: l.Undated.ZH})
		default:
			out = append(out, departure{On: l.As, EN: strings.ReplaceAll(l.Known.EN, "{day}", day), ZH: strings.ReplaceAll(l.Known.ZH, "{day}", day)})
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
