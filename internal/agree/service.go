package agree

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"hutong/internal/clock"
	"hutong/internal/dataspace"
	"hutong/internal/work"
)

// Handler decides what follows a change. It is called after the change is
// durable: when the other side moved a process, when it acknowledged our
// message, and when it refused one. Calls for one process come one after the
// other; there is none while our message is being sent. A call whose end was
// not recorded before the gateway stopped is repeated, so a Handler must be
// safe to call again. A command that was already carried out gets the same
// answer as the first time. After an error the call is repeated later.
type Handler interface {
	NegotiationChanged(ctx context.Context, n Negotiation) error
	TransferChanged(ctx context.Context, t Transfer) error
}

// Policy can forbid an operation to a caller.
type Policy interface {
	// Allow returns nil or an error that wraps ErrDenied.
	Allow(ctx context.Context, caller dataspace.Caller, op dataspace.Operation) error
}

// Config has the parts of a Service. Store, Sender, Handler and Catalogue are
// required.
type Config struct {
	Store     Store
	Sender    Sender
	Handler   Handler
	Catalogue Catalogue
	Policy    Policy // nil allows every authenticated caller
	Logger    *slog.Logger
	Clock     clock.Clock   // default that of the machine
	NewID     func() string // default a random UUID

	RetryMin time.Duration // pause after the first failed attempt, default 100 ms
	RetryMax time.Duration // longest pause, default 30 s
	// GiveUp is how long messages of a terminated process are still tried.
	// Default 24 h.
	GiveUp time.Duration
}

// Service runs negotiations and transfers. It is safe for concurrent use.
type Service struct {
	cfg     Config
	senders *work.Engine[Ref]
	callers *work.Engine[Ref]
	shares  *work.Shares[dataspace.PeerName] // of the places for sending

	decoded decoded

	mu       sync.Mutex
	marks    map[Ref]int64
	flushing clock.Timer
	troubles map[Ref]Trouble
	closed   bool
}

// New makes a service. It does nothing until a command or message comes; Start
// makes it continue the unfinished work of an earlier run.
func New(cfg Config) *Service {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Clock == nil {
		cfg.Clock = clock.System()
	}
	if cfg.NewID == nil {
		cfg.NewID = uuid.NewString
	}
	if cfg.RetryMin <= 0 {
		cfg.RetryMin = 100 * time.Millisecond
	}
	if cfg.RetryMax <= 0 {
		cfg.RetryMax = 30 * time.Second
	}
	if cfg.GiveUp <= 0 {
		cfg.GiveUp = 24 * time.Hour
	}
	s := &Service{cfg: cfg, marks: map[Ref]int64{}, troubles: map[Ref]Trouble{}}
	s.shares = work.NewShares[dataspace.PeerName](work.Share{Lane: "", Most: perPeer, More: crowded})
	s.senders = s.engine("message", s.sendNext)
	s.callers = s.engine("change", s.callNext)
	return s
}

// inParallel is how many messages are sent, and how many changes handled, at
// the same time. Each may wait for another gateway that does not answer.
const inParallel = 256

// perPeer is how many messages to one peer are sent at the same time. Further
// ones run in a lane that all peers share: a peer that never answers, or lets
// each message wait, does not hold up the messages to others.
const (
	perPeer             = 64
	crowded   work.Lane = "crowded"
	inCrowded           = 128
)

// engine runs one of the two kinds of work of a process. The step reports
// failures, because it has more details.
func (s *Service) engine(name string, step work.Step[Ref]) *work.Engine[Ref] {
	return work.New(work.Config[Ref]{
		Name: name, Limit: inParallel, Lanes: map[work.Lane]int{crowded: inCrowded}, Feed: s.cfg.Store.Unfinished, First: s.cfg.RetryMin, Last: s.cfg.RetryMax,
		Clock: s.cfg.Clock, Logger: s.cfg.Logger, Failed: func(context.Context, Ref, error, time.Duration) {},
		Step: step,
	})
}

// Start continues every process that has a message to send or a change that was
// not handled.
func (s *Service) Start() error {
	return errors.Join(s.senders.Start(), s.callers.Start())
}

// Close stops sending and handling and waits for running steps. The next Start
// continues unfinished work.
func (s *Service) Close() error {
	s.senders.Close()
	s.callers.Close()
	s.mu.Lock()
	s.closed = true
	if s.flushing != nil {
		s.flushing.Stop()
	}
	s.mu.Unlock()
	return s.flush(context.Background())
}

// Wake has the handler told of a process's changes now, and has a waiting
// message sent now. The receiver of a message calls it after the answer is
// written.
func (s *Service) Wake(ref Ref) {
	s.senders.Nudge(ref) // the other side answers: no need to wait longer
	s.callers.Wake(ref)
}

// Trouble is why a message is not delivered yet.
type Trouble struct {
	Attempts int
	Err      error
	Since    time.Time

	conflicts int // of the attempts
}

// Trouble says why the message of a process cannot be delivered, as far as this
// run of the gateway knows.
func (s *Service) Trouble(ref Ref) (Trouble, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.troubles[ref]
	return t, ok
}

// Negotiation returns one negotiation; ErrNotFound.
func (s *Service) Negotiation(ctx context.Context, id dataspace.NegotiationID) (Negotiation, error) {
	p, err := s.load(ctx, Ref{KindNegotiation, string(id)})
	return p.negotiation(), err
}

