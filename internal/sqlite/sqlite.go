// Package sqlite keeps a gateway's state in one SQLite file. Each service's
// store is in the file named after it; this file has their common parts:
// opening, migrating, and the single writer that commits waiting changes
// together.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"slices"
	"sync"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"modernc.org/sqlite"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
)

//go:embed migrations/*.sql
var migrations embed.FS

// maxGroup is the largest number of changes in one commit, so that one slow
// caller delays only a bounded number of others.
const maxGroup = 256

// readers is the number of queries that may run at the same time. It is larger
// than the number of processors, so that a query that waits for its turn or for
// the disk does not delay the others.
const readers = 8

// DB is an open database. Reads go through Read, changes through Update.
type DB struct {
	read  *sql.DB
	write *sql.DB

	// Stores of one database share what they hold in memory.
	flows     *recent[dataspace.FlowID, *keptFlow]
	found     hints
	processes *recent[agree.Ref, agree.Row]
	documents *recent[dataspace.Digest, dataspace.Document]
	settled   settled

	mu     sync.Mutex
	closed bool
	queue  chan *change
	done   chan struct{}
}

type change struct {
	ctx  context.Context
	step bool // see Step
	fn   func(*sql.Tx) error
	err  error
	done chan struct{}
}

// Open opens or creates the database at path and brings its schema up to
// date. The file holds state that must survive power loss: every commit is
// synced to disk before Update returns.
func Open(ctx context.Context, path string) (*DB, error) {
	if f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	} else if err := f.Close(); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	write, read := open(path, 1, 16_000), open(path, readers, 2_000)
	db := &DB{read: read, write: write, queue: make(chan *change, maxGroup), done: make(chan struct{}),
		flows:     newRecent[dataspace.FlowID](func(k *keptFlow) int { return len(k.body) }),
		processes: newRecent[agree.Ref](func(r agree.Row) int { return len(r.Body) }),
		documents: newRecent[dataspace.Digest](func(d dataspace.Document) int { return len(d) })}
	if err := db.migrate(ctx); err != nil {
		return nil, errors.Join(err, write.Close(), read.Close())
	}
	go db.run()
	return db, nil
}

// open opens connections that hold up to cache kB of pages each.
func open(path string, conns, cache int) *sql.DB {
	// The busy timeout comes first, or the other pragmas can fail on a lock.
	q := url.Values{"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)", fmt.Sprintf("cache_size(-%d)", cache)}, "_txlock": {"immediate"}}
	db := sql.OpenDB(connector{dsn: "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()})
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns) // the default is two, and opening one costs more than a query
	return db
}

func (db *DB) migrate(ctx context.Context) error {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(database.DialectSQLite3, db.write, dir, goose.WithDisableGlobalRegistry(true), goose.WithAllowOutofOrder(true))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if err := db.ours(ctx, p.ListSources()); err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate database: %w", err)
	}
	return nil
}

// ours refuses a database that a newer program has changed: this one does not
// know what its rows mean, and would write what the newer one cannot read.
func (db *DB) ours(ctx context.Context, known []*goose.Source) error {
	tables := 0
	if err := db.write.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'goose_db_version'`).Scan(&tables); err != nil {
		return fmt.Errorf("read version of database: %w", err)
	}
	if tables == 0 {
		return nil
	}
	var newest, last int64
	if err := db.write.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version`).Scan(&newest); err != nil {
		return fmt.Errorf("read version of database: %w", err)
	}
	for _, m := range known {
		last = max(last, m.Version)
	}
	if newest > last {
		return &dataspace.Problem{Kind: dataspace.ErrConflict, Code: "database.newer",
			Message: fmt.Sprintf("the database has version %d, this program knows versions up to %d", newest, last),
			Hint:    "run the program that wrote it, or a newer one; nothing was changed"}
	}
	return nil
}

// Close waits for changes under way and closes the file.
func (db *DB) Close() error {
	db.mu.Lock()
	if db.closed {
		db.mu.Unlock()
		return nil
	}
	db.closed = true
	close(db.queue)
	db.mu.Unlock()
	<-db.done
	return errors.Join(db.read.Close(), db.write.Close())
}

// Read returns the pool for queries. It sees every committed change.
func (db *DB) Read() *sql.DB { return db.read }

