package annex

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"hutong/internal/dataspace"
	"hutong/internal/itemkind"
)

// Mapping says how an annex becomes items. A person writes it, or takes
// responsibility for it; its YAML is the mapping file.
type Mapping struct {
	Sheet     string `yaml:"sheet,omitempty"`      // empty: the only one
	HeaderRow int    `yaml:"header_row,omitempty"` // line of the headers; 0: search for it
	// Columns gives for each field of an item the header of its column.
	Columns map[Field]string `yaml:"columns"`
	// Values translates the texts of a column into values of the pack: sectors,
	// scenarios, kinds, pathways.
	Values map[Field]map[string]string `yaml:"values,omitempty"`
	// Constants are fields that are the same in every row.
	Constants map[Field]string `yaml:"constants,omitempty"`
	// FillDown are fields whose empty cells mean the cell above.
	FillDown []Field `yaml:"fill_down,omitempty"`
	// Ignore are patterns: a row whose first cell matches is not an item, for
	// example a heading or a note. Ignored rows are listed.
	Ignore []string `yaml:"ignore,omitempty"`
	// Shown are the lines of rows that are hidden, struck through or calculated in
	// the file, and which a person has read and found to hold.
	Shown []int `yaml:"shown,omitempty"`
	// Subject says which people a threshold counts if its text does not say it:
	// people, sensitive, both (each of the two), or all (the two together). Empty:
	// such a threshold is not understood.
	Subject string `yaml:"subject,omitempty"`
	// NotStated says how to read a threshold that the annex does not give:
	// none, or unknown, which leads to human review. Empty: unknown.
	NotStated string `yaml:"not_stated,omitempty"`
	// IDPrefix begins the ids of items where no column gives them.
	IDPrefix string `yaml:"id_prefix,omitempty"`

	Article    string               `yaml:"article"` // «{line}» stands for the line of the annex
	Source     string               `yaml:"source"`  // the address at which the annex is published
	Confidence dataspace.Confidence `yaml:"confidence"`
	Effective  string               `yaml:"effective,omitempty"` // first day of the list

	// Kinds are the kinds of items of the pack into which the annex is imported;
	// nil: those of the program.
	Kinds itemkind.List `yaml:"-"`

	ignore []*regexp.Regexp
}

// kinds are those of the items.
func (m *Mapping) kinds() itemkind.List {
	if m.Kinds == nil {
		return itemkind.Standard()
	}
	return m.Kinds
}

// Field is a field of an item that an annex may give.
type Field string

// The fields. Threshold counts for the row's pathway; Assessment and Contract
// are the columns of an annex that gives both in one row.
const (
	ID          Field = "id"
	Sector      Field = "sector"
	Scenario    Field = "scenario"
	Subcategory Field = "subcategory"
	NameZH      Field = "name_zh"
	NameEN      Field = "name_en"
	Description Field = "description"
	Kind        Field = "kind"
	Pathway     Field = "pathway"
	Threshold   Field = "threshold"
	Assessment  Field = "assessment"
	Contract    Field = "contract"
	Elements    Field = "elements"
	Headers     Field = "headers"
)

// Fields lists them in the order in which they are asked for.
var Fields = []Field{Sector, Scenario, Subcategory, NameZH, NameEN, Description, Kind, Pathway, Threshold, Assessment, Contract, Elements, Headers, ID}

// headerWords are the words by which a column is proposed for a field, best
// first.
var headerWords = map[Field][]string{
	ID:          {"编号", "项号", "item no", "id"},
	Sector:      {"行业", "领域", "sector", "industry"},
	Scenario:    {"场景", "scenario"},
	Subcategory: {"子类", "小类", "类别", "subcategory", "category"},
	NameZH:      {"数据项", "数据名称", "字段", "data item", "item"},
	NameEN:      {"英文", "english"},
	Description: {"描述", "说明", "特征", "description"},
	Kind:        {"数据类型", "数据性质", "kind"},
	Pathway:     {"路径", "管理要求", "出境方式", "pathway"},
	Threshold:   {"阈值", "数量", "规模", "threshold"},
	Assessment:  {"安全评估", "assessment"},
	Contract:    {"标准合同", "认证", "contract"},
	Elements:    {"数据要素", "elements"},
	Headers:     {"列名", "headers"},
}

// ParseMapping reads a mapping file; unknown keys are refused.
func ParseMapping(place string, data []byte) (Mapping, error) {
	var m Mapping
	if err := yaml.UnmarshalWithOptions(data, &m, yaml.Strict()); err != nil {
		var e yaml.Error
		if as(err, &e) {
			at := e.GetToken()
			if at != nil && at.Position != nil {
				place = fmt.Sprintf("%s:%d:%d", place, at.Position.Line, at.Position.Column)
			}
			return m, problem("annex.mapping", place, e.GetMessage(), "")
		}
		return m, problem("annex.mapping", place, "cannot be read as YAML", "")
	}
	return m, m.Check(place)
}

