package dossier

import (
	"regexp"
	"slices"
	"strings"

	"hutong/internal/dataspace"
)

// placeholder is a place in a text that an answer fills.
var placeholder = regexp.MustCompile(`\{\{\s*([^{}]*?)\s*\}\}`)

var nodeID = regexp.MustCompile(`^[a-z][a-z0-9_]{0,15}$`)

// forms checks one document and collects the questions that it uses.
type formCheck struct {
	l    *Library
	used map[string]bool // paths of questions, without indices
	ids  map[string]bool
}

// checkForm resolves the sources of a form, checks that everything it names
// exists, and keeps of the sections only the questions that it uses.
func (l *Library) checkForm(f *Form) error {
	c := &formCheck{l: l, used: map[string]bool{}, ids: map[string]bool{}}
	if f.Title.ZH == "" || f.Title.EN == "" || f.CheckedOn == "" {
		return wrong("title in both languages and checked_on are needed")
	}
	if f.Layout != TemplateSeen && f.Layout != FormNotSeen {
		return wrong("layout is %s or %s", TemplateSeen, FormNotSeen)
	}
	where, ok := l.sources[f.LayoutWhere]
	if !ok || f.LayoutNote.ZH == "" || f.LayoutNote.EN == "" {
		return wrong("layout_note and layout_where are needed: what to check against which official text")
	}
	f.LayoutWhere = where
	if err := l.resolve(&f.Basis, "the form"); err != nil {
		return err
	}
	if err := c.nodes(f.Body, map[string]string{}); err != nil {
		return err
	}
	if err := c.checks(f.Checks); err != nil {
		return err
	}
	for _, s := range l.sections {
		if kept := c.prune(s.Questions, s.ID); len(kept) > 0 {
			f.Sections = append(f.Sections, &Section{ID: s.ID, Title: s.Title, Basis: s.Basis, Questions: kept})
		}
	}
	return nil
}

func (c *formCheck) checks(list []Check) error {
	for i := range list {
		k := &list[i]
		days := slices.Clone(k.Order)
		if k.Fresh != "" {
			days = append(days, k.Fresh)
		}
		if !nodeID.MatchString(k.ID) || c.ids["check "+k.ID] || k.Text.ZH == "" || k.Text.EN == "" {
			return wrong("check %q needs an id of its own and a text in both languages", k.ID)
		}
		c.ids["check "+k.ID] = true
		if (k.Holds != "") == (len(days) > 0) || len(k.Order) != 0 && (len(k.Order) != 2 || k.Fresh != "") || (k.Fresh != "") != (k.Months > 0) {
			return wrong("check %s must have exactly one of: holds, order with two days, fresh with months", k.ID)
		}
		if err := c.l.resolve(&k.Basis, k.ID); err != nil {
			return err
		}
		if err := c.condition(k.Holds, nil, ""); err != nil {
			return err
		}
		for _, p := range days {
			full, err := c.path(p, nil)
			if err != nil {
				return err
			}
			if c.l.question(full).Type != typeDate {
				return wrong("check %s: %s is not a date question", k.ID, p)
			}
		}
	}
	return nil
}

// prune keeps the questions that are used.
func (c *formCheck) prune(list []*Question, prefix string) []*Question {
	var out []*Question
	for _, q := range list {
		if p := prefix + "." + q.ID; c.used[p] {
			kept := *q
			kept.Items = c.prune(q.Items, p)
			out = append(out, &kept)
		}
	}
	return out
}

func (c *formCheck) nodes(list []*Node, scope map[string]string) error {
	for _, n := range list {
		if n.Break {
			continue
		}
		if !nodeID.MatchString(n.ID) || c.ids[n.ID] {
			return wrong("node %q needs an id of its own: small letters, digits, _", n.ID)
		}
		c.ids[n.ID] = true
		if n.Basis != nil {
			if err := c.l.resolve(n.Basis, n.ID); err != nil {
				return err
			}
		}
		if err := c.node(n, scope); err != nil {
			return err
		}
	}
	return nil
}

func (c *formCheck) node(n *Node, scope map[string]string) error {
	if err := c.condition(n.When, scope, ""); err != nil {
		return err
	}
	for _, t := range []*dataspace.Text{n.Title, n.Subtitle, n.Note, n.H1, n.H2, n.H3, n.P} {
		if t != nil {
			if err := c.text(*t, scope); err != nil {
				return err
			}
		}
	}
	if n.Ask != "" {
		if _, err := c.path(n.Ask, scope); err != nil {
			return err
		}
	}
	for _, f := range n.Fields {
		if _, err := c.path(f, scope); err != nil {
			return err
		}
	}
	if n.Table != nil {
		if err := c.table(n.Table, scope); err != nil {
			return err
		}
	}
	if n.Each == "" {
		return nil
	}
	inner, err := c.enter(n.Each, n.As, scope)
	if err != nil {
		return err
	}
	return c.nodes(n.Body, inner)
}

