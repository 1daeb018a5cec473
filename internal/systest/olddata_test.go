package systest_test

import (
	"archive/tar"
	"compress/gzip"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/papers"
	"hutong/internal/people"
)

// oldRoot is where testdata/olddata/make.sh made the directories.
const oldRoot = "/tmp/hutong-olddata"

// TestOldData starts today's gateways on the data directories of an older
// version: all that was there is there, what waited goes on, and the log is
// the same log.
func TestOldData(t *testing.T) {
	o := openOld(t, "v0.1")
	entries := logEntries(t, o.here.data)
	o.here.launch()
	o.far.launch()
	o.here.await()
	o.far.await()
	o.part("registers", o.registers)
	o.part("flows", o.flows)
	o.part("counts", o.counts)
	o.part("obligations", o.obligations)
	o.part("keys", o.keys)
	o.part("waybills", o.waybills)
	o.part("unsaid", o.unsaid)
	o.part("review", o.review)
	o.part("action", o.action)
	o.part("accept", o.accept)
	o.part("send", o.send)
	now := logEntries(t, o.here.data)
	if len(now) <= len(entries) || !reflect.DeepEqual(now[:len(entries)], entries) {
		t.Errorf("the log has %d entries and does not continue the %d of before", len(now), len(entries))
	}
}

// oldWorld is a world whose gateways an older version has left.
type oldWorld struct {
	*world
	root string // files and answers of the older version
}

// openOld unpacks an archive and moves what lies in it: to the directories and
// addresses of this test. A gateway that the archive has not is a new one.
func openOld(t *testing.T, version string) *oldWorld {
	t.Helper()
	o := &oldWorld{world: &world{t: t, here: newGateway(t, "shanghai", "CN"), far: newGateway(t, "singapore", "SG")}, root: t.TempDir()}
	unpack(t, filepath.Join("testdata", "olddata", version+".tar.gz"), o.root)
	moves := []string{"127.0.0.1:19441", o.here.public, "127.0.0.1:19443", o.far.public}
	var kept []*gatewayProcess
	for _, g := range []*gatewayProcess{o.here, o.far} {
		err := os.Rename(filepath.Join(o.root, g.id), g.data)
		if g == o.far && errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, g)
		moves = append(moves, filepath.Join(oldRoot, g.id), g.data)
	}
	moves = append(moves, oldRoot, o.root)
	for _, g := range kept {
		moveRows(t, filepath.Join(g.data, "hutong.db"), moves)
	}
	return o
}

