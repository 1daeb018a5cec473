package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
)

// maxPrepared is the largest number of statements that a connection keeps. It
// is more than all stores together have, so only statements built at run time
// can exceed it.
const maxPrepared = 256

// connector opens connections that prepare each statement once: the stores run
// the same few statements all the time, and parsing a statement takes as long
// as running it.
type connector struct{ dsn string }

var _ driver.Connector = connector{}

var ours = newDriver()

// Driver implements driver.Connector.
func (c connector) Driver() driver.Driver { return ours }

// Connect implements driver.Connector.
func (c connector) Connect(context.Context) (driver.Conn, error) {
	inner, err := c.Driver().Open(c.dsn)
	if err != nil {
		return nil, err
	}
	full, ok := inner.(driverConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the driver's connection is a %T", inner), inner.Close())
	}
	return &preparedConn{driverConn: full, idle: map[string]statement{}}, nil
}

// driverConn is the interface of the driver's connections.
type driverConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// statement is the interface of its statements.
type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// preparedConn keeps the statements that are not running. database/sql ensures
// that one goroutine at a time uses a connection.
type preparedConn struct {
	driverConn
	idle map[string]statement
}

var _ driverConn = (*preparedConn)(nil)

// take finds or prepares a statement, for one run. A statement whose rows are
// still being read is not among the kept ones, so it is prepared a second time.
func (c *preparedConn) take(ctx context.Context, query string) (statement, error) {
	if s, ok := c.idle[query]; ok {
		delete(c.idle, query)
		return s, nil
	}
	s, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.(statement), nil
}

// put returns a statement to the kept ones after its run.
func (c *preparedConn) put(query string, s statement) error {
	if _, twice := c.idle[query]; twice || len(c.idle) >= maxPrepared {
		return s.Close()
	}
	c.idle[query] = s
	return nil
}

// ExecContext implements driver.ExecerContext.
func (c *preparedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	r, err := s.ExecContext(ctx, args)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return r, c.put(query, s)
}

// QueryContext implements driver.QueryerContext.
func (c *preparedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return &preparedRows{Rows: rows, conn: c, query: query, stmt: s}, nil
}

// Close implements driver.Conn.
func (c *preparedConn) Close() error {
	var errs []error
	for _, s := range c.idle {
		errs = append(errs, s.Close())
	}
	c.idle = nil
	return errors.Join(append(errs, c.driverConn.Close())...)
}

// preparedRows return their statement when they are closed.
type preparedRows struct {
	driver.Rows
	conn  *preparedConn
	query string
	stmt  statement
}

// Close implements driver.Rows.
func (r *preparedRows) Close() error {
	if r.stmt == nil {
		return nil
	}
	s := r.stmt
	r.stmt = nil
	if err := r.Rows.Close(); err != nil {
		return errors.Join(err, s.Close())
	}
	return r.conn.put(r.query, s)
}
