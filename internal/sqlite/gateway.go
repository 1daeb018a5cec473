package sqlite

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/subtle"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	driver "modernc.org/sqlite"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
)

// GatewayStore keeps the participants behind the gateway and the peers that it
// trusts.
type GatewayStore struct {
	db *DB
	// Every message to or from a peer looks up the peer.
	peers     cached[dataspace.PeerName, gateway.Peer]
	byGateway cached[dataspace.GatewayID, gateway.Peer]
}

var _ gateway.Store = (*GatewayStore)(nil)

// NewGatewayStore makes the store of the gateway service.
func NewGatewayStore(db *DB) *GatewayStore { return &GatewayStore{db: db} }

// update runs fn in the writer's transaction. An interrupted statement can roll
// back the transaction of all callers, so fn gets a context that is never
// cancelled.
func (s *GatewayStore) update(ctx context.Context, fn func(context.Context, *sql.Tx) error) error {
	return s.db.Update(ctx, func(tx *sql.Tx) error { return fn(context.WithoutCancel(ctx), tx) })
}

// Result codes of SQLite.
const (
	codeConstraint = 19
	codeForeignKey = 19 | 3<<8
)

// constraint converts a constraint error to a sentinel.
func constraint(err error, foreign error) error {
	var e *driver.Error
	if !errors.As(err, &e) || e.Code()&0xff != codeConstraint {
		return err
	}
	if e.Code() == codeForeignKey {
		return foreign
	}
	return dataspace.ErrConflict
}

// insert runs an INSERT whose last argument is the body.
func insert[T any](ctx context.Context, s *GatewayStore, query string, encode func(T) ([]byte, error), v T, args ...any) error {
	body, err := encode(v)
	if err != nil {
		return err
	}
	return s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, query, append(args, body)...)
		return constraint(err, dataspace.ErrNotFound)
	})
}

// replace runs an UPDATE whose first argument is the body.
func replace[T any](ctx context.Context, s *GatewayStore, query string, encode func(T) ([]byte, error), v T, args ...any) error {
	body, err := encode(v)
	if err != nil {
		return err
	}
	return s.change(ctx, query, append([]any{body}, args...)...)
}

// change runs an UPDATE or DELETE that must change a row.
func (s *GatewayStore) change(ctx context.Context, query string, args ...any) error {
	return s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, query, args...)
		if err != nil {
			return constraint(err, dataspace.ErrConflict)
		}
		if n, err := res.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return dataspace.ErrNotFound
	})
}

// rowQuerier is the pool or a transaction.
type rowQuerier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// one decodes the body of the row that query finds.
func one[T any](ctx context.Context, db rowQuerier, decode func([]byte) (T, error), query string, args ...any) (T, error) {
	var v T
	var body []byte
	err := db.QueryRowContext(ctx, query, args...).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return v, dataspace.ErrNotFound
	}
	if err != nil {
		return v, err
	}
	return decode(body)
}

// all decodes the bodies of the rows that query finds.
func all[T any](ctx context.Context, db *sql.DB, decode func([]byte) (T, error), query string, args ...any) ([]T, error) {
	return scanned(ctx, db, func(rows *sql.Rows) (v T, err error) {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			return v, err
		}
		return decode(body)
	}, query, args...)
}

