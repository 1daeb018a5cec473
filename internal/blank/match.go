package blank

import (
	"slices"
	"strings"
	"unicode"
)

// Words are the labels of forms: which label asks for which answer.
type Words struct {
	// Contexts are the titles that say what the labels after them are about.
	Contexts []Context `yaml:"contexts"`
	// Hand are the words beside a blank that a person fills in by hand, such as
	// that of a signature; HandWhole are whole labels.
	Hand      []string `yaml:"hand"`
	HandWhole []string `yaml:"hand_whole"`
	Labels    []Entry  `yaml:"labels"`
}

// Context is a subject of labels.
type Context struct {
	ID    string   `yaml:"id"`
	Words []string `yaml:"words"`
	// Stop says that no label after the title is one of ours.
	Stop bool `yaml:"stop"`
}

// Entry is an answer and the labels that ask for it.
type Entry struct {
	Answer string `yaml:"answer"`
	// In are the contexts in which the labels ask for it; none: in every one.
	In []string `yaml:"in"`
	ZH []string `yaml:"zh"`
	EN []string `yaml:"en"`
	// Ends are the ends of sentences before a blank.
	Ends []string `yaml:"ends"`
	// Options are the texts beside boxes, by the answer.
	Options map[string][]string `yaml:"options"`
}

// Found says which answer a blank asks for.
type Found struct {
	Answer  string
	Label   string
	Side    Side
	English bool
	Entry   *Entry
}

// ByHand reports whether a person fills in the blank by hand.
func (w *Words) ByHand(b *Blank) bool {
	for _, l := range b.Labels {
		if l.Side == Above || l.Side == Named {
			continue
		}
		text := strings.ToLower(l.Text)
		if slices.ContainsFunc(w.Hand, func(word string) bool { return strings.Contains(text, strings.ToLower(word)) }) ||
			slices.ContainsFunc(w.HandWhole, func(word string) bool { return slices.Contains(variants(l.Text), plain(word)) }) {
			return true
		}
	}
	return false
}

// rank says how sure a label is; the higher is taken.
type rank int

// The ranks of labels.
const (
	byOptions rank = iota + 1
	byEnd
	byLabel
	inContext // a label that stands under its title
	byName    // the answer itself names the control
)

// Find lists the answers that a blank asks for: one, or none, or several that are
// equally likely.
func (w *Words) Find(b *Blank) []Found {
	var best []Found
	top := rank(0)
	take := func(r rank, f Found) {
		switch {
		case r > top:
			top, best = r, []Found{f}
		case r == top && !slices.ContainsFunc(best, func(o Found) bool { return o.Answer == f.Answer }):
			best = append(best, f)
		}
	}
	left := ""
	for _, l := range b.Labels {
		if l.Side == Left {
			left = l.Text
		}
		if l.Side == Above && left != "" && !w.isContext(left) {
			continue // the cell to the left says what it is, and it is not known
		}
		for _, e := range w.near(b, w.matching(l, byLabel)) {
			r := byLabel
			if len(e.In) > 0 {
				r = inContext
			}
			if l.Side == Named && e.Answer == l.Text {
				r = byName
			}
			take(r, Found{e.Answer, l.Text, l.Side, e.english(l), e})
		}
		for _, e := range w.near(b, w.matching(l, byEnd)) {
			take(byEnd, Found{e.Answer, l.Text, l.Side, false, e})
		}
	}
	if len(best) == 0 && b.Kind == Boxes {
		for i := range w.Labels {
			if e := &w.Labels[i]; e.offers(b.Options) {
				take(byOptions, Found{Answer: e.Answer, Label: strings.Join(b.Options, " / "), Entry: e})
			}
		}
	}
	return best
}

// matching lists the entries whose words a label is, or with which it ends.
func (w *Words) matching(l Label, r rank) []*Entry {
	var out []*Entry
	texts := variants(l.Text)
	for i := range w.Labels {
		e := &w.Labels[i]
		is := func(word string) bool { return slices.Contains(texts, plain(word)) }
		if r == byEnd {
			is = func(word string) bool { return l.Side == Before && strings.HasSuffix(plain(l.Text), plain(word)) }
			if slices.ContainsFunc(e.Ends, is) {
				out = append(out, e)
			}
			continue
		}
		if slices.ContainsFunc(e.ZH, is) || slices.ContainsFunc(e.EN, is) || l.Side == Named && e.Answer == l.Text {
			out = append(out, e)
		}
	}
	return out
}

