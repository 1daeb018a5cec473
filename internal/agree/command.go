package agree

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/odrl"
)

// NewNegotiation begins a negotiation.
type NewNegotiation struct {
	// ID may be set by the caller, so that it can store it first; a second
	// start with the same ID then changes nothing. Empty: a new one.
	ID           dataspace.NegotiationID
	Local        dataspace.ParticipantID
	Counterparty dataspace.Counterparty
	Flow         dataspace.FlowID
	Offer        json.RawMessage // ODRL offer with @id, @type and target
}

// NewTransfer begins a transfer; only a consumer can.
type NewTransfer struct {
	ID          dataspace.TransferID // as in NewNegotiation
	Local       dataspace.ParticipantID
	Flow        dataspace.FlowID
	AgreementID dataspace.AgreementID
	Format      string
	DataAddress *DataAddress // only for a push
	// Counterparty replaces the one of the agreement's negotiation if its
	// address has changed since. Its participant must be the same.
	Counterparty *dataspace.Counterparty
}

// Request begins a negotiation as its consumer. It returns when the intention
// is durable; the message is sent in the background. All commands work in this
// way. ErrInvalid if the offer cannot be sent, ErrDenied if policy forbids it,
// ErrConflict if the specification does not have the transition.
func (s *Service) Request(ctx context.Context, n NewNegotiation) (Negotiation, error) {
	return s.beginNegotiation(ctx, n, consumer, MsgRequest)
}

// Offer begins a negotiation as its provider.
func (s *Service) Offer(ctx context.Context, n NewNegotiation) (Negotiation, error) {
	return s.beginNegotiation(ctx, n, provider, MsgOffer)
}

func (s *Service) beginNegotiation(ctx context.Context, n NewNegotiation, role dataspace.Role, msg MessageType) (Negotiation, error) {
	p := s.newProcess(Ref{KindNegotiation, string(n.ID)}, role, n.Local, n.Counterparty, n.Flow)
	p, err := s.begin(ctx, p, Message{Type: msg, Offer: n.Offer})
	return p.negotiation(), err
}

// RequestTransfer begins a transfer as its consumer under an agreement that
// was finalized; ErrNotFound if there is none.
func (s *Service) RequestTransfer(ctx context.Context, t NewTransfer) (Transfer, error) {
	n, err := s.agreementFor(ctx, t)
	if err != nil {
		return Transfer{}, err
	}
	other := n.Counterparty
	if t.Counterparty != nil {
		if t.Counterparty.Participant != other.Participant {
			return Transfer{}, invalid("counterparty", "is not the provider of the agreement")
		}
		other = *t.Counterparty
	}
	flow := t.Flow
	if flow == "" {
		flow = n.Flow
	}
	p := s.newProcess(Ref{KindTransfer, string(t.ID)}, consumer, t.Local, other, flow)
	p.Dataset = n.Dataset
	p, err = s.begin(ctx, p, Message{Type: MsgTransfer, AgreementID: t.AgreementID, Format: t.Format, DataAddress: t.DataAddress})
	return p.transfer(), err
}

func (s *Service) newProcess(ref Ref, role dataspace.Role, local dataspace.ParticipantID, other dataspace.Counterparty, flow dataspace.FlowID) process {
	if ref.ID == "" {
		ref.ID = s.cfg.NewID()
	}
	now := s.cfg.Clock.Now()
	return process{Ref: ref, Process: Process{
		Role: role, Local: local, Counterparty: other, Flow: flow, Version: 1, Created: now, Updated: now,
	}}
}

func (s *Service) begin(ctx context.Context, p process, m Message) (process, error) {
	who := dataspace.Caller{Participant: p.Counterparty.Participant, Peer: p.Counterparty.Peer}
	op := dataspace.Operation{Kind: operation(p.Kind), Local: p.Local, Outbound: true, Address: p.Counterparty.Address}
	if err := s.allow(ctx, who, op); err != nil {
		return process{}, err
	}
	m.ID = s.messageID()
	if err := p.send(m); err != nil {
		return process{}, err
	}
	r, err := p.row()
	if err != nil {
		return process{}, err
	}
	switch err := s.cfg.Store.Create(ctx, r); {
	case errors.Is(err, dataspace.ErrConflict):
		old, err := s.load(ctx, p.Ref)
		if err != nil {
			return process{}, err
		}
		if old.Local != p.Local || old.Role != p.Role || old.Flow != p.Flow {
			return process{}, fmt.Errorf("begin %s: exists: %w", p.Ref, dataspace.ErrConflict)
		}
		p = old
	case err != nil:
		return process{}, fmt.Errorf("begin %s: %w", p.Ref, err)
	}
	s.senders.Wake(p.Ref)
	return p, nil
}

// command applies and queues a message. If the command was already carried out,
// and nothing has followed since, it returns the process unchanged: a handler
// that is called twice gives the same command twice.
func (s *Service) command(ctx context.Context, ref Ref, m Message) (process, error) {
	m.ID = s.messageID()
	p, err := s.change(ctx, ref, func(p *process) error {
		who := dataspace.Caller{Participant: p.Counterparty.Participant, Peer: p.Counterparty.Peer}
		op := dataspace.Operation{Kind: operation(p.Kind), Local: p.Local, Outbound: true}
		if err := s.allow(ctx, who, op); err != nil && m.Type != MsgTerminate {
			return err
		}
		if p.repeats(m) {
			return errUnchanged
		}
		m := m
		if m.Type == MsgAgree && m.Agreement == nil {
			var err error
			if m.Agreement, err = p.agreement(s.cfg.NewID(), s.cfg.Clock.Now()); err != nil {
				return err
			}
		}
		return p.send(m)
	})
	if err != nil {
		return process{}, fmt.Errorf("%s %s: %w", m.Type, ref, err)
	}
	s.senders.Wake(ref)
	return p, nil
}

