package blank

import (
	"fmt"
	"slices"
	"strings"

	"hutong/internal/dataspace"
)

// Answer is an answer as a blank takes it.
type Answer struct {
	Path string
	Text string // as it is written
	// Says are the texts beside boxes that say it.
	Says []string
	Day  string // 2006-01-02, of an answer that is a day
	// Switch says that it is a yes or no; On is its answer.
	Switch, On bool
}

// Fit is what a blank gets for an answer. ok is false if the answer does not have
// the form of the blank. none says that the blank stays as it is and is complete: a
// no leaves the only box empty. A box that the form has ticked for another answer
// is an error, and so are two boxes for one.
func (b *Blank) Fit(a Answer) (v Value, ok, none bool, err error) {
	switch {
	case b.Kind == Boxes:
		return b.tick(a)
	case a.Switch:
		return Value{}, false, false, nil // a label without boxes asks for more than yes or no
	case b.Kind == Date:
		if len(a.Day) != len("2006-01-02") {
			return Value{}, false, false, nil
		}
		return Value{Day: []string{strings.TrimLeft(a.Day[:4], "0"), strings.TrimLeft(a.Day[5:7], "0"), strings.TrimLeft(a.Day[8:], "0")}}, true, false, nil
	case len(b.List) > 0:
		if i := slices.IndexFunc(b.List, func(o string) bool { return Same(o, a.Text) }); i >= 0 {
			return Value{Text: b.List[i]}, true, false, nil
		}
		return Value{Text: a.Text}, !b.Only, false, nil
	}
	return Value{Text: a.Text}, true, false, nil
}

func (b *Blank) tick(a Answer) (v Value, ok, none bool, err error) {
	option := -1
	for i, text := range b.Options {
		if !slices.ContainsFunc(a.Says, func(w string) bool { return w != "" && Same(text, w) }) {
			continue
		}
		if option >= 0 {
			return v, false, false, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "form.twoboxes", Place: b.named(),
				Message: fmt.Sprintf("two boxes fit the answer %s", a.Path), Hint: "tick it by hand: say so in a file for --blanks"}
		}
		option = i
	}
	ticked := b.Ticked()
	switch {
	case option < 0 && len(b.Options) == 1 && a.Switch && !a.On && ticked < 0:
		return v, false, true, nil
	case ticked >= 0 && ticked != option:
		return v, false, false, &dataspace.Problem{Kind: dataspace.ErrConflict, Code: "form.ticked", Place: b.named(),
			Message: fmt.Sprintf("the form has a box ticked, and the answer %s says another", a.Path), Hint: "take the tick out of the form, or correct the answer"}
	}
	return Value{Option: option}, option >= 0, false, nil
}

// named is a blank as errors name it.
func (b *Blank) named() string {
	label := ""
	if len(b.Labels) > 0 {
		label = b.Labels[0].Text
	}
	return fmt.Sprintf("%s (%s, %s)", b.Place.EN, b.ID, label)
}
