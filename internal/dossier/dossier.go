package dossier

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/office"
)

// Input is the input of a dossier. The same input gives the same bytes.
type Input struct {
	Kind    Kind
	Answers Answers
	Flow    Flow
	// Approval of an earlier run; it is valid as long as the digest is the
	// same.
	Approval *Approval
	// On is the day of the filing, for checks such as whether an assessment is
	// recent; it changes no document. Empty: these checks are skipped.
	On string
	// Apart says that the documents of the flow were put together by a person, and
	// not made of each other by a gateway.
	Apart    bool
	Template []byte // a document of the user's own to fill as well; may be nil
	// More are other flows of the same dossier: each is one more entry of the
	// lists about flows.
	More []Flow
	// Forms are forms of others to fill; Papers are copies for the upload; Upload
	// asks for the papers of the upload, in one file when they are approved.
	Forms  []GivenForm
	Papers []GivenPaper
	Upload bool
	// Earlier are answers of earlier filings, offered for what is missing.
	Earlier []Answers

	standing *Approval // of the dossier to which this document belongs
	unread   []string  // answers of an earlier time that are no words of their lists today
}

// Approval is a person's statement that a dossier may be filed.
type Approval struct {
	Digest dataspace.Digest `json:"digest"` // of the input
	By     string           `json:"by"`
	On     string           `json:"on"` // 2006-01-02
	Reason string           `json:"reason"`
}

// File is one file of a dossier.
type File struct {
	Name string `json:"name"`
	Data []byte `json:"-"`
}

// Missing is a required answer that is not there.
type Missing struct {
	Question string         `json:"question"`
	Text     dataspace.Text `json:"text"`
	Where    []string       `json:"where,omitempty"` // bookmarks of the document
	Basis    *Basis         `json:"basis"`
}

// Dossier is the result of Write.
type Dossier struct {
	Kind     Kind             `json:"kind"`
	Title    dataspace.Text   `json:"title"`
	Digest   dataspace.Digest `json:"digest"` // of the input; an approval refers to it
	Draft    bool             `json:"draft"`
	Approval *Approval        `json:"approval,omitempty"`
	Layout   Layout           `json:"layout"`
	Missing  []Missing        `json:"missing"`
	Findings []Finding        `json:"findings"` // reasons against filing it
	// Unread are the questions whose word, stated earlier, cannot be read any more.
	Unread []string       `json:"unread,omitempty"`
	Due    string         `json:"due,omitempty"` // the date by which the flow's decision requires it
	Fill   *office.Filled `json:"template,omitempty"`
	// Forms report how the given forms were filled; Lacking are the papers that
	// the upload still lacks.
	Forms   []FilledForm   `json:"forms,omitempty"`
	Lacking []LackingPaper `json:"lacking,omitempty"`
	Files   []File         `json:"files"`
}

// Digest identifies the input of a dossier without its approval, and the names
// that the document shows for words.
func (l *Library) Digest(input Input) (dataspace.Digest, error) {
	f, err := l.Form(input.Kind)
	if err != nil {
		return "", err
	}
	known, err := l.knownOf(input)
	if err != nil {
		return "", err
	}
	return l.digest(f, input, l.fill(f, input.Answers, known), known)
}

func (l *Library) digest(f *Form, input Input, s *sheet, known map[string]any) (dataspace.Digest, error) {
	of := map[string]any{
		"kind": f.Kind, "form": f, "answers": input.Answers, "flow": input.Flow, "template": dataspace.DigestOf(input.Template),
	}
	if shown := s.shown(); len(shown) > 0 {
		of["words"] = shown
	}
	if l.look > 0 {
		digestNow(l, of, f, input, known)
	}
	doc, err := dataspace.NewDocument(of)
	if err != nil {
		return "", fmt.Errorf("digest filing: %w", err)
	}
	return doc.Digest(), nil
}

// digestNow adds what an approval of today covers besides: the look, the notes
// that approved documents do not show, and all that the user gives.
func digestNow(l *Library, of map[string]any, f *Form, input Input, known map[string]any) {
	of["look"] = map[string]any{"version": l.look, "notes": notesOf(f.Body), "fits": f.Fits}
	if len(input.More) > 0 {
		of["more"] = input.More
	}
	forms := []any{}
	for _, g := range input.Forms {
		forms = append(forms, map[string]any{"name": g.Name, "paper": g.Paper, "says": g.Says, "data": dataspace.DigestOf(g.Data)})
	}
	if len(forms) > 0 {
		of["forms"], of["labels"], of["formwords"] = forms, l.labels, l.fill(&Form{Sections: l.sections}, input.Answers, known).shown()
	}
	if !input.Upload || f.Upload == nil {
		return
	}
	papers := []any{}
	for _, g := range input.Papers {
		papers = append(papers, map[string]any{"paper": g.Paper, "name": g.Name, "data": dataspace.DigestOf(g.Data)})
	}
	var kinds []any
	for _, p := range f.Upload.Papers {
		if form, ok := l.forms[p.Kind]; ok {
			kinds = append(kinds, map[string]any{"kind": p.Kind, "form": form, "notes": notesOf(form.Body), "words": l.fill(form, input.Answers, known).shown()})
		}
	}
	of["upload"] = map[string]any{"papers": papers, "as": f.Upload, "kinds": kinds}
}

