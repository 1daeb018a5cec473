package people

import (
	"context"

	"hutong/internal/dataspace"
	"hutong/internal/runset"
)

// Rows keeps the data of Counts that is not in files. It is safe for concurrent
// use.
type Rows interface {
	// View runs fn on a snapshot of the rows. It does not wait for changes.
	View(ctx context.Context, fn func(context.Context, Reader) error) error
	// Update runs fn in a transaction; transactions run one after the other.
	// The changes are durable when Update returns nil, and undone when fn
	// fails. The context of fn is not cancelled during the transaction. fn must
	// use only tx.
	Update(ctx context.Context, fn func(context.Context, Tx) error) error
}

// Reader reads rows.
type Reader interface {
	LedgerReader
	ListReader
	MemberReader
	CorrectionReader
}

// Tx reads and changes rows.
type Tx interface {
	Reader
	LedgerWriter
	ListWriter
	MemberWriter
	// PutCorrection adds a correction together with its evidence.
	PutCorrection(ctx context.Context, c Correction, evidence dataspace.Event) error
}

// Window is a window over which people are counted: all that one exporter sends
// in one calendar year, or in the months before any day.
type Window struct {
	Exporter dataspace.ParticipantID
	// Recipient is the recipient, as peer/participant, if each pair of exporter
	// and recipient is counted separately. Otherwise it is empty.
	Recipient string
	// Part names the classes that are counted together; see Part.Name.
	Part string
	Year int // 0: the window rolls
}

// Ledger holds the people that are counted over one window.
type Ledger struct {
	Num int64 // 0: nobody was counted yet
	Window
	KeyID string // of the key that the hashes are made with
	// Version grows with every change of who counts, Files with every change of
	// which files count.
	Version, Files int64
	// Classes are the ids of the classes in the order of the bits of a mask. A
	// class may be added at the end; classes are never moved or removed.
	Classes []string
}

// LedgerReader finds ledgers.
type LedgerReader interface {
	// Ledger finds the ledger of a window, or returns ErrNotFound.
	Ledger(ctx context.Context, w Window) (Ledger, error)
	// LedgerOf finds the ledger with a number, or returns ErrNotFound.
	LedgerOf(ctx context.Context, num int64) (Ledger, error)
	// LastYear is the latest year with a ledger of the exporter and part, 0 if
	// there is none.
	LastYear(ctx context.Context, exporter dataspace.ParticipantID, part string) (int, error)
	// Tally returns the number of people that a ledger counts, by class. For a
	// rolling window, it counts those whose last day is since or later.
	Tally(ctx context.Context, ledger int64, since runset.Day) (runset.Tally, error)
}

// LedgerWriter changes ledgers.
type LedgerWriter interface {
	// PutLedger adds the ledger when its number is 0, and else replaces it; it
	// returns it with its number.
	PutLedger(ctx context.Context, l Ledger) (Ledger, error)
	// Count changes the tally of a ledger.
	Count(ctx context.Context, ledger int64, c runset.Change) error
}

// Job is the work to do with a list.
type Job string

// The jobs of lists.
const (
	JobLoading Job = "loading" // its people are still coming
	JobMerging Job = "merging" // it is being made of others
	JobHeld    Job = "held"    // nothing: it is that of a reservation
	JobSettle  Job = "settle"  // to be merged with others
	JobDrop    Job = "drop"    // to be removed
)

// List holds people of a ledger: those of one reservation, or of several that
// were merged.
type List struct {
	Num, Ledger int64
	File        bool // kept in a file, not in rows
	Counted     bool
	Job         Job
	// Day is the day of all its people. For a merged list it is a day before
	// which none of them left. It is 0 in a calendar year or if it is not
	// known.
	Day  runset.Day
	Info runset.Info
}

// Claim is the part of a reservation that belongs to one ledger.
type Claim struct {
	Reservation
	Part   string
	Ledger int64
	List   int64
	People Totals // of the reservation; nil: not kept
	New    Totals // those of them whom no other list held
}

// ListFilter chooses lists. Zero fields choose all.
type ListFilter struct {
	Num    int64
	Job    Job
	Ledger int64
	Files  bool // only files that count
}

// ClaimFilter chooses claims. Zero fields choose all.
type ClaimFilter struct {
	ID     dataspace.ReservationID
	Flow   dataspace.FlowID
	Ledger int64
}

// ListReader finds lists and claims.
type ListReader interface {
	// Lists are in the order of ledger, File and number of people.
	Lists(ctx context.Context, f ListFilter) ([]List, error)
	// Claims are in the order of id and part.
	Claims(ctx context.Context, f ClaimFilter) ([]Claim, error)
}

// ListWriter changes lists and claims.
type ListWriter interface {
	// PutList adds the list when its number is 0, and else replaces it; it
	// returns it with its number. A number is never given twice.
	PutList(ctx context.Context, l List) (List, error)
	// DeleteList removes a list without people.
	DeleteList(ctx context.Context, num int64) error
	// PutClaim adds or replaces the claim of an id and part.
	PutClaim(ctx context.Context, c Claim) error
}

// MemberReader reads the people of lists that are not files. Each person has
// the day of the list.
type MemberReader interface {
	// Members are the people of a list, in order. The source ends with the
	// transaction.
	Members(ctx context.Context, list int64) (runset.Source, error)
	// Others returns the people of all counting lists of a ledger except one,
	// in order and each once. The source ends with the transaction.
	Others(ctx context.Context, ledger, but int64) (runset.Source, error)
	// Held adds to each of held what Others would return for the person at the
	// same index. People are in order.
	Held(ctx context.Context, ledger, but int64, people, held []runset.Person) error
}

// MemberWriter changes the people of lists that are not files.
type MemberWriter interface {
	AddMembers(ctx context.Context, l List, people []runset.Person) error
	// DropMembers removes the first people of a list, at most limit, and
	// reports whether there are more.
	DropMembers(ctx context.Context, list int64, limit int) (more bool, err error)
}

// CorrectionReader finds corrections.
type CorrectionReader interface {
	// Correction finds a correction by its id, or returns ErrNotFound.
	Correction(ctx context.Context, id string) (Correction, error)
	// Corrections lists those of a year in order of time.
	Corrections(ctx context.Context, exporter dataspace.ParticipantID, year int) ([]Correction, error)
}
