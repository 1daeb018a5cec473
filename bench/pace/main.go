// Command pace measures how much the profile reads in a second of processor
// time, beside other programs over the same files, by turns:
//
//	go run ./bench/pace                          # 200 MB, a minute
//	go run ./bench/pace -base ./hutong-of-before # and beside an earlier version
//
// It compares with encoding/csv, which only finds the cells (its record is
// reused), and with SUMMARIZE of DuckDB, which gives minimum, maximum, mean,
// quantiles and an estimate of the distinct values of each column. DuckDB runs
// in Python ("pip install duckdb"); the time that Python takes to start with it
// is taken off. The profile reads each value for identifiers and counts
// people exactly, which neither does.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"
)

type options struct {
	megabytes, rounds int
	python, base, dir string
}

func main() {
	if len(os.Args) == 4 && os.Args[1] == "-child" {
		exit(child(os.Args[2], os.Args[3]))
		return
	}
	var o options
	flag.IntVar(&o.megabytes, "mb", 200, "size of the CSV file; the others have the same rows")
	flag.IntVar(&o.rounds, "rounds", 3, "how often each program reads each file; the best counts")
	flag.StringVar(&o.python, "python", "python3", "`program` that has the module duckdb; empty: without DuckDB")
	flag.StringVar(&o.base, "base", "", "`program` hutong of an earlier version")
	flag.StringVar(&o.dir, "dir", "", "where to put the files, which are removed (default: the directory for temporary files)")
	flag.Parse()
	exit(run(context.Background(), o))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "pace:", err)
		os.Exit(1)
	}
}

// program reads a file once. Its time is that of the process, less start.
type program struct {
	name    string
	command func(file string) []string
	start   time.Duration
	formats []string
	best    map[string]time.Duration
}

func run(ctx context.Context, o options) error {
	if o.megabytes < 1 || o.rounds < 1 {
		return fmt.Errorf("-mb and -rounds must be at least 1")
	}
	dir, err := os.MkdirTemp(o.dir, "hutong-pace-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // left behind, it is only temporary
	files, err := write(ctx, dir, o.megabytes<<20)
	if err != nil {
		return err
	}
	programs, small, err := assemble(ctx, dir, o)
	if err != nil {
		return err
	}
	for range o.rounds {
		for _, format := range formats {
			for _, p := range programs {
				if !slices.Contains(p.formats, format) {
					continue
				}
				took, err := processor(ctx, p.command(files[format])...)
				if err != nil {
					return fmt.Errorf("%s over %s: %w", p.name, format, err)
				}
				if best, ok := p.best[format]; !ok || took < best {
					p.best[format] = took
				}
			}
		}
	}
	return report(files, programs, small)
}

// assemble builds the profile's own program, and finds the others.
func assemble(ctx context.Context, dir string, o options) (programs []*program, small time.Duration, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, 0, err
	}
	hutong := filepath.Join(dir, "hutong")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", hutong, "./cmd/hutong").CombinedOutput(); err != nil {
		return nil, 0, fmt.Errorf("build hutong (run this in the root of the repository): %w\n%s", err, out)
	}
	profile := func(bin string) func(string) []string {
		return func(file string) []string { return []string{bin, "profile", file, "--json"} }
	}
	add := func(name string, formats []string, command func(string) []string) *program {
		p := &program{name: name, command: command, formats: formats, best: map[string]time.Duration{}}
		programs = append(programs, p)
		return p
	}
	add("profile", formats, profile(hutong))
	if o.base != "" {
		add("profile of "+o.base, formats, profile(o.base))
	}
	add("encoding/csv", formats[:1], func(file string) []string { return []string{self, "-child", "csv", file} })
	if o.python != "" {
		p := add("DuckDB SUMMARIZE", formats, func(file string) []string { return []string{o.python, "-c", summarize, file} })
		if p.start, err = best(ctx, o.rounds, o.python, "-c", "import duckdb; print(duckdb.connect())"); err != nil {
			return nil, 0, fmt.Errorf("run DuckDB: %w; install it by \"pip install duckdb\", name another Python by -python, or leave it out by -python \"\"", err)
		}
	}
	table, err := narrow(dir)
	if err != nil {
		return nil, 0, err
	}
	small, err = best(ctx, o.rounds, profile(hutong)(table)...)
	return programs, small, err
}

// summarize is the program of DuckDB.
const summarize = `
import sys, duckdb
print(len(duckdb.connect().sql("SUMMARIZE SELECT * FROM '%s'" % sys.argv[1]).fetchall()))
`

// processor runs a command, and returns its processor time.
func processor(ctx context.Context, command ...string) (time.Duration, error) {
	c := exec.CommandContext(ctx, command[0], command[1:]...)
	c.Stderr = nil // progress
	out, err := c.Output()
	if err != nil {
		return 0, err
	}
	if len(out) == 0 {
		return 0, fmt.Errorf("no output")
	}
	return c.ProcessState.UserTime() + c.ProcessState.SystemTime(), nil
}

func best(ctx context.Context, rounds int, command ...string) (best time.Duration, err error) {
	for i := range rounds {
		took, err := processor(ctx, command...)
		if err != nil {
			return 0, err
		}
		if i == 0 || took < best {
			best = took
		}
	}
	return best, nil
}

// bounds are what the profile is to reach, as a multiple of each program's
// pace.
var bounds = map[string]map[string]float64{
	"encoding/csv":     {"csv": .5},
	"DuckDB SUMMARIZE": {"csv": 2.5, "parquet": 2},
}

func report(files map[string]string, programs []*program, small time.Duration) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "file\tprogram\tprocessor s\tMB/s\tprofile is\tto reach\t")
	info, err := os.Stat(files["csv"])
	if err != nil {
		return err
	}
	megabytes := float64(info.Size()) / 1e6 // of CSV: a denser format is not slower for it
	for _, format := range formats {
		ours := programs[0].best[format].Seconds()
		for _, p := range programs {
			took, ok := p.best[format]
			if !ok {
				continue
			}
			seconds := (took - p.start).Seconds()
			fmt.Fprintf(w, "%s\t%s\t%.2f\t%.0f\t", format, p.name, seconds, megabytes/seconds)
			if p != programs[0] {
				fmt.Fprintf(w, "%.2f×\t", seconds/ours)
				if to := bounds[p.name][format]; to > 0 {
					fmt.Fprintf(w, "%.1f×", to)
				}
			} else {
				fmt.Fprint(w, "\t")
			}
			fmt.Fprintln(w, "\t")
		}
	}
	fmt.Fprintf(w, "%d × %d cells\tprofile, with its start\t%.3f\t\t\t0.080 s\t\n", narrowRows, narrowColumns, small.Seconds())
	return w.Flush()
}
