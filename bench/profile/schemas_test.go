package main

import (
	"strings"
	"testing"
)

// Every line of schemas.txt can be made into values, and its tables are different.
func TestSchemas(t *testing.T) {
	list, err := readSchemas(schemasText)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	marks := map[string]int{}
	for i, s := range list {
		if key := s.system + "." + s.name; seen[key] {
			t.Errorf("%s is there twice", key)
		} else {
			seen[key] = true
		}
		columns, err := s.table(newMaker("schemas", i), true, true)
		if err != nil {
			t.Error(err)
			continue
		}
		for k, c := range columns {
			marks[s.columns[k].mark]++
			if len(c.values) != schemaRows || c.comment != s.columns[k].comment {
				t.Errorf("%s.%s: %d values, comment %q", s.name, c.name, len(c.values), c.comment)
			}
		}
	}
	if len(list) < 100 || marks["yes"] < 200 || marks["no"] < 300 || marks["either"] < 200 {
		t.Errorf("%d tables, %v", len(list), marks)
	}
}

func TestSchemasRefused(t *testing.T) {
	for _, text := range []string{"id no seq", "table t\nid perhaps seq", "table t\nid no"} {
		if _, err := readSchemas(text); err == nil {
			t.Errorf("%q is read", text)
		}
	}
	for _, values := range []string{"nothing", "num:9-1", "code:A", "of:", "digits:0", "seq2"} {
		list, err := readSchemas(strings.Join([]string{"table t", "id no " + values}, "\n"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := list[0].table(newMaker("t", 1), true, false); err == nil {
			t.Errorf("%q is made", values)
		}
	}
}
