package flow

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
	"hutong/internal/deliver"
)

// tellEnd terminates the protocol processes of a flow that is ending, so that
// the other side does not wait for ever. They are durable of their own and go
// on telling until they are answered.
func (s *Service) tellEnd(ctx context.Context, f Flow) error {
	if f.Negotiation == "" {
		return nil
	}
	n, err := s.agree.Negotiation(ctx, f.Negotiation)
	if errors.Is(err, dataspace.ErrNotFound) {
		return nil // named, but never begun
	}
	switch {
	case err != nil:
	case n.State == agree.Finalized && f.Role == dataspace.Provider:
		err = s.endTransfers(ctx, f, n.AgreementID)
	case n.State == agree.Finalized:
		err = s.endTransfer(ctx, f, n.AgreementID)
	case n.State != agree.Terminated:
		code, message := farewell(f)
		_, err = s.agree.TerminateNegotiation(ctx, n.ID, code, message)
	}
	if err != nil {
		return fmt.Errorf("tell the other side that flow %s has ended: %w", f.ID, err)
	}
	return nil
}

// endTransfers closes the stream and ends every transfer under the agreement.
// One that is requested later ends in Handler.TransferChanged.
func (s *Service) endTransfers(ctx context.Context, f Flow, id dataspace.AgreementID) error {
	if f.Transfer != "" {
		// Never opened, or dead already: there is nothing to close.
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
			if err := s.terminate(ctx, t, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// endTransfer ends the transfer that the provider waits for. The protocol has
// no way to end an agreement: where no transfer was requested yet, one is, to
// be terminated.
func (s *Service) endTransfer(ctx context.Context, f Flow, id dataspace.AgreementID) error {
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
	return s.terminate(ctx, t, f)
}

// terminate ends a transfer for the reason for which the flow has ended.
func (s *Service) terminate(ctx context.Context, t agree.Transfer, f Flow) error {
	if t.State.Final() {
		return nil
	}
	code, message := farewell(f)
	_, err := s.agree.TerminateTransfer(ctx, t.ID, code, message)
	return err
}
