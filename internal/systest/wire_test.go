package systest_test

import (
	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/meter"
	"hutong/internal/people"
)

// The tests read what gateways answer with the types of the program, so that
// its states and identifiers can be compared with what the program says. What
// clients rely on are the types of package client.

// flowView is a flow as a gateway answers it.
type flowView struct {
	flow.Flow
	Progress *meter.Reading `json:"progress,omitempty"`
	Sending  string         `json:"sending,omitempty"`
}

// sendAsk begins a flow.
type sendAsk struct {
	From          dataspace.ParticipantID `json:"from"`
	Peer          dataspace.PeerName      `json:"peer"`
	To            dataspace.ParticipantID `json:"to"`
	Dataset       dataspace.DatasetID     `json:"dataset"`
	Purpose       string                  `json:"purpose"`
	Format        string                  `json:"format,omitempty"`
	Source        dataspace.Source        `json:"source,omitzero"`
	SourceForm    *flow.SourceForm        `json:"source_form,omitempty"`
	Facts         *dataspace.DatasetFacts `json:"facts,omitempty"`
	Columns       []dataspace.ColumnPlan  `json:"columns,omitempty"`
	RetentionDays int                     `json:"retention_days,omitempty"`
}

// yearCounts are the people of an exporter in a year, as far as tests look.
type yearCounts struct {
	Year        int                 `json:"year"`
	Totals      people.Totals       `json:"totals"`
	Flows       []countedFlow       `json:"flows"`
	FlowsInAll  int                 `json:"flows_in_all"`
	Corrections []people.Correction `json:"corrections"`
}

// countedFlow is a flow whose people count.
type countedFlow struct {
	Flow   dataspace.FlowID `json:"flow"`
	State  people.State     `json:"state"`
	On     string           `json:"on,omitempty"`
	To     string           `json:"to,omitempty"`
	People people.Totals    `json:"people,omitempty"`
	New    people.Totals    `json:"new,omitempty"`
}
