package api

import (
	"encoding/json"

	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/gateway"
	"hutong/internal/meter"
	"hutong/internal/people"
)

// The types below are requests and answers as the command line of this
// repository makes and reads them, with the identifiers of package dataspace.
// Package client has those that are the contract.

// Setup spends the one-time link of a first start.
type Setup struct {
	Token string `json:"token"`
	Name  string `json:"name" doc:"who holds the key"`
}

// NewKey asks for an API key.
type NewKey struct {
	Name        string                  `json:"name" doc:"who holds the key"`
	Role        gateway.Role            `json:"role" enum:"operator,compliance,participant,auditor"`
	Participant dataspace.ParticipantID `json:"participant,omitempty" doc:"for the role participant"`
}

// IssuedKey is a new API key; its secret is shown this once.
type IssuedKey struct {
	Secret string         `json:"secret"`
	Key    gateway.APIKey `json:"key"`
}

// Gateway is what a gateway says of itself.
type Gateway struct {
	Card        gateway.Card        `json:"card"`
	Fingerprint string              `json:"fingerprint" doc:"what the operator of a peer compares"`
	Version     string              `json:"version"`
	Packs       []dataspace.PackRef `json:"packs"`
}

// ConfirmItems is a person's word on which items of a list a dataset matches.
type ConfirmItems struct {
	Pack    dataspace.PackID `json:"pack"`
	Items   []string         `json:"items" doc:"all that match; empty: none does"`
	Columns dataspace.Digest `json:"columns" doc:"digest of the columns that were looked at"`
	Reason  string           `json:"reason"`
}

// NewPeer asks to add a gateway by its address.
type NewPeer struct {
	Name dataspace.PeerName `json:"name"`
	URL  string             `json:"url" doc:"https://host:port"`
}

// ConfirmPeer trusts a peer from now on.
type ConfirmPeer struct {
	Fingerprint string `json:"fingerprint" doc:"as the peer's operator reads it out"`
}

// CutPeer says why.
type CutPeer struct {
	Reason string `json:"reason"`
}

// ResumePeer has nothing to say.
type ResumePeer struct{}

// Catalogue is what a participant behind a peer offers.
type Catalogue struct {
	Datasets []Offered `json:"datasets"`
}

// Offered is a dataset in another participant's catalogue.
type Offered struct {
	ID          dataspace.DatasetID `json:"id"`
	Title       string              `json:"title,omitempty"`
	Description string              `json:"description,omitempty"`
	Offers      []json.RawMessage   `json:"offers" doc:"ODRL offers, as they can be requested"`
	Formats     []string            `json:"formats"`
}

// Judgement is a person's decision.
type Judgement struct {
	Approve bool   `json:"approve"`
	Reason  string `json:"reason" doc:"on what the decision rests; kept as evidence"`
}

// StopFlow says why.
type StopFlow struct {
	Reason string `json:"reason,omitempty"`
}

// FlowView is a flow with how far it has come.
type FlowView struct {
	flow.Flow
	Progress *meter.Reading `json:"progress,omitempty"`
	// Sending says what keeps a protocol message from arriving.
	Sending string `json:"sending,omitempty"`
}

// Send asks for a dataset to go to a participant behind a peer: a registered
// dataset by its id, or a source with its facts.
type Send struct {
	From    dataspace.ParticipantID `json:"from" doc:"the local participant"`
	Peer    dataspace.PeerName      `json:"peer"`
	To      dataspace.ParticipantID `json:"to" doc:"behind the peer"`
	Dataset dataspace.DatasetID     `json:"dataset" doc:"of a registered dataset, or the name that the source goes by"`
	Purpose string                  `json:"purpose"`
	Format  string                  `json:"format,omitempty" doc:"csv (default), jsonl or parquet"`

	Source        dataspace.Source        `json:"source,omitzero" doc:"a file of the gateway, or an upload; nothing: the registered dataset"`
	SourceForm    *flow.SourceForm        `json:"source_form,omitempty"`
	Facts         *dataspace.DatasetFacts `json:"facts,omitempty" doc:"over those of the registered dataset"`
	Columns       []dataspace.ColumnPlan  `json:"columns,omitempty" doc:"the sender's own choices; they may only be stricter than the rules ask for"`
	RetentionDays int                     `json:"retention_days,omitempty" minimum:"0"`
}

// Fetch asks for a dataset of a participant behind a peer.
type Fetch struct {
	As      dataspace.ParticipantID `json:"as" doc:"the local participant"`
	Peer    dataspace.PeerName      `json:"peer"`
	From    dataspace.ParticipantID `json:"from" doc:"behind the peer"`
	Dataset dataspace.DatasetID     `json:"dataset"`
	Purpose string                  `json:"purpose"`
}

// ApproveFiling says which documents of a filing may be filed.
type ApproveFiling struct {
	Kind   string           `json:"kind" doc:"of the filing"`
	Digest dataspace.Digest `json:"digest" doc:"of what the documents were made of"`
	Reason string           `json:"reason" doc:"on what the approval rests; kept as evidence"`
}

// Fulfilled says how an obligation was fulfilled.
type Fulfilled struct {
	Reason string `json:"reason" doc:"how it was fulfilled; kept as evidence"`
	On     string `json:"on,omitempty" doc:"2006-01-02; today when empty"`
}

// Counts are the people an exporter has exported in a year.
type Counts struct {
	Exporter    dataspace.ParticipantID `json:"exporter"`
	Year        int                     `json:"year"`
	Totals      people.Totals           `json:"totals"`
	Thresholds  []clear.Outlook         `json:"thresholds"`
	Flows       []CountedFlow           `json:"flows" doc:"newest first"`
	FlowsInAll  int                     `json:"flows_in_all"`
	Corrections []people.Correction     `json:"corrections"`
}

// CountedFlow is a flow whose people count.
type CountedFlow struct {
	Flow   dataspace.FlowID `json:"flow"`
	State  people.State     `json:"state" doc:"reserved until they are delivered, then confirmed"`
	On     string           `json:"on,omitempty" doc:"day of the decision"`
	To     string           `json:"to,omitempty" doc:"recipient, peer/participant"`
	People people.Totals    `json:"people,omitempty" doc:"distinct people of the flow; absent where an older version counted them"`
	New    people.Totals    `json:"new,omitempty" doc:"those of them whom nobody else held when they were counted"`
}

// Correct changes a count, for a reason.
type Correct struct {
	Exporter dataspace.ParticipantID `json:"exporter"`
	Year     int                     `json:"year"`
	Change   people.Totals           `json:"change" doc:"added to the totals; may be negative"`
	Reason   string                  `json:"reason"`
}

// Evidence says with what this gateway's evidence is checked.
type Evidence struct {
	LogKey     string `json:"log_key" doc:"vkey; hutong verify --key"`
	Checkpoint string `json:"checkpoint" doc:"newest signed tree head"`
}

// Error is what every refusal looks like.
type Error struct {
	Status  int    `json:"status"`
	Code    string `json:"code" doc:"stable, dotted"`
	Message string `json:"message"`
	Place   string `json:"place,omitempty" doc:"file, row, column or field"`
	Hint    string `json:"hint,omitempty" doc:"what to do"`
}

// Error implements error.
func (e *Error) Error() string { return e.Message }

// GetStatus implements huma.StatusError.
func (e *Error) GetStatus() int { return e.Status }
