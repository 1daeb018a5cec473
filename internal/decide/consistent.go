package decide

import (
	"cmp"
	"fmt"
	"time"

	"hutong/internal/conditional"
	"hutong/internal/contradict"
	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/internal/rules"
)

// ByFacts decides by facts alone. Facts that contradict each other are refused:
// the error has all contradictions. today is the day that it is; empty: that of
// the decision where it has an instant.
func ByFacts(set *rules.Set, f dataspace.Facts, today string) (dataspace.Decision, error) {
	d, err := conditional.Decide(set, f)
	if err == nil {
		err = Consistency(set).Check(contradict.Case{Facts: f, Today: cmp.Or(today, dayOf(f.At))}).Err()
	}
	if err != nil {
		return dataspace.Decision{}, err
	}
	return d, nil
}

// consistent refuses facts that contradict each other or what is known of the
// dataset.
func (c Case) consistent(set *rules.Set, f dataspace.Facts, plan dataspace.Plan) error {
	return Consistency(set).Check(contradict.Case{Facts: f, Profile: &c.Profile, Plan: &plan, Today: cmp.Or(c.Today, dayOf(f.At))}).Err()
}

// Consistent refuses, as of now, the recorded facts of a flow that contradict each
// other, or the profile of its dataset under its plan. The receiving side has no
// profile: its columns are nil.
func Consistent(set *rules.Set, now time.Time, f dataspace.Facts, p dataspace.Profile, plan dataspace.Plan) error {
	c := contradict.Case{Facts: f, Today: contradict.Today(now)}
	if p.Columns != nil {
		used := p.Used()
		c.Profile, c.Plan = &used, &plan
	}
	return Consistency(set).Check(c).Err()
}

// dayOf is the latest day that it is anywhere at an instant; empty if there is
// none.
func dayOf(instant string) string {
	at, err := time.Parse(time.RFC3339, instant)
	if err != nil {
		return ""
	}
	return contradict.Today(at)
}

// Consistency is what the packs of a set say of statements that are compared.
func Consistency(set *rules.Set) *contradict.Law {
	l := &contradict.Law{Facts: set.Facts(), Elements: set.Elements(), Granted: map[string]bool{}}
	all := set.All()
	for _, p := range all {
		for kind, doc := range p.Document().Instruments {
			l.Granted[kind] = l.Granted[kind] || doc.Granted
		}
	}
	l.Classes = func(exporter dataspace.Jurisdiction) []dataspace.CountClass {
		var own []*pack.Pack
		for _, p := range all {
			if p.Jurisdiction() == exporter {
				own = append(own, p)
			}
		}
		classes, err := pack.JoinCounts(own)
		if err != nil {
			panic(fmt.Sprintf("decide: packs of a set declare classes that do not fit: %v", err)) // the set has joined them
		}
		return classes
	}
	return l
}
