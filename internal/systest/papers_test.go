package systest_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/gateway"
	"hutong/internal/papers"
	"hutong/internal/sample"
)

// open are the limits of a scope that leaves everything open.
var open = []string{"recipients", "purposes", "data", "people", "until"}

// whole adds what a test does not say of a document.
func whole(p papers.Paper) papers.Paper {
	if p.Number == "" {
		p.Number, p.Authority = "No. "+string(p.ID), "the authority of the test"
	}
	if p.Covers == nil {
		p.Covers = &dataspace.InstrumentScope{Unlimited: slices.Clone(open)}
		if p.ExpiresOn != "" {
			p.Covers.Unlimited = open[:4]
		}
	}
	p.File = dataspace.DigestOf([]byte(fileOf(p)))
	return p
}

// fileOf are the bytes of a stand-in for a document.
func fileOf(p papers.Paper) string { return fmt.Sprintf("stand-in for %s of %s", p.ID, p.Owner) }

// propose sends a document with its file.
func (w *world) propose(p papers.Paper) papers.Paper {
	w.t.Helper()
	p = whole(p)
	w.upload(p.Owner, fileOf(p))
	w.here.call("POST", "/instruments", p, nil)
	return p
}

// upload sends the file of a document.
func (w *world) upload(owner dataspace.ParticipantID, text string) {
	w.t.Helper()
	c, err := client.New("https://"+w.here.management, w.here.key, client.Through(w.here.http))
	if err == nil {
		_, err = c.Instruments().Upload(w.t.Context(), client.UploadOf(string(owner), "", []byte(text)), strings.NewReader(text))
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// instrument registers a document and has it confirmed.
func (w *world) instrument(p papers.Paper) {
	w.t.Helper()
	p = w.propose(p)
	w.confirm(p)
}

func (w *world) confirm(p papers.Paper) {
	w.t.Helper()
	if w.officer == "" {
		w.officer = w.newKey(w.here, "officer of papers", gateway.Compliance, "")
	}
	path := fmt.Sprintf("/participants/%s/instruments/%s/confirm", p.Owner, p.ID)
	if err := w.here.tryAs(w.officer, http.MethodPost, path, client.ConfirmInstrument{File: string(p.File)}, nil); err != nil {
		w.t.Fatal(err)
	}
	w.confirmed++
}

// running runs commands of a group at this side, and returns what they print.
func (w *world) running(group string) func(want int, words ...string) string {
	return func(want int, words ...string) string {
		w.t.Helper()
		out, errs, code := w.here.command(append([]string{group}, words...)...)
		if code != want {
			w.t.Fatalf("%s %v ended with %d, want %d\n%s%s", group, words, code, want, out, errs)
		}
		return unwrap(out + errs)
	}
}

// names fails where a text does not have each of some words.
func (w *world) names(got string, want ...string) {
	w.t.Helper()
	for _, s := range want {
		if !strings.Contains(got, s) {
			w.t.Errorf("nothing is said of %q in\n%s", s, got)
		}
	}
}

// TestPapers: a proposed document does not count, the exporter cannot confirm it,
// a confirmed one counts as far as its scope goes, and what ends with it is shown
// before it is removed. Nothing of the file is in a log.
func TestPapers(t *testing.T) {
	w := newWorld(t)
	const secret = "Zhang San, passport E12345678, signs for the company"
	dir := t.TempDir()
	file, other, officer, clerk := filepath.Join(dir, "contract.txt"), filepath.Join(dir, "other.txt"), filepath.Join(dir, "officer.key"), filepath.Join(dir, "clerk.key")
	for path, text := range map[string]string{file: secret, other: secret + "!", officer: w.newKey(w.here, "eve", gateway.Compliance, ""), clerk: w.newKey(w.here, "clerk", gateway.ParticipantMember, acme)} {
		if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run, says := w.running("instrument"), w.names
	s := w.sending(w.write(sample.Membership))
	s.Dataset = "members"
	f := w.here.settle(w.send(s).ID)
	if f.State != dataspace.WaitingAction {
		t.Fatalf("the flow is %s", f.State)
	}
	open := func() string {
		t.Helper()
		f := w.here.settle(f.ID)
		var d dataspace.Decision
		w.here.document(f.ID, flow.DocDecision, &d)
		if f.State != dataspace.WaitingAction {
			t.Fatalf("the flow is %s", f.State)
		}
		return asJSON(d.Obligations)
	}
	add := func(more ...string) []string {
		return append([]string{"add", "SC-1", "--of", acme, "--kind", "cn.standard_contract", "--effective-on", day(-5), "--filed-on", day(0), "--key-file", clerk}, more...)
	}
	says(run(1, add()...), "number", "authority", "file of the document is needed", "the scope is needed")
	says(run(1, add("--number", "沪-7", "--authority", "the authority", "--file", file, "--covers-recipient", lion)...), "purposes", "people", "until", "covers.data")
	scope := []string{"--number", "沪-7", "--authority", "the authority", "--file", file, "--covers-recipient", lion, "--covers-purpose", "business", "--unlimited", "data,until", "--covers-max"}
	says(run(0, add(append(scope, "100")...)...), "is proposed", "after a compliance officer has confirmed it")
	w.here.call("POST", "/flows/"+string(f.ID)+"/resume", nil, nil)
	says(open(), "SC-1 is proposed, not confirmed")
	for _, key := range []string{clerk, ""} { // "" is the operator
		words := []string{"confirm", "SC-1", "--of", acme, "--file", file}
		if key != "" {
			words = append(words, "--key-file", key)
		}
		run(1, words...)
	}
	says(run(1, "confirm", "SC-1", "--of", acme, "--file", other, "--key-file", officer), "not the file of the instrument")
	says(run(2, "confirm", "SC-1", "--of", acme, "--key-file", officer), "one of --file and --sha256 is needed")
	says(run(0, "confirm", "SC-1", "--of", acme, "--file", file, "--key-file", officer), "confirmed by eve")
	says(open(), "SC-1 covers 100 people at most")

	says(run(0, "remove", "SC-1", "--of", acme)) // nothing rests on it, so nobody is asked
	run(0, add(append(scope, "200000")...)...)
	got := filepath.Join(dir, "got.txt")
	says(run(0, "file", "SC-1", "--of", acme, "--out", got), string(dataspace.DigestOf([]byte(secret+"\n"))))
	if data, err := os.ReadFile(got); err != nil || string(data) != secret+"\n" {
		t.Fatalf("fetched %q, %v", data, err)
	}
	run(1, "file", "SC-1", "--of", acme, "--out", got) // it is there
	run(0, "confirm", "SC-1", "--of", acme, "--file", got, "--key-file", officer)
	w.complete(f)
	var uses client.InstrumentUses
	w.here.call("GET", "/participants/"+acme+"/instruments/SC-1/uses", nil, &uses)
	if len(uses.Flows) != 1 || uses.Flows[0].Flow != string(f.ID) || uses.Flows[0].Stops || uses.Flows[0].Without != "action_required" || !slices.Contains(uses.Flows[0].Obligations, "cn.transfer_mechanism") {
		t.Errorf("what rests on it: %+v", uses)
	}
	says(run(1, "remove", "SC-1", "--of", acme), "dataset members of acme: its next flow needs another one", "not removed")
	says(run(0, "list", "--of", acme), "SC-1", "confirmed")
	run(0, "remove", "SC-1", "--of", acme, "--yes")
	instrument := dataspace.EventInstrument
	wantKinds(t, checkLog(t, w.here.data), "", []dataspace.EventKind{instrument, instrument, instrument, instrument, instrument})
	for _, g := range []*gatewayProcess{w.here, w.far} {
		if log, err := os.ReadFile(g.logFile); err != nil || strings.Contains(string(log), "Zhang San") {
			t.Errorf("the log of %s has the text of the file (%v)", g.id, err)
		}
	}
	if left, err := filepath.Glob(filepath.Join(w.here.data, "papers", acme, "*")); err != nil || len(left) != 1 {
		t.Errorf("files of instruments are left: %v (%v)", left, err)
	}
}
