package main

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"hutong/bench/pair"
)

// print shows the figures.
func (r *runner) print(c *checked) {
	var whole, request []time.Duration
	for _, f := range r.flows {
		whole = append(whole, f.ended.Sub(f.began))
		request = append(request, f.known.Sub(f.began))
	}
	fmt.Printf("\nnone lost, none doubled: %d flows completed on both sides, %d log entries, %d waybills verified (%.2f ms each)\n",
		r.n, c.entries, len(c.verify), quantile(c.verify, 0.5).Seconds()*1e3)
	fmt.Printf("%.1f flows/s: %d in %.2f s; the recipient was done %.2f s later\n", float64(r.n)/r.took.Seconds(), r.n, r.took.Seconds(), c.settling.Seconds())
	for i, g := range []*pair.Gateway{r.pair.Provider, r.pair.Consumer} {
		resident := "-"
		if m, err := pair.ReadMemory(g.PID); err == nil {
			resident = fmt.Sprintf("%.0f MB", float64(m.Peak)/1e6)
		}
		fmt.Printf("%s: %.1f ms of processor time a flow, %s resident at most\n", g.ID, r.cpu[i].Seconds()*1e3/float64(r.n), resident)
	}
	fmt.Printf("\n%-36s %9s %9s %9s\n", "from request to completed", "p50", "p95", "p99")
	line("all", whole)
	line("until the request is answered", request)
	for _, s := range c.stages(r) {
		line(s.name, s.times)
	}
}

func line(name string, times []time.Duration) {
	fmt.Printf("%-36s %6.0f ms %6.0f ms %6.0f ms\n", name, ms(times, 0.5), ms(times, 0.95), ms(times, 0.99))
}

func ms(times []time.Duration, q float64) float64 { return quantile(times, q).Seconds() * 1e3 }

// quantile is the value below which the share q of the times lies.
func quantile(times []time.Duration, q float64) time.Duration {
	if len(times) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(times))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

// stage is the time from one moment of a flow to the next.
type stage struct {
	name  string
	times []time.Duration
}

// stages cuts each flow at the entries of both logs, in their usual order.
// Both gateways read the same clock.
func (c *checked) stages(r *runner) []stage {
	var out []stage
	index := map[string]int{}
	put := func(from, to string, d time.Duration) {
		name := from + " → " + to
		if _, ok := index[name]; !ok {
			index[name] = len(out)
			out = append(out, stage{name: name})
		}
		out[index[name]].times = append(out[index[name]].times, d)
	}
	for _, f := range r.flows {
		marks := slices.Clone(c.marks[f.view.Agreement])
		slices.SortFunc(marks, func(a, b moment) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.name, b.name)) })
		last := moment{"request", f.began}
		for _, m := range append(marks, moment{"completed", f.ended}) {
			put(last.name, m.name, m.at.Sub(last.at))
			last = m
		}
	}
	// An order that few flows took says little.
	return slices.DeleteFunc(out, func(s stage) bool { return len(s.times)*5 < r.n })
}
