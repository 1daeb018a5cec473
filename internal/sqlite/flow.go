package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"

	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/prove"
)

// FlowStore keeps flows, their documents and the outbox.
type FlowStore struct{ db *DB }

var _ flow.Store = (*FlowStore)(nil)

// NewFlowStore returns the flow store of db.
func NewFlowStore(db *DB) *FlowStore { return &FlowStore{db: db} }

// Create implements flow.Store.
func (s *FlowStore) Create(ctx context.Context, f flow.Flow) error {
	body, err := flow.Encode(f)
	if err != nil {
		return err
	}
	s.db.flows.begin(f.ID)
	err = s.db.Step(ctx, func(tx *sql.Tx) error {
		res, err := tx.Exec(`INSERT INTO flow (id, version, state, role, owner, negotiation, agreement, transfer, body, created_at, updated_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			f.ID, f.Version, f.State, f.Role, f.Local, null(f.Negotiation), null(f.Agreement), null(f.Transfer),
			body, f.Created.UnixMicro(), f.Updated.UnixMicro())
		if err != nil {
			return err
		}
		return changed(res, dataspace.ErrConflict)
	})
	s.end(f.ID, body, err)
	if err != nil {
		return fmt.Errorf("create flow %s: %w", f.ID, err)
	}
	return nil
}

// Update implements flow.Store.
func (s *FlowStore) Update(ctx context.Context, f flow.Flow, docs []dataspace.Document, events []prove.Row) (flow.Flow, error) {
	was := f.Version
	f.Version++
	body, err := flow.Encode(f)
	if err != nil {
		return flow.Flow{}, err
	}
	fresh, bare := s.db.unstored(docs, events), slices.Clone(events)
	for i := range bare {
		bare[i].Documents = nil // they are among the fresh ones, each once
	}
	s.db.flows.begin(f.ID)
	err = s.db.Step(ctx, func(tx *sql.Tx) error {
		res, err := tx.Exec(`UPDATE flow SET version = ?, state = ?, negotiation = ?, agreement = ?, transfer = ?, body = ?, updated_at = ?
			WHERE id = ? AND version = ?`,
			f.Version, f.State, null(f.Negotiation), null(f.Agreement), null(f.Transfer), body, f.Updated.UnixMicro(), f.ID, was)
		if err != nil {
			return err
		}
		if err := changed(res, dataspace.ErrStale); err != nil {
			return err
		}
		for digest, d := range fresh {
			if err := insertDocument(tx, digest, d); err != nil {
				return err
			}
		}
		return InsertEvents(tx, bare)
	})
	s.end(f.ID, body, err)
	if err != nil {
		return flow.Flow{}, fmt.Errorf("update flow %s: %w", f.ID, err)
	}
	for digest, d := range fresh {
		s.db.documents.put(digest, bytes.Clone(d))
	}
	return f, nil
}

// end holds a flow as it was stored.
func (s *FlowStore) end(id dataspace.FlowID, body []byte, err error) {
	if err != nil {
		s.db.flows.end(id, nil)
		return
	}
	k := keep(body)
	s.db.flows.end(id, &k)
}

// keptFlow is a stored flow that is decoded when it is first read.
type keptFlow struct {
	body []byte
	flow func() (flow.Flow, error)
}

func keep(body []byte) *keptFlow {
	return &keptFlow{body, sync.OnceValues(func() (flow.Flow, error) { return flow.Decode(body) })}
}

// Flow implements flow.Store.
func (s *FlowStore) Flow(ctx context.Context, id dataspace.FlowID) (flow.Flow, error) {
	f, err := s.read(ctx, id)
	if err != nil {
		return flow.Flow{}, fmt.Errorf("read flow %s: %w", id, err)
	}
	return clone(f), nil
}

// read returns a flow that shares its memory with other readers.
func (s *FlowStore) read(ctx context.Context, id dataspace.FlowID) (flow.Flow, error) {
	k, err := s.db.flows.get(id, func() (*keptFlow, error) {
		var body []byte
		err := s.db.Read().QueryRowContext(ctx, `SELECT body FROM flow WHERE id = ?`, id).Scan(&body)
		if errors.Is(err, sql.ErrNoRows) {
			err = dataspace.ErrNotFound
		}
		return keep(body), err
	})
	if err != nil {
		return flow.Flow{}, err
	}
	return k.flow()
}

// Version implements flow.Store.
func (s *FlowStore) Version(ctx context.Context, id dataspace.FlowID) (int64, error) {
	f, err := s.read(ctx, id)
	if err != nil {
		return 0, fmt.Errorf("read the version of flow %s: %w", id, err)
	}
	return f.Version, nil
}

// ByNegotiation implements flow.Store.
func (s *FlowStore) ByNegotiation(ctx context.Context, id dataspace.NegotiationID) (flow.Flow, error) {
	return s.find(ctx, "negotiation "+string(id), func(f flow.Flow) bool { return f.Negotiation == id },
		`SELECT id FROM flow WHERE negotiation = ?`, id)
}

// ByAgreement implements flow.Store.
func (s *FlowStore) ByAgreement(ctx context.Context, id dataspace.AgreementID, role dataspace.Role) (flow.Flow, error) {
	return s.find(ctx, "agreement "+string(id)+" as "+string(role), func(f flow.Flow) bool { return f.Agreement == id && f.Role == role },
		`SELECT id FROM flow WHERE agreement = ? AND role = ?`, id, role)
}

// ByTransfer implements flow.Store.
func (s *FlowStore) ByTransfer(ctx context.Context, id dataspace.TransferID) (flow.Flow, error) {
	return s.find(ctx, "transfer "+string(id), func(f flow.Flow) bool { return f.Transfer == id },
		`SELECT id FROM flow WHERE transfer = ?`, id)
}

// find returns the flow that a query finds and is confirms. Where the same was
// asked before, the flow of that time is looked at first; it is the answer only
// if it is so still.
func (s *FlowStore) find(ctx context.Context, what string, is func(flow.Flow) bool, query string, args ...any) (flow.Flow, error) {
	if id, ok := s.db.found.get(what); ok {
		if f, err := s.read(ctx, id); err == nil && is(f) {
			return clone(f), nil
		}
	}
	for {
		var id dataspace.FlowID
		err := s.db.Read().QueryRowContext(ctx, query, args...).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			err = dataspace.ErrNotFound
		}
		if err != nil {
			return flow.Flow{}, fmt.Errorf("read flow of %s: %w", what, err)
		}
		f, err := s.read(ctx, id)
		if err != nil {
			return flow.Flow{}, fmt.Errorf("read flow of %s: %w", what, err)
		}
		if is(f) { // else it was changed after the query
			s.db.found.put(what, id)
			return clone(f), nil
		}
	}
}

// Unfinished implements flow.Store. The states are those of the index
// flow_unfinished, written the same way, or SQLite does not use it.
func (s *FlowStore) Unfinished(ctx context.Context, after dataspace.FlowID, limit int) (out []dataspace.FlowID, err error) {
	rows, err := s.db.Read().QueryContext(ctx, `SELECT id FROM flow INDEXED BY flow_unfinished
		WHERE state IN ('profiling', 'checking', 'negotiating', 'delivering', 'proving', 'ending')
		AND (?1 = '' OR (created_at, id) > (SELECT created_at, id FROM flow WHERE id = ?1))
		ORDER BY created_at, id LIMIT ?2`, after, limit)
	if err != nil {
		return nil, fmt.Errorf("list unfinished flows: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id dataspace.FlowID
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("list unfinished flows: %w", err)
		}
		out = append(out, id)
	}
	return out, rows.Err()
}

// List implements flow.Store. Each filter that many flows can match has an
// index in the order of the list.
func (s *FlowStore) List(ctx context.Context, filter flow.Filter) ([]flow.Flow, error) {
	var w where
	of, id, from := "flow", "flow.id", "flow"
	if filter.Rechecked {
		of, id, from = "r", "r.flow", "flow_rechecked r CROSS JOIN flow ON flow.id = r.flow"
	}
	if filter.Local != "" {
		w.and(of+".owner = ?", filter.Local)
	}
	if filter.Counterparty != "" {
		w.and("json_extract(flow.body, '$.peer') = ? AND json_extract(flow.body, '$.counterparty') = ?", filter.Peer, filter.Counterparty)
	}
	if !filter.Since.IsZero() {
		w.and("flow.updated_at >= ?", filter.Since.UnixMicro())
	}
	if len(filter.States) > 0 {
		w.and("flow.state IN ("+marks(len(filter.States))+")", anys(filter.States)...)
	}
	if filter.After.ID != "" {
		at := filter.After.Created.UnixMicro()
		w.and(fmt.Sprintf("%[1]s.created_at <= ? AND (%[1]s.created_at < ? OR %[2]s > ?)", of, id), at, at, filter.After.ID)
	}
	limit := filter.Limit
	if limit == 0 {
		limit = 100
	}
	query := "SELECT flow.body FROM " + from + w.where("true") + " ORDER BY " + of + ".created_at DESC, " + id + " LIMIT ?"
	rows, err := s.db.Read().QueryContext(ctx, query, append(w.args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("list flows: %w", err)
	}
	defer rows.Close()
	var out []flow.Flow
	for rows.Next() {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			return nil, fmt.Errorf("list flows: %w", err)
		}
		f, err := flow.Decode(body)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, rows.Err()
}

// CountByState implements flow.Store.
func (s *FlowStore) CountByState(ctx context.Context) (map[flow.RoleState]int64, error) {
	rows, err := s.db.Read().QueryContext(ctx, `SELECT role, state, flows FROM flow_count WHERE flows > 0`)
	if err != nil {
		return nil, fmt.Errorf("count flows: %w", err)
	}
	defer rows.Close()
	out := map[flow.RoleState]int64{}
	for rows.Next() {
		var k flow.RoleState
		var n int64
		if err := rows.Scan(&k.Role, &k.State, &n); err != nil {
			return nil, fmt.Errorf("count flows: %w", err)
		}
		out[k] = n
	}
	return out, rows.Err()
}

// Document implements flow.Store.
func (s *FlowStore) Document(ctx context.Context, digest dataspace.Digest) (dataspace.Document, error) {
	return s.db.document(ctx, digest)
}

// null stores an empty identifier as NULL.
func null[T ~string](s T) any {
	if s == "" {
		return nil
	}
	return string(s)
}

// changed returns the given error if a statement changed no row.
func changed(res sql.Result, otherwise error) error {
	n, err := res.RowsAffected()
	if err != nil {
		return err
	}
	if n == 0 {
		return otherwise
	}
	return nil
}
