package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"hutong/bench/everyday"
	"hutong/internal/dataspace"
	"hutong/internal/pack"
)

// The results of comparing a conditional answer with the officer's.
const (
	// none: the officer gives one, and the engine does not.
	none result = "none"
	// differs: another outcome, stricter, or a question that the officer does not ask.
	differs result = "differs"
)

// turns compares a conditional answer with the officer's: it agrees if it promises
// the same, has the same worst, and asks for nothing that hers does not turn on.
// To promise a milder outcome, or a milder worst, is wrong.
func turns(g *everyday.Grid, on *everyday.TurnsOn, c *dataspace.Conditional) (result, string) {
	if c == nil {
		return none, ""
	}
	then, worst := outcome(on.Then), outcome(on.Else)
	what := fmt.Sprintf("officer %v: %+v, else %+v; engine %v: %+v, else %+v", on.If, then, worst, supposed(c), c.Then, c.Else)
	switch {
	case order(c.Then) < order(then), order(c.Else) < order(worst):
		return wrong, what
	case c.Then != then, c.Else != worst, !asked(g, on, c):
		return differs, what
	}
	return agrees, what
}

func outcome(o everyday.Outcome) dataspace.Outcome {
	return dataspace.Outcome{Pathway: o.Pathway, Verdict: dataspace.Verdict(o.Verdict)}
}

// order puts outcomes in order, mildest first. The pathway of a flow that is
// cleared does not matter.
func order(o dataspace.Outcome) int {
	if o.Verdict == dataspace.Cleared {
		return 0
	}
	return 100*o.Verdict.Severity() + slices.Index(pack.Pathways, o.Pathway)
}

// asked reports whether the officer's answer turns on all statements too. Some of
// hers have no fact in the file; each may stand for one that a pack has.
func asked(g *everyday.Grid, on *everyday.TurnsOn, c *dataspace.Conditional) bool {
	facts, free := map[string]bool{}, 0
	for _, id := range on.If {
		for _, s := range g.Statements {
			if s.ID == id && s.Fact == "" {
				free++
			} else if s.ID == id {
				facts[s.Fact] = true
			}
		}
	}
	for _, s := range c.If {
		if !facts[s.Fact] {
			free--
		}
	}
	return free >= 0
}

func supposed(c *dataspace.Conditional) string {
	var out []string
	for _, s := range c.If {
		out = append(out, s.Fact+"="+s.Value.String())
	}
	return strings.Join(out, " ")
}

// turnsTable shows how many conditional answers are as the officer's.
func turnsTable(w io.Writer, n map[result]int) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "conditional answers\tflows\tagree\tdiffer\tnone\twrong\t")
	fmt.Fprintf(t, "known at first\t%d\t%d\t%d\t%d\t%d\t\n", n[agrees]+n[differs]+n[none]+n[wrong], n[agrees], n[differs], n[none], n[wrong])
	return t.Flush()
}
