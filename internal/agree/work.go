package agree

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/work"
)

// A conflict is a temporary refusal: the other side has answered our last
// message, or sent its own, and has not recorded it yet. A conflict therefore
// becomes final only after several attempts, in about three seconds.
const (
	statusConflict = 409
	maxConflicts   = 5
)

// sendNext sends the first message of a process's outbox.
func (s *Service) sendNext(ctx context.Context, ref Ref, lane work.Lane) (work.Next, error) {
	p, err := s.load(ctx, ref)
	if errors.Is(err, dataspace.ErrNotFound) {
		return work.Next{}, nil
	}
	if err != nil {
		return work.Next{}, s.report(ctx, "load process to send", ref, err)
	}
	if len(p.Outbox) == 0 {
		s.clear(ref)
		return work.Next{}, nil
	}
	if p.State == Terminated && s.cfg.Clock.Now().Sub(p.Updated) > s.cfg.GiveUp {
		s.clear(ref)
		_, err := s.change(ctx, ref, func(p *process) error { p.Outbox = nil; return nil })
		return work.Next{}, err
	}
	leave, next, ok := s.shares.Enter(p.Counterparty.Peer, "", lane)
	if !ok {
		return next, nil
	}
	defer leave()
	more, err := s.send(ctx, ref, p)
	return work.Next{Again: more, Lane: lane}, err
}

// send sends the first message of p's outbox, and reports whether there is
// another one.
func (s *Service) send(ctx context.Context, ref Ref, p process) (more bool, err error) {
	m := p.Outbox[0]
	ack, err := s.deliver(ctx, &p, m)
	var refusal *RefusedError
	refused := errors.As(err, &refusal)
	conflict := refused && refusal.Status == statusConflict
	if conflict && s.conflicts(ref) < maxConflicts {
		refused = false
	}
	if err != nil && !refused {
		s.noteFailure(ctx, ref, m.Type, err, conflict)
		return false, err
	}
	s.clear(ref)
	if refused {
		s.cfg.Logger.WarnContext(ctx, "message refused",
			slog.String("kind", string(ref.Kind)), slog.String("process", ref.ID), slog.String("message", string(m.Type)), slog.Int("status", refusal.Status))
	}
	after, err := s.change(ctx, ref, func(p *process) error {
		moved := false
		if refused {
			moved = p.refused(m.ID, refusal, s.termination(p))
		} else {
			moved = p.delivered(m.ID, ack)
		}
		if !moved {
			return errUnchanged
		}
		return nil
	})
	if err != nil {
		return false, s.report(ctx, "record answer", ref, err)
	}
	s.callers.Wake(ref)
	return len(after.Outbox) > 0, nil
}

func (s *Service) deliver(ctx context.Context, p *process, m Message) (Ack, error) {
	who := dataspace.Caller{Participant: p.Counterparty.Participant, Peer: p.Counterparty.Peer}
	op := dataspace.Operation{Kind: operation(p.Kind), Local: p.Local, Outbound: true}
	if err := s.allow(ctx, who, op); err != nil {
		return Ack{}, fmt.Errorf("send %s: %w", m.Type, err)
	}
	initial := m.Type == MsgTransfer || (m.Type == MsgRequest || m.Type == MsgOffer) && p.CounterpartID == ""
	if !initial && p.CounterpartID == "" {
		return Ack{}, fmt.Errorf("send %s: counterparty did not name its process: %w", m.Type, dataspace.ErrUnavailable)
	}
	m.ProviderPID, m.ConsumerPID = p.pids()
	ack, err := s.cfg.Sender.Send(ctx, Delivery{
		Kind: p.Kind, Local: p.Local, Role: p.Role, Counterparty: p.Counterparty, Initial: initial, Message: m,
	})
	if err != nil {
		return Ack{}, fmt.Errorf("send %s: %w", m.Type, err)
	}
	return ack, nil
}

// termination is the message that follows a refusal.
func (s *Service) termination(p *process) Message {
	return Message{ID: s.messageID(), Type: MsgTerminate, Code: "refused", Reason: []string{"a message was refused; the two sides no longer agree on the state"}}
}

