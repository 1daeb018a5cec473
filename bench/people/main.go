// Command people measures how fast people are counted, how much room they
// take, and whether the count is exact; then the same with the obvious table,
// in the same run.
//
//	go run ./bench/people                        # a million people, seconds
//	go run ./bench/people -people 100000000      # a hundred million, minutes
//
// The people come in lists, as flows bring them. A tenth of each list were
// exported before, some of them now with sensitive data. After each list the
// totals must be those that are known, and in the end the people are counted
// one by one.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"
)

type options struct {
	people, list, table int64
	dir                 string
}

func main() {
	var o options
	flag.Int64Var(&o.people, "people", 1_000_000, "distinct people")
	flag.Int64Var(&o.list, "list", 1_000_000, "people of a list at most")
	flag.Int64Var(&o.table, "table", 5_000_000, "distinct people that the obvious table is given at most")
	flag.StringVar(&o.dir, "dir", "", "where to put the data directory, which is removed (default: the directory for temporary files)")
	flag.Parse()
	if err := run(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, "people:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	if o.people < 1 || o.list < 1 {
		return fmt.Errorf("-people and -list must be at least 1")
	}
	dir, err := os.MkdirTemp(o.dir, "hutong-people-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // left behind, it is only temporary
	ours, err := countStore(ctx, filepath.Join(dir, "store"), crowd{people: o.people, list: o.list})
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	table, err := countTable(ctx, filepath.Join(dir, "table"), crowd{people: min(o.people, o.table), list: o.list})
	if err != nil {
		return fmt.Errorf("table: %w", err)
	}
	print(ours, table)
	return nil
}

func print(ours, table figures) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	defer w.Flush()
	fmt.Fprintln(w, "\tstore\tobvious table\tratio\t")
	row := func(name, format string, a, b, ratio float64) {
		fmt.Fprintf(w, "%s\t"+format+"\t"+format+"\t%.1f\t\n", name, a, b, ratio)
	}
	row("distinct people", "%.0f", float64(ours.people), float64(table.people), float64(ours.people)/float64(table.people))
	for _, r := range []struct {
		name string
		of   func(figures) float64
	}{
		{"new people/s of processor time", func(f figures) float64 { return float64(f.people) / f.processor.Seconds() }},
		{"new people/s of wall time", func(f figures) float64 { return float64(f.people) / f.wall.Seconds() }},
	} {
		row(r.name, "%.0f", r.of(ours), r.of(table), r.of(ours)/r.of(table))
	}
	bytes := func(f figures) float64 { return float64(f.bytes) / float64(f.people) }
	row("bytes a person on disk", "%.1f", bytes(ours), bytes(table), bytes(table)/bytes(ours))
	peak := func(f figures) float64 { return float64(f.peak) / float64(f.people) }
	row("at the most, while merging", "%.1f", peak(ours), peak(table), peak(table)/peak(ours))
	w.Flush()
	fmt.Printf("\nstore: %.2f GB on disk, %.2f GB at the most; processor %s, wall %s; most resident %d MB\n",
		float64(ours.bytes)/1e9, float64(ours.peak)/1e9, ours.processor.Round(time.Millisecond), ours.wall.Round(time.Millisecond), ours.resident>>20)
	fmt.Printf("beside all of them: 300 people reserved in %s (worst of %d), a list of %d in %s and released in %s\n",
		ours.short.Round(10*time.Microsecond), shortTries, ours.longPeople, ours.long.Round(time.Millisecond), ours.release.Round(time.Millisecond))
	fmt.Printf("counted one by one in %s: %d without sensitive data, %d with, %d under 14, as known\n", ours.recount.Round(time.Millisecond), ours.totals[0], ours.totals[1], ours.totals[2])
}
