package dossier

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"hutong/internal/blank"
	"hutong/internal/dataspace"
	"hutong/internal/office"
)

// GivenForm is a form that the user gives: the official contract, a letter of
// authorisation. Its blanks are filled and nothing else is changed.
type GivenForm struct {
	Name string // of the file
	Data []byte
	// Paper is the paper of the upload that the form is; empty for none.
	Paper string
	// Says are the user's own words about blanks, by their ID: the path of an
	// answer, or byHand.
	Says map[string]string
}

// byHand says that a person fills in a blank.
const byHand = "hand"

// FilledForm reports how a form was filled.
type FilledForm struct {
	Name   string `json:"name"`
	Blanks int    `json:"blanks"`
	Filled int    `json:"filled"`
	// Hand are the blanks for a person's hand, such as a signature; Open are
	// those that have no answer.
	Hand []BlankAt `json:"hand"`
	Open []BlankAt `json:"open"`
	// The digests of the fixed text before and after.
	Before dataspace.Digest `json:"fixed_before"`
	After  dataspace.Digest `json:"fixed_after"`
}

// BlankAt is a blank of a form.
type BlankAt struct {
	ID    string         `json:"id"`
	Place dataspace.Text `json:"place"`
	Label string         `json:"label,omitempty"`
	// Question is the answer that it asks for; empty if its label is not known.
	Question string         `json:"question,omitempty"`
	Why      dataspace.Text `json:"why"`
}

// named is a blank as errors name it.
func (b BlankAt) named() string { return fmt.Sprintf("%s (%s, %s)", b.Place.EN, b.ID, b.Label) }

// Why a blank stays empty.
var (
	whyUnknown  = dataspace.Text{ZH: "没有与此标签对应的答案", EN: "no answer fits this label"}
	whyMissing  = dataspace.Text{ZH: "答案待填", EN: "the answer is missing"}
	whyNot      = dataspace.Text{ZH: "不适用", EN: "does not apply"}
	whyHand     = dataspace.Text{ZH: "由人填写", EN: "a person fills it in by hand"}
	whyOption   = dataspace.Text{ZH: "仅在勾选所属选项时填写", EN: "only with the box to which it belongs"}
	whyForm     = dataspace.Text{ZH: "答案与空格的形式不符", EN: "the answer does not have the form of the blank"}
	whyRows     = dataspace.Text{ZH: "表格有%d行，清单有%d项：其余各项另附", EN: "the table has %d rows for %d entries: attach the others"}
	blankOpened = "（" // begins what stands for an answer that nobody gave
)

// formFiller fills one form.
type formFiller struct {
	labels *blank.Words
	ask    func(path string) *Question
	s      *sheet
	given  GivenForm
	report FilledForm
	values map[string]blank.Value
	rows   map[string]int // of tables, by the list and the label
	needed []*answer
	begun  *blank.Found // the first day of a period, if the blank before was one
}

// fillForm fills a form from the answers of a sheet with all questions.
func fillForm(l *Library, g GivenForm, s *sheet) ([]byte, FilledForm, []*answer, error) {
	form, err := blank.Open(g.Data)
	if err != nil {
		return nil, FilledForm{}, nil, within(g.Name, err)
	}
	f := &formFiller{labels: &l.labels, ask: l.question, s: s, given: g, values: map[string]blank.Value{}, rows: map[string]int{},
		report: FilledForm{Name: g.Name, Hand: []BlankAt{}, Open: []BlankAt{}}}
	if err := f.saysFit(form); err != nil {
		return nil, FilledForm{}, nil, err
	}
	for _, b := range form.Blanks {
		if err := f.blank(b); err != nil {
			return nil, FilledForm{}, nil, within(g.Name, err)
		}
	}
	f.shortTables()
	filled, err := form.Fill(f.values)
	if err != nil {
		return nil, FilledForm{}, nil, within(g.Name, err)
	}
	f.report.Before, f.report.After, f.report.Filled = filled.Before, filled.After, len(f.values)
	return filled.Data, f.report, f.needed, nil
}

