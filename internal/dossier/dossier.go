package dossier

import (
	"encoding/json"
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

	unread []string // answers of an earlier time that are no words of their lists today
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
	Files  []File         `json:"files"`
}

// Digest identifies the input of a dossier without its approval, and the names
// that the document shows for words.
func (l *Library) Digest(input Input) (dataspace.Digest, error) {
	f, err := l.Form(input.Kind)
	if err != nil {
		return "", err
	}
	known, err := l.known(input.Flow)
	if err != nil {
		return "", err
	}
	return digest(f, input, l.fill(f, input.Answers, known))
}

func digest(f *Form, input Input, s *sheet) (dataspace.Digest, error) {
	of := map[string]any{
		"kind": f.Kind, "form": f, "answers": input.Answers, "flow": input.Flow, "template": dataspace.DigestOf(input.Template),
	}
	if shown := s.shown(); len(shown) > 0 {
		of["words"] = shown
	}
	doc, err := dataspace.NewDocument(of)
	if err != nil {
		return "", fmt.Errorf("digest filing: %w", err)
	}
	return doc.Digest(), nil
}

// Write makes the dossier.
func (l *Library) Write(input Input) (*Dossier, error) {
	f, err := l.Form(input.Kind)
	if err != nil {
		return nil, err
	}
	known, err := l.known(input.Flow)
	if err != nil {
		return nil, err
	}
	due := ""
	if input.Flow.Decision != nil {
		if due = l.due(f, input.Flow.Decision); due != "" {
			known["due"] = due
		}
	}
	s := l.fill(f, input.Answers, known)
	d := &Dossier{Kind: f.Kind, Title: f.Title, Layout: f.Layout, Draft: true, Missing: []Missing{}, Findings: s.findings(f, input.On), Due: due}
	d.Unread = append(slices.Clone(input.unread), s.unread...)
	if d.Digest, err = digest(f, input, s); err != nil {
		return nil, err
	}
	if a := input.Approval; a != nil && a.Digest == d.Digest {
		d.Draft, d.Approval = false, a
	} else if err := consistent(l, input, s); err != nil {
		return nil, err
	}
	w := &out{d: d, base: strings.ReplaceAll(string(f.Kind), "/", "-")}
	var traces []Trace
	for _, lang := range []string{Chinese, English} {
		var doc *office.Document
		doc, traces = render(f, s, lang, d.Draft)
		w.add(lang+".docx", doc.Bytes)
	}
	where := uses(traces)
	for _, a := range s.list {
		if a.needed() {
			d.Missing = append(d.Missing, Missing{Question: a.path, Text: a.q.Text, Where: where[a.path], Basis: a.q.Basis})
		}
	}
	w.add("fields.xlsx", l.inventorySheet(input.Flow, s, d.Draft).Bytes)
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
	d    *Dossier
	base string
	err  error
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