// english reports whether the label is in English only.
func (e *Entry) english(l Label) bool {
	return !strings.ContainsFunc(l.Text, isHan) && slices.ContainsFunc(e.EN, func(word string) bool { return slices.Contains(variants(l.Text), plain(word)) })
}

// near keeps the entries whose title is the nearest before the blank; without one,
// those that need no title.
func (w *Words) near(b *Blank, list []*Entry) []*Entry {
	if len(list) == 0 {
		return nil
	}
	for _, t := range b.Around {
		about, stop := w.about(t)
		var here []*Entry
		for _, e := range list {
			if slices.ContainsFunc(e.In, func(id string) bool { return slices.Contains(about, id) }) {
				here = append(here, e)
			}
		}
		if len(here) > 0 {
			return here
		}
		if stop || t.Heading && len(about) == 0 {
			break // another subject begins
		}
	}
	return slices.DeleteFunc(slices.Clone(list), func(e *Entry) bool { return len(e.In) > 0 })
}

// about lists the contexts that a title names: it is their word, or it is a short
// heading with the word in it.
func (w *Words) about(t Title) (ids []string, stop bool) {
	texts := variants(t.Text)
	for _, c := range w.Contexts {
		for _, word := range c.Words {
			if slices.Contains(texts, plain(word)) || t.Heading && strings.Contains(plain(t.Text), plain(word)) {
				ids, stop = append(ids, c.ID), stop || c.Stop
				break
			}
		}
	}
	return ids, stop
}

func (w *Words) isContext(text string) bool {
	ids, stop := w.about(Title{Text: text})
	return len(ids) > 0 && !stop
}

// offers reports whether boxes are those of the entry: at least two, each another
// answer.
func (e *Entry) offers(options []string) bool {
	seen := map[string]bool{}
	for _, text := range options {
		id := e.Option(text)
		if id == "" || seen[id] {
			return false
		}
		seen[id] = true
	}
	return len(seen) > 1
}

// Option is the answer that a text beside a box stands for; empty if none or
// several do.
func (e *Entry) Option(text string) string {
	found := ""
	for id, words := range e.Options {
		if slices.ContainsFunc(words, func(word string) bool { return Same(text, word) }) {
			if found != "" {
				return ""
			}
			found = id
		}
	}
	return found
}

// Same reports whether two texts are the same but for spaces, numbers before them,
// signs behind them and a remark in brackets.
func Same(a, b string) bool {
	return slices.Contains(variants(a), plain(b))
}

// plain is a text as labels are compared: small letters, no spaces, no number
// before it and no sign behind it.
func plain(text string) string {
	text = strings.ToLower(strings.Map(func(r rune) rune {
		switch {
		case isSpace(r) || r == '\n' || isLine(r) || unicode.In(r, unicode.Cf):
			return -1
		case r >= '！' && r <= '～':
			return r - 0xfee0 // the narrow form
		}
		return r
	}, text))
	for {
		next := strings.Trim(text, ":*.;,、。·-")
		if number := numbered.FindString(next); number != "" && number != next {
			next = next[len(number):]
		}
		if next == text {
			return text
		}
		text = next
	}
}

// variants are the forms of a label under which it may be known: as it is, without
// a remark in brackets, and each language of a label in two.
func variants(text string) []string {
	out := []string{plain(text)}
	add := func(s string) {
		if s = plain(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	add(bareOf(strings.TrimRight(text, "：: \t\u3000")))
	if strings.ContainsFunc(text, isHan) && strings.ContainsFunc(text, isLatin) {
		add(keep(text, isHan))
		add(strings.Trim(keep(text, func(r rune) bool { return !isHan(r) }), " /()（）"))
	}
	return out
}

func keep(text string, is func(rune) bool) string {
	return strings.Map(func(r rune) rune {
		if is(r) {
			return r
		}
		return -1
	}, text)
}

func isHan(r rune) bool   { return unicode.Is(unicode.Han, r) }
func isLatin(r rune) bool { return unicode.Is(unicode.Latin, r) }
