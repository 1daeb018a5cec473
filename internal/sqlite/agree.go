package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
)

// Agree is the store of negotiations and transfers.
type Agree struct {
	db *DB
	// load is prepared once: every step of every process begins with it, and
	// parsing it costs more than running it.
	load func() (*sql.Stmt, error)
}

var _ agree.Store = (*Agree)(nil)

// NewAgree returns the store of negotiations and transfers in db.
func NewAgree(db *DB) *Agree {
	return &Agree{db: db, load: sync.OnceValues(func() (*sql.Stmt, error) {
		return db.Read().Prepare(`SELECT ` + processColumns + ` FROM process WHERE kind = ? AND id = ?`)
	})}
}

const processColumns = `kind, id, COALESCE(origin, ''), local, flow, agreement, state, pending, changed, handled, version, body, created_at, updated_at`

// Create adds a process.
func (s *Agree) Create(ctx context.Context, r agree.Row) error {
	s.db.processes.begin(r.Ref)
	err := s.db.Step(ctx, func(tx *sql.Tx) error {
		res, err := tx.Exec(`INSERT INTO process (kind, id, origin, local, flow, agreement, state, pending, changed, version, body, created_at, updated_at)
			VALUES (?, ?, NULLIF(?, ''), ?, ?, ?, ?, ?, ?, 1, ?, ?, ?) ON CONFLICT DO NOTHING`,
			r.Kind, r.ID, r.Origin, r.Local, r.Flow, r.Agreement, r.State, r.Pending, r.Changed, r.Body, r.Created.UnixMicro(), r.Updated.UnixMicro())
		return oneRow(res, err, r.Ref, "create", dataspace.ErrConflict)
	})
	r.Version, r.Handled = 1, 0
	s.end(r, err == nil)
	return err
}

// Update replaces a process.
func (s *Agree) Update(ctx context.Context, r agree.Row) error {
	was, known := s.db.processes.begin(r.Ref)
	err := s.db.Step(ctx, func(tx *sql.Tx) error {
		res, err := tx.Exec(`UPDATE process SET local = ?, flow = ?, agreement = ?, state = ?, pending = ?, changed = ?, version = version + 1, body = ?, updated_at = ?
			WHERE kind = ? AND id = ? AND version = ?`,
			r.Local, r.Flow, r.Agreement, r.State, r.Pending, r.Changed, r.Body, r.Updated.UnixMicro(), r.Kind, r.ID, r.Version)
		return oneRow(res, err, r.Ref, "update", dataspace.ErrStale)
	})
	r.Version++
	r.Origin, r.Handled, r.Created = was.Origin, was.Handled, was.Created
	s.end(r, err == nil && known)
	return err
}

// end holds a process as it is after a change, if that is known.
func (s *Agree) end(r agree.Row, known bool) {
	if !known {
		s.db.processes.end(r.Ref, nil)
		return
	}
	r.Created, r.Updated = micros(r.Created), micros(r.Updated)
	r.Body = bytes.Clone(r.Body)
	s.db.processes.end(r.Ref, &r)
}

// micros is a time as the database gives it back.
func micros(t time.Time) time.Time { return time.UnixMicro(t.UnixMicro()).UTC() }

