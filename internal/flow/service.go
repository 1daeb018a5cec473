package flow

import (
	"context"
	"crypto"
	"errors"
	"log/slog"
	"net/http"

	"hutong/internal/agree"
	"hutong/internal/clock"
	"hutong/internal/dataspace"
	"hutong/internal/deliver"
	"hutong/internal/meter"
	"hutong/internal/objects"
	"hutong/internal/prove"
	"hutong/internal/work"
)

// Kept holds the files that a gateway keeps beside its rows.
type Kept struct {
	// Waybills are the evidence of the flows that were completed.
	Waybills objects.Store
	// Uploads are files that were sent to the gateway, each for one flow.
	Uploads objects.Store
}

// Config has the parts of a Service; every field but Switches is needed.
type Config struct {
	Gateway   dataspace.GatewayID
	Self      prove.Party   // this gateway's keys; the participant is filled in
	Identity  crypto.Signer // signs receipts
	Store     Store
	Duties    DutyStore
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
	// Switches are the operator's choices where a pack offers a choice.
	Switches map[string]bool
	// Sensitive is the classification by which Profiler finds sensitive people.
	Sensitive string
	// Kept is where the gateway keeps the files that it received and made.
	Kept Kept
	// Dir is for deliveries to participants without an inbox of their own.
	Dir    string
	Clock  clock.Clock
	Logger *slog.Logger
}

// Service runs the flows of one gateway. It is safe for concurrent use. It only
// connects the roles and chooses which one acts; each role is in the file named
// after it.
type Service struct {
	*records
	engine   *work.Engine[dataspace.FlowID]
	shares   *work.Shares[dataspace.PeerName]
	outside  *outside
	profiler Profiler
	progress *meter.Meter
	ends     *ending
	provider *provider
	consumer *consumer

	// The roles that people and other gateways call.
	Commands    *Commands
	Deciding    *Deciding
	Obligations *Obligations
	Rechecking  *Rechecking
	Signing     *Signing
	// Handler is the service as the agree and deliver services see it.
	Handler *Handler
}

// outside are the services that move a flow and call its Handler. They are made
// after the flows, so Connect sets them.
type outside struct {
	agree *agree.Service
	data  *deliver.Server
}

// New makes a service. It does nothing before Start.
func New(cfg Config) *Service {
	s := &Service{
		records: &records{gateway: cfg.Gateway, store: cfg.Store, evidence: cfg.Log, clock: cfg.Clock, watchers: &watchers{}},
		shares:  newShares(), outside: &outside{}, profiler: cfg.Profiler, progress: &meter.Meter{},
	}
	s.engine = work.New(work.Config[dataspace.FlowID]{
		Name: "flow", Step: s.step, Limit: steps, Lanes: lanes, Feed: cfg.Store.Unfinished, Clock: cfg.Clock, Logger: cfg.Logger,
	})
	wake, works, inbox := s.engine.Wake, &inProgress{}, &inboxes{directory: cfg.Directory, dir: cfg.Dir}
	kept := sources{profiler: cfg.Profiler, uploads: cfg.Kept.Uploads}
	s.ends = &ending{records: s.records, outside: s.outside, counts: cfg.Counts, sources: kept, inbox: inbox,
		works: works, progress: s.progress, wake: wake, logger: cfg.Logger}
	s.Deciding = &Deciding{records: s.records, rules: cfg.Rules, directory: cfg.Directory, switches: cfg.Switches,
		counts: cfg.Counts, count: &counting{counts: cfg.Counts, profiler: cfg.Profiler, rules: cfg.Rules, sensitive: cfg.Sensitive}}
	proof := &proving{records: s.records, outside: s.outside, directory: cfg.Directory, self: cfg.Self, counts: cfg.Counts,
		sources: kept, progress: s.progress, waybills: cfg.Kept.Waybills, wake: wake}
	s.Signing = &Signing{records: s.records, outside: s.outside, proof: proof, directory: cfg.Directory, receipts: cfg.Receipts,
		gateway: cfg.Gateway, identity: cfg.Identity, wake: wake}
	s.Commands = &Commands{records: s.records, ends: s.ends, directory: cfg.Directory, rules: cfg.Rules, wake: wake}
	s.provider = &provider{records: s.records, outside: s.outside, ends: s.ends, decide: s.Deciding, proof: proof, directory: cfg.Directory,
		profiler: cfg.Profiler, counts: cfg.Counts, works: works, progress: s.progress, dataURL: cfg.DataURL, resume: s.Commands.Resume, said: s.Commands.SaidOf}
	s.consumer = &consumer{records: s.records, outside: s.outside, ends: s.ends, proof: proof, signing: s.Signing, inbox: inbox,
		rules: cfg.Rules, directory: cfg.Directory, receipts: cfg.Receipts, catalogue: cfg.Catalogue, client: cfg.Client,
		works: works, progress: s.progress, switches: cfg.Switches}
	s.Obligations = &Obligations{records: s.records, duties: cfg.Duties, rules: cfg.Rules, directory: cfg.Directory, switches: cfg.Switches}
	s.Rechecking = &Rechecking{records: s.records, decide: s.Deciding, rules: cfg.Rules, directory: cfg.Directory, switches: cfg.Switches, wake: wake}
	s.Handler = &Handler{records: s.records, outside: s.outside, ends: s.ends, directory: cfg.Directory, works: works,
		progress: s.progress, wake: wake, background: s.engine.Context(), logger: cfg.Logger}
	return s
}

// Connect gives the service those that call its Handler. It must be called
// once, before Start and before anything can call the Handler.
func (s *Service) Connect(a *agree.Service, d *deliver.Server) {
	s.outside.agree, s.outside.data = a, d
}

// Start continues every flow that has not ended and waits for no person.
func (s *Service) Start() error { return s.engine.Start() }

// Close suspends the running steps. The rows say where to continue.
func (s *Service) Close() { s.engine.Close() }

// step does the next thing for a flow.
func (s *Service) step(ctx context.Context, id dataspace.FlowID, lane work.Lane) (work.Next, error) {
	f, err := s.store.Flow(ctx, id)
	if err != nil {
		return work.Next{}, err
	}
	switch {
	case f.State.Final():
		return work.Next{}, nil
	case f.State.Waiting():
		return work.Next{}, s.ends.abandoned(ctx, f)
	case f.State == dataspace.Ending:
		return work.Next{}, s.ends.release(ctx, f)
	}
	leave, next, ok := s.shares.Enter(f.Peer, s.laneOf(f), lane)
	if !ok {
		return next, nil
	}
	defer leave()
	var again bool
	if f.Role == dataspace.Provider {
		again, err = s.provider.provide(ctx, f)
	} else {
		again, err = s.consumer.consume(ctx, f)
	}
	if err == nil || ctx.Err() != nil || errors.Is(err, dataspace.ErrStale) {
		return work.Next{Again: again}, err
	}
	return work.Next{}, s.ends.troubled(ctx, id, err)
}
