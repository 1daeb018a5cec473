package dossier

import (
	"fmt"
	"slices"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/office"
)

// The languages of documents.
const (
	Chinese = "zh"
	English = "en"
)

func in(lang string, t dataspace.Text) string {
	if lang == English {
		return t.EN
	}
	return t.ZH
}

// showDay writes a day as documents do.
func showDay(lang, day string) string {
	var y, m, d int
	if _, err := fmt.Sscanf(day, "%d-%d-%d", &y, &m, &d); err != nil || lang == English {
		return day
	}
	return fmt.Sprintf("%d年%d月%d日", y, m, d)
}

// The marks and notes that every document shares.
var (
	textDraft    = dataspace.Text{ZH: "草稿 DRAFT", EN: "草稿 DRAFT"}
	textReading  = dataspace.Text{ZH: "", EN: "English reading copy, not for filing"}
	textToFill   = dataspace.Text{ZH: "【待填：%s】", EN: "[to be filled in: %s]"}
	textNotGiven = dataspace.Text{ZH: "（未提供）", EN: "(not given)"}
	textNotAsked = dataspace.Text{ZH: "（不适用）", EN: "(does not apply)"}
	textLayout   = dataspace.Text{ZH: "版式待与官方表格核对。", EN: "Layout to be checked against the official form. "}
	textWhere    = dataspace.Text{ZH: "官方文本发布于：", EN: " Officially published at: "}
	textSource   = dataspace.Text{ZH: "所据的二手来源：", EN: " Secondary source relied on: "}
	textItem     = dataspace.Text{ZH: "项目", EN: "Item"}
	textContent  = dataspace.Text{ZH: "内容", EN: "Content"}
)

// Trace names the sources of one paragraph, row or cell.
type Trace struct {
	ID string `json:"id"` // bookmark in the document
	// Answers are the questions it shows, and the origin of each answer.
	Answers []TraceAnswer `json:"answers,omitempty"`
	Basis   *Basis        `json:"basis"`
}

// TraceAnswer is one answer that a paragraph shows.
type TraceAnswer struct {
	Question string `json:"question"`
	Origin   string `json:"origin"` // answers, gateway:<path>, missing, not asked
	Basis    *Basis `json:"basis"`
}

// bookmarkPrefix begins the bookmarks of a document: t_<id>.
const bookmarkPrefix = "t_"

// view is how documents are shown: as a draft or not, and in which look.
type view struct {
	draft bool
	look  int
}

// renderer makes the blocks of one document in one language.
type renderer struct {
	form   *Form
	sheet  *sheet
	lang   string
	view   view
	blocks []office.Block
	traces []Trace
}

// scope resolves the names of list entries within a list.
type scope struct {
	alias  map[string]string // name → path with index
	number map[string]int    // name → number of the entry, from 1
	inner  string            // the innermost name
	suffix string            // of ids, "_1_2"
}

func (s scope) enter(as, list string, i int) scope {
	out := scope{alias: map[string]string{}, number: map[string]int{}, inner: as, suffix: fmt.Sprintf("%s_%d", s.suffix, i+1)}
	for k, v := range s.alias {
		out.alias[k], out.number[k] = v, s.number[k]
	}
	out.alias[as], out.number[as] = fmt.Sprintf("%s[%d]", list, i), i+1
	return out
}

// expand makes the complete path of an answer in the document.
func (s scope) expand(p string) string {
	head, rest, ok := strings.Cut(p, ".")
	if prefix := s.alias[head]; ok && prefix != "" {
		return prefix + "." + rest
	}
	return p
}

// render writes the document.
func render(f *Form, s *sheet, lang string, v view) (*office.Document, []Trace) {
	r := &renderer{form: f, sheet: s, lang: lang, view: v}
	if v.draft || f.Layout == FormNotSeen && v.look == 0 {
		r.layout()
	}
	basis := &f.Basis
	r.nodes(f.Body, scope{}, &basis)
	d := &office.Document{Title: in(lang, f.Title), Language: map[string]string{Chinese: "zh-CN", English: "en-GB"}[lang], Heading: in(lang, textReading), Blocks: r.blocks, Look: v.look}
	if v.draft {
		d.Draft = in(lang, textDraft)
	}
	return d, r.traces
}

