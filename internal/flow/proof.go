package flow

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
	"hutong/internal/deliver"
	"hutong/internal/meter"
	"hutong/internal/objects"
	"hutong/internal/prove"
)

// proving records what both sides agreed on and completes a flow: its evidence
// in both logs, and the waybill.
type proving struct {
	*records
	*outside
	directory Directory
	self      prove.Party
	counts    Counts
	sources   sources
	progress  *meter.Meter
	waybills  objects.Store
	wake      func(dataspace.FlowID)
}

// Start is the document of a delivery's beginning.
type Start struct {
	Transfer  string                `json:"transfer"` // this side's
	Format    string                `json:"format"`   // of the transfer
	Agreement dataspace.AgreementID `json:"agreement"`
	At        string                `json:"at"` // RFC 3339, UTC
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func (s *proving) parties(ctx context.Context, f Flow) (prove.Parties, error) {
	other, err := s.directory.Counterparty(ctx, f.Peer, f.Counterparty)
	if err != nil {
		return prove.Parties{}, err
	}
	own := s.self
	own.Participant = f.Local
	if f.Role == dataspace.Provider {
		return prove.Parties{Provider: own, Consumer: other.Party}, nil
	}
	return prove.Parties{Provider: other.Party, Consumer: own}, nil
}

func (s *proving) agreed(ctx context.Context, f Flow, n agree.Negotiation) error {
	parties, err := s.parties(ctx, f)
	if err != nil {
		return err
	}
	r := s.record(f)
	r.flow.State, r.flow.Agreement, r.flow.Trouble = dataspace.Delivering, n.AgreementID, nil
	plan, err := s.Document(ctx, f, DocPlan)
	if err != nil {
		return err
	}
	r.attach(DocPlan, plan)
	if err := r.document(DocAgreement, n.Agreement); err != nil {
		return err
	}
	if err := r.document(DocParties, parties); err != nil {
		return err
	}
	r.event(dataspace.EventAgreement, DocAgreement, DocParties, DocPlan)
	_, err = s.save(ctx, r)
	return err
}

// logged waits until the log durably has every event of the flow; prove waits
// for the checkpoint that covers them. Evidence that cannot be written stops
// the delivery.
func (s *proving) logged(ctx context.Context, f Flow) error {
	for _, id := range f.Events {
		if _, err := s.evidence.AwaitLogged(ctx, id); err != nil {
			return fmt.Errorf("wait for evidence of flow %s: %w", f.ID, err)
		}
	}
	return nil
}

// prove waits until both logs contain the end of the flow and writes the
// waybill: the flow is complete.
func (s *proving) prove(ctx context.Context, f Flow) error {
	if f.Role == dataspace.Consumer {
		t, err := s.agree.Transfer(ctx, f.Transfer)
		if err != nil {
			return err
		}
		if t.State == agree.Started {
			if _, err := s.agree.CompleteTransfer(ctx, f.Transfer); err != nil && !errors.Is(err, dataspace.ErrConflict) {
				return err
			}
		}
	}
	parties, err := s.parties(ctx, f)
	if err != nil {
		return err
	}
	witness := parties.Side(f.Role.Opposite()).Witness
	var last uint64
	for _, id := range f.Events {
		index, err := s.evidence.Await(ctx, id)
		if err != nil {
			return fmt.Errorf("wait for evidence of flow %s: %w", f.ID, err)
		}
		last = max(last, index)
	}
	cosigned, err := s.cosigned(ctx, f.ID, last, witness)
	if err != nil || !cosigned {
		return err
	}
	data, err := s.evidence.Waybill(ctx, f.ID, parties, f.Role)
	if err != nil {
		return err
	}
	name := WaybillName(f.ID)
	if _, err := s.waybills.Put(ctx, name, bytes.NewReader(data), objects.Want{}); err != nil {
		return fmt.Errorf("keep waybill of flow %s: %w", f.ID, err)
	}
	return s.complete(ctx, f, objects.Place(s.waybills, name))
}

// WaybillName is the name of a flow's waybill among the objects.
func WaybillName(id dataspace.FlowID) string { return string(id) + ".waybill" }

// cosignWait is how long a step waits for the peer's witness. Most witnesses
// answer in less time than it takes to suspend and resume the flow.
const cosignWait = time.Second

// cosigned reports whether the peer's witness has cosigned the log up to an
// entry. If not, it has the flow woken after the cosignature: an unreachable
// peer must not delay the flows with other peers.
func (s *proving) cosigned(ctx context.Context, id dataspace.FlowID, entry uint64, witness string) (bool, error) {
	if s.evidence.Answers(witness) {
		waiting, cancel := context.WithTimeout(ctx, cosignWait)
		defer cancel()
		err := s.evidence.AwaitCosigned(waiting, entry, witness)
		if err == nil {
			return true, nil
		}
		if !errors.Is(err, dataspace.ErrPeerUnreachable) || ctx.Err() != nil {
			return false, fmt.Errorf("wait for the peer's witness of flow %s: %w", id, err)
		}
	}
	done, err := s.evidence.WhenCosigned(entry, witness, string(id), func() { s.wake(id) })
	if err != nil {
		return false, fmt.Errorf("wait for the peer's witness of flow %s: %w", id, err)
	}
	return done, nil
}

// complete ends a flow successfully. Its delivered people stay counted. It
// first releases what the flow held, so that a crash leaves nothing behind
// unnoticed.
func (s *proving) complete(ctx context.Context, f Flow, waybill string) error {
	if f.Role == dataspace.Provider {
		if f.Reserved != "" {
			if err := s.counts.Confirm(ctx, f.Reserved); err != nil {
				return err
			}
		}
		if err := s.data.Revoke(ctx, f.Transfer); err != nil && !errors.Is(err, dataspace.ErrNotFound) && !errors.Is(err, dataspace.ErrConflict) {
			return err
		}
		if err := s.sources.forget(ctx, f); err != nil {
			return err
		}
	}
	if f.Role == dataspace.Consumer && f.Delivered != nil {
		if err := deliver.Clean(filepath.Dir(f.Delivered.Path), filepath.Base(f.Delivered.Path)); err != nil {
			return err
		}
	}
	r := s.record(f)
	r.flow.State, r.flow.Waybill, r.flow.Trouble = dataspace.Completed, waybill, nil
	_, err := s.save(ctx, r)
	if err == nil {
		s.progress.Forget(f.ID)
	}
	return err
}
