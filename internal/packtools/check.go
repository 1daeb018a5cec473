package packtools

import (
	"fmt"
	"path"

	"hutong/internal/dataspace"
	"hutong/internal/examine"
	"hutong/internal/pack"
)

// Info is a pack as a list of packs shows it.
type Info struct {
	dataspace.PackRef
	Jurisdiction dataspace.Jurisdiction `json:"jurisdiction"`
	Title        dataspace.Text         `json:"title"`
	Rules        int                    `json:"rules"`
}

// List describes packs.
func List(all []*pack.Pack) []Info {
	out := make([]Info, len(all))
	for i, p := range all {
		out[i] = Info{p.Ref(), p.Jurisdiction(), p.Title(), len(p.Rules())}
	}
	return out
}

// Rules lists the rules of a pack.
type Rules struct {
	Pack  dataspace.PackRef `json:"pack"`
	Title dataspace.Text    `json:"title"`
	Rules []pack.RuleInfo   `json:"rules"`
}

// RulesOf lists the rules of a pack.
func RulesOf(p *pack.Pack) Rules { return Rules{p.Ref(), p.Title(), p.Rules()} }

// Findings are the errors of one pack.
type Findings struct {
	Pack     dataspace.PackRef `json:"pack"`
	Rules    int               `json:"rules"`
	Findings []examine.Finding `json:"findings"`
}

// Check looks for errors in each pack and in all packs together.
func Check(all []*pack.Pack) []Findings {
	found := examine.CheckAll(all)
	out := make([]Findings, len(all))
	for i, p := range all {
		out[i] = Findings{p.Ref(), len(p.Rules()), append([]examine.Finding{}, found[p.ID()]...)}
	}
	return out
}

// Test runs the cases of each pack.
func Test(all []*pack.Pack) []examine.TestReport {
	out := make([]examine.TestReport, len(all))
	for i, p := range all {
		out[i] = examine.Test(p)
	}
	return out
}

// Mutate makes small mistakes in each pack and says which of them the cases of
// the pack detect.
func Mutate(all []*pack.Pack) []examine.MutationReport {
	out := make([]examine.MutationReport, len(all))
	for i, p := range all {
		out[i] = examine.Mutate(p)
	}
	return out
}

// Fit is an error unless a pack has no findings and its cases hold. A sample is
// refused unless it is allowed.
func Fit(p *pack.Pack, sample bool) error {
	id := string(p.ID())
	if p.Sample() && !sample {
		return problem(dataspace.ErrDenied, "pack.sample", id, "is a sample and no law", "to try things with it, say --allow-sample")
	}
	if found := examine.Check(p); len(found) > 0 {
		at := id
		if found[0].Rule != "" {
			at = path.Join(id, packFile) + ", " + string(found[0].Rule)
		}
		return problem(dataspace.ErrInvalid, "pack.findings", at, fmt.Sprintf("%s (%d findings)", found[0].Message, len(found)), "'hutong pack check' lists them all")
	}
	if r := examine.Test(p); !r.OK() {
		return problem(dataspace.ErrInvalid, "pack.cases", id, "its cases do not hold", "'hutong pack test' shows them")
	}
	return nil
}
