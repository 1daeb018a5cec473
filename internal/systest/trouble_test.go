package systest_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/sample"
)

// TestPeerDown sends to a gateway that is not there, and waits for it.
func TestPeerDown(t *testing.T) {
	w := newWorld(t)
	path := w.write(sample.Support)
	w.complete(w.send(w.sending(path))) // from here on the recipient is known
	w.far.kill()

	f := w.send(w.sending(path))
	f = w.here.until(f.ID, dataspace.Negotiating)
	f = w.says(f, "has not arrived")
	if f.State != dataspace.Negotiating {
		t.Fatalf("flow is %s while the peer is down", f.State)
	}
	// Following says so, and interrupting it leaves the flow alone.
	cmd := exec.Command(program, "--data-dir", w.here.data, "flow", "follow", string(f.ID))
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(1500*time.Millisecond, func() { _ = cmd.Process.Signal(os.Interrupt) })
	_ = cmd.Wait() // its code is looked at below
	if !strings.Contains(errs.String(), "has not arrived") || !strings.Contains(errs.String(), "flow follow "+string(f.ID)) {
		t.Fatalf("follow says nothing of the trouble or of how to come back (exit %d):\n%s", cmd.ProcessState.ExitCode(), errs.String())
	}

	// A restart of our side meanwhile changes nothing.
	w.here.kill()
	w.here.start()
	w.far.start()
	here, far := w.complete(f)
	w.verify(here, far)
	wantKinds(t, checkLog(t, w.here.data), here.ID, sentKinds)
	wantKinds(t, checkLog(t, w.far.data), far.ID, gotKinds)

	// Nothing is known of a recipient that was never asked for: that is said
	// at once, not after profiling.
	w.far.kill()
	s := w.sending(path)
	s.To = "somebody"
	_, stderr, code := w.here.command("send", path, "--from", acme, "--to", "singapore/somebody", "--purpose", "business")
	if code != 5 || !strings.Contains(stderr, "singapore") {
		t.Fatalf("send to an unknown recipient of a peer that is down ended with %d\n%s", code, stderr)
	}
}

// says waits until a flow shows why it does not go on.
func (w *world) says(f flowView, words string) flowView {
	w.t.Helper()
	for range 1000 {
		f = w.here.flow(f.ID)
		if strings.Contains(f.Sending, words) || f.Trouble != nil && strings.Contains(f.Trouble.Message, words) {
			return f
		}
		pause()
	}
	w.t.Fatalf("flow %s (%s) does not say %q: trouble %+v, sending %q\n%s", f.ID, f.State, words, f.Trouble, f.Sending, w.here.tail())
	return f
}

// A second gateway on the same directory would write the same log.
func TestSecondStart(t *testing.T) {
	g := newGateway(t, "shanghai", "CN")
	g.start()
	out, err := exec.Command(program, "serve", "--config", g.config, "--listen", freePort(t), "--management", freePort(t)).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "already running") || !strings.Contains(string(out), "hint") {
		t.Fatalf("a second start gave %v\n%s", err, out)
	}
	g.call("GET", "/gateway", nil, nil) // the first one does not mind
	g.stop()
	if _, err := os.Stat(filepath.Join(g.data, "management.json")); err == nil {
		t.Error("a stopped gateway still says where it is managed")
	}
	_, stderr, code := g.command("flow", "list")
	if code == 0 || !strings.Contains(stderr, "hutong serve") {
		t.Fatalf("without a gateway the command line ends with %d and says\n%s", code, stderr)
	}
	g.start()
	g.stop()
}

// TestStopMidDelivery stops each side, as an operator does, while data flows.
func TestStopMidDelivery(t *testing.T) {
	w := newWorld(t)
	sent := longSupport(t, 600)
	path := sent.write(t, filepath.Join(w.here.dir, "tickets.csv"))
	for _, g := range []*gatewayProcess{w.here, w.far} {
		f := w.here.until(w.send(w.sending(path)).ID, dataspace.Delivering)
		began := time.Now()
		g.stop()
		if took := time.Since(began); took > 8*time.Second {
			t.Errorf("%s took %s to stop", g.id, took)
		}
		g.start()
		here, far := w.complete(f)
		var plan dataspace.Plan
		w.here.document(here.ID, flow.DocPlan, &plan)
		pseudonyms{}.check(t, plan, sent, readDelivered(t, far.Delivered.Path))
		w.verify(here, far)
		wantKinds(t, checkLog(t, w.here.data), here.ID, sentKinds)
		wantKinds(t, checkLog(t, w.far.data), far.ID, gotKinds)
	}
}