func oneRow(res sql.Result, err error, ref agree.Ref, verb string, otherwise error) error {
	if err != nil {
		return fmt.Errorf("%s %s: %w", verb, ref, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return fmt.Errorf("%s %s: %w", verb, ref, err)
	}
	if n != 1 {
		return fmt.Errorf("%s %s: %w", verb, ref, otherwise)
	}
	return nil
}

// Load returns one process.
func (s *Agree) Load(ctx context.Context, ref agree.Ref) (agree.Row, error) {
	r, err := s.db.processes.get(ref, func() (agree.Row, error) {
		stmt, err := s.load()
		if err != nil {
			return agree.Row{}, fmt.Errorf("prepare load: %w", err)
		}
		return oneProcess(stmt.QueryRowContext(ctx, ref.Kind, ref.ID))
	})
	r.Body = bytes.Clone(r.Body)
	return r, err
}

// ByOrigin returns the process that a first message began.
func (s *Agree) ByOrigin(ctx context.Context, origin string) (agree.Row, error) {
	return oneProcess(s.db.Read().QueryRowContext(ctx, `SELECT `+processColumns+` FROM process WHERE origin = ?`, origin))
}

func oneProcess(row *sql.Row) (agree.Row, error) {
	r, err := scanProcess(row)
	if errors.Is(err, sql.ErrNoRows) {
		return agree.Row{}, dataspace.ErrNotFound
	}
	return r, err
}

// List returns processes, newest first.
func (s *Agree) List(ctx context.Context, f agree.Filter) ([]agree.Row, error) {
	var where []string
	var args []any
	for _, c := range []struct{ column, value string }{
		{"kind", string(f.Kind)}, {"local", string(f.Local)}, {"flow", string(f.Flow)},
		{"agreement", string(f.Agreement)}, {"state", string(f.State)},
	} {
		if c.value == "" {
			continue
		}
		// The second condition lets SQLite use the partial index.
		where = append(where, c.column+" = ?", c.column+" <> ''")
		args = append(args, c.value)
	}
	query := `SELECT ` + processColumns + ` FROM process`
	if len(where) > 0 {
		query += ` WHERE ` + strings.Join(where, " AND ")
	}
	if f.Limit <= 0 {
		f.Limit = 100
	}
	rows, err := s.db.Read().QueryContext(ctx, query+` ORDER BY created_at DESC, id LIMIT ?`, append(args, f.Limit)...)
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	defer rows.Close()
	var out []agree.Row
	for rows.Next() {
		r, err := scanProcess(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

func scanProcess(row interface{ Scan(...any) error }) (agree.Row, error) {
	var r agree.Row
	var created, updated int64
	err := row.Scan(&r.Kind, &r.ID, &r.Origin, &r.Local, &r.Flow, &r.Agreement, &r.State, &r.Pending,
		&r.Changed, &r.Handled, &r.Version, &r.Body, &created, &updated)
	if err != nil {
		return agree.Row{}, fmt.Errorf("read process: %w", err)
	}
	r.Created, r.Updated = time.UnixMicro(created).UTC(), time.UnixMicro(updated).UTC()
	return r, nil
}

// Unfinished implements agree.Store.
func (s *Agree) Unfinished(ctx context.Context, after agree.Ref, limit int) ([]agree.Ref, error) {
	rows, err := s.db.Read().QueryContext(ctx, `SELECT kind, id FROM process WHERE (pending = 1 OR changed > handled)
		AND (?1 = '' OR (created_at, kind, id) > (SELECT created_at, kind, id FROM process WHERE kind = ?1 AND id = ?2))
		ORDER BY created_at, kind, id LIMIT ?3`, after.Kind, after.ID, limit)
	if err != nil {
		return nil, fmt.Errorf("list unfinished processes: %w", err)
	}
	defer rows.Close()
	var out []agree.Ref
	for rows.Next() {
		var ref agree.Ref
		if err := rows.Scan(&ref.Kind, &ref.ID); err != nil {
			return nil, fmt.Errorf("read process: %w", err)
		}
		out = append(out, ref)
	}
	return out, rows.Err()
}

// Handled records, for processes, up to which change the handler has run.
func (s *Agree) Handled(ctx context.Context, marks []agree.Mark) error {
	rows, known := make([]agree.Row, len(marks)), make([]bool, len(marks))
	for i, m := range marks {
		rows[i], known[i] = s.db.processes.begin(m.Ref)
		rows[i].Ref, rows[i].Handled = m.Ref, max(rows[i].Handled, m.Changed)
	}
	err := s.db.Step(ctx, func(tx *sql.Tx) error {
		for _, m := range marks {
			if _, err := tx.Exec(`UPDATE process SET handled = MAX(handled, ?) WHERE kind = ? AND id = ?`, m.Changed, m.Kind, m.ID); err != nil {
				return fmt.Errorf("mark %s: %w", m.Ref, err)
			}
		}
		return nil
	})
	for i, r := range rows {
		s.end(r, err == nil && known[i])
	}
	return err
}
