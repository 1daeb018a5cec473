// Package item holds the items of a negative list: what data each names, and
// what it demands from how many people on. It reads and writes them as CSV.
package item

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"hutong/internal/dataspace"
	"hutong/internal/itemkind"
)

// Thresholds are the numbers of people at which an item by count demands a
// pathway.
type Thresholds struct {
	AssessmentPeople    Threshold `json:"assessment_people"`
	AssessmentSensitive Threshold `json:"assessment_sensitive"`
	ContractPeople      Threshold `json:"contract_people"`
	ContractSensitive   Threshold `json:"contract_sensitive"`
	// The numbers of all these people together, where the list says so. Zero: it
	// has no such number.
	AssessmentAll Threshold `json:"assessment_all,omitempty"`
	ContractAll   Threshold `json:"contract_all,omitempty"`
	// Above is true if the demand begins above the number and not at it.
	Above bool `json:"above,omitempty"`
}

// Item is one line of a negative list: data that may not leave freely.
type Item struct {
	ID          string         `json:"id"`
	Sector      string         `json:"sector,omitempty"`
	Scenario    string         `json:"scenario,omitempty"` // empty: any
	Subcategory string         `json:"subcategory,omitempty"`
	Name        dataspace.Text `json:"name"`
	Description string         `json:"description,omitempty"`
	Kind        string         `json:"kind"`    // the id of a kind of the pack
	Pathway     string         `json:"pathway"` // one of Pathways

	Thresholds

	Elements []dataspace.ElementID `json:"elements,omitempty"` // the elements of its data
	Headers  []string              `json:"headers,omitempty"`  // words in the headers of such columns

	Article    string               `json:"article"`
	Source     string               `json:"source"`
	Facts      []string             `json:"facts,omitempty"`
	Confidence dataspace.Confidence `json:"confidence"`
}

// The pathways of an item. With ByCount the item's thresholds decide.
const (
	Assessment = "security_assessment"
	Contract   = "contract_or_certification"
	Free       = "free"
	ByCount    = "by_count"
)

// Pathways are the pathways that an item may demand.
var Pathways = []string{Free, Contract, Assessment, ByCount}

// Threshold is a number of people. A list without a number differs from a list
// whose number nobody has read yet.
type Threshold int64

// Unknown means that the list has a number that is not known here.
// None means that the list has none.
const (
	Unknown Threshold = 0
	None    Threshold = -1
)

// String is the threshold in the form of items.csv.
func (t Threshold) String() string {
	switch t {
	case Unknown:
		return ""
	case None:
		return "-"
	}
	return strconv.FormatInt(int64(t), 10)
}

// Step is a demand of an item by count, with the numbers of people at which it
// begins: of those of no class, of those of the sensitive class, of both together.
type Step struct {
	Demand                 string
	People, Sensitive, All Threshold
}

// Steps are the demands of an item by count, the strictest first.
func (it *Thresholds) Steps() [2]Step {
	return [2]Step{
		{Assessment, it.AssessmentPeople, it.AssessmentSensitive, it.AssessmentAll},
		{Contract, it.ContractPeople, it.ContractSensitive, it.ContractAll},
	}
}

// Open reports whether nothing is known of what an item demands by count.
func (it *Thresholds) Open() bool { return it.thresholds() == [6]Threshold{} }

func (it *Thresholds) thresholds() [6]Threshold {
	return [...]Threshold{it.AssessmentPeople, it.AssessmentSensitive, it.ContractPeople, it.ContractSensitive, it.AssessmentAll, it.ContractAll}
}

// DisplayName is the name in both languages: a missing English one is the
// Chinese one.
func (it *Item) DisplayName() dataspace.Text {
	n := it.Name
	if n.EN == "" {
		n.EN = n.ZH
	}
	return n
}

// maxItems bounds a list; maxThreshold is above the number of people on Earth.
const (
	maxItems     = 1 << 20
	maxThreshold = 100_000_000_000
)

var columns = []string{
	"id", "sector", "scenario", "subcategory", "name_zh", "name_en", "description", "kind", "pathway",
	"assessment_people", "assessment_sensitive", "contract_people", "contract_sensitive", "assessment_all", "contract_all", "bound",
	"elements", "headers", "article", "source", "facts", "confidence",
}

// optional may be left out of the file.
var optional = []string{"assessment_all", "contract_all", "bound", "elements", "headers", "sector", "subcategory", "name_en", "description", "facts"}