// Check reports what is missing in a mapping; place is where it was written.
func (m *Mapping) Check(place string) error {
	fail := func(format string, args ...any) error {
		return problem("annex.mapping", place, fmt.Sprintf(format, args...), "docs/howto/import-a-negative-list.md shows one")
	}
	for _, list := range []map[Field]string{m.Columns, m.Constants} {
		for f := range list {
			if !slices.Contains(Fields, f) {
				return fail("%q is not a field of an item", f)
			}
		}
	}
	for f := range m.Values {
		if !slices.Contains(Fields, f) {
			return fail("values: %q is not a field of an item", f)
		}
	}
	if m.Columns[NameZH] == "" {
		return fail("columns.name_zh is missing: which column names the data?")
	}
	for _, f := range []Field{Kind, Pathway} {
		if m.Columns[f] == "" && m.Constants[f] == "" && (f == Kind || m.Columns[Assessment] == "" && m.Columns[Contract] == "") {
			return fail("%s is neither in columns nor in constants", f)
		}
	}
	if m.Article == "" || m.Source == "" || m.Confidence == "" {
		return fail("article, source and confidence name the source of the items; one is missing")
	}
	if m.Subject != "" && !slices.Contains(subjects, m.Subject) {
		return fail("subject %q is none of %s", m.Subject, strings.Join(subjects, ", "))
	}
	if !slices.Contains([]string{"", "none", "unknown"}, m.NotStated) {
		return fail("not_stated %q is neither none nor unknown", m.NotStated)
	}
	m.ignore = nil
	for _, p := range m.Ignore {
		re, err := regexp.Compile(p)
		if err != nil {
			return fail("ignore: %q is not a valid pattern", p)
		}
		m.ignore = append(m.ignore, re)
	}
	return nil
}

// Table is a sheet whose headers were found.
type Table struct {
	Sheet   string
	Line    int // of the headers
	Headers []string
	Rows    []Row
	Hidden  map[int]bool // columns, from 0, that the file does not show
}

// Find selects the sheet of a mapping and its row of headers. Without a line it
// takes the first row that names the most fields.
func (m *Mapping) Find(name string, sheets []Sheet) (Table, error) {
	if m.Sheet == "" { // a sheet that is not shown is taken only by its name
		sheets = slices.DeleteFunc(slices.Clone(sheets), func(s Sheet) bool { return s.Hidden })
	}
	at := slices.IndexFunc(sheets, func(s Sheet) bool { return m.Sheet == "" || s.Name == m.Sheet })
	if at < 0 || m.Sheet == "" && len(sheets) > 1 {
		names := make([]string, len(sheets))
		for i, s := range sheets {
			names[i] = s.Name
		}
		return Table{}, problem("annex.sheet", name, "which sheet holds the list?", "write sheet: into the mapping, with one of these: "+strings.Join(names, ", "))
	}
	s := sheets[at]
	best, most := -1, 0
	for i, r := range s.Rows {
		if m.HeaderRow != 0 {
			if r.Line == m.HeaderRow {
				best = i
			}
			continue
		}
		if n := m.likeness(r); i < 50 && n > most {
			best, most = i, n
		}
	}
	if best < 0 {
		return Table{}, problem("annex.header", name, "has no row of headers", "write its line number as header_row: into the mapping")
	}
	r := s.Rows[best]
	return Table{Sheet: s.Name, Line: r.Line, Headers: r.Cells, Rows: s.Rows[best+1:], Hidden: s.HiddenColumns}, nil
}

// likeness is the number of headers that a row seems to contain.
func (m *Mapping) likeness(r Row) int {
	if r.Heading {
		return 0
	}
	n := 0
	for _, c := range r.Cells {
		for _, f := range Fields {
			if c != "" && (c == m.Columns[f] || len(m.Columns) == 0 && proposed(f, c) >= 0) {
				n++
				break
			}
		}
	}
	return n
}

// proposed is how well a header names a field; a smaller number is better, a
// negative one means not at all.
func proposed(f Field, header string) int {
	h := strings.ToLower(header)
	return slices.IndexFunc(headerWords[f], func(w string) bool { return strings.Contains(h, w) })
}

// Propose finds for each field the column whose header names it best. No
// column is proposed twice.
func (t *Table) Propose() map[Field]string {
	out, taken := map[Field]string{}, map[int]bool{}
	for _, f := range Fields {
		best, rank := -1, 0
		for i, h := range t.Headers {
			if n := proposed(f, h); n >= 0 && !taken[i] && (best < 0 || n < rank) {
				best, rank = i, n
			}
		}
		if best >= 0 {
			out[f], taken[best] = t.Headers[best], true
		}
	}
	return out
}

// Template is a mapping file to be completed by a person.
func (t *Table) Template() ([]byte, error) {
	m := Mapping{
		Sheet: t.Sheet, HeaderRow: t.Line, Columns: t.Propose(),
		Values:   map[Field]map[string]string{},
		FillDown: []Field{Scenario, Subcategory},
		Article:  "", Source: "", Confidence: "",
	}
	for _, f := range []Field{Sector, Scenario, Kind, Pathway} {
		col := t.column(m.Columns[f])
		if col < 0 {
			continue
		}
		m.Values[f] = map[string]string{}
		for _, r := range t.Rows {
			if v := r.Cell(col); v != "" && !r.Heading && len(m.Values[f]) < 100 {
				m.Values[f][v] = guess(f, v)
			}
		}
	}
	body, err := yaml.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("write mapping: %w", err)
	}
	return append([]byte(`# How this annex becomes items. Check every line; docs/howto/import-a-negative-list.md explains the keys.
# Complete these:
# - article;
# - source: the address where the annex is published;
# - confidence: VSS when you hold the official text;
# - effective: the first day of the list;
# - kind, under columns or constants: a kind of the pack; important or personal, if the pack declares none;
# - subject: people, sensitive or both, for a threshold that does not say whom it counts;
# - not_stated: none, if a threshold that the annex does not give does not exist. Otherwise such a threshold is
#   unknown, and a person must decide.
`), body...), nil
}

func (t *Table) column(header string) int {
	if header == "" {
		return -1
	}
	return slices.Index(t.Headers, header)
}

// guess is the probable meaning of a value of a column.
func guess(f Field, v string) string {
	switch f {
	case Kind:
		k, _ := itemkind.Standard().Read(v)
		return k.ID
	case Pathway:
		p, _ := pathwayOf(v)
		return p
	}
	return v
}
