package flow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"hutong/internal/agenda"
	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/rules"
)

// The types of package agenda, for users of this package.
type (
	Agenda       = agenda.Agenda   // what is open over flows
	AgendaFilter = agenda.Filter   // which of them are shown
	Duty         = agenda.Duty     // an obligation of one flow
	Notice       = agenda.Notice   // a warning about flows
	Done         = agenda.Done     // a person's word that a duty is fulfilled
	DutyStore    = agenda.Store    // keeps what is open
	Unlooked     = agenda.Unlooked // a flow to check
	Look         = agenda.Look     // what was found open about it
	Ranked       = agenda.Ranked   // a duty with its place
	Place        = agenda.Place    // where a duty stands
)

// Bounds of an agenda.
const (
	agendaLimit = 1000
	// lookTime is how long a request for an agenda checks flows itself. The
	// background work checks the rest.
	lookTime = 2 * time.Second
)

// Obligations holds what is still to be done for the flows of a gateway.
type Obligations struct {
	*records
	duties    DutyStore
	rules     Rules
	directory Directory
	switches  map[string]bool
}

// Agenda lists the obligations and warnings of the flows that are standing or
// were delivered.
func (s *Obligations) Agenda(ctx context.Context, filter AgendaFilter) (Agenda, error) {
	if filter.DueBefore != "" {
		if _, err := time.Parse(time.DateOnly, filter.DueBefore); err != nil {
			return Agenda{}, badDay("due_before")
		}
	}
	whose := filter.Local
	if filter.Flow != "" {
		f, err := s.Flow(ctx, filter.Flow)
		if err != nil {
			return Agenda{}, err
		}
		if whose != "" && f.Local != whose {
			return Agenda{}, fmt.Errorf("read flow %s: %w", filter.Flow, dataspace.ErrNotFound)
		}
		whose = f.Local
	}
	filter.Limit = cmp.Or(filter.Limit, agendaLimit)
	home, err := s.directory.Home(ctx, whose) // of all participants together: UTC
	if err != nil {
		return Agenda{}, err
	}
	out := Agenda{On: home.First(s.now()), Obligations: []Duty{}, Warnings: []Notice{}}
	if err := s.look(ctx, filter, s.now().Add(lookTime)); err != nil {
		return Agenda{}, err
	}
	if err := s.readAgenda(ctx, filter, &out); err != nil {
		return Agenda{}, fmt.Errorf("read agenda: %w", err)
	}
	return out, nil
}

func (s *Obligations) readAgenda(ctx context.Context, filter AgendaFilter, out *Agenda) (err error) {
	list, err := s.duties.Duties(ctx, filter, filter.After, filter.Limit+1)
	if err != nil {
		return err
	}
	if len(list) > filter.Limit {
		list = list[:filter.Limit]
		out.Next = &list[len(list)-1].Place
	}
	todays := map[dataspace.ParticipantID]string{}
	for _, r := range list {
		today, known := todays[r.Participant]
		if !known {
			home, err := s.directory.Home(ctx, r.Participant)
			if err != nil {
				return err
			}
			today = home.Last(s.now())
			todays[r.Participant] = today
		}
		r.Overdue = !r.Satisfied && r.Due != nil && *r.Due < today
		out.Obligations = append(out.Obligations, r.Duty)
	}
	if filter.After == (Place{}) {
		if out.Warnings, err = s.duties.Notices(ctx, filter, agendaLimit); err != nil {
			return err
		}
	}
	asOf, err := s.asOf()
	if err != nil {
		return err
	}
	out.Undecided, err = s.duties.Undecided(ctx, filter, asOf)
	return err
}

// deliveredAt is when the data was delivered; zero before the delivery.
func (o Outcome) deliveredAt() (at time.Time) {
	if o.Delivered != nil {
		at = o.Delivered.At
	}
	return at
}

// dates are those of a flow, decided now, whose exporter the facts know.
func (s *records) dates(set *rules.Set, f Flow, facts dataspace.Facts) clear.Dates {
	return clear.DatesOf(set.Home(facts.Known), s.now(), f.deliveredAt())
}

