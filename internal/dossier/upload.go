package dossier

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/office"
)

// Fit is a condition on the case that a filing is for: the answer is one of some,
// or a number below another. Each answer that is there must meet it.
type Fit struct {
	Answer string         `yaml:"answer"` // the path of a question; "[]" is each entry of a list
	Among  []string       `yaml:"among"`
	Below  int64          `yaml:"below"`
	Text   dataspace.Text `yaml:"text"`
	Basis  Basis          `yaml:"basis"`
}

// Upload is how the papers of a filing are handed in: in this order, under these
// names, in one .zip file.
type Upload struct {
	Note   dataspace.Text `yaml:"note"` // what is not known of it
	Basis  Basis          `yaml:"basis"`
	Papers []Paper        `yaml:"papers"`
}

// Paper is one paper of an upload. It is a copy that the user gives, a form that
// the user gives, or a document of a kind, unless the user gives its form.
type Paper struct {
	ID       string         `yaml:"id"`
	Name     dataspace.Text `yaml:"name"`
	From     string         `yaml:"from"` // copy, form or document
	Kind     Kind           `yaml:"kind"` // of a document
	Optional bool           `yaml:"optional"`
}

// The sources of papers.
const (
	fromCopy     = "copy"
	fromForm     = "form"
	fromDocument = "document"
)

// GivenPaper is a copy that the user gives, such as that of a certificate.
type GivenPaper struct {
	Paper string
	Name  string // of the file
	Data  []byte
}

// LackingPaper is a paper of the upload that is not there.
type LackingPaper struct {
	Paper string         `json:"paper"`
	Name  dataspace.Text `json:"name"`
	From  string         `json:"from"`
}

// checkLabels refuses labels of answers that nobody asks for.
func checkLabels(l *Library) error {
	contexts := map[string]bool{}
	for _, c := range l.labels.Contexts {
		if c.ID == "" || len(c.Words) == 0 {
			return wrong("blanks.yaml: the context %q needs an id and words", c.ID)
		}
		contexts[c.ID] = true
	}
	for _, e := range l.labels.Labels {
		q := l.question(withoutIndices(strings.TrimSuffix(e.Answer, ".#")))
		if q == nil || strings.HasSuffix(e.Answer, ".#") != (q.Type == typeList) {
			return wrong("blanks.yaml: there is no question %s", e.Answer)
		}
		if len(e.ZH)+len(e.EN)+len(e.Ends) == 0 {
			return wrong("blanks.yaml: %s has no label", e.Answer)
		}
		for _, id := range e.In {
			if !contexts[id] {
				return wrong("blanks.yaml: %s is in the context %s, which is not there", e.Answer, id)
			}
		}
		for id := range e.Options {
			yesNo := q.Type == typeYesNo && (id == "true" || id == "false")
			if !yesNo && !slices.ContainsFunc(q.Options, func(o Option) bool { return o.ID == id }) {
				return wrong("blanks.yaml: %s has no option %s", e.Answer, id)
			}
		}
	}
	return nil
}

