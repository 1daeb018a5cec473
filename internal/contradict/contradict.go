// Package contradict finds statements that cannot both be true. It compares the
// facts of a flow with each other and with the profile of its dataset, its papers,
// what people say of a column with its values, and the answers of a filing with
// what was decided. Each finding names both places.
//
// It finds only contradictions: what is unusual, what is not known, and what a
// law forbids is for the rules. It is pure, and names no law: the packs say who
// is counted and which papers are granted, words/contradictions.yaml says which
// statements exclude each other.
package contradict

import (
	"fmt"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/fact"
)

// Law is what the packs in force say of the words that are compared.
type Law struct {
	Facts    *fact.Table
	Elements *element.Taxonomy
	// Classes are the classes of people that a law of a jurisdiction counts. A
	// flow is compared with those of its exporter's.
	Classes func(exporter dataspace.Jurisdiction) []dataspace.CountClass
	// Granted are the kinds of papers that somebody else grants, so that an
	// application comes before them. Filed are those that the law wants filed within
	// a time after they take effect.
	Granted, Filed map[string]bool
}

// Case is what is known of a flow.
type Case struct {
	Facts dataspace.Facts
	// Profile is that of the dataset, as people's statements change it, and Plan
	// is how it leaves. Both are nil where there are only facts.
	Profile *dataspace.Profile
	Plan    *dataspace.Plan
	// Today is the day that it is, see Today. Empty: no day is compared with it.
	// A flow may be decided as of an earlier day or of one to come; what is said
	// to have happened is compared with the later of both days.
	Today string
	// Apart says that the documents were put together by a person, and not made
	// of each other by a gateway.
	Apart bool
}

// Check finds all contradictions of a case, always in the same order.
func (l *Law) Check(c Case) dataspace.Contradictions {
	var out dataspace.Contradictions
	out = append(out, l.counts(&c)...)
	out = append(out, among(exclusive(), &c)...)
	out = append(out, c.grounds()...)
	out = append(out, c.events()...)
	out = append(out, l.papers(&c)...)
	if c.Profile != nil {
		out = append(out, l.statements(&c)...)
		out = append(out, l.columns(&c)...)
	}
	return out
}

// firstZone is the zone of time in which a day begins first.
var firstZone = time.FixedZone("", 14*60*60)

// Today is the latest day that it is anywhere at an instant.
func Today(now time.Time) string { return now.In(firstZone).Format(time.DateOnly) }

// both is a text that is the same in both languages.
func both(format string, args ...any) dataspace.Text {
	s := fmt.Sprintf(format, args...)
	return dataspace.Text{EN: s, ZH: s}
}

// said is a place with what it says.
func said(place, value string) dataspace.Text {
	return dataspace.Text{EN: place + ": " + value, ZH: place + "：" + value}
}

// stated is the place of a fact, with its value and whoever declared it.
func stated(f *dataspace.Facts, name string) dataspace.Text {
	t := said("facts."+name, f.Known.Of(name).String())
	for _, d := range f.Declared {
		if d.Fact == name {
			t.EN += fmt.Sprintf(" (declared by %s until %s)", d.By, d.Until)
			t.ZH += fmt.Sprintf("（%s声明，有效至%s）", d.By, d.Until)
		}
	}
	return t
}
