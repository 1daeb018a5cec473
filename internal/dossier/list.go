package dossier

import (
	"fmt"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/office"
	"hutong/internal/vocab"
)

// inventorySheet lists every column that leaves, and its handling, in both
// languages.
func (l *Library) inventorySheet(input Input, s *sheet, draft bool) *office.Sheet {
	out := &office.Sheet{Name: l.inventory.Sheet}
	if draft || l.look == 0 {
		out.Notes = []string{l.inventory.Note}
	}
	for _, c := range l.inventory.Columns {
		head := c.Head
		if c.Was != "" && l.look < 2 {
			head = c.Was
		}
		out.Head, out.Widths = append(out.Head, head), append(out.Widths, c.Width)
	}
	if draft {
		out.Draft = textDraft.ZH
	}
	for i, f := range append([]Flow{input.Flow}, input.More...) {
		said := s.items(-1)
		if len(input.More) > 0 {
			said = s.items(i)
		}
		inventoryRows(l, out, f, said)
	}
	return out
}

// inventoryRows adds the columns of one flow.
func inventoryRows(l *Library, out *office.Sheet, f Flow, said map[string]map[string]*answer) {
	for _, c := range l.Inventory(f) {
		cells := map[string]string{
			"number": fmt.Sprint(len(out.Rows) + 1), "name": c.Name, "element": c.Element, "description": both(c.Description), "personal": both(c.personal()),
			"sensitive": both(c.Sensitive), "sensitive_older": both(c.SensitiveOlder), "treatment": both(c.Treatment), "rule": c.Rule,
			"necessity": fmt.Sprintf(textToFill.ZH, textNecessity.ZH), "example": c.Example,
		}
		if c.Remark != nil {
			cells["remark"] = both(*c.Remark)
		}
		for id, a := range said[c.Name] {
			if a.origin == "answers" {
				cells[id] = a.show(Chinese)
			}
		}
		if _, asked := said[c.Name]["necessity"]; !asked && l.look > 1 {
			cells["necessity"] = "" // this filing does not ask why each column leaves
		}
		row := make([]string, len(l.inventory.Columns))
		for j, col := range l.inventory.Columns {
			row[j] = cells[col.Field]
		}
		out.Rows = append(out.Rows, row)
	}
}

var textNecessity = dataspace.Text{ZH: "出境必要性", EN: "why it must leave"}

// both writes a text in both languages.
func both(t dataspace.Text) string {
	if t.ZH == t.EN {
		return t.ZH
	}
	return strings.TrimSpace(t.ZH + " " + t.EN)
}

// items finds the answers about each data item, by its name: from the entries
// of the lists that the inventory fills; of the n-th list only, unless n is
// negative. The first entry with the name counts.
func (s *sheet) items(n int) map[string]map[string]*answer {
	out := map[string]map[string]*answer{}
	at := -1
	for _, list := range s.list {
		if list.q.Type != typeList || list.q.Prefill != "inventory" {
			continue
		}
		if at++; n >= 0 && at != n {
			continue
		}
		for i := range list.entries {
			prefix := fmt.Sprintf("%s[%d].", list.path, i)
			key := s.byPath[prefix+list.q.Key]
			if key == nil || out[key.show(Chinese)] != nil {
				continue
			}
			said := map[string]*answer{}
			for _, q := range list.q.Items {
				said[q.ID] = s.byPath[prefix+q.ID]
			}
			out[key.show(Chinese)] = said
		}
	}
	return out
}

// missingFile lists the missing answers as a file that can be filled in and
// given as answers.
func missingFile(f *Form, s *sheet) []byte {
	w := &yamlWriter{}
	fmt.Fprintf(w, "# %s · %s\n# 待填的答案。填写后作为 --answers 的文件使用（放在其他文件之后）。\n# Answers that are missing. Fill them in and give this file to --answers, after the others.\n", f.Title.ZH, f.Title.EN)
	w.sections(f, s, false)
	return []byte(w.String())
}

// Template is a file to fill in, with all questions of a kind.
func (l *Library) Template(k Kind) ([]byte, error) {
	f, err := l.Form(k)
	if err != nil {
		return nil, err
	}
	w := &yamlWriter{}
	fmt.Fprintf(w, "# %s · %s\n# 答案文件：空着的即未回答；同一文件可用于多种文书。\n# Answers: what is empty is not answered. One file serves several filings.\n# A text may also be {zh: …, en: …}.\n", f.Title.ZH, f.Title.EN)
	// One entry of each list shows its fields.
	given := Answers{}
	for _, section := range f.Sections {
		given[section.ID] = oneEach(section.Questions)
	}
	w.sections(f, l.fill(f, given, nil), true)
	return []byte(w.String()), nil
}

func oneEach(list []*Question) map[string]any {
	out := map[string]any{}
	for _, q := range list {
		if q.Type == typeList {
			out[q.ID] = []any{oneEach(q.Items)}
		}
	}
	return out
}

// yamlWriter writes empty answers, with the questions as comments.
type yamlWriter struct{ strings.Builder }

