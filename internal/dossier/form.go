package dossier

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"hutong/internal/blank"
	"hutong/internal/contradict"
	"hutong/internal/dataspace"
	"hutong/internal/derived"
	"hutong/internal/element"
	"hutong/internal/vocab"
)

// Kind names a filing: jurisdiction and document, as the folders of the
// filings do. Example: "xx/report".
type Kind string

// Basis is the legal source of a question or a sentence of a document.
type Basis struct {
	Facts      []string             `yaml:"facts" json:"facts"`
	Article    dataspace.Text       `yaml:"article" json:"article"`
	Source     string               `yaml:"source" json:"source"` // address; in the files a key of sources.yaml
	Confidence dataspace.Confidence `yaml:"confidence" json:"confidence"`
}

// The types of questions.
const (
	typeText   = "text"
	typeDate   = "date"
	typeNumber = "number"
	typeYesNo  = "yesno"
	typeChoice = "choice"
	typeWord   = "word"
	typeList   = "list"
)

// Question is one thing that filings ask for.
type Question struct {
	ID string `yaml:"id"`
	// Fact names the fact that the question is about. It gives the text, the type
	// and the prefill, unless these are written here.
	Fact     string         `yaml:"fact" json:"-"`
	Text     dataspace.Text `yaml:"text"`
	Hint     dataspace.Text `yaml:"hint"`
	Type     string         `yaml:"type"`
	Options  []Option       `yaml:"options"`
	Optional bool           `yaml:"optional"`
	Blank    dataspace.Text `yaml:"blank"`   // optional: the text in the document for an empty answer
	When     string         `yaml:"when"`    // the question is asked only if this condition holds
	Prefill  string         `yaml:"prefill"` // the place of the known answer
	Key      string         `yaml:"key"`     // list: the question whose answer identifies an entry
	Items    []*Question    `yaml:"items"`   // list: asked for each entry
	Basis    *Basis         `yaml:"basis"`
	// Free says that the answer may differ from what is known: the form may use a
	// wider or a narrower word.
	Free bool `yaml:"free" json:"-"`
	// Earlier is the question as it was. An approval that was given then stands,
	// and its documents keep their bytes.
	Earlier *Question `yaml:"earlier" json:"-"`

	// Quiet says that the row of an empty answer is left out, although Blank has a
	// text for it.
	Quiet bool `yaml:"quiet" json:"-"`

	words vocab.Name // of a word: those of the fact
}

// Option is one answer of a choice.
type Option struct {
	ID   string         `yaml:"id"`
	Text dataspace.Text `yaml:"text"`
}

// Section is a group of questions.
type Section struct {
	ID        string         `yaml:"id"`
	Title     dataspace.Text `yaml:"title"`
	Basis     Basis          `yaml:"basis"`
	Questions []*Question    `yaml:"questions"`
}

// Layout says whether the official form was seen.
type Layout string

// The layouts.
const (
	TemplateSeen Layout = "template_seen"
	FormNotSeen  Layout = "form_not_seen"
)

// Form is one kind of filing: its document and what it asks for.
type Form struct {
	Kind        Kind           `yaml:"-"`
	Title       dataspace.Text `yaml:"title"`
	Authority   dataspace.Text `yaml:"authority"`
	CheckedOn   string         `yaml:"checked_on"` // when a person last read the sources
	Layout      Layout         `yaml:"layout"`
	LayoutNote  dataspace.Text `yaml:"layout_note"`
	LayoutWhere string         `yaml:"layout_where"` // address of the text to check it with
	// LayoutOfficial says that LayoutWhere is the authority's own publication
	// of the form, and not a secondary source.
	LayoutOfficial bool    `yaml:"layout_official"`
	Basis          Basis   `yaml:"basis"` // of the nodes before the first basis of the body
	Body           []*Node `yaml:"body"`
	Checks         []Check `yaml:"checks"`
	// For are the obligations and kinds of instruments that the filing serves,
	// by the ids of the rule packs; Renews are the instruments that it extends.
	For    []string `yaml:"for"`
	Renews []string `yaml:"renews"`
	// Fits are the cases that the filing is for. Upload is how its papers are
	// handed in; nil if nothing is known of it.
	Fits   []Fit   `yaml:"fits" json:"-"`
	Upload *Upload `yaml:"upload" json:"-"`

	// Sections are the questions that the document uses.
	Sections []*Section `yaml:"-"`
}