// Write writes items as items.csv; Parse reads them back. It leaves out the
// numbers of all people together if no item has one.
func Write(items []Item) ([]byte, error) {
	together := slices.ContainsFunc(items, func(it Item) bool { return it.AssessmentAll != 0 || it.ContractAll != 0 })
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for i := -1; i < len(items); i++ {
		line := columns
		if i >= 0 {
			line = items[i].line()
		}
		if !together {
			line = slices.Delete(slices.Clone(line), firstTogether, firstTogether+2)
		}
		if err := w.Write(line); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// firstTogether is the place of assessment_all and contract_all among the columns.
var firstTogether = slices.Index(columns, "assessment_all")

// line is the item in the order of the columns.
func (it *Item) line() []string {
	bound := "ge"
	if it.Above {
		bound = "gt"
	}
	elements := make([]string, len(it.Elements))
	for j, e := range it.Elements {
		elements[j] = string(e)
	}
	line := []string{it.ID, it.Sector, it.Scenario, it.Subcategory, it.Name.ZH, it.Name.EN, it.Description, it.Kind, it.Pathway}
	for _, t := range it.thresholds() {
		line = append(line, t.String())
	}
	return append(line, bound, strings.Join(elements, " "), strings.Join(it.Headers, " "), it.Article, it.Source, strings.Join(it.Facts, " "), string(it.Confidence))
}

// Parse reads items.csv, whose items are of some kinds: UTF-8 with a header.
// Every error names line and column. It reports at most maxErrors errors.
func Parse(place string, data []byte, kinds itemkind.List) ([]Item, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		return nil, problem("items.charset", place, "is not UTF-8", nil)
	}
	p := &parser{place: place, kinds: kinds, csv: csv.NewReader(bytes.NewReader(data)), words: map[string]string{}}
	p.csv.ReuseRecord = true
	if err := p.header(); err != nil {
		return nil, err
	}
	items := make([]Item, 0, min(bytes.Count(data, []byte("\n")), maxItems))
	seen := make(map[string]bool, cap(items))
	for len(p.errs) < maxErrors {
		record, err := p.csv.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			p.errs = append(p.errs, p.syntax(err))
			break
		}
		if len(items) == maxItems {
			p.fail(0, "items.size", fmt.Sprintf("list has more than %d items", maxItems))
			break
		}
		p.record = record
		it := p.item()
		if seen[it.ID] {
			p.fail(p.at["id"], "items.double", fmt.Sprintf("item %q is given twice", it.ID))
		}
		seen[it.ID] = true
		items = append(items, it)
	}
	if len(items) == 0 && len(p.errs) == 0 {
		p.errs = append(p.errs, problem("items.empty", place, "holds no items", nil))
	}
	if err := errors.Join(p.errs...); err != nil {
		return nil, err
	}
	return slices.Clip(items), nil
}

const maxErrors = 50

type parser struct {
	place  string
	kinds  itemkind.List
	csv    *csv.Reader
	at     map[string]int // column by name
	record []string
	words  map[string]string // one copy of each repeated value
	errs   []error
}

func (p *parser) syntax(err error) error {
	var e *csv.ParseError
	if errors.As(err, &e) {
		return problem("items.csv", fmt.Sprintf("%s:%d:%d", p.place, e.Line, e.Column), e.Err.Error(), nil)
	}
	return problem("items.csv", p.place, "cannot be read as CSV", err)
}

func (p *parser) fail(field int, code, message string) {
	line, column := 0, 0
	if field < len(p.record) {
		line, column = p.csv.FieldPos(field)
	}
	p.errs = append(p.errs, problem(code, fmt.Sprintf("%s:%d:%d", p.place, line, column), message, nil))
}

func (p *parser) header() error {
	head, err := p.csv.Read()
	if errors.Is(err, io.EOF) {
		return problem("items.empty", p.place, "holds no items", nil)
	}
	if err != nil {
		return p.syntax(err)
	}
	p.record, p.at = head, map[string]int{}
	for i, name := range head {
		if !slices.Contains(columns, name) {
			p.fail(i, "items.column", fmt.Sprintf("%q is no column of items", name))
		} else if _, dup := p.at[name]; dup {
			p.fail(i, "items.column", fmt.Sprintf("column %q is given twice", name))
		}
		p.at[name] = i
	}
	for _, name := range columns {
		if _, ok := p.at[name]; !ok && !slices.Contains(optional, name) {
			p.fail(0, "items.column", fmt.Sprintf("column %q is missing", name))
		}
	}
	return errors.Join(p.errs...)
}

