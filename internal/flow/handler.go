package flow

import (
	"context"
	"errors"
	"log/slog"
	"strings"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
	"hutong/internal/deliver"
	"hutong/internal/meter"
	"hutong/internal/odrl"
)

// Handler receives the events of protocol processes and streams. It only finds
// the flow and wakes it; the state of the flow decides what follows.
type Handler struct {
	*records
	*outside
	ends       *ending
	directory  Directory
	works      *inProgress
	progress   *meter.Meter
	wake       func(dataspace.FlowID)
	background context.Context // for events of a stream, which has no context
	logger     *slog.Logger
}

// NegotiationChanged implements agree.Handler. A negotiation that another
// gateway began becomes a flow.
func (s *Handler) NegotiationChanged(ctx context.Context, n agree.Negotiation) error {
	f, err := s.store.ByNegotiation(ctx, n.ID)
	if errors.Is(err, dataspace.ErrNotFound) {
		if n.State == agree.Terminated {
			return nil
		}
		f, err = s.adopt(ctx, n)
	}
	if err != nil {
		return err
	}
	s.wake(f.ID)
	return nil
}

// TransferChanged implements agree.Handler.
func (s *Handler) TransferChanged(ctx context.Context, t agree.Transfer) error {
	f, err := s.store.ByTransfer(ctx, t.ID)
	if errors.Is(err, dataspace.ErrNotFound) {
		f, err = s.store.ByAgreement(ctx, t.AgreementID, t.Role)
	}
	if errors.Is(err, dataspace.ErrNotFound) && t.Flow != "" { // the negotiation ended before this side knew the agreement
		f, err = s.store.Flow(ctx, t.Flow)
	}
	if errors.Is(err, dataspace.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if t.State.Final() && t.Role == dataspace.Consumer {
		s.works.Cancel(f.ID) // there is no data to fetch any more
	}
	if t.Role == dataspace.Provider && f.Transfer != t.ID {
		switch {
		case f.State == dataspace.Completed, f.Transfer != "":
			// The clearance is for one delivery only.
			return s.ends.terminate(ctx, t, Course{Trouble: &Trouble{Code: "transfer.used", Message: "the agreement is for one delivery"}})
		case f.State.Final(), f.State == dataspace.Ending:
			return s.ends.terminate(ctx, t, f.Course)
		}
	}
	s.wake(f.ID)
	return nil
}

// adopt makes a flow for a negotiation that the other side began.
func (s *Handler) adopt(ctx context.Context, n agree.Negotiation) (Flow, error) {
	f := s.newFlow(n.Role)
	f.Local, f.Peer, f.Counterparty = n.Local, n.Counterparty.Peer, n.Counterparty.Participant
	f.Dataset, f.Negotiation, f.State = n.Dataset, n.ID, dataspace.Checking
	if n.Role == dataspace.Provider {
		d, err := s.directory.Dataset(ctx, n.Local, n.Dataset)
		if err != nil {
			return Flow{}, err
		}
		offer, err := odrl.Parse(n.Offer)
		if err != nil {
			return Flow{}, err
		}
		_, purpose, _ := strings.Cut(offer.ID, ":")
		f.State, f.Purpose, f.Format = dataspace.Profiling, purpose, "csv"
		f.Source, f.Facts, f.Own, f.RetentionDays = d.Source, d.Facts, d.Columns, d.RetentionDays
		f.SourceForm = SourceForm{Format: d.Format, Charset: d.Charset, Delimiter: d.Delimiter, Dialect: d.Dialect, Header: d.Header, Skip: d.Skip, System: d.System}
	}
	if err := s.store.Create(ctx, f); err != nil {
		if errors.Is(err, dataspace.ErrConflict) { // another call made it first
			return s.store.ByNegotiation(ctx, n.ID)
		}
		return Flow{}, err
	}
	if err := s.agree.Bind(ctx, agree.Ref{Kind: agree.KindNegotiation, ID: string(n.ID)}, f.ID); err != nil {
		return Flow{}, err
	}
	return f, nil
}

// Progress implements deliver.Observer.
func (s *Handler) Progress(id dataspace.TransferID, rows, bytes int64) {
	if f, ok := s.flowOf(id); ok {
		s.progress.Set(f.ID, "delivering", rows, bytes, 0, s.now())
	}
}

// Delivered implements deliver.Observer. The recipient's receipt is next.
func (s *Handler) Delivered(id dataspace.TransferID, _ deliver.Result) {
	if f, ok := s.flowOf(id); ok {
		s.wake(f.ID)
	}
}

// Failed implements deliver.Observer. It ends the flow of data that can never
// be delivered.
func (s *Handler) Failed(id dataspace.TransferID, cause error) {
	f, ok := s.flowOf(id)
	if !ok || !lasting(cause) {
		return
	}
	ctx := s.background
	if err := s.ends.troubled(ctx, f.ID, cause); err != nil {
		s.logger.ErrorContext(ctx, "end of a flow could not be stored", slog.Any("flow", f.ID), slog.Any("error", err))
	}
}

func (s *Handler) flowOf(id dataspace.TransferID) (Flow, bool) {
	f, err := s.store.ByTransfer(s.background, id)
	return f, err == nil
}

func (w Way) address() Address { return Address{Peer: w.Peer, Participant: w.Counterparty} }

// recipientName is the name from which the pseudonyms of a recipient are
// derived. It never changes, whatever name this gateway's operator gives the
// peer.
func recipientName(other Other, id dataspace.ParticipantID) string {
	return string(other.Gateway) + "/" + string(id)
}
