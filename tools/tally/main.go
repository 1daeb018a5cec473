// Command tally reads the output of "go test -json" and says what was tested:
// a line for each package, the output of what failed, the reasons of what was
// skipped, and the counts. It fails when a test failed, when fewer passed than
// were asked for, or when one was skipped for a reason that is not allowed:
// so a run that tested nothing does not pass for a good one.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

func main() {
	low := flag.Int("min", 1, "fail if fewer `tests` passed")
	allow := flag.String("allow-skip", "^$", "`pattern` of the reasons for which a test may be skipped")
	counts := flag.String("counts", "", "`file` to which passed, failed and skipped are written")
	flag.Parse()
	pattern, err := regexp.Compile(*allow)
	if err != nil {
		fmt.Fprintln(os.Stderr, "tally:", err)
		os.Exit(2)
	}
	t := newTally()
	err = t.read(os.Stdin)
	t.report(os.Stdout)
	if *counts != "" {
		line := fmt.Sprintf("%d %d %d\n", t.passed, t.failed, t.skipped)
		err = errors.Join(err, os.WriteFile(*counts, []byte(line), 0o600))
	}
	if err = errors.Join(err, t.judge(*low, pattern)); err != nil {
		fmt.Fprintln(os.Stderr, "tally:", err)
		os.Exit(1)
	}
}

// event is a line of go test -json; see "go doc test2json".
type event struct {
	Action     string
	Package    string
	ImportPath string // of build output
	Test       string
	Elapsed    float64
	Output     string
}

type test struct{ pkg, name string }

type tally struct {
	passed, failed, skipped int
	packages                int // with tests
	bad                     []string
	reasons                 map[string]int // why tests were skipped
	output                  map[test]*strings.Builder
	lines                   []string
}

func newTally() *tally {
	return &tally{reasons: map[string]int{}, output: map[test]*strings.Builder{}}
}

func (t *tally) read(r io.Reader) error {
	in := bufio.NewReaderSize(r, 1<<20)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 {
			t.line(line)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read test output: %w", err)
		}
	}
}

func (t *tally) line(line []byte) {
	var e event
	if err := json.Unmarshal(line, &e); err != nil {
		// A message of the go command itself, such as that it cannot resolve a package.
		t.lines = append(t.lines, strings.TrimRight(string(line), "\n"))
		return
	}
	if e.Package == "" {
		e.Package = e.ImportPath
	}
	key := test{e.Package, e.Test}
	switch e.Action {
	case "output", "build-output":
		if t.output[key] == nil {
			t.output[key] = &strings.Builder{}
		}
		t.output[key].WriteString(e.Output)
	case "pass", "fail", "skip":
		t.end(e, key)
		delete(t.output, key)
	case "build-fail":
		t.fail(e.Package+": does not build", key)
	}
}

func (t *tally) end(e event, key test) {
	if e.Test == "" {
		t.endPackage(e, key)
		return
	}
	switch e.Action {
	case "pass":
		t.passed++
	case "fail":
		t.failed++
		t.fail(e.Package+" "+e.Test, key)
	case "skip":
		t.skipped++
		t.reasons[reason(t.text(key))]++
	}
}

func (t *tally) endPackage(e event, key test) {
	switch e.Action {
	case "skip": // no test files
		return
	case "fail":
		// Also where no single test failed: a panic, a race, a time-out.
		t.fail(e.Package, key)
	}
	t.packages++
	t.lines = append(t.lines, fmt.Sprintf("  %-4s %7.2fs  %s", e.Action, e.Elapsed, e.Package))
}

func (t *tally) fail(what string, key test) {
	t.bad = append(t.bad, what)
	t.lines = append(t.lines, "FAIL "+what)
	if text := strings.TrimRight(t.text(key), "\n"); text != "" {
		t.lines = append(t.lines, "     "+strings.ReplaceAll(text, "\n", "\n     "))
	}
}

func (t *tally) text(key test) string {
	if b := t.output[key]; b != nil {
		return b.String()
	}
	return ""
}

var skipLine = regexp.MustCompile(`^\s+\S+\.go:\d+: (.*)$`)

// reason takes what a test said when it was skipped.
func reason(output string) string {
	out := "no reason given"
	for _, line := range strings.Split(output, "\n") {
		if m := skipLine.FindStringSubmatch(line); m != nil {
			out = m[1]
		}
	}
	return out
}

func (t *tally) report(w io.Writer) {
	for _, line := range t.lines {
		fmt.Fprintln(w, line)
	}
	for _, why := range slices.Sorted(maps.Keys(t.reasons)) {
		fmt.Fprintf(w, "  SKIPPED %d: %s\n", t.reasons[why], why)
	}
	fmt.Fprintf(w, "  %d tests in %d packages: passed %d, failed %d, skipped %d\n",
		t.passed+t.failed+t.skipped, t.packages, t.passed, t.failed, t.skipped)
}

// judge says why the run is no good, or nil.
func (t *tally) judge(low int, allowed *regexp.Regexp) error {
	var errs []error
	if len(t.bad) > 0 {
		errs = append(errs, fmt.Errorf("failed: %s", strings.Join(t.bad, ", ")))
	}
	if t.passed < low {
		errs = append(errs, fmt.Errorf("only %d tests passed, at least %d are expected", t.passed, low))
	}
	for _, why := range slices.Sorted(maps.Keys(t.reasons)) {
		if !allowed.MatchString(why) {
			errs = append(errs, fmt.Errorf("%d tests skipped for a reason that is not allowed here: %s", t.reasons[why], why))
		}
	}
	return errors.Join(errs...)
}