// Transfer returns one transfer; ErrNotFound.
func (s *Service) Transfer(ctx context.Context, id dataspace.TransferID) (Transfer, error) {
	p, err := s.load(ctx, Ref{KindTransfer, string(id)})
	return p.transfer(), err
}

// Agreement returns the finalized negotiation that led to an agreement in
// which local has the role; ErrNotFound.
func (s *Service) Agreement(ctx context.Context, local dataspace.ParticipantID, role dataspace.Role, id dataspace.AgreementID) (Negotiation, error) {
	list, err := s.agreements(ctx, local, role, id)
	if err != nil {
		return Negotiation{}, err
	}
	return list[0], nil
}

// agreementFor is the agreement under which a transfer is requested. Providers
// choose the ids of agreements, and two of them may choose the same one: the
// agreement of the same flow is meant.
func (s *Service) agreementFor(ctx context.Context, t NewTransfer) (Negotiation, error) {
	list, err := s.agreements(ctx, t.Local, consumer, t.AgreementID)
	if err != nil {
		return Negotiation{}, err
	}
	for _, n := range list {
		if t.Flow != "" && n.Flow == t.Flow {
			return n, nil
		}
	}
	return list[0], nil
}

// agreements are the finalized negotiations of that id, at least one.
func (s *Service) agreements(ctx context.Context, local dataspace.ParticipantID, role dataspace.Role, id dataspace.AgreementID) ([]Negotiation, error) {
	rows, err := s.cfg.Store.List(ctx, Filter{Kind: KindNegotiation, Local: local, Agreement: id, State: Finalized})
	if err != nil {
		return nil, fmt.Errorf("find agreement %s: %w", id, err)
	}
	var out []Negotiation
	for _, r := range rows {
		p, err := fromRow(r)
		if err != nil {
			return nil, err
		}
		if p.Role == role {
			out = append(out, p.negotiation())
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("find agreement %s: %w", id, dataspace.ErrNotFound)
	}
	return out, nil
}

// Negotiations lists negotiations, newest first; it ignores the filter's Kind.
func (s *Service) Negotiations(ctx context.Context, f Filter) ([]Negotiation, error) {
	f.Kind = KindNegotiation
	return list(ctx, s, f, (*process).negotiation)
}

// Transfers lists transfers, newest first; it ignores the filter's Kind.
func (s *Service) Transfers(ctx context.Context, f Filter) ([]Transfer, error) {
	f.Kind = KindTransfer
	return list(ctx, s, f, (*process).transfer)
}

func list[T any](ctx context.Context, s *Service, f Filter, view func(*process) T) ([]T, error) {
	rows, err := s.cfg.Store.List(ctx, f)
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	out := make([]T, 0, len(rows))
	for _, r := range rows {
		p, err := fromRow(r)
		if err != nil {
			return nil, err
		}
		out = append(out, view(&p))
	}
	return out, nil
}

// Bind links a process with a flow. ErrConflict if it has another one.
func (s *Service) Bind(ctx context.Context, ref Ref, flow dataspace.FlowID) error {
	_, err := s.change(ctx, ref, func(p *process) error {
		if p.Flow == flow {
			return errUnchanged
		}
		if p.Flow != "" {
			return fmt.Errorf("bind %s to flow %s: belongs to another flow: %w", ref, flow, dataspace.ErrConflict)
		}
		p.Flow = flow
		return nil
	})
	return err
}

func (s *Service) load(ctx context.Context, ref Ref) (process, error) {
	r, err := s.cfg.Store.Load(ctx, ref)
	if err != nil {
		return process{}, fmt.Errorf("load %s: %w", ref, err)
	}
	return s.decoded.read(r)
}

// errUnchanged tells change that there is nothing to write.
var errUnchanged = errors.New("unchanged")

// change reads, changes and writes a process, and repeats this when another
// change came first. fn may run several times and must do nothing else.
func (s *Service) change(ctx context.Context, ref Ref, fn func(*process) error) (process, error) {
	for {
		p, err := s.load(ctx, ref)
		if err != nil {
			return process{}, err
		}
		switch err := fn(&p); {
		case errors.Is(err, errUnchanged):
			return p, nil
		case err != nil:
			return process{}, err
		}
		p.Updated = s.cfg.Clock.Now()
		r, err := p.row()
		if err != nil {
			return process{}, err
		}
		err = s.cfg.Store.Update(ctx, r)
		if err == nil {
			p.Version++
			return p, nil
		}
		if !errors.Is(err, dataspace.ErrStale) {
			return process{}, fmt.Errorf("store %s: %w", ref, err)
		}
		if err := ctx.Err(); err != nil {
			return process{}, fmt.Errorf("store %s: %w", ref, err)
		}
	}
}

func (s *Service) allow(ctx context.Context, caller dataspace.Caller, op dataspace.Operation) error {
	if s.cfg.Policy == nil {
		return nil
	}
	return s.cfg.Policy.Allow(ctx, caller, op)
}

func operation(kind Kind) dataspace.OperationKind {
	if kind == KindTransfer {
		return dataspace.OpTransfer
	}
	return dataspace.OpNegotiate
}
