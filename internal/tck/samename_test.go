package main

import (
	"encoding/json"
	"testing"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
	"hutong/internal/sqlite"
)

// TestSameAgreementName: two providers name their agreements alike. The
// transfer of a flow is requested from its own provider.
func TestSameAgreementName(t *testing.T) {
	b := newSide(t, "beta")
	store := sqlite.NewAgree(b.db)
	for _, p := range []string{"alpha", "gamma"} {
		body, err := json.Marshal(map[string]any{
			"role": "consumer", "local": "beta", "state": "FINALIZED", "flow": "flow-" + p, "agreement_id": "urn:same", "dataset": "d",
			"counterparty": dataspace.Counterparty{Participant: dataspace.ParticipantID(p), Peer: dataspace.PeerName(p), Address: "https://" + p + ".invalid/dsp"},
		})
		if err != nil {
			t.Fatal(err)
		}
		err = store.Create(t.Context(), agree.Row{Ref: agree.Ref{Kind: agree.KindNegotiation, ID: "neg-" + p}, Local: "beta",
			Flow: dataspace.FlowID("flow-" + p), Agreement: "urn:same", State: agree.Finalized, Version: 1, Body: body})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range []string{"alpha", "gamma"} {
		got, err := b.svc.RequestTransfer(t.Context(), agree.NewTransfer{Local: "beta", Flow: dataspace.FlowID("flow-" + p), AgreementID: "urn:same", Format: "HttpData-PULL"})
		if err != nil || got.Counterparty.Peer != dataspace.PeerName(p) {
			t.Errorf("the transfer of %s goes to %q (%v)", p, got.Counterparty.Peer, err)
		}
	}
}