// checkUpload checks the papers and the fits of a form.
func checkUpload(l *Library, f *Form) error {
	for i := range f.Fits {
		fit := &f.Fits[i]
		q := l.question(withoutIndices(fit.Answer))
		if q == nil || (len(fit.Among) > 0) == (fit.Below > 0) || fit.Below > 0 && q.Type != typeNumber || fit.Text.ZH == "" || fit.Text.EN == "" {
			return wrong("fits: %s needs a question, either among or below, and a text in both languages", fit.Answer)
		}
		if err := l.resolve(&fit.Basis, "fits"); err != nil {
			return err
		}
	}
	if f.Upload == nil {
		return nil
	}
	if err := l.resolve(&f.Upload.Basis, "upload"); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, p := range f.Upload.Papers {
		_, there := l.forms[p.Kind]
		if !nodeID.MatchString(p.ID) || seen[p.ID] || p.Name.ZH == "" || p.Name.EN == "" || (p.From == fromDocument) != there || !slices.Contains([]string{fromCopy, fromForm, fromDocument}, p.From) || strings.ContainsAny(p.Name.ZH, `/\`) {
			return wrong("upload: the paper %q needs an id of its own, a name in both languages, and a source", p.ID)
		}
		seen[p.ID] = true
	}
	return nil
}

// fits refuses a case that the filing is not for.
func (s *sheet) fits(f *Form) error {
	for _, fit := range f.Fits {
		for _, a := range s.at(fit.Answer) {
			if !a.asked || a.value == nil {
				continue
			}
			key, _ := a.value.(string)
			n, isNumber := wholeNumber(a.value)
			if len(fit.Among) > 0 && !slices.Contains(fit.Among, key) || fit.Below > 0 && isNumber && n >= fit.Below {
				return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "filing.unfit", Place: string(f.Kind) + ": " + a.path,
					Message: fmt.Sprintf("%s (%s)", fit.Text.EN, fit.Text.ZH), Hint: fmt.Sprintf("choose another kind of filing; the basis is %s (%s)", fit.Basis.Article.EN, fit.Basis.Source)}
			}
		}
	}
	return nil
}

// upload puts the papers together: the archive if all are there and approved, and
// otherwise the list of those that are not.
func upload(l *Library, w *out, f *Form, input Input) error {
	if !input.Upload {
		return nil
	}
	if f.Upload == nil {
		return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "filing.noupload", Place: string(f.Kind), Message: "nothing is known of how its papers are handed in", Hint: "leave --upload out"}
	}
	copies, err := f.copies(input)
	if err != nil {
		return err
	}
	var entries []office.Entry
	w.d.Lacking = []LackingPaper{}
	for _, p := range f.Upload.Papers {
		data, ending := w.papers[p.ID], ".docx"
		if given, ok := copies[p.ID]; ok {
			data, ending = given.Data, strings.ToLower(path.Ext(given.Name))
		}
		if data == nil && p.From == fromDocument {
			if data, err = paper(l, w, p, f, input); err != nil {
				return err
			}
		}
		if data == nil {
			if !p.Optional {
				w.d.Lacking = append(w.d.Lacking, LackingPaper{p.ID, p.Name, p.From})
			}
			continue
		}
		entries = append(entries, office.Entry{Name: fmt.Sprintf("%02d-%s%s", len(entries)+1, p.Name.ZH, ending), Data: data})
	}
	if w.d.Draft || len(w.d.Lacking) > 0 {
		return nil
	}
	w.add("upload.zip", func() ([]byte, error) { return office.Archive(entries) })
	return nil
}

// endings are the kinds of files that are taken as copies.
var endings = []string{".pdf", ".jpg", ".jpeg", ".png", ".docx"}

// copies are the given papers by their ID. A paper that the upload does not know
// is refused, and so is one that is given twice.
func (f *Form) copies(input Input) (map[string]GivenPaper, error) {
	out := map[string]GivenPaper{}
	given := map[string]bool{}
	known := func(id, name string) error {
		ids := make([]string, len(f.Upload.Papers))
		for i, p := range f.Upload.Papers {
			ids[i] = p.ID
		}
		if !slices.Contains(ids, id) || given[id] {
			return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "filing.paper", Place: name, Message: fmt.Sprintf("the upload has no paper %q, or it is given twice", id), Hint: "its papers are " + strings.Join(ids, ", ")}
		}
		given[id] = true
		return nil
	}
	for _, g := range input.Papers {
		if err := known(g.Paper, g.Name); err != nil {
			return nil, err
		}
		if !slices.Contains(endings, strings.ToLower(path.Ext(g.Name))) {
			return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "filing.papertype", Place: g.Name, Message: "is no copy that an upload takes", Hint: "give one of " + strings.Join(endings, ", ")}
		}
		out[g.Paper] = g
	}
	for _, g := range input.Forms {
		if g.Paper == "" {
			continue
		}
		if err := known(g.Paper, g.Name); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// paper is the document of another kind, made from the same input. The dossier
// lacks what the document lacks.
func paper(l *Library, w *out, p Paper, f *Form, input Input) ([]byte, error) {
	if p.Kind == f.Kind {
		for _, made := range w.d.Files {
			if made.Name == w.base+"."+Chinese+".docx" {
				return made.Data, nil
			}
		}
		return nil, nil
	}
	sub := input
	sub.Kind, sub.Forms, sub.Papers, sub.Upload, sub.Template = p.Kind, nil, nil, false, nil
	sub.standing = w.d.Approval
	made, err := l.Write(sub)
	if err != nil {
		return nil, err
	}
	for _, m := range made.Missing {
		if !slices.ContainsFunc(w.d.Missing, func(o Missing) bool { return o.Question == m.Question }) {
			m.Where = nil // its bookmarks are in another document
			w.d.Missing = append(w.d.Missing, m)
		}
	}
	w.d.Findings = append(w.d.Findings, made.Findings...)
	var data []byte
	for _, one := range made.Files {
		switch {
		case strings.HasSuffix(one.Name, "."+Chinese+".docx"):
			data = one.Data
		case !strings.HasSuffix(one.Name, "."+English+".docx") && !strings.HasSuffix(one.Name, ".trace.json"):
			continue
		}
		w.d.Files = append(w.d.Files, one)
	}
	return data, nil
}
