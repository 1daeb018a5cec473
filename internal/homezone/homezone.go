// Package homezone asks in which time zone an exporter is, where its jurisdiction
// has several and it has stated none. Until it is stated, the earliest of the days
// in these zones is the exporter's.
package homezone

import (
	"fmt"
	"strings"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/zone"
)

// Fact says by which zone the exporter knows the day.
const Fact = "exporter.time_zone"

// Question is a question about a fact that has not been stated, with the answers
// that the law of the participant suggests.
type Question struct {
	Fact   string         `json:"fact"` // by the name that it has in a participant
	Ask    dataspace.Text `json:"ask"`
	Values []string       `json:"values"`
}

// Questions asks for the zone of a participant, whose jurisdiction has these zones
// and which states these facts, by their names in a participant.
func Questions(zones zone.List, stated dataspace.Values) []Question {
	d := definition()
	if len(zones) < 2 || stated.Of(d.FieldName()).Known() {
		return nil
	}
	return []Question{{Fact: d.FieldName(), Ask: d.Ask, Values: zones.Names()}}
}

// Narrower says which question would narrow a decision. At its instant the
// exporter, whose zone is not stated, has several days in the zones of its
// jurisdiction, and the decision rests on the earliest.
func Narrower(of func(dataspace.Jurisdiction) zone.List, f *dataspace.Facts) []dataspace.Missing {
	if f.At == "" || f.Known.Of(Fact).Known() {
		return nil
	}
	zones := of(f.Exporter().Jurisdiction)
	if len(zones) < 2 {
		return nil
	}
	at, err := time.Parse(time.RFC3339, f.At)
	if err != nil {
		return nil
	}
	days := zones.Days(at)
	if len(days) < 2 || f.On != days[0] {
		return nil
	}
	ask, names := definition().Ask, strings.Join(zones.Names(), ", ")
	return []dataspace.Missing{{
		Fact: Fact,
		Why: dataspace.Text{
			EN: fmt.Sprintf("the exporter's jurisdiction has the day %s and its time zone is not stated, so the earliest counts", strings.Join(days, " or ")),
			ZH: fmt.Sprintf("提供方所在法域此时的日期为%s，其时区未说明，故以最早的日期为准", strings.Join(days, "或")),
		},
		Ask: &dataspace.Text{EN: ask.EN + " The zones of its jurisdiction are " + names + ".", ZH: ask.ZH + "该法域的时区：" + names + "。"},
	}}
}

// definition is the fact in the table of facts; a test looks for it there.
func definition() *fact.Definition {
	d, _ := fact.Standard().Lookup(Fact)
	return d
}
