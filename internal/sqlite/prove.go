package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"hutong/internal/dataspace"
	"hutong/internal/prove"
	"hutong/internal/tlog"
)

// ProveStore keeps the outbox of evidence and the state of log and witness.
type ProveStore struct{ db *DB }

var (
	_ prove.Store        = (*ProveStore)(nil)
	_ prove.WitnessStore = (*ProveStore)(nil)
)

// NewProveStore returns the store of the prove service.
func NewProveStore(db *DB) *ProveStore { return &ProveStore{db: db} }

// InsertEvents puts events into the outbox, in the transaction of the change
// that they record, with the documents that they commit to. After the commit
// the caller must call Notify for the log. ErrConflict if an id exists.
func InsertEvents(tx *sql.Tx, events []prove.Row) error {
	for _, e := range events {
		for _, d := range e.Documents {
			if err := insertDocument(tx, d.Digest(), d); err != nil {
				return fmt.Errorf("store event %s: %w", e.ID, err)
			}
		}
		res, err := tx.Exec(`INSERT INTO event (id, flow, kind, entry, salts) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, e.ID, e.Flow, e.Kind, e.Entry, e.Openings)
		if err != nil {
			return fmt.Errorf("store event %s: %w", e.ID, err)
		}
		if err := changed(res, dataspace.ErrConflict); err != nil {
			return fmt.Errorf("store event %s: exists: %w", e.ID, err)
		}
	}
	return nil
}

// insertDocument stores a document under its digest. A document that exists
// already has the same bytes.
func insertDocument(tx *sql.Tx, digest dataspace.Digest, d dataspace.Document) error {
	if _, err := tx.Exec(`INSERT INTO document (digest, body) VALUES (?, ?) ON CONFLICT DO NOTHING`, digest, []byte(d)); err != nil {
		return fmt.Errorf("store document %s: %w", digest.Short(), err)
	}
	return nil
}

// document reads one of them; ErrNotFound. A document never changes and is never
// removed.
func (db *DB) document(ctx context.Context, digest dataspace.Digest) (dataspace.Document, error) {
	doc, err := db.documents.get(digest, func() (dataspace.Document, error) {
		var body []byte
		err := db.Read().QueryRowContext(ctx, `SELECT body FROM document WHERE digest = ?`, digest).Scan(&body)
		if errors.Is(err, sql.ErrNoRows) {
			err = dataspace.ErrNotFound
		}
		return body, err
	})
	if err != nil {
		return nil, fmt.Errorf("read document %s: %w", digest.Short(), err)
	}
	return bytes.Clone(doc), nil
}

// unstored returns the documents of a change and of its events, by digest,
// without those of which it is known that they are stored.
func (db *DB) unstored(docs []dataspace.Document, events []prove.Row) map[dataspace.Digest]dataspace.Document {
	out := map[dataspace.Digest]dataspace.Document{}
	add := func(list []dataspace.Document) {
		for _, d := range list {
			digest := d.Digest()
			if _, ok := db.documents.held(digest); !ok {
				out[digest] = d
			}
		}
	}
	add(docs)
	for _, e := range events {
		add(e.Documents)
	}
	return out
}

// Pending implements prove.Outbox.
func (s *ProveStore) Pending(ctx context.Context, limit int) (out []prove.Pending, err error) {
	rows, err := s.db.Read().QueryContext(ctx, `SELECT id, flow, entry FROM event WHERE logged IS NULL ORDER BY seq LIMIT ?`, limit)
	if err != nil {
		return nil, fmt.Errorf("read outbox: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var p prove.Pending
		if err := rows.Scan(&p.ID, &p.Flow, &p.Entry); err != nil {
			return nil, fmt.Errorf("read outbox: %w", err)
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// MarkLogged implements prove.Outbox.
func (s *ProveStore) MarkLogged(ctx context.Context, marks []prove.Mark) error {
	return s.db.Step(ctx, func(tx *sql.Tx) error {
		for _, m := range marks {
			if err := markLogged(tx, m); err != nil {
				return err
			}
		}
		return nil
	})
}

func markLogged(tx *sql.Tx, m prove.Mark) error {
	res, err := tx.Exec(`UPDATE OR IGNORE event SET logged = ? WHERE id = ? AND logged IS NULL`, int64(m.Index), m.ID)
	if err != nil {
		return fmt.Errorf("mark event %s: %w", m.ID, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return err
	}
	var at sql.NullInt64
	switch err := tx.QueryRow(`SELECT logged FROM event WHERE id = ?`, m.ID).Scan(&at); {
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("mark event %s: %w", m.ID, dataspace.ErrNotFound)
	case err != nil:
		return fmt.Errorf("mark event %s: %w", m.ID, err)
	case !at.Valid:
		return fmt.Errorf("mark event %s: index %d is another event's: %w", m.ID, m.Index, dataspace.ErrConflict)
	case uint64(at.Int64) != m.Index:
		return fmt.Errorf("mark event %s at %d: marked at %d: %w", m.ID, m.Index, at.Int64, dataspace.ErrConflict)
	}
	return nil
}

// LoggedSize implements prove.Outbox.
func (s *ProveStore) LoggedSize(ctx context.Context) (uint64, error) {
	var last sql.NullInt64
	if err := s.db.Read().QueryRowContext(ctx, `SELECT max(logged) FROM event`).Scan(&last); err != nil {
		return 0, fmt.Errorf("read outbox: %w", err)
	}
	if !last.Valid {
		return 0, nil
	}
	return uint64(last.Int64) + 1, nil
}

// LoggedAt implements prove.Outbox.
func (s *ProveStore) LoggedAt(ctx context.Context, id dataspace.EventID) (uint64, bool, error) {
	var at sql.NullInt64
	err := s.db.Read().QueryRowContext(ctx, `SELECT logged FROM event WHERE id = ?`, id).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, fmt.Errorf("find event %s: %w", id, dataspace.ErrNotFound)
	}
	if err != nil {
		return 0, false, fmt.Errorf("find event %s: %w", id, err)
	}
	return uint64(at.Int64), at.Valid, nil
}

// FlowEvents implements prove.Outbox.
func (s *ProveStore) FlowEvents(ctx context.Context, flow dataspace.FlowID) (out []prove.LoggedRow, err error) {
	rows, err := s.db.Read().QueryContext(ctx, `SELECT id, flow, kind, entry, salts, logged FROM event WHERE flow = ? ORDER BY seq`, flow)
	if err != nil {
		return nil, fmt.Errorf("read evidence of %s: %w", flow, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		e, err := scanEvent(rows)
		if err != nil {
			return nil, fmt.Errorf("read evidence of %s: %w", flow, err)
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

func scanEvent(row interface{ Scan(...any) error }) (e prove.LoggedRow, err error) {
	var at sql.NullInt64
	err = row.Scan(&e.ID, &e.Flow, &e.Kind, &e.Entry, &e.Openings, &at)
	e.Index, e.Logged = uint64(at.Int64), at.Valid
	return e, err
}

// Event implements prove.Outbox.
func (s *ProveStore) Event(ctx context.Context, id dataspace.EventID) (prove.LoggedRow, error) {
	e, err := scanEvent(s.db.Read().QueryRowContext(ctx, `SELECT id, flow, kind, entry, salts, logged FROM event WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		err = dataspace.ErrNotFound
	}
	if err != nil {
		return prove.LoggedRow{}, fmt.Errorf("find event %s: %w", id, err)
	}
	return e, nil
}

// Document implements prove.Outbox.
func (s *ProveStore) Document(ctx context.Context, digest dataspace.Digest) (dataspace.Document, error) {
	return s.db.document(ctx, digest)
}

// SaveCosigned implements prove.CosignedStore.
func (s *ProveStore) SaveCosigned(ctx context.Context, witness string, size uint64, checkpoint []byte) error {
	return s.db.Step(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO cosigned (witness, size, checkpoint) VALUES (?, ?, ?)
			ON CONFLICT (witness) DO UPDATE SET size = excluded.size, checkpoint = excluded.checkpoint WHERE excluded.size >= cosigned.size`,
			witness, int64(size), checkpoint)
		if err != nil {
			return fmt.Errorf("save cosigned checkpoint %d: %w", size, err)
		}
		return nil
	})
}

// Cosigned implements prove.CosignedStore.
func (s *ProveStore) Cosigned(ctx context.Context, witness string) ([]byte, error) {
	var checkpoint []byte
	err := s.db.Read().QueryRowContext(ctx, `SELECT checkpoint FROM cosigned WHERE witness = ?`, witness).Scan(&checkpoint)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("find cosigned checkpoint: %w", dataspace.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("find cosigned checkpoint: %w", err)
	}
	return checkpoint, nil
}

// CosignedSize implements prove.CosignedStore.
func (s *ProveStore) CosignedSize(ctx context.Context) (uint64, error) {
	var size int64
	if err := s.db.Read().QueryRowContext(ctx, `SELECT coalesce(max(size), 0) FROM cosigned`).Scan(&size); err != nil {
		return 0, fmt.Errorf("find cosigned checkpoint: %w", err)
	}
	return uint64(size), nil
}

// Witnessed implements prove.WitnessStore.
func (s *ProveStore) Witnessed(ctx context.Context, origin string) (tlog.Checkpoint, error) {
	return witnessed(s.db.Read().QueryRowContext(ctx, `SELECT size, root FROM witnessed WHERE origin = ?`, origin), origin)
}

func witnessed(row *sql.Row, origin string) (tlog.Checkpoint, error) {
	c := tlog.Checkpoint{Origin: origin}
	var root []byte
	switch err := row.Scan(&c.Size, &root); {
	case errors.Is(err, sql.ErrNoRows):
		return c, nil
	case err != nil:
		return c, fmt.Errorf("find witnessed checkpoint of %s: %w", origin, err)
	case len(root) != len(c.Root):
		return c, fmt.Errorf("find witnessed checkpoint of %s: root of %d bytes: %w", origin, len(root), dataspace.ErrInvalid)
	}
	copy(c.Root[:], root)
	return c, nil
}

// SetWitnessed implements prove.WitnessStore.
func (s *ProveStore) SetWitnessed(ctx context.Context, old, next tlog.Checkpoint) error {
	return s.db.Step(ctx, func(tx *sql.Tx) error {
		now, err := witnessed(tx.QueryRow(`SELECT size, root FROM witnessed WHERE origin = ?`, next.Origin), next.Origin)
		if err != nil {
			return err
		}
		if now != old {
			return fmt.Errorf("witness %s: another checkpoint came first: %w", next.Origin, dataspace.ErrStale)
		}
		_, err = tx.Exec(`INSERT INTO witnessed (origin, size, root) VALUES (?, ?, ?)
			ON CONFLICT (origin) DO UPDATE SET size = excluded.size, root = excluded.root`, next.Origin, int64(next.Size), next.Root[:])
		if err != nil {
			return fmt.Errorf("witness %s: %w", next.Origin, err)
		}
		return nil
	})
}