// layout writes first what the reader must check the document against. An
// approved document shows nothing but what is filed.
func (r *renderer) layout() {
	text := in(r.lang, r.form.LayoutNote)
	if r.form.Layout == FormNotSeen {
		text = in(r.lang, textLayout) + text
	}
	where := textSource
	if r.form.LayoutOfficial {
		where = textWhere
	}
	text += in(r.lang, where) + r.form.LayoutWhere
	r.paragraph("layout", office.Note, []office.Run{{Text: text}}, nil, &r.form.Basis)
}

func (r *renderer) nodes(list []*Node, s scope, basis **Basis) {
	for _, n := range list {
		if n.Basis != nil {
			*basis = n.Basis
		}
		if n.Draft && !r.view.draft && r.view.look > 0 {
			continue // a note of ours
		}
		if n.When != "" {
			if ok, doubt := r.sheet.holds(n.When, "", s.expand); !ok || doubt {
				continue
			}
		}
		r.node(n, s, basis)
	}
}

func (r *renderer) node(n *Node, s scope, basis **Basis) {
	id := n.ID + s.suffix
	for _, part := range []struct {
		text  *dataspace.Text
		style office.Style
	}{{n.Title, office.Title}, {n.Subtitle, office.Subtitle}, {n.Note, office.Note}, {n.H1, office.Heading1}, {n.H2, office.Heading2}, {n.H3, office.Heading3}, {n.P, office.Body}} {
		if part.text != nil {
			runs, answers := r.text(in(r.lang, *part.text), s)
			r.paragraph(id, part.style, runs, answers, *basis)
		}
	}
	switch {
	case n.Break:
		r.blocks = append(r.blocks, office.PageBreak{})
	case n.Ask != "":
		r.ask(id, s.expand(n.Ask), *basis)
	case len(n.Fields) > 0:
		r.fields(id, n.Fields, s, *basis)
	case n.Table != nil:
		r.table(id, n.Table, s, *basis)
	case n.Each != "":
		list := r.sheet.byPath[s.expand(n.Each)]
		for i := range list.entries {
			r.nodes(n.Body, s.enter(n.As, list.path, i), basis)
		}
		if list.entries == 0 {
			runs, answers := r.missing(list)
			r.paragraph(id, office.Body, runs, answers, *basis)
		}
	}
}

func (r *renderer) paragraph(id string, style office.Style, runs []office.Run, answers []TraceAnswer, basis *Basis) {
	r.blocks = append(r.blocks, office.Paragraph{ID: bookmarkPrefix + id, Style: style, Runs: runs})
	r.trace(id, answers, basis)
}

func (r *renderer) trace(id string, answers []TraceAnswer, basis *Basis) {
	r.traces = append(r.traces, Trace{ID: bookmarkPrefix + id, Answers: answers, Basis: basis})
}

// ask writes an answer; each of its lines becomes a paragraph.
func (r *renderer) ask(id, path string, basis *Basis) {
	runs, answer := r.value(path)
	if runs[0].Mark {
		r.paragraph(id, office.Body, runs, []TraceAnswer{answer}, basis)
		return
	}
	n := 0
	for line := range strings.Lines(runs[0].Text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		at := id
		if n++; n > 1 {
			at = fmt.Sprintf("%s_l%d", id, n)
		}
		r.paragraph(at, office.Body, []office.Run{{Text: line}}, []TraceAnswer{answer}, basis)
	}
}

func (r *renderer) fields(id string, paths []string, s scope, basis *Basis) {
	t := office.Table{ID: "", Widths: []int{36, 64}, Head: []string{in(r.lang, textItem), in(r.lang, textContent)}}
	for i, p := range paths {
		a := r.sheet.byPath[s.expand(p)]
		if !a.asked || r.view.look > 0 && a.unsaid(r.lang) {
			continue
		}
		runs, answer := r.value(a.path)
		row := fmt.Sprintf("%s_f%d", id, i+1)
		t.Rows = append(t.Rows, []office.Cell{{ID: bookmarkPrefix + row, Runs: []office.Run{{Text: in(r.lang, a.q.Text)}}}, {Runs: runs}})
		r.trace(row, []TraceAnswer{answer}, basis)
	}
	if len(t.Rows) > 0 || r.view.look == 0 {
		r.blocks = append(r.blocks, t)
	}
}

