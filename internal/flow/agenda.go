package flow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
)

// What the law asks for does not end with the delivery: a contract is filed, a
// report written, a certificate renewed. Each flow that stands or was delivered
// is therefore decided again, as of today, from what it was decided on, what
// its participant holds now, and what has happened since. It is asked for by
// people, so no peer is called: the other side is what it was.

// Agenda is what is open over the flows of a gateway, decided as of a day.
type Agenda struct {
	On          string   `json:"on"`
	Obligations []Duty   `json:"obligations"` // overdue first, then by date
	Warnings    []Notice `json:"warnings"`
}

// Duty is an obligation of one flow.
type Duty struct {
	Flow        dataspace.FlowID        `json:"flow"`
	Participant dataspace.ParticipantID `json:"participant"`
	Dataset     dataspace.DatasetID     `json:"dataset"`
	DeliveredOn string                  `json:"delivered_on,omitempty"`
	dataspace.Obligation
	Overdue bool  `json:"overdue,omitempty"`
	Done    *Done `json:"done,omitempty"`
}

// Notice is a warning, and the flows that it is about.
type Notice struct {
	Participant dataspace.ParticipantID `json:"participant"`
	Flows       []dataspace.FlowID      `json:"flows"`
	dataspace.Warning
}

// Done says that a person fulfilled an obligation that no instrument fulfils.
type Done struct {
	Obligation string    `json:"obligation"`
	On         string    `json:"on"` // day on which it was done
	Reason     string    `json:"reason"`
	By         string    `json:"by"` // name of the key it was recorded with
	At         time.Time `json:"at"`
}

// AgendaFilter selects what an agenda shows; empty fields select all.
type AgendaFilter struct {
	Local     dataspace.ParticipantID
	Flow      dataspace.FlowID
	DueBefore string // only obligations that are due before this day
	Fulfilled bool   // also what is fulfilled
}

// obligations are what is still to be done for the flows of a gateway.
type obligations struct {
	*records
	rules     Rules
	directory Directory
	switches  map[string]bool
}

