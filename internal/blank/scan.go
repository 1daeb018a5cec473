package blank

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// spaces are the XML namespaces of text: the common one and the strict one.
var spaces = []string{"http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main"}

// boxSpace is the namespace of boxes to tick that are content controls.
const boxSpace = "http://schemas.microsoft.com/office/word/2010/wordml"

// Bounds of a part; real forms are far below them.
const (
	maxDepth  = 256
	maxGlyphs = 2 << 20
	maxBlanks = 2000
)

// glyph is one character that a reader sees, and the bytes that make it.
type glyph struct {
	r        rune
	from, to int
	under    bool     // it is underlined
	hidden   bool     // it is not shown
	text     bool     // it stands in <w:t>, where text can be put
	prefix   string   // of the names of its elements, such as "w:"
	in       *control // the innermost content control
}

// paragraph is one paragraph.
type paragraph struct {
	glyphs   []glyph
	from     int    // of its start tag
	end      int    // where its end tag begins; for <w:p/> it is the end of the tag
	empty    bool   // it is written <w:p/>
	name     string // of its tag as written
	look     string // the look of the mark of the paragraph, as written
	cell     *cell
	controls []*control
	position int // among the paragraphs of the part, from 1
}

// control is a content control.
type control struct {
	tag, alias string
	held       bool     // it shows the text that asks for a value
	drop       [][2]int // what must go when it is filled
	list       []string // the texts that may be chosen
	chooses    bool
	box        *box
	content    bool
}

// box is a content control that is a box to tick.
type box struct {
	from, to int    // its state, as an element; to is 0 if there is none
	prefix   string // of the names of its elements
	on       bool
	mark     rune // what it shows when it is ticked
}

// cell is a cell of a table.
type cell struct {
	row        *row
	at, span   int  // the first column of the grid that it covers, and how many
	below      bool // it continues the cell above
	paragraphs []*paragraph
	tables     int // in it
}

// row is a row of a table.
type row struct {
	table *table
	n     int // in the table, from 0
	cells []*cell
	grid  int // columns of the grid so far
}

type table struct {
	rows   []*row
	within *cell
	number int
}

// part is one part of the form.
type part struct {
	name       string
	data       string
	paragraphs []*paragraph
	tables     int
}

// look is how a run is shown.
type look struct{ under, hidden bool }

// scan is the state of one pass over a part.
type scan struct {
	*part
	open     []*paragraph
	tables   []*table
	cells    []*cell
	controls []*control
	runs     []look // of the runs that are open
	depth    int
	look     int // where the look of a paragraph's mark begins, or -1
	marks    []string
	fields   []string
	results  []bool // of the fields: what follows is the text of a form field
	glyphs   int
	inText   bool
	inCode   bool
	start    int
	prefix   string
	total    int // tables seen
}

// read scans a part.
func read(name, data string) (*part, error) {
	s := &scan{part: &part{name: name, data: data}, look: -1}
	dec := xml.NewDecoder(strings.NewReader(data))
	dec.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errors.New("is not in UTF-8") }
	for {
		from := int(dec.InputOffset())
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			s.part.tables = s.total
			slices.SortStableFunc(s.paragraphs, func(a, b *paragraph) int { return a.from - b.from })
			for i, p := range s.paragraphs {
				p.position = i + 1
			}
			return s.part, nil
		}
		if err != nil {
			return nil, err
		}
		if err := s.token(token, from, int(dec.InputOffset())); err != nil {
			return nil, err
		}
	}
}

