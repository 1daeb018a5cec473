package gateway

import (
	"encoding/json"
	"fmt"
	"time"

	"hutong/internal/dataspace"
)

// Rows are the stored form of what the gateway knows. They are types of their
// own: a member of Participant may change its name, or its place on the wire,
// and what is stored stays readable. A store may select by members of a row and
// does not decode it otherwise; the names in use stand in the queries and
// migrations of the store, and a new form keeps them or migrates them.
//
// The form of a row grows when a member changes its meaning or its name; the
// Decode functions then read what older versions wrote.
//
//	0  written before forms: the same members, and the facts about a
//	   participant beside them
//	1  the facts about a participant in a member of their own
const rowForm = 1

// form is the first member of every row.
type form struct {
	Form int `json:"body_version"`
}

// current is the form in which rows are written.
var current = form{rowForm}

// participantRow is a Participant as it is stored.
type participantRow struct {
	form
	ID           dataspace.ParticipantID `json:"id"`
	LegalName    dataspace.Text          `json:"legal_name"`
	Jurisdiction dataspace.Jurisdiction  `json:"jurisdiction"`
	Group        string                  `json:"group,omitempty"`
	Intake       intakeRow               `json:"intake"`
	Inbox        string                  `json:"inbox,omitempty"`
	Created      time.Time               `json:"created"`
	Updated      time.Time               `json:"updated"`
	Known        *dataspace.Values       `json:"known,omitempty"`
}

// intakeRow is an Intake as it is stored.
type intakeRow struct {
	Accept []acceptRow `json:"accept,omitempty"`
}

// acceptRow is an IntakeRule as it is stored.
type acceptRow struct {
	Peer     dataspace.PeerName `json:"peer"`
	Purposes []string           `json:"purposes,omitempty"`
}

// EncodeParticipant returns the stored form of a participant.
func EncodeParticipant(p Participant) ([]byte, error) {
	row := participantRow{
		form: current, ID: p.ID, LegalName: p.LegalName, Jurisdiction: p.Jurisdiction, Group: p.Group, Inbox: p.Inbox,
		Created: p.Created, Updated: p.Updated, Known: &p.Known,
	}
	for _, r := range p.Intake.Accept {
		row.Intake.Accept = append(row.Intake.Accept, acceptRow(r))
	}
	return encodeRow("participant", string(p.ID), row)
}

// DecodeParticipant reads the stored form of a participant.
func DecodeParticipant(data []byte) (Participant, error) {
	var row participantRow
	if err := decodeRow("participant", data, &row, &row.form); err != nil {
		return Participant{}, err
	}
	p := Participant{ID: row.ID, LegalName: row.LegalName, Jurisdiction: row.Jurisdiction, Group: row.Group, Inbox: row.Inbox, Created: row.Created, Updated: row.Updated}
	for _, r := range row.Intake.Accept {
		p.Intake.Accept = append(p.Intake.Accept, IntakeRule(r))
	}
	if row.Known != nil {
		p.Known = *row.Known
	}
	if row.Form > 0 {
		return p, nil
	}
	// The facts stood beside the members.
	var old participantForm0
	var err error
	if p.Known, err = dataspace.UnmarshalWith(data, &old); err != nil {
		return Participant{}, fmt.Errorf("decode participant %s: %w", p.ID, err)
	}
	return p, nil
}

// participantForm0 has the members of form 0 that are no facts.
type participantForm0 struct {
	ID           json.RawMessage `json:"id"`
	LegalName    json.RawMessage `json:"legal_name"`
	Jurisdiction json.RawMessage `json:"jurisdiction"`
	Group        json.RawMessage `json:"group"`
	Intake       json.RawMessage `json:"intake"`
	Inbox        json.RawMessage `json:"inbox"`
	Created      json.RawMessage `json:"created"`
	Updated      json.RawMessage `json:"updated"`
}

// datasetRow is a Dataset as it is stored.
type datasetRow struct {
	form
	ID            dataspace.DatasetID     `json:"id"`
	Owner         dataspace.ParticipantID `json:"owner"`
	Title         dataspace.Text          `json:"title"`
	Source        dataspace.Source        `json:"source"`
	Format        string                  `json:"format,omitempty"`
	Charset       string                  `json:"charset,omitempty"`
	Delimiter     string                  `json:"delimiter,omitempty"`
	Dialect       string                  `json:"dialect,omitempty"`
	Header        string                  `json:"header,omitempty"`
	Skip          int                     `json:"skip,omitempty"`
	System        string                  `json:"system,omitempty"`
	Purposes      []string                `json:"purposes,omitempty"`
	Columns       []dataspace.ColumnPlan  `json:"columns,omitempty"`
	RetentionDays int                     `json:"retention_days,omitempty"`
	Facts         dataspace.DatasetFacts  `json:"facts"`
	Created       time.Time               `json:"created"`
	Updated       time.Time               `json:"updated"`
}