// within adds the name of the form to the place of an error.
func within(name string, err error) error {
	var p *dataspace.Problem
	if errors.As(err, &p) {
		out := *p
		out.Place = strings.TrimSuffix(name+": "+p.Place, ": ")
		return &out
	}
	return err
}

// saysFit refuses words about blanks that are not there, and answers that are not.
func (f *formFiller) saysFit(form *blank.Form) error {
	for _, id := range slices.Sorted(maps.Keys(f.given.Says)) {
		path := f.given.Says[id]
		problem := func(message string) error {
			return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "form.says", Place: f.given.Name + ": " + id, Message: message,
				Hint: "name a blank as the list of blanks does, with the path of an answer or with " + byHand}
		}
		if !slices.ContainsFunc(form.Blanks, func(b *blank.Blank) bool { return b.ID == id }) {
			return problem("the form has no such blank")
		}
		if path != byHand && f.s.byPath[path] == nil && f.ask(withoutIndices(path)) == nil {
			return problem("there is no such question")
		}
	}
	return nil
}

// withoutIndices is the path of a question: "a.b[3].c" becomes "a.b.c".
func withoutIndices(p string) string {
	for {
		from := strings.IndexByte(p, '[')
		to := strings.IndexByte(p, ']')
		if from < 0 || to < from {
			return p
		}
		p = p[:from] + p[to+1:]
	}
}

func (f *formFiller) blank(b *blank.Blank) error {
	said := f.given.Says[b.ID]
	found := f.labels.Find(b)
	if f.labels.Ends(b) && f.begun != nil && f.begun.Entry != nil && f.begun.Entry.To != "" {
		end := *f.begun
		end.Answer = end.Entry.To
		found = []blank.Found{end}
	}
	f.begun = nil
	if b.Kind == blank.Date && len(found) == 1 {
		f.begun = &found[0]
	}
	if said != "" && said != byHand {
		found = []blank.Found{{Answer: said, Label: labelOf(b)}}
	}
	hand := said == byHand || said == "" && f.labels.ByHand(b)
	if b.Faint && len(found) == 0 && !hand {
		return nil // nothing shows that it is a blank at all
	}
	f.report.Blanks++
	at := BlankAt{ID: b.ID, Place: b.Place, Label: labelOf(b), Why: whyUnknown}
	switch {
	case hand:
		at.Why = whyHand
		f.report.Hand = append(f.report.Hand, at)
		return nil
	case len(found) == 0:
		f.report.Open = append(f.report.Open, at)
		return nil
	case len(found) > 1:
		return twoAnswers(at, found[0].Answer, found[1].Answer)
	}
	at.Label, at.Question = found[0].Label, found[0].Answer
	if said == "" && !f.chosen(b) {
		if b.Faint {
			f.report.Blanks--
			return nil
		}
		at.Why = whyOption
		f.report.Open = append(f.report.Open, at)
		return nil
	}
	if e := found[0].Entry; e != nil && e.To != "" && b.Kind != blank.Date {
		if b.Faint {
			f.report.Blanks--
			return nil
		}
		at.Why = whyForm // it asks for a whole period
		f.report.Open = append(f.report.Open, at)
		return nil
	}
	a, err := f.resolve(b, found[0], at)
	if err != nil || a == nil {
		return err
	}
	return f.put(b, a, found[0], at)
}

// chosen reports whether the box is ticked to which a blank belongs.
func (f *formFiller) chosen(b *blank.Blank) bool {
	if b.Within == nil {
		return true
	}
	v, ok := f.values[b.Within.ID]
	return ok && v.Option == b.Option || b.Within.Ticked() == b.Option
}

