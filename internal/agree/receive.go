package agree

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/odrl"
)

// Inbound is a message of an authenticated caller to a local participant.
type Inbound struct {
	Caller  dataspace.Caller
	Local   dataspace.ParticipantID
	Message Message
	// Key distinguishes repetitions of one message from other messages: its own
	// id, or a digest where it has none.
	Key string
}

// ReceiveFirst takes a message that begins a process: a request, an offer or a
// transfer request. The answer's effect is durable; the caller of this method
// must Wake the Ref after it has written the answer. The same first message
// again, recognised by its sender's process id, gets the same answer.
// ErrInvalid and ErrConflict if it cannot be accepted, ErrDenied if policy
// forbids it.
func (s *Service) ReceiveFirst(ctx context.Context, in Inbound) (Ack, Ref, error) {
	kind, role, theirs := KindNegotiation, provider, in.Message.ConsumerPID
	switch in.Message.Type {
	case MsgRequest:
	case MsgTransfer:
		kind = KindTransfer
	case MsgOffer:
		role, theirs = consumer, in.Message.ProviderPID
	default:
		return Ack{}, Ref{}, invalid("@type", "does not begin a process")
	}
	if theirs == "" || in.Message.Callback == "" {
		return Ack{}, Ref{}, invalid("callbackAddress", "a first message must name its process and a callback address")
	}
	op := dataspace.Operation{Kind: operation(kind), Local: in.Local, Address: in.Message.Callback}
	if err := s.allow(ctx, in.Caller, op); err != nil {
		return Ack{}, Ref{}, err
	}
	origin := strings.Join([]string{string(kind), string(in.Local), string(role), string(in.Caller.Peer), string(in.Caller.Participant), theirs}, "\n")
	if p, err := s.known(ctx, origin, in.Message); err == nil || !errors.Is(err, dataspace.ErrNotFound) {
		return p.ack(), p.Ref, err
	}
	p := s.newProcess(Ref{Kind: kind}, role, in.Local, dataspace.Counterparty{
		Participant: in.Caller.Participant, Peer: in.Caller.Peer, Address: strings.TrimSuffix(in.Message.Callback, "/"),
	}, "")
	if err := s.admit(ctx, &p, in); err != nil {
		return Ack{}, Ref{}, err
	}
	ack, _, err := p.receive(in.Message, in.Key)
	if err != nil {
		return Ack{}, Ref{}, err
	}
	r, err := p.row()
	if err != nil {
		return Ack{}, Ref{}, err
	}
	r.Origin = origin
	switch err := s.cfg.Store.Create(ctx, r); {
	case errors.Is(err, dataspace.ErrConflict): // the same message, at the same moment
		p, err := s.known(ctx, origin, in.Message)
		return p.ack(), p.Ref, err
	case err != nil:
		return Ack{}, Ref{}, fmt.Errorf("store %s: %w", p.Ref, err)
	}
	return ack, p.Ref, nil
}

// known finds the process that an earlier copy of the message began.
func (s *Service) known(ctx context.Context, origin string, m Message) (process, error) {
	r, err := s.cfg.Store.ByOrigin(ctx, origin)
	if err != nil {
		return process{}, fmt.Errorf("find process: %w", err)
	}
	p, err := fromRow(r)
	if err != nil {
		return process{}, err
	}
	if m.Type == MsgTransfer && (m.AgreementID != p.AgreementID || m.Format != p.Format) {
		return process{}, &dataspace.Problem{
			Kind: dataspace.ErrConflict, Code: "agree.pid",
			Message: "the process id was used for another transfer",
		}
	}
	return p, nil
}

// admit checks that the thing a first message asks for exists.
func (s *Service) admit(ctx context.Context, p *process, in Inbound) error {
	switch in.Message.Type {
	case MsgRequest:
		return s.admitRequest(ctx, in)
	case MsgTransfer:
		n, err := s.Agreement(ctx, in.Local, provider, in.Message.AgreementID)
		if err == nil && (n.Counterparty.Participant != in.Caller.Participant || n.Counterparty.Peer != in.Caller.Peer) {
			err = dataspace.ErrNotFound
		}
		if errors.Is(err, dataspace.ErrNotFound) {
			return invalid("agreementId", "no agreement with the caller has this id")
		}
		if err != nil {
			return err
		}
		p.Dataset, p.Flow = n.Dataset, n.Flow
	}
	return nil
}

func (s *Service) admitRequest(ctx context.Context, in Inbound) error {
	o, err := odrl.Parse(in.Message.Offer)
	if err != nil {
		return fmt.Errorf("read offer: %w", err)
	}
	d, err := s.cfg.Catalogue.Dataset(ctx, in.Local, in.Caller, dataspace.DatasetID(o.Target))
	if errors.Is(err, dataspace.ErrNotFound) {
		return invalid("offer.target", "no such dataset is offered to the caller")
	}
	if err != nil {
		return fmt.Errorf("find dataset: %w", err)
	}
	for _, offered := range d.Offers {
		if offered.ID == o.ID {
			return nil
		}
	}
	return invalid("offer.@id", "no such offer is in the catalogue")
}

// Receive takes a message to a process. ErrNotFound if the process does not
// exist or does not belong to the caller: the caller must not see the
// difference. Otherwise as ReceiveFirst.
func (s *Service) Receive(ctx context.Context, ref Ref, in Inbound) (Ack, error) {
	if err := s.allow(ctx, in.Caller, dataspace.Operation{Kind: operation(ref.Kind), Local: in.Local}); err != nil {
		return Ack{}, err
	}
	var ack Ack
	_, err := s.change(ctx, ref, func(p *process) error {
		if err := owns(in.Caller, in.Local, p); err != nil {
			return err
		}
		var moved bool
		var err error
		if ack, moved, err = p.receive(in.Message, in.Key); err == nil && !moved {
			err = errUnchanged
		}
		return err
	})
	return ack, err
}

// Status returns a process to its counterparty; ErrNotFound for every other
// caller.
func (s *Service) Status(ctx context.Context, caller dataspace.Caller, local dataspace.ParticipantID, ref Ref) (Ack, error) {
	if err := s.allow(ctx, caller, dataspace.Operation{Kind: operation(ref.Kind), Local: local}); err != nil {
		return Ack{}, err
	}
	p, err := s.load(ctx, ref)
	if err != nil {
		return Ack{}, err
	}
	if err := owns(caller, local, &p); err != nil {
		return Ack{}, err
	}
	return p.ack(), nil
}

func owns(caller dataspace.Caller, local dataspace.ParticipantID, p *process) error {
	if p.Local != local || p.Counterparty.Participant != caller.Participant || p.Counterparty.Peer != caller.Peer {
		return fmt.Errorf("load %s: %w", p.Ref, dataspace.ErrNotFound)
	}
	return nil
}
