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
	// Endings may follow the word of a context in a heading. Attributes are labels
	// without an answer of ours that say nothing about whom a line is about.
	Endings    []string `yaml:"endings"`
	Attributes []string `yaml:"attributes"`
	// Qualifiers are words of a remark in brackets that change what a label asks for.
	Qualifiers []string `yaml:"qualifiers"`
	// Lists are words of a short remark that asks for several answers.
	Lists []string `yaml:"lists"`
	// Begins and Until stand before the first and the second day of a period.
	Begins []string `yaml:"begins"`
	Until  []string `yaml:"until"`
	Labels []Entry  `yaml:"labels"`
}

// Prepare brings the words into the form in which labels are compared. Find and
// ByHand need it.
func (w *Words) Prepare() {
	all := func(list []string) {
		for i := range list {
			list[i] = plain(list[i])
		}
	}
	for i := range w.Contexts {
		all(w.Contexts[i].Words)
	}
	for i := range w.Hand {
		w.Hand[i] = strings.ToLower(w.Hand[i])
	}
	for _, list := range [][]string{w.HandWhole, w.Endings, w.Attributes, w.Begins, w.Until} {
		all(list)
	}
	for i := range w.Qualifiers {
		w.Qualifiers[i] = strings.ToLower(w.Qualifiers[i])
	}
	for i := range w.Labels {
		e := &w.Labels[i]
		for _, list := range [][]string{e.ZH, e.EN, e.Ends, e.Rows} {
			all(list)
		}
		for _, list := range e.Options {
			all(list)
		}
	}
}