// EncodeDataset returns the stored form of a dataset.
func EncodeDataset(d Dataset) ([]byte, error) {
	return encodeRow("dataset", string(d.ID), datasetRow{
		form: current, ID: d.ID, Owner: d.Owner, Title: d.Title, Source: d.Source, Format: d.Format, Charset: d.Charset, Delimiter: d.Delimiter, Dialect: d.Dialect, Header: d.Header, Skip: d.Skip, System: d.System,
		Purposes: d.Purposes, Columns: d.Columns, RetentionDays: d.RetentionDays, Facts: d.Facts, Created: d.Created, Updated: d.Updated,
	})
}

// DecodeDataset reads the stored form of a dataset.
func DecodeDataset(data []byte) (Dataset, error) {
	var row datasetRow
	if err := decodeRow("dataset", data, &row, &row.form); err != nil {
		return Dataset{}, err
	}
	return Dataset{
		ID: row.ID, Owner: row.Owner, Title: row.Title, Source: row.Source, Format: row.Format, Charset: row.Charset, Delimiter: row.Delimiter, Dialect: row.Dialect, Header: row.Header, Skip: row.Skip, System: row.System,
		Purposes: row.Purposes, Columns: row.Columns, RetentionDays: row.RetentionDays, Facts: row.Facts, Created: row.Created, Updated: row.Updated,
	}, nil
}

// keyRow is an APIKey as it is stored; the hash has a column of its own.
type keyRow struct {
	form
	ID          KeyID                   `json:"id"`
	Name        string                  `json:"name"`
	Role        Role                    `json:"role"`
	Participant dataspace.ParticipantID `json:"participant,omitempty"`
	Created     time.Time               `json:"created"`
}

// EncodeKey returns the stored form of an API key, without its hash.
func EncodeKey(k APIKey) ([]byte, error) {
	return encodeRow("API key", string(k.ID), keyRow{form: current, ID: k.ID, Name: k.Name, Role: k.Role, Participant: k.Participant, Created: k.Created})
}

// DecodeKey reads the stored form of an API key.
func DecodeKey(data []byte) (APIKey, error) {
	var row keyRow
	if err := decodeRow("API key", data, &row, &row.form); err != nil {
		return APIKey{}, err
	}
	return APIKey{ID: row.ID, Name: row.Name, Role: row.Role, Participant: row.Participant, Created: row.Created}, nil
}

// peerRow is a Peer as it is stored. The card stays as the peer signs it.
type peerRow struct {
	form
	Name        dataspace.PeerName `json:"name"`
	URL         string             `json:"url"`
	Card        Card               `json:"card"`
	Fingerprint string             `json:"fingerprint"`
	State       PeerState          `json:"state"`
	Policy      policyRow          `json:"policy"`
	Added       time.Time          `json:"added"`
	Confirmed   *time.Time         `json:"confirmed,omitempty"`
	Version     int64              `json:"version"`
}

// policyRow is a Policy as it is stored.
type policyRow struct {
	Cut      bool        `json:"cut,omitempty"`
	Reason   string      `json:"reason,omitempty"`
	Allow    []Operation `json:"allow"`
	Purposes []string    `json:"purposes,omitempty"`
}

// EncodePeer returns the stored form of a peer.
func EncodePeer(p Peer) ([]byte, error) {
	return encodeRow("peer", string(p.Name), peerRow{
		form: current, Name: p.Name, URL: p.URL, Card: p.Card, Fingerprint: p.Fingerprint, State: p.State, Policy: policyRow(p.Policy),
		Added: p.Added, Confirmed: p.Confirmed, Version: p.Version,
	})
}

// DecodePeer reads the stored form of a peer.
func DecodePeer(data []byte) (Peer, error) {
	var row peerRow
	if err := decodeRow("peer", data, &row, &row.form); err != nil {
		return Peer{}, err
	}
	return Peer{
		Name: row.Name, URL: row.URL, Card: row.Card, Fingerprint: row.Fingerprint, State: row.State, Policy: Policy(row.Policy),
		Added: row.Added, Confirmed: row.Confirmed, Version: row.Version,
	}, nil
}

func encodeRow(kind, id string, row any) ([]byte, error) {
	data, err := json.Marshal(row)
	if err != nil {
		return nil, fmt.Errorf("encode %s %s: %w", kind, id, err)
	}
	return data, nil
}

// decodeRow reads a row, whose form is f. A row of a newer version of the
// program is ErrInvalid.
func decodeRow(kind string, data []byte, row any, f *form) error {
	if err := json.Unmarshal(data, row); err != nil {
		return fmt.Errorf("decode %s: %w", kind, err)
	}
	return dataspace.CheckStored(kind, f.Form, rowForm)
}
