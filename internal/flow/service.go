package flow

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"hutong/internal/agree"
	"hutong/internal/clock"
	"hutong/internal/dataspace"
	"hutong/internal/deliver"
	"hutong/internal/gateway"
	"hutong/internal/prove"
	"hutong/internal/work"
)

// Config is what a Service is made of; every field but Switches is needed.
type Config struct {
	Gateway   dataspace.GatewayID
	Self      prove.Party   // this gateway's keys; the participant is filled in
	Identity  crypto.Signer // signs receipts
	Store     Store
	Rules     Rules
	Counts    Counts
	Directory Directory
	Profiler  Profiler
	Catalogue Catalogues
	Receipts  Receipts
	Log       Evidence
	// Client speaks to a peer with its keys pinned.
	Client func(dataspace.PeerName) *http.Client
	// DataURL is the public address of a transfer's stream.
	DataURL func(dataspace.TransferID) string
	// Switches are the operator's choices where a pack leaves one.
	Switches map[string]bool
	// Sensitive is by which classification Profiler finds sensitive people.
	Sensitive string
	// Dir is where waybills go, and deliveries to participants without an
	// inbox of their own.
	Dir    string
	Clock  clock.Clock
	Logger *slog.Logger
}

// Service conducts the flows of one gateway. It is safe for concurrent use.
type Service struct {
	cfg      Config
	agree    *agree.Service
	data     *deliver.Server
	engine   *work.Engine[dataspace.FlowID]
	progress progress
	works    works
	watchers watchers
}

// Connect gives the service those that call its Handler. It must be called
// once, before Start and before anything can call the Handler.
func (s *Service) Connect(a *agree.Service, d *deliver.Server) { s.agree, s.data = a, d }

// New makes a service. It does nothing before Start.
func New(cfg Config) *Service {
	s := &Service{cfg: cfg}
	s.engine = work.New(work.Config[dataspace.FlowID]{
		Name: "flow", Step: s.step, Limit: steps, Lanes: lanes, Feed: cfg.Store.Unfinished, Clock: cfg.Clock, Logger: cfg.Logger,
	})
	return s
}

// Start goes on with every flow that has not ended and waits for nobody.
func (s *Service) Start() error { return s.engine.Start() }

// Close sets down the steps under way. The rows say where to go on.
func (s *Service) Close() { s.engine.Close() }

func (s *Service) now() time.Time { return s.cfg.Clock.Now().UTC() }

// today is the day of a decision.
func (s *Service) today() string { return s.now().Format(time.DateOnly) }

// Request is what somebody asks for: a dataset to go to a recipient, or to
// come from a provider.
type Request struct {
	Role         dataspace.Role // Provider: send. Consumer: fetch.
	Local        dataspace.ParticipantID
	Peer         dataspace.PeerName
	Counterparty dataspace.ParticipantID
	Dataset      dataspace.DatasetID
	Purpose      string
	Format       string // of the delivered file; empty: csv

	// Only to send.
	Source        string
	SourceForm    SourceForm
	Facts         dataspace.DatasetFacts
	Own           []dataspace.ColumnPlan
	RetentionDays int
}

// Begin creates a flow and starts it.
func (s *Service) Begin(ctx context.Context, r Request) (Flow, error) {
	if err := r.check(); err != nil {
		return Flow{}, err
	}
	if _, err := s.cfg.Directory.Participant(ctx, r.Local); err != nil {
		return Flow{}, err
	}
	// Ask the peer now: a name that is not there is the caller's mistake, not
	// something to find out after an hour of profiling.
	if _, err := s.cfg.Directory.Counterparty(ctx, r.Peer, r.Counterparty); err != nil {
		return Flow{}, err
	}
	f := s.newFlow(r.Role)
	f.Local, f.Peer, f.Counterparty = r.Local, r.Peer, r.Counterparty
	f.Dataset, f.Purpose, f.Format = r.Dataset, r.Purpose, r.Format
	f.Source, f.SourceForm, f.Facts, f.Own, f.RetentionDays = r.Source, r.SourceForm, r.Facts, r.Own, r.RetentionDays
	if f.Format == "" {
		f.Format = "csv"
	}
	f.Asked = true
	f.State = dataspace.Negotiating
	if r.Role == dataspace.Provider {
		f.State = dataspace.Profiling
	}
	if err := s.cfg.Store.Create(ctx, f); err != nil {
		return Flow{}, err
	}
	s.engine.Wake(f.ID)
	return f, nil
}

func (s *Service) newFlow(role dataspace.Role) Flow {
	now := s.now()
	return Flow{ID: dataspace.FlowID(newID("flow-")), Role: role, Created: now, Updated: now}
}