// text is a field without the blanks around it.
func (p *parser) text(column string) string {
	i, ok := p.at[column]
	if !ok {
		return ""
	}
	return strings.TrimSpace(p.record[i])
}

// word is a field whose value is the same in many items.
func (p *parser) word(column string) string {
	s := p.text(column)
	if kept, ok := p.words[s]; ok {
		return kept
	}
	s = strings.Clone(s)
	p.words[s] = s
	return s
}

func (p *parser) item() Item {
	it := Item{
		ID: strings.Clone(p.text("id")), Sector: p.word("sector"), Scenario: p.word("scenario"), Subcategory: p.word("subcategory"),
		Name:        dataspace.Text{EN: strings.Clone(p.text("name_en")), ZH: strings.Clone(p.text("name_zh"))},
		Description: strings.Clone(p.text("description")),
		Kind:        p.word("kind"), Pathway: p.word("pathway"),
		Thresholds: Thresholds{
			AssessmentPeople: p.threshold("assessment_people"), AssessmentSensitive: p.threshold("assessment_sensitive"),
			ContractPeople: p.threshold("contract_people"), ContractSensitive: p.threshold("contract_sensitive"),
			AssessmentAll: p.together("assessment_all"), ContractAll: p.together("contract_all"),
		},
		Article: p.word("article"), Source: p.word("source"), Confidence: dataspace.Confidence(p.word("confidence")),
	}
	for _, e := range strings.Fields(p.word("elements")) {
		it.Elements = append(it.Elements, dataspace.ElementID(e))
	}
	it.Headers = strings.Fields(p.word("headers"))
	it.Facts = strings.Fields(strings.Clone(p.text("facts")))
	switch bound := p.text("bound"); bound {
	case "", "ge":
	case "gt":
		it.Above = true
	default:
		p.fail(p.at["bound"], "items.bound", fmt.Sprintf("bound %q is neither ge nor gt", bound))
	}
	p.check(&it)
	return it
}

func (p *parser) check(it *Item) {
	if it.ID == "" || strings.ContainsAny(it.ID, " \t\r\n") {
		p.fail(p.at["id"], "items.id", "an item needs an id without blanks")
	}
	if it.Name.ZH == "" {
		p.fail(p.at["name_zh"], "items.name", "item has no name_zh")
	}
	kind, known := p.kinds.Lookup(it.Kind)
	if !known {
		p.fail(p.at["kind"], "items.kind", p.kinds.Refuse(it.Kind))
	}
	if !slices.Contains(Pathways, it.Pathway) {
		p.fail(p.at["pathway"], "items.pathway", fmt.Sprintf("pathway %q is none of %s", it.Pathway, strings.Join(Pathways, ", ")))
	} else if kind.Pathway != "" && it.Pathway != kind.Pathway {
		p.fail(p.at["pathway"], "items.pathway", fmt.Sprintf("%s leaves only after %s", kind.Text.EN, kind.Pathway))
	}
	if it.Pathway != ByCount && !it.Open() {
		p.fail(p.at["pathway"], "items.threshold", "only an item with the pathway by_count has thresholds")
	}
	if it.Article == "" || it.Source == "" {
		p.fail(p.at["article"], "items.basis", "item needs article and source")
	}
	switch it.Confidence {
	case dataspace.VerbatimSourceSeen, dataspace.Secondary, dataspace.SecondaryWeak, dataspace.Memory, dataspace.Derived:
	default:
		p.fail(p.at["confidence"], "items.confidence", fmt.Sprintf("confidence %q is none of VSS, SEC, SEC-W, MEM, DER", it.Confidence))
	}
}

func (p *parser) threshold(column string) Threshold {
	switch s := p.text(column); s {
	case "":
		return Unknown
	case "-":
		return None
	default:
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n < 1 || n > maxThreshold {
			p.fail(p.at[column], "items.threshold", fmt.Sprintf("%q is no number of people: write digits, or - if the list has none, or nothing if it is not known", s))
			return Unknown
		}
		return Threshold(n)
	}
}

// together is a threshold of all people together: there is one or there is none.
func (p *parser) together(column string) Threshold { return max(p.threshold(column), 0) }

func problem(code, place, message string, err error) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: code, Place: place, Message: message, Err: err}
}