// Stopping a flow must not wait until a long step of it is done.
func TestStopFlow(t *testing.T) {
	w := newWorld(t)
	path := longSupport(t, 2500).write(t, filepath.Join(w.here.dir, "tickets.csv")) // takes a second to profile
	f := w.send(w.sending(path))
	w.here.until(f.ID, dataspace.Profiling)
	w.here.call("POST", "/flows/"+string(f.ID)+"/stop", client.StopFlow{Reason: "the wrong table"}, &f)
	if f = w.here.settle(f.ID); f.State != dataspace.Stopped {
		t.Fatalf("flow is %s", f.State)
	}
	if wantKinds(t, checkLog(t, w.here.data), f.ID, []dataspace.EventKind{dataspace.EventStop}); len(w.far.flows()) != 0 {
		t.Fatal("the far side heard of it")
	}
	for _, name := range stateFiles(t, w.here) {
		if strings.Contains(name, "census") {
			t.Errorf("%s is left of a stopped flow", name)
		}
	}
	if got := w.people(acme); got["non_sensitive"] != 0 {
		t.Errorf("people %+v", got)
	}

	f = w.send(w.sending(path))
	f = w.here.until(f.ID, dataspace.Delivering)
	w.here.call("POST", "/flows/"+string(f.ID)+"/stop", client.StopFlow{Reason: "the wrong table"}, &f)
	f = w.here.settle(f.ID)
	far := w.far.settle(w.other(f).ID)
	if f.State != dataspace.Stopped || far.State != dataspace.Refused {
		t.Fatalf("the sides are %s and %s (%+v)", f.State, far.State, far.Trouble)
	}
	if got := w.delivered(lion); len(got) != 0 {
		t.Errorf("%v was delivered by a stopped flow", got)
	}
}

// A table that changes between profile and delivery is not what was cleared.
func TestSourceChanges(t *testing.T) {
	w := newWorld(t)
	w.recipient("tiger")
	sent := sampleCells(t, sample.Support)
	path := sent.write(t, filepath.Join(w.here.dir, "tickets.csv"))
	s := w.sending(path)
	s.To = "tiger"
	f := w.here.until(w.send(s).ID, dataspace.Negotiating)
	var far []flow.Flow
	for len(far) == 0 || far[0].State != dataspace.WaitingReview {
		far = w.far.flows()
		pause()
	}
	append(sent, sent[1]).write(t, path)
	w.far.call("POST", "/flows/"+string(far[0].ID)+"/accept", client.Judgement{Approve: true, Reason: "ordered"}, nil)
	f = w.here.settle(f.ID)
	if f.State != dataspace.Failed || f.Trouble == nil {
		t.Fatalf("flow of a table that changed is %s", f.State)
	}
	if o := w.far.settle(far[0].ID); !o.State.Final() || o.State == dataspace.Completed {
		t.Fatalf("the far side is %s", o.State)
	}
	if got := w.delivered("tiger"); len(got) != 0 {
		t.Errorf("%v was delivered of a table that changed", got)
	}
}

// A broken table says where, and nothing leaves.
func TestBrokenSource(t *testing.T) {
	w := newWorld(t)
	sent := sampleCells(t, sample.Support)
	path := sent.write(t, filepath.Join(w.here.dir, "tickets.csv"))
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(data, []byte("\n"))
	lines[10] = append([]byte("one,more,"), lines[10]...)
	if err := os.WriteFile(path, bytes.Join(lines, nil), 0o600); err != nil {
		t.Fatal(err)
	}
	f := w.here.settle(w.send(w.sending(path)).ID)
	if f.State != dataspace.Failed || !strings.Contains(f.Trouble.Message, "tickets.csv") || !strings.Contains(f.Trouble.Message, "10") {
		t.Fatalf("flow of a broken table is %s: %+v", f.State, f.Trouble)
	}
	s := w.sending(path + ".not")
	f = w.here.settle(w.send(s).ID)
	if f.State != dataspace.Failed {
		t.Fatalf("flow of a file that is not there is %s: %+v", f.State, f.Trouble)
	}
}

// waitFar waits for a flow of the far side.
func (w *world) waitFar(is func(flow.Flow) bool) flow.Flow {
	w.t.Helper()
	for range 1000 {
		for _, f := range w.far.flows() {
			if is(f) {
				return f
			}
		}
		pause()
	}
	w.t.Fatalf("the far side has no such flow\n%s\n%s", w.here.tail(), w.far.tail())
	return flow.Flow{}
}
