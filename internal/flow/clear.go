package flow

import (
	"context"
	"errors"

	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/decide"
	"hutong/internal/declare"
)

// Deciding decides what may leave this gateway, at first and again.
type Deciding struct {
	*records
	rules     Rules
	directory Directory
	switches  map[string]bool
	counts    Counts
	count     *counting
}

func (s *Deciding) caseOf(ctx context.Context, f Flow, profile dataspace.Profile) (decide.Case, error) {
	exporter, err := s.directory.Participant(ctx, f.Local)
	if err != nil {
		return decide.Case{}, err
	}
	recipient, err := s.directory.Counterparty(ctx, f.Peer, f.Counterparty)
	if err != nil {
		return decide.Case{}, err
	}
	held, err := s.directory.Held(ctx, f.Local)
	if err != nil {
		return decide.Case{}, err
	}
	var screened []dataspace.Screening
	if recipient.PublicParticipant, screened, err = s.directory.Screened(ctx, f.Peer, recipient.PublicParticipant); err != nil {
		return decide.Case{}, err
	}
	set := s.rules()
	t := set.Facts()
	home := set.Home(exporter.Exporter(t))
	before, err := s.statedBefore(ctx, f, home)
	if err != nil {
		return decide.Case{}, err
	}
	now := s.now()
	declared, err := s.directory.Declared(ctx, f.Local, f.Dataset, now)
	if err == nil {
		err = declare.Contradictions(declared, "flow "+string(f.ID), t.OfDataset(f.Facts.Known))
	}
	if err != nil {
		return decide.Case{}, err
	}
	return decide.Case{
		Dates: clear.DatesOf(home, now, f.deliveredAt()), Declared: declared, Office: true,
		Profile: profile.Used(), Before: before, Exporter: exporter.Exporter(t), Recipient: recipient.Recipient(t, exporter.Group),
		Purpose: f.Purpose, Format: f.Format, Dataset: f.Facts, Own: f.Own, Instruments: held, Screened: screened, Switches: s.switches,
	}, nil
}

type outcome struct {
	facts       dataspace.Facts
	decision    dataspace.Decision
	plan        dataspace.Plan
	reservation dataspace.ReservationID // empty when no people are held
	uncounted   bool
	held        []dataspace.Instrument // of the exporter, at the time of the decision
	declared    []dataspace.Declaration
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
	out := outcome{held: c.Instruments, declared: c.Declared}
	if out.plan, err = decide.Propose(set, c); err != nil {
		return outcome{}, err
	}
	id := reservationOf(f)
	// A reservation of an attempt that a crash interrupted is released first:
	// the plan, and with it the class of each person, may have changed.
	if err := s.counts.Release(ctx, id); err != nil {
		return outcome{}, err
	}
	totals, err := s.count.reserve(ctx, f, id, out.plan, c)
	if err != nil {
		return outcome{}, errors.Join(err, s.counts.Release(ctx, id))
	}
	out.facts, out.decision, err = decide.Decide(set, c, out.plan, totals)
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