func (r Request) check() error {
	var errs []error
	bad := func(field, message string) {
		errs = append(errs, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "flow." + field, Place: field, Message: message})
	}
	if r.Purpose == "" {
		bad("purpose", "a purpose is needed")
	} else if !slices.Contains(Purposes, r.Purpose) {
		bad("purpose", fmt.Sprintf("unknown purpose %q, expected one of %v", r.Purpose, Purposes))
	}
	if !slices.Contains(Formats, r.Format) && r.Format != "" {
		bad("format", fmt.Sprintf("unknown format %q, expected one of %v", r.Format, Formats))
	}
	if r.Role == dataspace.Provider && r.Source == "" {
		bad("source", "a source is needed")
	}
	for kind, name := range map[string]string{"participant": string(r.Local), "peer": string(r.Peer), "counterparty": string(r.Counterparty), "dataset": string(r.Dataset)} {
		if err := dataspace.CheckName(kind, name); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Purposes are those of facts.schema.json.
var Purposes = []string{"business", "contract_with_individual", "hr_employees", "emergency", "statutory_duty", "processing_for_foreign_client"}

// Formats are those of a delivered file.
var Formats = []string{"csv", "jsonl", "parquet"}

// Flow returns one flow; ErrNotFound.
func (s *Service) Flow(ctx context.Context, id dataspace.FlowID) (Flow, error) {
	return s.cfg.Store.Flow(ctx, id)
}

// List returns flows, newest first.
func (s *Service) List(ctx context.Context, filter Filter) ([]Flow, error) {
	return s.cfg.Store.List(ctx, filter)
}

// CountByState counts all flows.
func (s *Service) CountByState(ctx context.Context) (map[RoleState]int64, error) {
	return s.cfg.Store.CountByState(ctx)
}

// Document returns one of a flow's documents by its name; ErrNotFound.
func (s *Service) Document(ctx context.Context, f Flow, name string) (dataspace.Document, error) {
	digest, ok := f.Documents[name]
	if !ok {
		return nil, fmt.Errorf("flow %s has no %s: %w", f.ID, name, dataspace.ErrNotFound)
	}
	return s.cfg.Store.Document(ctx, digest)
}

// step does the next thing for a flow.
func (s *Service) step(ctx context.Context, id dataspace.FlowID, lane work.Lane) (work.Next, error) {
	f, err := s.cfg.Store.Flow(ctx, id)
	if err != nil {
		return work.Next{}, err
	}
	switch {
	case f.State.Final():
		return work.Next{}, nil
	case f.State.Waiting():
		return work.Next{}, s.abandoned(ctx, f)
	case f.State == dataspace.Ending:
		return work.Next{}, s.letGo(ctx, f)
	}
	if belongs := s.laneOf(f); belongs != lane {
		return work.Next{Again: true, Lane: belongs}, nil
	}
	var again bool
	if f.Role == dataspace.Provider {
		again, err = s.provide(ctx, f)
	} else {
		again, err = s.consume(ctx, f)
	}
	if err == nil || ctx.Err() != nil || errors.Is(err, dataspace.ErrConflict) && !isProblem(err) {
		return work.Next{Again: again}, err
	}
	return work.Next{}, s.troubled(ctx, id, err)
}

// troubled notes why a flow does not go on. What trying again cannot mend
// ends the flow; everything else stays where it is and is tried again.
func (s *Service) troubled(ctx context.Context, id dataspace.FlowID, cause error) error {
	f, err := s.cfg.Store.Flow(ctx, id)
	if err != nil {
		return errors.Join(cause, err)
	}
	if f.State.Final() || f.State == dataspace.Ending {
		return nil
	}
	if lasting(cause) && (f.State != dataspace.Proving || errors.Is(cause, dataspace.ErrEvidence)) {
		// In Proving the data has arrived: only evidence that contradicts
		// itself ends it.
		state := dataspace.Failed
		if errors.Is(cause, dataspace.ErrDenied) || errors.Is(cause, dataspace.ErrNotCleared) {
			state = dataspace.Refused
		}
		s.cfg.Logger.ErrorContext(ctx, "flow ended", "flow", id, "state", state, "error", cause)
		return s.end(ctx, f, state, trouble(cause, false))
	}
	t := trouble(cause, true)
	if f.Trouble == nil || *f.Trouble != *t {
		r := record{flow: f}
		r.flow.Trouble = t
		if _, err := s.save(ctx, r); err != nil && !errors.Is(err, dataspace.ErrConflict) {
			return errors.Join(cause, err)
		}
	}
	return cause
}

func isProblem(err error) bool {
	var p *dataspace.Problem
	return errors.As(err, &p)
}

// lasting reports whether an error will be the same next time.
func lasting(err error) bool {
	var p *dataspace.Problem
	if errors.As(err, &p) && (p.Code == gateway.CodeCut || p.Code == agree.CodeTransition) {
		// The operator can take up with the peer again; and a process that
		// moved meanwhile is looked at again.
		return false
	}
	if errors.Is(err, dataspace.ErrUnavailable) || errors.Is(err, dataspace.ErrPeerUnreachable) {
		return false
	}
	return errors.Is(err, dataspace.ErrInvalid) || errors.Is(err, dataspace.ErrDenied) || errors.Is(err, dataspace.ErrNotCleared) ||
		errors.Is(err, dataspace.ErrEvidence) || errors.Is(err, dataspace.ErrNotFound) || errors.Is(err, dataspace.ErrConflict) && isProblem(err)
}

func trouble(err error, retry bool) *Trouble {
	t := &Trouble{Code: "error", Message: err.Error(), Hint: dataspace.Hint(err), Retry: retry}
	var p *dataspace.Problem
	if errors.As(err, &p) {
		t.Code = p.Code
	}
	return t
}

// save writes a record and returns the flow with its new version. Trouble
// that is over is forgotten.
func (s *Service) save(ctx context.Context, r record) (Flow, error) {
	r.flow.Updated = s.now()
	f, err := s.cfg.Store.Update(ctx, r.flow, r.docs, r.events)
	if err != nil {
		return Flow{}, err
	}
	if len(r.events) > 0 {
		s.cfg.Log.Notify()
	}
	s.watchers.changed(f.ID)
	return f, nil
}

// end begins to close a flow that will not complete. The intention and the
// evidence of it are stored first: from then on no other step can go on with
// the flow, and what has to be let go is let go, also after a crash.
func (s *Service) end(ctx context.Context, f Flow, state dataspace.FlowState, t *Trouble) error {
	r := record{flow: f}
	if err := r.end(s, state, t); err != nil {
		return err
	}
	if _, err := s.save(ctx, r); err != nil {
		return err
	}
	s.endNow(f.ID)
	return nil
}

// end records the beginning of an end. The evidence of it names the further
// documents, which were attached before.
func (r *record) end(s *Service, state dataspace.FlowState, t *Trouble, names ...string) error {
	kind, doc := dataspace.EventRefusal, DocRefusal
	if state == dataspace.Stopped {
		kind, doc = dataspace.EventStop, DocStop
	}
	r.flow.State, r.flow.EndsAs, r.flow.Trouble = dataspace.Ending, state, t
	if err := r.document(doc, map[string]string{"state": string(state), "code": t.Code, "message": t.Message}); err != nil {
		return err
	}
	r.event(s, kind, append([]string{doc}, names...)...)
	return nil
}

// endNow cuts short what is under way for a flow that is ending, and has the
// end finished.
func (s *Service) endNow(id dataspace.FlowID) {
	s.works.cancel(id)
	s.engine.Wake(id)
}

// abandoned ends a flow that waits for a person here and that the other side
// has ended meanwhile.
func (s *Service) abandoned(ctx context.Context, f Flow) error {
	if f.Negotiation == "" {
		return nil
	}
	n, err := s.agree.Negotiation(ctx, f.Negotiation)
	if err != nil || n.State != agree.Terminated {
		return err
	}
	return s.refusedByPeer(ctx, f, n.Process)
}

// letGo finishes what end began: people that were counted and of whom nothing
// left are released, and the other side is told.
func (s *Service) letGo(ctx context.Context, f Flow) error {
	if f.Role == dataspace.Provider {
		if err := s.uncount(ctx, f); err != nil {
			return err
		}
		if err := s.cfg.Profiler.Forget(f.ID); err != nil {
			return err
		}
	}
	if f.Role == dataspace.Consumer && f.Transfer != "" && f.Delivered == nil {
		// What arrived of a delivery that was never whole does not stay.
		dir, name, err := s.landing(ctx, f)
		if err != nil {
			return err
		}
		if err := deliver.Clean(dir, name); err != nil {
			return err
		}
	}
	if err := s.tellEnd(ctx, f); err != nil {
		return err
	}
	s.progress.forget(f.ID)
	r := record{flow: f}
	r.flow.State = f.EndsAs
	_, err := s.save(ctx, r)
	return err
}

// uncount releases the people reserved for a flow. Once its stream was opened
// some of them may have left, and all stay counted.
func (s *Service) uncount(ctx context.Context, f Flow) error {
	if _, opened := f.Documents[DocStart]; opened && f.Reserved != "" {
		return s.cfg.Counts.Confirm(ctx, f.Reserved)
	}
	return s.cfg.Counts.Release(ctx, reservationOf(f))
}

// reservationOf names the people of a flow. It is fixed, so that they can be
// let go also when a crash kept the flow from noting that it holds them.
func reservationOf(f Flow) dataspace.ReservationID { return dataspace.ReservationID(f.ID) }
