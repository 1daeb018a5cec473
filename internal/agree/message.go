package agree

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"hutong/internal/dataspace"
)

// Message is a protocol message without its wire form.
type Message struct {
	// ID is the message's own "@id". It stays the same through all attempts, so
	// that the receiver can recognise a repetition.
	ID          string      `json:"id,omitempty"`
	Type        MessageType `json:"type"`
	ProviderPID string      `json:"provider_pid,omitempty"`
	ConsumerPID string      `json:"consumer_pid,omitempty"`

	Offer       json.RawMessage       `json:"offer,omitempty"`     // request, offer
	Agreement   json.RawMessage       `json:"agreement,omitempty"` // agree
	AgreementID dataspace.AgreementID `json:"agreement_id,omitempty"`
	Format      string                `json:"format,omitempty"`
	DataAddress *DataAddress          `json:"data_address,omitempty"` // transfer (push), start (pull)
	// Callback is the address for the answers; only in the first message of a
	// process.
	Callback string `json:"callback,omitempty"`

	// Witnessed is the head of the provider's log that the consumer cosigned
	// last, as a checkpoint without signatures; only in a transfer request.
	Witnessed string `json:"witnessed,omitempty"`

	Code   string   `json:"code,omitempty"`   // terminate, suspend
	Reason []string `json:"reason,omitempty"` // terminate, suspend
}

// DataAddress is where and how data is fetched or put. It holds a token and
// must not be logged.
type DataAddress struct {
	EndpointType string     `json:"endpoint_type"`
	Endpoint     string     `json:"endpoint,omitempty"`
	Properties   []Property `json:"properties,omitempty"`
}

// Property is one endpoint property.
type Property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Property finds the value of a property by its name or the last part of a
// qualified name: some connectors write "https://…/ns/authorization".
func (a *DataAddress) Property(name string) string {
	for _, p := range a.Properties {
		if p.Name == name || strings.HasSuffix(p.Name, "/"+name) {
			return p.Value
		}
	}
	return ""
}

// URL is the endpoint, also where it is given as a property.
func (a *DataAddress) URL() string {
	if a.Endpoint != "" {
		return a.Endpoint
	}
	return a.Property("endpoint")
}

// EndpointHTTP is the endpoint type of an HTTP data plane.
const EndpointHTTP = "https://w3id.org/idsa/v4.1/HTTP"

// NewHTTPAddress is the address of data that an HTTP client may pull with a
// bearer token.
func NewHTTPAddress(url, token string) *DataAddress {
	return &DataAddress{
		EndpointType: EndpointHTTP,
		Endpoint:     url,
		Properties:   []Property{{"authorization", token}, {"authType", "bearer"}},
	}
}

// Delivery is a message to be sent, with everything that a Sender needs to
// address it.
type Delivery struct {
	Kind         Kind
	Local        dataspace.ParticipantID
	Role         dataspace.Role // the sender's
	Counterparty dataspace.Counterparty
	Initial      bool // the first message: the counterparty has no id yet
	Message      Message
}

// Ack is the answer to a message.
type Ack struct {
	ProviderPID, ConsumerPID string
	State                    State
}

// Sender takes messages to other connectors. It must be safe for concurrent
// use.
type Sender interface {
	// Send delivers one message and returns when the other side answered. A
	// *RefusedError says that the other side will never accept it; after any
	// other error the same message is sent again later. An Ack with empty ids
	// is an answer without a body.
	Send(ctx context.Context, d Delivery) (Ack, error)
}

// RefusedError is a definite refusal by the other side.
type RefusedError struct {
	Status int // HTTP status
	Code   string
	Reason []string // the reasons it gave, for people
}

// Error implements error.
func (e *RefusedError) Error() string {
	text := fmt.Sprintf("counterparty refused with status %d", e.Status)
	if e.Code != "" {
		text += " " + e.Code
	}
	if len(e.Reason) > 0 {
		text += ": " + strings.Join(e.Reason, "; ")
	}
	return text
}

// Unwrap makes a refusal a kind of ErrDenied.
func (e *RefusedError) Unwrap() error { return dataspace.ErrDenied }
