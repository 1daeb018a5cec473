package flow

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
	"hutong/internal/deliver"
	"hutong/internal/gateway"
	"hutong/internal/meter"
)

// ending ends flows that will not complete, and releases what they hold.
type ending struct {
	*records
	*outside
	counts   Counts
	sources  sources
	inbox    *inboxes
	works    *inProgress
	progress *meter.Meter
	wake     func(dataspace.FlowID)
	logger   *slog.Logger
}

// end begins to close a flow that will not complete. It first stores the
// intention and its evidence. From then on no other step can continue the flow,
// and everything that must be released is released, also after a crash.
func (s *ending) end(ctx context.Context, f Flow, state dataspace.FlowState, t *Trouble) error {
	r := s.record(f)
	names, err := s.streamed(ctx, &r)
	if err != nil {
		return err
	}
	if err := r.end(state, t, names...); err != nil {
		return err
	}
	if _, err := s.save(ctx, r); err != nil {
		return err
	}
	s.endNow(f.ID)
	return nil
}

// Streamed is what had left of a flow that ended without a receipt.
type Streamed struct {
	Transfer dataspace.TransferID `json:"transfer"`
	To       Address              `json:"to"`
	// Whole is the delivery, if it was made to its end: no more than it has left.
	// Otherwise it broke off, and a part of it may have arrived.
	Whole *deliver.Result `json:"whole,omitempty"`
}

// streamed attaches what has left of a flow whose stream was opened: the
// recipient will not sign for it.
func (s *ending) streamed(ctx context.Context, r *record) (names []string, err error) {
	f := r.flow
	if _, opened := f.Documents[DocStart]; !opened || f.Role != dataspace.Provider || f.Transfer == "" {
		return nil, nil
	}
	if _, signed := f.Documents[DocReceipt]; signed {
		return nil, nil
	}
	result, whole, err := s.data.Result(ctx, f.Transfer)
	if err != nil && !errors.Is(err, dataspace.ErrNotFound) { // nothing was granted yet
		return nil, err
	}
	out := Streamed{Transfer: f.Transfer, To: f.address()}
	if whole {
		out.Whole = &result
	}
	return []string{DocStreamed}, r.document(DocStreamed, out)
}

// endNow cancels the running step of a flow that is ending, and has the end
// finished.
func (s *ending) endNow(id dataspace.FlowID) {
	s.works.Cancel(id)
	s.wake(id)
}

// abandoned ends a flow that waits for a person here and that the other side
// has ended meanwhile.
func (s *ending) abandoned(ctx context.Context, f Flow) error {
	if f.Negotiation == "" {
		return nil
	}
	n, err := s.agree.Negotiation(ctx, f.Negotiation)
	if err != nil || n.State != agree.Terminated {
		return err
	}
	return s.refusedByPeer(ctx, f, n.Process)
}

// release finishes what end began: it releases counted people of whom no data
// left, and informs the other side.
func (s *ending) release(ctx context.Context, f Flow) error {
	if f.Role == dataspace.Provider {
		if err := s.uncount(ctx, f); err != nil {
			return err
		}
		if err := s.sources.forget(ctx, f); err != nil {
			return err
		}
	}
	if f.Role == dataspace.Consumer && f.Transfer != "" && f.Delivered == nil {
		// The part of an incomplete delivery is removed.
		dir, err := s.inbox.dirOf(ctx, f.Local)
		if err != nil {
			return err
		}
		if err := deliver.Clean(dir, f.fileName()); err != nil {
			return err
		}
	}
	if err := s.notifyEnd(ctx, f); err != nil {
		return err
	}
	s.progress.Forget(f.ID)
	r := s.record(f)
	r.flow.State = f.EndsAs
	_, err := s.save(ctx, r)
	return err
}

// uncount releases the people reserved for a flow. If the stream was opened,
// data of some may have left, and all stay counted.
func (s *ending) uncount(ctx context.Context, f Flow) error {
	if _, opened := f.Documents[DocStart]; opened && f.Reserved != "" {
		return s.counts.Confirm(ctx, f.Reserved)
	}
	return s.counts.Release(ctx, reservationOf(f))
}

// troubled records why a flow does not continue. An error that another attempt
// cannot correct ends the flow. After any other error the flow keeps its state
// and is tried again.
func (s *ending) troubled(ctx context.Context, id dataspace.FlowID, cause error) error {
	f, err := s.store.Flow(ctx, id)
	if err != nil {
		return errors.Join(cause, err)
	}
	if f.State.Final() || f.State == dataspace.Ending {
		return nil
	}
	if lasting(cause) && (f.State != dataspace.Proving || errors.Is(cause, dataspace.ErrEvidence)) {
		// In Proving the data has arrived: only contradicting evidence ends the
		// flow.
		state := dataspace.Failed
		if errors.Is(cause, dataspace.ErrDenied) || errors.Is(cause, dataspace.ErrNotCleared) {
			state = dataspace.Refused
		}
		s.logger.ErrorContext(ctx, "flow ended", slog.Any("flow", id), slog.Any("state", state), slog.Any("error", cause))
		return s.end(ctx, f, state, trouble(cause, false))
	}
	t := trouble(cause, true)
	if !reflect.DeepEqual(f.Trouble, t) {
		r := s.record(f)
		r.flow.Trouble = t
		if _, err := s.save(ctx, r); err != nil && !errors.Is(err, dataspace.ErrStale) {
			return errors.Join(cause, err)
		}
	}
	return cause
}

