package annex

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/item"
)

func as[T any](err error, target *T) bool { return errors.As(err, target) }

// Unmapped is a row of the annex that gave no item, or an incomplete one.
type Unmapped struct {
	Line  int      `json:"line"`
	Why   string   `json:"why"`
	Cells []string `json:"cells"`
	// Kept is true where the row is an item whose thresholds are not known.
	Kept bool `json:"kept,omitempty"`
	// Ignored is true where the mapping says that the row is no item.
	Ignored bool `json:"ignored,omitempty"`
}

// Result is the result of an import: every row is in an item or in Unmapped.
type Result struct {
	Items    []item.Item
	Unmapped []Unmapped
}

// Open counts the unmapped rows that the mapping does not ignore.
func (r *Result) Open() int {
	n := 0
	for _, u := range r.Unmapped {
		if !u.Ignored {
			n++
		}
	}
	return n
}

// Convert makes items from the rows. Rows of one name in one scenario are one
// item: an annex may give its assessment in one table and its contract in
// another. It fails only when the mapping does not fit the table.
func (m *Mapping) Convert(name string, t Table) (Result, error) {
	c, err := m.converter(name, t)
	if err != nil {
		return Result{}, err
	}
	for _, r := range t.Rows {
		if !r.blank() {
			c.row(r)
		}
	}
	return c.result(), nil
}

func (m *Mapping) converter(name string, t Table) (*converter, error) {
	c := &converter{m: m, columns: map[Field]int{}, byKey: map[string]*draft{}, above: map[Field]string{}}
	for f, header := range m.Columns {
		if c.columns[f] = t.column(header); c.columns[f] < 0 {
			return nil, problem("annex.mapping", name, fmt.Sprintf("has no column %q for %s", header, f), "its headers are "+strings.Join(t.Headers, ", "))
		}
		if t.Hidden[c.columns[f]] {
			return nil, problem("annex.hidden", name, fmt.Sprintf("the column %q, which the mapping takes for %s, is hidden in the file", header, f), "a hidden column may be out of date: show it and read it, or take another column")
		}
	}
	return c, nil
}

// draft is an item while its rows are read.
type draft struct {
	item  item.Item
	rows  []Row
	why   string // why a threshold or the pathway is not known
	given bool   // some row gave a threshold
	flat  string // pathway for any number of people, from rows without thresholds
	// The upper ends of ranges in the rows. The annex says what applies below
	// them.
	upPeople, upSensitive, upAll int64
	freeBelow                    bool
}

type converter struct {
	m       *Mapping
	columns map[Field]int
	byKey   map[string]*draft
	drafts  []*draft
	above   map[Field]string
	out     []Unmapped
}

// text is a field of a row: its cell, or the cell above where the mapping
// allows it, translated by the mapping; or the constant.
func (c *converter) text(r Row, f Field) string {
	at, ok := c.columns[f]
	if !ok {
		return c.m.Constants[f]
	}
	s := r.Cell(at)
	if s == "" && slices.Contains(c.m.FillDown, f) {
		s = c.above[f]
	}
	c.above[f] = s
	if v, ok := c.m.Values[f][s]; ok {
		return v
	}
	if s == "" {
		return c.m.Constants[f]
	}
	return s
}

func (c *converter) unmapped(r Row, ignored bool, why string) {
	c.out = append(c.out, Unmapped{Line: r.Line, Why: why, Cells: r.Cells, Ignored: ignored})
}

func (c *converter) row(r Row) {
	if c.m.ignores(r) {
		c.unmapped(r, true, "the mapping says that it is not an item")
		return
	}
	if r.Heading {
		c.unmapped(r, false, "one cell over the whole row: a heading? say so under ignore")
		return
	}
	it := item.Item{
		ID: c.text(r, ID), Sector: c.text(r, Sector), Scenario: c.text(r, Scenario), Subcategory: c.text(r, Subcategory),
		Name:        dataspace.Text{ZH: c.text(r, NameZH), EN: c.text(r, NameEN)},
		Description: c.text(r, Description), Headers: words(c.text(r, Headers)),
		Article: strings.ReplaceAll(c.m.Article, "{line}", fmt.Sprint(r.Line)), Source: c.m.Source, Confidence: c.m.Confidence,
	}
	for _, e := range words(c.text(r, Elements)) {
		it.Elements = append(it.Elements, dataspace.ElementID(e))
	}
	kind, known := c.m.kinds().Read(c.text(r, Kind))
	it.Kind = kind.ID
	switch {
	case it.Name.ZH == "":
		c.unmapped(r, false, "names no data")
		return
	case !known:
		c.unmapped(r, false, c.m.kinds().Refuse(c.text(r, Kind)))
		return
	}
	key := strings.Join([]string{it.Sector, it.Scenario, it.Subcategory, it.Name.ZH}, "\x00")
	d := c.byKey[key]
	if d == nil {
		if it.ID == "" {
			sum := sha256.Sum256([]byte(key))
			it.ID = c.m.IDPrefix + hex.EncodeToString(sum[:4])
		}
		d = &draft{item: it}
		c.byKey[key], c.drafts = d, append(c.drafts, d)
	}
	d.rows = append(d.rows, r)
	if r.Doubt != "" && !slices.Contains(c.m.Shown, r.Line) {
		d.doubt(r.Doubt + "; if a person has read it and it holds, name its line under shown")
	}
	if d.item.Kind != it.Kind {
		d.doubt(fmt.Sprintf("is listed twice, as %s and as %s data", d.item.Kind, it.Kind))
	}
	c.demands(d, r)
}

