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
	// Number says that it is a number, which may be written in the unit of a blank.
	Number bool
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
	case b.Kind == Text && len(b.spots) > 1:
		text := strings.Join(strings.Fields(a.Text), "")
		return Value{Text: text}, len([]rune(text)) == len(b.spots), false, nil
	case manifold(b.Unit):
		text, ok := a.in(b.Unit)
		return Value{Text: text}, ok, false, nil
	case len(b.List) > 0:
		if i := slices.IndexFunc(b.List, func(o string) bool { return Same(o, a.Text) }); i >= 0 {
			return Value{Text: b.List[i]}, true, false, nil
		}
		return Value{Text: a.Text}, !b.Only, false, nil
	}
	return Value{Text: a.Text}, true, false, nil
}

// multiples are words of numbers, as powers of ten, and measures what may follow
// them behind a blank.
var (
	multiples = map[rune]int{'十': 1, '百': 2, '千': 3, '万': 4, '亿': 8}
	measures  = []string{"", "人", "人次", "名", "个", "条", "元", "元人民币", "份", "户", "件", "台", "次"}
)

// manifold reports whether a unit counts in tens, hundreds or more.
func manifold(unit string) bool {
	rest := strings.TrimLeft(unit, "十百千万亿")
	return rest != unit && slices.Contains(measures, rest)
}

// isMeasure reports whether a text is a unit and nothing else.
func isMeasure(text string) bool {
	return text != "" && slices.Contains(measures, text) || manifold(text)
}

// in writes a number in such a unit: 520,000 people are 52 ten thousands.
func (a Answer) in(unit string) (string, bool) {
	if !a.Number || strings.Trim(a.Text, "0123456789") != "" {
		return "", false
	}
	shift := 0
	for _, r := range unit {
		shift += multiples[r]
	}
	digits := strings.Repeat("0", max(0, shift+1-len(a.Text))) + a.Text
	at := len(digits) - shift
	return strings.TrimRight(strings.TrimRight(digits[:at]+"."+digits[at:], "0"), "."), true
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