func (s *Service) messageID() string { return "urn:uuid:" + s.cfg.NewID() }

// callNext tells the handler of the latest change.
func (s *Service) callNext(ctx context.Context, ref Ref, _ work.Lane) (work.Next, error) {
	p, err := s.load(ctx, ref)
	if errors.Is(err, dataspace.ErrNotFound) {
		return work.Next{}, nil
	}
	if err != nil {
		return work.Next{}, s.report(ctx, "load process to handle", ref, err)
	}
	if p.changed <= max(p.handled, s.marked(ref)) {
		return work.Next{}, nil
	}
	if len(p.Outbox) > 0 && p.State != Terminated {
		return work.Next{}, nil // the answer to it will be a change of its own
	}
	if p.Kind == KindTransfer {
		err = s.cfg.Handler.TransferChanged(ctx, p.transfer())
	} else {
		err = s.cfg.Handler.NegotiationChanged(ctx, p.negotiation())
	}
	if err != nil {
		return work.Next{}, s.report(ctx, "handle change", ref, err)
	}
	s.mark(ctx, ref, p.changed)
	return work.Next{}, nil // the next change wakes this process
}

func (s *Service) report(ctx context.Context, what string, ref Ref, err error) error {
	if ctx.Err() == nil {
		s.cfg.Logger.WarnContext(ctx, "step of a process failed", slog.String("step", what),
			slog.String("kind", string(ref.Kind)), slog.String("process", ref.ID), slog.String("error", err.Error()))
	}
	return err
}

// noteFailure records an error for Trouble, and logs the first one.
func (s *Service) noteFailure(ctx context.Context, ref Ref, msg MessageType, err error, conflict bool) {
	if ctx.Err() != nil {
		return
	}
	s.mu.Lock()
	t, known := s.troubles[ref]
	if !known {
		t.Since = s.cfg.Clock.Now()
	}
	t.Attempts++
	if conflict {
		t.conflicts++
	}
	t.Err = err
	s.troubles[ref] = t
	s.mu.Unlock()
	if !known {
		s.cfg.Logger.InfoContext(ctx, "message not delivered, will be sent again",
			slog.String("kind", string(ref.Kind)), slog.String("process", ref.ID), slog.String("message", string(msg)), slog.String("error", err.Error()))
	}
}

func (s *Service) conflicts(ref Ref) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.troubles[ref].conflicts
}

func (s *Service) clear(ref Ref) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.troubles, ref)
}

// flushAfter is how long marks are collected before they are written. If a mark
// is lost, the handler is only told of a change twice.
const flushAfter = 200 * time.Millisecond

func (s *Service) marked(ref Ref) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.marks[ref]
}

func (s *Service) mark(ctx context.Context, ref Ref, changed int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.marks[ref] = max(s.marks[ref], changed)
	if s.flushing == nil && !s.closed {
		ctx := context.WithoutCancel(ctx) // the marks must be written after the step has ended
		s.flushing = s.cfg.Clock.AfterFunc(flushAfter, func() {
			if err := s.flush(ctx); err != nil {
				s.cfg.Logger.WarnContext(ctx, "record handled changes", slog.String("error", err.Error()))
			}
		})
	}
}

// flush writes the marks. They stay in memory until the store has them, and
// longer if a newer one came meanwhile.
func (s *Service) flush(ctx context.Context) error {
	s.mu.Lock()
	s.flushing = nil
	marks := make([]Mark, 0, len(s.marks))
	for ref, changed := range s.marks {
		marks = append(marks, Mark{ref, changed})
	}
	s.mu.Unlock()
	if len(marks) == 0 {
		return nil
	}
	if err := s.cfg.Store.Handled(ctx, marks); err != nil {
		return fmt.Errorf("record handled changes: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range marks {
		if s.marks[m.Ref] == m.Changed {
			delete(s.marks, m.Ref)
		}
	}
	return nil
}
