package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
	"hutong/internal/declare"
	"hutong/internal/deliver"
	"hutong/internal/files"
	"hutong/internal/flow"
	"hutong/internal/gateway"
	"hutong/internal/memory"
	"hutong/internal/officer"
	"hutong/internal/papers"
	"hutong/internal/people"
	"hutong/internal/prove"
	"hutong/internal/screen"
	"hutong/internal/sqlite"
	"hutong/internal/survey"
)

// state holds the stores of one gateway over the same rows.
type state struct {
	register  gateway.Store
	lists     gateway.Lists
	processes agree.Store
	flows     flow.Store
	duties    flow.DutyStore
	grants    deliver.Store
	evidence  evidence
	counts    people.Rows
	officer   officer.Store
	declare   declare.Store
	papers    papers.Store
	screened  screen.Store

	// home is the directory for data that belongs to the rows and is kept as
	// long as they are: keys, log, counts, waybills.
	home  string
	ready func(context.Context) error
	close func() error

	sources  sources
	said     *officer.Service
	declared *declare.Service
	looked   looked
	survey   *survey.Survey
}

// looked are the services of what compliance officers look through.
type looked struct {
	papers  *papers.Service
	screens *screen.Service
}

// evidence is the outbox with the state of log and witness.
type evidence interface {
	prove.Store
	prove.WitnessStore
}

// driver opens the state of a gateway. The data directory exists and is locked.
type driver func(ctx context.Context, cfg Config, logger *slog.Logger) (state, error)

// drivers are the drivers by the scheme of Config.State. None takes more than
// its scheme yet.
var drivers = map[string]driver{
	"memory": openMemory,
	"sqlite": openSQLite,
}

// stateFile is the database of a data directory.
const stateFile = "hutong.db"

// openSQLite keeps rows in a file of the data directory.
func openSQLite(ctx context.Context, cfg Config, _ *slog.Logger) (state, error) {
	db, err := sqlite.Open(ctx, filepath.Join(cfg.DataDir, stateFile))
	if err != nil {
		return state{}, err
	}
	register := sqlite.NewGatewayStore(db)
	return state{
		register: register, lists: register, processes: sqlite.NewAgree(db), flows: sqlite.NewFlowStore(db), duties: sqlite.NewDutyStore(db),
		grants: sqlite.NewDeliverStore(db), evidence: sqlite.NewProveStore(db), counts: sqlite.NewCountRows(db, cfg.Gateway), officer: sqlite.NewOfficerStore(db, cfg.Gateway), declare: sqlite.NewDeclareStore(db, cfg.Gateway), papers: sqlite.NewPaperStore(db, cfg.Gateway), screened: sqlite.NewScreenStore(db, cfg.Gateway),
		home: cfg.DataDir, ready: db.Read().PingContext, close: db.Close,
	}, nil
}

// trialDir is the directory, in the data directory, for the files of a gateway
// whose rows are in memory.
const trialDir = "trial"

// openMemory keeps rows in memory. The files that belong to the rows must not
// be kept longer than the rows. Otherwise an empty outbox would continue an old
// log, or old keys would begin a second log, and the peers would take that for
// a forgery.
func openMemory(ctx context.Context, cfg Config, logger *slog.Logger) (state, error) {
	if _, err := os.Stat(filepath.Join(cfg.DataDir, stateFile)); !errors.Is(err, fs.ErrNotExist) {
		return state{}, errors.Join(err, &dataspace.Problem{Kind: dataspace.ErrConflict, Code: "state.left", Place: cfg.DataDir,
			Message: "the data directory holds the state of a gateway, which state memory: would not read",
			Hint:    "choose another data_dir for a trial, or state sqlite: to go on with what is there"})
	}
	home := filepath.Join(cfg.DataDir, trialDir)
	if err := os.RemoveAll(home); err != nil { // of a trial that was killed
		return state{}, fmt.Errorf("remove an earlier trial: %w", err)
	}
	if err := files.MakeDir(home); err != nil {
		return state{}, fmt.Errorf("open state: %w", err)
	}
	logger.WarnContext(ctx, "state is in memory: keys, flows, counts and evidence are lost when this gateway stops")
	m := memory.New(cfg.Gateway)
	return state{
		register: m.Register, lists: m.Lists, processes: m.Processes, flows: m.Flows, duties: m.Duties, grants: m.Grants, evidence: m.Evidence, counts: m.Counts, officer: m.Officer, declare: m.Declare, papers: m.Papers, screened: m.Screens,
		home: home, ready: context.Context.Err, close: func() error { return os.RemoveAll(home) },
	}, nil
}

// driverOf finds the driver that a URL names.
func driverOf(url string) (driver, error) {
	scheme, rest, found := strings.Cut(url, ":")
	open, known := drivers[scheme]
	bad := func(message string) error {
		return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "config.state", Place: "state", Message: message,
			Hint: "there are " + strings.Join(slices.Sorted(maps.Keys(drivers)), ": and ") + ":"}
	}
	switch {
	case !found || !known:
		return nil, bad(fmt.Sprintf("there is no kind of state %q", url))
	case rest != "":
		return nil, bad(fmt.Sprintf("expected nothing after %s:, have %q", scheme, rest))
	}
	return open, nil
}

// openRows opens the stores that the configuration names.
func (n *Node) openRows(ctx context.Context) error {
	open, err := driverOf(n.Config.State)
	if err != nil {
		return err
	}
	if n.state, err = open(ctx, n.Config, n.logger); err != nil {
		return err
	}
	n.closers = append(n.closers, n.state.close)
	return nil
}
