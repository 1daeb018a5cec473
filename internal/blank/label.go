package blank

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"hutong/internal/dataspace"
)

// Bounds of the search for what is said about a blank: the length of a label, the
// titles before it, and the rows up to the head of its column.
const (
	labelMax  = 80
	unitMax   = 6
	maxAround = 60
	maxHead   = 2000 // rows between a head and a blank
)

// labels puts the blanks in order and finds the texts beside each.
func (f *finder) labels() {
	slices.SortStableFunc(f.blanks, func(a, b *Blank) int {
		x, y := f.where[a], f.where[b]
		if x.p != y.p {
			return x.p.from - y.p.from
		}
		return x.from - y.from
	})
	for b, at := range f.where {
		f.blankLines[at.p] = f.blankLines[at.p] || !b.Faint
		if at.p.cell != nil {
			f.blankCells[at.p.cell] = true
		}
	}
	titles := f.titles()
	rows := map[*cell]int{} // blanks under a head so far
	var line []*Blank       // the blanks of the same paragraph so far
	for _, b := range f.blanks {
		at := f.where[b]
		b.Place = f.place(at.p)
		from := 0
		if len(line) > 0 && f.where[line[0]].p != at.p {
			line = nil
		}
		if len(line) > 0 {
			from = f.where[line[len(line)-1]].to
		}
		f.inline(b, at, from)
		f.sentence(b, at)
		f.above(b, at)
		f.beside(b, at, rows)
		if b.Tag != "" || b.Alias != "" {
			for _, name := range []string{b.Alias, b.Tag} {
				if name != "" {
					b.Labels = append(b.Labels, Label{Text: name, Side: Named})
				}
			}
		}
		if b.Kind == Date && len(b.Labels) == 0 {
			b.Labels = []Label{{Text: dateAlone, Side: Before}}
		}
		b.Around = append(f.subject(at, line), f.around(b, at, titles, len(line) == 0)...)
		line = append(line, b)
	}
	// A colon before a line of blanks is their label and no blank.
	// Neither is an empty cell without a label, as in the corner of a table.
	// A colon before a table says what the table asks for.
	f.blanks = slices.DeleteFunc(f.blanks, func(b *Blank) bool {
		return b.Faint && (f.asked[f.where[b].p] || f.beforeTable(f.where[b])) || f.emptied[b] && len(b.Labels) == 0
	})
}

// beforeTable reports whether a place at the end of a line stands right above a
// table.
func (f *finder) beforeTable(at position) bool {
	i, found := slices.BinarySearchFunc(f.part.paragraphs, at.p.from, func(p *paragraph, from int) int { return p.from - from })
	return found && at.p.cell == nil && at.to == len(at.p.glyphs) && i+1 < len(f.part.paragraphs) && f.part.paragraphs[i+1].cell != nil
}

// dateAlone is the label of a date without one, as below a signature.
const dateAlone = "年月日"

// above takes for the label of a blank that stands alone the line above, if it
// ends in a colon.
func (f *finder) above(b *Blank, at position) {
	// A date alone belongs to a signature, unless brackets hold it.
	if len(b.Labels) > 0 || b.Kind == Date && (at.from == 0 || closing[at.p.glyphs[at.from-1].r] == 0) {
		return
	}
	i, _ := slices.BinarySearchFunc(f.part.paragraphs, at.p.from, func(p *paragraph, from int) int { return p.from - from })
	if i == 0 {
		return
	}
	before := f.part.paragraphs[i-1]
	if before.cell != at.p.cell || f.blankLines[before] {
		return
	}
	text := strings.TrimSpace(textOf(before.glyphs[max(0, len(before.glyphs)-2*labelMax):]))
	if !strings.HasSuffix(text, "：") && !strings.HasSuffix(text, ":") {
		return
	}
	f.asked[before] = true
	if t := tail(text); t != "" {
		b.Labels = append(b.Labels, Label{Text: t, Side: Before})
	}
}

