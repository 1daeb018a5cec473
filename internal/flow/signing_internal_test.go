package flow

import (
	"context"
	"errors"
	"testing"

	"hutong/internal/dataspace"
)

// oneFlow is a store of one flow.
type oneFlow struct {
	Store
	flow Flow
}

func (s oneFlow) ByNegotiation(context.Context, dataspace.NegotiationID) (Flow, error) {
	return s.flow, nil
}

// A note is there for the other side of its flow alone, and only under the path
// of the participant that the flow belongs to.
func TestNoteOfOneParticipant(t *testing.T) {
	f := Flow{}
	f.ID, f.Local, f.Role, f.Peer, f.Counterparty = "f", "acme", dataspace.Provider, "far", "lion"
	s := &Signing{records: &records{store: oneFlow{flow: f}}}
	for _, c := range []struct {
		local  dataspace.ParticipantID
		caller dataspace.Caller
	}{
		{"other", dataspace.Caller{Peer: "far", Participant: "lion"}},
		{"acme", dataspace.Caller{Peer: "far", Participant: "tiger"}},
		{"acme", dataspace.Caller{Peer: "near", Participant: "lion"}},
	} {
		if _, err := s.Note(t.Context(), c.local, c.caller, "n"); !errors.Is(err, dataspace.ErrNotFound) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
