package main

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
)

//go:embed mall.txt
var mallTruth string

// mall measures which columns of a shop's database are found to be personal, by
// the names that the columns have in the database.
func mall(ctx context.Context, b *bench, r *report) error {
	raw, there, err := r.file(filepath.Join(b.options.shared, "data", "labelled", "mall.sql"))
	if err != nil || !there {
		return err
	}
	r.Notes = append(r.Notes, "the truth is bench/profile/mall.txt, written by hand")
	marks := map[string]string{}
	for line := range strings.Lines(mallTruth) {
		f := strings.Fields(line)
		if len(f) < 3 || f[0] == "#" {
			continue
		}
		for _, c := range f[2:] {
			marks[f[0]+"."+c] = f[1]
		}
	}
	tables, err := dump(raw)
	if err != nil {
		return err
	}
	type part struct{ right, missed, wrong, columns int }
	var filled, empty part
	used := 0
	for _, t := range tables {
		cs, err := b.table(ctx, t.name, t.columns)
		if err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		to := &filled
		if len(t.columns[0].values) == 0 {
			to = &empty
		}
		for _, c := range cs {
			mark := marks[t.name+"."+c.Name]
			if mark != "" {
				used++
			}
			to.columns++
			switch {
			case mark == "either":
				continue
			case mark == "yes" && c.Personal:
				to.right++
			case mark == "yes":
				to.missed++
			case c.Personal:
				to.wrong++
			}
			if (mark == "yes") != c.Personal {
				r.wrong("%s.%s: personal %v, said %v: %s", t.name, c.Name, mark == "yes", c.Personal, named(c))
			}
			b.judge(c, (mark == "yes") == c.Personal)
		}
	}
	if used != len(marks) {
		return fmt.Errorf("%d of %d columns of the truth are in the file", used, len(marks))
	}
	whole := part{filled.right + empty.right, filled.missed + empty.missed, filled.wrong + empty.wrong, filled.columns + empty.columns}
	r.atLeast(.95, "precision of personal columns", share(whole.right, whole.right+whole.wrong), outOf(whole.right, whole.right+whole.wrong))
	r.atLeast(.90, "recall of personal columns", share(whole.right, whole.right+whole.missed), outOf(whole.right, whole.right+whole.missed))
	r.Head = []string{"tables", "columns", "personal and found", "missed", "wrong"}
	for _, p := range []struct {
		name string
		part
	}{{"with rows", filled}, {"without rows", empty}} {
		r.Rows = append(r.Rows, []string{p.name, fmt.Sprint(p.columns), fmt.Sprint(p.right), fmt.Sprint(p.missed), fmt.Sprint(p.wrong)})
	}
	return nil
}

// sqlTable is a table of a dump.
type sqlTable struct {
	name    string
	columns []column
}

var (
	createTable = regexp.MustCompile("(?s)CREATE TABLE `(\\w+)`  \\((.*?)\n\\) ENGINE")
	columnLine  = regexp.MustCompile("(?m)^  `(\\w+)` ")
	insertInto  = regexp.MustCompile("(?m)^INSERT INTO `(\\w+)` VALUES \\(")
)

// dump reads the tables of a dump of MySQL with one row in each INSERT.
func dump(raw []byte) ([]*sqlTable, error) {
	var out []*sqlTable
	by := map[string]*sqlTable{}
	for _, m := range createTable.FindAllSubmatch(raw, -1) {
		t := &sqlTable{name: string(m[1])}
		for _, c := range columnLine.FindAllSubmatch(m[2], -1) {
			t.columns = append(t.columns, column{name: string(c[1])})
		}
		out, by[t.name] = append(out, t), t
	}
	for _, m := range insertInto.FindAllSubmatchIndex(raw, -1) {
		t := by[string(raw[m[2]:m[3]])]
		values, err := sqlValues(raw[m[1]:])
		if err != nil {
			return nil, err
		}
		if t == nil || len(values) != len(t.columns) {
			return nil, fmt.Errorf("a row of %s has %d values", raw[m[2]:m[3]], len(values))
		}
		for i, v := range values {
			t.columns[i].values = append(t.columns[i].values, v)
		}
	}
	return out, nil
}

// sqlValues reads the values of one row up to its bracket.
func sqlValues(b []byte) (out []string, err error) {
	for len(b) > 0 {
		b = bytes.TrimLeft(b, ", ")
		switch {
		case b[0] == ')':
			return out, nil
		case b[0] == '\'':
			text, to, err := pythonText(string(b[:min(len(b), 1<<16)]))
			if err != nil {
				return nil, err
			}
			out, b = append(out, text), b[to:]
		default:
			to := bytes.IndexAny(b, ",)")
			word := string(b[:to])
			if word == "NULL" {
				word = ""
			}
			out, b = append(out, word), b[to:]
		}
	}
	return nil, fmt.Errorf("a row without an end")
}
