package blank

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"hutong/internal/dataspace"
)

// Kind is what a blank takes.
type Kind string

// The kinds of blanks.
const (
	Text  Kind = "text"
	Date  Kind = "date"  // year, month and day have a place each
	Boxes Kind = "boxes" // one of several boxes is to be ticked
)

// Blank is one blank of a form.
type Blank struct {
	ID   string `json:"id"` // b1, b2, … in the order of the form
	Kind Kind   `json:"kind"`
	// Place says where it stands, for a person.
	Place dataspace.Text `json:"place"`
	// Labels are the texts that may say what it asks for, as written, the nearest
	// first.
	Labels []Label `json:"-"`
	// Around are the titles before it, the nearest first.
	Around []Title `json:"-"`
	// Options are the texts beside the boxes.
	Options []string `json:"options,omitempty"`
	// Within is the question, and Option its box, to which the blank belongs: it is
	// filled only if that box is ticked.
	Within *Blank `json:"-"`
	Option int    `json:"-"`
	// List are the texts that a control offers; Only says that it takes no other.
	List []string `json:"-"`
	Only bool     `json:"-"`
	// Tag and Alias name a content control.
	Tag, Alias string `json:"-"`
	// Faint says that only its label shows that it is a blank: a colon at the end
	// of a line, for instance.
	Faint bool `json:"-"`
	// Row counts the blanks under one head of a table, from 0; -1 elsewhere.
	Row int `json:"-"`
	// Sentence is what the sentence says before the blank, and the cell to the left.
	Sentence string `json:"-"`
	// Unit is the word right behind the blank.
	Unit string `json:"-"`

	part  int
	spots []spot
}

// Label is a text beside a blank.
type Label struct {
	Text string
	Side Side
	// Lead is what the sentence says before a colon, of a label further behind it.
	Lead string
}

// Side is where a label stands.
type Side int

// The sides of a blank.
const (
	Before  Side = iota // in the same line
	After               // in brackets behind it
	Left                // the cell to the left
	FarLeft             // the nearest cell to the left with a text
	Above               // the head of the column
	Named               // the name of a content control
)

// spot is a place that a value can take.
type spot struct {
	glyphs []glyph
	p      *paragraph
	at     int // where to put text if it has no glyphs
	put    put
	option int  // of a box
	on     bool // the box is ticked already
	ctl    *control
	pad    bool // spaces around the value keep its line visible
}

// put says how a value gets into a spot.
type put int

const (
	overGlyphs  put = iota // in place of them
	intoText               // at a byte within the text of <w:t>
	newRun                 // a run of its own at the end of a paragraph
	tickBox                // in place of the sign
	tickControl            // in a content control
)

// ended is where the text of a box ends.
type ended struct {
	one    *Blank
	option int
	to     int
}

// finder finds the blanks of a part.
type finder struct {
	part   *part
	index  int
	blanks []*Blank
	where  map[*Blank]position
	asked  map[*paragraph]bool // lines that are the label of the next

	blankCells map[*cell]bool // cells with a blank
	blankLines map[*paragraph]bool
	emptied    map[*Blank]bool // cells without a text
	open       *Blank          // boxes that the next paragraph may go on with
	ticked     []ended         // the boxes of this paragraph
	outer      *Blank          // boxes with numbered texts, and where they began
	outerAt    int
}

// position is where a blank stands in its paragraph.
type position struct {
	p        *paragraph
	from, to int // glyphs
}

func (f *finder) add(b *Blank, p *paragraph, from, to int) {
	b.part, b.Row = f.index, -1
	if b.Kind != Boxes {
		b.Within, b.Option = f.option(p, from)
	}
	f.blanks = append(f.blanks, b)
	f.where[b] = position{p, from, to}
}

// option is the box to whose text a place belongs: nothing ends the text between.
func (f *finder) option(p *paragraph, from int) (*Blank, int) {
	for _, e := range slices.Backward(f.ticked) {
		if e.to > from {
			continue
		}
		gap, depth := 0, 0
		for i, g := range p.glyphs[e.to:from] {
			switch {
			case closing[g.r] != 0:
				depth++
			case isClosing(g.r):
				if depth--; depth < 0 {
					return nil, 0 // the brackets around the boxes are over
				}
			case strings.ContainsRune("。；;\n", g.r):
				return nil, 0
			case isSpace(g.r) && i > 0:
				gap += width(g.r)
			default:
				gap = 0
			}
			if gap > 1 {
				return nil, 0
			}
		}
		return e.one, e.option
	}
	return nil, 0
}