// notesOf lists the pieces that only drafts show.
func notesOf(list []*Node) []string {
	out := []string{}
	for _, n := range list {
		if n.Draft {
			out = append(out, n.ID)
		}
		out = append(out, notesOf(n.Body)...)
	}
	return out
}

// Write makes the dossier.
func (l *Library) Write(input Input) (*Dossier, error) {
	f, err := l.Form(input.Kind)
	if err != nil {
		return nil, err
	}
	known, err := l.knownOf(input)
	if err != nil {
		return nil, err
	}
	due := firstDue(l, f, input)
	if due != "" {
		known["due"] = due
	}
	s := l.fill(f, input.Answers, known)
	if err := errors.Join(s.clean(), cleanColumns(l, input)); err != nil {
		return nil, err
	}
	if l.look > 0 {
		if err := s.fits(f); err != nil {
			return nil, err
		}
	}
	d := &Dossier{Kind: f.Kind, Title: f.Title, Layout: f.Layout, Draft: true, Missing: []Missing{}, Findings: s.findings(f, input.On), Due: due}
	d.Unread = append(slices.Clone(input.unread), s.unread...)
	if d.Digest, err = l.digest(f, input, s, known); err != nil {
		return nil, err
	}
	if a := input.Approval; a != nil && a.Digest == d.Digest {
		d.Draft, d.Approval = false, a
	} else if err := consistent(l, input, s); err != nil {
		return nil, err
	}
	if input.standing != nil {
		d.Draft, d.Approval = false, input.standing
	}
	w := &out{d: d, base: strings.ReplaceAll(string(f.Kind), "/", "-"), papers: map[string][]byte{}}
	var traces []Trace
	for _, lang := range []string{Chinese, English} {
		var doc *office.Document
		doc, traces = render(f, s, lang, view{d.Draft, l.look})
		w.add(lang+".docx", doc.Bytes)
	}
	where := uses(traces)
	for _, a := range s.list {
		if a.needed() {
			d.Missing = append(d.Missing, Missing{Question: a.path, Text: a.q.Text, Where: where[a.path], Basis: a.q.Basis})
		}
	}
	w.add("fields.xlsx", l.inventorySheet(input, s, d.Draft).Bytes)
	w.add("data.json", asJSON(s.data(f)))
	w.add("trace.json", asJSON(map[string]any{"kind": f.Kind, "digest": d.Digest, "approval": d.Approval, "paragraphs": traces}))
	w.add("missing.yaml", func() ([]byte, error) { return missingFile(f, s), nil })
	if input.Template != nil {
		filled, report, err := office.Fill(input.Template, s.flat(), fillDraft(d.Draft))
		if err != nil {
			return nil, err
		}
		d.Fill = &report
		w.add("template.docx", func() ([]byte, error) { return filled, nil })
	}
	if err := fillForms(l, w, input, known); err != nil {
		return nil, err
	}
	if err := upload(l, w, f, input); err != nil {
		return nil, err
	}
	if offered := offered(s, input.Earlier); len(offered) > 0 {
		w.add("offered.yaml", offeredFile(f, offered))
	}
	if w.err != nil {
		return nil, fmt.Errorf("write filing %s: %w", f.Kind, w.err)
	}
	return d, nil
}

func fillDraft(draft bool) string {
	if draft {
		return textDraft.ZH
	}
	return ""
}

// out collects files and the first error.
type out struct {
	d      *Dossier
	base   string
	papers map[string][]byte // filled forms by the paper of the upload
	err    error
}

func (w *out) add(name string, data func() ([]byte, error)) {
	if w.err != nil {
		return
	}
	var b []byte
	if b, w.err = data(); w.err == nil {
		w.d.Files = append(w.d.Files, File{Name: w.base + "." + name, Data: b})
	}
}

func asJSON(v any) func() ([]byte, error) {
	return func() ([]byte, error) {
		var b strings.Builder
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		err := enc.Encode(v)
		return []byte(b.String()), err
	}
}

// flat maps each answer to the path that a template uses: in Chinese the path
// itself, in English the path with the suffix ".en".
func (s *sheet) flat() map[string]string {
	out := map[string]string{}
	for _, a := range s.list {
		if text := a.show(Chinese); a.asked && text != "" {
			out[a.path] = text
			if en := a.show(English); en != text {
				out[a.path+".en"] = en
			}
		}
	}
	return out
}