// enter is the scope within a list.
func (c *formCheck) enter(list, as string, scope map[string]string) (map[string]string, error) {
	full, err := c.path(list, scope)
	if err != nil {
		return nil, err
	}
	if q := c.l.question(full); as == "" || q.Type != typeList {
		return nil, wrong("each %s needs a list and a name for its entries", list)
	}
	inner := map[string]string{as: full}
	for k, v := range scope {
		inner[k] = v
	}
	return inner, nil
}

func (c *formCheck) table(t *TableForm, scope map[string]string) error {
	inner := scope
	if t.Each != "" {
		var err error
		if inner, err = c.enter(t.Each, t.As, scope); err != nil {
			return err
		}
	}
	for _, col := range t.Columns {
		if err := c.text(dataspace.Text{ZH: col.Head.ZH + col.Cell, EN: col.Head.EN + col.Cell}, inner); err != nil {
			return err
		}
	}
	for _, row := range t.Rows {
		if len(row) != len(t.Columns) {
			return wrong("a row has %d cells for %d columns", len(row), len(t.Columns))
		}
		for _, cell := range row {
			if err := c.text(cell, scope); err != nil {
				return err
			}
		}
	}
	return nil
}

// text checks that both languages are given and use the same answers: the
// reading copy must not leave anything out.
func (c *formCheck) text(t dataspace.Text, scope map[string]string) error {
	if t.ZH == "" || t.EN == "" {
		return wrong("%q is in one language only", t.ZH+t.EN)
	}
	names := func(s string) []string {
		var out []string
		for _, m := range placeholder.FindAllStringSubmatch(s, -1) {
			out = append(out, m[1])
		}
		slices.Sort(out)
		return out
	}
	zh := names(t.ZH)
	if !slices.Equal(zh, names(t.EN)) {
		return wrong("%q: the languages use different answers", t.EN)
	}
	for _, name := range zh {
		if name == "#" {
			continue
		}
		if alias, ok := strings.CutSuffix(name, ".#"); ok && scope[alias] != "" {
			continue
		}
		if _, err := c.path(name, scope); err != nil {
			return err
		}
	}
	return nil
}

// path resolves a path to the path of a question, without indices, and marks as
// used: the question, the lists that contain it, and the questions in their
// conditions.
func (c *formCheck) path(p string, scope map[string]string) (string, error) {
	head, rest, _ := strings.Cut(p, ".")
	if list, ok := scope[head]; ok {
		p = list + "." + rest
	}
	if c.l.question(p) == nil {
		return "", wrong("there is no question %s", p)
	}
	parts := strings.Split(p, ".")
	for i := 2; i <= len(parts); i++ {
		at := strings.Join(parts[:i], ".")
		if c.used[at] {
			continue
		}
		c.used[at] = true
		q := c.l.question(at)
		prefix := strings.Join(parts[:i-1], ".")
		if err := c.condition(q.When, scope, prefix); err != nil {
			return "", err
		}
		if q.Key != "" {
			c.used[at+"."+q.Key] = true
		}
	}
	return p, nil
}

func (c *formCheck) condition(cond string, scope map[string]string, prefix string) error {
	for _, term := range terms(cond) {
		p := term.path
		if strings.HasPrefix(p, ".") {
			p = prefix + p
		}
		full, err := c.path(p, scope)
		if err != nil {
			return err
		}
		q := c.l.question(full)
		for _, v := range term.values {
			if !slices.ContainsFunc(q.Options, func(o Option) bool { return o.ID == v }) {
				return wrong("condition %q: %s has no option %s", cond, full, v)
			}
		}
	}
	return nil
}

// question finds a question by its path without indices; nil when there is
// none.
func (l *Library) question(p string) *Question {
	parts := strings.Split(p, ".")
	for _, s := range l.sections {
		if s.ID != parts[0] {
			continue
		}
		list := s.Questions
		for i, part := range parts[1:] {
			at := slices.IndexFunc(list, func(q *Question) bool { return q.ID == part })
			if at < 0 {
				return nil
			}
			if i == len(parts)-2 {
				return list[at]
			}
			list = list[at].Items
		}
	}
	return nil
}

// term is one part of a condition: an answer that is yes or one of values.
type term struct {
	path   string
	not    bool
	values []string
}

// terms reads a condition: terms joined by &&, each "path", "!path" or
// "path == value|value". All must hold; an empty condition always holds.
func terms(cond string) []term {
	if strings.TrimSpace(cond) == "" {
		return nil
	}
	var out []term
	for _, part := range strings.Split(cond, "&&") {
		var t term
		left, right, compared := strings.Cut(part, "==")
		t.path = strings.TrimSpace(left)
		if compared {
			for _, v := range strings.Split(right, "|") {
				t.values = append(t.values, strings.TrimSpace(v))
			}
		}
		t.path, t.not = strings.CutPrefix(t.path, "!")
		out = append(out, t)
	}
	return out
}
