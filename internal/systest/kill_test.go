package systest_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/gateway"
)

// killRounds is what ./check has time for; HUTONG_KILL_ROUNDS asks for more.
const killRounds = 12

// TestKill kills gateways at random moments of a flow. After the restart the
// flow must end as if nothing had happened: the same bytes, everything in the
// log once, everybody counted once.
func TestKill(t *testing.T) {
	rounds := killRounds
	if v := os.Getenv("HUTONG_KILL_ROUNDS"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil {
			t.Fatal(err)
		}
		rounds = n
	}
	seed := uint64(time.Now().UnixNano())
	if v := os.Getenv("HUTONG_KILL_SEED"); v != "" {
		n, err := strconv.ParseUint(v, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seed = n
	}
	k := newKillTest(t, seed)
	for k.round = range rounds {
		k.run()
	}
	t.Logf("seed %d: %d rounds, %d kills, at %v", seed, rounds, k.kills, k.found)
}

type killTest struct {
	*world
	r      *rand.Rand
	seed   uint64
	round  int
	source string
	want   []byte        // the delivered file
	length time.Duration // of an undisturbed flow
	kills  int
	began  time.Time // of the round's flow
	// found counts in which states flows were found after a restart.
	found map[string]int
	files int
}

func newKillTest(t *testing.T, seed uint64) *killTest {
	k := &killTest{world: newWorld(t), seed: seed, r: rand.New(rand.NewPCG(seed, 1)), found: map[string]int{}}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("HUTONG_KILL_SEED=%d, round %d", seed, k.round)
		}
	})
	sent := longSupport(t, 150)
	k.source = sent.write(t, filepath.Join(k.here.dir, "tickets.csv"))
	// One flow that nobody disturbs shows what must come out, and how long
	// it takes; a second one, when all is warm, is the measure.
	for range 2 {
		began := time.Now()
		here, far := k.complete(k.send(k.sending(k.source)))
		k.length = time.Since(began)
		var plan dataspace.Plan
		k.here.document(here.ID, flow.DocPlan, &plan)
		got, err := os.ReadFile(far.Delivered.Path)
		if err != nil {
			t.Fatal(err)
		}
		if k.want == nil {
			pseudonyms{}.check(t, plan, sent, parseCSV(t, got))
			k.want = got
		}
		k.files++
		k.check(acme, here, far)
	}
	t.Logf("a flow of %d bytes takes %s", len(k.want), k.length)
	return k
}

// run is one round: a flow of a new exporter, so that its people can be
// counted exactly, and one to three kills.
func (k *killTest) run() {
	k.t.Helper()
	id := dataspace.ParticipantID("exporter-" + strconv.Itoa(k.round))
	k.exporter(id)
	complete := k.begin(id)
	var log []string
	for n := range 1 + k.r.IntN(3) {
		moment := k.await(n)
		who := []*gatewayProcess{k.here, k.far}
		if n := k.r.IntN(3); n < 2 {
			who = who[n : n+1]
		}
		for _, g := range who {
			log = append(log, moment+" "+g.id)
			g.kill()
			k.kills++
		}
		k.visible()
		for _, g := range who {
			k.note(g)
			g.launch()
		}
		for _, g := range who {
			g.await()
		}
	}
	defer func() {
		if k.t.Failed() {
			k.t.Logf("round %d: %s", k.round, strings.Join(log, ", "))
		}
	}()
	here, far := complete()
	k.files++
	k.check(id, here, far)
}

// begin has either side ask for a flow. The function that it returns waits for
// the end.
func (k *killTest) begin(id dataspace.ParticipantID) (complete func() (here, far flowView)) {
	k.t.Helper()
	k.began = time.Now()
	if k.r.IntN(3) > 0 {
		s := k.sending(k.source)
		s.From = id
		f := k.send(s)
		return func() (flowView, flowView) { return k.complete(f) }
	}
	k.here.call("POST", "/datasets", gateway.Dataset{
		ID: "on-offer", Owner: id, Source: dataspace.FileSource(k.source), Title: dataspace.Text{EN: "Tickets"}, Purposes: []string{"business"}, Facts: *known("digital_content"),
	}, nil)
	var f flowView
	k.far.call("POST", "/flows/fetch", client.Fetch{As: lion, Peer: "shanghai", From: string(id), Dataset: "on-offer", Purpose: "business"}, &f)
	return func() (flowView, flowView) {
		far := k.far.settle(f.ID)
		if far.State != dataspace.Completed {
			k.t.Fatalf("fetch %s is %s: %+v\n%s\n%s", f.ID, far.State, far.Trouble, k.here.tail(), k.far.tail())
		}
		here := k.here.settle(k.counterpart(far).ID)
		if here.State != dataspace.Completed {
			k.t.Fatalf("flow %s is %s: %+v\n%s", here.ID, here.State, here.Trouble, k.here.tail())
		}
		return here, far
	}
}