// inline finds the label in the line: the text before, and brackets behind.
func (f *finder) inline(b *Blank, at position, from int) {
	glyphs := at.p.glyphs
	start := at.from
	for start > from && at.from-start < labelMax && glyphs[start-1].r != '\n' {
		start--
	}
	before := strings.TrimSpace(textOf(glyphs[start:at.from]))
	if text := tail(before); strings.ContainsFunc(text, unicode.IsLetter) {
		b.Labels = append(b.Labels, Label{Text: text, Side: Before})
	}
	if b.Kind == Boxes {
		if len(b.Options) == 1 && len(b.Labels) == 0 {
			b.Labels = append(b.Labels, Label{Text: b.Options[0], Side: After})
		}
		return
	}
	i := at.to
	for i < len(glyphs) && glyphs[i].r == ' ' {
		i++
	}
	if i >= len(glyphs) || closing[glyphs[i].r] == 0 {
		return
	}
	end := i + 1
	for end < len(glyphs) && end-i < labelMax && glyphs[end].r != closing[glyphs[i].r] {
		end++
	}
	if end < len(glyphs) && glyphs[end].r == closing[glyphs[i].r] {
		if text := strings.TrimSpace(textOf(glyphs[i+1 : end])); text != "" && !strings.ContainsAny(text, "_＿：:\t") && !strings.Contains(text, "  ") {
			b.Labels = append(b.Labels, Label{Text: text, Side: After})
		}
	}
}

// sentence finds what the sentence says before a blank, and the word behind it.
func (f *finder) sentence(b *Blank, at position) {
	glyphs := at.p.glyphs
	start := at.from
	for start > 0 && at.from-start < 4*labelMax && !strings.ContainsRune("。\n", glyphs[start-1].r) {
		start--
	}
	b.Sentence = textOf(glyphs[start:at.from])
	to := at.to
	for to < len(glyphs) && to-at.to < unitMax && unicode.IsLetter(glyphs[to].r) {
		to++
	}
	b.Unit = textOf(glyphs[at.to:to])
	// A list behind a colon: "notices are sent to: the one at ___; the other at ___".
	lead, list, ok := strings.Cut(strings.ReplaceAll(b.Sentence, ":", "："), "：")
	if list = strings.TrimLeft(list, " \t\u3000"); ok && list != "" && !isLine([]rune(list)[0]) && strings.ContainsAny(list, "；;") {
		for i := range b.Labels {
			if l := &b.Labels[i]; l.Side == Before && !strings.Contains(l.Text, "：") {
				l.Lead = tail(lead)
			}
		}
	}
}

// tail is the end of a text that may be the label, with its remark in brackets.
// Behind a colon it is the whole sentence, and elsewhere the last piece: "name,
// address:" asks for two answers.
func tail(before string) string {
	text := strings.TrimRight(before, "：: \t\u3000《〈“「『")
	stop := ends
	if text != before && strings.ContainsAny(before[len(text):], "：:") {
		stop = func(r rune) bool { return ends(r) && r != '，' && r != ',' }
	}
	rest := bareOf(text)
	remark := text[len(rest):]
	if i := strings.LastIndexFunc(rest, stop); i >= 0 {
		rest = strings.TrimLeftFunc(rest[i:], ends)
	}
	return strings.TrimSpace(strings.TrimLeftFunc(strings.TrimSpace(rest), ends) + remark)
}

// bareOf is a text without the remarks in brackets at its end.
func bareOf(text string) string {
	bare := text
	for bare != "" {
		runes := []rune(bare)
		if !isClosing(runes[len(runes)-1]) {
			break
		}
		i := len(runes) - 1
		for i >= 0 && closing[runes[i]] != runes[len(runes)-1] {
			i--
		}
		if i < 0 {
			break
		}
		bare = strings.TrimRight(string(runes[:i]), "：: \t\u3000")
	}
	return bare
}

// beside finds the labels of a cell: the cell to the left and the head above.
func (f *finder) beside(b *Blank, at position, rows map[*cell]int) {
	c := at.p.cell.asker()
	if c == nil {
		return
	}
	if left := c.left(); left != nil {
		if text := f.partOf(b, c, left.text()); text != "" && !isNumber(text) {
			b.Labels = append(b.Labels, Label{Text: text, Side: Left})
		}
	}
	if slices.ContainsFunc(b.Labels, func(l Label) bool { return l.Side == Before }) {
		return
	}
	for _, other := range slices.Backward(c.row.cells) {
		text := other.origin().text()
		if other.at+other.span < c.at && text != "" && !isNumber(text) && !f.blankCells[other] {
			b.Labels = append(b.Labels, Label{Text: text, Side: FarLeft})
			break
		}
	}
	if head := f.head(c); head != nil {
		b.Labels = append(b.Labels, Label{Text: head.text(), Side: Above})
		b.Row = rows[head]
		rows[head]++
	}
}

