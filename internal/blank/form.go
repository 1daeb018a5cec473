package blank

import (
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/office"
)

// Form is a document with blanks.
type Form struct {
	Blanks []*Blank

	file  *office.Package
	parts []*part
}

// Value is what a blank gets.
type Value struct {
	Text string
	// Day is a date: the year, the month and the day, without their units.
	Day []string
	// Option is the box to tick.
	Option int
}

// Open reads a form. An error of kind ErrInvalid means: it is not a .docx file, is
// too large, contains macros or a signature, takes in something from outside, or
// changes the direction of its text.
func Open(data []byte) (*Form, error) {
	file, err := office.Open(data)
	if err != nil {
		return nil, err
	}
	f := &Form{file: file}
	for i, name := range file.Texts() {
		p, err := read(name, file.Part(name))
		if err != nil {
			return nil, malformed(name, err)
		}
		find := &finder{part: p, index: i, where: map[*Blank]position{}, asked: map[*paragraph]bool{}, blankCells: map[*cell]bool{}, emptied: map[*Blank]bool{}, blankLines: map[*paragraph]bool{}}
		if err := find.run(); err != nil {
			return nil, malformed(name, err)
		}
		f.parts = append(f.parts, p)
		f.Blanks = append(f.Blanks, find.blanks...)
	}
	if len(f.Blanks) > maxBlanks {
		return nil, malformed("form", fmt.Errorf("has more than %d blanks", maxBlanks))
	}
	for i, b := range f.Blanks {
		b.ID = fmt.Sprintf("b%d", i+1)
	}
	return f, nil
}

func malformed(place string, err error) error {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		// Its message may repeat the text of the form.
		err = fmt.Errorf("is not well-formed in line %d", syntax.Line)
	}
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "form.unreadable", Place: place, Message: err.Error(), Hint: "save the form again as a Word document (.docx), without macros and without links to the outside"}
}

// edit puts a text in place of bytes of a part.
type edit struct {
	from, to int
	text     string
	value    bool // the text is visible and must be left out of the fixed text
}

// Filled is a form that was filled.
type Filled struct {
	Data []byte
	// Before and After are the digests of the fixed text: all text that is not a
	// blank. They are equal, or Fill fails.
	Before, After dataspace.Digest
}

// Fill puts the values into the blanks with these IDs. The result differs from the
// form in the blanks only: the fixed text has the same digest, and the parts of the
// file without a filled blank have the same bytes.
func (f *Form) Fill(values map[string]Value) (Filled, error) {
	edits := make([][]edit, len(f.parts))
	for _, b := range f.Blanks {
		v, given := values[b.ID]
		if err := office.Refuse(b.Place.EN, v.Text+strings.Join(v.Day, "")); err != nil {
			return Filled{}, err
		}
		for i, s := range b.spots {
			made, err := s.edits(v, given, b, i, f.parts[b.part].data)
			if err != nil {
				return Filled{}, malformed(b.Place.EN, err)
			}
			edits[b.part] = append(edits[b.part], made...)
		}
	}
	changed := map[string]string{}
	after := &digest{}
	for i, p := range f.parts {
		data, written, err := apply(p.data, edits[i])
		if err != nil {
			return Filled{}, malformed(p.name, err)
		}
		again := p
		if data != p.data {
			changed[p.name] = data
			if again, err = read(p.name, data); err != nil {
				return Filled{}, malformed(p.name, err)
			}
		}
		after.add(again, written)
	}
	out := Filled{Before: f.Fixed(), After: after.sum()}
	if out.Before != out.After {
		return Filled{}, malformed("form", errors.New("would change in its fixed text, so it was not filled"))
	}
	var err error
	out.Data, err = f.file.With(changed)
	return out, err
}

// edits are the edits of one spot. A spot without a value keeps its bytes, and
// where they stand in the result is followed.
func (s spot) edits(v Value, given bool, b *Blank, i int, data string) ([]edit, error) {
	if given {
		if text, ok := v.of(b, i, s); ok {
			return s.write(text)
		}
	}
	var out []edit
	for _, g := range s.visible() {
		out = append(out, edit{g.from, g.to, data[g.from:g.to], true})
	}
	return out, nil
}

// of is the text for one spot of a blank; ok is false if it stays as it is.
func (v Value) of(b *Blank, i int, s spot) (string, bool) {
	switch b.Kind {
	case Date:
		return v.Day[i], true
	case Boxes:
		return "√", s.option == v.Option && !s.on // boxes have their own sign
	}
	if len(b.spots) > 1 { // a square for each character
		runes := []rune(v.Text)
		if i < len(runes) {
			return string(runes[i]), true
		}
		return "", false
	}
	return v.Text, true
}

// Ticked is the box that is ticked in the form already; -1 if none is.
func (b *Blank) Ticked() int {
	for _, s := range b.spots {
		if s.on {
			return s.option
		}
	}
	return -1
}

// visible are the glyphs that a value replaces.
func (s spot) visible() []glyph {
	if s.put == intoText || s.put == newRun {
		return nil
	}
	return s.glyphs
}

