package input_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"hutong/internal/cli/frame"
	"hutong/internal/cli/input"
	"hutong/internal/dataspace"
	"hutong/internal/vocab"
)

func TestColumns(t *testing.T) {
	for _, c := range []struct {
		args string
		want []dataspace.ColumnPlan
		hint string // of what does not fit
	}{
		{"", nil, ""},
		{"--keep a --drop b,c", []dataspace.ColumnPlan{{Name: "a", Action: dataspace.Keep}, {Name: "b", Action: dataspace.Drop}, {Name: "c", Action: dataspace.Drop}}, ""},
		{"--pseudonymise id", []dataspace.ColumnPlan{{Name: "id", Action: dataspace.Pseudonymise}}, ""},
		{"--mask phone=3:4 --mask card", []dataspace.ColumnPlan{{Name: "phone", Action: dataspace.Mask, First: 3, Last: 4}, {Name: "card", Action: dataspace.Mask}}, ""},
		{"--mask phone=three", nil, "write --mask COLUMN=first:last"},
		{"--truncate postcode=3", []dataspace.ColumnPlan{{Name: "postcode", Action: dataspace.Truncate, Length: 3}}, ""},
		{"--truncate postcode", nil, "write --truncate COLUMN=characters"},
		{"--truncate postcode=0", nil, "write --truncate COLUMN=characters"},
		{"--generalise born=year", []dataspace.ColumnPlan{{Name: "born", Action: dataspace.Generalise, To: "year"}}, ""},
		{"--generalise lat=0.1", []dataspace.ColumnPlan{{Name: "lat", Action: dataspace.Generalise, To: "grid", Grid: 0.1}}, ""},
		{"--generalise lat=-1", nil, "write --generalise COLUMN=year"},
		{"--generalise born", nil, "write --generalise COLUMN=year"},
	} {
		var columns input.Columns
		cmd := &cobra.Command{}
		columns.Add(cmd)
		if err := cmd.ParseFlags(strings.Fields(c.args)); err != nil {
			t.Fatal(err)
		}
		got, err := columns.Plans()
		if hint := hintOf(err); !strings.HasPrefix(hint, c.hint) || (c.hint == "") != (err == nil) {
			t.Errorf("%s: %v, hint %q", c.args, err, hint)
		}
		if diff := cmp.Diff(c.want, got); err == nil && diff != "" {
			t.Errorf("%s: %s", c.args, diff)
		}
	}
}

func hintOf(err error) string {
	var u *frame.UsageError
	if errors.As(err, &u) {
		return u.Hint
	}
	return ""
}

func TestWord(t *testing.T) {
	for written, want := range map[string]string{"business": "business", "HR": "hr_employees", "紧急": "emergency", "": ""} {
		got := written
		if err := input.Word(vocab.Purposes, "--purpose", &got); err != nil || got != want {
			t.Errorf("%q is %q, %v", written, got, err)
		}
	}
	word := "busines"
	if err := input.Word(vocab.Purposes, "--purpose", &word); err == nil || !strings.Contains(err.Error(), "the nearest are business (") || hintOf(err) == "" || word != "busines" {
		t.Errorf("%v, and the word is %q", err, word)
	}
}
