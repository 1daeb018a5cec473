package people

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/objects"
	"hutong/internal/runset"
)

// Reservation names the people of one flow, counted before its delivery.
type Reservation struct {
	ID       dataspace.ReservationID
	Flow     dataspace.FlowID
	Exporter dataspace.ParticipantID
	// Year is the year of the decision's day; see YearOf. A flow that is
	// decided again before its stream opens is counted in the year of the new
	// decision.
	Year int
	On   string // the day of the decision, 2006-01-02
	// Latest is the latest possible day if the exporter's zone is not known;
	// empty means On. A rolling window goes back from On and keeps a person
	// until the window of Latest no longer holds the person.
	Latest string
	To     string // the recipient, as peer/participant
	State  State  // set by the store
}

// Counted is a reservation with the people that it counts. A reservation of an
// older version has neither day nor numbers.
type Counted struct {
	Reservation
	People Totals // of the flow
	New    Totals // those of them whom no other reservation held when they were counted
}

// State is the state of a reservation.
type State string

// The states. A reservation counts while it is reserved, and permanently once
// it is confirmed.
const (
	Loading   State = "loading" // not counted yet
	Reserved  State = "reserved"
	Confirmed State = "confirmed"
	Released  State = "released" // not counted any more
)

// Classes are the classes that a person is in, as bits in the order of the
// classes of all parts of a call.
type Classes uint64

// People yields the people of a flow: each once as a keyed hash of the algorithm,
// with the classes that the person is in. It stops with the error that yield
// returns. It may be called more than once, and the order does not matter, but
// ascending is fastest.
type People func(algorithm string, yield func(person [16]byte, in Classes) error) error

// Part is classes that are counted over the same window.
type Part struct {
	// Name is stored with the counts and must not change.
	Name    string
	Classes []string
	// Months is the length of a rolling window. 0 means that the part is
	// counted by calendar years.
	Months int
	// Pair means that each pair of exporter and recipient is counted
	// separately.
	Pair bool
}

// window returns the window over which the part is counted for a reservation.
func (p Part) window(r Reservation) Window {
	w := Window{Exporter: r.Exporter, Part: p.Name}
	if p.Pair {
		w.Recipient = r.To
	}
	if p.Months == 0 {
		w.Year = r.Year
	}
	return w
}

// since is the first day of a rolling window that ends on a day.
func (p Part) since(on string) (runset.Day, error) {
	if p.Months == 0 {
		return 0, nil
	}
	t, err := time.Parse(time.DateOnly, on)
	if err != nil {
		return 0, fmt.Errorf("read day of decision %q: %w", on, dataspace.ErrInvalid)
	}
	day, ok := runset.ParseDay(monthsBefore(t, p.Months).Format(time.DateOnly))
	if !ok {
		return 0, fmt.Errorf("read day of decision %q: %w", on, dataspace.ErrInvalid)
	}
	return day, nil
}

// monthsBefore is the same day of an earlier month, or the last of that month
// where it is shorter.
func monthsBefore(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month()-time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	return first.AddDate(0, 0, min(t.Day(), first.AddDate(0, 1, -1).Day())-1)
}

// Totals are distinct people by class. A person whose data of two classes left,
// in one flow or in two, is in both.
type Totals map[string]int64

// totalsOf names the numbers of a tally.
func totalsOf(classes []string, t runset.Tally) Totals {
	out := Totals{}
	for i, c := range classes {
		out[c] = t[i]
	}
	return out
}

// Plus returns the sum of both.
func (t Totals) Plus(u Totals) Totals {
	out := maps.Clone(t)
	if out == nil {
		out = Totals{}
	}
	for c, n := range u {
		out[c] += n
	}
	return out
}

// empty reports whether every number is 0.
func (t Totals) empty() bool {
	for _, n := range t {
		if n != 0 {
			return false
		}
	}
	return true
}

// with returns the totals with a number for each of the classes, 0 for a class
// without one.
func (t Totals) with(classes []string) Totals {
	out := t.Plus(nil)
	for _, c := range classes {
		out[c] += 0
	}
	return out
}