func (s *scan) token(token xml.Token, from, to int) error {
	switch t := token.(type) {
	case xml.Directive:
		return errors.New("has a document type")
	case xml.StartElement:
		if s.depth++; s.depth > maxDepth {
			return errors.New("is nested too deeply")
		}
		s.start = from
		switch {
		case slices.Contains(spaces, t.Name.Space):
			s.marks = append(s.marks, t.Name.Local)
			return s.begin(t, from, to)
		case t.Name.Space == boxSpace:
			s.boxed(t, from, to)
		}
		s.marks = append(s.marks, "")
	case xml.EndElement:
		s.depth--
		s.marks = s.marks[:len(s.marks)-1]
		if slices.Contains(spaces, t.Name.Space) {
			return s.finish(t.Name.Local, from, to)
		}
		if t.Name.Space == boxSpace && t.Name.Local == "checked" {
			if c := s.control(); c != nil && c.box != nil {
				c.box.to = to
			}
		}
	case xml.CharData:
		switch {
		case s.inText:
			return s.characters(from, to)
		case s.inCode && len(s.fields) > 0:
			s.fields[len(s.fields)-1] += string(t)
		}
	case xml.Comment, xml.ProcInst:
		if s.inText {
			return errors.New("has a comment within a text")
		}
	}
	return nil
}

// value is an attribute by its local name.
func value(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// prefixOf is the prefix of the name of a tag as written, with its colon.
func (s *scan) prefixOf(from, to int) string {
	name := strings.TrimLeft(s.data[from:to], "</")
	if end := strings.IndexAny(name, " \t\r\n/>"); end >= 0 {
		name = name[:end]
	}
	before, _, ok := strings.Cut(name, ":")
	if !ok {
		return ""
	}
	return before + ":"
}

// parent is the element in which the one that began last stands.
func (s *scan) parent() string {
	for i := len(s.marks) - 2; i >= 0; i-- {
		if s.marks[i] != "" {
			return s.marks[i]
		}
	}
	return ""
}

func (s *scan) control() *control {
	if len(s.controls) == 0 {
		return nil
	}
	return s.controls[len(s.controls)-1]
}

func (s *scan) begin(t xml.StartElement, from, to int) error {
	switch t.Name.Local {
	case "p":
		s.paragraph(from, to)
	case "rPr":
		if s.parent() == "pPr" {
			s.look = from
		}
	case "r":
		s.runs = append(s.runs, look{})
	case "u":
		if v := value(t, "val"); s.parent() == "rPr" && len(s.runs) > 0 && v != "none" {
			s.runs[len(s.runs)-1].under = true
		}
	case "vanish":
		if v := value(t, "val"); s.parent() == "rPr" && len(s.runs) > 0 && v != "0" && v != "false" && v != "off" {
			s.runs[len(s.runs)-1].hidden = true
		}
	case "t":
		s.inText, s.prefix = true, s.prefixOf(from, to)
		if strings.HasSuffix(s.data[from:to], "/>") {
			s.inText = false
		}
	case "tab", "ptab":
		if s.parent() == "r" {
			return s.add(glyph{r: '\t', from: from, to: to, prefix: s.prefixOf(from, to)})
		}
	case "br", "cr":
		return s.add(glyph{r: '\n', from: from, to: to})
	case "noBreakHyphen":
		return s.add(glyph{r: '-', from: from, to: to})
	case "sym":
		return s.add(glyph{r: symbol(value(t, "font"), value(t, "char")), from: from, to: to, prefix: s.prefixOf(from, to)})
	case "bdo":
		return errors.New("changes the direction of a text")
	case "altChunk":
		return errors.New("takes in a piece in another format")
	case "instrText":
		s.inCode = true
	case "fldChar":
		if value(t, "fldCharType") == "begin" {
			s.fields, s.results = append(s.fields, ""), append(s.results, false)
		} else if n := len(s.fields); n > 0 {
			if err := fieldCode(s.fields[n-1]); err != nil {
				return err
			}
			s.results[n-1] = value(t, "fldCharType") == "separate" && strings.TrimSpace(s.fields[n-1]) == "FORMTEXT"
			if value(t, "fldCharType") == "end" {
				s.fields, s.results = s.fields[:n-1], s.results[:n-1]
			}
		}
	case "fldSimple":
		return fieldCode(value(t, "instr"))
	case "tbl", "tr", "tc", "gridSpan", "vMerge", "gridBefore":
		s.grid(t)
	case "sdt", "sdtContent", "alias", "showingPlcHdr", "dataBinding", "dropDownList", "comboBox", "listItem":
		s.controlled(t)
	}
	if t.Name.Local == "tag" && s.parent() == "sdtPr" {
		s.controlled(t)
	}
	return nil
}

func (s *scan) paragraph(from, to int) {
	raw := s.data[from:to]
	name := strings.TrimLeft(raw, "<")
	name = name[:strings.IndexAny(name, " \t\r\n/>")]
	p := &paragraph{from: from, end: to, empty: strings.HasSuffix(raw, "/>"), name: name}
	if n := len(s.cells); n > 0 {
		p.cell = s.cells[n-1]
		p.cell.paragraphs = append(p.cell.paragraphs, p)
	}
	for _, c := range s.controls {
		if c.content {
			p.controls = append(p.controls, c)
		}
	}
	s.open = append(s.open, p)
}

// grid follows tables.
func (s *scan) grid(t xml.StartElement) {
	switch t.Name.Local {
	case "tbl":
		s.total++
		next := &table{number: s.total}
		if n := len(s.cells); n > 0 {
			next.within = s.cells[n-1]
			next.within.tables++
		}
		s.tables = append(s.tables, next)
	case "tr":
		if n := len(s.tables); n > 0 {
			s.tables[n-1].rows = append(s.tables[n-1].rows, &row{table: s.tables[n-1], n: len(s.tables[n-1].rows)})
		}
	case "tc":
		if r := s.row(); r != nil {
			c := &cell{row: r, at: r.grid, span: 1}
			r.grid++
			r.cells = append(r.cells, c)
			s.cells = append(s.cells, c)
		}
	case "gridBefore":
		if r := s.row(); r != nil && len(r.cells) == 0 {
			r.grid += number(value(t, "val"))
		}
	case "gridSpan":
		if n := len(s.cells); n > 0 && s.parent() == "tcPr" {
			c := s.cells[n-1]
			more := number(value(t, "val")) - c.span
			c.span, c.row.grid = c.span+more, c.row.grid+more
		}
	case "vMerge":
		if n := len(s.cells); n > 0 && s.parent() == "tcPr" {
			s.cells[n-1].below = value(t, "val") != "restart"
		}
	}
}

// number is a count of columns, within reason.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > 200 {
		return 1
	}
	return n
}