// unsaid reports whether an optional answer is empty and its emptiness says
// nothing: "not given" is no data.
func (a *answer) unsaid(lang string) bool {
	return a.q.Optional && a.show(lang) == "" && (a.q.Quiet || a.q.Blank == (dataspace.Text{}))
}

func (r *renderer) table(id string, form *TableForm, s scope, basis *Basis) {
	t := office.Table{}
	for _, c := range form.Columns {
		t.Widths = append(t.Widths, c.Width)
		t.Head = append(t.Head, in(r.lang, c.Head))
	}
	add := func(n int, cells []string, s scope) {
		row := fmt.Sprintf("%s_r%d", id, n)
		var out []office.Cell
		var answers []TraceAnswer
		for i, text := range cells {
			runs, used := r.text(text, s)
			cell := office.Cell{Runs: runs}
			if i == 0 {
				cell.ID = bookmarkPrefix + row
			}
			out = append(out, cell)
			answers = append(answers, used...)
		}
		t.Rows = append(t.Rows, out)
		r.trace(row, answers, basis)
	}
	for i, row := range form.Rows {
		cells := make([]string, len(row))
		for j, c := range row {
			cells[j] = in(r.lang, c)
		}
		add(i+1, cells, s)
	}
	if form.Each != "" {
		list := r.sheet.byPath[s.expand(form.Each)]
		for i := range list.entries {
			cells := make([]string, len(form.Columns))
			for j, c := range form.Columns {
				cells[j] = c.Cell
			}
			add(i+1, cells, s.enter(form.As, list.path, i))
		}
		if list.entries == 0 {
			runs, answers := r.missing(list)
			row := id + "_r0"
			t.Rows = append(t.Rows, []office.Cell{{}, {ID: bookmarkPrefix + row, Runs: runs}})
			r.trace(row, answers, basis)
		}
	}
	r.blocks = append(r.blocks, t)
}

// text fills the placeholders of a text.
func (r *renderer) text(text string, s scope) ([]office.Run, []TraceAnswer) {
	var runs []office.Run
	var answers []TraceAnswer
	last := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(text, -1) {
		if m[0] > last {
			runs = append(runs, office.Run{Text: text[last:m[0]]})
		}
		last = m[1]
		name := text[m[2]:m[3]]
		if alias, ok := strings.CutSuffix(name, "#"); ok {
			if alias = strings.TrimSuffix(alias, "."); alias == "" {
				alias = s.inner
			}
			runs = append(runs, office.Run{Text: fmt.Sprint(s.number[alias])})
			continue
		}
		value, answer := r.value(s.expand(name))
		runs = append(runs, value...)
		answers = append(answers, answer)
	}
	if last < len(text) {
		runs = append(runs, office.Run{Text: text[last:]})
	}
	return runs, answers
}

// value is an answer in words, never empty.
func (r *renderer) value(path string) ([]office.Run, TraceAnswer) {
	a := r.sheet.byPath[path]
	trace := TraceAnswer{Question: a.path, Origin: a.origin, Basis: a.q.Basis}
	text := a.show(r.lang)
	switch {
	case !a.asked:
		trace.Origin, text = "not asked", in(r.lang, textNotAsked)
	case text != "":
		return []office.Run{{Text: text}}, trace
	case a.q.Optional:
		trace.Origin, text = "not given", in(r.lang, textNotGiven)
		if a.q.Blank != (dataspace.Text{}) {
			text = in(r.lang, a.q.Blank)
		}
	default:
		runs, answers := r.missing(a)
		return runs, answers[0]
	}
	return []office.Run{{Text: text}}, trace
}

// missing marks the place of a missing answer.
func (r *renderer) missing(a *answer) ([]office.Run, []TraceAnswer) {
	return []office.Run{{Text: fmt.Sprintf(in(r.lang, textToFill), in(r.lang, a.q.Text)), Mark: true}},
		[]TraceAnswer{{Question: a.path, Origin: "missing", Basis: a.q.Basis}}
}

// uses lists the documents that ask each question.
func uses(traces []Trace) map[string][]string {
	out := map[string][]string{}
	for _, t := range traces {
		for _, a := range t.Answers {
			if !slices.Contains(out[a.Question], t.ID) {
				out[a.Question] = append(out[a.Question], t.ID)
			}
		}
	}
	return out
}