func (d *draft) doubt(why string) {
	if d.why == "" {
		d.why = why
	}
}

// demands reads pathway and thresholds of a row into its item.
func (c *converter) demands(d *draft, r Row) {
	pathway, threshold := c.text(r, Pathway), c.text(r, Threshold)
	stated := false
	for f, p := range map[Field]string{Assessment: "security_assessment", Contract: "contract_or_certification"} {
		if s := c.text(r, f); !nothing(s) {
			stated = true
			c.threshold(d, p, s)
		}
	}
	if pathway == "" && threshold == "" && stated {
		return
	}
	if pathway == "by_count" && threshold == "" && stated {
		return
	}
	p, ok := pathwayOf(pathway)
	switch {
	case !ok:
		d.doubt(fmt.Sprintf("pathway %q is not understood", pathway))
	case !nothing(threshold):
		c.threshold(d, p, threshold)
	case d.flat != "" && d.flat != p:
		d.doubt("is listed twice, with different pathways")
	default:
		d.flat = p
	}
}

// alternatives are the words between two numbers of which each is enough.
var alternatives = regexp.MustCompile(`[;；。]|[,，、]?(?:或者|或)`)

// threshold reads a text that says from how many people a pathway is required.
// One cell may contain several.
func (c *converter) threshold(d *draft, pathway, text string) {
	bounds, err := parseThresholds(text)
	if err != nil {
		d.doubt("threshold " + err.Error())
		return
	}
	for _, b := range bounds {
		if b.Subject == "" {
			b.Subject = c.m.Subject
		}
		if err := d.demand(pathway, b); err != nil {
			d.doubt(fmt.Sprintf("threshold %q: %v", text, err))
		}
	}
}