// Update runs fn in the writer's transaction and returns after it is durable.
// Changes that wait at the same time share one commit; each of them still
// succeeds or fails alone. fn must use only tx: a read through Read would not
// see the change, and another Update from inside would never return.
func (db *DB) Update(ctx context.Context, fn func(tx *sql.Tx) error) error {
	return db.wait(&change{ctx: ctx, fn: fn, done: make(chan struct{})})
}

// Step is Update for a change that touches nothing that settled holds and says
// which flows and processes it changes, see recent. Tests read the statements of
// its callers. After every other change nothing is held.
func (db *DB) Step(ctx context.Context, fn func(tx *sql.Tx) error) error {
	return db.wait(&change{ctx: ctx, fn: fn, step: true, done: make(chan struct{})})
}

func (db *DB) wait(c *change) error {
	db.mu.Lock()
	if db.closed {
		db.mu.Unlock()
		return fmt.Errorf("change database: closed: %w", dataspace.ErrUnavailable)
	}
	// Sending under the lock keeps Close from closing the queue under us; the
	// writer drains it without the lock.
	db.queue <- c
	db.mu.Unlock()
	<-c.done
	return c.err
}

func (db *DB) run() {
	defer close(db.done)
	for first := range db.queue {
		group := []*change{first}
	fill:
		for len(group) < maxGroup {
			select {
			case c, ok := <-db.queue:
				if !ok {
					break fill
				}
				group = append(group, c)
			default:
				break fill
			}
		}
		db.commit(group)
	}
}

func (db *DB) commit(group []*change) {
	if slices.ContainsFunc(group, func(c *change) bool { return !c.step }) {
		db.settled.begin()
		defer db.settled.end()
		db.flows.beginAny()
		defer db.flows.endAny()
		db.processes.beginAny()
		defer db.processes.endAny()
	}
	if err := db.together(group); err != nil {
		for _, c := range group {
			if c.err == nil {
				c.err = err
			}
		}
	}
	for _, c := range group {
		c.err = explain(c.err)
		close(c.done)
	}
}

// explain says what a person can do about a full disk. Callers try again what
// was not stored, and nothing that was stored is lost.
func explain(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff { // the rest says where it happened
	case full:
		return &dataspace.Problem{Kind: dataspace.ErrUnavailable, Code: "state.disk.full", Message: "the disk of the gateway's state is full", Err: err,
			Hint: "free space; running work continues automatically"}
	case ioError:
		return &dataspace.Problem{Kind: dataspace.ErrUnavailable, Code: "state.disk", Message: "the disk of the gateway's state fails", Err: err,
			Hint: "look at the disk; running work continues automatically"}
	}
	return err
}

// Result codes of SQLite.
const (
	ioError = 10
	full    = 13
)

// together runs each change inside a savepoint of one transaction. A change
// that fails is rolled back to its savepoint; an error returned here is an
// error of the transaction and fails all of them.
func (db *DB) together(group []*change) (err error) {
	tx, err := db.write.Begin()
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() {
		if err != nil {
			_ = tx.Rollback() // the first error is the one to report
		}
	}()
	if c := group[0]; len(group) == 1 && c.ctx.Err() == nil { // the transaction is its savepoint
		if c.err = run(c.fn, tx); c.err != nil {
			if err := tx.Rollback(); err != nil {
				return fmt.Errorf("roll back: %w", err)
			}
			return nil
		}
		if err := tx.Commit(); err != nil {
			return fmt.Errorf("commit: %w", err)
		}
		return nil
	}
	for _, c := range group {
		if c.err = c.ctx.Err(); c.err != nil {
			continue
		}
		if _, err := tx.Exec("SAVEPOINT one"); err != nil {
			return fmt.Errorf("savepoint: %w", err)
		}
		if c.err = run(c.fn, tx); c.err != nil {
			if _, err := tx.Exec("ROLLBACK TO one"); err != nil {
				return fmt.Errorf("roll back: %w", err)
			}
		}
		if _, err := tx.Exec("RELEASE one"); err != nil {
			return fmt.Errorf("release: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// run recovers a panic of a change, so that the writer and the transaction of
// the others continue.
func run(fn func(*sql.Tx) error, tx *sql.Tx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("change database: panic: %v", r)
		}
	}()
	return fn(tx)
}
