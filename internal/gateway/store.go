package gateway

import (
	"context"
	"crypto/ed25519"
	"time"

	"hutong/internal/dataspace"
)

// Store keeps what the gateway knows. Every change is atomic, and durable on
// return. Insert returns ErrConflict when the identifier is taken. Replace,
// Remove and the queries for one row return ErrNotFound when the row does not
// exist. Lists are in order of identifier.
type Store interface {
	ParticipantStore
	DatasetStore
	KeyStore
	PeerStore
	StatementStore
}

// ParticipantStore keeps the participants behind the gateway.
type ParticipantStore interface {
	InsertParticipant(ctx context.Context, p Participant) error
	ReplaceParticipant(ctx context.Context, p Participant) error
	Participant(ctx context.Context, id dataspace.ParticipantID) (Participant, error)
	Participants(ctx context.Context) ([]Participant, error)
	// RemoveParticipant answers ErrConflict while the participant owns
	// datasets, instruments or API keys.
	RemoveParticipant(ctx context.Context, id dataspace.ParticipantID) error
}

// DatasetStore keeps the datasets. An empty owner lists all.
type DatasetStore interface {
	// InsertDataset answers ErrNotFound when the owner is unknown.
	InsertDataset(ctx context.Context, d Dataset) error
	ReplaceDataset(ctx context.Context, d Dataset) error
	Dataset(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID) (Dataset, error)
	Datasets(ctx context.Context, owner dataspace.ParticipantID) ([]Dataset, error)
	RemoveDataset(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID) error
}

// KeyStore keeps the hashes of API keys and of the set-up link.
type KeyStore interface {
	// InsertKey answers ErrNotFound when the participant is unknown.
	InsertKey(ctx context.Context, k APIKey) error
	KeyByHash(ctx context.Context, hash [32]byte) (APIKey, error)
	Keys(ctx context.Context) ([]APIKey, error)
	// RemoveKey answers ErrConflict for the last key of an operator. KeyByHash
	// is the only query that returns a hash.
	RemoveKey(ctx context.Context, id KeyID) error
	// PutSetup replaces the set-up link; ErrConflict if an operator has a key.
	PutSetup(ctx context.Context, hash [32]byte, expires time.Time) error
	// UseSetup uses up the set-up link and inserts the key, both or neither.
	// ErrNotFound if there is no such link or it has expired at now.
	UseSetup(ctx context.Context, hash [32]byte, now time.Time, k APIKey) error
}

// PeerStore keeps the other gateways.
type PeerStore interface {
	// InsertPeer answers ErrConflict also when another peer has the same
	// gateway id.
	InsertPeer(ctx context.Context, p Peer) error
	// ReplacePeer stores p if the stored version is p.Version, with the next
	// version, and removes the peer's statements: they are valid only as long
	// as the keys that signed them. It returns ErrStale if another change came
	// first, and ErrConflict if another peer has the gateway id.
	ReplacePeer(ctx context.Context, p Peer) error
	Peer(ctx context.Context, name dataspace.PeerName) (Peer, error)
	PeerByGateway(ctx context.Context, id dataspace.GatewayID) (Peer, error)
	Peers(ctx context.Context) ([]Peer, error)
	// RemovePeer also removes the peer's statements.
	RemovePeer(ctx context.Context, name dataspace.PeerName) error
}

// StatementStore keeps what the other gateways said about their participants.
type StatementStore interface {
	// PutStatement replaces the peer's statement about the participant if the
	// peer's identity key has signed it. It returns ErrStale if the peer has
	// another key now, and ErrNotFound if the peer is unknown.
	PutStatement(ctx context.Context, peer dataspace.PeerName, signer ed25519.PublicKey, s Statement) error
	Statement(ctx context.Context, peer dataspace.PeerName, id dataspace.ParticipantID) (Statement, error)
}
