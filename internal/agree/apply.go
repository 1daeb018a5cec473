package agree

import (
	"encoding/json"
	"fmt"

	"hutong/internal/dataspace"
	"hutong/internal/odrl"
)

// CodeTransition is the code of the problem that a message is not possible in
// the state of its process. Another message may have changed the state.
const CodeTransition = "agree.transition"

// apply moves the process by a message that by has sent or is about to send. It
// is the only place where a process changes state, for messages of both sides.
// It is pure; after an error nothing has changed.
func (p *process) apply(by dataspace.Role, m Message) error {
	to, ok := Next(p.Kind, p.State, by, m.Type)
	if !ok && p.readdressed(by, m) {
		p.DataAddress, p.Resumed = m.DataAddress, false
		return nil
	}
	if !ok {
		return &dataspace.Problem{
			Kind: dataspace.ErrConflict, Code: CodeTransition,
			Message: fmt.Sprintf("%s by the %s is not possible in state %s", m.Type, by, p.State),
		}
	}
	if err := p.take(m); err != nil {
		return err
	}
	if m.Type == MsgStart {
		p.Resumed = p.State == Suspended && by == consumer
	}
	p.State, p.Last = to, Last{Type: m.Type, By: by}
	return nil
}

// readdressed reports whether m is the provider's start that follows the
// consumer's: the transfer already runs, but only the provider knows the
// present address of the data.
func (p *process) readdressed(by dataspace.Role, m Message) bool {
	return p.Kind == KindTransfer && p.State == Started && p.Resumed &&
		by == provider && m.Type == MsgStart && m.DataAddress != nil
}

// take checks and keeps what the message carries.
func (p *process) take(m Message) error {
	switch m.Type {
	case MsgRequest, MsgOffer:
		return p.takeOffer(m.Offer)
	case MsgAgree:
		return p.takeAgreement(m.Agreement)
	case MsgTransfer:
		p.AgreementID, p.Format, p.DataAddress, p.Witnessed = m.AgreementID, m.Format, m.DataAddress, m.Witnessed
	case MsgStart:
		if m.DataAddress != nil {
			p.DataAddress = m.DataAddress
		}
	case MsgTerminate, MsgSuspend:
		p.Code, p.Reason = m.Code, m.Reason
	}
	return nil
}

func (p *process) takeOffer(offer json.RawMessage) error {
	o, err := odrl.Parse(offer)
	if err != nil {
		return fmt.Errorf("read offer: %w", err)
	}
	switch {
	case o.Type != odrl.TypeOffer:
		return invalid("offer.@type", "is not Offer")
	case o.Target == "":
		return invalid("offer.target", "is missing")
	case p.Dataset != "" && o.Target != string(p.Dataset):
		return invalid("offer.target", "is not the dataset of this negotiation")
	}
	p.Dataset, p.Offer = dataspace.DatasetID(o.Target), offer
	return nil
}

// takeAgreement accepts only the latest offer. Nobody agreed to an agreement
// that permits or forbids anything else.
func (p *process) takeAgreement(agreement json.RawMessage) error {
	a, err := odrl.Parse(agreement)
	if err != nil {
		return fmt.Errorf("read agreement: %w", err)
	}
	switch {
	case a.Type != odrl.TypeAgreement:
		return invalid("agreement.@type", "is not Agreement")
	case a.Target != string(p.Dataset):
		return invalid("agreement.target", "is not the dataset of this negotiation")
	case a.Assigner != string(p.party(provider)):
		return invalid("agreement.assigner", "is not the provider")
	case a.Assignee != string(p.party(consumer)):
		return invalid("agreement.assignee", "is not the consumer")
	case !odrl.SameRules(p.Offer, agreement):
		return invalid("agreement", "its rules are not those of the latest offer")
	}
	p.Agreement, p.AgreementID = agreement, dataspace.AgreementID(a.ID)
	return nil
}

func invalid(place, message string) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "agree.message", Place: place, Message: message}
}

// receive applies a message of the other side. It returns the answer and
// whether anything changed. A repeated message gets the same answer. If both
// sides terminate at the same time, that is not an error.
func (p *process) receive(m Message, key string) (Ack, bool, error) {
	ack := p.ack()
	for _, r := range p.Received {
		if r.Key == key {
			ack.State = r.State
			return ack, false, nil
		}
	}
	if err := p.identify(m); err != nil {
		return Ack{}, false, err
	}
	if m.Type == MsgTerminate && p.State == Terminated || m.Type == MsgComplete && p.State == Completed {
		return ack, false, nil
	}
	if err := p.apply(p.Role.Opposite(), m); err != nil {
		return Ack{}, false, err
	}
	// A message that follows from our state shows that the other side has
	// received our earlier messages. A side that terminated needs no further
	// message.
	p.Outbox = nil
	p.changed++
	p.Received = append(p.Received, receipt{Key: key, State: p.State})
	if n := len(p.Received); n > maxReceived {
		p.Received = p.Received[n-maxReceived:]
	}
	return p.ack(), true, nil
}

// identify checks the ids in the message and learns those of the other side.
func (p *process) identify(m Message) error {
	own, theirs := m.ProviderPID, m.ConsumerPID
	if p.Role == consumer {
		own, theirs = theirs, own
	}
	if own != "" && own != p.ID {
		return invalid("pid", "the process id in the message is not the one in the path")
	}
	if theirs == "" {
		return nil
	}
	if p.CounterpartID == "" {
		p.CounterpartID = theirs
	}
	if p.CounterpartID != theirs {
		return invalid("pid", "the sender's process id is not the one this process began with")
	}
	return nil
}

// send applies a message of our own and puts it into the outbox.
func (p *process) send(m Message) error {
	if err := p.apply(p.Role, m); err != nil {
		return err
	}
	if m.Type == MsgTerminate {
		p.dropUnsent()
	}
	p.Outbox = append(p.Outbox, m)
	return nil
}

// dropUnsent empties the outbox except for a first message: without it the
// other side would not know the process that a termination ends.
func (p *process) dropUnsent() {
	if len(p.Outbox) > 0 && p.CounterpartID == "" {
		p.Outbox = p.Outbox[:1:1]
		return
	}
	p.Outbox = nil
}

// delivered takes the answer to the first message of the outbox.
func (p *process) delivered(id string, ack Ack) bool {
	if len(p.Outbox) == 0 || p.Outbox[0].ID != id {
		return false // an answer of the other side came before the acknowledgement
	}
	theirs := ack.ProviderPID
	if p.Role == provider {
		theirs = ack.ConsumerPID
	}
	if p.CounterpartID == "" {
		p.CounterpartID = theirs
	}
	p.Outbox = p.Outbox[1:]
	if p.Failure == nil {
		p.changed++
	}
	return true
}

// refused ends the process: the other side will never accept the message, so
// the two no longer agree on the state. termination is the message that tells
// the other side, if it can be sent. A refusal of a termination has no effect.
func (p *process) refused(id string, r *RefusedError, termination Message) bool {
	if len(p.Outbox) == 0 || p.Outbox[0].ID != id {
		return false
	}
	if p.Outbox[0].Type == MsgTerminate {
		return p.delivered(id, Ack{})
	}
	p.Outbox = nil
	p.Failure = &Failure{Status: r.Status, Code: r.Code, Reason: r.Reason}
	p.State = Terminated
	p.changed++
	if p.CounterpartID != "" {
		p.Outbox = []Message{termination}
	}
	return true
}