// Correction changes the totals by numbers. A person makes it for what the
// gateway cannot know: exports by other ways, or a delivery that never arrived.
type Correction struct {
	ID       string                  `json:"id"`
	Exporter dataspace.ParticipantID `json:"exporter"`
	Year     int                     `json:"year"`
	Change   Totals                  `json:"change"` // may be negative
	Reason   string                  `json:"reason"`
	By       string                  `json:"by"` // name of the key it was made with
	At       time.Time               `json:"at"`
}

// same reports whether both are one correction; the time of sending does not
// matter.
func (c Correction) same(d Correction) bool {
	return c.ID == d.ID && c.Exporter == d.Exporter && c.Year == d.Year && c.Reason == d.Reason && c.By == d.By &&
		c.Change.Plus(nil).minus(d.Change).empty()
}

func (t Totals) minus(u Totals) Totals {
	out := t.Plus(nil)
	for c, n := range u {
		out[c] -= n
	}
	return out
}

// Counts counts people. Every method is durable on return, safe for concurrent
// use, and may be repeated: a repetition changes nothing.
//
// The people of a reservation are a list for each ledger: a short one as rows,
// a long one as a file (runset). A file is written before its list counts, so
// that a long list does not delay other changes. Then one short transaction
// makes it count. The people who are in this list and in no other are found
// before the transaction. That result is valid as long as neither the files nor
// the rows have changed: a ledger has a version of each.
//
// Confirmed lists are merged by Tidy: rows into a file, files into larger
// ones. A merged list begins to count in the transaction in which those that
// it was made of cease to.
type Counts struct {
	rows   Rows
	files  *openFiles
	hashes hashes // new ledgers have the first
	notify func()
	chunk  int   // longer lists are files
	enough int64 // as many confirmed people in rows become a file
	fan    int   // as many files of about one size become one

	// long is locked by a caller that changes which files count.
	long sync.Mutex
	tidy sync.Mutex

	// killed interrupts an action between two steps, in tests.
	killed func(step string) error
}

const (
	// chunk is how many people are written or looked up in one transaction,
	// about ten milliseconds.
	chunk       = 4096
	enoughRows  = 16 * chunk
	fan         = 8
	maxRowLists = chunk
	// tries is how often a result may become outdated before the last try locks
	// out other changes.
	tries = 3
)

// Open opens the counts of a gateway, whose long lists are in a store of their
// own. scratch is a directory of this machine for making them, and is emptied.
// hashes are the ways to hash people, the newest first: a new ledger has that one,
// and any other goes on with the one that it began with. notify tells the log that
// there is evidence for it. Close the counts before the rows. Open removes the
// files that a crash left.
func Open(ctx context.Context, rows Rows, lists objects.Store, scratch string, hashes []Hash, notify func()) (*Counts, error) {
	c := &Counts{rows: rows, files: newOpenFiles(folder{lists, scratch}), hashes: hashes, notify: notify, chunk: chunk, enough: enoughRows, fan: fan}
	if err := c.sweep(ctx); err != nil {
		return nil, fmt.Errorf("open counts: %w", err)
	}
	return c, nil
}

func (c *Counts) step(name string) error {
	if c.killed == nil {
		return nil
	}
	return c.killed(name)
}

