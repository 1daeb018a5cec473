package clear

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"hutong/internal/dataspace"
)

// Reservation names the people of one flow, counted before its delivery.
type Reservation struct {
	ID       dataspace.ReservationID
	Flow     dataspace.FlowID
	Exporter dataspace.ParticipantID
	// Year is that of the decision's day; see YearOf. A flow that is decided
	// again before its stream opens is counted in that day's year.
	Year  int
	On    string           // the day of the decision, 2006-01-02
	To    string           // the recipient, as peer/participant
	State ReservationState // set by the store
}

// Counted is a reservation with the people that it counts. What an older
// version counted has neither day nor numbers.
type Counted struct {
	Reservation
	People *Totals // of the flow
	New    *Totals // those of them whom nobody else held when they were counted
}

// ReservationState is how far a reservation has come.
type ReservationState string

// The states. A reservation counts while it is reserved, and for ever once it
// is confirmed.
const (
	Loading   ReservationState = "loading" // not counted yet
	Reserved  ReservationState = "reserved"
	Confirmed ReservationState = "confirmed"
	Released  ReservationState = "released" // not counted any more
)

// People yields the people of a flow: each once as a keyed hash, with whether
// sensitive data of that person leaves and whether the person is under 14. It
// stops with the error that yield returns. A census' Each has this form; the
// order does not matter, but ascending is fastest.
type People func(yield func(person [16]byte, sensitive, under14 bool) error) error

// Totals are distinct people of one exporter in one year. A person whose
// ordinary data left in one flow and sensitive data in another is in both.
type Totals struct {
	Other     int64 `json:"non_sensitive"`
	Sensitive int64 `json:"sensitive"`
	Under14   int64 `json:"under_14"`
}

// Facts are the totals as a decision takes them.
func (t Totals) Facts() dataspace.CountFacts {
	return dataspace.CountFacts{NonSensitive: &t.Other, Sensitive: &t.Sensitive, Under14: &t.Under14}
}

// Correction changes the totals by numbers, where a person knows what the
// gateway cannot: exports by other ways, or a delivery that never arrived.
type Correction struct {
	ID       string                  `json:"id"`
	Exporter dataspace.ParticipantID `json:"exporter"`
	Year     int                     `json:"year"`
	Change   Totals                  `json:"change"` // may be negative
	Reason   string                  `json:"reason"`
	By       string                  `json:"by"` // name of the key it was made with
	At       time.Time               `json:"at"`
}

// CountStore keeps the counts. Every method is durable on return, safe for
// concurrent use, and may be repeated: a repetition changes nothing.
type CountStore interface {
	// Reserve adds the people to those counted for the exporter and year, and
	// returns the totals with them, in one step that no other reservation can
	// fall into: of two flows that cross a number together, one sees the
	// total at or above it. Nothing is counted on error. A reservation that
	// is already counted is left as it is; one that was released, or whose
	// Reserve was cut short, begins anew, also in another year: a flow may
	// wait over New Year. ErrConflict if the id was used for another flow, or
	// counts for another exporter or year, or if keyID is not the one the year
	// was begun with. ErrStale if another Reserve of the same id is under way.
	Reserve(ctx context.Context, r Reservation, keyID string, people People) (Totals, error)
	// Confirm counts the reservation's people for ever. ErrNotFound;
	// ErrConflict if it was released or was never counted.
	Confirm(ctx context.Context, id dataspace.ReservationID) error
	// Release stops counting the people whom only this reservation holds. An
	// unknown reservation holds nobody: no error. ErrConflict if confirmed.
	Release(ctx context.Context, id dataspace.ReservationID) error
	// Totals are those at the moment, corrections included.
	Totals(ctx context.Context, exporter dataspace.ParticipantID, year int) (Totals, error)
	// Recount computes what Totals answers from the people themselves.
	Recount(ctx context.Context, exporter dataspace.ParticipantID, year int) (Totals, error)
	// ByFlow lists the reservations of a flow, in order of id.
	ByFlow(ctx context.Context, flow dataspace.FlowID) ([]Reservation, error)
	// ByYear lists the reservations that count for an exporter and year, newest
	// day first.
	ByYear(ctx context.Context, exporter dataspace.ParticipantID, year int) ([]Counted, error)
	// Correct changes the totals and keeps the evidence of it, in one step.
	// ErrInvalid if a total would be negative, ErrConflict if the id was used
	// for another correction.
	Correct(ctx context.Context, c Correction, evidence dataspace.Event) error
	// Corrections lists them in order of time.
	Corrections(ctx context.Context, exporter dataspace.ParticipantID, year int) ([]Correction, error)
	// Tidy merges the people of confirmed reservations and drops those of
	// released ones, in steps that hold up nobody. No total changes by it. It
	// returns how many lists of people it finished.
	Tidy(ctx context.Context) (int, error)
}

// Counts counts people. It is safe for concurrent use.
type Counts struct {
	store  CountStore
	keyID  string
	notify func()
}

// NewCounts makes the counter; keyID names the key of the hashes, so that
// hashes under two keys are never counted together. notify tells the log that
// there is evidence for it.
func NewCounts(store CountStore, keyID string, notify func()) *Counts {
	return &Counts{store: store, keyID: keyID, notify: notify}
}