// partOf is the part of a label for a blank, where the cell has a blank for each:
// "telephone/e-mail" beside "____/____".
func (f *finder) partOf(b *Blank, c *cell, label string) string {
	parts := strings.FieldsFunc(label, func(r rune) bool { return r == '/' || r == '／' })
	n, own := 0, 0
	for _, other := range f.blanks {
		if f.where[other].p.cell == c {
			if other == b {
				own = n
			}
			n++
		}
	}
	if n < 2 || n != len(parts) {
		return label
	}
	return strings.TrimSpace(parts[own])
}

// left is the cell to the left that has a text or is merged with one above.
func (c *cell) left() *cell {
	for i := len(c.row.cells) - 1; i >= 0; i-- {
		if other := c.row.cells[i]; other.at+other.span == c.at {
			return other.origin()
		}
	}
	return nil
}

// origin is the cell that shows the text of a merged one.
func (c *cell) origin() *cell {
	at := c.row.n
	for c.below && at > 0 {
		at--
		for _, other := range c.row.table.rows[at].cells {
			if other.at == c.at {
				c = other
				break
			}
		}
		if c.row != c.row.table.rows[at] {
			break
		}
	}
	return c
}

// head is the nearest cell above with a text, if it covers the same columns and
// only blanks stand between.
func (f *finder) head(c *cell) *cell {
	for at := c.row.n - 1; at >= 0 && at > c.row.n-maxHead; at-- {
		i := slices.IndexFunc(c.row.table.rows[at].cells, func(other *cell) bool { return other.at == c.at })
		if i < 0 {
			return nil
		}
		other := c.row.table.rows[at].cells[i].origin()
		if other.span != c.span {
			return nil
		}
		if text := other.text(); text != "" && !f.blankCells[other] {
			return other
		}
	}
	return nil
}

// text is what a cell shows, without blanks.
func (c *cell) text() string {
	var b strings.Builder
	for _, p := range c.paragraphs {
		b.WriteString(textOf(p.glyphs[:min(len(p.glyphs), 2*labelMax)]))
		b.WriteRune(' ')
	}
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if isLine(r) {
			return ' '
		}
		return r
	}, b.String())), " ")
}

// covers reports whether a cell stands in the same table and over a column of
// another one, or in its row.
func (c *cell) covers(other *cell) bool {
	return c.row.table == other.row.table && (c.row == other.row || c.at < other.at+other.span && other.at < c.at+c.span)
}

func isNumber(text string) bool {
	return strings.Trim(text, "0123456789.、 ") == ""
}

// Title is a text that may say what the blanks after it are about.
type Title struct {
	Text string
	// Heading says that it is a heading, or the title of a row: what was said before
	// it is over.
	Heading bool

	line  bool   // it is the label of a blank before in the line
	own   int    // the blanks of its line, which it begins
	first *Blank // the blank with which the line begins
	from  int
	cell  *cell // in which it stands; nil for none
}

// numbered begins a heading with a number.
var numbered = regexp.MustCompile(`^(第[0-9一二三四五六七八九十百]+(?:部分|[条章节部款项])|[（(]?[一二三四五六七八九十]+[)）、.．]|[0-9]+(\.[0-9]+)*[、.．)）]|[IVX]+\.\s|(?i:part|section|article|annex|appendix)\s+[0-9IVX]+|附[件录表][0-9一二三四五六七八九十]*)`)

// headingMax is the longest heading.
const headingMax = 40

// titles are the short texts of the part, in order: paragraphs and cells, and the
// beginnings of longer lines up to a colon.
func (f *finder) titles() []Title {
	var out []Title
	blanks := map[*paragraph]int{}
	for _, at := range f.where {
		blanks[at.p]++
	}
	for _, p := range f.part.paragraphs {
		if p.cell != nil && p.cell.below {
			continue
		}
		text := strings.TrimSpace(textOf(p.glyphs[:min(len(p.glyphs), labelMax)]))
		whole := true
		if i := strings.IndexAny(text, "：:_＿"); i >= 0 {
			text, whole = text[:i], false
		}
		if text != "" {
			heading := whole && len(p.glyphs) <= headingMax && !strings.ContainsAny(bareOf(text), "。；;，,") && blanks[p] == 0 && (p.cell == nil || len(p.cell.row.cells) == 1)
			if !numbered.MatchString(text) && len(p.glyphs) > headingMax/2 {
				heading = false
			}
			out = append(out, Title{Text: text, Heading: heading, from: p.from, cell: p.cell, own: blanks[p]})
		}
	}
	return out
}

