// Command big sends one large table between two gateways on this machine and
// measures it: time of each step, and the most memory that either gateway
// held. It fails if a gateway passed the bound, or if what arrived is not,
// cell by cell, what the plan says.
//
//	go run ./bench/big [-table PATH] [-size 1GB] [-dir DIR]
//
// The table is a real one, repeated, with everything that tells people or
// ships apart made anew for each row.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"hutong/bench/pair"
	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/sample"
)

type options struct {
	table, dir string
	size       int64
	bound      int64
	counted    bool
	profile    bool
	keep       bool
}

func main() {
	pair.Child()
	var o options
	o.size, o.bound = 1e9, 300e6
	flag.StringVar(&o.table, "table", "", "CSV `file` to repeat (default ../shared/data/tables/customers.csv, else a sample)")
	flag.Func("size", "how large to make it (default 1GB)", bytesFlag(&o.size))
	flag.Func("memory", "the most that either gateway may hold resident (default 300MB)", bytesFlag(&o.bound))
	flag.StringVar(&o.dir, "dir", "", "where everything goes (default a temporary directory)")
	flag.BoolVar(&o.counted, "counted", false, "data collected at home: everybody in it is counted")
	flag.BoolVar(&o.profile, "pprof", false, "write profiles of both gateways to -dir, and keep it")
	flag.BoolVar(&o.keep, "keep", false, "keep the directory")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "big:", err)
		os.Exit(1)
	}
}

// bytesFlag reads 1GB, 300MB, 5000.
func bytesFlag(to *int64) func(string) error {
	return func(s string) error {
		unit := int64(1)
		for name, u := range map[string]int64{"kB": 1e3, "MB": 1e6, "GB": 1e9} {
			if rest, ok := strings.CutSuffix(s, name); ok {
				s, unit = rest, u
			}
		}
		n, err := strconv.ParseFloat(s, 64)
		*to = int64(n * float64(unit))
		return err
	}
}

func run(ctx context.Context, o options) (err error) {
	made := o.dir == ""
	if made {
		if o.dir, err = os.MkdirTemp("", "bench-big-"); err != nil {
			return err
		}
	} else if o.dir, err = filepath.Abs(o.dir); err != nil {
		return err
	} else if err = os.MkdirAll(o.dir, 0o700); err != nil {
		return err
	}
	if !o.keep && !o.profile && made {
		defer func() { err = errors.Join(err, os.RemoveAll(o.dir)) }()
	} else {
		fmt.Println("everything is in", o.dir)
	}
	if o.table, err = choose(o.table, o.dir); err != nil {
		return err
	}
	source := filepath.Join(o.dir, "table.csv")
	began := time.Now()
	rows, size, err := grow(o.table, source, o.size)
	if err != nil {
		return err
	}
	fmt.Printf("%s repeated: %d rows, %s, made in %s\n", filepath.Base(o.table), rows, mb(size), seconds(time.Since(began)))
	p, err := pair.Start(ctx, pair.Options{Dir: o.dir, Profile: o.profile})
	defer func() { err = errors.Join(err, p.Stop()) }()
	if err != nil {
		return err
	}
	fmt.Printf("two gateways, %d processors, %s %s/%s\n\n", runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	m, err := send(ctx, p, o, source)
	if err != nil {
		return err
	}
	m.print(size)
	return errors.Join(m.within(o.bound), compare(ctx, p, m.flow, source, rows))
}

// choose finds the table to repeat.
func choose(table, dir string) (string, error) {
	if table != "" {
		return table, nil
	}
	shared := filepath.Join("..", "shared", "data", "tables", "customers.csv")
	if _, err := os.Stat(shared); err == nil {
		return shared, nil
	}
	return sample.Write(sample.Membership, dir)
}

// facts are such that the flow is cleared.
func facts(counted bool) client.Facts {
	f := client.Facts{
		"sector": "digital_content", "origin": "abroad", "domestic_mixed": false, "important": "no", "core": false, "state_secret": false,
		"necessity_shown": true, "consent": map[string]any{"basis": "consent", "separate_consent": true, "notice_given": true},
	}
	if counted {
		f["origin"] = "domestic"
		delete(f, "domestic_mixed")
	}
	return f
}

func send(ctx context.Context, p *pair.Pair, o options, source string) (*measured, error) {
	// So many people are important data by their number alone in some places,
	// wherever they come from.
	day := time.Now().AddDate(0, 0, -30).Format(time.DateOnly)
	if err := p.Paper(ctx, "ASSESSMENT-1", "cn.security_assessment", "--effective-on", day); err != nil {
		return nil, err
	}
	own, err := choices(source)
	if err != nil {
		return nil, err
	}
	m := newMeasured(ctx, p)
	f, err := p.Provider.Flows().Send(ctx, client.Send{
		From: pair.Exporter, Peer: p.Consumer.ID, To: pair.Recipient,
		Dataset: "big-table", Purpose: "business", Source: client.File(source), Facts: facts(o.counted), Columns: own,
	})
	if err == nil {
		f, err = p.Provider.Follow(ctx, f.ID, m.seen)
	}
	if err := errors.Join(err, m.end()); err != nil {
		return nil, err
	}
	if f.State != client.Completed {
		return nil, fmt.Errorf("the flow is %s: %w", f.State, why(ctx, p, f))
	}
	m.flow = f
	return m, nil
}

// why is what keeps a flow from its end.
func why(ctx context.Context, p *pair.Pair, f client.Flow) error {
	var d dataspace.Decision
	errs := []error{p.Provider.Flows().Document(ctx, f.ID, "decision", &d)}
	if f.Trouble != nil {
		errs = append(errs, errors.New(f.Trouble.Message))
	}
	for _, o := range d.Obligations {
		if o.BeforeDelivery && !o.Satisfied {
			errs = append(errs, errors.New(o.Text.EN))
		}
	}
	for _, r := range d.Reasons {
		if r.Decisive {
			errs = append(errs, errors.New(r.Article))
		}
	}
	for _, m := range d.Missing {
		errs = append(errs, fmt.Errorf("%s is unknown", m.Fact))
	}
	return errors.Join(errs...)
}

func mb(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }
