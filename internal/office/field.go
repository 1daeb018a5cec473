package office

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// field is a placeholder of a template: {{name}}.
var field = regexp.MustCompile(`\{\{\s*([\p{L}\p{N}_.\-\[\]#]{1,200})\s*\}\}`)

// wordSpaces are the XML namespaces of text: the common one and the strict one.
var wordSpaces = []string{"http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main"}

// maxDepth bounds how deep elements may be nested.
const maxDepth = 512

// filler puts values into the parts of a template.
type filler struct {
	values        map[string]string
	used, unknown map[string]bool
	filled        int
}

// segment is the text of one <w:t>: its bytes with its tags, the tag's name as
// written there, and the text.
type segment struct {
	from, to int
	name     string
	text     string
	changed  bool
}

// control is a content control.
type control struct {
	tag, alias string
	segments   []int
	inner      bool // it contains another control
	drop       [][2]int
	content    bool // its content has begun
}

// row is a row of a table: its bytes, its segments and its paragraphs.
type row struct {
	from, to           int
	segment, segments  int // first, and index after the last
	para, paras        int
	controls, sections int // how many before it, and after it
}

// edit replaces bytes.
type edit struct {
	from, to int
	text     string
}

// scan is what one pass over a part finds.
type scan struct {
	data       string
	segments   []segment
	paragraphs [][]int // open ones, innermost last
	done       [][]int
	controls   []*control
	closed     []*control
	rows       []row // open ones, innermost last
	lines      []row // closed ones
	depth      int
	text       int // the segment that is open, or -1
	start      int // of the element that began last
}

// part fills one part. It edits the bytes, so that parts it does not understand
// stay unchanged.
func (f *filler) part(data string) (string, error) {
	s := &scan{data: data, text: -1}
	if err := s.run(); err != nil {
		return "", err
	}
	var edits []edit
	for _, c := range s.closed {
		edits = append(edits, f.control(s, c)...)
	}
	repeated := map[int]bool{} // paragraphs of rows that were repeated
	for _, r := range s.lines {
		e, ok := f.row(s, r)
		if !ok {
			continue
		}
		edits = append(edits, e)
		for i := r.para; i < r.paras; i++ {
			repeated[i] = true
		}
	}
	for i, p := range s.done {
		if !repeated[i] {
			f.paragraph(s, p)
		}
	}
	for _, g := range s.segments {
		if g.changed {
			edits = append(edits, edit{g.from, g.to, g.xml()})
		}
	}
	return apply(data, 0, len(data), edits), nil
}

// apply is the bytes from..to with the edits made.
func apply(data string, from, to int, edits []edit) string {
	slices.SortStableFunc(edits, func(a, b edit) int { return a.from - b.from })
	var b strings.Builder
	last := from
	for _, e := range edits {
		if e.from < last {
			continue // inside a replaced range
		}
		b.WriteString(data[last:e.from])
		b.WriteString(e.text)
		last = e.to
	}
	b.WriteString(data[last:to])
	return b.String()
}

// list is a field of a row that stands for each entry of a list: {{a.b[].c}}.
var list = regexp.MustCompile(`\{\{\s*([\p{L}\p{N}_.\-\[\]]{1,200}?)\[\]`)

// row repeats a row, once for each entry of the list that its fields name. Rows
// with a content control or another row in them stay unchanged.
func (f *filler) row(s *scan, r row) (edit, bool) {
	if r.controls != r.sections {
		return edit{}, false
	}
	var text strings.Builder
	for _, g := range s.segments[r.segment:r.segments] {
		text.WriteString(g.text)
	}
	m := list.FindStringSubmatch(text.String())
	if m == nil {
		return edit{}, false
	}
	name := m[1]
	n := 0
	for f.has(fmt.Sprintf("%s[%d].", name, n)) {
		n++
	}
	if n == 0 {
		return edit{}, false // and its fields are reported
	}
	var out strings.Builder
	for i := range n {
		one := &scan{data: s.data, segments: slices.Clone(s.segments)}
		entry := &filler{values: f.entry(name, i), used: f.used, unknown: f.unknown}
		for _, p := range s.done[r.para:r.paras] {
			entry.paragraph(one, p)
		}
		f.filled += entry.filled
		var edits []edit
		for _, g := range one.segments[r.segment:r.segments] {
			if g.changed {
				edits = append(edits, edit{g.from, g.to, g.xml()})
			}
		}
		out.WriteString(apply(s.data, r.from, r.to, edits))
	}
	for key := range f.values {
		if strings.HasPrefix(key, name+"[") {
			f.used[key] = true
		}
	}
	return edit{r.from, r.to, out.String()}, true
}

