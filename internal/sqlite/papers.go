package sqlite

import (
	"context"
	"database/sql"

	"hutong/internal/dataspace"
	"hutong/internal/papers"
	"hutong/internal/prove"
)

// PaperStore keeps legal documents.
type PaperStore struct {
	register *GatewayStore
	gateway  dataspace.GatewayID
}

var _ papers.Store = PaperStore{}

// NewPaperStore makes the store of legal documents. The evidence is for the log of
// the gateway.
func NewPaperStore(db *DB, gateway dataspace.GatewayID) PaperStore {
	return PaperStore{NewGatewayStore(db), gateway}
}

// Insert implements papers.Store.
func (s PaperStore) Insert(ctx context.Context, p papers.Paper) error {
	return insert(ctx, s.register, "INSERT INTO instrument (owner, id, body) VALUES (?, ?, ?)", papers.Encode, p, p.Owner, p.ID)
}

// Paper implements papers.Store.
func (s PaperStore) Paper(ctx context.Context, of papers.Key) (papers.Paper, error) {
	return one(ctx, s.register.db.Read(), papers.Decode, "SELECT body FROM instrument WHERE owner = ? AND id = ?", of.Owner, of.ID)
}

// Papers implements papers.Store.
func (s PaperStore) Papers(ctx context.Context, owner dataspace.ParticipantID) ([]papers.Paper, error) {
	list, err := bodies(ctx, s.register.db, "SELECT body FROM instrument WHERE ?1 = '' OR owner = ?1 ORDER BY owner, id", string(owner))
	if err != nil {
		return nil, err
	}
	var out []papers.Paper
	for _, body := range list {
		p, err := papers.Decode(body)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// Page implements papers.Store.
func (s PaperStore) Page(ctx context.Context, owner dataspace.ParticipantID, after papers.Key, limit int) ([]papers.Paper, error) {
	var w where
	if owner != "" {
		w.and("owner = ?", owner)
		w.and("id > ?", after.ID)
	} else {
		w.and("(owner, id) > (?, ?)", after.Owner, after.ID)
	}
	q := "SELECT body FROM instrument" + w.where("true") + " ORDER BY owner, id LIMIT ?"
	return all(ctx, s.register.db.Read(), papers.Decode, q, append(w.args, limit)...)
}

const sharedInstruments = `SELECT i.body FROM participant p CROSS JOIN instrument i ON i.owner = p.id
WHERE json_extract(p.body, '$.group') = ?1 AND p.id <> ?2 AND EXISTS (SELECT 1 FROM json_each(i.body, '$.covers.exporters') e WHERE e.value = ?2)
ORDER BY i.owner, i.id`

// Shared implements papers.Store.
func (s PaperStore) Shared(ctx context.Context, exporter dataspace.ParticipantID, group string) ([]papers.Paper, error) {
	if group == "" {
		return nil, nil
	}
	return all(ctx, s.register.db.Read(), papers.Decode, sharedInstruments, group, exporter)
}

// Replace implements papers.Store.
func (s PaperStore) Replace(ctx context.Context, was, now papers.Paper, evidence dataspace.Event) error {
	body, err := papers.Encode(now)
	if err != nil {
		return err
	}
	return s.change(ctx, was, []dataspace.Event{evidence}, "UPDATE instrument SET body = ?3 WHERE owner = ?1 AND id = ?2", body)
}

// Remove implements papers.Store.
func (s PaperStore) Remove(ctx context.Context, was papers.Paper, evidence ...dataspace.Event) error {
	return s.change(ctx, was, evidence, "DELETE FROM instrument WHERE owner = ?1 AND id = ?2")
}

// change runs a query on a row that is still as it was read, with its evidence.
func (s PaperStore) change(ctx context.Context, was papers.Paper, evidence []dataspace.Event, query string, args ...any) error {
	events, err := prove.Encode(s.gateway, evidence...)
	if err != nil {
		return err
	}
	return s.register.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		now, err := one(ctx, tx, papers.Decode, "SELECT body FROM instrument WHERE owner = ? AND id = ?", was.Owner, was.ID)
		if err != nil {
			return err
		}
		if !papers.Same(now, was) {
			return dataspace.ErrStale
		}
		if _, err := tx.ExecContext(ctx, query, append([]any{was.Owner, was.ID}, args...)...); err != nil {
			return err
		}
		return InsertEvents(tx, events)
	})
}
