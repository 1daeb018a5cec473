package flow

import (
	"context"
	"encoding/json"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
	"hutong/internal/people"
	"hutong/internal/prove"
	"hutong/internal/rules"
	"hutong/internal/zone"
)

// Rules is the rule packs in force.
type Rules func() *rules.Set

// Profiler profiles datasets and keeps the people in them until the flow has
// ended.
type Profiler interface {
	// Profile reads the source from start to end. It keeps the census under the
	// flow's name. stamp changes when the source does.
	Profile(ctx context.Context, f Flow, progress func(rows, bytes, total int64)) (p dataspace.Profile, stamp string, err error)
	// Current reports whether what people say of the dataset is still what its
	// profile was made with.
	Current(ctx context.Context, f Flow, p dataspace.Profile) (bool, error)
	// Size is roughly how many bytes Profile would read; 0 if not known.
	Size(f Flow) int64
	// Census opens what Profile kept; ErrNotFound if it no longer exists.
	Census(ctx context.Context, id dataspace.FlowID) (Census, error)
	// Forget removes it; removing a missing one is no error.
	Forget(ctx context.Context, id dataspace.FlowID) error
}

// Census is the distinct people of a dataset, as keyed hashes.
type Census interface {
	// Each yields the people whose data leaves with the given columns, hashed by
	// an algorithm, and the classes of each; ErrNotFound if the census was not
	// made for one of the classes or not by that algorithm.
	Each(algorithm string, leaving func(column string) bool, classes []dataspace.CountClass, yield func(person [16]byte, in people.Classes) error) error
	Close() error
}

// Counts counts the people of an exporter's year.
type Counts interface {
	Reserve(ctx context.Context, r people.Reservation, parts []people.Part, who people.People) (people.Totals, error)
	Confirm(ctx context.Context, id dataspace.ReservationID) error
	Release(ctx context.Context, id dataspace.ReservationID) error
}

// Evidence is the log of the gateway; prove.Log describes the methods.
type Evidence interface {
	Notify()
	AwaitLogged(ctx context.Context, id dataspace.EventID) (uint64, error)
	Await(ctx context.Context, id dataspace.EventID) (uint64, error)
	Answers(witness string) bool
	MayLeave(ctx context.Context, witness, seen string) error
	AwaitCosigned(ctx context.Context, index uint64, witnesses ...string) error
	WhenCosigned(index uint64, witness, who string, call func()) (bool, error)
	Waybill(ctx context.Context, id dataspace.FlowID, parties prove.Parties, role dataspace.Role) ([]byte, error)
}

var _ Evidence = (*prove.Log)(nil)

// Directory knows participants, their instruments, and the peers.
type Directory interface {
	Participant(ctx context.Context, id dataspace.ParticipantID) (gateway.Participant, error)
	// Home returns the time zones that give a participant's day. There are none,
	// which means UTC, for a participant that was removed.
	Home(ctx context.Context, id dataspace.ParticipantID) (zone.List, error)
	Held(ctx context.Context, owner dataspace.ParticipantID) ([]dataspace.Instrument, error)
	// Declared are the declarations about a participant and a dataset of it that
	// hold where it is.
	Declared(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID, at time.Time) ([]dataspace.Declaration, error)
	// Screened adds what lists of barred recipients say of a participant behind a
	// peer, and names these lists.
	Screened(ctx context.Context, peer dataspace.PeerName, p gateway.PublicParticipant) (gateway.PublicParticipant, []dataspace.Screening, error)
	Dataset(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID) (gateway.Dataset, error)
	Datasets(ctx context.Context, owner dataspace.ParticipantID) ([]gateway.Dataset, error)
	// Allow returns ErrDenied where the operator's policy for the peer forbids
	// the operation or does not know the purpose.
	Allow(ctx context.Context, peer dataspace.PeerName, op gateway.Operation, purpose string) error
	// Counterparty is what the peer says of a participant of its own;
	// ErrNotFound if there is none of that name, ErrPeerUnreachable.
	Counterparty(ctx context.Context, peer dataspace.PeerName, id dataspace.ParticipantID) (Other, error)
}

// Other is a participant behind a peer.
type Other struct {
	gateway.PublicParticipant
	Gateway dataspace.GatewayID
	Address string // its DSP base
	URL     string // its gateway's base
	Party   prove.Party
}

// Catalogues asks other connectors what they offer.
type Catalogues interface {
	// Offers returns the ODRL offers of one dataset, as they can be requested;
	// ErrNotFound.
	Offers(ctx context.Context, local dataspace.ParticipantID, of dataspace.Counterparty, id dataspace.DatasetID) ([]json.RawMessage, error)
}

// Receipts calls the provider's gateway for what the protocol has no message
// for. Both calls are made by local to the counterparty behind the peer.
type Receipts interface {
	// Note fetches the note of the provider's negotiation; ErrNotFound,
	// ErrPeerUnreachable.
	Note(ctx context.Context, local dataspace.ParticipantID, to Address, negotiation dataspace.NegotiationID) (Note, error)
	// Countersign sends a receipt with our signature and returns the
	// provider's. ErrUnavailable while the provider has not finished.
	Countersign(ctx context.Context, local dataspace.ParticipantID, to Address, r prove.Receipt, own prove.Signature) (prove.Signature, error)
}

// Address is a participant behind a peer.
type Address struct {
	Peer        dataspace.PeerName      `json:"peer"`
	Participant dataspace.ParticipantID `json:"participant"`
}
