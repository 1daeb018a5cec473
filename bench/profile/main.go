// Command profile measures what the profile finds. It prints a table for each
// promise of accuracy, with the bound beside the figure:
//
//	go run ./bench/profile                       # everything, minutes
//	go run ./bench/profile -only sherlock,mall   # some sections
//	go run ./bench/profile -wheels DIR           # with real tables without people, see negatives.go
//
// It profiles tables with the package that the program uses, and compares the
// result with what is known of the tables. They are generated here, by code that
// shares nothing with the detectors, or are labelled files beside the
// repository. No figure depends on the time or the machine.
//
// It ends with 1 if a figure is below its bound or a section had to be left out,
// unless a flag says that this is expected.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

type options struct {
	only           string
	shared, wheels string
	asJSON         bool
	asMarkdown     bool
	belowOK        bool
	missingOK      bool
	wrong          int
}

func main() {
	var o options
	flag.StringVar(&o.only, "only", "", "sections to measure, separated by commas (default all): "+strings.Join(names(), ", "))
	flag.StringVar(&o.shared, "shared", filepath.Join("..", "shared"), "the folder with labelled data")
	flag.StringVar(&o.wheels, "wheels", "", "a folder with packages that hold real tables without people")
	flag.BoolVar(&o.asJSON, "json", false, "print JSON")
	flag.BoolVar(&o.asMarkdown, "markdown", false, "print what docs/explanation/accuracy.md has")
	flag.BoolVar(&o.belowOK, "below-ok", false, "end with 0 although a figure is below its bound")
	flag.BoolVar(&o.missingOK, "missing-ok", false, "end with 0 although data is not there")
	flag.IntVar(&o.wrong, "wrong", 0, "also list up to so many wrong columns of each section")
	flag.Parse()
	reports, err := run(context.Background(), o)
	if err == nil {
		err = show(os.Stdout, reports, o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "profile:", err)
		os.Exit(1)
	}
	if !passed(reports, o) {
		os.Exit(1)
	}
}

// section measures one promise.
type section struct {
	name    string
	measure func(ctx context.Context, b *bench, r *report) error
}

// sections in the order in which they run. The last two judge the columns of
// those before them.
func sections() []section {
	return []section{
		{"mixed", mixed}, {"people", countPeople}, {"sherlock", sherlock}, {"mall", mall}, {"schemas", schemas}, {"presidio", presidio},
		{"kinds", kinds}, {"headers", headers}, {"negatives", negatives}, {"text", text}, {"calibration", calibration},
	}
}

func names() (out []string) {
	for _, s := range sections() {
		out = append(out, s.name)
	}
	return out
}

func run(ctx context.Context, o options) ([]*report, error) {
	want := names()
	if o.only != "" {
		want = strings.Split(o.only, ",")
	}
	for _, name := range want {
		if !slices.Contains(names(), name) {
			return nil, fmt.Errorf("no section %q: the sections are %s", name, strings.Join(names(), ", "))
		}
	}
	dir, err := os.MkdirTemp("", "hutong-bench-profile-*")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // left behind, it is only temporary
	b := &bench{dir: dir, options: o}
	var out []*report
	for _, s := range sections() {
		if !slices.Contains(want, s.name) {
			continue
		}
		r := &report{Section: s.name}
		b.section = s.name
		if err := s.measure(ctx, b, r); err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
		r.Wrong = r.Wrong[:min(len(r.Wrong), o.wrong)]
		out = append(out, r)
	}
	return out, nil
}

// passed reports whether everything was measured and within its bound, or need
// not be.
func passed(reports []*report, o options) bool {
	for _, r := range reports {
		if len(r.Skipped) > 0 && !o.missingOK {
			return false
		}
		for _, l := range r.Lines {
			if l.Verdict == below && !o.belowOK {
				return false
			}
		}
	}
	return true
}

func show(w *os.File, reports []*report, o options) error {
	if o.asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(reports)
	}
	for _, r := range reports {
		write := r.print
		if o.asMarkdown {
			write = r.markdown
		}
		if err := write(w); err != nil {
			return err
		}
	}
	return nil
}
