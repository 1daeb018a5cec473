// Command flows runs many small flows between two gateways on this machine,
// many at once, through the management API. It prints how many end in a
// second and where the time goes, and fails if one is lost, doubled or
// unproved: see check.
//
//	go run ./bench/flows [-n 1000] [-parallel 50]
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
	"sync"
	"syscall"
	"time"

	"hutong/bench/pair"
	"hutong/client"
	"hutong/internal/sample"
)

type options struct {
	n, parallel int
	dir         string
	profile     bool
	keep        bool
}

func main() {
	pair.Child()
	var o options
	flag.IntVar(&o.n, "n", 1000, "how many flows")
	flag.IntVar(&o.parallel, "parallel", 50, "how many at once")
	flag.StringVar(&o.dir, "dir", "", "where everything goes (default a temporary directory)")
	flag.BoolVar(&o.profile, "pprof", false, "write profiles of both gateways to -dir, and keep it")
	flag.BoolVar(&o.keep, "keep", false, "keep the directory")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "flows:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (err error) {
	made := o.dir == ""
	if made {
		if o.dir, err = os.MkdirTemp("", "bench-flows-"); err != nil {
			return err
		}
	} else if o.dir, err = filepath.Abs(o.dir); err != nil {
		return err
	} else if err = os.MkdirAll(o.dir, 0o700); err != nil {
		return err
	}
	if made && !o.keep && !o.profile {
		defer func() { err = errors.Join(err, os.RemoveAll(o.dir)) }()
	} else {
		fmt.Println("everything is in", o.dir)
	}
	source, err := sample.Write(sample.Support, o.dir)
	if err != nil {
		return err
	}
	p, err := pair.Start(ctx, pair.Options{Dir: o.dir, Profile: o.profile})
	defer func() { err = errors.Join(err, p.Stop()) }()
	if err != nil {
		return err
	}
	r := &runner{options: o, pair: p, source: source, flows: make([]*one, o.n)}
	fmt.Printf("%d flows, %d at once; two gateways, %d processors, %s %s/%s\n", o.n, o.parallel, runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	if err := r.all(ctx); err != nil {
		return err
	}
	// The checks come before the figures: a figure of something that went
	// wrong would be worth nothing.
	c, err := r.check(ctx)
	if err != nil {
		return err
	}
	r.print(c)
	return nil
}

// runner starts flows and remembers what it saw of them.
type runner struct {
	options
	pair   *pair.Pair
	source string
	flows  []*one
	took   time.Duration
	cpu    [2]time.Duration
}

// one is a flow as its starter saw it.
type one struct {
	view  client.Flow
	began time.Time
	known time.Time // the gateway has answered that it is begun
	ended time.Time
}

// all keeps the wanted number of flows under way until each has ended.
func (r *runner) all(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int)
	var wg sync.WaitGroup
	before, err := r.used()
	if err != nil {
		return err
	}
	began := time.Now()
	for range r.parallel {
		wg.Go(func() {
			for i := range next {
				var err error
				if r.flows[i], err = r.send(ctx, i); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
feed:
	for i := range r.n {
		select {
		case next <- i:
		case <-ctx.Done():
			break feed
		}
	}
	close(next)
	wg.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	r.took = time.Since(began)
	after, err := r.used()
	for i := range after {
		r.cpu[i] = after[i] - before[i]
	}
	return err
}

func (r *runner) used() (out [2]time.Duration, err error) {
	for i, g := range []*pair.Gateway{r.pair.Provider, r.pair.Consumer} {
		if out[i], err = g.CPU(); err != nil {
			return out, err
		}
	}
	return out, nil
}

func dataset(i int) string { return fmt.Sprintf("support-%05d", i) }

// send starts a flow and waits for its end.
func (r *runner) send(ctx context.Context, i int) (*one, error) {
	f := &one{began: time.Now()}
	view, err := r.pair.Provider.Flows().Send(ctx, client.Send{
		From: pair.Exporter, Peer: r.pair.Consumer.ID, To: pair.Recipient,
		Dataset: dataset(i), Purpose: "business", Source: client.File(r.source),
		Facts: client.Facts{
			"sector": "digital_content", "origin": "domestic", "important": "no", "core": false, "state_secret": false,
			"consent": map[string]any{"basis": "consent", "separate_consent": true, "notice_given": true},
		},
	})
	if err != nil {
		return f, err
	}
	f.known = time.Now()
	f.view, err = r.pair.Provider.Follow(ctx, view.ID, func(client.Flow) {})
	f.ended = time.Now()
	if err == nil && f.view.State != client.Completed {
		err = fmt.Errorf("flow %s is %s, not completed: %+v", f.view.ID, f.view.State, f.view.Trouble)
	}
	return f, err
}
