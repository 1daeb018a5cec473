// Package agenda says what is still to be done about flows, and what a store of
// it promises. It decides no flow: package flow does.
package agenda

import (
	"cmp"
	"context"
	"slices"
	"time"

	"hutong/internal/dataspace"
)

// Agenda is what is open over the flows of a gateway. What the law asks for does
// not end with the delivery: a contract is filed, a certificate renewed. So each
// flow that stands or was delivered is decided again, as of a day, from what it
// was decided on, what its participant holds now, and what has happened since.
// No peer is called: the other side is what it was.
type Agenda struct {
	On          string   `json:"on"`
	Obligations []Duty   `json:"obligations"` // overdue first, then by date
	Warnings    []Notice `json:"warnings"`    // on the first page
	// Undecided is how many flows have changed, or are not decided as of today
	// yet; what is said of them is older.
	Undecided int64 `json:"undecided,omitempty"`
	// Next is where the agenda goes on; nil at its end.
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
	After     Place  // only what stands behind it; zero: from the beginning
	Limit     int    // how many obligations; 0: 1000
}

// Store keeps what was open about each flow when it was looked at last, so
// that an agenda takes the same time at any number of flows. A flow is looked
// at, that is, decided as of today, once a day, under new rules, and after each
// change of what its decision rests on; the store knows which have to be. One
// that was never decided, or ended without a delivery, is not in it.
type Store interface {
	// Unlooked returns flows that were not looked at by this day and these
	// rules, or not since something changed: in order of AsOf and Flow, after the
	// given one.
	Unlooked(ctx context.Context, of Filter, asOf string, after Unlooked, limit int) ([]Unlooked, error)
	// PutLook replaces what is open about a flow, atomically. It does nothing
	// when the flow has changed again since Unlooked.
	PutLook(ctx context.Context, u Unlooked, l Look) error
	// Duties returns the obligations that the filter selects, in the order of
	// Place, after a place. The filter's DueBefore is compared with Rank.
	Duties(ctx context.Context, of Filter, after Place, limit int) ([]Ranked, error)
	// Notices returns the warnings that the filter selects, each once with the
	// first of its flows, in order of participant. Where the filter names a flow,
	// that is the only one that they name.
	Notices(ctx context.Context, of Filter, limit int) ([]Notice, error)
	// Undecided counts the flows that Unlooked would return.
	Undecided(ctx context.Context, of Filter, asOf string) (int64, error)
}

// Unlooked is a flow that must be looked at, as of one of its changes.
type Unlooked struct {
	AsOf    string // of the last look; empty: never, or before a change
	Flow    dataspace.FlowID
	Changed int64
}

// Look is what was found open about a flow.
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
	// Open is false for what is done, and for a record whose time is over.
	Open bool
}

// Place is where an obligation stands in an agenda.
type Place struct {
	Rank string // the day on which it is due, then what has none, then what is done
	Flow dataspace.FlowID
	N    int // of the flow
}

// LookOf is what a decision leaves open on a day about the flow of a duty that
// says nothing yet, of which a person fulfilled what is done.
func LookOf(about Duty, done []Done, d dataspace.Decision, asOf, day string) Look {
	l := Look{AsOf: asOf, Local: about.Participant}
	for _, o := range d.Obligations {
		duty := about
		duty.Obligation = o
		if at := slices.IndexFunc(done, func(w Done) bool { return w.Obligation == o.ID }); at >= 0 && !o.Satisfied {
			duty.Satisfied, duty.Done = true, &done[at]
		}
		kept := o.Due == nil && o.Until != nil && *o.Until < day // the time of a record is over
		l.Duties = append(l.Duties, Ranked{Duty: duty, Place: Place{Rank: rankOf(duty), Flow: about.Flow}, Open: !duty.Satisfied && !kept})
	}
	slices.SortStableFunc(l.Duties, func(a, b Ranked) int { return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.ID, b.ID)) })
	for i := range l.Duties {
		l.Duties[i].N = i
	}
	for _, w := range d.Warnings {
		if w.Kind != dataspace.WarnCount { // of the day of the flow; the counts themselves tell today's
			l.Warnings = append(l.Warnings, w)
		}
	}
	return l
}

// rankOf sorts what has no date, and what is done, behind days.
func rankOf(d Duty) string {
	switch {
	case d.Satisfied:
		return "~"
	case d.Due == nil:
		return "x"
	}
	return *d.Due
}
