package flow

import (
	"context"
	"errors"

	"hutong/internal/clear"
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
	clear.Dates
	KnownOn  string // day whose state of knowledge of the law applies; empty: today
	Switches map[string]bool
}

// Propose makes the plan of a case: the minimum that the rules ask for, and the
// stricter choices of the sender. The rules are asked about the whole dataset,
// because its content decides what may be kept.
func Propose(set *rules.Set, c Case) (dataspace.Plan, error) {
	all := dataspace.Plan{Purpose: c.Purpose, Format: c.Format}
	for _, col := range c.Profile.Columns {
		all.Columns = append(all.Columns, dataspace.ColumnPlan{Name: col.Name, Element: col.Element, Action: dataspace.Keep})
	}
	return lawOf(set, c, all).Propose(c.Profile, c.Own, c.Purpose, c.Format)
}

// lawOf is what the rules ask for if the whole dataset would leave.
func lawOf(set *rules.Set, c Case, all dataspace.Plan) deliver.Law {
	return deliver.Law{Handling: set.Handling(c.facts(set, all, dataspace.Values{})), Elements: set.Elements()}
}

// Decide decides a case under a plan, with the counts given.
func Decide(set *rules.Set, c Case, plan dataspace.Plan, counts dataspace.Values) (dataspace.Facts, dataspace.Decision, error) {
	facts := c.facts(set, plan, counts)
	decision, err := set.Decide(facts)
	declare.Cite(&decision, facts.Declared)
	return facts, decision, err
}

func (c Case) facts(set *rules.Set, plan dataspace.Plan, counts dataspace.Values) dataspace.Facts {
	c.Dataset.Known = clear.Plus(c.Dataset.Known, c.Before)
	f := clear.BuildFacts(clear.Input{
		Dates: c.Dates, Facts: set.Facts(), Profile: c.Profile, Plan: plan, Exporter: c.Exporter, Recipient: c.Recipient,
		Purpose: c.Purpose, Dataset: c.Dataset, Declared: c.Declared, Instruments: c.Instruments, Counts: counts, Classes: set.Counts(), Packs: set.Packs(), Elements: set.Elements(),
	})
	f.KnownOn, f.Switches = c.KnownOn, c.Switches
	return f
}

// Deciding decides what may leave this gateway, at first and again.
type Deciding struct {
	*records
	rules     Rules
	directory Directory
	switches  map[string]bool
	counts    Counts
	count     *counting
}

func (s *Deciding) caseOf(ctx context.Context, f Flow, profile dataspace.Profile) (Case, error) {
	exporter, err := s.directory.Participant(ctx, f.Local)
	if err != nil {
		return Case{}, err
	}
	recipient, err := s.directory.Counterparty(ctx, f.Peer, f.Counterparty)
	if err != nil {
		return Case{}, err
	}
	held, err := s.directory.Held(ctx, f.Local)
	if err != nil {
		return Case{}, err
	}
	set := s.rules()
	t := set.Facts()
	home := set.Home(exporter.Exporter(t))
	before, err := s.statedBefore(ctx, f, home)
	if err != nil {
		return Case{}, err
	}
	now := s.now()
	declared, err := s.directory.Declared(ctx, f.Local, f.Dataset, now)
	if err == nil {
		err = declare.Contradictions(declared, "flow "+string(f.ID), t.OfDataset(f.Facts.Known))
	}
	if err != nil {
		return Case{}, err
	}
	return Case{
		Dates: clear.DatesOf(home, now, f.deliveredAt()), Declared: declared,
		Profile: profile.Used(), Before: before, Exporter: exporter.Exporter(t), Recipient: recipient.Recipient(t, exporter.Group),
		Purpose: f.Purpose, Format: f.Format, Dataset: f.Facts, Own: f.Own, Instruments: held, Switches: s.switches,
	}, nil
}

type outcome struct {
	facts       dataspace.Facts
	decision    dataspace.Decision
	plan        dataspace.Plan
	reservation dataspace.ReservationID // empty when no people are held
	uncounted   bool
	held        []dataspace.Instrument // of the exporter, at the time of the decision
}

// clear plans, counts and decides a provider's flow. It first reserves the
// people of the flow and then decides on totals that include them, so that two
// flows can never both stay under a threshold that they cross together. The
// reservation lasts while the flow may continue: until delivery, and while a
// person reviews it, so that the approved counts stay true.
func (s *Deciding) clear(ctx context.Context, f Flow, profile dataspace.Profile) (outcome, error) {
	if err := s.count.current(ctx, f, profile); err != nil {
		return outcome{}, err
	}
	c, err := s.caseOf(ctx, f, profile)
	if err != nil {
		return outcome{}, err
	}
	set := s.rules()
	out := outcome{held: c.Instruments}
	if out.plan, err = Propose(set, c); err != nil {
		return outcome{}, err
	}
	id := reservationOf(f)
	// A reservation of an attempt that a crash interrupted is released first:
	// the plan, and with it the class of each person, may have changed.
	if err := s.counts.Release(ctx, id); err != nil {
		return outcome{}, err
	}
	totals, err := s.count.reserve(ctx, f, id, out.plan, c.Dates)
	if err != nil {
		return outcome{}, errors.Join(err, s.counts.Release(ctx, id))
	}
	out.facts, out.decision, err = Decide(set, c, out.plan, totals)
	if err != nil {
		return outcome{}, errors.Join(err, s.counts.Release(ctx, id))
	}
	out.uncounted = !out.decision.Counted()
	if v := out.decision.Verdict; out.uncounted || v != dataspace.Cleared && v != dataspace.HumanReview {
		return out, s.counts.Release(ctx, id)
	}
	out.reservation = id
	return out, nil
}