// decideToday decides a flow as of today and asks no other gateway.
func (s *Obligations) decideToday(ctx context.Context, f Flow) (dataspace.Decision, error) {
	name := DocFacts
	if _, started := f.Documents[DocStartFacts]; started {
		name = DocStartFacts
	}
	var facts dataspace.Facts
	if err := s.read(ctx, f, name, &facts); err != nil {
		return dataspace.Decision{}, err
	}
	set := s.rules()
	facts.Switches = s.switches
	if f.Role == dataspace.Consumer {
		set = set.Side(dataspace.ImportSide)
	}
	local, err := s.directory.Participant(ctx, f.Local)
	switch {
	case errors.Is(err, dataspace.ErrNotFound): // the participant no longer exists; its earlier facts stay
	case err != nil:
		return dataspace.Decision{}, err
	case f.Role == dataspace.Consumer:
		asToday(set.Facts(), fact.Recipient, f, &facts, local.Recipient(set.Facts(), ""))
	default:
		asToday(set.Facts(), fact.Exporter, f, &facts, local.Exporter(set.Facts()))
	}
	s.dates(set, f, facts).Put(&facts)
	if facts.Instruments, err = s.directory.Held(ctx, f.Local); err != nil {
		return dataspace.Decision{}, err
	}
	if err := s.addEvents(ctx, f, &facts); err != nil {
		return dataspace.Decision{}, err
	}
	return set.Decide(facts)
}

// addEvents adds what the owner of a registered dataset has recorded since: an
// event, or that the dataset is now important data.
func (s *Obligations) addEvents(ctx context.Context, f Flow, facts *dataspace.Facts) error {
	if f.Role != dataspace.Provider {
		return nil
	}
	d, err := s.directory.Dataset(ctx, f.Local, f.Dataset)
	if errors.Is(err, dataspace.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, ev := range d.Facts.Events {
		if !slices.Contains(facts.Events, ev) {
			facts.Events = append(facts.Events, ev)
		}
	}
	fact.Stated(fact.Standard(), d.Facts.Known, &facts.Known)
	return nil
}

// Fulfil records that a person fulfilled an obligation of a delivered flow that
// no instrument fulfils. The record is kept beside the decision and changes no
// verdict.
func (s *Obligations) Fulfil(ctx context.Context, id dataspace.FlowID, obligation, by, reason, on string) (Flow, error) {
	if reason == "" {
		return Flow{}, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "obligation.reason", Place: "reason", Message: "a reason is needed",
			Hint: "say how it was fulfilled; it is kept as evidence"}
	}
	return s.mutate(ctx, id, func(r *record) error {
		home, err := s.directory.Home(ctx, r.flow.Local)
		if err != nil {
			return err
		}
		on := cmp.Or(on, home.First(s.now()))
		if _, err := time.Parse(time.DateOnly, on); err != nil || on > home.Last(s.now()) {
			return badDay("on")
		}
		if err := s.fulfillable(ctx, r.flow, obligation); err != nil {
			return err
		}
		done := Done{Obligation: obligation, On: on, Reason: reason, By: by, At: s.now()}
		r.flow.Done = append(slices.Clone(r.flow.Done), done)
		if err := r.document(DocDone, done); err != nil {
			return err
		}
		r.event(dataspace.EventObligation, DocDone)
		return nil
	})
}

func badDay(place string) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "obligation.day", Place: place, Message: "expected a day such as 2006-01-02, not in the future of what was done"}
}

// fulfillable returns an error unless a person's statement can fulfil the
// obligation.
func (s *Obligations) fulfillable(ctx context.Context, f Flow, obligation string) error {
	if f.Delivered == nil {
		return wrongState(f, "marked as having fulfilled an obligation", "facts and instruments show what is required before the delivery")
	}
	d, err := s.decideToday(ctx, f)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(d.Obligations, func(o dataspace.Obligation) bool { return o.ID == obligation })
	refuse := func(kind error, code, message, hint string) error {
		return &dataspace.Problem{Kind: kind, Code: code, Place: obligation, Message: message, Hint: hint}
	}
	switch {
	case at < 0:
		return refuse(dataspace.ErrNotFound, "obligation.none", fmt.Sprintf("flow %s has no such obligation", f.ID), "hutong obligations lists what is open")
	case d.Obligations[at].Satisfied || slices.ContainsFunc(f.Done, func(done Done) bool { return done.Obligation == obligation }):
		return refuse(dataspace.ErrConflict, "obligation.done", "the obligation is fulfilled already", "")
	case len(d.Obligations[at].Instruments) > 0:
		return refuse(dataspace.ErrConflict, "obligation.instrument", "an instrument fulfils this obligation, not a person's word",
			fmt.Sprintf("register it: hutong instrument add --kind %s", d.Obligations[at].Instruments[0]))
	}
	return nil
}
