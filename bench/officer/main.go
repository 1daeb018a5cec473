// Command officer compares the decisions of the rules engine with what a data
// protection officer says of the same everyday flows (bench/everyday):
//
//	go run ./bench/officer          # a table
//	go run ./bench/officer -v       # and each flow with another answer
//	go run ./bench/officer -flow ID # the decisions of one flow in full
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"hutong/bench/everyday"
	"hutong/internal/conditional"
	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/internal/rules"
	"hutong/packs"
)

func main() {
	all := flag.Bool("v", false, "show each flow whose answer differs")
	flow := flag.String("flow", "", "show the decisions of the flow of this `id`")
	flag.Parse()
	if err := run(os.Stdout, *all, *flow); err != nil {
		fmt.Fprintln(os.Stderr, "officer:", err)
		os.Exit(1)
	}
}

func run(w io.Writer, all bool, flow string) error {
	grid, err := everyday.Load()
	if err != nil {
		return err
	}
	loaded, err := pack.LoadAll(packs.FS)
	if err != nil {
		return err
	}
	set, err := rules.NewSet(loaded...)
	if err != nil {
		return err
	}
	scores, turned, err := judge(w, set, grid, all, flow)
	if err != nil {
		return err
	}
	if err := table(w, scores); err != nil {
		return err
	}
	return turnsTable(w, turned)
}

// judge compares all flows; it shows those that differ, and one in full.
func judge(w io.Writer, set *rules.Set, grid *everyday.Grid, all bool, flow string) (scores [2]score, turned map[result]int, err error) {
	turned = map[result]int{}
	for _, f := range grid.Flows {
		for at, stage := range []*everyday.Stage{&f.KnownFirst, &f.All} {
			d, err := decide(set, grid, stage)
			if err != nil {
				return scores, turned, fmt.Errorf("flow %s, %s: %w", f.ID, stages[at], err)
			}
			if f.ID == flow {
				enc := json.NewEncoder(w)
				enc.SetIndent("", "  ")
				if err := enc.Encode(d); err != nil {
					return scores, turned, err
				}
			}
			c := compare(&stage.Answer, d)
			scores[at].add(&stage.Answer, c)
			if all && c.result != agrees {
				show(w, f.ID+", "+stages[at], &stage.Answer, d, c)
			}
			if on := stage.Answer.TurnsOn; on != nil {
				res, what := turns(grid, on, d.Conditional)
				if turned[res]++; all && res != agrees {
					fmt.Fprintf(w, "%s, %s: conditional answer: %s\n  %s\n", f.ID, stages[at], res, what)
				}
			}
		}
	}
	return scores, turned, nil
}

func show(w io.Writer, name string, a *everyday.Answer, d dataspace.Decision, c comparison) {
	fmt.Fprintf(w, "%s: %s\n  officer %s %s, open %v; engine %s, open %v\n  lacks %v, adds %v\n", name, c.result,
		a.Kind, a.Verdict, a.Demands, d.Verdict, c.open, c.lacks, c.adds)
	if c.result == timid {
		fmt.Fprintf(w, "  because %s; missing %s\n", strings.Join(deciding(d), ", "), strings.Join(missing(d), ", "))
	}
}

var stages = [2]string{"known at first", "all facts and papers"}

// decide leaves out papers of kinds that no pack has yet.
func decide(set *rules.Set, g *everyday.Grid, s *everyday.Stage) (dataspace.Decision, error) {
	known := maps.Clone(s.Facts)
	if papers, ok := known["instruments"].([]any); ok {
		known["instruments"] = slices.DeleteFunc(slices.Clone(papers), func(paper any) bool {
			return slices.ContainsFunc(g.Papers, func(p everyday.Paper) bool {
				return paper.(map[string]any)["kind"] == p.ID && !describes(set, p.ID)
			})
		})
	}
	doc, err := json.Marshal(known)
	if err != nil {
		return dataspace.Decision{}, err
	}
	f, err := pack.ParseFacts(set.Facts(), doc)
	if err != nil {
		return dataspace.Decision{}, err
	}
	return conditional.Decide(set, f)
}

// describes reports whether a pack of the set has the kind of paper by now.
func describes(set *rules.Set, kind string) bool {
	return slices.ContainsFunc(set.All(), func(p *pack.Pack) bool {
		return slices.ContainsFunc(p.Foundings(), func(f pack.Founding) bool { return f.Kind == "instrument" && f.ID == kind })
	})
}

// A result says how a decision compares with the officer's answer.
type result string

const (
	agrees result = "agrees"
	// timid: a person is asked, where the officer decides.
	timid result = "timid"
	// wrong: milder than the officer, or decided where the officer cannot.
	wrong result = "wrong"
	// strict: more is demanded than the officer demands.
	strict result = "strict"
)

type comparison struct {
	result            result
	open, lacks, adds []string
}

func compare(a *everyday.Answer, d dataspace.Decision) comparison {
	c := comparison{result: agrees}
	for _, o := range d.Obligations {
		if o.BeforeDelivery && !o.Satisfied {
			c.open = append(c.open, o.ID)
		}
	}
	for _, id := range a.Demands {
		if !slices.Contains(c.open, id) {
			c.lacks = append(c.lacks, id)
		}
	}
	for _, id := range c.open {
		if !slices.Contains(a.Demands, id) && !slices.Contains(a.Perhaps, id) {
			c.adds = append(c.adds, id)
		}
	}
	said := dataspace.Verdict(a.Verdict)
	switch {
	case d.Verdict == said:
	case a.Kind == everyday.Conditional && between(d.Verdict):
	case d.Verdict.Severity() < said.Severity():
		c.result = wrong
	case d.Verdict == dataspace.HumanReview:
		c.result = timid
	default:
		c.result = strict
	}
	return c
}

// between reports whether a verdict leaves the answer open.
func between(v dataspace.Verdict) bool {
	return v == dataspace.ActionRequired || v == dataspace.HumanReview
}

func deciding(d dataspace.Decision) (out []string) {
	for _, r := range d.Reasons {
		if r.Decisive {
			out = append(out, string(r.Rule))
		}
	}
	return out
}

func missing(d dataspace.Decision) (out []string) {
	for _, m := range d.Missing {
		out = append(out, m.Fact)
	}
	return out
}

// score counts the results of one stage by the kind of the officer's answer.
type score map[string]map[result]int

func (s *score) add(a *everyday.Answer, c comparison) {
	if *s == nil {
		*s = score{}
	}
	if (*s)[a.Kind] == nil {
		(*s)[a.Kind] = map[result]int{}
	}
	(*s)[a.Kind][c.result]++
}

func table(w io.Writer, scores [2]score) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "known\tthe officer's answer\tflows\tagrees\ttimid\tstricter\twrong\t")
	for at, name := range stages {
		for _, kind := range []string{everyday.Decisive, everyday.Conditional, everyday.Review} {
			n := scores[at][kind]
			fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t\n", name, kind, n[agrees]+n[timid]+n[strict]+n[wrong], n[agrees], n[timid], n[strict], n[wrong])
		}
	}
	return t.Flush()
}
