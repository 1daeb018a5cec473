package rules

import (
	"fmt"
	"slices"

	"hutong/internal/dataspace"
)

// instrument finds the first instrument of a kind that is in force on the day
// and covers the flow. When there is none, why says for each registered one
// what it lacks.
func (e *evaluation) instrument(r *regime, kind string) (found *dataspace.Instrument, why []dataspace.Text) {
	for i := range e.facts.Instruments {
		in := &e.facts.Instruments[i]
		if in.Kind != kind {
			continue
		}
		lack, ok := e.lack(r, in)
		if ok {
			return in, nil
		}
		why = append(why, lack)
	}
	return nil, why
}

// lack says what keeps an instrument from covering the flow today.
func (e *evaluation) lack(r *regime, in *dataspace.Instrument) (lack dataspace.Text, ok bool) {
	start, end := r.validity(in)
	name := in.Kind
	if in.ID != "" {
		name += " " + string(in.ID)
	}
	say := func(en, zh string) (dataspace.Text, bool) {
		return dataspace.Text{EN: name + " " + en, ZH: name + zh}, false
	}
	switch {
	case start == "":
		return say("has no date from which it is in force", "未注明生效日期")
	case start > e.facts.On:
		return say("is in force only from "+start, "自"+start+"起方才生效")
	case end != "" && end < e.facts.On:
		return say("expired after "+end, "已于"+end+"届满失效")
	case in.Covers == nil:
		return dataspace.Text{}, true
	}
	c, f := in.Covers, e.facts
	switch {
	case c.Recipient != "" && c.Recipient != string(f.Recipient.ID):
		return say("is for another recipient", "适用于其他接收方")
	case c.Scenario != "" && c.Scenario != f.Scenario:
		return say("is for another scenario", "适用于其他场景")
	case len(c.Elements) > 0 && len(f.Data.Elements) == 0:
		return say("is limited to some data elements, and those of the flow are not known", "仅限部分数据要素，而本次出境的数据要素不明")
	}
	if len(c.Elements) > 0 {
		for _, el := range f.Data.Elements {
			if !slices.Contains(c.Elements, el) {
				return say("does not cover "+string(el), "未涵盖数据要素 "+string(el))
			}
		}
	}
	if c.MaxSubjects > 0 {
		n, s := f.Counts.NonSensitive, f.Counts.Sensitive
		if n == nil || s == nil {
			return say("is limited to a number of people, and that of the flow is not known", "设有人数上限，而本次出境人数不明")
		}
		if *n > c.MaxSubjects || *s > c.MaxSubjects-*n {
			return say(fmt.Sprintf("covers %d people at most", c.MaxSubjects), fmt.Sprintf("最多涵盖%d人", c.MaxSubjects))
		}
	}
	return dataspace.Text{}, true
}

// validity is the first and last day of an instrument; an empty end is open.
func (r *regime) validity(in *dataspace.Instrument) (start, end string) {
	for _, day := range []string{in.EffectiveOn, in.FiledOn, in.CompletedOn} {
		if day != "" {
			start = day
			break
		}
	}
	if in.ExpiresOn != "" || start == "" {
		return start, in.ExpiresOn
	}
	if y, ok := r.instruments[in.Kind]; ok && y.Years > 0 {
		return start, lastDayOfYears(start, y.Years)
	}
	return start, ""
}