func (w *yamlWriter) sections(f *Form, s *sheet, all bool) {
	any := false
	for _, section := range f.Sections {
		part := &yamlWriter{}
		part.questions(section.Questions, section.ID, "  ", s, all)
		if part.Len() > 0 {
			any = true
			fmt.Fprintf(w, "\n# %s · %s\n%s:\n%s", section.Title.ZH, section.Title.EN, section.ID, part.String())
		}
	}
	if !any {
		w.WriteString("\n# 无 · none\n{}\n")
	}
}

func (w *yamlWriter) questions(list []*Question, prefix, indent string, s *sheet, all bool) {
	for _, q := range list {
		a := s.byPath[prefix+"."+q.ID]
		if q.Type != typeList {
			if all || a.needed() {
				w.question(q, indent, all)
			}
			continue
		}
		part, some := &yamlWriter{}, false
		for i := range a.entries {
			some = part.entry(a, i, indent+"  ", s, all) || some
		}
		if a.entries == 0 && a.needed() {
			fmt.Fprintf(w, "%s# %s · %s\n%s%s: []\n", indent, q.Text.ZH, q.Text.EN, indent, q.ID)
		} else if some {
			fmt.Fprintf(w, "%s# %s · %s\n%s%s:\n%s", indent, q.Text.ZH, q.Text.EN, indent, q.ID, part.String())
		}
	}
}

// entry writes one entry of a list and reports whether it contains a question.
// In a list whose entries are identified by position every entry must be
// written, or the next one would take its position.
func (w *yamlWriter) entry(list *answer, i int, indent string, s *sheet, all bool) bool {
	part := &yamlWriter{}
	prefix := fmt.Sprintf("%s[%d]", list.path, i)
	key := s.byPath[prefix+"."+list.q.Key]
	part.questions(list.q.Items, prefix, indent+"  ", s, all)
	switch {
	case part.Len() == 0 && list.q.Key != "":
	case part.Len() == 0:
		fmt.Fprintf(w, "%s- {}\n", indent)
	case key != nil && key.value != nil:
		fmt.Fprintf(w, "%s- %s: %q\n%s", indent, list.q.Key, key.show(Chinese), part.String())
	default:
		fmt.Fprintf(w, "%s-\n%s", indent, part.String())
	}
	return part.Len() > 0
}

// question writes one question with an empty answer.
func (w *yamlWriter) question(q *Question, indent string, all bool) {
	note := []string{q.Text.ZH + " · " + q.Text.EN}
	if q.Hint.ZH != "" {
		note = append(note, q.Hint.ZH+" · "+q.Hint.EN)
	}
	var kind []string
	switch q.Type {
	case typeDate:
		kind = append(kind, "2026-06-15")
	case typeNumber:
		kind = append(kind, "number")
	case typeYesNo:
		kind = append(kind, "true / false")
	case typeWord:
		kind = append(kind, "docs/reference/vocabularies.md: "+string(q.words))
	case typeChoice:
		for _, o := range q.Options {
			kind = append(kind, fmt.Sprintf("%s (%s)", o.ID, o.Text.ZH))
		}
	}
	if q.Optional {
		kind = append(kind, "可不填 optional")
	}
	if q.When != "" {
		kind = append(kind, "如 if "+q.When)
	}
	if all && q.Prefill != "" {
		kind = append(kind, "网关已知则可不填 known to the gateway")
	}
	if len(kind) > 0 {
		note = append(note, strings.Join(kind, "; "))
	}
	for _, line := range note {
		fmt.Fprintf(w, "%s# %s\n", indent, line)
	}
	fmt.Fprintf(w, "%s%s:\n", indent, q.ID)
}

// Asked is a question of a form as a list of questions shows it.
type Asked struct {
	Path     string         `json:"path"`
	Text     dataspace.Text `json:"text"`
	Hint     dataspace.Text `json:"hint,omitzero"`
	Type     string         `json:"type"`
	Fact     string         `json:"fact,omitempty"`  // that it is about
	Words    vocab.Name     `json:"words,omitempty"` // the vocabulary of the answer
	Optional bool           `json:"optional"`
	When     string         `json:"when,omitempty"`
	Prefill  string         `json:"prefill,omitempty"`
	Options  []string       `json:"options,omitempty"`
	Basis    *Basis         `json:"basis"`
}

// Questions lists the questions of a kind, in order. "[]" stands for each entry
// of a list.
func (l *Library) Questions(k Kind) ([]Asked, error) {
	f, err := l.Form(k)
	if err != nil {
		return nil, err
	}
	var out []Asked
	var visit func(list []*Question, prefix string)
	visit = func(list []*Question, prefix string) {
		for _, q := range list {
			a := Asked{Path: prefix + "." + q.ID, Text: q.Text, Hint: q.Hint, Type: q.Type, Fact: q.Fact, Words: q.words, Optional: q.Optional, When: q.When, Prefill: q.Prefill, Basis: q.Basis}
			for _, o := range q.Options {
				a.Options = append(a.Options, o.ID)
			}
			out = append(out, a)
			visit(q.Items, a.Path+"[]")
		}
	}
	for _, s := range f.Sections {
		visit(s.Questions, s.ID)
	}
	return out, nil
}