func unpack(t *testing.T, archive, dir string) {
	t.Helper()
	f, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, filepath.FromSlash(h.Name))
		if h.Typeflag == tar.TypeDir {
			err = os.MkdirAll(path, 0o700)
		} else {
			var data []byte
			if data, err = io.ReadAll(r); err == nil {
				err = os.WriteFile(path, data, 0o600)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// moveRows replaces paths and addresses, old and new in turn, in the rows that
// hold some. The stamps of sources go: they are made of the numbers of files,
// and the files are new.
func moveRows(t *testing.T, path string, moves []string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath())
	if err != nil {
		t.Fatal(err)
	}
	exec := func(query string, args ...any) {
		if _, err := db.Exec(query, args...); err != nil {
			t.Fatal(err)
		}
	}
	for _, table := range []string{"flow", "process", "peer", "dataset", "deliver_grant"} {
		for i := 0; i < len(moves); i += 2 {
			exec(fmt.Sprintf("UPDATE %s SET body = CAST(replace(CAST(body AS TEXT), ?, ?) AS BLOB)", table), moves[i], moves[i+1])
		}
	}
	exec("UPDATE flow SET body = CAST(json_remove(CAST(body AS TEXT), '$.stamp') AS BLOB)")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// answer reads what the older version said.
func (o *oldWorld) answer(name string, v any) {
	o.t.Helper()
	data, err := os.ReadFile(filepath.Join(o.root, "answers", name+".json"))
	if err != nil {
		o.t.Fatal(err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		o.t.Fatal(err)
	}
}

// moved are members that hold a place, an address or how often a row changed.
var moved = []string{"url", "source", "waybill", "path", "stamp", "version", "updated", "rechecks"}

// lacks says where now does not have what was there before.
func lacks(now, before any, place string) string {
	switch b := before.(type) {
	case map[string]any:
		n, _ := now.(map[string]any)
		for k, v := range b {
			if slices.Contains(moved, k) {
				continue
			}
			if s := lacks(n[k], v, place+"."+k); s != "" {
				return s
			}
		}
		return ""
	case []any:
		n, _ := now.([]any)
		if len(n) != len(b) {
			return fmt.Sprintf("%s has %d members, had %d", place, len(n), len(b))
		}
		for i := range b {
			if s := lacks(n[i], b[i], fmt.Sprintf("%s[%d]", place, i)); s != "" {
				return s
			}
		}
		return ""
	}
	if !reflect.DeepEqual(now, before) {
		return fmt.Sprintf("%s is %v, was %v", place, now, before)
	}
	return ""
}

func (o *oldWorld) registers(t *testing.T) {
	for _, name := range []string{"shanghai.participant", "shanghai.dataset", "shanghai.instrument", "shanghai.peer", "shanghai.key",
		"singapore.participant", "singapore.peer", "singapore.key"} {
		var before, now []any
		o.answer(name, &before)
		side, what, _ := strings.Cut(name, ".")
		g := o.here
		if side == o.far.id {
			g = o.far
		}
		g.call("GET", "/"+what+"s", nil, &now)
		if len(before) == 0 {
			t.Fatalf("the archive has no %s", name)
		}
		if s := lacks(now, before, name); s != "" {
			t.Error(s)
		}
	}
}

func (o *oldWorld) flows(t *testing.T) {
	for _, g := range []*gatewayProcess{o.here, o.far} {
		var before []map[string]any
		o.answer(g.id+".flow", &before)
		if len(before) < 6 {
			t.Fatalf("the archive has %d flows of %s", len(before), g.id)
		}
		for _, b := range before {
			var now map[string]any
			g.call("GET", "/flows/"+b["id"].(string), nil, &now)
			if s := lacks(now, b, g.id+"."+b["dataset"].(string)); s != "" {
				t.Error(s)
			}
			docs, _ := b["documents"].(map[string]any)
			for name, digest := range docs {
				var raw []byte
				g.call("GET", "/flows/"+b["id"].(string)+"/documents/"+name, nil, &raw)
				doc, err := dataspace.NewDocument(json.RawMessage(raw))
				if err != nil || string(doc.Digest()) != digest {
					t.Errorf("document %s of flow %s has another digest (%v)", name, b["id"], err)
				}
			}
		}
	}
}

// old finds a flow here by the name of its dataset.
func (o *oldWorld) old(dataset dataspace.DatasetID) flowView {
	o.t.Helper()
	for _, f := range o.here.flows() {
		if f.Dataset == dataset {
			return o.here.flow(f.ID)
		}
	}
	o.t.Fatalf("there is no flow of %s", dataset)
	return flowView{}
}

// oldCounts is as much of the older answer as is compared.
type oldCounts struct {
	Year        int           `json:"year"`
	Totals      people.Totals `json:"totals"`
	Corrections []any         `json:"corrections"`
	FlowsInAll  int           `json:"flows_in_all"`
}

func (o *oldWorld) counts(t *testing.T) {
	for _, who := range []string{acme, "busy", "re", "tally"} {
		var before oldCounts
		o.answer("counts."+who, &before)
		var now oldCounts
		o.here.call("GET", fmt.Sprintf("/counts?exporter=%s&year=%d", who, before.Year), nil, &now)
		if before.Totals["non_sensitive"]+before.Totals["sensitive"] == 0 {
			t.Fatalf("the archive counts nobody for %s", who)
		}
		if s := lacks(anyOf(t, now), anyOf(t, before), "counts."+who); s != "" {
			t.Error(s)
		}
	}
}

func anyOf(t *testing.T, v any) (out any) {
	t.Helper()
	data, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(data, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// obligations of delivered flows are as they were, and so is what a person
// said of them.
func (o *oldWorld) obligations(t *testing.T) {
	var before, now flow.Agenda
	o.answer("shanghai.obligations", &before)
	o.here.call("GET", "/obligations?fulfilled=true", nil, &now)
	done := 0
	for _, b := range before.Obligations {
		if b.DeliveredOn == "" {
			continue
		}
		i := slices.IndexFunc(now.Obligations, func(d flow.Duty) bool { return d.Flow == b.Flow && d.ID == b.ID })
		if i < 0 {
			t.Errorf("flow %s no longer asks for %s", b.Flow, b.ID)
			continue
		}
		if b.Done != nil {
			done++
			if d := now.Obligations[i].Done; d == nil || *d != *b.Done {
				t.Errorf("%s was done as %+v, now %+v", b.ID, b.Done, d)
			}
		}
	}
	if done != 1 {
		t.Errorf("%d obligations were done, want 1", done)
	}
}

func (o *oldWorld) secret(name string) string {
	o.t.Helper()
	data, err := os.ReadFile(filepath.Join(o.root, name))
	if err != nil {
		o.t.Fatal(err)
	}
	return strings.TrimSpace(string(data))
}

func (o *oldWorld) keys(t *testing.T) {
	var list []flow.Flow
	if err := o.here.tryAs(o.secret("clerk.key"), "GET", "/flows?limit=1000", nil, &list); err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 || slices.ContainsFunc(list, func(f flow.Flow) bool { return f.Local != acme }) {
		t.Errorf("the clerk of %s sees %d flows, or another's", acme, len(list))
	}
	if err := o.far.tryAs(o.secret("far-officer.key"), "GET", "/flows", nil, &list); err != nil {
		t.Error(err)
	}
}

// waybills verify offline: those that were handed out, and the gateway's own.
func (o *oldWorld) waybills(t *testing.T) {
	for name, g := range map[string]*gatewayProcess{"many": o.here, "few": o.here, "fetched": o.far} {
		var e client.Evidence
		g.call("GET", "/evidence", nil, &e)
		path := filepath.Join(o.root, name+".waybill")
		if out, errs, code := g.command("verify", path, "--key", e.LogKey); code != 0 {
			t.Errorf("verify of %s ended with %d\n%s%s", name, code, out, errs)
		}
	}
	f := o.old("few")
	o.verify(f, o.other(f))
}

// unsaid: instruments from before a document needed a file and a scope cover
// nothing. The gateway lists them, and what stops without them; added again with
// both, and confirmed, they count.
func (o *oldWorld) unsaid(t *testing.T) {
	var list []client.Instrument
	o.here.call("GET", "/instruments", nil, &list)
	rests := map[string]bool{}
	for _, i := range list {
		if i.Standing != string(dataspace.PaperUnsaid) || i.Uses == nil {
			t.Fatalf("%s is %s", i.ID, i.Standing)
		}
		for _, f := range i.Uses.Flows {
			if f.Stops != (o.here.flow(dataspace.FlowID(f.Flow)).Delivered == nil) {
				t.Errorf("%s: flow of %s stops: %v", i.ID, f.Dataset, f.Stops)
			}
			rests[i.ID+" "+f.Dataset] = f.Stops
		}
		if !slices.Contains(i.Uses.Datasets, client.InstrumentDataset{Participant: i.Owner, Dataset: "waiting-action"}) && i.ID == "busy-pipia" {
			t.Errorf("%s: datasets %v", i.ID, i.Uses.Datasets)
		}
	}
	for rest, stops := range map[string]bool{"acme-pipia many": false, "acme-pipia few": false, "acme-pipia waiting-far": true, "re-pipia waiting-review": true, "busy-pipia waiting-action": true} {
		if got, ok := rests[rest]; !ok || got != stops {
			t.Errorf("%s: rests %v, stops %v; want %v\nall: %v", rest, ok, got, stops, rests)
		}
	}
	log, err := os.ReadFile(o.here.logFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"covers nothing", "acme-pipia", "group-contract", string(o.old("waiting-far").ID), "acme/many"} {
		if !strings.Contains(string(log), want) {
			t.Errorf("the log does not name %s", want)
		}
	}
	out, errs, code := o.here.command("instrument", "list", "--of", acme)
	if code != 0 || !strings.Contains(unwrap(out), "scope not said") || !strings.Contains(unwrap(out), "(dataset waiting-far of acme, negotiating) stops without it") {
		t.Errorf("list ended with %d\n%s%s", code, out, errs)
	}
	s := o.sending(filepath.Join(o.root, "sources", "small.csv"))
	s.Dataset = "unsaid"
	f := o.here.settle(o.world.send(s).ID)
	var d dataspace.Decision
	o.here.document(f.ID, flow.DocDecision, &d)
	if f.State != dataspace.WaitingAction || !strings.Contains(asJSON(d.Obligations), "acme-pipia has no scope and no file (scope not said)") {
		t.Fatalf("with an old instrument alone a flow is %s\n%s", f.State, asJSON(d.Obligations))
	}
	for _, i := range list {
		o.here.call("DELETE", "/participants/"+i.Owner+"/instruments/"+i.ID, nil, nil)
		o.instrument(papers.Paper{Owner: dataspace.ParticipantID(i.Owner), Instrument: dataspace.Instrument{
			ID: dataspace.InstrumentID(i.ID), Kind: i.Kind, CompletedOn: i.CompletedOn, EffectiveOn: i.EffectiveOn, FiledOn: i.FiledOn}})
	}
	o.complete(f)
}

// review approves what waited for a person.
func (o *oldWorld) review(t *testing.T) {
	f := o.here.settle(o.old("waiting-review").ID)
	if err := o.here.tryAs(o.secret("officer.key"), "POST", "/flows/"+string(f.ID)+"/review", client.Judgement{Approve: true, Reason: "the annex was read"}, &f); err != nil {
		t.Fatal(err)
	}
	here, far := o.complete(f)
	o.verify(here, far)
	if got := o.people("re"); !maps.Equal(got, people.Totals{"non_sensitive": 30, "sensitive": 0, "under_14": 0}) {
		t.Errorf("people %+v", got)
	}
}

// action brings the instrument that a flow waited for.
func (o *oldWorld) action(*testing.T) {
	o.instrument(papers.Paper{Owner: "busy", Instrument: dataspace.Instrument{
		ID: "contract-new", Kind: "cn.standard_contract", EffectiveOn: day(-5), FiledOn: day(0)}})
	o.verify(o.complete(o.old("waiting-action")))
}

// accept takes the offer that waited at the other side.
func (o *oldWorld) accept(*testing.T) {
	f := o.old("waiting-far")
	var far flowView
	for _, g := range o.far.flows() {
		if g.Dataset == f.Dataset {
			o.far.call("POST", "/flows/"+string(g.ID)+"/accept", client.Judgement{Approve: true, Reason: "ordered"}, &far)
		}
	}
	o.verify(o.complete(f))
}

// send moves people who were counted in a list that is a file.
func (o *oldWorld) send(t *testing.T) {
	before := o.people(acme)
	s := o.sending(filepath.Join(o.root, "sources", "small.csv"))
	s.Dataset = "again"
	o.verify(o.complete(o.world.send(s)))
	want := maps.Clone(before)
	var counted oldCounts
	if o.answer("counts."+acme, &counted); counted.Year != time.Now().In(shanghai).Year() {
		want["non_sensitive"] += 30
	}
	if got := o.people(acme); !maps.Equal(got, want) {
		t.Errorf("people %+v, want %+v", got, want)
	}
}