// Agenda lists the obligations and warnings of the flows that stand or were
// delivered.
func (s *obligations) Agenda(ctx context.Context, filter AgendaFilter) (Agenda, error) {
	if filter.DueBefore != "" {
		if _, err := time.Parse(time.DateOnly, filter.DueBefore); err != nil {
			return Agenda{}, badDay("due_before")
		}
	}
	out := Agenda{On: s.today(), Obligations: []Duty{}, Warnings: []Notice{}}
	var list []Flow
	var err error
	if filter.Flow != "" {
		list = make([]Flow, 1)
		if list[0], err = s.Flow(ctx, filter.Flow); err == nil && filter.Local != "" && list[0].Local != filter.Local {
			err = fmt.Errorf("read flow %s: %w", filter.Flow, dataspace.ErrNotFound)
		}
	} else {
		list, err = s.List(ctx, Filter{Local: filter.Local, Limit: -1})
	}
	if err != nil {
		return Agenda{}, err
	}
	for _, f := range list {
		if _, decided := f.Documents[DocFacts]; !decided || f.State.Final() && f.Delivered == nil {
			continue
		}
		d, err := s.anew(ctx, f)
		if err != nil {
			return Agenda{}, fmt.Errorf("decide flow %s as of today: %w", f.ID, err)
		}
		out.add(f, d, filter)
	}
	slices.SortStableFunc(out.Obligations, func(a, b Duty) int {
		return cmp.Or(cmp.Compare(dueOr(a), dueOr(b)), cmp.Compare(a.Flow, b.Flow), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// dueOr sorts what has no date, and what is done, behind what has one.
func dueOr(d Duty) string {
	switch {
	case d.Satisfied:
		return "~"
	case d.Due == nil:
		return "x"
	}
	return *d.Due
}

func (a *Agenda) add(f Flow, d dataspace.Decision, filter AgendaFilter) {
	for _, o := range d.Obligations {
		duty := Duty{Flow: f.ID, Participant: f.Local, Dataset: f.Dataset, DeliveredOn: f.deliveredOn(), Obligation: o}
		if at := slices.IndexFunc(f.Done, func(done Done) bool { return done.Obligation == o.ID }); at >= 0 && !o.Satisfied {
			duty.Satisfied, duty.Done = true, &f.Done[at]
		}
		duty.Overdue = !duty.Satisfied && o.Due != nil && *o.Due < a.On
		kept := o.Due == nil && o.Until != nil && *o.Until < a.On // the time of a record is over
		if (duty.Satisfied || kept) && !filter.Fulfilled || filter.DueBefore != "" && (o.Due == nil || *o.Due >= filter.DueBefore) {
			continue
		}
		a.Obligations = append(a.Obligations, duty)
	}
	for _, w := range d.Warnings {
		if w.Kind == dataspace.WarnCount {
			continue // of the day of the flow; the counts themselves tell today's
		}
		at := slices.IndexFunc(a.Warnings, func(n Notice) bool { return n.Participant == f.Local && n.Warning == w })
		if at < 0 {
			at = len(a.Warnings)
			a.Warnings = append(a.Warnings, Notice{Participant: f.Local, Warning: w})
		}
		a.Warnings[at].Flows = append(a.Warnings[at].Flows, f.ID)
	}
}

// deliveredOn is the day of the delivery, empty before it.
func (f Flow) deliveredOn() string {
	if f.Delivered == nil {
		return ""
	}
	return f.Delivered.At.UTC().Format(time.DateOnly)
}

// anew decides a flow as of today, without asking anybody.
func (s *obligations) anew(ctx context.Context, f Flow) (dataspace.Decision, error) {
	name := DocFacts
	if _, started := f.Documents[DocStartFacts]; started {
		name = DocStartFacts
	}
	var facts dataspace.Facts
	if err := s.read(ctx, f, name, &facts); err != nil {
		return dataspace.Decision{}, err
	}
	facts.On, facts.DeliveredOn, facts.Switches = s.today(), f.deliveredOn(), s.switches
	set := s.rules()
	if f.Role == dataspace.Consumer {
		set = set.Side(dataspace.ImportSide)
	}
	local, err := s.directory.Participant(ctx, f.Local)
	switch {
	case errors.Is(err, dataspace.ErrNotFound): // gone since; it was what it was
	case err != nil:
		return dataspace.Decision{}, err
	case f.Role == dataspace.Consumer:
		asToday(set.Facts(), fact.Recipient, f, &facts, local.Recipient(set.Facts(), ""))
	default:
		asToday(set.Facts(), fact.Exporter, f, &facts, local.Exporter(set.Facts()))
	}
	if facts.Instruments, err = s.directory.Held(ctx, f.Local); err != nil {
		return dataspace.Decision{}, err
	}
	if err := s.happened(ctx, f, &facts); err != nil {
		return dataspace.Decision{}, err
	}
	return set.Decide(facts)
}

// happened adds what the owner of a registered dataset has said of it since: an
// event, or that it is important data now.
func (s *obligations) happened(ctx context.Context, f Flow, facts *dataspace.Facts) error {
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
	if said := d.Facts.Known.Of("important"); said.Known() {
		facts.Known.Set("data.important", said)
		facts.Known.Set("data.important_notified_on", d.Facts.Known.Of("important_notified_on"))
	}
	return nil
}

// Fulfil records that a person fulfilled an obligation of a delivered flow that
// no instrument fulfils. It stands beside the decision and changes no verdict.
func (s *obligations) Fulfil(ctx context.Context, id dataspace.FlowID, obligation, by, reason, on string) (Flow, error) {
	if reason == "" {
		return Flow{}, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "obligation.reason", Place: "reason", Message: "a reason is needed",
			Hint: "say how it was fulfilled; it is kept as evidence"}
	}
	on = cmp.Or(on, s.today())
	if _, err := time.Parse(time.DateOnly, on); err != nil || on > s.today() {
		return Flow{}, badDay("on")
	}
	return s.mutate(ctx, id, func(r *record) error {
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

// fulfillable is an error unless a person's word can fulfil the obligation.
func (s *obligations) fulfillable(ctx context.Context, f Flow, obligation string) error {
	if f.Delivered == nil {
		return wrongState(f, "relieved of an obligation by a person's word", "what is demanded before the delivery is shown by facts and instruments")
	}
	d, err := s.anew(ctx, f)
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