// await waits for the moment of the n-th kill of a round: any moment of a
// flow, or shortly after one of the sides has reached some state.
func (k *killTest) await(n int) string {
	k.t.Helper()
	if n > 0 || k.r.IntN(2) == 0 {
		pause := time.Duration(k.r.Int64N(int64(k.length) / int64(n+1)))
		time.Sleep(pause) // the moment of the kill is what is tested
		return pause.Round(time.Millisecond).String()
	}
	g := []*gatewayProcess{k.here, k.far}[k.r.IntN(2)]
	states := []dataspace.FlowState{dataspace.Checking, dataspace.Negotiating, dataspace.Delivering, dataspace.Proving}
	at := k.r.IntN(len(states))
	for deadline := time.Now().Add(4 * k.length); time.Now().Before(deadline); {
		if state := k.stateOf(g); state.Final() || slices.Index(states, state) >= at {
			break
		}
	}
	pause := time.Duration(k.r.Int64N(int64(40 * time.Millisecond)))
	time.Sleep(pause)
	return g.id + " " + string(states[at]) + "+" + pause.Round(time.Millisecond).String()
}

// stateOf is how far the newest flow of a gateway has come.
func (k *killTest) stateOf(g *gatewayProcess) dataspace.FlowState {
	k.t.Helper()
	var list []flow.Flow
	g.call("GET", "/flows?limit=1", nil, &list)
	if len(list) == 0 || list[0].Created.Before(k.began) {
		return ""
	}
	return list[0].State
}

// note remembers in which state a killed gateway has left its newest flow.
func (k *killTest) note(g *gatewayProcess) {
	k.t.Helper()
	db := openDatabase(k.t, g.data)
	defer db.Close()
	var state string
	if err := db.QueryRow(`SELECT state FROM flow ORDER BY created_at DESC LIMIT 1`).Scan(&state); err != nil {
		k.t.Fatal(err)
	}
	k.found[g.id+" "+state]++
}

// visible checks that what can be seen in the inbox is whole.
func (k *killTest) visible() {
	k.t.Helper()
	for _, name := range k.delivered(lion) {
		data, err := os.ReadFile(filepath.Join(k.far.data, "inbox", lion, name))
		if err != nil {
			k.t.Fatal(err)
		}
		if !bytes.Equal(data, k.want) {
			k.t.Fatalf("%s has %d bytes that are not the delivery of %d", name, len(data), len(k.want))
		}
	}
}

// check looks at everything that a completed flow leaves.
func (k *killTest) check(exporter dataspace.ParticipantID, here, far flowView) {
	k.t.Helper()
	k.visible()
	if got := k.delivered(lion); len(got) != k.files {
		k.t.Fatalf("the inbox has %d files after %d deliveries: %v", len(got), k.files, got)
	}
	if _, err := os.Stat(far.Delivered.Path); err != nil {
		k.t.Fatal(err)
	}
	if n, m := len(k.here.flows()), len(k.far.flows()); n != k.files || m != k.files {
		k.t.Fatalf("there are %d and %d flows after %d deliveries", n, m, k.files)
	}
	if got := k.people(exporter); got["non_sensitive"] != supportPeople || got["sensitive"] != 0 || got["under_14"] != 0 {
		k.t.Fatalf("people of %s are %+v, want %d", exporter, got, supportPeople)
	}
	wantKinds(k.t, checkLog(k.t, k.here.data), here.ID, sentKinds)
	wantKinds(k.t, checkLog(k.t, k.far.data), far.ID, gotKinds)
	k.verify(here, far)
	for _, path := range stateFiles(k.t, k.here) {
		if strings.Contains(path, "census") {
			k.t.Fatalf("%s is left of a completed flow", path)
		}
	}
}