// Node is one piece of a document. Without a basis it has the basis of the
// nearest piece before it.
type Node struct {
	ID       string          `yaml:"id"`
	Title    *dataspace.Text `yaml:"title"`
	Subtitle *dataspace.Text `yaml:"subtitle"`
	Note     *dataspace.Text `yaml:"note"`
	H1       *dataspace.Text `yaml:"h1"`
	H2       *dataspace.Text `yaml:"h2"`
	H3       *dataspace.Text `yaml:"h3"`
	P        *dataspace.Text `yaml:"p"`
	Ask      string          `yaml:"ask"`    // the answer; each line becomes a paragraph
	Fields   []string        `yaml:"fields"` // two columns: the question and the answer
	Table    *TableForm      `yaml:"table"`
	Break    bool            `yaml:"break"`
	Each     string          `yaml:"each"` // the body for each entry of a list
	As       string          `yaml:"as"`
	Body     []*Node         `yaml:"body"`
	When     string          `yaml:"when"`
	Basis    *Basis          `yaml:"basis"`
	// Draft says that the piece is a note of ours, which an approved document does
	// not show.
	Draft bool `yaml:"draft" json:"-"`
}

// TableForm is a table with a row for each entry of a list, or of given rows.
type TableForm struct {
	Each    string             `yaml:"each"`
	As      string             `yaml:"as"`
	Columns []ColumnForm       `yaml:"columns"`
	Rows    [][]dataspace.Text `yaml:"rows"`
}

// ColumnForm is one column of a table.
type ColumnForm struct {
	Head  dataspace.Text `yaml:"head"`
	Cell  string         `yaml:"cell"` // where rows come from a list
	Width int            `yaml:"width"`
}

// inventoryForm is the sheet of the columns that leave, with invented sample
// values.
type inventoryForm struct {
	Sheet   string `yaml:"sheet"`
	Note    string `yaml:"note"`
	Columns []struct {
		Field string `yaml:"field"`
		Head  string `yaml:"head"`
		Was   string `yaml:"was"` // the head in documents of an earlier look
		Width int    `yaml:"width"`
	} `yaml:"columns"`
	ByElement map[string]string `yaml:"by_element"`
	ByType    map[string]string `yaml:"by_type"`
}

// Library holds all kinds of filings.
type Library struct {
	forms     map[Kind]*Form
	sections  []*Section
	sources   map[string]string
	inventory inventoryForm
	places    map[string]dataspace.Text
	derived   []derived.Rule
	elements  *element.Taxonomy
	words     *vocab.Words    // nil: another program reads the words
	law       *contradict.Law // nil: nothing is compared
	labels    blank.Words
	look      int // the version of the documents' look; see lookNow
	earlier   func() (*Library, error)
}

// lookNow is the look of the documents of today. With 0 they look as they did
// before: approvals of that time stand, and their documents keep their bytes.
const lookNow = 2

// WithLaw returns the library with what the packs in force say of statements that
// are compared: it writes no filing over facts that contradict each other, nor over
// answers that differ from them.
func (l *Library) WithLaw(law *contradict.Law) *Library {
	out := *l
	out.law = law
	return &out
}

// WithWords returns the library with the vocabularies of the packs in force. With
// nil it leaves the words of answers as they are: another program, which knows
// more words, reads them.
func (l *Library) WithWords(w *vocab.Words) *Library {
	out := *l
	out.words = w
	return &out
}

// WithElements returns the library with the elements of the packs in force.
func (l *Library) WithElements(t *element.Taxonomy) *Library {
	out := *l
	out.elements = t
	return &out
}

// Load reads and checks the filings of fsys.
func Load(fsys fs.FS) (*Library, error) {
	l, err := loadFrom(fsys, false)
	if err != nil {
		return nil, err
	}
	l.earlier = sync.OnceValues(func() (*Library, error) { return loadFrom(fsys, true) })
	return l, nil
}

// loadFrom loads the questions as they are, or as they were earlier.
func loadFrom(fsys fs.FS, earlier bool) (*Library, error) {
	l := &Library{look: lookNow, forms: map[Kind]*Form{}, elements: element.Builtin(), words: vocab.Standard()}
	var q struct {
		Sections []*Section `yaml:"sections"`
	}
	for name, into := range map[string]any{"sources.yaml": &l.sources, "inventory.yaml": &l.inventory, "places.yaml": &l.places, "known.yaml": &l.derived, "questions.yaml": &q, "blanks.yaml": &l.labels} {
		if err := read(fsys, name, into); err != nil {
			return nil, err
		}
	}
	for i := range l.derived {
		if err := l.derived[i].Check(); err != nil {
			return nil, fmt.Errorf("%w: %w", errForm, err)
		}
	}
	l.sections = q.Sections
	if earlier {
		l.look = 0
		for _, s := range l.sections {
			asEarlier(s.Questions)
		}
	}
	if err := l.checkQuestions(); err != nil {
		return nil, err
	}
	names, err := fs.Glob(fsys, "*/*.yaml")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		f := &Form{Kind: Kind(strings.TrimSuffix(name, path.Ext(name)))}
		if err := read(fsys, name, f); err != nil {
			return nil, err
		}
		if err := l.checkForm(f); err != nil {
			return nil, fmt.Errorf("load filing %s: %w", f.Kind, err)
		}
		l.forms[f.Kind] = f
	}
	l.labels.Prepare()
	if err := checkLabels(l); err != nil {
		return nil, err
	}
	for _, f := range l.Kinds() {
		if err := checkUpload(l, f); err != nil {
			return nil, fmt.Errorf("load filing %s: %w", f.Kind, err)
		}
	}
	return l, nil
}

