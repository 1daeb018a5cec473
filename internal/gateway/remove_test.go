package gateway_test

import (
	"context"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
)

// A peer with open flows cannot be removed: another gateway with the same name
// would take over these flows.
func TestRemovePeerBusy(t *testing.T) {
	b := newNode(t, "singapore")
	busy := 1
	a, err := gateway.New(gateway.Config{Gateway: "shanghai", Name: "Shanghai", Jurisdiction: "CN", URL: "https://127.0.0.1:8443",
		Keys: openKeys(t, "shanghai"), Store: openStore(t), Now: (&clock{}).now,
		RunningWith: func(_ context.Context, name dataspace.PeerName) (int, error) {
			if name != "sg" {
				t.Errorf("asked for the flows with %q", name)
			}
			return busy, nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	if _, err := a.AddPeer(t.Context(), "sg", b.server.URL); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, a.RemovePeer(t.Context(), "sg"), dataspace.ErrConflict, "peer.busy")
	if _, err := a.Peer(t.Context(), "sg"); err != nil {
		t.Error(err)
	}
	busy = 0
	if err := a.RemovePeer(t.Context(), "sg"); err != nil {
		t.Error(err)
	}
}
