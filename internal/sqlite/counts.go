package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/people"
	"hutong/internal/prove"
	"hutong/internal/runset"
)

// CountRows keeps the data of people.Counts that is not in files.
type CountRows struct {
	db      *DB
	gateway dataspace.GatewayID
}

var _ people.Rows = (*CountRows)(nil)

// NewCountRows makes the rows of a gateway.
func NewCountRows(db *DB, gateway dataspace.GatewayID) *CountRows {
	return &CountRows{db: db, gateway: gateway}
}

// View implements people.Rows.
func (s *CountRows) View(ctx context.Context, fn func(context.Context, people.Reader) error) error {
	tx, err := s.db.Read().BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("read counts: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // nothing was changed
	t := &countTx{tx: tx, gateway: s.gateway}
	return errors.Join(fn(ctx, t), t.close())
}

// Update implements people.Rows. An interrupted statement can roll back the
// transaction of all callers, so fn gets a context that is never cancelled.
func (s *CountRows) Update(ctx context.Context, fn func(context.Context, people.Tx) error) error {
	return s.db.Step(ctx, func(tx *sql.Tx) error {
		t := &countTx{tx: tx, gateway: s.gateway}
		return errors.Join(fn(context.WithoutCancel(ctx), t), t.close())
	})
}

// countTx is a transaction on the counts.
type countTx struct {
	tx      *sql.Tx
	gateway dataspace.GatewayID
	open    []*sql.Rows
}

var _ people.Tx = (*countTx)(nil)

// close closes the sources that were not read to their end.
func (t *countTx) close() error {
	var errs []error
	for _, r := range t.open {
		errs = append(errs, r.Close())
	}
	return errors.Join(errs...)
}

const selectLedger = "SELECT num, exporter, recipient, part, year, key_id, version, files, classes FROM count_ledger "

// Ledger implements people.LedgerReader.
func (t *countTx) Ledger(ctx context.Context, w people.Window) (people.Ledger, error) {
	return scanLedger(t.tx.QueryRowContext(ctx, selectLedger+"WHERE exporter = ? AND part = ? AND year = ? AND recipient = ?", w.Exporter, w.Part, w.Year, w.Recipient))
}

// LedgerOf implements people.LedgerReader.
func (t *countTx) LedgerOf(ctx context.Context, num int64) (people.Ledger, error) {
	return scanLedger(t.tx.QueryRowContext(ctx, selectLedger+"WHERE num = ?", num))
}

func scanLedger(row *sql.Row) (people.Ledger, error) {
	var l people.Ledger
	var classes []byte
	err := row.Scan(&l.Num, &l.Exporter, &l.Recipient, &l.Part, &l.Year, &l.KeyID, &l.Version, &l.Files, &classes)
	if errors.Is(err, sql.ErrNoRows) {
		return people.Ledger{}, fmt.Errorf("find ledger: %w", dataspace.ErrNotFound)
	}
	if err == nil {
		err = json.Unmarshal(classes, &l.Classes)
	}
	if err != nil {
		return people.Ledger{}, fmt.Errorf("read ledger: %w", err)
	}
	return l, nil
}

// LastYear implements people.LedgerReader.
func (t *countTx) LastYear(ctx context.Context, exporter dataspace.ParticipantID, part string) (year int, err error) {
	err = t.tx.QueryRowContext(ctx, "SELECT coalesce(max(year), 0) FROM count_ledger WHERE exporter = ? AND part = ?", exporter, part).Scan(&year)
	return year, err
}

// Tally implements people.LedgerReader.
func (t *countTx) Tally(ctx context.Context, ledger int64, since runset.Day) (out runset.Tally, err error) {
	rows, err := t.tx.QueryContext(ctx, "SELECT class, sum(people) FROM count_tally WHERE ledger = ? AND day >= ? GROUP BY class", ledger, since)
	if err != nil {
		return out, fmt.Errorf("count people: %w", err)
	}
	defer rows.Close() // its error is in rows.Err
	for rows.Next() {
		var class int
		var n int64
		if err := rows.Scan(&class, &n); err != nil {
			return out, err
		}
		if class < 0 || class >= len(out) {
			return out, fmt.Errorf("count people: class %d: %w", class, dataspace.ErrInvalid)
		}
		out[class] = n
	}
	return out, rows.Err()
}

// PutLedger implements people.LedgerWriter.
func (t *countTx) PutLedger(ctx context.Context, l people.Ledger) (people.Ledger, error) {
	classes, err := json.Marshal(l.Classes)
	if err != nil {
		return l, fmt.Errorf("store ledger: %w", err)
	}
	if l.Num != 0 {
		_, err = t.tx.ExecContext(ctx, "UPDATE count_ledger SET version = ?, files = ?, classes = ? WHERE num = ?", l.Version, l.Files, classes, l.Num)
		return l, err
	}
	res, err := t.tx.ExecContext(ctx, "INSERT INTO count_ledger (exporter, recipient, part, year, key_id, version, files, classes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		l.Exporter, l.Recipient, l.Part, l.Year, l.KeyID, l.Version, l.Files, classes)
	if err != nil {
		return l, fmt.Errorf("store ledger: %w", constraint(err, dataspace.ErrNotFound))
	}
	l.Num, err = res.LastInsertId()
	return l, err
}

// Count implements people.LedgerWriter. A rolling window has one class, and its
// people are counted by day.
func (t *countTx) Count(ctx context.Context, ledger int64, c runset.Change) error {
	const add = `INSERT INTO count_tally (ledger, class, day, people) VALUES (?, ?, ?, ?)
		ON CONFLICT (ledger, class, day) DO UPDATE SET people = people + excluded.people`
	if c.Days != nil {
		for day, n := range c.Days {
			if _, err := t.tx.ExecContext(ctx, add, ledger, 0, day, n); err != nil {
				return fmt.Errorf("count people: %w", err)
			}
		}
		if _, err := t.tx.ExecContext(ctx, "DELETE FROM count_tally WHERE ledger = ? AND day > 0 AND people = 0", ledger); err != nil {
			return fmt.Errorf("count people: %w", err)
		}
		return nil
	}
	for class, n := range c.Tally {
		if n == 0 {
			continue
		}
		if _, err := t.tx.ExecContext(ctx, add, ledger, class, 0, n); err != nil {
			return fmt.Errorf("count people: %w", err)
		}
	}
	return nil
}

// Lists implements people.ListReader.
func (t *countTx) Lists(ctx context.Context, f people.ListFilter) ([]people.List, error) {
	var w where
	if f.Num != 0 {
		w.and("num = ?", f.Num)
	}
	if f.Job != "" {
		w.and("job = ?", f.Job)
	}
	if f.Ledger != 0 {
		w.and("ledger = ?", f.Ledger)
	}
	if f.Files {
		w.and("file = 1 AND counted = 1")
	}
	rows, err := t.tx.QueryContext(ctx, "SELECT num, ledger, counted, job, file, day, people, tally FROM count_list"+w.where("true")+" ORDER BY ledger, file, people, num", w.args...)
	if err != nil {
		return nil, fmt.Errorf("find lists of people: %w", err)
	}
	defer rows.Close() // its error is in rows.Err
	var out []people.List
	for rows.Next() {
		var l people.List
		var tally []byte
		err := rows.Scan(&l.Num, &l.Ledger, &l.Counted, &l.Job, &l.File, &l.Day, &l.Info.People, &tally)
		if err == nil {
			err = decodeTally(tally, &l.Info.Tally)
		}
		if err != nil {
			return nil, fmt.Errorf("read list of people: %w", err)
		}
		out = append(out, l)
	}
	return out, rows.Err()
}

func decodeTally(raw []byte, t *runset.Tally) error {
	var list []int64
	if err := json.Unmarshal(raw, &list); err != nil {
		return err
	}
	if len(list) > len(t) {
		return fmt.Errorf("%d classes: %w", len(list), dataspace.ErrInvalid)
	}
	copy(t[:], list)
	return nil
}

// encodeTally leaves out empty classes at the end.
func encodeTally(t runset.Tally) ([]byte, error) {
	n := len(t)
	for n > 0 && t[n-1] == 0 {
		n--
	}
	return json.Marshal(t[:n])
}

// PutList implements people.ListWriter.
func (t *countTx) PutList(ctx context.Context, l people.List) (people.List, error) {
	tally, err := encodeTally(l.Info.Tally)
	if err != nil {
		return l, fmt.Errorf("store list of people: %w", err)
	}
	if l.Num != 0 {
		_, err = t.tx.ExecContext(ctx, "UPDATE count_list SET counted = ?, job = ?, people = ?, tally = ? WHERE num = ?", l.Counted, l.Job, l.Info.People, tally, l.Num)
		return l, err
	}
	res, err := t.tx.ExecContext(ctx, "INSERT INTO count_list (ledger, counted, job, file, day, people, tally) VALUES (?, ?, ?, ?, ?, ?, ?)",
		l.Ledger, l.Counted, l.Job, l.File, l.Day, l.Info.People, tally)
	if err == nil {
		l.Num, err = res.LastInsertId()
	}
	return l, err
}

// DeleteList implements people.ListWriter.
func (t *countTx) DeleteList(ctx context.Context, num int64) error {
	_, err := t.tx.ExecContext(ctx, "DELETE FROM count_list WHERE num = ?", num)
	return err
}

// Claims implements people.ListReader.
func (t *countTx) Claims(ctx context.Context, f people.ClaimFilter) ([]people.Claim, error) {
	var w where
	if f.ID != "" {
		w.and("c.id = ?", f.ID)
	}
	if f.Flow != "" {
		w.and("c.flow = ?", f.Flow)
	}
	if f.Ledger != 0 {
		w.and("c.ledger = ?", f.Ledger)
	}
	rows, err := t.tx.QueryContext(ctx, `SELECT c.id, c.part, c.flow, c.ledger, c.list, c.state, c.day, c.recipient, c.people, c.fresh, l.exporter, l.year
		FROM count_claim c JOIN count_ledger l ON l.num = c.ledger`+w.where("true")+" ORDER BY c.id, c.part", w.args...)
	if err != nil {
		return nil, fmt.Errorf("find reservations: %w", err)
	}
	defer rows.Close() // its error is in rows.Err
	var out []people.Claim
	for rows.Next() {
		var c people.Claim
		var all, fresh []byte
		err := rows.Scan(&c.ID, &c.Part, &c.Flow, &c.Ledger, &c.List, &c.State, &c.On, &c.To, &all, &fresh, &c.Exporter, &c.Year)
		if err == nil {
			err = errors.Join(json.Unmarshal(all, &c.People), json.Unmarshal(fresh, &c.New))
		}
		if err != nil {
			return nil, fmt.Errorf("read reservation: %w", err)
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// PutClaim implements people.ListWriter.
func (t *countTx) PutClaim(ctx context.Context, c people.Claim) error {
	all, err := json.Marshal(c.People)
	if err != nil {
		return fmt.Errorf("store reservation: %w", err)
	}
	fresh, err := json.Marshal(c.New)
	if err != nil {
		return fmt.Errorf("store reservation: %w", err)
	}
	_, err = t.tx.ExecContext(ctx, "REPLACE INTO count_claim (id, part, flow, ledger, list, state, day, recipient, people, fresh) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		c.ID, c.Part, c.Flow, c.Ledger, c.List, c.State, c.On, c.To, all, fresh)
	return constraint(err, dataspace.ErrNotFound)
}

// memberSource yields people of a query (person, mask, day) that is in their
// order.
type memberSource struct {
	rows *sql.Rows
	hash sql.RawBytes
}

var _ runset.Source = (*memberSource)(nil)

// Next implements runset.Source.
func (s *memberSource) Next() (runset.Person, bool, error) {
	if !s.rows.Next() {
		return runset.Person{}, false, errors.Join(s.rows.Err(), s.rows.Close())
	}
	var mask runset.Mask
	var day runset.Day
	if err := s.rows.Scan(&s.hash, &mask, &day); err != nil || len(s.hash) != 16 {
		return runset.Person{}, false, errors.Join(fmt.Errorf("read people: hash of %d bytes", len(s.hash)), err, s.rows.Close())
	}
	p := runset.FromHash([16]byte(s.hash), mask)
	p.Day = day
	return p, true, nil
}

func (t *countTx) source(rows *sql.Rows, err error) (runset.Source, error) {
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	t.open = append(t.open, rows)
	return &memberSource{rows: rows}, nil
}

// Members implements people.MemberReader.
func (t *countTx) Members(ctx context.Context, list int64) (runset.Source, error) {
	return t.source(t.tx.QueryContext(ctx, `SELECT m.person, m.mask, l.day FROM count_list l JOIN count_member m ON m.list = l.num
		WHERE l.num = ? ORDER BY m.person`, list))
}

// Others implements people.MemberReader. A person who is in several lists comes
// several times in a row; distinct joins them.
func (t *countTx) Others(ctx context.Context, ledger, but int64) (runset.Source, error) {
	src, err := t.source(t.tx.QueryContext(ctx, `SELECT m.person, m.mask, l.day
		FROM count_member m INDEXED BY count_member_person CROSS JOIN count_list l
		WHERE m.ledger = ?1 AND m.list <> ?2 AND l.num = m.list AND l.counted = 1 ORDER BY m.person`, ledger, but))
	return &distinct{src: src}, err
}

// distinct joins equal people that are next to each other.
type distinct struct {
	src  runset.Source
	next runset.Person
	have bool
}

var _ runset.Source = (*distinct)(nil)

// Next implements runset.Source.
func (d *distinct) Next() (runset.Person, bool, error) {
	p, ok, err := d.next, d.have, error(nil)
	if !ok {
		p, ok, err = d.src.Next()
	}
	for d.have = false; ok && err == nil && !d.have; {
		var more bool
		if d.next, more, err = d.src.Next(); !more {
			break
		}
		if d.next.Compare(p) == 0 {
			p.Join(d.next)
			continue
		}
		d.have = true
	}
	return p, ok, err
}

// maskDigits are as many as the largest mask has.
const maskDigits = 10

// pack encodes people as one blob that SQLite splits again: binding them one by
// one takes twice the time. The mask follows the hash as a decimal number.
func pack(list []runset.Person) []byte {
	out := make([]byte, 0, len(list)*(16+maskDigits))
	for i := range list {
		hash := list[i].Hash()
		out = fmt.Appendf(append(out, hash[:]...), "%0*d", maskDigits, list[i].Mask)
	}
	return out
}

// unpacked are the offsets of the people in the blob ?1.
const unpacked = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 26 FROM n WHERE i + 26 < length(?1)) `

// AddMembers implements people.MemberWriter.
func (t *countTx) AddMembers(ctx context.Context, l people.List, list []runset.Person) error {
	if len(list) == 0 {
		return nil
	}
	_, err := t.tx.ExecContext(ctx, unpacked+`INSERT INTO count_member (list, ledger, person, mask)
		SELECT ?2, ?3, substr(?1, i, 16), CAST(CAST(substr(?1, i + 16, 10) AS TEXT) AS INTEGER) FROM n`, pack(list), l.Num, l.Ledger)
	return constraint(err, dataspace.ErrNotFound)
}

// counted are the rows of the person at i in the counting lists of the ledger
// ?3, except those of the list ?2.
const counted = ` count_member m INDEXED BY count_member_person CROSS JOIN count_list l
	WHERE m.ledger = ?3 AND m.person = substr(?1, i, 16) AND m.list <> ?2 AND l.num = m.list AND l.counted = 1 `

// heldMasks finds each different mask of each person once. Rows of a person are
// in the order of their masks, so it goes from one mask to the next larger one:
// a regular customer can be in thousands of lists with the same mask.
const heldMasks = unpacked + `, found (i, mask) AS (
		SELECT i, (SELECT m.mask FROM` + counted + `ORDER BY m.mask LIMIT 1) FROM n
		UNION ALL
		SELECT i, (SELECT m.mask FROM` + counted + `AND m.mask > found.mask ORDER BY m.mask LIMIT 1) FROM found WHERE mask IS NOT NULL
	) SELECT i / 26, mask, 0 FROM found WHERE mask IS NOT NULL`

// heldDays also finds the last day with each mask, for which it reads all rows.
const heldDays = unpacked + "SELECT i / 26, m.mask, max(l.day) FROM n CROSS JOIN" + counted + "GROUP BY i, m.mask"

// Held implements people.MemberReader. If no other list is kept in rows, as in
// the first flow of a year, it looks up nobody.
func (t *countTx) Held(ctx context.Context, ledger, but int64, list, held []runset.Person) error {
	if len(list) == 0 {
		return nil
	}
	var last sql.Null[runset.Day]
	err := t.tx.QueryRowContext(ctx, "SELECT max(day) FROM count_list WHERE ledger = ? AND file = 0 AND counted = 1 AND num <> ?", ledger, but).Scan(&last)
	if err != nil || !last.Valid {
		return err
	}
	query := heldMasks
	if last.V != 0 {
		query = heldDays
	}
	rows, err := t.tx.QueryContext(ctx, query, pack(list), but, ledger)
	if err != nil {
		return fmt.Errorf("look people up: %w", err)
	}
	defer rows.Close() // its error is in rows.Err
	for rows.Next() {
		var at int
		var p runset.Person
		if err := rows.Scan(&at, &p.Mask, &p.Day); err != nil {
			return err
		}
		held[at].Join(p)
	}
	return rows.Err()
}

// DropMembers implements people.MemberWriter.
func (t *countTx) DropMembers(ctx context.Context, list int64, limit int) (more bool, err error) {
	var next []byte // the first who stays
	err = t.tx.QueryRowContext(ctx, "SELECT person FROM count_member WHERE list = ? ORDER BY person LIMIT 1 OFFSET ?", list, limit).Scan(&next)
	if errors.Is(err, sql.ErrNoRows) {
		_, err = t.tx.ExecContext(ctx, "DELETE FROM count_member WHERE list = ?", list)
		return false, err
	}
	if err == nil {
		_, err = t.tx.ExecContext(ctx, "DELETE FROM count_member WHERE list = ? AND person < ?", list, next)
	}
	return err == nil, err
}

const selectCorrection = "SELECT id, exporter, year, change, reason, author, at FROM count_change "

// Correction implements people.CorrectionReader.
func (t *countTx) Correction(ctx context.Context, id string) (people.Correction, error) {
	c, err := scanCorrection(t.tx.QueryRowContext(ctx, selectCorrection+"WHERE id = ?", id))
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("find correction: %w", dataspace.ErrNotFound)
	}
	return c, err
}

// Corrections implements people.CorrectionReader.
func (t *countTx) Corrections(ctx context.Context, exporter dataspace.ParticipantID, year int) ([]people.Correction, error) {
	rows, err := t.tx.QueryContext(ctx, selectCorrection+"WHERE exporter = ? AND year = ? ORDER BY at, id", exporter, year)
	if err != nil {
		return nil, fmt.Errorf("list corrections: %w", err)
	}
	defer rows.Close() // its error is in rows.Err
	var out []people.Correction
	for rows.Next() {
		c, err := scanCorrection(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

func scanCorrection(row interface{ Scan(...any) error }) (people.Correction, error) {
	var c people.Correction
	var change []byte
	var at int64
	err := row.Scan(&c.ID, &c.Exporter, &c.Year, &change, &c.Reason, &c.By, &at)
	if err == nil {
		err = json.Unmarshal(change, &c.Change)
	}
	c.At = time.UnixMicro(at).UTC()
	return c, err
}

// PutCorrection implements people.Tx.
func (t *countTx) PutCorrection(ctx context.Context, c people.Correction, evidence dataspace.Event) error {
	change, err := json.Marshal(c.Change)
	if err != nil {
		return fmt.Errorf("store correction: %w", err)
	}
	_, err = t.tx.ExecContext(ctx, "INSERT INTO count_change (id, exporter, year, change, reason, author, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
		c.ID, c.Exporter, c.Year, change, c.Reason, c.By, c.At.UnixMicro())
	if err != nil {
		return fmt.Errorf("store correction %s: %w", c.ID, constraint(err, dataspace.ErrNotFound))
	}
	rows, err := prove.Encode(t.gateway, evidence)
	if err != nil {
		return fmt.Errorf("store correction: %w", err)
	}
	return InsertEvents(t.tx, rows)
}
