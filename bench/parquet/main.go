// Command parquet reads other projects' Parquet files with two libraries, value
// by value, and says where each of them agrees with a third (pyarrow) and with
// the other; then it measures both on one file, by turns. It is what the
// decision about the Parquet library rests on (docs/adr), and a module of its
// own so that the product does not depend on what it is compared with.
//
//	go -C bench/parquet run . -corpus DIR -oracle FILE [-measure FILE -rounds N]
//
// DIR holds the unpacked corpora; FILE is their oracle: for each name whether
// pyarrow reads it, and how many rows and columns it then has.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func main() {
	corpus := flag.String("corpus", "", "`folder` of the unpacked corpora")
	oracle := flag.String("oracle", "", "`file` that says what pyarrow sees")
	measured := flag.String("measure", "", "Parquet `file` to measure with")
	rounds := flag.Int("rounds", 5, "how often each library reads it")
	verbose := flag.Bool("v", false, "name every file that is not read as the oracle says")
	flag.Parse()
	if err := run(*corpus, *oracle, *measured, *rounds, *verbose); err != nil {
		fmt.Fprintln(os.Stderr, "parquet:", err)
		os.Exit(1)
	}
}

// content is what a library found in a file. Sum covers the kind and the bytes
// of every value that is not null, column by column.
type content struct {
	Rows    int64
	Columns int
	Values  int64
	Nulls   int64
	Sum     uint64
}

// library reads a whole file. A panic of the library is an error here, and
// counted apart.
type library struct {
	name string
	read func(path string) (content, error)
}

var libraries = []library{{"arrow-go", readArrow}, {"parquet-go", readParquetGo}}

// seen is what pyarrow says of a file.
type seen struct {
	Rows    int64  `json:"rows"`
	Columns int    `json:"columns"`
	Pyarrow string `json:"pyarrow"`
}

// tally counts the outcomes of one library.
type tally struct{ same, otherRows, refused, broken, panics int }

func run(corpus, oracle, measured string, rounds int, verbose bool) error {
	if corpus != "" {
		if err := compare(corpus, oracle, verbose); err != nil {
			return err
		}
	}
	if measured != "" {
		return measure(measured, rounds)
	}
	return nil
}

func compare(corpus, oracle string, verbose bool) error {
	raw, err := os.ReadFile(oracle)
	if err != nil {
		return fmt.Errorf("read oracle: %w", err)
	}
	all := map[string]seen{}
	if err := json.Unmarshal(raw, &all); err != nil {
		return fmt.Errorf("read oracle: %w", err)
	}
	tallies := make([]tally, len(libraries))
	files, agree, differ := 0, 0, 0
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if !strings.HasSuffix(name, ".parquet") {
			continue
		}
		files++
		found := make([]content, len(libraries))
		read := 0
		for i, l := range libraries {
			c, err := safely(l, filepath.Join(corpus, filepath.FromSlash(name)))
			word := tallies[i].add(all[name], c, err)
			if verbose && word != "same" {
				fmt.Printf("%-10s %-10s %s: %v\n", l.name, word, name, err)
			}
			if err == nil {
				found[i], read = c, read+1
			}
		}
		if read == len(libraries) {
			if found[0] == found[1] {
				agree++
			} else {
				differ++
				if verbose {
					fmt.Printf("they differ: %s: %+v %+v\n", name, found[0], found[1])
				}
			}
		}
	}
	if files == 0 {
		return fmt.Errorf("the oracle names no Parquet file: nothing was compared")
	}
	fmt.Printf("%d files; both read %d of them to the same values, %d to other values\n", files, agree, differ)
	for i, l := range libraries {
		t := tallies[i]
		fmt.Printf("%-10s as pyarrow %d, other rows or columns %d, refused what pyarrow reads %d, read what pyarrow refuses %d, panics %d\n",
			l.name, t.same, t.otherRows, t.refused, t.broken, t.panics)
	}
	return nil
}

// errPanic marks what a library did not survive.
type errPanic struct{ value any }

func (e errPanic) Error() string { return fmt.Sprintf("panic: %v", e.value) }

func safely(l library, path string) (c content, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errPanic{r}
		}
	}()
	return l.read(path)
}

func (t *tally) add(want seen, c content, err error) string {
	reads := want.Pyarrow == "reads"
	if _, ok := err.(errPanic); ok {
		t.panics++
		return "panic"
	}
	switch {
	case err != nil && !reads:
		t.same++
		return "same"
	case err != nil:
		t.refused++
		return "refused"
	case !reads:
		t.broken++
		return "read"
	case c.Rows != want.Rows:
		t.otherRows++
		return "otherwise"
	}
	t.same++
	return "same"
}

// measure reads one file by turns, so that what else the machine does meets
// both alike.
func measure(path string, rounds int) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("measure: %w", err)
	}
	times := make([][]time.Duration, len(libraries))
	for range rounds {
		for i, l := range libraries {
			begin := time.Now()
			if _, err := l.read(path); err != nil {
				return fmt.Errorf("measure %s: %w", l.name, err)
			}
			times[i] = append(times[i], time.Since(begin))
		}
	}
	for i, l := range libraries {
		slices.Sort(times[i])
		best, middle := times[i][0], times[i][len(times[i])/2]
		fmt.Printf("%-10s best %v, median %v: %.0f MB/s of the file\n", l.name, best.Round(time.Millisecond), middle.Round(time.Millisecond),
			float64(info.Size())/1e6/middle.Seconds())
	}
	return nil
}