func (f *finder) run() error {
	for _, p := range f.part.paragraphs {
		if p.cell != nil && p.cell.below {
			continue // it shows nothing of its own
		}
		f.paragraph(p)
		if len(f.blanks) > maxBlanks {
			return fmt.Errorf("has more than %d blanks", maxBlanks)
		}
	}
	f.labels()
	return nil
}

// paragraph finds the blanks of one paragraph.
func (f *finder) paragraph(p *paragraph) {
	before := len(f.blanks)
	used := make([]bool, len(p.glyphs))
	for i, g := range p.glyphs {
		used[i] = g.hidden // nobody would see what is filled in there
	}
	f.controls(p, used)
	f.ticked = nil
	f.boxes(p, used)
	f.dates(p, used)
	f.lines(p, used)
	if len(f.blanks) == before {
		f.emptyCell(p)
	}
	f.colons(p, used)
	if !f.continues(p) {
		f.open = nil
	}
}

// continues reports whether boxes of the paragraph may belong to those before.
func (f *finder) continues(p *paragraph) bool {
	for i := range p.glyphs {
		if !isSpace(p.glyphs[i].r) {
			return isBox(p.glyphs[i])
		}
	}
	return len(p.glyphs) == 0
}

func isBox(g glyph) bool {
	if g.in != nil && g.in.box != nil {
		return true
	}
	_, empty := emptyBoxes[g.r]
	return empty || fullBoxes[g.r]
}

// controls finds the content controls that ask for a text.
func (f *finder) controls(p *paragraph, used []bool) {
	for i := 0; i < len(p.glyphs); {
		c, first := p.glyphs[i].in, i
		for i < len(p.glyphs) && p.glyphs[i].in == c {
			i++
		}
		if c == nil || c.box != nil {
			continue
		}
		only := true
		var glyphs []glyph
		for _, g := range p.glyphs[first:i] {
			only = only && (isSpace(g.r) || isLine(g.r))
			if g.text || g.r == '\t' {
				glyphs = append(glyphs, g)
			}
		}
		if !c.held && !only || len(glyphs) == 0 {
			continue
		}
		mark(used, first, i)
		b := &Blank{Kind: Text, Tag: c.tag, Alias: c.alias, List: c.list, Only: c.chooses, spots: []spot{{glyphs: glyphs, p: p, put: overGlyphs, ctl: c}}}
		f.add(b, p, first, i)
	}
}

// boxes finds the boxes to tick. Those of one line, and those that begin the
// lines after it, are one question.
func (f *finder) boxes(p *paragraph, used []bool) {
	var one *Blank
	begins := f.continues(p)
	brackets := f.ticks(p, used)
	behind, from := boxesBehind(p), 0
	for i := 0; i < len(p.glyphs); i++ {
		g := p.glyphs[i]
		s := spot{glyphs: []glyph{g}, p: p, put: tickBox, on: fullBoxes[g.r]}
		end := brackets[i]
		switch {
		case used[i]:
			continue
		case end > 0:
			s = between(p, i, end)
		case !isBox(g) || (g.r == '○' || g.r == '◯') && (!boxLike(p, i) || !letterAfter(p, i+1)):
			continue
		default:
			end = i + 1
		}
		mark(used, i, end)
		if g.in != nil && g.in.box != nil {
			s.put, s.ctl, s.on = tickControl, g.in, g.in.box.on
		}
		text, more := optionText(p, end)
		first := i
		if behind {
			text, first, more = wordBefore(p, from, i), wordStart(p, from, i), end
			from = end
		}
		switch {
		case one != nil && !f.breaks(p, f.where[one].to, i):
		case one == nil && begins && f.goesOn(p, text) != nil:
			one = f.goesOn(p, text)
		default:
			one = &Blank{Kind: Boxes}
			f.add(one, p, first, i+1)
			if outline(text) == 1 {
				f.outer, f.outerAt = one, p.position
			}
		}
		s.option = len(one.Options)
		f.ticked = append(f.ticked, ended{one, s.option, end})
		one.Options = append(one.Options, text)
		one.spots = append(one.spots, s)
		if at := f.where[one]; at.p == p {
			at.to = more
			f.where[one] = at
		}
	}
	if one != nil && begins {
		f.open = one
	}
}