func (s *scan) row() *row {
	n := len(s.tables)
	if n == 0 || len(s.tables[n-1].rows) == 0 {
		return nil
	}
	rows := s.tables[n-1].rows
	return rows[len(rows)-1]
}

// controlled follows content controls.
func (s *scan) controlled(t xml.StartElement) {
	if t.Name.Local == "sdt" {
		s.controls = append(s.controls, &control{})
		return
	}
	c := s.control()
	if c == nil || c.content {
		return
	}
	switch t.Name.Local {
	case "sdtContent":
		c.content = true
		if n := len(s.open); n > 0 {
			s.open[n-1].controls = append(s.open[n-1].controls, c)
		}
	case "alias":
		c.alias = value(t, "val")
	case "tag":
		c.tag = value(t, "val")
	case "showingPlcHdr":
		c.held = true
	case "dropDownList", "comboBox":
		c.chooses = t.Name.Local == "dropDownList"
	case "listItem":
		if text := value(t, "displayText"); text != "" {
			c.list = append(c.list, text)
		} else {
			c.list = append(c.list, value(t, "value"))
		}
	}
}

// boxed follows boxes to tick that are content controls.
func (s *scan) boxed(t xml.StartElement, from, to int) {
	c := s.control()
	if c == nil || c.content {
		return
	}
	switch t.Name.Local {
	case "checkbox":
		if !strings.HasSuffix(s.data[from:to], "/>") {
			c.box = &box{from: to, prefix: s.prefixOf(from, to), mark: '☒'}
		}
	case "checked":
		if c.box != nil {
			v := value(t, "val")
			c.box.from, c.box.to, c.box.on = from, to, v != "0" && v != "false" && v != "off"
		}
	case "checkedState":
		if code, err := strconv.ParseUint(value(t, "val"), 16, 32); err == nil && c.box != nil && code > ' ' && utf8.ValidRune(rune(code)) {
			c.box.mark = rune(code)
		}
	}
}