func (p *process) repeats(m Message) bool {
	if p.Last != (Last{Type: m.Type, By: p.Role}) {
		return m.Type == MsgTerminate && p.State == Terminated
	}
	if m.Offer != nil {
		again, err := odrl.Parse(m.Offer)
		last, err2 := odrl.Parse(p.Offer)
		return err == nil && err2 == nil && again.ID == last.ID && again.Target == last.Target && odrl.SameRules(m.Offer, p.Offer)
	}
	_, possible := Next(p.Kind, p.State, p.Role, m.Type)
	return !possible
}

// agreement is the agreement on the latest offer. It is made from the offer's
// own JSON, so that properties unknown to this gateway are kept.
func (p *process) agreement(id string, now time.Time) (json.RawMessage, error) {
	var a map[string]any
	if err := json.Unmarshal(p.Offer, &a); err != nil {
		return nil, fmt.Errorf("read offer of %s: %w", p.Ref, err)
	}
	delete(a, "@context")
	a["@id"], a["@type"], a["target"] = "urn:uuid:"+id, odrl.TypeAgreement, string(p.Dataset)
	a["assigner"], a["assignee"] = string(p.party(provider)), string(p.party(consumer))
	a["timestamp"] = now.UTC().Format("2006-01-02T15:04:05Z")
	return dataspace.CanonicalJSON(a)
}

func (s *Service) negotiate(ctx context.Context, id dataspace.NegotiationID, m Message) (Negotiation, error) {
	p, err := s.command(ctx, Ref{KindNegotiation, string(id)}, m)
	return p.negotiation(), err
}

// Counter answers with another offer: a provider's to a request, a consumer's
// to an offer.
func (s *Service) Counter(ctx context.Context, id dataspace.NegotiationID, offer json.RawMessage) (Negotiation, error) {
	n, err := s.Negotiation(ctx, id)
	if err != nil {
		return Negotiation{}, err
	}
	msg := MsgRequest
	if n.Role == provider {
		msg = MsgOffer
	}
	return s.negotiate(ctx, id, Message{Type: msg, Offer: offer})
}

// Accept accepts the provider's offer.
func (s *Service) Accept(ctx context.Context, id dataspace.NegotiationID) (Negotiation, error) {
	return s.negotiate(ctx, id, Message{Type: MsgAccept})
}

// Agree sends the agreement on the latest offer, with the present time.
func (s *Service) Agree(ctx context.Context, id dataspace.NegotiationID) (Negotiation, error) {
	return s.negotiate(ctx, id, Message{Type: MsgAgree})
}

// Verify confirms the agreement.
func (s *Service) Verify(ctx context.Context, id dataspace.NegotiationID) (Negotiation, error) {
	return s.negotiate(ctx, id, Message{Type: MsgVerify})
}

// Finalize ends the negotiation: from now on transfers may be requested.
func (s *Service) Finalize(ctx context.Context, id dataspace.NegotiationID) (Negotiation, error) {
	return s.negotiate(ctx, id, Message{Type: MsgFinalize})
}

// TerminateNegotiation ends it without a contract. The other side receives code
// and reason.
func (s *Service) TerminateNegotiation(ctx context.Context, id dataspace.NegotiationID, code string, reason ...string) (Negotiation, error) {
	return s.negotiate(ctx, id, Message{Type: MsgTerminate, Code: code, Reason: reason})
}

func (s *Service) move(ctx context.Context, id dataspace.TransferID, m Message) (Transfer, error) {
	p, err := s.command(ctx, Ref{KindTransfer, string(id)}, m)
	return p.transfer(), err
}

// StartTransfer starts a requested transfer or resumes a suspended one. Only a
// provider knows an address; the returned transfer has the address that was
// stored first.
func (s *Service) StartTransfer(ctx context.Context, id dataspace.TransferID, address *DataAddress) (Transfer, error) {
	return s.move(ctx, id, Message{Type: MsgStart, DataAddress: address})
}

// SuspendTransfer pauses a transfer.
func (s *Service) SuspendTransfer(ctx context.Context, id dataspace.TransferID, code string, reason ...string) (Transfer, error) {
	return s.move(ctx, id, Message{Type: MsgSuspend, Code: code, Reason: reason})
}

// CompleteTransfer says that all data has arrived.
func (s *Service) CompleteTransfer(ctx context.Context, id dataspace.TransferID) (Transfer, error) {
	return s.move(ctx, id, Message{Type: MsgComplete})
}

// TerminateTransfer ends a transfer before it is complete.
func (s *Service) TerminateTransfer(ctx context.Context, id dataspace.TransferID, code string, reason ...string) (Transfer, error) {
	return s.move(ctx, id, Message{Type: MsgTerminate, Code: code, Reason: reason})
}
