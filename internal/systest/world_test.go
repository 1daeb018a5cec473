package systest_test

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/gateway"
	"hutong/internal/papers"
	"hutong/internal/people"
	"hutong/internal/sample"
)

var ports = struct {
	sync.Mutex
	next int
}{next: 20000 + os.Getpid()%9000}

// world is two gateways that know each other.
type world struct {
	t    *testing.T
	here *gatewayProcess // sends
	far  *gatewayProcess // receives

	officer   string // key of a compliance officer here, once there is one
	confirmed int    // documents that the officer has confirmed
}

const (
	acme  = "acme"
	lion  = "lion"
	court = "court"
)

func newWorld(t *testing.T, extra ...string) *world {
	t.Helper()
	w := &world{t: t, here: newGateway(t, "shanghai", "CN", extra...), far: newGateway(t, "singapore", "SG", extra...)}
	w.begin()
	return w
}

// begin starts both gateways and makes them known to each other.
func (w *world) begin() {
	w.t.Helper()
	w.here.launch()
	w.far.launch()
	w.here.await()
	w.far.await()
	w.exporter(acme)
	w.recipient(lion, "shanghai")
	w.pair()
}

func (w *world) exporter(id dataspace.ParticipantID) {
	w.t.Helper()
	w.here.call("POST", "/participants", gateway.Participant{ID: id, LegalName: dataspace.Text{EN: string(id)}, Jurisdiction: "CN", Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"registered_in": dataspace.TextOf("CN-SH"),
		"exports_from":  dataspace.TextOf("CN-SH"),
		"ciio":          dataspace.BoolOf(false),
		"state_organ":   dataspace.BoolOf(false),
	})}, nil)
	w.instrument(papers.Paper{Owner: id, Instrument: dataspace.Instrument{
		ID: dataspace.InstrumentID(id + "-pipia"), Kind: "cn.pipia", CompletedOn: day(-7),
	}})
}

// shanghai is where the exporters of these tests know the day.
var shanghai = time.FixedZone("", 8*60*60)

func day(offset int) string {
	return time.Now().In(shanghai).AddDate(0, 0, offset).Format(time.DateOnly)
}

// recipient stands behind the far gateway and takes what the peers offer.
func (w *world) recipient(id dataspace.ParticipantID, peers ...dataspace.PeerName) {
	w.t.Helper()
	authority := id == court
	p := gateway.Participant{ID: id, LegalName: dataspace.Text{EN: string(id)}, Jurisdiction: "SG", Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"foreign_authority": dataspace.MaybeBool(&authority),
	})}
	for _, name := range peers {
		p.Intake.Accept = append(p.Intake.Accept, gateway.IntakeRule{Peer: name})
	}
	w.far.call("POST", "/participants", p, nil)
}

func (w *world) pair() {
	w.t.Helper()
	for _, side := range []struct{ g, other *gatewayProcess }{{w.here, w.far}, {w.far, w.here}} {
		var self client.Gateway
		side.other.call("GET", "/gateway", nil, &self)
		side.g.call("POST", "/peers", client.NewPeer{Name: side.other.id, URL: "https://" + side.other.public}, nil)
		side.g.call("POST", "/peers/"+side.other.id+"/confirm", client.ConfirmPeer{Fingerprint: self.Fingerprint}, nil)
	}
}

// known is what is known about the sample tables and nobody can read off them.
func known(sector string) *dataspace.DatasetFacts {
	return &dataspace.DatasetFacts{Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"sector":                   dataspace.TextOf(sector),
		"origin":                   dataspace.TextOf("domestic"),
		"important":                dataspace.TextOf("no"),
		"core":                     dataspace.BoolOf(false),
		"state_secret":             dataspace.BoolOf(false),
		"consent.basis":            dataspace.TextOf("consent"),
		"consent.separate_consent": dataspace.BoolOf(true),
		"consent.notice_given":     dataspace.BoolOf(true),
	})}
}

// sending is a request to send a file from acme to lion.
func (w *world) sending(path string) sendAsk {
	return sendAsk{From: acme, Peer: "singapore", To: lion, Dataset: "tickets", Purpose: "business", Source: dataspace.FileSource(path), SourceForm: &flow.SourceForm{}, Facts: known("digital_content")}
}

func (w *world) send(s sendAsk) flowView {
	w.t.Helper()
	var f flowView
	w.here.call("POST", "/flows/send", s, &f)
	return f
}

// other finds the flow on the far side that belongs to one here. Each side
// notes the agreement in its own time: there it may be a moment later.
func (w *world) other(f flowView) flowView {
	w.t.Helper()
	w.waitFar(func(o flow.Flow) bool { return o.Agreement != "" && o.Agreement == f.Agreement })
	var found []flow.Flow
	for _, o := range w.farFlows() {
		if o.Agreement != "" && o.Agreement == f.Agreement {
			found = append(found, o)
		}
	}
	if len(found) != 1 {
		w.t.Fatalf("the far side has %d flows under agreement %s, want 1", len(found), f.Agreement)
	}
	return w.far.flow(found[0].ID)
}

func (w *world) farFlows() []flow.Flow {
	w.t.Helper()
	return w.far.flows()
}

func (g *gatewayProcess) flows() []flow.Flow {
	g.t.Helper()
	var list []flow.Flow
	g.call("GET", "/flows?limit=10000", nil, &list)
	return list
}

// complete waits for both sides of a flow to be completed.
func (w *world) complete(f flowView) (here, far flowView) {
	w.t.Helper()
	here = w.here.settle(f.ID)
	if here.State != dataspace.Completed {
		w.t.Fatalf("flow %s is %s: %+v\n%s\n%s", f.ID, here.State, here.Trouble, w.here.tail(), w.far.tail())
	}
	far = w.far.settle(w.other(here).ID)
	if far.State != dataspace.Completed {
		w.t.Fatalf("flow %s is %s at the far side: %+v\n%s", far.ID, far.State, far.Trouble, w.far.tail())
	}
	return here, far
}

func (w *world) people(id dataspace.ParticipantID) people.Totals {
	w.t.Helper()
	var c yearCounts
	w.here.call("GET", "/counts?exporter="+string(id), nil, &c)
	return c.Totals
}

// write makes a sample table in the directory of the sending gateway.
func (w *world) write(kind sample.Kind) string {
	w.t.Helper()
	path, err := sample.Write(kind, w.here.dir)
	if err != nil {
		w.t.Fatal(err)
	}
	return path
}

// delivered lists what a recipient sees in its inbox.
func (w *world) delivered(id dataspace.ParticipantID) []string {
	w.t.Helper()
	list, err := os.ReadDir(filepath.Join(w.far.data, "inbox", string(id)))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		w.t.Fatal(err)
	}
	var out []string
	for _, e := range list {
		if e.Name()[0] != '.' {
			out = append(out, e.Name())
		}
	}
	return out
}

// part is one subtest on a world that several share.
func (w *world) part(name string, fn func(t *testing.T)) {
	w.t.Helper()
	whole := w.t
	defer w.speak(whole)
	whole.Run(name, func(t *testing.T) {
		w.speak(t)
		fn(t)
	})
	if whole.Failed() {
		whole.Fatalf("the parts after %s would only fail too", name)
	}
}

func (w *world) speak(t *testing.T) { w.t, w.here.t, w.far.t = t, t, t }
