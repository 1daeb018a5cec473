package annex

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
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
	Items    []pack.Item
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
	c := &converter{m: m, table: t, columns: map[Field]int{}, byKey: map[string]*draft{}, above: map[Field]string{}}
	for f, header := range m.Columns {
		if c.columns[f] = t.column(header); c.columns[f] < 0 {
			return Result{}, problem("annex.mapping", name, fmt.Sprintf("has no column %q for %s", header, f), "its headers are "+strings.Join(t.Headers, ", "))
		}
	}
	for _, r := range t.Rows {
		if !r.blank() {
			c.row(r)
		}
	}
	return c.result(), nil
}

// draft is an item while its rows are read.
type draft struct {
	item  pack.Item
	rows  []Row
	why   string // why a threshold or the pathway is not known
	given bool   // some row gave a threshold
	flat  string // pathway for any number of people, from rows without thresholds
	// The upper ends of ranges in the rows. The annex says what applies below
	// them.
	upPeople, upSensitive int64
	freeBelow             bool
}

type converter struct {
	m       *Mapping
	table   Table
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
	for _, re := range c.m.ignore {
		if re.MatchString(r.Cell(0)) {
			c.unmapped(r, true, "the mapping says that it is not an item")
			return
		}
	}
	if r.Heading {
		c.unmapped(r, false, "one cell over the whole row: a heading? say so under ignore")
		return
	}
	it := pack.Item{
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

// threshold reads a text that says from how many people a pathway is required.
// One cell may contain several.
func (c *converter) threshold(d *draft, pathway, text string) {
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ';' || r == '；' || r == '。' }) {
		b, err := ParseThreshold(part)
		if err != nil {
			d.doubt("threshold " + err.Error())
			return
		}
		if b.Subject == "" {
			b.Subject = c.m.Subject
		}
		if err := d.demand(pathway, b); err != nil {
			d.doubt(fmt.Sprintf("threshold %q: %v", part, err))
		}
	}
}

func (d *draft) demand(pathway string, b Bound) error {
	it := &d.item
	people, sensitive := &it.ContractPeople, &it.ContractSensitive
	switch pathway {
	case "security_assessment":
		people, sensitive = &it.AssessmentPeople, &it.AssessmentSensitive
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
		if b.Subject != "sensitive" {
			d.upPeople = max(d.upPeople, b.Upper)
		}
		if b.Subject != "people" {
			d.upSensitive = max(d.upSensitive, b.Upper)
		}
	default:
		return fmt.Errorf("its requirement is not known: the pathway is %q", pathway)
	}
	var at []*pack.Threshold
	switch b.Subject {
	case "people":
		at = []*pack.Threshold{people}
	case "sensitive":
		at = []*pack.Threshold{sensitive}
	case "both":
		at = []*pack.Threshold{people, sensitive}
	default:
		return errors.New("it does not say whether sensitive data is meant; the mapping can say it as subject")
	}
	for _, t := range at {
		if *t != 0 && *t != pack.Threshold(b.Lower) {
			return errors.New("the annex gives two")
		}
		*t = pack.Threshold(b.Lower)
	}
	d.given = true
	return nil
}

// result completes each item. A kind may demand one pathway for any number of
// people. A requirement that is not understood becomes a pathway by count with
// unknown thresholds.
func (c *converter) result() Result {
	res := Result{Unmapped: c.out, Items: make([]pack.Item, 0, len(c.drafts))}
	for _, d := range c.drafts {
		it := &d.item
		kind, _ := c.m.kinds().Lookup(it.Kind)
		all := []*pack.Threshold{&it.AssessmentPeople, &it.AssessmentSensitive, &it.ContractPeople, &it.ContractSensitive}
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
				*t = pack.UnknownThreshold
			}
			if d.flat != "" && d.flat != it.Pathway {
				d.doubt(fmt.Sprintf("%s with a pathway other than %s", kind.Text.EN, demandText(it).EN))
			}
		case d.why != "":
			it.Pathway = "by_count"
			for _, t := range all {
				*t = pack.UnknownThreshold
			}
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
// annex says nothing.
func (d *draft) gaps() {
	it := &d.item
	for _, c := range []struct {
		up int64
		at pack.Threshold
	}{{d.upPeople, it.AssessmentPeople}, {d.upSensitive, it.AssessmentSensitive}} {
		if c.up != 0 && int64(c.at) > c.up {
			d.doubt(fmt.Sprintf("says nothing of %d to %d people", c.up, int64(c.at)-1))
		}
	}
	if d.freeBelow && it.AssessmentPeople == 0 && it.AssessmentSensitive == 0 && it.ContractPeople == 0 && it.ContractSensitive == 0 {
		d.doubt("says up to which number it is free, but not what is required above it")
	}
}

// settle treats a threshold that the annex does not give as absent, where the
// mapping says so. It does not do this above the end of a range, because an
// unknown requirement applies there.
func (d *draft) settle(none bool) {
	it := &d.item
	for _, c := range []struct {
		at   *pack.Threshold
		open bool
	}{
		{&it.AssessmentPeople, d.upPeople != 0}, {&it.AssessmentSensitive, d.upSensitive != 0},
		{&it.ContractPeople, false}, {&it.ContractSensitive, false},
	} {
		if none && !c.open && *c.at == pack.UnknownThreshold {
			*c.at = pack.NoThreshold
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
	if slices.Contains(pack.ItemPathways, s) {
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
