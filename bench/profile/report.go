package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
)

// The verdicts of a line. A line without a bound has none.
const (
	ok    = "ok"
	below = "below"
)

// report is what was measured in one section.
type report struct {
	Section string     `json:"section"`
	Data    []data     `json:"data"`
	Skipped []string   `json:"skipped,omitempty"` // what could not be measured, and why
	Notes   []string   `json:"notes,omitempty"`
	Lines   []line     `json:"lines"`
	Head    []string   `json:"head,omitempty"` // of Rows
	Rows    [][]string `json:"rows,omitempty"` // the details
	Wrong   []string   `json:"wrong,omitempty"`
}

// data is what was measured on.
type data struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256,omitempty"` // of a file
}

// line is a figure and its bound.
type line struct {
	What    string  `json:"what"`
	Figure  float64 `json:"figure"`
	Of      string  `json:"of,omitempty"` // the counts behind the figure
	Bound   string  `json:"bound,omitempty"`
	Verdict string  `json:"verdict,omitempty"`
}

// atLeast adds a figure that must not be lower than a bound.
func (r *report) atLeast(bound float64, what string, figure float64, of string) {
	r.Lines = append(r.Lines, line{what, figure, of, fmt.Sprintf("≥ %g", bound), verdict(figure >= bound)})
}

// atMost adds a figure that must not be higher than a bound.
func (r *report) atMost(bound float64, what string, figure float64, of string) {
	r.Lines = append(r.Lines, line{what, figure, of, fmt.Sprintf("≤ %g", bound), verdict(figure <= bound)})
}

// note adds a figure without a bound.
func (r *report) figure(what string, figure float64, of string) {
	r.Lines = append(r.Lines, line{What: what, Figure: figure, Of: of})
}

func (r *report) wrong(format string, args ...any) {
	r.Wrong = append(r.Wrong, fmt.Sprintf(format, args...))
}

func verdict(within bool) string {
	if within {
		return ok
	}
	return below
}

func (r *report) generated(format string, args ...any) {
	r.Data = append(r.Data, data{Name: "generated: " + fmt.Sprintf(format, args...)})
}

// file reads an input. Without it the section is left out, and says so.
func (r *report) file(path string) ([]byte, bool, error) {
	raw, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		r.Skipped = append(r.Skipped, fmt.Sprintf("%s is not there", path))
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	sum := sha256.Sum256(raw)
	r.Data = append(r.Data, data{filepath.ToSlash(path), hex.EncodeToString(sum[:])})
	return raw, true, nil
}

func (r *report) print(w io.Writer) error {
	fmt.Fprintf(w, "== %s\n", r.Section)
	for _, d := range r.Data {
		fmt.Fprintf(w, "data: %s", d.Name)
		if d.SHA256 != "" {
			fmt.Fprintf(w, " (SHA-256 %s)", d.SHA256)
		}
		fmt.Fprintln(w)
	}
	for _, s := range r.Skipped {
		fmt.Fprintf(w, "SKIPPED: %s\n", s)
	}
	for _, n := range r.Notes {
		fmt.Fprintln(w, n)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, l := range r.Lines {
		fmt.Fprintf(t, "%s\t%.4g\t%s\t%s\t%s\n", l.What, l.Figure, l.Bound, l.Verdict, l.Of)
	}
	if len(r.Rows) > 0 {
		fmt.Fprintln(t)
		tabbed(t, r.Head)
		for _, row := range r.Rows {
			tabbed(t, row)
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, s := range r.Wrong {
		fmt.Fprintln(w, "wrong:", s)
	}
	_, err := fmt.Fprintln(w)
	return err
}

// markdown writes the section for the documentation.
func (r *report) markdown(w io.Writer) error {
	fmt.Fprintf(w, "### %s\n\n", r.Section)
	for _, d := range r.Data {
		name := "`" + d.Name + "`, SHA-256 `" + d.SHA256 + "`"
		if text, made := strings.CutPrefix(d.Name, "generated: "); made {
			name = "Generated: " + text
		}
		fmt.Fprintf(w, "- %s.\n", name)
	}
	for _, s := range r.Skipped {
		fmt.Fprintf(w, "- Skipped: %s.\n", s)
	}
	for _, n := range r.Notes {
		fmt.Fprintf(w, "- %s.\n", n)
	}
	fmt.Fprintf(w, "\n| measured | figure | bound | | counts |\n|---|--:|--:|---|---|\n")
	for _, l := range r.Lines {
		fmt.Fprintf(w, "| %s | %.4g | %s | %s | %s |\n", l.What, l.Figure, l.Bound, l.Verdict, l.Of)
	}
	if len(r.Rows) > 0 {
		fmt.Fprintf(w, "\n| %s |\n|%s\n", strings.Join(r.Head, " | "), strings.Repeat("---|", len(r.Head)))
		for _, row := range r.Rows {
			if len(row) > 0 {
				fmt.Fprintf(w, "| %s |\n", strings.Join(row, " | "))
			}
		}
	}
	_, err := fmt.Fprintln(w)
	return err
}

func tabbed(w io.Writer, cells []string) {
	for _, c := range cells {
		fmt.Fprint(w, c, "\t")
	}
	fmt.Fprintln(w)
}

// share is a part of a whole, 1 of nothing.
func share(part, whole int) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}

func outOf(part, whole int) string { return fmt.Sprintf("%d of %d", part, whole) }