// subject says what a blank within a sentence is about: the blanks before it in
// the sentence. A blank in brackets behind another one is about that one, and
// nothing before the sentence is asked.
func (f *finder) subject(at position, line []*Blank) []Title {
	var out []Title
	for i, b := range slices.Backward(line) {
		if len(b.Labels) == 0 {
			continue
		}
		from := f.where[b].to
		between := strings.TrimSpace(textOf(at.p.glyphs[from:max(from, min(at.from, from+labelMax))]))
		inside := strings.HasPrefix(between, "（") && !strings.ContainsRune(between, '）') || strings.HasPrefix(between, "(") && !strings.ContainsRune(between, ')')
		// A line is about the one with whom it begins.
		t := Title{Text: b.Labels[0].Text, Heading: inside || i == 0, line: true}
		if i == 0 {
			t.first = b
		}
		out = append(out, t)
	}
	return out
}

// around lists what stands before a blank: the cells to the left, the cells
// above, then the titles before it. begins says that its line begins with it.
func (f *finder) around(b *Blank, at position, titles []Title, begins bool) []Title {
	var out []Title
	add := func(t Title) {
		if t.Text != "" && len(out) < maxAround {
			out = append(out, t)
		}
	}
	here := at.p.cell.asker()
	if c := here; c != nil {
		label := !slices.ContainsFunc(b.Labels, func(l Label) bool { return l.Side == Before && l.Text != dateAlone })
		f.rowTitles(c, label, add)
	}
	i, _ := slices.BinarySearchFunc(titles, at.p.from, func(t Title, from int) int { return t.from - from })
	if here == nil && begins && i < len(titles) && titles[i].from == at.p.from {
		add(titles[i])
	}
	for i--; i >= 0 && len(out) < maxAround && titles[i].cell != nil; i-- {
		// The cells of another table say nothing about a blank, and neither do those
		// of other columns.
		if here != nil && titles[i].cell.covers(here) {
			add(titles[i])
		}
	}
	if here != nil {
		if head := f.head(here); head != nil {
			for _, other := range head.row.cells {
				add(Title{Text: other.text()})
			}
		}
	}
	for ; i >= 0 && len(out) < maxAround; i-- {
		if titles[i].cell == nil {
			add(titles[i])
		}
	}
	return out
}

// rowTitles adds the cells to the left that are titles: the text to their right is
// a label, and no blank that they name themselves. In a grid, where the head of the
// column is the label, they are titles too. label says that the cell next to c is
// its label.
func (f *finder) rowTitles(c *cell, label bool, add func(Title)) {
	next := c
	grid := !slices.ContainsFunc(c.row.cells, func(other *cell) bool {
		return other.at+other.span == c.at && other.origin().text() != "" && !f.blankCells[other]
	})
	for _, other := range slices.Backward(c.row.cells) {
		if other.at >= c.at {
			continue
		}
		text := other.origin().text()
		names := next == c && label || next != c && (next.origin().text() == "" || f.blankCells[next])
		if text != "" && !isNumber(text) && !f.blankCells[other] {
			add(Title{Text: text, Heading: !names || grid})
		}
		next = other
	}
}

// place says where a paragraph stands.
func (f *finder) place(p *paragraph) dataspace.Text {
	name := strings.TrimSuffix(path.Base(f.part.name), ".xml")
	zh := partNames[strings.TrimRight(name, "0123456789")]
	c := p.cell
	if c == nil {
		return dataspace.Text{EN: fmt.Sprintf("%s, paragraph %d", name, p.position), ZH: fmt.Sprintf("%s第%d段", zh, p.position)}
	}
	table, row, column := c.row.table.number, c.row.n+1, c.at+1
	return dataspace.Text{EN: fmt.Sprintf("%s, table %d, row %d, column %d", name, table, row, column), ZH: fmt.Sprintf("%s表%d第%d行第%d列", zh, table, row, column)}
}

// partNames are the parts of a document in Chinese.
var partNames = map[string]string{"document": "正文", "header": "页眉", "footer": "页脚", "footnotes": "脚注", "endnotes": "尾注"}
