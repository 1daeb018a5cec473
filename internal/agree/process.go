package agree

import (
	"encoding/json"
	"fmt"
	"time"

	"hutong/internal/dataspace"
)

// Failure says why a process ended although neither side wanted it.
type Failure struct {
	Status int      `json:"status,omitempty"` // HTTP status of a refusal
	Code   string   `json:"code,omitempty"`
	Reason []string `json:"reason,omitempty"`
}

// Last is the last message that moved a process, and who sent it.
type Last struct {
	Type MessageType    `json:"type"`
	By   dataspace.Role `json:"by"`
}

// Process is the common part of a negotiation and a transfer.
type Process struct {
	CounterpartID string                  `json:"counterpart_id,omitempty"` // its PID on the other side
	Role          dataspace.Role          `json:"role"`                     // of the local participant
	Local         dataspace.ParticipantID `json:"local"`
	Counterparty  dataspace.Counterparty  `json:"counterparty"`
	Flow          dataspace.FlowID        `json:"flow,omitempty"`
	State         State                   `json:"state"`
	Last          Last                    `json:"last"`
	Code          string                  `json:"code,omitempty"`   // of the last termination or suspension
	Reason        []string                `json:"reason,omitempty"` // of the last termination or suspension
	Failure       *Failure                `json:"failure,omitempty"`
	Pending       bool                    `json:"-"` // a message is still to be delivered
	Version       int64                   `json:"-"`
	Created       time.Time               `json:"created"`
	Updated       time.Time               `json:"updated"`
}

// Negotiation is a contract negotiation.
type Negotiation struct {
	ID dataspace.NegotiationID
	Process
	Dataset     dataspace.DatasetID
	Offer       json.RawMessage       // the latest offer or counter-offer, ODRL
	Agreement   json.RawMessage       // ODRL; nil before AGREED
	AgreementID dataspace.AgreementID // empty before AGREED
}

// Transfer is a transfer process.
type Transfer struct {
	ID dataspace.TransferID
	Process
	Dataset     dataspace.DatasetID
	AgreementID dataspace.AgreementID
	Format      string
	DataAddress *DataAddress // where to pull (once STARTED) or push; holds a token
	Witnessed   string       // as in the request; empty: the consumer did not say
	// Resumed is true while a transfer that the consumer restarted waits for
	// the provider to send the new address of the data.
	Resumed bool
}

// Ref names a process of this gateway.
type Ref struct {
	Kind Kind
	ID   string
}

func (r Ref) String() string { return string(r.Kind) + " " + r.ID }

// process is either kind, as it is stored.
type process struct {
	Ref `json:"-"`
	Process
	Dataset     dataspace.DatasetID   `json:"dataset,omitempty"`
	Offer       json.RawMessage       `json:"offer,omitempty"`
	Agreement   json.RawMessage       `json:"agreement,omitempty"`
	AgreementID dataspace.AgreementID `json:"agreement_id,omitempty"`
	Format      string                `json:"format,omitempty"`
	DataAddress *DataAddress          `json:"data_address,omitempty"`
	Witnessed   string                `json:"witnessed,omitempty"`

	Outbox   []Message `json:"outbox,omitempty"`   // to be sent, in order
	Received []receipt `json:"received,omitempty"` // applied messages, to recognise repetitions
	// Resumed is set when the local consumer restarted a suspended transfer;
	// the provider then sends a start of its own, with the new address.
	Resumed bool `json:"resumed,omitempty"`

	changed int64 // number of changes that the handler must be told of
	handled int64 // the last of them that it was told of
}

type receipt struct {
	Key   string `json:"key"`
	State State  `json:"state"`
}

// maxReceived is how many messages of a process are remembered to recognise
// repetitions. A process with more messages forgets the oldest ones.
const maxReceived = 32

func (p *process) negotiation() Negotiation {
	return Negotiation{
		ID: dataspace.NegotiationID(p.ID), Process: p.common(), Dataset: p.Dataset,
		Offer: p.Offer, Agreement: p.Agreement, AgreementID: p.AgreementID,
	}
}

func (p *process) transfer() Transfer {
	return Transfer{
		ID: dataspace.TransferID(p.ID), Process: p.common(), Dataset: p.Dataset,
		AgreementID: p.AgreementID, Format: p.Format, DataAddress: p.DataAddress, Witnessed: p.Witnessed, Resumed: p.Resumed,
	}
}

func (p *process) common() Process {
	c := p.Process
	c.Pending = len(p.Outbox) > 0
	return c
}

// pids returns the ids of the process in the order of the protocol.
func (p *process) pids() (providerPID, consumerPID string) {
	if p.Role == provider {
		return p.ID, p.CounterpartID
	}
	return p.CounterpartID, p.ID
}

func (p *process) ack() Ack {
	pp, cp := p.pids()
	return Ack{ProviderPID: pp, ConsumerPID: cp, State: p.State}
}

// party is the participant in the given role.
func (p *process) party(role dataspace.Role) dataspace.ParticipantID {
	if p.Role == role {
		return p.Local
	}
	return p.Counterparty.Participant
}

func (p *process) row() (Row, error) {
	body, err := json.Marshal(p)
	if err != nil {
		return Row{}, fmt.Errorf("encode %s: %w", p.Ref, err)
	}
	return Row{
		Ref: p.Ref, Local: p.Local, Flow: p.Flow, Agreement: p.AgreementID, State: p.State,
		Pending: len(p.Outbox) > 0, Changed: p.changed, Version: p.Version,
		Body: body, Created: p.Created, Updated: p.Updated,
	}, nil
}

func fromRow(r Row) (process, error) {
	var p process
	if err := json.Unmarshal(r.Body, &p); err != nil {
		return process{}, fmt.Errorf("decode %s: %w", r.Ref, err)
	}
	p.Ref, p.Version, p.changed, p.handled = r.Ref, r.Version, r.Changed, r.Handled
	return p, nil
}