// parseThresholds reads a text with one number of people or several, of which
// each is enough.
func parseThresholds(text string) (out []Bound, err error) {
	for _, part := range alternatives.Split(text, -1) {
		if strings.TrimSpace(part) == "" {
			continue
		}
		b, err := ParseThreshold(part)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

func (d *draft) demand(pathway string, b Bound) error {
	it := &d.item
	people, sensitive, all := &it.ContractPeople, &it.ContractSensitive, &it.ContractAll
	switch pathway {
	case "security_assessment":
		people, sensitive, all = &it.AssessmentPeople, &it.AssessmentSensitive, &it.AssessmentAll
		if b.Upper != 0 {
			return errors.New("an assessment up to a number of people is not understood")
		}
	case "free":
		if b.Lower != 0 {
			return errors.New("free from a number of people is not understood")
		}
		d.given, d.freeBelow = true, true
		return nil // below what the other rows of the item require
	case "contract_or_certification":
		if b.Lower == 0 {
			b.Lower = 1 // fewer than a number: one person is enough
		}
		switch b.Subject {
		case subjectAll:
			d.upAll = max(d.upAll, b.Upper)
		case subjectPeople:
			d.upPeople = max(d.upPeople, b.Upper)
		case subjectSensitive:
			d.upSensitive = max(d.upSensitive, b.Upper)
		default:
			d.upPeople, d.upSensitive = max(d.upPeople, b.Upper), max(d.upSensitive, b.Upper)
		}
	default:
		return fmt.Errorf("its requirement is not known: the pathway is %q", pathway)
	}
	var at []*item.Threshold
	switch b.Subject {
	case subjectPeople:
		at = []*item.Threshold{people}
	case subjectSensitive:
		at = []*item.Threshold{sensitive}
	case subjectBoth:
		at = []*item.Threshold{people, sensitive}
	case subjectAll:
		at = []*item.Threshold{all}
	default:
		return errors.New("it does not say whether sensitive data is meant; the mapping can say it as subject")
	}
	for _, t := range at {
		if *t != 0 && *t != item.Threshold(b.Lower) {
			return errors.New("the annex gives two")
		}
		*t = item.Threshold(b.Lower)
	}
	d.given = true
	return nil
}

// result completes each item. A kind may demand one pathway for any number of
// people. A requirement that is not understood becomes a pathway by count with
// unknown thresholds.
func (c *converter) result() Result {
	res := Result{Unmapped: c.out, Items: make([]item.Item, 0, len(c.drafts))}
	for _, d := range c.drafts {
		it := &d.item
		kind, _ := c.m.kinds().Lookup(it.Kind)
		all := []*item.Threshold{&it.AssessmentPeople, &it.AssessmentSensitive, &it.ContractPeople, &it.ContractSensitive}
		if d.why == "" && kind.Pathway == "" {
			d.gaps()
		}
		if d.why == "" && d.given && d.flat != "" && kind.Pathway == "" {
			d.why = "is listed twice, with and without a threshold"
		}
		switch {
		case kind.Pathway != "":
			it.Pathway = kind.Pathway
			for _, t := range all {
				*t = item.Unknown
			}
			it.AssessmentAll, it.ContractAll = 0, 0
			if d.flat != "" && d.flat != it.Pathway {
				d.doubt(fmt.Sprintf("%s with a pathway other than %s", kind.Text.EN, demandText(it).EN))
			}
		case d.why != "":
			it.Pathway = "by_count"
			for _, t := range all {
				*t = item.Unknown
			}
			it.AssessmentAll, it.ContractAll = 0, 0
		case d.flat != "":
			it.Pathway = d.flat
		default:
			it.Pathway = "by_count"
			d.settle(c.m.NotStated == "none")
		}
		if d.why != "" {
			for _, r := range d.rows {
				res.Unmapped = append(res.Unmapped, Unmapped{Line: r.Line, Why: d.why, Cells: r.Cells, Kept: true})
			}
		}
		res.Items = append(res.Items, *it)
	}
	slices.SortStableFunc(res.Unmapped, func(a, b Unmapped) int { return a.Line - b.Line })
	return res
}

// gaps finds the numbers of people between the ranges of an item for which the
// annex says nothing. An assessment from a number of all people together also
// begins there for those of one kind alone.
func (d *draft) gaps() {
	it := &d.item
	for _, c := range []struct {
		up int64
		at item.Threshold
	}{
		{d.upPeople, smaller(it.AssessmentPeople, it.AssessmentAll)},
		{d.upSensitive, smaller(it.AssessmentSensitive, it.AssessmentAll)},
		{d.upAll, it.AssessmentAll},
	} {
		if c.up != 0 && int64(c.at) > c.up {
			d.doubt(fmt.Sprintf("says nothing of %d to %d people", c.up, int64(c.at)-1))
		}
	}
	if d.upAll != 0 && it.AssessmentAll == 0 {
		d.doubt(fmt.Sprintf("says nothing of %d people and more, those with sensitive data included", d.upAll))
	}
	if d.freeBelow && it.Open() {
		d.doubt("says up to which number it is free, but not what is required above it")
	}
}

// smaller is the smaller one of two thresholds that are known.
func smaller(a, b item.Threshold) item.Threshold {
	if a <= 0 || b > 0 && b < a {
		return b
	}
	return a
}

// settle treats a threshold that the annex does not give as absent: where it
// gives one of all people together, and where the mapping says so. It does not do
// this above the end of a range, because an unknown requirement applies there.
func (d *draft) settle(none bool) {
	it := &d.item
	for _, c := range []struct {
		at       *item.Threshold
		together item.Threshold
		open     bool
	}{
		{&it.AssessmentPeople, it.AssessmentAll, d.upPeople != 0}, {&it.AssessmentSensitive, it.AssessmentAll, d.upSensitive != 0},
		{&it.ContractPeople, it.ContractAll, false}, {&it.ContractSensitive, it.ContractAll, false},
	} {
		if *c.at == item.Unknown && (c.together != 0 || none && !c.open) {
			*c.at = item.None
		}
	}
}

// nothing reports whether a cell says that there is no threshold.
func nothing(s string) bool {
	return s == "" || slices.Contains([]string{"-", "—", "——", "/", "无", "不适用"}, s)
}

func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" ,，、;；", r) })
}

// pathwayOf reads the requirement in a cell; a cell that names two is not
// understood.
func pathwayOf(s string) (string, bool) {
	if slices.Contains(item.Pathways, s) {
		return s, s != "by_count"
	}
	assessment := strings.Contains(s, "安全评估")
	contract := strings.Contains(s, "标准合同") || strings.Contains(s, "认证")
	free := strings.Contains(s, "免") || strings.Contains(s, "自由")
	switch {
	case free && !assessment && !contract:
		return "free", true
	case assessment && !contract && !free:
		return "security_assessment", true
	case contract && !assessment && !free:
		return "contract_or_certification", true
	}
	return "", false
}