// write makes the edits that put a text into a spot.
func (s spot) write(text string) ([]edit, error) {
	var out []edit
	switch s.put {
	case intoText:
		return []edit{{s.at, s.at, inText(text, s.glyphs[0].prefix), true}}, nil
	case newRun:
		return s.run(text), nil
	case tickControl:
		return s.tick()
	case tickBox:
		g := s.glyphs[0]
		mark := string(emptyBoxes[g.r])
		if !g.text {
			mark = `<` + g.prefix + `t>` + mark + `</` + g.prefix + `t>`
		}
		return []edit{{g.from, g.to, mark, true}}, nil
	}
	if s.pad {
		text = " " + text + " "
	}
	for i, g := range s.glyphs {
		e := edit{g.from, g.to, "", true}
		switch {
		case i == 0 && g.text:
			e.text = inText(text, g.prefix)
		case i == 0:
			e.text = `<` + g.prefix + `t xml:space="preserve">` + inText(text, g.prefix) + `</` + g.prefix + `t>`
		}
		out = append(out, e)
	}
	if s.ctl != nil {
		for _, d := range s.ctl.drop {
			out = append(out, edit{d[0], d[1], "", false})
		}
	}
	return out, nil
}

// inText writes a text within <w:t>; a line break begins a new line.
func inText(text, prefix string) string {
	open, closing := `<`+prefix+`t xml:space="preserve">`, `</`+prefix+`t>`
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = escape(lines[i])
	}
	return strings.Join(lines, closing+`<`+prefix+`br/>`+open)
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder returns no error
	return b.String()
}

// run writes a run of its own at the end of a paragraph, with the look that the
// paragraph gives to what is typed there.
func (s spot) run(text string) []edit {
	prefix := strings.TrimSuffix(s.p.name, "p")
	one := `<` + prefix + `r>` + s.p.look + `<` + prefix + `t xml:space="preserve">` + inText(text, prefix) + `</` + prefix + `t></` + prefix + `r>`
	if !s.p.empty {
		return []edit{{s.at, s.at, one, true}}
	}
	return []edit{{s.at - 2, s.at, `>` + one + `</` + s.p.name + `>`, true}}
}

// tick ticks a box that is a content control: its state and what it shows.
func (s spot) tick() ([]edit, error) {
	b, g := s.ctl.box, s.glyphs[0]
	state := `<` + b.prefix + `checked ` + b.prefix + `val="1"/>`
	to := b.to
	if to < b.from {
		to = b.from
	}
	mark := string(b.mark)
	if !g.text {
		mark = `<` + g.prefix + `t>` + mark + `</` + g.prefix + `t>`
	}
	if b.prefix == "" {
		return nil, errors.New("has a box to tick in an unusual form")
	}
	return []edit{{b.from, to, state, false}, {g.from, g.to, mark, true}}, nil
}

// apply makes the edits and returns where in the result the values stand.
func apply(data string, edits []edit) (string, [][2]int, error) {
	slices.SortStableFunc(edits, func(a, b edit) int { return a.from - b.from })
	edits = slices.Compact(edits) // a control with several paragraphs is emptied once
	var b strings.Builder
	var written [][2]int
	last := 0
	for _, e := range edits {
		if e.from < last || e.to < e.from || e.to > len(data) {
			return "", nil, errors.New("has blanks that overlap")
		}
		b.WriteString(data[last:e.from])
		from := b.Len()
		b.WriteString(e.text)
		if e.value {
			written = append(written, [2]int{from, b.Len()})
		}
		last = e.to
	}
	b.WriteString(data[last:])
	return b.String(), written, nil
}

// digest is a digest of fixed text.
type digest struct {
	text strings.Builder
}

// add adds the text of a part without the characters whose bytes lie in one of
// the ranges, with the order of paragraphs, rows and cells.
func (d *digest) add(p *part, without [][2]int) {
	slices.SortFunc(without, func(a, b [2]int) int { return a[0] - b[0] })
	fmt.Fprintf(&d.text, "\x1c%s", p.name)
	for _, q := range p.paragraphs {
		d.text.WriteByte('\x1d')
		if q.cell != nil {
			fmt.Fprintf(&d.text, "%d.%d.%d.%d\x1e", q.cell.row.table.number, q.cell.row.n, q.cell.at, q.cell.span)
		}
		for _, g := range q.glyphs {
			i, found := slices.BinarySearchFunc(without, g.from, func(r [2]int, at int) int { return r[0] - at })
			if !found {
				i--
			}
			if i >= 0 && g.from >= without[i][0] && g.to <= without[i][1] && without[i][1] > without[i][0] {
				continue
			}
			d.text.WriteRune(g.r)
		}
	}
}

func (d *digest) sum() dataspace.Digest {
	return dataspace.DigestOf([]byte(d.text.String()))
}

// Fixed is the digest of the text that is in no blank.
func (f *Form) Fixed() dataspace.Digest {
	d := &digest{}
	for i, p := range f.parts {
		var held [][2]int
		for _, b := range f.Blanks {
			if b.part != i {
				continue
			}
			for _, s := range b.spots {
				for _, g := range s.visible() {
					held = append(held, [2]int{g.from, g.to})
				}
			}
		}
		d.add(p, held)
	}
	return d.sum()
}
