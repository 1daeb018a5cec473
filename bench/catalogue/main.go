// Command catalogue registers many datasets at one gateway and reads the
// catalogue of their owner through another, page by page, as a person there
// would. It prints how long that takes and what each gateway holds in memory. It
// fails if a dataset is missing or doubled, if a page late in the list takes
// longer than an early one, or if a gateway holds more than -max.
//
//	go run ./bench/catalogue [-n 100000] [-parallel 32] [-max 300]
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
	"slices"
	"sync"
	"syscall"
	"time"

	"hutong/bench/pair"
	"hutong/client"
)

type options struct {
	n, parallel int
	bound       int64 // of the memory of each side, bytes
}

func main() {
	var o options
	flag.IntVar(&o.n, "n", 100_000, "how many datasets")
	flag.IntVar(&o.parallel, "parallel", 32, "how many are registered at once")
	flag.Int64Var(&o.bound, "max", 300, "MB that a gateway may hold")
	flag.Parse()
	o.bound *= 1_000_000
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "catalogue:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (err error) {
	dir, err := os.MkdirTemp("", "bench-catalogue-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	source := filepath.Join(dir, "table.csv")
	if err := os.WriteFile(source, []byte("n\n1\n"), 0o600); err != nil {
		return err
	}
	p, err := pair.Start(ctx, pair.Options{Dir: dir})
	defer func() { err = errors.Join(err, p.Stop()) }()
	if err != nil {
		return err
	}
	fmt.Printf("%d datasets; two gateways, %d processors, %s %s/%s\n", o.n, runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	began := time.Now()
	if err := register(ctx, p, o, source); err != nil {
		return err
	}
	took := time.Since(began)
	fmt.Printf("registered in %.1f s, %.0f a second\n", took.Seconds(), float64(o.n)/took.Seconds())
	if err := report(p, "after registering", o.bound); err != nil {
		return err
	}
	pages, err := read(ctx, p, o)
	if err != nil {
		return err
	}
	return errors.Join(print(pages, o), report(p, "after reading", o.bound))
}

func name(i int) string { return fmt.Sprintf("set-%07d", i) }

// register puts the datasets on offer.
func register(ctx context.Context, p *pair.Pair, o options, source string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int)
	var wg sync.WaitGroup
	for range o.parallel {
		wg.Go(func() {
			for i := range next {
				_, err := p.Provider.Datasets().Add(ctx, client.Dataset{
					ID: name(i), Owner: pair.Exporter, Title: client.Text{EN: fmt.Sprintf("Table %d", i), ZH: fmt.Sprintf("表 %d", i)},
					Source: client.File(source), Purposes: []string{"business"},
				})
				if err != nil {
					cancel(err)
				}
			}
		})
	}
	for i := range o.n {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	wg.Wait()
	return context.Cause(ctx)
}

// read reads the whole catalogue and returns how long each page took.
func read(ctx context.Context, p *pair.Pair, o options) (pages []time.Duration, err error) {
	n := 0
	for cursor := ""; len(pages) == 0 || cursor != ""; {
		began := time.Now()
		page, next, err := p.Consumer.Peers().CataloguePage(ctx, p.Provider.ID, pair.Exporter, pair.Recipient, cursor)
		if err != nil {
			return nil, fmt.Errorf("read page %d: %w", len(pages)+1, err)
		}
		pages, cursor = append(pages, time.Since(began)), next
		for _, d := range page {
			if d.ID != name(n) || len(d.Offers) == 0 {
				return nil, fmt.Errorf("dataset %d is %s with %d offers", n, d.ID, len(d.Offers))
			}
			n++
		}
	}
	if n != o.n {
		return nil, fmt.Errorf("the catalogue has %d datasets instead of %d", n, o.n)
	}
	return pages, nil
}

// print shows how long pages take, and fails if the last ones take longer than
// the first ones.
func print(pages []time.Duration, o options) error {
	var all time.Duration
	for _, d := range pages {
		all += d
	}
	tenth := max(1, len(pages)/10)
	first, last := median(pages[:tenth]), median(pages[len(pages)-tenth:])
	fmt.Printf("read in %.1f s: %d pages, median of all %s, of the first tenth %s, of the last tenth %s, slowest %s\n",
		all.Seconds(), len(pages), ms(median(pages)), ms(first), ms(last), ms(slices.Max(pages)))
	// Twice, since other work on the machine comes and goes.
	if len(pages) >= 20 && last > 2*first {
		return fmt.Errorf("a page takes %s at the end of the list and %s at its beginning", ms(last), ms(first))
	}
	return nil
}

func median(d []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(d))
	return sorted[len(sorted)/2]
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }

// report shows the memory of both sides, and fails if one holds too much.
func report(p *pair.Pair, when string, bound int64) error {
	for _, g := range []*pair.Gateway{p.Provider, p.Consumer} {
		m, err := pair.ReadMemory(g.PID)
		if err != nil {
			return err
		}
		cpu, err := g.CPU()
		if err != nil {
			return err
		}
		fmt.Printf("  %s, %s: most resident %.0f MB, now %.0f MB, processor time %.1f s\n", when, g.ID, float64(m.Peak)/1e6, float64(m.Now)/1e6, cpu.Seconds())
		if m.Peak > bound {
			return fmt.Errorf("%s held %.0f MB, more than %.0f", g.ID, float64(m.Peak)/1e6, float64(bound)/1e6)
		}
	}
	return nil
}