func read(fsys fs.FS, name string, into any) error {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return fmt.Errorf("load filings: %w", err)
	}
	if err := yaml.UnmarshalWithOptions(data, into, yaml.Strict()); err != nil {
		return fmt.Errorf("load filings: %s: %w", name, err)
	}
	return nil
}

// Kinds lists the kinds in order of name.
func (l *Library) Kinds() []*Form {
	out := make([]*Form, 0, len(l.forms))
	for _, f := range l.forms {
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b *Form) int { return strings.Compare(string(a.Kind), string(b.Kind)) })
	return out
}

// Form finds a kind. A short name is enough where only one jurisdiction has
// it. The error is of kind ErrNotFound.
func (l *Library) Form(k Kind) (*Form, error) {
	if f, ok := l.forms[k]; ok {
		return f, nil
	}
	var found []*Form
	names := make([]string, 0, len(l.forms))
	for _, f := range l.Kinds() {
		names = append(names, string(f.Kind))
		if path.Base(string(f.Kind)) == string(k) {
			found = append(found, f)
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	return nil, &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "filing.kind", Message: fmt.Sprintf("there is no filing of the kind %q", k),
		Hint: "the kinds are " + strings.Join(names, ", ")}
}

var errForm = errors.New("filing is malformed")

func wrong(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errForm, fmt.Sprintf(format, args...))
}

func (l *Library) checkQuestions() error {
	seen := map[string]bool{}
	for _, s := range l.sections {
		if s.ID == "" || seen[s.ID] || s.Title.ZH == "" || s.Title.EN == "" {
			return wrong("section %q needs an id of its own and a title in both languages", s.ID)
		}
		seen[s.ID] = true
		if err := l.resolve(&s.Basis, s.ID); err != nil {
			return err
		}
		if err := l.checkItems(s.Questions, s.ID, &s.Basis); err != nil {
			return err
		}
	}
	return nil
}

func (l *Library) checkItems(list []*Question, prefix string, basis *Basis) error {
	seen := map[string]bool{}
	for _, q := range list {
		place := prefix + "." + q.ID
		if err := q.about(place); err != nil {
			return err
		}
		if q.ID == "" || seen[q.ID] || q.Text.ZH == "" || q.Text.EN == "" {
			return wrong("question %s needs an id of its own and a text in both languages", place)
		}
		seen[q.ID] = true
		if q.Type == "" {
			q.Type = typeText
		}
		if !slices.Contains([]string{typeText, typeDate, typeNumber, typeYesNo, typeChoice, typeWord, typeList}, q.Type) || (q.Type == typeWord) != (q.words != "") {
			return wrong("question %s has the unknown type %s", place, q.Type)
		}
		if q.Type == typeWord && q.Prefill != "facts."+q.Fact {
			return wrong("question %s takes its word from %s, not from its fact", place, q.Prefill)
		}
		if (q.Type == typeChoice) != (len(q.Options) > 0) || (q.Type == typeList) != (len(q.Items) > 0) {
			return wrong("question %s: only a choice has options, and only a list has items", place)
		}
		if q.Basis == nil {
			q.Basis = basis
		} else if err := l.resolve(q.Basis, place); err != nil {
			return err
		}
		if err := l.checkItems(q.Items, place, q.Basis); err != nil {
			return err
		}
		if q.Earlier != nil {
			was := *q.Earlier
			if was.ID != "" || was.Earlier != nil || was.Fact != "" {
				return wrong("question %s: what it was earlier stands without an id, a fact and anything earlier", place)
			}
			was.ID = q.ID
			if err := l.checkItems([]*Question{&was}, prefix, q.Basis); err != nil {
				return err
			}
		}
	}
	return nil
}

// resolve replaces the key by its address.
func (l *Library) resolve(b *Basis, place string) error {
	address, ok := l.sources[b.Source]
	if !ok || len(b.Facts) == 0 || b.Article.ZH == "" || b.Article.EN == "" {
		return wrong("%s needs a basis: facts, article in both languages, a source of sources.yaml", place)
	}
	switch b.Confidence {
	case dataspace.VerbatimSourceSeen, dataspace.Secondary, dataspace.SecondaryWeak, dataspace.Memory, dataspace.Derived:
	default:
		return wrong("%s has the unknown confidence %q", place, b.Confidence)
	}
	b.Source = address
	return nil
}