// Reserve counts the people of a flow before it is decided, and returns the
// totals with them. See CountStore.
func (c *Counts) Reserve(ctx context.Context, r Reservation, people People) (Totals, error) {
	if r.ID == "" || r.Flow == "" || r.Exporter == "" || r.Year < 2000 || r.Year > 9999 {
		return Totals{}, fmt.Errorf("reserve people: id, flow, exporter and year are needed: %w", dataspace.ErrInvalid)
	}
	t, err := c.store.Reserve(ctx, r, c.keyID, people)
	if err != nil {
		return Totals{}, fmt.Errorf("reserve people of %s: %w", r.ID, err)
	}
	return t, nil
}

// Confirm counts the people of a reservation for ever: they have left.
func (c *Counts) Confirm(ctx context.Context, id dataspace.ReservationID) error {
	if err := c.store.Confirm(ctx, id); err != nil {
		return fmt.Errorf("confirm people of %s: %w", id, err)
	}
	return nil
}

// Release stops counting the people whom only this reservation holds.
func (c *Counts) Release(ctx context.Context, id dataspace.ReservationID) error {
	if err := c.store.Release(ctx, id); err != nil {
		return fmt.Errorf("release people of %s: %w", id, err)
	}
	return nil
}

// Totals are the people of an exporter in a year, reserved and confirmed.
func (c *Counts) Totals(ctx context.Context, exporter dataspace.ParticipantID, year int) (Totals, error) {
	t, err := c.store.Totals(ctx, exporter, year)
	if err != nil {
		return Totals{}, fmt.Errorf("count people of %s in %d: %w", exporter, year, err)
	}
	return t, nil
}

// Recount counts the people of an exporter in a year one by one, for whoever
// doubts Totals. It takes seconds for millions.
func (c *Counts) Recount(ctx context.Context, exporter dataspace.ParticipantID, year int) (Totals, error) {
	t, err := c.store.Recount(ctx, exporter, year)
	if err != nil {
		return Totals{}, fmt.Errorf("recount people of %s in %d: %w", exporter, year, err)
	}
	return t, nil
}

// ByFlow finds what a flow reserved before a crash.
func (c *Counts) ByFlow(ctx context.Context, flow dataspace.FlowID) ([]Reservation, error) {
	return c.store.ByFlow(ctx, flow)
}

// Correct changes the totals by numbers, for a reason that is kept.
func (c *Counts) Correct(ctx context.Context, x Correction) error {
	if x.ID == "" || x.Exporter == "" || x.Year < 2000 || x.Year > 9999 || x.Change == (Totals{}) || x.At.IsZero() {
		return fmt.Errorf("correct count: id, exporter, year, change and time are needed: %w", dataspace.ErrInvalid)
	}
	if x.Reason == "" || x.By == "" {
		return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "count.reason", Place: x.ID,
			Message: "a correction needs a reason and somebody who answers for it", Hint: "say what happened and where it is written"}
	}
	evidence, err := correctionEvent(x)
	if err == nil {
		err = c.store.Correct(ctx, x, evidence)
	}
	if err != nil {
		return fmt.Errorf("correct count of %s in %d: %w", x.Exporter, x.Year, err)
	}
	c.notify()
	return nil
}

// correctionEvent is the evidence of a correction: a commitment to all of it.
// Its id follows from the correction's, so that a repetition is logged once.
func correctionEvent(x Correction) (dataspace.Event, error) {
	doc, err := dataspace.NewDocument(x)
	if err != nil {
		return dataspace.Event{}, err
	}
	var salt dataspace.Salt
	rand.Read(salt[:])
	return dataspace.Event{
		ID: dataspace.EventID("correction." + x.ID), Kind: dataspace.EventCorrection, At: x.At,
		Documents: map[string]dataspace.Document{"correction": doc}, Salts: map[string]dataspace.Salt{"correction": salt},
	}, nil
}

// ByYear lists the flows that count for an exporter and year, newest first.
func (c *Counts) ByYear(ctx context.Context, exporter dataspace.ParticipantID, year int) ([]Counted, error) {
	list, err := c.store.ByYear(ctx, exporter, year)
	if err != nil {
		return nil, fmt.Errorf("list flows counted for %s in %d: %w", exporter, year, err)
	}
	return list, nil
}

// Corrections lists the corrections of an exporter in a year.
func (c *Counts) Corrections(ctx context.Context, exporter dataspace.ParticipantID, year int) ([]Correction, error) {
	return c.store.Corrections(ctx, exporter, year)
}

// Tidy makes room; call it at start and now and then. See CountStore.
func (c *Counts) Tidy(ctx context.Context) (int, error) { return c.store.Tidy(ctx) }

// YearOf is the year in which a decision of that day counts.
func YearOf(on string) (int, error) {
	day, err := time.Parse(time.DateOnly, on)
	if err != nil {
		return 0, fmt.Errorf("read day of decision %q: %w", on, dataspace.ErrInvalid)
	}
	return day.Year(), nil
}