func (s *scan) finish(name string, from, to int) error {
	switch name {
	case "p":
		if n := len(s.open); n > 0 {
			p := s.open[n-1]
			p.end = from
			s.open = s.open[:n-1]
			s.paragraphs = append(s.paragraphs, p)
		}
	case "rPr":
		if n := len(s.open); s.look >= 0 && n > 0 {
			s.open[n-1].look, s.look = plainLook(s.data[s.look:to]), -1
		}
	case "r":
		if n := len(s.runs); n > 0 {
			s.runs = s.runs[:n-1]
		}
	case "t":
		s.inText = false
	case "instrText":
		s.inCode = false
	case "tbl":
		if n := len(s.tables); n > 0 {
			s.tables = s.tables[:n-1]
		}
	case "tc":
		if n := len(s.cells); n > 0 {
			s.cells = s.cells[:n-1]
		}
	case "showingPlcHdr", "dataBinding":
		if c := s.control(); c != nil && !c.content {
			c.drop = append(c.drop, [2]int{s.start, to})
		}
	case "sdt":
		if n := len(s.controls); n > 0 {
			s.controls = s.controls[:n-1]
		}
	}
	return nil
}

// tracked are marks of tracked changes; a look with one is not copied.
var tracked = regexp.MustCompile(`<[A-Za-z0-9]+:(ins|del|moveFrom|moveTo|rPrChange)\b`)

func plainLook(look string) string {
	if tracked.MatchString(look) {
		return ""
	}
	return look
}

func (s *scan) add(g glyph) error {
	n := len(s.open)
	if n == 0 {
		return nil
	}
	if s.glyphs++; s.glyphs > maxGlyphs {
		return errors.New("has too much text")
	}
	if k := len(s.runs); k > 0 {
		g.under, g.hidden = s.runs[k-1].under, s.runs[k-1].hidden
	}
	if n := len(s.results); n > 0 && s.results[n-1] {
		g.under = true // a form field is shown as a room to fill
	}
	if c := s.control(); c != nil && c.content {
		g.in = c
	}
	s.open[n-1].glyphs = append(s.open[n-1].glyphs, g)
	return nil
}

// characters adds the text of the bytes from..to, each character with its own
// bytes.
func (s *scan) characters(from, to int) error {
	raw := s.data[from:to]
	if strings.Contains(raw, "<") {
		return errors.New("has a text in an unusual form (CDATA)")
	}
	for i := 0; i < len(raw); {
		r, size := utf8.DecodeRuneInString(raw[i:])
		if r == '&' {
			end := strings.IndexByte(raw[i:], ';')
			if end < 0 {
				return errors.New("has a reference without an end")
			}
			size = end + 1
			if r = entity(raw[i+1 : i+end]); r == 0 {
				return errors.New("has a reference to an entity of its own")
			}
		}
		if r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return errors.New("changes the direction of a text")
		}
		if err := s.add(glyph{r: r, from: from + i, to: from + i + size, text: true, prefix: s.prefix}); err != nil {
			return err
		}
		i += size
	}
	return nil
}

// entity is the character that a reference stands for; 0 for none that XML has
// by itself.
func entity(name string) rune {
	if r, ok := map[string]rune{"amp": '&', "lt": '<', "gt": '>', "quot": '"', "apos": '\''}[name]; ok {
		return r
	}
	code, ok := strings.CutPrefix(name, "#")
	if !ok {
		return 0
	}
	base := 10
	if hex, ok := strings.CutPrefix(code, "x"); ok {
		code, base = hex, 16
	}
	n, err := strconv.ParseUint(code, base, 32)
	if err != nil || !utf8.ValidRune(rune(n)) {
		return 0
	}
	return rune(n)
}

// loads are fields that take in something from outside, run something, or ask
// for it.
var loads = regexp.MustCompile(`(?i)^\s*(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|IMPORT|INCLUDE|LINK|DATABASE|RD|MACROBUTTON|AUTOTEXT|PRINT)\b`)

func fieldCode(code string) error {
	if loads.MatchString(code) {
		return errors.New("has a field that takes in something from outside or runs something")
	}
	return nil
}