// labelOf is the nearest label of a blank.
func labelOf(b *blank.Blank) string {
	if len(b.Labels) > 0 {
		return b.Labels[0].Text
	}
	return strings.Join(b.Options, " / ")
}

func twoAnswers(at BlankAt, one, two string) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "form.twoanswers", Place: at.named(),
		Message: fmt.Sprintf("two answers fit this blank: %s and %s", one, two), Hint: "say in a file for --blanks which answer it takes"}
}

// resolve finds the answer of a path whose lists may have several entries. Rows of
// a table take one entry each. It returns nil if there is nothing to put.
func (f *formFiller) resolve(b *blank.Blank, found blank.Found, at BlankAt) (*answer, error) {
	inRow := b.Row >= 0 && found.Side == blank.Above && (found.Entry == nil || len(found.Entry.Rows) == 0)
	list := f.s.at(found.Answer)
	if inRow && strings.Contains(found.Answer, "[]") {
		f.rows[rowKey(found)] = max(f.rows[rowKey(found)], b.Row+1)
		if b.Row >= len(list) {
			f.report.Blanks-- // the table has more rows than entries
			return nil, nil
		}
		return list[b.Row], nil
	}
	list = slices.DeleteFunc(list, func(a *answer) bool { return !a.asked })
	if len(list) == 0 {
		at.Why = whyMissing
		if f.ask(withoutIndices(found.Answer)) != nil && len(f.s.at(found.Answer)) > 0 {
			at.Why = whyNot
		}
		f.report.Open = append(f.report.Open, at)
		return nil, nil
	}
	lang := tongue(found)
	for _, other := range list[1:] {
		if other.show(lang) != list[0].show(lang) {
			return nil, twoAnswers(at, list[0].path, other.path)
		}
	}
	return list[0], nil
}

func rowKey(found blank.Found) string { return found.Answer + "\x00" + found.Label }

func tongue(found blank.Found) string {
	if found.English {
		return English
	}
	return Chinese
}

// at lists the answers of a path: "[]" stands for each entry of a list, ".#" for
// its number.
func (s *sheet) at(p string) []*answer {
	head, rest, more := strings.Cut(p, "[]")
	if !more {
		if a := s.byPath[p]; a != nil {
			return []*answer{a}
		}
		return nil
	}
	list := s.byPath[head]
	if list == nil {
		return nil
	}
	var out []*answer
	for i := range list.entries {
		if rest == ".#" {
			out = append(out, &answer{q: &Question{ID: "#", Type: typeNumber}, path: fmt.Sprintf("%s[%d]", head, i), value: json.Number(fmt.Sprint(i + 1)), asked: true})
			continue
		}
		out = append(out, s.at(fmt.Sprintf("%s[%d]%s", head, i, rest))...)
	}
	return out
}

// put puts an answer into a blank.
func (f *formFiller) put(b *blank.Blank, a *answer, found blank.Found, at BlankAt) error {
	at.Question = a.path
	text := a.show(tongue(found))
	if found.Entry != nil {
		text = f.whole(a, found.Entry, text)
	}
	if text == "" && a.asked && a.q.Optional {
		if t := in(tongue(found), a.q.Blank); !strings.HasPrefix(t, blankOpened) && !strings.HasPrefix(t, "(") {
			text = t
		}
	}
	switch {
	case !a.asked:
		at.Why = whyNot
	case text == "":
		at.Why = whyMissing
		if a.needed() {
			f.needed = append(f.needed, a)
		}
	default:
		v, ok, none, err := b.Fit(a.forBlank(text, found.Entry, b))
		if err != nil {
			return err
		}
		if none {
			f.report.Blanks--
			return nil
		}
		if ok {
			f.values[b.ID] = v
			return nil
		}
		at.Why = whyForm
	}
	f.report.Open = append(f.report.Open, at)
	return nil
}

