package systest_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/gateway"
	"hutong/internal/sample"
)

// smallDisk mounts a file system of some megabytes. Only root can.
func smallDisk(t *testing.T, dir, size string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skip("needs root to mount a small disk")
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
}

// fill writes a file until the disk is full.
func fill(t *testing.T, dir string) (path string) {
	t.Helper()
	path = filepath.Join(dir, "filler")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, block := range [][]byte{make([]byte, 64<<10), make([]byte, 512)} {
		for err = nil; err == nil; {
			_, err = f.Write(block)
		}
	}
	return path
}

// TestFullInbox delivers to a disk that has no room, until it has.
func TestFullInbox(t *testing.T) {
	w := newWorld(t)
	inbox := filepath.Join(w.far.dir, "inbox")
	smallDisk(t, inbox, "8m")
	w.far.call("POST", "/participants", gateway.Participant{ID: "tiger", LegalName: dataspace.Text{EN: "tiger"}, Jurisdiction: "SG", Inbox: inbox, Intake: gateway.Intake{Accept: []gateway.IntakeRule{{Peer: "shanghai"}}}, Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"foreign_authority": dataspace.BoolOf(false),
	})}, nil)
	filler := filepath.Join(inbox, "filler")
	if err := os.WriteFile(filler, make([]byte, 6<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	sent := longSupport(t, 100)
	s := w.sending(sent.write(t, filepath.Join(w.here.dir, "tickets.csv")))
	s.To = "tiger"
	f := w.here.until(w.send(s).ID, dataspace.Delivering)
	var far flowView
	for far.Trouble == nil || !strings.Contains(far.Trouble.Message, "disk is full") {
		if far = w.other(w.here.flow(f.ID)); far.State.Final() {
			t.Fatalf("flow to a full disk is %s: %+v", far.State, far.Trouble)
		}
		pause()
	}
	if far.Trouble.Hint == "" || !far.Trouble.Retry {
		t.Errorf("trouble %+v", far.Trouble)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	w.far.call("POST", "/flows/"+string(far.ID)+"/resume", nil, nil)
	here, far := w.complete(f)
	var plan dataspace.Plan
	w.here.document(here.ID, flow.DocPlan, &plan)
	pseudonyms{}.check(t, plan, sent, readDelivered(t, far.Delivered.Path))
	w.verify(here, far)
}

// TestFullDisk fills the disk of the sending gateway's state.
func TestFullDisk(t *testing.T) {
	w := &world{t: t, here: newGateway(t, "shanghai", "CN"), far: newGateway(t, "singapore", "SG")}
	smallDisk(t, w.here.data, "24m")
	t.Cleanup(w.here.kill) // before it is unmounted
	w.here.start()
	w.far.start()
	w.exporter(acme)
	w.recipient(lion, "shanghai")
	w.pair()
	w.recipient("tiger")
	path := w.write(sample.Support)
	w.complete(w.send(w.sending(path)))
	s := w.sending(path)
	s.To = "tiger"
	f := w.here.until(w.send(s).ID, dataspace.Negotiating)
	far := w.far.until(w.waitFar(func(o flow.Flow) bool { return o.Local == "tiger" }).ID, dataspace.WaitingReview)

	filler := fill(t, w.here.data)
	w.far.call("POST", "/flows/"+string(far.ID)+"/accept", client.Judgement{Approve: true, Reason: "ordered"}, nil)
	err := w.here.try("POST", "/flows/send", w.sending(path), nil)
	var full *refusal
	if !errors.As(err, &full) || full.answer.Code != "state.disk.full" || full.answer.Hint == "" {
		t.Errorf("on a full disk a flow is answered with %v", err)
	}
	for range 100 {
		if now := w.here.flow(f.ID); now.State == dataspace.Completed || len(w.delivered("tiger")) > 0 {
			t.Fatalf("flow is %s though nothing can be stored", now.State)
		}
		pause()
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	here, far := w.complete(f)
	w.verify(here, far)
	wantKinds(t, checkLog(t, w.here.data), here.ID, sentKinds)
	here, far = w.complete(w.send(w.sending(path)))
	w.verify(here, far)
	if got := w.people(acme); got["non_sensitive"] != supportPeople {
		t.Errorf("people %+v", got)
	}
	w.here.kill()
	w.here.start()
	wantKinds(t, checkLog(t, w.here.data), here.ID, sentKinds)
}