// Context is a subject of labels.
type Context struct {
	ID    string   `yaml:"id"`
	Words []string `yaml:"words"`
	// Stop says that no label after the title is one of ours.
	Stop bool `yaml:"stop"`
	// Within is the context of which it is a part. Weak says that it is no party:
	// labels of others may follow.
	Within string `yaml:"within"`
	Weak   bool   `yaml:"weak"`
	// Exact says that a title with more words than these is another one. Alone says
	// that a line with a blank for its name says nothing about the lines after it.
	Exact bool `yaml:"exact"`
	Alone bool `yaml:"alone"`
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
	// To is the answer for the end of the period that begins with this one.
	To string `yaml:"to"`
	// With are words of which the sentence, or the cell to the left, has one; Units
	// are the words behind the blank; Rows the heads of the row, of a label that is
	// the head of a column.
	With  []string `yaml:"with"`
	Units []string `yaml:"units"`
	Rows  []string `yaml:"rows"`
	// English says that the English text is asked for. And are answers that follow.
	English bool     `yaml:"english"`
	And     []string `yaml:"and"`
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
		if slices.ContainsFunc(w.Hand, func(word string) bool { return strings.Contains(text, word) }) ||
			slices.ContainsFunc(w.HandWhole, func(word string) bool { return slices.Contains(w.variants(l.Text), word) }) {
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
	left, inline := "", false
	// In a matrix the head of the column is the title, and the row has the label.
	matrix := slices.ContainsFunc(b.Labels, func(l Label) bool { return l.Side == Above && w.isContext(l.Text) })
	row := slices.ContainsFunc(b.Labels, func(l Label) bool { return l.Side == Left || l.Side == FarLeft })
	remarked := slices.ContainsFunc(b.Labels, func(l Label) bool { return l.Side == After && len(w.matching(l, byLabel)) == 0 })
	for _, l := range b.Labels {
		if l.Side == Before && slices.Contains(w.Begins, plain(l.Text)) {
			continue // it is no label
		}
		inline = inline || l.Side == Before
		if l.Side == Left && inline {
			continue // the label in the line says what it is
		}
		if l.Side == Left {
			left = l.Text
		}
		if l.Lead != "" && w.isContext(l.Text) {
			l.Text = l.Lead + "：" + l.Text // who it is does not say what is asked of it
		}
		switch {
		case l.Side == FarLeft && (left != "" || !matrix):
			continue
		case l.Side == Above && !w.crosses(b, l) && (left != "" && !w.isContext(left) || matrix && row):
			continue // the cell to the left says what it is, known or not
		}
		for _, e := range w.near(b, l, w.matching(l, byLabel)) {
			r := byLabel
			if len(e.In) > 0 {
				r = inContext
			}
			if l.Side == Named && e.Answer == l.Text {
				r = byName
			}
			take(r, Found{e.Answer, l.Text, l.Side, e.English || w.english(e, l), e})
		}
		if remarked || b.Kind == Boxes {
			continue // the remark behind the blank says what it asks for, and is not known
		}
		for _, e := range w.near(b, l, w.matching(l, byEnd)) {
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
	texts := w.variants(l.Text)
	for i := range w.Labels {
		e := &w.Labels[i]
		is := func(word string) bool { return slices.Contains(texts, word) }
		if r == byEnd {
			is = func(word string) bool { return l.Side == Before && strings.HasSuffix(texts[0], word) }
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
func (w *Words) english(e *Entry, l Label) bool {
	return !strings.ContainsFunc(l.Text, isHan) && slices.ContainsFunc(w.variants(l.Text), func(text string) bool { return slices.Contains(e.EN, text) })
}

// near keeps the entries that fit the nearest title before the blank: those of its
// context, or of the one within which it is. Under the title of a party nothing of
// another party is taken. Without a title, those count that need none.
func (w *Words) near(b *Blank, l Label, list []*Entry) []*Entry {
	// Where some heads of rows have an answer of their own, the head of the column
	// alone asks for none.
	crossed := l.Side == Above && slices.ContainsFunc(list, func(e *Entry) bool { return len(e.Rows) > 0 }) &&
		slices.ContainsFunc(b.Labels, func(l Label) bool { return l.Side == Left || l.Side == FarLeft })
	list = slices.DeleteFunc(list, func(e *Entry) bool { return !e.suits(b, l) || crossed && len(e.Rows) == 0 })
	if len(list) == 0 || w.stopped(b) {
		return nil
	}
	if about := w.partyBefore(b, l); len(about) > 0 {
		return slices.DeleteFunc(slices.Clone(list), func(e *Entry) bool {
			home := w.home(e)
			return !overlap(home, about) && !overlap(w.parents(home), about)
		})
	}
	var within []string // the contexts that may still follow; nil before the first
	for i, t := range b.Around {
		about, _ := w.about(t)
		if t.first != nil {
			about = w.subject(t)
		} else if t.own > 0 && i > 0 {
			about = slices.DeleteFunc(about, func(id string) bool { return w.isPart(id) && (t.own > 1 || w.isAlone(id)) })
		}
		if t.Text == l.Text {
			about = slices.DeleteFunc(about, w.isPart) // a part does not say whose it is
		}
		if within != nil && !overlap(about, within) {
			about = slices.DeleteFunc(about, w.isWeak)
			if len(about) > 0 && !overlap(w.parents(about), within) {
				break // another party
			}
			about = nil // another part of it has answers of its own
		}
		var here []*Entry
		for _, e := range list {
			// A label that names somebody by itself fits under the title of the party
			// too.
			if home := w.home(e); len(e.In) == 0 && w.names(l, e) || overlap(home, about) || len(e.In) == 0 && overlap(w.parents(home), about) {
				here = append(here, e)
			}
		}
		if len(here) > 1 {
			here = w.ofParty(here, b.Around[i:])
		}
		if len(here) > 0 {
			return here
		}
		if t.Heading && len(about) == 0 && t.Text != l.Text && !(t.line && w.isAttribute(t.Text)) {
			break // another subject begins
		}
		if parents := w.parents(slices.DeleteFunc(about, w.isWeak)); parents != nil {
			within = parents
		}
	}
	return slices.DeleteFunc(slices.Clone(list), func(e *Entry) bool {
		return len(e.In) > 0 || !w.names(l, e) && within != nil && len(w.home(e)) > 0 && !overlap(w.home(e), within) && !overlap(w.parents(w.home(e)), within)
	})
}

// stopped reports whether the nearest title says that none of our answers follows.
func (w *Words) stopped(b *Blank) bool {
	for _, t := range b.Around {
		if t.line || slices.ContainsFunc(b.Labels, func(l Label) bool { return l.Text == t.Text }) {
			continue // it says nothing of what stands above
		}
		if about, stop := w.about(t); stop || t.Heading || len(about) > 0 {
			return stop
		}
	}
	return false
}

// suits reports whether what else an entry asks of a blank holds.
func (e *Entry) suits(b *Blank, l Label) bool {
	said := b.Sentence
	row := len(e.Rows) == 0
	for _, other := range b.Labels {
		switch other.Side {
		case Left:
			said += other.Text
			fallthrough
		case FarLeft:
			row = row || l.Side == Above && slices.Contains(e.Rows, plain(other.Text))
		}
	}
	return row && (len(e.Units) == 0 || slices.Contains(e.Units, b.Unit)) &&
		(len(e.With) == 0 || slices.ContainsFunc(e.With, func(word string) bool { return strings.Contains(said, word) }))
}

// crosses reports whether the head of a column and that of the row ask together.
func (w *Words) crosses(b *Blank, l Label) bool {
	return slices.ContainsFunc(w.matching(l, byLabel), func(e *Entry) bool { return len(e.Rows) > 0 && e.suits(b, l) })
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(id string) bool { return slices.Contains(b, id) })
}

// parents are the contexts within which some are; nil for no context.
func (w *Words) parents(ids []string) []string {
	if len(ids) == 0 {
		return nil
	}
	out := []string{}
	for _, c := range w.Contexts {
		if slices.Contains(ids, c.ID) && c.Within != "" {
			out = append(out, c.Within)
		}
	}
	return out
}

func (w *Words) isWeak(id string) bool {
	return slices.ContainsFunc(w.Contexts, func(c Context) bool { return c.ID == id && c.Weak })
}

func (w *Words) isPart(id string) bool {
	return slices.ContainsFunc(w.Contexts, func(c Context) bool { return c.ID == id && c.Within != "" })
}

// home are the contexts of an entry: those that it names, or those of the entries
// beside it.
func (w *Words) home(e *Entry) []string {
	if len(e.In) > 0 {
		return e.In
	}
	var out []string
	parent := e.Answer[:strings.LastIndexByte(e.Answer, '.')+1]
	for i := range w.Labels {
		if other := &w.Labels[i]; strings.HasPrefix(other.Answer, parent) && !strings.Contains(other.Answer[len(parent):], ".") {
			out = append(out, other.In...)
		}
	}
	return out
}

// subject lists the contexts of the answer that the blank takes with which a line
// begins: a line that begins with the name of somebody is about that person.
func (w *Words) subject(t Title) []string {
	found := w.Find(t.first)
	if len(found) != 1 {
		return nil
	}
	home := w.home(found[0].Entry)
	// A part counts only within the party of the answer.
	people, _ := w.about(Title{Text: t.Text})
	people = slices.DeleteFunc(people, func(id string) bool { return !overlap(w.parents([]string{id}), home) })
	return append(slices.Clone(home), people...)
}

// partyBefore lists the parties that the words before a blank name, for a label
// behind it: "with the recipient ____ (name)".
func (w *Words) partyBefore(b *Blank, l Label) []string {
	if l.Side != After {
		return nil
	}
	for _, other := range b.Labels {
		if other.Side == Before {
			about, _ := w.about(Title{Text: other.Text, Heading: true})
			return slices.DeleteFunc(about, w.isWeak)
		}
	}
	return nil
}

// ofParty keeps those of several entries that are of the nearest party.
func (w *Words) ofParty(list []*Entry, around []Title) []*Entry {
	for _, t := range around {
		about, _ := w.about(t)
		if t.first != nil {
			about = w.subject(t)
		}
		about = slices.DeleteFunc(about, func(id string) bool { return w.isWeak(id) || w.isPart(id) })
		if len(about) > 0 {
			return slices.DeleteFunc(slices.Clone(list), func(e *Entry) bool {
				home := w.home(e)
				return len(home) > 0 && !overlap(home, about) && !overlap(w.parents(home), about)
			})
		}
	}
	return list
}

func (w *Words) isAlone(id string) bool {
	return slices.ContainsFunc(w.Contexts, func(c Context) bool { return c.ID == id && c.Alone })
}

// names reports whether a label names the party of an entry itself.
func (w *Words) names(l Label, e *Entry) bool {
	text := plain(l.Text)
	return slices.ContainsFunc(w.Contexts, func(c Context) bool {
		return c.Within == "" && !c.Weak && slices.Contains(w.home(e), c.ID) && slices.ContainsFunc(c.Words, func(word string) bool { return strings.Contains(text, word) })
	})
}

// isAttribute reports whether the label that begins a line is one of ours, or says
// nothing about whom the line is about.
func (w *Words) isAttribute(text string) bool {
	return slices.Contains(w.Attributes, plain(text)) || len(w.matching(Label{Text: text}, byLabel)) > 0
}

// about lists the contexts that a title names: it is their word, or it is a short
// heading with the word in it.
func (w *Words) about(t Title) (ids []string, stop bool) {
	text := t.Text
	if bare := bareOf(text); bare == "" {
		text = strings.Trim(text, "（）()") // the whole title is in brackets
	}
	texts := w.variants(text)
	for _, c := range w.Contexts {
		for _, word := range c.Words {
			if !slices.Contains(texts, word) && !(t.Heading && !c.Exact && w.endsIn(texts, word)) {
				continue
			}
			if c.Stop {
				stop = true
			} else {
				ids = append(ids, c.ID)
			}
			break
		}
	}
	return ids, stop && len(ids) == 0
}

// endsIn reports whether one of the texts ends in the word, or in the word with an
// ending.
func (w *Words) endsIn(texts []string, word string) bool {
	for _, text := range texts {
		if strings.HasSuffix(text, word) || slices.ContainsFunc(w.Endings, func(end string) bool { return strings.HasSuffix(text, word+end) }) {
			return true
		}
	}
	return false
}

func (w *Words) isContext(text string) bool {
	ids, _ := w.about(Title{Text: text})
	return len(ids) > 0
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
	return slices.Contains((&Words{}).variants(a), plain(b))
}

// Ends reports whether a blank is the second day of a period.
func (w *Words) Ends(b *Blank) bool {
	return b.Kind == Date && len(b.Labels) > 0 && b.Labels[0].Side == Before && slices.Contains(w.Until, plain(b.Labels[0].Text))
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

// listMax is the longest remark that asks for several answers; longer ones explain.
const listMax = 14

// variants are the forms of a label under which it may be known: as it is, without
// a remark in brackets that changes nothing, and each language of a label in two.
func (w *Words) variants(text string) []string {
	out := []string{plain(text)}
	add := func(s string) {
		if s = plain(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	text = strings.TrimRight(text, "：: \t\u3000")
	bare := bareOf(text)
	if bare == "" {
		bare = strings.Trim(text, "（）()") // all of it is in brackets
		add(bare)
		return out
	}
	remark := strings.ToLower(text[len(bare):])
	has := func(words []string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(remark, word) })
	}
	if has(w.Qualifiers) || len([]rune(remark)) <= listMax && has(w.Lists) {
		return out
	}
	add(bare)
	text = bare
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