// scanned reads each row that query finds.
func scanned[T any](ctx context.Context, db *sql.DB, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close() // its error is in rows.Err
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// InsertParticipant implements gateway.ParticipantStore.
func (s *GatewayStore) InsertParticipant(ctx context.Context, p gateway.Participant) error {
	return insert(ctx, s, "INSERT INTO participant (id, body) VALUES (?, ?)", gateway.EncodeParticipant, p, p.ID)
}

// ReplaceParticipant implements gateway.ParticipantStore.
func (s *GatewayStore) ReplaceParticipant(ctx context.Context, p gateway.Participant) error {
	return replace(ctx, s, "UPDATE participant SET body = ? WHERE id = ?", gateway.EncodeParticipant, p, p.ID)
}

// Participant implements gateway.ParticipantStore.
func (s *GatewayStore) Participant(ctx context.Context, id dataspace.ParticipantID) (gateway.Participant, error) {
	list, err := bodies(ctx, s.db, "SELECT body FROM participant WHERE id = ?", string(id))
	if err == nil && len(list) == 0 {
		err = dataspace.ErrNotFound
	}
	if err != nil {
		return gateway.Participant{}, err
	}
	return gateway.DecodeParticipant(list[0])
}

// Participants implements gateway.ParticipantStore.
func (s *GatewayStore) Participants(ctx context.Context) ([]gateway.Participant, error) {
	return all(ctx, s.db.Read(), gateway.DecodeParticipant, "SELECT body FROM participant ORDER BY id")
}

// RemoveParticipant implements gateway.ParticipantStore: the foreign keys of
// what it owns refuse.
func (s *GatewayStore) RemoveParticipant(ctx context.Context, id dataspace.ParticipantID) error {
	return s.change(ctx, "DELETE FROM participant WHERE id = ?", id)
}

// InsertDataset implements gateway.DatasetStore.
func (s *GatewayStore) InsertDataset(ctx context.Context, d gateway.Dataset) error {
	return insert(ctx, s, "INSERT INTO dataset (owner, id, body) VALUES (?, ?, ?)", gateway.EncodeDataset, d, d.Owner, d.ID)
}

// ReplaceDataset implements gateway.DatasetStore.
func (s *GatewayStore) ReplaceDataset(ctx context.Context, d gateway.Dataset) error {
	return replace(ctx, s, "UPDATE dataset SET body = ? WHERE owner = ? AND id = ?", gateway.EncodeDataset, d, d.Owner, d.ID)
}

// Dataset implements gateway.DatasetStore.
func (s *GatewayStore) Dataset(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID) (gateway.Dataset, error) {
	return one(ctx, s.db.Read(), gateway.DecodeDataset, "SELECT body FROM dataset WHERE owner = ? AND id = ?", owner, id)
}

// Datasets implements gateway.DatasetStore.
func (s *GatewayStore) Datasets(ctx context.Context, owner dataspace.ParticipantID) ([]gateway.Dataset, error) {
	return all(ctx, s.db.Read(), gateway.DecodeDataset, "SELECT body FROM dataset WHERE ?1 = '' OR owner = ?1 ORDER BY owner, id", owner)
}

// RemoveDataset implements gateway.DatasetStore.
func (s *GatewayStore) RemoveDataset(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID) error {
	return s.change(ctx, "DELETE FROM dataset WHERE owner = ? AND id = ?", owner, id)
}

const insertKey = "INSERT INTO api_key (id, hash, role, participant, body) VALUES (?, ?, ?, nullif(?, ''), ?)"

// InsertKey implements gateway.KeyStore.
func (s *GatewayStore) InsertKey(ctx context.Context, k gateway.APIKey) error {
	return insert(ctx, s, insertKey, gateway.EncodeKey, k, k.ID, k.Hash[:], k.Role, k.Participant)
}

// KeyByHash implements gateway.KeyStore.
func (s *GatewayStore) KeyByHash(ctx context.Context, hash [32]byte) (gateway.APIKey, error) {
	k, err := one(ctx, s.db.Read(), gateway.DecodeKey, "SELECT body FROM api_key WHERE hash = ?", hash[:])
	if err == nil {
		k.Hash = hash // the row was found by this hash
	}
	return k, err
}

// Keys implements gateway.KeyStore.
func (s *GatewayStore) Keys(ctx context.Context) ([]gateway.APIKey, error) {
	return all(ctx, s.db.Read(), gateway.DecodeKey, "SELECT body FROM api_key ORDER BY id")
}

// RemoveKey implements gateway.KeyStore.
func (s *GatewayStore) RemoveKey(ctx context.Context, id gateway.KeyID) error {
	return s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var role gateway.Role
		err := tx.QueryRowContext(ctx, "DELETE FROM api_key WHERE id = ? RETURNING role", id).Scan(&role)
		if errors.Is(err, sql.ErrNoRows) {
			return dataspace.ErrNotFound
		}
		if err != nil || role != gateway.Operator {
			return err
		}
		left, err := operators(ctx, tx)
		if err == nil && left == 0 {
			return fmt.Errorf("the last key of an operator: %w", dataspace.ErrConflict)
		}
		return err
	})
}

func operators(ctx context.Context, tx *sql.Tx) (n int, err error) {
	err = tx.QueryRowContext(ctx, "SELECT count(*) FROM api_key WHERE role = ?", gateway.Operator).Scan(&n)
	return n, err
}

// PutSetup implements gateway.KeyStore.
func (s *GatewayStore) PutSetup(ctx context.Context, hash [32]byte, expires time.Time) error {
	return s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		n, err := operators(ctx, tx)
		if err != nil {
			return err
		}
		if n > 0 {
			return fmt.Errorf("the gateway has an operator: %w", dataspace.ErrConflict)
		}
		_, err = tx.ExecContext(ctx, "REPLACE INTO setup (one, hash, expires) VALUES (1, ?, ?)", hash[:], expires.UnixMicro())
		return err
	})
}

// UseSetup implements gateway.KeyStore.
func (s *GatewayStore) UseSetup(ctx context.Context, hash [32]byte, now time.Time, k gateway.APIKey) error {
	body, err := gateway.EncodeKey(k)
	if err != nil {
		return err
	}
	return s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var want []byte
		err := tx.QueryRowContext(ctx, "SELECT hash FROM setup WHERE expires > ?", now.UnixMicro()).Scan(&want)
		if errors.Is(err, sql.ErrNoRows) {
			return dataspace.ErrNotFound
		}
		if err != nil {
			return err
		}
		if subtle.ConstantTimeCompare(want, hash[:]) != 1 {
			return dataspace.ErrNotFound
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM setup"); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, insertKey, k.ID, k.Hash[:], k.Role, k.Participant, body)
		return constraint(err, dataspace.ErrNotFound)
	})
}

