package demo

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
	"hutong/internal/sample"
)

// sampleTable is the description of a table in the output.
type sampleTable struct {
	Kind    sample.Kind    `json:"kind"`
	Title   dataspace.Text `json:"title"`
	File    string         `json:"file"`
	Charset string         `json:"charset"`
	Rows    int64          `json:"rows"`
	People  int64          `json:"people"`
}

// Sample makes "sample".
func Sample(env *frame.Env) *cobra.Command {
	return &cobra.Command{
		Use: "sample [KIND] [DIR]", Short: "Write a made-up table to try things with", Args: frame.Args(cobra.MaximumNArgs(2)),
		Long: `Write one of the tables of the demonstration into DIR (default: here), or list
them. A kind always gives the same bytes. No person in the tables exists. The identity
numbers have valid check digits and belong to no division.`,
		Example: `  hutong sample
  hutong sample support
  hutong sample portfolio ./tables`,
		RunE: func(_ *cobra.Command, list []string) error {
			if len(list) == 0 {
				return listSamples(env)
			}
			dir := "."
			if len(list) == 2 {
				dir = list[1]
			}
			return writeSample(env, sample.Kind(list[0]), dir)
		},
	}
}

func describeSample(t sample.Table) sampleTable {
	return sampleTable{Kind: t.Kind, Title: t.Title, File: t.File, Charset: t.Charset, Rows: t.Rows, People: t.People}
}

func listSamples(env *frame.Env) error {
	var out []sampleTable
	for _, t := range sample.Tables() {
		out = append(out, describeSample(t))
	}
	return env.List(out, "KIND ROWS PEOPLE FILE WHAT", func(row func(...any)) {
		for _, t := range out {
			row(t.Kind, t.Rows, t.People, t.File, env.Text(t.Title))
		}
	})
}

func writeSample(env *frame.Env, kind sample.Kind, dir string) error {
	t, err := sample.Lookup(kind)
	if errors.Is(err, dataspace.ErrNotFound) {
		var kinds []string
		for _, t := range sample.Tables() {
			kinds = append(kinds, string(t.Kind))
		}
		hint := "one of: " + strings.Join(kinds, ", ")
		if near := frame.Nearest(string(kind), kinds); near != "" {
			hint = fmt.Sprintf("did you mean %s?", near)
		}
		return frame.Usagef(hint, "there is no sample table %q", kind)
	}
	if err != nil {
		return err
	}
	path, err := sample.Write(kind, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return frame.Usagef("make it first, or name another", "there is no directory %s", dir)
	}
	if err != nil {
		return err
	}
	out := describeSample(t)
	out.File = path
	return env.Print(out, func(w io.Writer) {
		fmt.Fprintf(w, "%s: %s, %d rows, %d people, %s\n", path, env.Text(t.Title), t.Rows, t.People, t.Charset)
	})
}
