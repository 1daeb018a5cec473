package dossier

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"hutong/internal/dataspace"
)

// answer is a question at its place with its answer.
type answer struct {
	q       *Question
	path    string
	value   any             // nil: nothing; else string, json.Number, bool, a text in both languages or what is said beside a word
	shown   *dataspace.Text // of a word: its name
	known   any             // what the gateway knows, where somebody answered
	origin  string          // "answers", or "gateway:" and a path; empty: none
	entries int             // of a list
	asked   bool            // its condition holds
	doubt   bool            // its condition depends on a missing answer
}

// needed reports whether the answer is missing.
func (a *answer) needed() bool {
	if !a.asked || a.doubt || a.q.Optional {
		return false
	}
	if a.q.Type == typeList {
		return a.entries == 0
	}
	return a.value == nil
}

// sheet is every question of a form with its answer, by path with indices.
type sheet struct {
	list   []*answer
	byPath map[string]*answer
	words  wording
	unread []string // questions whose known word cannot be read
	strict bool     // a condition over a question that does not apply does not hold
}

// fill merges the answers with what the gateway knows.
func (l *Library) fill(f *Form, given Answers, known map[string]any) *sheet {
	s := &sheet{byPath: map[string]*answer{}, words: wording{l.words, l.place}}
	for _, section := range f.Sections {
		tree, _ := given[section.ID].(map[string]any)
		s.questions(section.Questions, section.ID, tree, known, nil)
	}
	if l.look > 1 {
		for _, a := range s.list {
			a.asked = true // until its own condition is read; it stands before those over it
		}
		s.strict = true
	}
	for _, a := range s.list {
		a.asked, a.doubt = s.holds(a.q.When, parent(a.path), nil)
	}
	return s
}

// parent is the path of the list entry that contains a question.
func parent(p string) string { return p[:strings.LastIndex(p, ".")] }

func (s *sheet) questions(list []*Question, prefix string, given, known map[string]any, entry any) {
	for _, q := range list {
		a := &answer{q: q, path: prefix + "." + q.ID}
		s.list = append(s.list, a)
		s.byPath[a.path] = a
		if q.Type == typeList {
			s.entries(a, given[q.ID], known, entry)
			continue
		}
		if v := given[q.ID]; v != nil && v != "" {
			a.value, a.known, a.origin = v, prefill(q, known, entry), "answers"
		} else if v := prefill(q, known, entry); v != nil {
			a.value, a.origin = v, "gateway:"+strings.TrimPrefix(q.Prefill, ".")
		}
		if q.Type == typeWord {
			s.word(a, known)
		}
	}
}

// prefill is the known answer of a question, if it has the right type.
func prefill(q *Question, known map[string]any, entry any) any {
	if q.Prefill == "" {
		return nil
	}
	var v any
	if p, within := strings.CutPrefix(q.Prefill, "."); within {
		v = lookup(entry, p)
	} else {
		v = lookup(known, q.Prefill)
	}
	if v == nil || v == "" {
		return nil
	}
	if _, err := (reader{}).answer(q, v, ""); err != nil {
		return nil
	}
	return v
}

// entries fills a list with the known and the answered entries, merged by key
// or, without one, by position.
func (s *sheet) entries(a *answer, given any, known map[string]any, entry any) {
	type pair struct {
		given map[string]any
		entry any
		known map[string]any
	}
	var all []pair
	switch p := a.q.Prefill; {
	case p == "*" && known[allFlows] != nil:
		each, _ := known[allFlows].([]any)
		for _, one := range each {
			tree, _ := one.(map[string]any)
			all = append(all, pair{entry: entry, known: tree})
		}
	case p == "*" && len(known) > 0:
		all = []pair{{entry: entry, known: known}}
	case p != "" && p != "*":
		found := lookup(known, p)
		if within, ok := strings.CutPrefix(p, "."); ok {
			found = lookup(entry, within)
		}
		list, _ := found.([]any)
		for _, e := range list {
			all = append(all, pair{entry: e, known: known})
		}
	}
	list, _ := given.([]any)
	for i, g := range list {
		tree, _ := g.(map[string]any)
		at := i
		if a.q.Key != "" {
			if noAnswer(tree) {
				continue
			}
			at = len(all)
			for j := range all {
				if same(lookup(all[j].entry, a.q.Key), tree[a.q.Key]) {
					at = j
				}
			}
		}
		if at < len(all) {
			all[at].given = tree
			continue
		}
		// The known values describe the flow at hand, which is the first entry.
		all = append(all, pair{given: tree})
	}
	a.entries = len(all)
	for i, p := range all {
		s.questions(a.q.Items, fmt.Sprintf("%s[%d]", a.path, i), p.given, p.known, p.entry)
	}
}

// noAnswer reports whether v has no answer.
func noAnswer(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		for _, below := range v {
			if !noAnswer(below) {
				return false
			}
		}
		return true
	case []any:
		return !slices.ContainsFunc(v, func(e any) bool { return !noAnswer(e) })
	}
	return v == nil || v == ""
}

func same(a, b any) bool {
	x, ok1 := a.(string)
	y, ok2 := b.(string)
	return ok1 && ok2 && x == y
}

// holds evaluates a condition. prefix replaces the leading dot of a path;
// expand resolves other paths. doubt says that an answer needed by the
// condition is missing.
func (s *sheet) holds(cond, prefix string, expand func(string) string) (ok, doubt bool) {
	ok = true
	for _, t := range terms(cond) {
		p := t.path
		if strings.HasPrefix(p, ".") {
			p = prefix + p
		} else if expand != nil {
			p = expand(p)
		}
		a := s.byPath[p]
		if s.strict && a != nil && !a.asked && !t.not {
			return false, false // a question that does not apply has no answer to wait for
		}
		if a == nil || a.value == nil && !(a.q.Optional && a.q.Type == typeYesNo) {
			doubt = true
			continue
		}
		held := a.value == true
		if len(t.values) > 0 {
			held = false
			for _, v := range t.values {
				held = held || a.value == v
			}
		}
		if held == t.not {
			return false, false
		}
	}
	return ok, doubt
}

// data is the merged answers as a tree, for programs.
func (s *sheet) data(f *Form) map[string]any {
	out := map[string]any{}
	for _, section := range f.Sections {
		out[section.ID] = s.tree(section.Questions, section.ID)
	}
	return out
}

func (s *sheet) tree(list []*Question, prefix string) map[string]any {
	out := map[string]any{}
	for _, q := range list {
		a := s.byPath[prefix+"."+q.ID]
		if !a.asked {
			continue
		}
		if q.Type != typeList {
			out[q.ID] = a.value
			continue
		}
		entries := make([]any, a.entries)
		for i := range entries {
			entries[i] = s.tree(q.Items, fmt.Sprintf("%s[%d]", a.path, i))
		}
		out[q.ID] = entries
	}
	return out
}

// show writes an answer in a language.
func (a *answer) show(lang string) string {
	if a.shown != nil {
		return in(lang, *a.shown)
	}
	switch v := a.value.(type) {
	case bool:
		return in(lang, yesNo(v))
	case json.Number:
		return v.String()
	case map[string]any:
		zh, _ := v["zh"].(string)
		en, _ := v["en"].(string)
		if lang == English && en != "" || zh == "" {
			return en
		}
		return zh
	case string:
		for _, o := range a.q.Options {
			if o.ID == v {
				return in(lang, o.Text)
			}
		}
		if a.q.Type == typeDate {
			return showDay(lang, v)
		}
		return v
	}
	return ""
}
