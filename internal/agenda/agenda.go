// Package agenda defines what is still to be done about flows, and the store
// that keeps it. Package flow decides flows; this package does not.
package agenda

import (
	"cmp"
	"context"
	"slices"
	"time"

	"hutong/internal/dataspace"
)

// Agenda is what is open over the flows of a gateway. Some legal requirements
// continue after the delivery: a contract is filed, a certificate renewed. So
// each standing or delivered flow is decided again, as of a day, on the facts
// of its decision, the present instruments of its participant, and the events
// since. It does not ask any peer: the facts about the other side stay
// unchanged.
type Agenda struct {
	On          string   `json:"on"`
	Obligations []Duty   `json:"obligations"` // overdue first, then by date
	Warnings    []Notice `json:"warnings"`    // on the first page
	// Undecided is how many flows have changed, or are not decided as of today
	// yet; the agenda shows older results for them.
	Undecided int64 `json:"undecided,omitempty"`
	// Next is where the agenda continues; nil at its end.
	Next *Place `json:"-"`
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
	Flows       []dataspace.FlowID      `json:"flows"` // the first NoticeFlows
	FlowsInAll  int64                   `json:"flows_in_all"`
	dataspace.Warning
}

// NoticeFlows is how many flows a notice names.
const NoticeFlows = 100

// Done says that a person fulfilled an obligation that no instrument fulfils.
type Done struct {
	Obligation string    `json:"obligation"`
	On         string    `json:"on"` // day on which it was done
	Reason     string    `json:"reason"`
	By         string    `json:"by"` // name of the key it was recorded with
	At         time.Time `json:"at"`
}

// Filter selects what an agenda shows; empty fields select all.
type Filter struct {
	Local     dataspace.ParticipantID
	Flow      dataspace.FlowID
	DueBefore string // only obligations that are due before this day
	Fulfilled bool   // also what is fulfilled
	After     Place  // only duties after it; zero: from the beginning
	Limit     int    // how many obligations; 0: 1000
}

// Store keeps the open duties of each flow as of its last check, so that an
// agenda takes the same time for any number of flows. A flow is checked, which
// means decided as of today, once a day, under new rules, and after each change
// of what its decision depends on; the store knows which flows must be checked.
// A flow that was never decided, or ended without a delivery, is not in it.
type Store interface {
	// Unlooked returns flows that were not checked for this day and these
	// rules, or that changed since: in order of AsOf and Flow, after the given
	// one.
	Unlooked(ctx context.Context, of Filter, asOf string, after Unlooked, limit int) ([]Unlooked, error)
	// PutLook replaces the open duties of a flow, atomically. It does nothing
	// when the flow has changed again since Unlooked.
	PutLook(ctx context.Context, u Unlooked, l Look) error
	// Duties returns the obligations that the filter selects, in the order of
	// Place, after a place. The filter's DueBefore is compared with Rank.
	Duties(ctx context.Context, of Filter, after Place, limit int) ([]Ranked, error)
	// Notices returns the warnings that the filter selects, each once with the
	// first of its flows, in order of participant. If the filter names a flow,
	// they name only that one.
	Notices(ctx context.Context, of Filter, limit int) ([]Notice, error)
	// Undecided counts the flows that Unlooked would return.
	Undecided(ctx context.Context, of Filter, asOf string) (int64, error)
}

// Unlooked is a flow that must be checked, as of one of its changes.
type Unlooked struct {
	AsOf    string // of the last check; empty: never, or before a change
	Flow    dataspace.FlowID
	Changed int64
}

// Look is the result of checking a flow.
type Look struct {
	AsOf     string // day and rules, see asOf
	Local    dataspace.ParticipantID
	Duties   []Ranked
	Warnings []dataspace.Warning
}

// Ranked is an obligation with its place in an agenda.
type Ranked struct {
	Duty
	Place
	// Open is false for a fulfilled duty, and for a record whose period has
	// ended.
	Open bool
}

// Place is the position of an obligation in an agenda.
type Place struct {
	Rank string // the day on which it is due; then those without a day, then fulfilled ones
	Flow dataspace.FlowID
	N    int // of the flow
}

// LookOf is what a decision leaves open on a day. The given duty names the flow
// and is otherwise empty; done lists what a person fulfilled.
func LookOf(about Duty, done []Done, d dataspace.Decision, asOf, day string) Look {
	l := Look{AsOf: asOf, Local: about.Participant}
	for _, o := range d.Obligations {
		duty := about
		duty.Obligation = o
		if at := slices.IndexFunc(done, func(w Done) bool { return w.Obligation == o.ID }); at >= 0 && !o.Satisfied {
			duty.Satisfied, duty.Done = true, &done[at]
		}
		kept := o.Due == nil && o.Until != nil && *o.Until < day // the period of a record has ended
		l.Duties = append(l.Duties, Ranked{Duty: duty, Place: Place{Rank: rankOf(duty), Flow: about.Flow}, Open: !duty.Satisfied && !kept})
	}
	slices.SortStableFunc(l.Duties, func(a, b Ranked) int { return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.ID, b.ID)) })
	for i := range l.Duties {
		l.Duties[i].N = i
	}
	for _, w := range d.Warnings {
		if w.Kind != dataspace.WarnCount { // of the day of the flow; the counts themselves show today's
			l.Warnings = append(l.Warnings, w)
		}
	}
	return l
}

// rankOf sorts duties without a date, and fulfilled ones, after the days.
func rankOf(d Duty) string {
	switch {
	case d.Satisfied:
		return "~"
	case d.Due == nil:
		return "x"
	}
	return *d.Due
}