// boxesBehind reports whether the boxes of a line stand behind their words: the last
// one ends the line, and the first one has a word right before it.
func boxesBehind(p *paragraph) bool {
	first, last := -1, -1
	for i, g := range p.glyphs {
		if isBox(g) {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	return first > 0 && last > first && unicode.IsLetter(p.glyphs[first-1].r) && strings.TrimSpace(textOf(p.glyphs[last+1:])) == "" &&
		!isBox(p.glyphs[last-1]) && unicode.IsLetter(p.glyphs[last-1].r)
}

// wordStart is where the word before a box begins, not before from.
func wordStart(p *paragraph, from, i int) int {
	start := i
	for start > from && !isSpace(p.glyphs[start-1].r) && !ends(p.glyphs[start-1].r) && p.glyphs[start-1].r != '：' && p.glyphs[start-1].r != ':' {
		start--
	}
	return start
}

func wordBefore(p *paragraph, from, i int) string { return textOf(p.glyphs[wordStart(p, from, i):i]) }

// optionMax is the longest text between two brackets that are ticked.
const optionMax = 16

// ticks finds brackets that are ticked like boxes: at least two in a line, each
// before its text.
func (f *finder) ticks(p *paragraph, used []bool) map[int]int {
	out := map[int]int{}
	last := -1
	for i := range p.glyphs {
		to := i
		if !used[i] {
			to = bracket(p, used, i)
		}
		near := last >= 0 && i-last <= optionMax
		if to > i && to-i <= 6 && to < len(p.glyphs) && (near || boxLike(p, i)) && unicode.IsLetter(p.glyphs[to].r) {
			out[i], last = to, i
		}
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// between is the place between the brackets at i and before to.
func between(p *paragraph, i, to int) spot {
	if to == i+2 {
		return spot{p: p, at: p.glyphs[i].to, put: intoText, glyphs: p.glyphs[i : i+1]}
	}
	return spot{glyphs: p.glyphs[i+1 : to-1], p: p, put: overGlyphs}
}

// letterAfter reports whether a letter stands at i, or behind one space.
func letterAfter(p *paragraph, i int) bool {
	if i < len(p.glyphs) && isSpace(p.glyphs[i].r) {
		i++
	}
	return i < len(p.glyphs) && unicode.IsLetter(p.glyphs[i].r)
}

// boxLike reports whether a ring stands where a box would.
func boxLike(p *paragraph, i int) bool {
	if i == 0 {
		return true
	}
	before := p.glyphs[i-1].r
	return isSpace(before) || ends(before) || strings.ContainsRune("：:、", before)
}

// outerMax is how many lines may stand between two numbered boxes.
const outerMax = 12

// goesOn is the question to which a box that begins a line belongs: texts with
// numbers go on with the number before, and with no other.
func (f *finder) goesOn(p *paragraph, text string) *Blank {
	n := outline(text)
	switch {
	case n > 1 && f.outer != nil && len(f.outer.Options) == n-1 && p.position-f.outerAt <= outerMax:
		return f.outer
	case f.open != nil && (n > 0) == (outline(f.open.Options[0]) > 0):
		return f.open
	}
	return nil
}

// outline is the number with which a text begins; 0 for none.
func outline(text string) int {
	digits := text[:len(text)-len(strings.TrimLeft(text, "0123456789"))]
	n, err := strconv.Atoi(digits)
	if err != nil || n > 9 || !strings.ContainsAny(text[len(digits):min(len(text), len(digits)+3)], ".、．") {
		return 0
	}
	return n
}

// breaks reports whether a new question begins between two boxes of a line.
func (f *finder) breaks(p *paragraph, from, to int) bool {
	for _, g := range p.glyphs[min(from, to):to] {
		if g.r == '：' || g.r == ':' || g.r == '；' || g.r == '。' || g.r == '\n' {
			return true
		}
	}
	return false
}

// optionText is the text beside a box, and where it ends.
func optionText(p *paragraph, from int) (string, int) {
	var b strings.Builder
	i, depth := from, 0
	for ; i < len(p.glyphs); i++ {
		g := p.glyphs[i]
		if closing[g.r] != 0 {
			depth++
		} else if isClosing(g.r) {
			if depth--; depth < 0 {
				break // the brackets around the boxes
			}
		}
		hollow := closing[g.r] != 0 && i+1 < len(p.glyphs) && (isSpace(p.glyphs[i+1].r) || isClosing(p.glyphs[i+1].r))
		if isBox(g) || isLine(g.r) || g.r == '\n' || strings.ContainsRune("。；;", g.r) || hollow {
			break
		}
		if b.Len() > 0 && i+1 < len(p.glyphs) && isSpace(g.r) && (isSpace(p.glyphs[i+1].r) || width(g.r) > 1) {
			break
		}
		b.WriteRune(g.r)
	}
	return strings.Trim(strings.TrimSpace(b.String()), "，,、／/（("), i
}

// dates finds blanks for year, month and day, or for year and month.
func (f *finder) dates(p *paragraph, used []bool) {
	for i := 0; i < len(p.glyphs); i++ {
		at, begun := i, i
		var spots []spot
		for _, unit := range []rune{'年', '月', '日'} {
			from := at
			for at < len(p.glyphs) && !used[at] && (isSpace(p.glyphs[at].r) || isLine(p.glyphs[at].r)) {
				at++
			}
			if unit == '年' {
				begun = at
			}
			if at == from || at >= len(p.glyphs) || p.glyphs[at].r != unit {
				if unit == '日' && (at > from || at >= len(p.glyphs) || !unicode.IsDigit(p.glyphs[at].r)) {
					at = from
					break // a month
				}
				spots = nil
				break
			}
			spots = append(spots, spot{glyphs: p.glyphs[from:at], p: p, put: overGlyphs, pad: padded(p.glyphs[from:at])})
			at++
		}
		if spots == nil {
			i = max(i, begun-1) // a shorter line of the same blanks ends there too
			continue
		}
		mark(used, i, at)
		f.add(&Blank{Kind: Date, spots: spots}, p, i, at)
		i = at - 1
	}
}

func padded(glyphs []glyph) bool { return !isLine(glyphs[0].r) }

// lines finds underscores, underlined spaces and empty brackets.
func (f *finder) lines(p *paragraph, used []bool) {
	for i := 0; i < len(p.glyphs); i++ {
		if used[i] {
			continue
		}
		to := f.line(p, used, i)
		if to == i {
			to = bracket(p, used, i)
			if to == i {
				continue
			}
			mark(used, i, to)
			f.add(&Blank{Kind: Text, spots: []spot{between(p, i, to)}}, p, i, to)
			i = to - 1
			continue
		}
		mark(used, i, to)
		f.add(&Blank{Kind: Text, spots: []spot{{glyphs: p.glyphs[i:to], p: p, put: overGlyphs, pad: padded(p.glyphs[i:to])}}}, p, i, to)
		i = to - 1
	}
}

func mark(used []bool, from, to int) {
	for i := from; i < to; i++ {
		used[i] = true
	}
}

// line is the end of a line of underscores or underlined spaces that begins at
// i; i if there is none.
func (f *finder) line(p *paragraph, used []bool, i int) int {
	to, room := i, 0
	for to < len(p.glyphs) && !used[to] {
		g := p.glyphs[to]
		if !isLine(g.r) && !(isSpace(g.r) && g.under) {
			if g.under && to > i && !isLine(p.glyphs[i].r) {
				return i // the line has a text already
			}
			break
		}
		room += width(g.r)
		to++
	}
	if room < 2 || follows(p, used, i) {
		return i
	}
	return to
}

// follows reports whether underlined spaces go on with an underlined text: then
// they are its margin.
func follows(p *paragraph, used []bool, i int) bool {
	return i > 0 && !used[i-1] && p.glyphs[i-1].under && p.glyphs[i].under && !isLine(p.glyphs[i].r)
}

// bracket is the end of brackets with nothing in them; i if there are none.
func bracket(p *paragraph, used []bool, i int) int {
	end, ok := closing[p.glyphs[i].r]
	if !ok {
		return i
	}
	to := i + 1
	for to < len(p.glyphs) && !used[to] && isSpace(p.glyphs[to].r) {
		to++
	}
	if to >= len(p.glyphs) || p.glyphs[to].r != end || used[to] || !p.glyphs[i].text {
		return i
	}
	if to == i+1 && end != '）' && end != '】' && end != '］' {
		return i // "()" and "[]" also stand in texts
	}
	return to + 1
}

// emptyCell makes a blank of a cell without text.
func (f *finder) emptyCell(p *paragraph) {
	c := p.cell
	if c == nil || c.tables > 0 || p != c.paragraphs[0] {
		return
	}
	b := &Blank{Kind: Text, spots: []spot{endOf(p)}}
	if text := c.text(); text != "" {
		// A unit alone leaves the room before it.
		if at := slices.IndexFunc(p.glyphs, func(g glyph) bool { return !isSpace(g.r) }); at >= 0 && p.glyphs[at].text && isMeasure(text) {
			b.spots = []spot{{p: p, at: p.glyphs[at].from, put: intoText, glyphs: p.glyphs[at : at+1]}}
			f.emptied[b] = true
			f.add(b, p, at, at)
		}
		return
	}
	if c.square() {
		if c != c.row.cells[0] {
			return
		}
		for _, other := range c.row.cells[1:] {
			b.spots = append(b.spots, endOf(other.paragraphs[0]))
		}
	}
	f.emptied[b] = true
	f.add(b, p, 0, len(p.glyphs))
}

// squaresMin is how many empty cells in a row, in a table of their own, are the
// squares of one answer.
const squaresMin = 6

// square reports whether a cell takes one character of an answer.
func (c *cell) square() bool {
	t := c.row.table
	return t.within != nil && len(t.rows) == 1 && len(c.row.cells) >= squaresMin &&
		!slices.ContainsFunc(c.row.cells, func(other *cell) bool { return len(other.paragraphs) == 0 || other.text() != "" })
}

// asker is the cell beside which the label of a blank in c stands.
func (c *cell) asker() *cell {
	if c != nil && c.square() {
		return c.row.table.within
	}
	return c
}

// endOf is the place behind the last text of a paragraph.
func endOf(p *paragraph) spot {
	for i := len(p.glyphs) - 1; i >= 0; i-- {
		if g := p.glyphs[i]; g.text && g.in == nil {
			return spot{p: p, at: g.to, put: intoText, glyphs: p.glyphs[i : i+1]}
		}
	}
	return spot{p: p, at: p.end, put: newRun}
}

// colons finds labels whose value has no place but the room behind a colon.
func (f *finder) colons(p *paragraph, used []bool) {
	for i, g := range p.glyphs {
		if g.r != '：' && g.r != ':' || used[i] || !g.text {
			continue
		}
		to, room := i+1, 0
		for to < len(p.glyphs) && !used[to] && isSpace(p.glyphs[to].r) {
			room += width(p.glyphs[to].r)
			to++
		}
		last := to == len(p.glyphs) || p.glyphs[to].r == '\n'
		if to < len(p.glyphs) && used[to] || !last && (room < 4 || !strings.ContainsAny(textOf(p.glyphs[to:min(to+labelMax, len(p.glyphs))]), "：:")) {
			continue
		}
		s := spot{p: p, at: g.to, put: intoText, glyphs: p.glyphs[i : i+1]}
		if to > i+1 && allText(p.glyphs[i+1:to]) && !last {
			s = spot{glyphs: p.glyphs[i+1 : to], p: p, put: overGlyphs, pad: true}
		}
		if q := below(p); last && q != nil {
			s = endOf(q)
		}
		mark(used, i+1, to)
		f.add(&Blank{Kind: Text, Faint: true, spots: []spot{s}}, p, i+1, to)
	}
}

// below is the empty line after p in its cell: the room that the label leaves.
func below(p *paragraph) *paragraph {
	if p.cell == nil {
		return nil
	}
	i := slices.Index(p.cell.paragraphs, p)
	if i < 0 || i+1 >= len(p.cell.paragraphs) || len(p.cell.paragraphs[i+1].glyphs) > 0 {
		return nil
	}
	return p.cell.paragraphs[i+1]
}

func allText(glyphs []glyph) bool {
	for _, g := range glyphs {
		if !g.text {
			return false
		}
	}
	return true
}

func textOf(glyphs []glyph) string {
	var b strings.Builder
	for _, g := range glyphs {
		if !g.hidden {
			b.WriteRune(g.r)
		}
	}
	return b.String()
}
