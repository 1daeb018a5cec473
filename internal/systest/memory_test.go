package systest_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
)

// TestStateInMemory takes data from gateway to gateway with the rows of both in
// memory: it is the same gateway but for one promise, that anything lasts.
func TestStateInMemory(t *testing.T) {
	x := &exchange{world: newWorld(t, "state: 'memory:'"), seen: pseudonyms{}, kinds: map[*gatewayProcess]map[dataspace.FlowID][]dataspace.EventKind{}}
	x.exporter("re")
	x.recipient(court, "shanghai")
	x.compliance = x.newKey(x.here, "officer", gateway.Compliance, "")
	x.part("cleared", x.cleared)
	x.part("formats", x.formats)
	x.part("action-required", x.actionRequired)
	x.part("human-review", x.humanReview)
	x.part("prohibited", x.prohibited)
	x.part("forgets", x.forgets)
	x.part("left-alone", x.leftAlone)
}

// forgets kills a gateway: the next one in its place knows nothing, and is
// another one to its peers.
func (x *exchange) forgets(t *testing.T) {
	if !strings.Contains(x.here.tail(), "state is in memory") {
		t.Errorf("nobody was warned:\n%s", x.here.tail())
	}
	var before, after struct{ Fingerprint string }
	x.here.call("GET", "/gateway", nil, &before)
	for name, end := range map[string]func(){"killed": x.here.kill, "stopped": x.here.stop} {
		end()
		if _, err := os.Stat(filepath.Join(x.here.data, "trial")); name == "stopped" && !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a gateway that was stopped has left what belonged to its rows: %v", err)
		}
		x.here.start()
		var participants []gateway.Participant
		x.here.call("GET", "/participants", nil, &participants)
		x.here.call("GET", "/gateway", nil, &after)
		if len(x.here.flows()) != 0 || len(participants) != 0 || after.Fingerprint == before.Fingerprint {
			t.Fatalf("after it was %s the gateway knows %d flows and %d participants", name, len(x.here.flows()), len(participants))
		}
	}
	if list := x.delivered(lion); len(list) == 0 {
		t.Error("what was delivered is gone")
	}
	if f := x.far.flows(); len(f) == 0 || f[0].State == "" || f[0].Role != dataspace.Consumer {
		t.Errorf("the other gateway knows %+v", f)
	}
}

// leftAlone starts a trial where another gateway has its state: it is refused,
// and nothing there is changed.
func (x *exchange) leftAlone(t *testing.T) {
	g := newGateway(t, "real", "SG")
	g.start()
	g.call("POST", "/participants", gateway.Participant{ID: lion, LegalName: dataspace.Text{EN: lion}, Jurisdiction: "SG"}, nil)
	g.stop()
	out, errs, code := g.command("serve", "--config", g.config, "--state", "memory:")
	if code == 0 || !strings.Contains(errs, "would not read") {
		t.Fatalf("a trial on the state of a gateway ended with %d\n%s\n%s", code, out, errs)
	}
	_, errs, code = g.command("serve", "--config", g.config, "--state", "postgres://db/hutong")
	if code != 2 || !strings.Contains(errs, "memory: and sqlite:") {
		t.Fatalf("an unknown state ended with %d\n%s", code, errs)
	}
	g.start()
	g.call("GET", "/participants/"+lion, nil, nil)
}
