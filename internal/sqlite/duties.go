package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"hutong/internal/agenda"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
)

// DutyStore keeps the open obligations of flows.
type DutyStore struct{ db *DB }

var _ flow.DutyStore = (*DutyStore)(nil)

// NewDutyStore returns the store of the open obligations of the flows of db.
func NewDutyStore(db *DB) *DutyStore { return &DutyStore{db} }

// Unlooked implements flow.DutyStore.
func (s *DutyStore) Unlooked(ctx context.Context, of flow.AgendaFilter, asOf string, after flow.Unlooked, limit int) ([]flow.Unlooked, error) {
	// The rows before and the rows after: two ranges, each read from an index.
	var parts []string
	var args []any
	for _, side := range []string{"as_of < ?", "as_of > ?"} {
		w := scope(of)
		w.and(side, asOf)
		parts = append(parts, "SELECT * FROM (SELECT as_of, flow, changed FROM duty_flow"+w.where("(as_of, flow) > (?, ?)", after.AsOf, after.Flow)+" ORDER BY as_of, flow LIMIT ?)")
		args = append(append(args, w.args...), limit)
	}
	rows, err := s.db.Read().QueryContext(ctx, strings.Join(parts, " UNION ALL ")+" LIMIT ?", append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("list flows to look at: %w", err)
	}
	defer rows.Close()
	var out []flow.Unlooked
	for rows.Next() {
		var u flow.Unlooked
		if err := rows.Scan(&u.AsOf, &u.Flow, &u.Changed); err != nil {
			return nil, fmt.Errorf("list flows to look at: %w", err)
		}
		out = append(out, u)
	}
	return out, rows.Err()
}

// Undecided implements flow.DutyStore.
func (s *DutyStore) Undecided(ctx context.Context, of flow.AgendaFilter, asOf string) (n int64, err error) {
	w := scope(of)
	q := `SELECT count(*) FROM duty_flow` + w.where("(as_of < ? OR as_of > ?)", asOf, asOf)
	if err := s.db.Read().QueryRowContext(ctx, q, w.args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count flows to look at: %w", err)
	}
	return n, nil
}

// PutLook implements flow.DutyStore.
func (s *DutyStore) PutLook(ctx context.Context, u flow.Unlooked, l flow.Look) error {
	err := s.db.Step(ctx, func(tx *sql.Tx) error {
		res, err := tx.Exec(`UPDATE duty_flow SET as_of = ? WHERE flow = ? AND changed = ?`, l.AsOf, u.Flow, u.Changed)
		if err != nil {
			return err
		}
		if err := changed(res, errLookedTooEarly); err != nil {
			return err
		}
		if err := putDuties(tx, u.Flow, l); err != nil {
			return err
		}
		return putNotices(tx, u.Flow, l)
	})
	if err != nil && !errors.Is(err, errLookedTooEarly) {
		return fmt.Errorf("keep what is open about flow %s: %w", u.Flow, err)
	}
	return nil
}

// errLookedTooEarly is of a look at a flow that has changed meanwhile.
var errLookedTooEarly = errors.New("the flow has changed since")

func putDuties(tx *sql.Tx, id dataspace.FlowID, l flow.Look) error {
	if _, err := tx.Exec(`DELETE FROM duty WHERE flow = ?`, id); err != nil {
		return err
	}
	for _, d := range l.Duties {
		body, err := json.Marshal(d.Duty)
		if err != nil {
			return fmt.Errorf("encode obligation: %w", err)
		}
		if _, err := tx.Exec(`INSERT INTO duty (flow, n, owner, rank, open, body) VALUES (?, ?, ?, ?, ?, ?)`, id, d.N, l.Local, d.Rank, d.Open, body); err != nil {
			return err
		}
	}
	return nil
}