func isProblem(err error) bool {
	var p *dataspace.Problem
	return errors.As(err, &p)
}

// lasting reports whether another attempt would give the same error.
func lasting(err error) bool {
	var p *dataspace.Problem
	if errors.As(err, &p) && (p.Code == gateway.CodeCut || p.Code == agree.CodeTransition) {
		// The operator can restore the connection to the peer, and a process
		// that changed meanwhile is read again.
		return false
	}
	var both dataspace.Contradictions // a person can put one of two statements right
	if errors.Is(err, dataspace.ErrUnavailable) || errors.Is(err, dataspace.ErrPeerUnreachable) || errors.As(err, &both) {
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
	errors.As(err, &t.Contradictions)
	return t
}

// refusedByPeer ends a flow whose protocol process the other side ended.
func (s *ending) refusedByPeer(ctx context.Context, f Flow, p agree.Process) error {
	message := "the other side ended it"
	if p.Code != "" {
		message += ": " + p.Code
	}
	if len(p.Reason) > 0 {
		message += ": " + strings.Join(p.Reason, "; ")
	}
	if p.Failure != nil {
		message = fmt.Sprintf("the other side refused a message: %s", strings.Join(p.Failure.Reason, "; "))
	}
	return s.end(ctx, f, dataspace.Refused, &Trouble{Code: "peer.refused", Message: message, Hint: "ask the operator of the other gateway"})
}

// endFor ends a flow for a reason found on this side.
func (s *ending) endFor(ctx context.Context, f Flow, code, message string) error {
	return s.end(ctx, f, dataspace.Refused, &Trouble{Code: code, Message: message})
}

// cannotNotify ends a flow if the other side will never accept its last
// message; otherwise the flow waits.
func (s *ending) cannotNotify(ctx context.Context, f Flow, p agree.Process) error {
	if p.Failure == nil {
		return nil
	}
	return s.refusedByPeer(ctx, f, p)
}

// notifyEnd terminates the protocol processes of a flow that is ending, so that
// the other side does not wait for ever. The processes are durable and repeat
// the message until it is answered.
func (s *ending) notifyEnd(ctx context.Context, f Flow) error {
	if f.Negotiation == "" {
		return nil
	}
	n, err := s.agree.Negotiation(ctx, f.Negotiation)
	if errors.Is(err, dataspace.ErrNotFound) {
		return nil // has an id, but was never begun
	}
	switch {
	case err != nil:
	case n.State == agree.Finalized && f.Role == dataspace.Provider:
		err = s.endTransfers(ctx, f, n.AgreementID)
	case n.State == agree.Finalized:
		err = s.endTransfer(ctx, f, n.AgreementID)
	case n.State != agree.Terminated:
		code, message := termination(f.Course)
		_, err = s.agree.TerminateNegotiation(ctx, n.ID, code, message)
	}
	if err != nil {
		return fmt.Errorf("tell the other side that flow %s has ended: %w", f.ID, err)
	}
	return nil
}

// endTransfers closes the stream and ends every transfer under the agreement.
// Handler.TransferChanged ends a transfer that is requested later.
func (s *ending) endTransfers(ctx context.Context, f Flow, id dataspace.AgreementID) error {
	if f.Transfer != "" {
		// If the stream was never opened or is dead, there is nothing to close.
		if err := s.data.Revoke(ctx, f.Transfer); err != nil && !errors.Is(err, dataspace.ErrNotFound) && !errors.Is(err, dataspace.ErrConflict) {
			return err
		}
	}
	list, err := s.agree.Transfers(ctx, agree.Filter{Local: f.Local, Agreement: id})
	if err != nil {
		return err
	}
	for _, t := range list {
		if t.Role == dataspace.Provider {
			if err := s.terminate(ctx, t, f.Course); err != nil {
				return err
			}
		}
	}
	return nil
}

// endTransfer ends the transfer that the provider waits for. The protocol
// cannot end an agreement: if no transfer was requested yet, this side requests
// one in order to terminate it.
func (s *ending) endTransfer(ctx context.Context, f Flow, id dataspace.AgreementID) error {
	transfer := f.Transfer
	if transfer == "" {
		transfer = dataspace.TransferID("transfer-" + strings.TrimPrefix(string(f.ID), "flow-"))
	}
	t, err := s.agree.Transfer(ctx, transfer)
	if errors.Is(err, dataspace.ErrNotFound) {
		t, err = s.agree.RequestTransfer(ctx, agree.NewTransfer{
			ID: transfer, Local: f.Local, Flow: f.ID, AgreementID: id, Format: deliver.HutongLeaves,
		})
	}
	if err != nil {
		return err
	}
	return s.terminate(ctx, t, f.Course)
}

// terminate ends a transfer and gives the reason for which the flow has ended.
func (s *ending) terminate(ctx context.Context, t agree.Transfer, c Course) error {
	if t.State.Final() {
		return nil
	}
	code, message := termination(c)
	_, err := s.agree.TerminateTransfer(ctx, t.ID, code, message)
	return err
}