// InsertPeer implements gateway.PeerStore.
func (s *GatewayStore) InsertPeer(ctx context.Context, p gateway.Peer) error {
	defer s.forgetPeers()
	return insert(ctx, s, "INSERT INTO peer (name, gateway, version, body) VALUES (?, ?, ?, ?)", gateway.EncodePeer, p, p.Name, p.Card.Gateway, p.Version)
}

// ReplacePeer implements gateway.PeerStore.
func (s *GatewayStore) ReplacePeer(ctx context.Context, p gateway.Peer) error {
	defer s.forgetPeers()
	was := p.Version
	p.Version++
	body, err := gateway.EncodePeer(p)
	if err != nil {
		return err
	}
	return s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var now int64
		err := tx.QueryRowContext(ctx, "SELECT version FROM peer WHERE name = ?", p.Name).Scan(&now)
		if errors.Is(err, sql.ErrNoRows) {
			return dataspace.ErrNotFound
		}
		if err != nil {
			return err
		}
		if now != was {
			return fmt.Errorf("version %d is not %d: %w", now, was, dataspace.ErrStale)
		}
		// A statement is valid only as long as the key that signed it.
		if _, err := tx.ExecContext(ctx, "DELETE FROM statement WHERE peer = ?", p.Name); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE peer SET gateway = ?, version = ?, body = ? WHERE name = ?", p.Card.Gateway, p.Version, body, p.Name)
		return constraint(err, dataspace.ErrConflict)
	})
}

// Peer implements gateway.PeerStore.
func (s *GatewayStore) Peer(ctx context.Context, name dataspace.PeerName) (gateway.Peer, error) {
	return clonePeer(s.peers.get(name, func() (gateway.Peer, error) {
		return one(ctx, s.db.Read(), gateway.DecodePeer, "SELECT body FROM peer WHERE name = ?", name)
	}))
}

// PeerByGateway implements gateway.PeerStore.
func (s *GatewayStore) PeerByGateway(ctx context.Context, id dataspace.GatewayID) (gateway.Peer, error) {
	return clonePeer(s.byGateway.get(id, func() (gateway.Peer, error) {
		return one(ctx, s.db.Read(), gateway.DecodePeer, "SELECT body FROM peer WHERE gateway = ?", id)
	}))
}

// clonePeer returns a copy that shares no memory with a cached peer.
func clonePeer(p gateway.Peer, err error) (gateway.Peer, error) {
	p.Card.Identity, p.Card.Protocols = bytes.Clone(p.Card.Identity), slices.Clone(p.Card.Protocols)
	p.Policy.Allow, p.Policy.Purposes = slices.Clone(p.Policy.Allow), slices.Clone(p.Policy.Purposes)
	if p.Confirmed != nil {
		at := *p.Confirmed
		p.Confirmed = &at
	}
	return p, err
}

// forgetPeers must follow every change, also one that failed: its outcome may
// be unknown.
func (s *GatewayStore) forgetPeers() {
	s.peers.forget()
	s.byGateway.forget()
}

// Peers implements gateway.PeerStore.
func (s *GatewayStore) Peers(ctx context.Context) ([]gateway.Peer, error) {
	return all(ctx, s.db.Read(), gateway.DecodePeer, "SELECT body FROM peer ORDER BY name")
}

// RemovePeer implements gateway.PeerStore.
func (s *GatewayStore) RemovePeer(ctx context.Context, name dataspace.PeerName) error {
	defer s.forgetPeers()
	return s.change(ctx, "DELETE FROM peer WHERE name = ?", name)
}

// PutStatement implements gateway.StatementStore.
func (s *GatewayStore) PutStatement(ctx context.Context, peer dataspace.PeerName, signer ed25519.PublicKey, st gateway.Statement) error {
	body, err := json.Marshal(st)
	if err != nil {
		return fmt.Errorf("encode statement: %w", err)
	}
	return s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		p, err := one(ctx, tx, gateway.DecodePeer, "SELECT body FROM peer WHERE name = ?", peer)
		if err != nil {
			return err
		}
		if !bytes.Equal(p.Card.Identity, signer) {
			return fmt.Errorf("the peer has another identity key: %w", dataspace.ErrStale)
		}
		_, err = tx.ExecContext(ctx, "REPLACE INTO statement (peer, participant, signed, body) VALUES (?, ?, ?, ?)", peer, st.Participant.ID, st.Signed, body)
		return err
	})
}

// Statement implements gateway.StatementStore.
func (s *GatewayStore) Statement(ctx context.Context, peer dataspace.PeerName, id dataspace.ParticipantID) (st gateway.Statement, err error) {
	type row struct{ body, signed []byte }
	list, err := few(ctx, s.db, func(r *row) *[]byte { return &r.signed }, func(rows *sql.Rows) (r row, err error) {
		err = rows.Scan(&r.body, &r.signed)
		return r, err
	}, "SELECT body, signed FROM statement WHERE peer = ? AND participant = ?", string(peer), string(id))
	if err == nil && len(list) == 0 {
		return st, dataspace.ErrNotFound
	}
	if err == nil {
		err = json.Unmarshal(list[0].body, &st)
	}
	if err != nil {
		return st, fmt.Errorf("read statement: %w", err)
	}
	st.Signed = list[0].signed
	return st, nil
}
