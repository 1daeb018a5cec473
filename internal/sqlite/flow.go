package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

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
	err = s.db.Update(ctx, func(tx *sql.Tx) error {
		res, err := tx.Exec(`INSERT INTO flow (id, version, state, role, owner, negotiation, agreement, transfer, body, created_at, updated_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			f.ID, f.Version, f.State, f.Role, f.Local, null(f.Negotiation), null(f.Agreement), null(f.Transfer),
			body, f.Created.UnixMicro(), f.Updated.UnixMicro())
		if err != nil {
			return err
		}
		return changed(res, dataspace.ErrConflict)
	})
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
	err = s.db.Update(ctx, func(tx *sql.Tx) error {
		res, err := tx.Exec(`UPDATE flow SET version = ?, state = ?, negotiation = ?, agreement = ?, transfer = ?, body = ?, updated_at = ?
			WHERE id = ? AND version = ?`,
			f.Version, f.State, null(f.Negotiation), null(f.Agreement), null(f.Transfer), body, f.Updated.UnixMicro(), f.ID, was)
		if err != nil {
			return err
		}
		if err := changed(res, dataspace.ErrStale); err != nil {
			return err
		}
		if err := insertDocuments(tx, docs); err != nil {
			return err
		}
		return InsertEvents(tx, events)
	})
	if err != nil {
		return flow.Flow{}, fmt.Errorf("update flow %s: %w", f.ID, err)
	}
	return f, nil
}

// Flow implements flow.Store.
func (s *FlowStore) Flow(ctx context.Context, id dataspace.FlowID) (flow.Flow, error) {
	return s.one(ctx, "flow "+string(id), `SELECT body FROM flow WHERE id = ?`, id)
}

// Version implements flow.Store.
func (s *FlowStore) Version(ctx context.Context, id dataspace.FlowID) (version int64, err error) {
	err = s.db.Read().QueryRowContext(ctx, `SELECT version FROM flow WHERE id = ?`, id).Scan(&version)
	if errors.Is(err, sql.ErrNoRows) {
		err = dataspace.ErrNotFound
	}
	if err != nil {
		return 0, fmt.Errorf("read the version of flow %s: %w", id, err)
	}
	return version, nil
}

// ByNegotiation implements flow.Store.
func (s *FlowStore) ByNegotiation(ctx context.Context, id dataspace.NegotiationID) (flow.Flow, error) {
	return s.one(ctx, "flow of negotiation "+string(id), `SELECT body FROM flow WHERE negotiation = ?`, id)
}

// ByAgreement implements flow.Store.
func (s *FlowStore) ByAgreement(ctx context.Context, id dataspace.AgreementID, role dataspace.Role) (flow.Flow, error) {
	return s.one(ctx, "flow of agreement "+string(id), `SELECT body FROM flow WHERE agreement = ? AND role = ?`, id, role)
}

// ByTransfer implements flow.Store.
func (s *FlowStore) ByTransfer(ctx context.Context, id dataspace.TransferID) (flow.Flow, error) {
	return s.one(ctx, "flow of transfer "+string(id), `SELECT body FROM flow WHERE transfer = ?`, id)
}

func (s *FlowStore) one(ctx context.Context, what, query string, args ...any) (flow.Flow, error) {
	var body []byte
	err := s.db.Read().QueryRowContext(ctx, query, args...).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		err = dataspace.ErrNotFound
	}
	if err != nil {
		return flow.Flow{}, fmt.Errorf("read %s: %w", what, err)
	}
	return flow.Decode(body)
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
	return document(ctx, s.db.Read(), digest)
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