func putNotices(tx *sql.Tx, id dataspace.FlowID, l flow.Look) error {
	if _, err := tx.Exec(`DELETE FROM notice_flow WHERE flow = ?`, id); err != nil {
		return err
	}
	for _, w := range l.Warnings {
		doc, err := dataspace.NewDocument(w)
		if err != nil {
			return fmt.Errorf("encode warning: %w", err)
		}
		// The triggers keep the count from the rows of notice_flow.
		if _, err := tx.Exec(`INSERT INTO notice (owner, digest, flows, body) VALUES (?, ?, 0, ?) ON CONFLICT DO NOTHING`, l.Local, doc.Digest(), []byte(doc)); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO notice_flow (flow, owner, digest) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, id, l.Local, doc.Digest()); err != nil {
			return err
		}
	}
	return nil
}

// Duties implements flow.DutyStore.
func (s *DutyStore) Duties(ctx context.Context, of flow.AgendaFilter, after flow.Place, limit int) ([]flow.Ranked, error) {
	w := scope(of)
	if !of.Fulfilled {
		w.and("open = 1")
	}
	if of.DueBefore != "" {
		w.and("rank < ?", of.DueBefore)
	}
	q := `SELECT rank, flow, n, open, body FROM duty` + w.where("(rank, flow, n) > (?, ?, ?)", after.Rank, after.Flow, behind(after)) + ` ORDER BY rank, flow, n LIMIT ?`
	rows, err := s.db.Read().QueryContext(ctx, q, append(w.args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("list obligations: %w", err)
	}
	defer rows.Close()
	var out []flow.Ranked
	for rows.Next() {
		var r flow.Ranked
		var body []byte
		if err := rows.Scan(&r.Rank, &r.Place.Flow, &r.N, &r.Open, &body); err != nil {
			return nil, fmt.Errorf("list obligations: %w", err)
		}
		if err := json.Unmarshal(body, &r.Duty); err != nil {
			return nil, fmt.Errorf("decode obligation: %w", err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// behind returns the number at the end of the position that the page before
// gave. Without a position it returns the number before all rows.
func behind(p flow.Place) int {
	if p == (flow.Place{}) {
		return -1
	}
	return p.N
}

// scope selects the rows of one flow or of one owner.
func scope(of flow.AgendaFilter) (w where) {
	if of.Flow != "" {
		w.and("flow = ?", of.Flow)
	}
	if of.Local != "" {
		w.and("owner = ?", of.Local)
	}
	return w
}

// Notices implements flow.DutyStore.
func (s *DutyStore) Notices(ctx context.Context, of flow.AgendaFilter, limit int) ([]flow.Notice, error) {
	var w where
	if of.Local != "" {
		w.and("owner = ?", of.Local)
	}
	if of.Flow != "" {
		w.and("(owner, digest) IN (SELECT owner, digest FROM notice_flow WHERE flow = ?)", of.Flow)
	}
	// An empty flow names all.
	q := `SELECT owner, flows, body, (SELECT json_group_array(flow) FROM
			(SELECT flow FROM notice_flow f WHERE f.owner = notice.owner AND f.digest = notice.digest AND ? IN (flow, '') ORDER BY flow LIMIT ?))
		FROM notice` + w.where("true") + ` ORDER BY owner, digest LIMIT ?`
	args := append(append([]any{of.Flow, agenda.NoticeFlows}, w.args...), limit)
	rows, err := s.db.Read().QueryContext(ctx, q, args...)
	if err != nil {
		return nil, fmt.Errorf("list warnings: %w", err)
	}
	defer rows.Close()
	out := []flow.Notice{}
	for rows.Next() {
		var n flow.Notice
		var body, flows []byte
		if err := rows.Scan(&n.Participant, &n.FlowsInAll, &body, &flows); err != nil {
			return nil, fmt.Errorf("list warnings: %w", err)
		}
		if err := errors.Join(json.Unmarshal(body, &n.Warning), json.Unmarshal(flows, &n.Flows)); err != nil {
			return nil, fmt.Errorf("decode warning: %w", err)
		}
		if of.Flow != "" {
			n.FlowsInAll = int64(len(n.Flows))
		}
		out = append(out, n)
	}
	return out, rows.Err()
}
