package rules_test

import (
	"syscall"
	"testing"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/packs"
)

// processor is the time this process has used, on all cores.
func processor(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkDecide decides one flow over all packs, with everything that a
// decision says. decisions/cpu-s are those of one core: run it with
// GOMAXPROCS=1, or the collector of garbage adds its own.
func BenchmarkDecide(b *testing.B) {
	set := allPacks(b)
	action := clean()
	action.Instruments = nil
	action.Known.Set("counts.non_sensitive", dataspace.IntOf(120_000))
	review := clean()
	review.Known.Set("sector", dataspace.TextOf("reinsurance"))
	for _, c := range []struct {
		name    string
		facts   dataspace.Facts
		verdict dataspace.Verdict
	}{{"cleared", clean(), dataspace.Cleared}, {"action", action, dataspace.ActionRequired}, {"review", review, dataspace.HumanReview}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			start := processor(b)
			for b.Loop() {
				if d, err := set.Decide(c.facts); err != nil || d.Verdict != c.verdict {
					b.Fatal(d.Verdict, err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "decisions/s")
			b.ReportMetric(float64(b.N)/(processor(b)-start).Seconds(), "decisions/cpu-s")
		})
	}
}

// BenchmarkLoadAll loads every pack that is built in.
func BenchmarkLoadAll(b *testing.B) {
	for b.Loop() {
		if _, err := pack.LoadAll(packs.FS); err != nil {
			b.Fatal(err)
		}
	}
}