// Totals returns the people of an exporter in a calendar year, reserved and
// confirmed, by the classes of a part, including corrections.
func (c *Counts) Totals(ctx context.Context, exporter dataspace.ParticipantID, year int, p Part) (Totals, error) {
	var t Totals
	err := c.rows.View(ctx, func(ctx context.Context, q Reader) (err error) {
		t, err = yearTotals(ctx, q, exporter, year, p.Name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count people of %s in %d: %w", exporter, year, err)
	}
	return t.with(p.Classes), nil
}

// Correct changes the totals of a calendar year by numbers. It stores the
// reason and, in the same step, the evidence. ErrInvalid if a total would be
// negative, ErrConflict if the id was used for another correction. Only classes
// of the part can be corrected.
func (c *Counts) Correct(ctx context.Context, p Part, x Correction) error {
	if x.ID == "" || x.Exporter == "" || x.Year < 2000 || x.Year > 9999 || x.Change.empty() || x.At.IsZero() {
		return fmt.Errorf("correct count: id, exporter, year, change and time are needed: %w", dataspace.ErrInvalid)
	}
	if x.Reason == "" || x.By == "" {
		return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "count.reason", Place: x.ID,
			Message: "a correction needs a reason and somebody who answers for it", Hint: "say what happened and where it is written"}
	}
	for class := range x.Change {
		if !slices.Contains(p.Classes, class) {
			return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "count.class", Place: class, Message: "no such class of people is counted",
				Hint: "the classes are " + strings.Join(p.Classes, ", ")}
		}
	}
	x.Change = x.Change.with(p.Classes)
	evidence, err := correctionEvent(x)
	if err == nil {
		err = c.rows.Update(ctx, func(ctx context.Context, tx Tx) error { return correct(ctx, tx, x, evidence) })
	}
	if err != nil {
		return fmt.Errorf("correct count of %s in %d: %w", x.Exporter, x.Year, err)
	}
	c.notify()
	return nil
}

func correct(ctx context.Context, tx Tx, x Correction, evidence dataspace.Event) error {
	was, err := tx.Correction(ctx, x.ID)
	if err == nil {
		if !was.same(x) {
			return fmt.Errorf("the id was used for another correction: %w", dataspace.ErrConflict)
		}
		return nil
	}
	if !errors.Is(err, dataspace.ErrNotFound) {
		return err
	}
	if err := tx.PutCorrection(ctx, x, evidence); err != nil {
		return err
	}
	t, err := yearTotals(ctx, tx, x.Exporter, x.Year, YearPart)
	if err != nil {
		return err
	}
	for _, n := range t {
		if n < 0 {
			return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "count.negative", Place: x.ID, Message: "the correction takes away more people than were counted"}
		}
	}
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

// Corrections lists the corrections of an exporter in a year, in order of time.
func (c *Counts) Corrections(ctx context.Context, exporter dataspace.ParticipantID, year int) (out []Correction, err error) {
	err = c.rows.View(ctx, func(ctx context.Context, q Reader) (err error) {
		out, err = q.Corrections(ctx, exporter, year)
		return err
	})
	return out, err
}

// ByFlow finds the reservations that a flow made before a crash, in order of
// id.
func (c *Counts) ByFlow(ctx context.Context, flow dataspace.FlowID) ([]Reservation, error) {
	var out []Reservation
	err := c.rows.View(ctx, func(ctx context.Context, q Reader) error {
		claims, err := q.Claims(ctx, ClaimFilter{Flow: flow})
		for _, x := range claims {
			if n := len(out); n == 0 || out[n-1].ID != x.ID {
				out = append(out, x.Reservation)
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find reservations of %s: %w", flow, err)
	}
	return out, nil
}

// ByYear lists the reservations that count for an exporter in a calendar year,
// newest day first.
func (c *Counts) ByYear(ctx context.Context, exporter dataspace.ParticipantID, year int) ([]Counted, error) {
	var out []Counted
	err := c.rows.View(ctx, func(ctx context.Context, q Reader) error {
		l, err := q.Ledger(ctx, Window{Exporter: exporter, Part: YearPart, Year: year})
		if errors.Is(err, dataspace.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		claims, err := q.Claims(ctx, ClaimFilter{Ledger: l.Num})
		for _, x := range claims {
			if x.State == Reserved || x.State == Confirmed {
				out = append(out, Counted{Reservation: x.Reservation, People: x.People, New: x.New})
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list flows counted for %s in %d: %w", exporter, year, err)
	}
	slices.SortStableFunc(out, func(a, b Counted) int { return -compareDays(a.On, b.On) })
	return out, nil
}

func compareDays(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// YearPart is the name of the part that is counted by calendar years.
const YearPart = "year"

// YearOf returns the year in which a decision of that day counts.
func YearOf(on string) (int, error) {
	day, err := time.Parse(time.DateOnly, on)
	if err != nil {
		return 0, fmt.Errorf("read day of decision %q: %w", on, dataspace.ErrInvalid)
	}
	return day.Year(), nil
}
