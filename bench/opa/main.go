// Command opa measures how many decisions a second one core makes: Hutong's,
// over every pack that is built in, and OPA's, over its own form of one of them.
// Before it measures, both must say the same of every case.
//
//	go -C bench/opa run .
//
// It is a module of its own so that the product does not depend on OPA.
package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/internal/rules"
	"hutong/packs"
)

//go:embed national.rego
var module string

// measured is how long each of the two is measured with each case.
const measured = 2 * time.Second

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "opa:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	runtime.GOMAXPROCS(1)
	set, count, err := hutong()
	if err != nil {
		return err
	}
	query, err := rego.New(rego.Query("data.national.decision"), rego.Module("national.rego", module)).PrepareForEval(ctx)
	if err != nil {
		return fmt.Errorf("prepare query: %w", err)
	}
	all := cases()
	for _, c := range all {
		if err := agree(ctx, set, query, c); err != nil {
			return fmt.Errorf("case %s: %w", c.name, err)
		}
	}
	opa := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == "github.com/open-policy-agent/opa" {
				opa = m.Version
			}
		}
	}
	fmt.Printf("%d packs; OPA %s; %s, one core; %d cases on which both agree\n", count, opa, runtime.Version(), len(all))
	fmt.Printf("%-10s %22s %22s %7s\n", "", "Hutong, all packs", "OPA, one pack", "ratio")
	for _, c := range all {
		if !c.measured {
			continue
		}
		ours := perSecond(func() error { _, err := set.Decide(c.facts); return err })
		in, err := input(c.facts)
		if err != nil {
			return err
		}
		theirs := perSecond(func() error { _, err := query.Eval(ctx, rego.EvalParsedInput(in)); return err })
		fmt.Printf("%-10s %10.0f/s %8.0f/cpu-s %10.0f/s %8.0f/cpu-s %6.1f×\n", c.name, ours.wall, ours.processor, theirs.wall, theirs.processor, ours.processor/theirs.processor)
	}
	return nil
}

func hutong() (*rules.Set, int, error) {
	list, err := pack.LoadAll(packs.FS)
	if err != nil {
		return nil, 0, err
	}
	list = slices.DeleteFunc(list, func(p *pack.Pack) bool { return p.Sample() })
	set, err := rules.NewSet(list...)
	return set, len(list), err
}

// rate is how many a second, of the wall clock and of processor time.
type rate struct{ wall, processor float64 }

func perSecond(do func() error) rate {
	for range 200 { // warm
		if err := do(); err != nil {
			panic(err) // it did not fail when the two were compared
		}
	}
	runtime.GC()
	n, start, used := 0, time.Now(), processor()
	for time.Since(start) < measured {
		for range 50 {
			_ = do()
		}
		n += 50
	}
	return rate{float64(n) / time.Since(start).Seconds(), float64(n) / (processor() - used).Seconds()}
}

func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // the kernel always knows
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// said is what is compared.
type said struct {
	Pathway string   `json:"pathway"`
	Verdict string   `json:"verdict"`
	Open    []string `json:"open"`
}

func agree(ctx context.Context, set *rules.Set, query rego.PreparedEvalQuery, c testCase) error {
	d, err := set.Decide(c.facts)
	if err != nil {
		return err
	}
	var ours said
	for _, r := range d.Regimes {
		if r.Jurisdiction == "CN" && r.Side == dataspace.ExportSide {
			ours.Pathway, ours.Verdict = r.Pathway, string(r.Verdict)
		}
	}
	for _, o := range d.Obligations {
		if strings.HasPrefix(o.ID, "cn.") && !o.Satisfied {
			ours.Open = append(ours.Open, o.ID)
		}
	}
	in, err := input(c.facts)
	if err != nil {
		return err
	}
	results, err := query.Eval(ctx, rego.EvalParsedInput(in))
	if err != nil {
		return err
	}
	if len(results) != 1 {
		return errors.New("OPA has no answer")
	}
	raw, err := json.Marshal(results[0].Expressions[0].Value)
	if err != nil {
		return err
	}
	var theirs said
	if err := json.Unmarshal(raw, &theirs); err != nil {
		return err
	}
	slices.Sort(ours.Open)
	slices.Sort(theirs.Open)
	if ours.Pathway != theirs.Pathway || ours.Verdict != theirs.Verdict || !slices.Equal(ours.Open, theirs.Open) {
		return fmt.Errorf("they differ:\n  Hutong %+v\n  OPA    %+v", ours, theirs)
	}
	if c.pathway != "" && ours.Pathway != c.pathway {
		return fmt.Errorf("pathway %s, expected %s", ours.Pathway, c.pathway)
	}
	return nil
}

// input is the facts in OPA's own form, parsed once: what is measured is the
// decision alone.
func input(f dataspace.Facts) (ast.Value, error) {
	raw, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	return ast.ValueFromReader(strings.NewReader(string(raw)))
}
