// Package decide makes the facts of one flow of what is known of it, proposes a
// plan, and has the rules decide.
package decide

import (
	"hutong/internal/clear"
	"hutong/internal/conditional"
	"hutong/internal/dataspace"
	"hutong/internal/declare"
	"hutong/internal/deliver"
	"hutong/internal/rules"
)

// Case is the subject of a decision, before people are counted.
type Case struct {
	Profile   dataspace.Profile
	Exporter  dataspace.Values
	Recipient dataspace.Values
	Purpose   string
	Format    string
	Dataset   dataspace.DatasetFacts
	// Before is what earlier flows between the two parties stated of the facts
	// that are added up, by their names in a dataset. It does not
	// matter for a dataset that states none of them.
	Before      dataspace.Values
	Own         []dataspace.ColumnPlan
	Instruments []dataspace.Instrument
	Declared    []dataspace.Declaration // in force
	Screened    []dataspace.Screening
	Office      bool // a compliance officer declares facts: see clear.Input
	clear.Dates
	Today    string // the day that it is; empty: that of the decision where it has an instant
	KnownOn  string // day whose state of knowledge of the law applies; empty: today
	Switches map[string]bool
}

// Propose makes the plan of a case: the minimum that the rules ask for, and the
// stricter choices of the sender.
func Propose(set *rules.Set, c Case) (dataspace.Plan, error) {
	return Law(set, c).Propose(c.Profile, c.Own, c.Purpose, c.Format)
}

// Law is what the rules ask for if the whole dataset would leave: its content
// decides what may be kept.
func Law(set *rules.Set, c Case) deliver.Law {
	all := dataspace.Plan{Purpose: c.Purpose, Format: c.Format}
	for _, col := range c.Profile.Columns {
		all.Columns = append(all.Columns, dataspace.ColumnPlan{Name: col.Name, Element: col.Element, Action: dataspace.Keep})
	}
	return deliver.Law{Handling: set.Handling(c.Facts(set, all, dataspace.Values{})), Elements: set.Elements()}
}

// Decide decides a case under a plan, with the counts given. It refuses a case that
// contradicts itself; the error has all contradictions.
func Decide(set *rules.Set, c Case, plan dataspace.Plan, counts dataspace.Values) (dataspace.Facts, dataspace.Decision, error) {
	facts := c.Facts(set, plan, counts)
	if err := c.proved(set); err != nil {
		return facts, dataspace.Decision{}, err
	}
	decision, err := conditional.Decide(set, facts)
	if err == nil {
		err = c.consistent(set, facts, plan)
	}
	if err != nil {
		return facts, dataspace.Decision{}, err
	}
	declare.Cite(&decision, facts.Declared)
	return facts, decision, c.ask(set, facts, counts, &decision)
}

// Facts are what is known of a case under a plan, with the counts given.
func (c Case) Facts(set *rules.Set, plan dataspace.Plan, counts dataspace.Values) dataspace.Facts {
	c.Dataset.Known = clear.Plus(c.Dataset.Known, c.Before)
	f := clear.BuildFacts(clear.Input{
		Dates: c.Dates, Facts: set.Facts(), Profile: c.Profile, Plan: plan, Exporter: c.Exporter, Recipient: c.Recipient,
		Purpose: c.Purpose, Dataset: c.Dataset, Declared: c.Declared, Office: c.Office, Instruments: c.Instruments, Counts: counts, Classes: set.Counts(), Packs: set.Packs(), Elements: set.Elements(),
	})
	f.KnownOn, f.Switches, f.Screened = c.KnownOn, c.Switches, c.Screened
	return f
}