// whole is the text of an answer with those that the entry asks for too; empty if
// one is missing, or if English is asked for and there is none.
func (f *formFiller) whole(a *answer, e *blank.Entry, text string) string {
	if both, ok := a.value.(map[string]any); e.English && (!ok || both["en"] == nil || both["en"] == "") {
		return ""
	}
	for _, p := range e.And {
		list := f.s.at(p)
		if text == "" || len(list) != 1 || !list[0].asked || list[0].show(Chinese) == "" {
			return ""
		}
		text += "；" + list[0].show(Chinese)
	}
	return text
}

// forBlank is an answer as a blank takes it.
func (a *answer) forBlank(text string, e *blank.Entry, b *blank.Blank) blank.Answer {
	key, _ := a.value.(string)
	out := blank.Answer{Path: a.path, Text: text, Says: []string{a.show(Chinese), a.show(English)}, Switch: a.q.Type == typeYesNo, On: a.value == true, Number: a.q.Type == typeNumber}
	if a.q.Type == typeDate && isDay(key) {
		out.Day = key
	}
	if out.Switch {
		key = fmt.Sprint(out.On)
		if out.On && len(b.Options) == 1 {
			out.Says = append(out.Says, a.q.Text.ZH)
		}
	}
	if e != nil {
		out.Says = append(out.Says, e.Options[key]...)
	}
	return out
}

// shortTables reports tables with fewer rows than entries.
func (f *formFiller) shortTables() {
	seen := map[string]bool{}
	for _, key := range slices.Sorted(maps.Keys(f.rows)) {
		rows := f.rows[key]
		answerPath, label, _ := strings.Cut(key, "\x00")
		list := answerPath[:strings.LastIndex(answerPath, "[]")]
		if n := len(f.s.at(answerPath)); n > rows && !seen[list] {
			seen[list] = true
			f.report.Open = append(f.report.Open, BlankAt{ID: "-", Place: dataspace.Text{EN: list, ZH: list}, Label: label, Question: list,
				Why: dataspace.Text{ZH: fmt.Sprintf(whyRows.ZH, rows, n), EN: fmt.Sprintf(whyRows.EN, rows, n)}})
		}
	}
}

// fillForms fills the forms of the input and adds them to the dossier.
func fillForms(l *Library, w *out, input Input, known map[string]any) error {
	if len(input.Forms) == 0 {
		return nil
	}
	// Forms take an answer beside its label also where the question would not be asked.
	as := *l
	as.look = min(l.look, 1)
	s := as.fill(&Form{Sections: l.sections}, input.Answers, known) // with every question
	names := map[string]bool{}
	for _, g := range input.Forms {
		if err := office.Refuse("the name of a form", g.Name); err != nil {
			return err
		}
		if !strings.HasSuffix(strings.ToLower(g.Name), ".docx") {
			return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "form.type", Place: g.Name, Message: "is not a .docx file", Hint: "save the form as a Word document (.docx)"}
		}
		data, report, needed, err := fillForm(l, g, s)
		if err != nil {
			return err
		}
		for _, a := range needed {
			if !slices.ContainsFunc(w.d.Missing, func(m Missing) bool { return m.Question == a.path }) {
				w.d.Missing = append(w.d.Missing, Missing{Question: a.path, Text: a.q.Text, Basis: a.q.Basis})
			}
		}
		if w.d.Draft {
			if data, err = office.Mark(data, textDraft.ZH); err != nil {
				return within(g.Name, err)
			}
		}
		name := "form." + stem(g.Name)
		for one, i := name, 2; names[name]; i++ {
			name = fmt.Sprintf("%s-%d", one, i)
		}
		names[name] = true
		w.d.Forms = append(w.d.Forms, report)
		w.add(name+".docx", func() ([]byte, error) { return data, nil })
		if g.Paper != "" {
			w.papers[g.Paper] = data
		}
	}
	return nil
}

// stem is the name of a file without its folder and its ending.
func stem(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	return strings.TrimSuffix(name, path.Ext(name))
}