func (f *filler) has(prefix string) bool {
	for key := range f.values {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

// entry is the values under the names that the fields of the i-th row use. A
// field without a value for this entry becomes empty if another entry has a
// value. "[].#" is the number of the entry.
func (f *filler) entry(name string, i int) map[string]string {
	out := map[string]string{name + "[].#": fmt.Sprint(i + 1)}
	one := fmt.Sprintf("%s[%d].", name, i)
	for key, value := range f.values {
		out[key] = value
		rest, ok := strings.CutPrefix(key, name+"[")
		if !ok {
			continue
		}
		_, id, ok := strings.Cut(rest, "].")
		if !ok {
			continue
		}
		if _, there := out[name+"[]."+id]; !there {
			out[name+"[]."+id] = f.values[one+id]
		}
	}
	return out
}

func (s *scan) run() error {
	dec := xml.NewDecoder(strings.NewReader(s.data))
	dec.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errors.New("is not in UTF-8") }
	for {
		from := int(dec.InputOffset())
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		to := int(dec.InputOffset())
		switch t := token.(type) {
		case xml.Directive:
			return errors.New("has a document type")
		case xml.StartElement:
			if s.depth++; s.depth > maxDepth {
				return errors.New("is nested too deeply")
			}
			s.start = from
			if slices.Contains(wordSpaces, t.Name.Space) {
				s.open(t, from, to)
			}
		case xml.EndElement:
			s.depth--
			if slices.Contains(wordSpaces, t.Name.Space) {
				s.close(t.Name.Local, to)
			}
		case xml.CharData:
			if s.text >= 0 {
				s.segments[s.text].text += string(t)
			}
		}
	}
}

func (s *scan) open(t xml.StartElement, from, to int) {
	switch t.Name.Local {
	case "p":
		s.paragraphs = append(s.paragraphs, nil)
	case "tr":
		s.rows = append(s.rows, row{from: from, segment: len(s.segments), para: len(s.done), controls: len(s.closed)})
	case "t":
		raw := s.data[from:to]
		end := strings.IndexAny(raw, " \t\r\n/>")
		s.segments = append(s.segments, segment{from: from, name: raw[1:end]})
		s.text = len(s.segments) - 1
		if n := len(s.paragraphs); n > 0 {
			s.paragraphs[n-1] = append(s.paragraphs[n-1], s.text)
		}
		if n := len(s.controls); n > 0 && s.controls[n-1].content {
			s.controls[n-1].segments = append(s.controls[n-1].segments, s.text)
		}
	case "sdt":
		if n := len(s.controls); n > 0 {
			s.controls[n-1].inner = true
		}
		s.controls = append(s.controls, &control{})
	case "sdtContent":
		if n := len(s.controls); n > 0 {
			s.controls[n-1].content = true
		}
	case "tag", "alias":
		if n := len(s.controls); n > 0 && !s.controls[n-1].content {
			for _, a := range t.Attr {
				if a.Name.Local != "val" {
					continue
				}
				if t.Name.Local == "tag" {
					s.controls[n-1].tag = a.Value
				} else {
					s.controls[n-1].alias = a.Value
				}
			}
		}
	}
}

func (s *scan) close(name string, to int) {
	switch name {
	case "p":
		if n := len(s.paragraphs); n > 0 {
			s.done = append(s.done, s.paragraphs[n-1])
			s.paragraphs = s.paragraphs[:n-1]
		}
	case "tr":
		if n := len(s.rows); n > 0 {
			r := s.rows[n-1]
			s.rows = s.rows[:n-1]
			r.to, r.segments, r.paras, r.sections = to, len(s.segments), len(s.done), len(s.closed)
			if n := len(s.lines); n == 0 || s.lines[n-1].from < r.from {
				s.lines = append(s.lines, r) // a row that contains a row stays unchanged
			}
		}
	case "t":
		if s.text >= 0 {
			s.segments[s.text].to = to
			s.text = -1
		}
	case "showingPlcHdr", "dataBinding":
		// A filled control is no longer a placeholder. Its data binding is
		// removed, because a word processor would otherwise replace the value
		// when it opens the document.
		if n := len(s.controls); n > 0 && !s.controls[n-1].content {
			s.controls[n-1].drop = append(s.controls[n-1].drop, [2]int{s.start, to})
		}
	case "sdt":
		if n := len(s.controls); n > 0 {
			s.closed = append(s.closed, s.controls[n-1])
			s.controls = s.controls[:n-1]
		}
	}
}

// control fills a content control that has a place for text; a control that
// contains other controls is a group.
func (f *filler) control(s *scan, c *control) []edit {
	name := c.tag
	value, ok := f.values[name]
	if !ok {
		if value, ok = f.values[c.alias]; ok {
			name = c.alias
		}
	}
	if c.inner || name == "" && c.alias == "" {
		return nil
	}
	if !ok || len(c.segments) == 0 {
		if name == "" {
			name = c.alias
		}
		f.unknown[name] = true
		return nil
	}
	for i, at := range c.segments {
		g := &s.segments[at]
		g.text, g.changed = "", true
		if i == 0 {
			g.text = value
		}
	}
	f.used[name] = true
	f.filled++
	var edits []edit
	for _, d := range c.drop {
		edits = append(edits, edit{d[0], d[1], ""})
	}
	return edits
}

// paragraph fills the fields of a paragraph. Text that a control inserted is
// not a template: a field does not extend into it.
func (f *filler) paragraph(s *scan, list []int) {
	var run []int
	for _, at := range list {
		if s.segments[at].changed {
			f.fields(s, run)
			run = nil
			continue
		}
		run = append(run, at)
	}
	f.fields(s, run)
}

// fields fills the fields of one text that may be split into several segments:
// the value is written where its field begins.
func (f *filler) fields(s *scan, list []int) {
	var whole strings.Builder
	starts := make([]int, len(list))
	for i, at := range list {
		starts[i] = whole.Len()
		whole.WriteString(s.segments[at].text)
	}
	text := whole.String()
	found := field.FindAllStringSubmatchIndex(text, -1)
	for i := len(found) - 1; i >= 0; i-- { // from the end, so that positions stay valid
		m := found[i]
		name := text[m[2]:m[3]]
		value, ok := f.values[name]
		if !ok {
			f.unknown[name] = true
			continue
		}
		f.used[name] = true
		f.filled++
		for j := len(list) - 1; j >= 0; j-- {
			g := &s.segments[list[j]]
			from, to := m[0]-starts[j], m[1]-starts[j]
			end := len(text) - starts[j]
			if j+1 < len(list) {
				end = starts[j+1] - starts[j]
			}
			if to <= 0 || from >= end {
				continue
			}
			put := ""
			if from >= 0 {
				put = value
			}
			// The text after to was replaced already and may have another
			// length, so the position is counted from the end of the old text.
			g.text = g.text[:max(from, 0)] + put + g.text[min(to, end):]
			g.changed = true
		}
	}
}

// xml writes a segment that was changed.
func (g *segment) xml() string {
	open, closing := `<`+g.name+` xml:space="preserve">`, `</`+g.name+`>`
	prefix := strings.TrimSuffix(g.name, "t")
	lines := strings.Split(strings.ReplaceAll(g.text, "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = escape(lines[i])
	}
	return open + strings.Join(lines, closing+`<`+prefix+`br/>`+open) + closing
}
