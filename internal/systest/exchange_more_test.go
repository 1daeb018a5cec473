package systest_test

import (
	"bytes"
	"maps"
	"net/http"
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/gateway"
	"hutong/internal/sample"
)

func (x *exchange) fetch(t *testing.T) {
	path := x.write(sample.Support)
	x.here.call("POST", "/datasets", gateway.Dataset{
		ID: "tickets-on-offer", Owner: acme, Source: dataspace.FileSource(path), Title: dataspace.Text{EN: "Tickets"}, Purposes: []string{"business"}, Facts: *known("digital_content"),
	}, nil)
	var c client.Catalogue
	x.far.call("GET", "/peers/shanghai/participants/acme/catalogue?as=lion", nil, &c)
	if len(c.Datasets) != 1 || c.Datasets[0].ID != "tickets-on-offer" {
		t.Fatalf("catalogue %s", asJSON(c))
	}
	ask := client.Fetch{As: lion, Peer: "shanghai", From: acme, Dataset: "tickets-on-offer", Purpose: "business"}
	var f flowView
	x.far.call("POST", "/flows/fetch", ask, &f)
	far := x.far.settle(f.ID)
	if far.State != dataspace.Completed {
		t.Fatalf("fetch is %s: %+v\n%s\n%s", far.State, far.Trouble, x.far.tail(), x.here.tail())
	}
	here := x.here.settle(x.counterpart(far).ID)
	x.arrived(here, far, sampleCells(t, sample.Support))
	x.remember(x.here, here.ID, sentKinds...)
	x.remember(x.far, far.ID, gotKinds...)

	ask.Purpose = "emergency"
	x.far.call("POST", "/flows/fetch", ask, &f)
	if f = x.far.settle(f.ID); f.State != dataspace.Refused {
		t.Fatalf("a fetch for a purpose that is not offered is %s: %+v", f.State, f.Trouble)
	}
	x.remember(x.far, f.ID, dataspace.EventRefusal)
	ask.Purpose, ask.Dataset = "business", "nothing"
	x.far.call("POST", "/flows/fetch", ask, &f)
	if f = x.far.settle(f.ID); f.State != dataspace.Failed && f.State != dataspace.Refused {
		t.Fatalf("a fetch of a dataset that is not there is %s: %+v", f.State, f.Trouble)
	}
	x.remember(x.far, f.ID, dataspace.EventRefusal)
}

// counterpart finds the flow here that belongs to one at the far side.
func (w *world) counterpart(far flowView) flowView {
	w.t.Helper()
	for _, o := range w.here.flows() {
		if o.Agreement != "" && o.Agreement == far.Agreement {
			return w.here.flow(o.ID)
		}
	}
	w.t.Fatalf("no flow here under agreement %s", far.Agreement)
	return flowView{}
}

// newest waits for the far side to have a flow that it did not have before.
func (x *exchange) newest(before int) flowView {
	x.t.Helper()
	for range 400 {
		if list := x.far.flows(); len(list) > before {
			return x.far.flow(list[0].ID)
		}
		pause()
	}
	x.t.Fatalf("the far side still has %d flows\n%s\n%s", before, x.here.tail(), x.far.tail())
	return flowView{}
}

func (x *exchange) toTiger() (here, far flowView) {
	x.t.Helper()
	before := len(x.far.flows())
	s := x.sending(x.write(sample.Support))
	s.To = "tiger"
	here = x.send(s)
	far = x.far.settle(x.newest(before).ID)
	if far.State != dataspace.WaitingReview || far.Verdict != dataspace.Cleared {
		x.t.Fatalf("an offer that the intake does not name is %s with verdict %s: %+v", far.State, far.Verdict, far.Trouble)
	}
	return here, far
}

func (x *exchange) intake(t *testing.T) {
	here, far := x.toTiger()
	officer := x.newKey(x.far, "far officer", gateway.Compliance, "")
	x.denied("a compliance review is no acceptance", x.far.tryAs(officer, "POST", "/flows/"+string(far.ID)+"/review", client.Judgement{Approve: true, Reason: "why not"}, nil))
	if out, errs, code := x.far.command("flow", "accept", string(far.ID), "--approve", "--reason", "ordered by telephone"); code != 0 {
		t.Fatalf("accept ended with %d\n%s\n%s", code, out, errs)
	}
	here, far = x.complete(here)
	// The pseudonyms of another recipient are others.
	own := x.seen
	x.seen = pseudonyms{}
	x.arrived(here, far, sampleCells(t, sample.Support))
	for column, values := range x.seen {
		for value, name := range values {
			if value[0] != 0 && own[column][value] == name {
				t.Fatalf("two recipients got the same pseudonym in column %s", column)
			}
		}
	}
	x.seen = own
	x.remember(x.here, here.ID, sentKinds...)
	x.remember(x.far, far.ID, dataspace.EventDecision, dataspace.EventReview, dataspace.EventAgreement, dataspace.EventStart, dataspace.EventReceipt)

	here, far = x.toTiger()
	x.far.call("POST", "/flows/"+string(far.ID)+"/accept", client.Judgement{Reason: "nobody here ordered it"}, nil)
	if here, far = x.here.settle(here.ID), x.far.settle(far.ID); here.State != dataspace.Refused || far.State != dataspace.Refused {
		t.Fatalf("after a refusal the sides are %s and %s", here.State, far.State)
	}
	x.remember(x.here, here.ID, dataspace.EventProfile, dataspace.EventDecision, dataspace.EventRefusal)
	x.remember(x.far, far.ID, dataspace.EventDecision, dataspace.EventReview, dataspace.EventRefusal)
}

func (x *exchange) stop(t *testing.T) {
	people := x.people(acme)
	here, far := x.toTiger()
	x.here.call("POST", "/flows/"+string(here.ID)+"/stop", client.StopFlow{Reason: "a mistake"}, &here)
	here = x.here.settle(here.ID)
	if here.State != dataspace.Stopped || !strings.Contains(here.Trouble.Message, "a mistake") {
		t.Fatalf("stopped flow is %s: %+v", here.State, here.Trouble)
	}
	far = x.far.until(far.ID, dataspace.Refused)
	if got := x.people(acme); !maps.Equal(got, people) {
		t.Fatalf("people %+v, were %+v", got, people)
	}
	x.denied("a stopped flow cannot be resumed", x.here.try("POST", "/flows/"+string(here.ID)+"/resume", nil, nil))
	x.denied("a stopped flow cannot be stopped", x.here.try("POST", "/flows/"+string(here.ID)+"/stop", client.StopFlow{}, nil))
	x.remember(x.here, here.ID, dataspace.EventProfile, dataspace.EventDecision, dataspace.EventStop)
	x.remember(x.far, far.ID, dataspace.EventDecision, dataspace.EventRefusal)

	here, far = x.toTiger()
	x.far.call("POST", "/flows/"+string(far.ID)+"/stop", client.StopFlow{Reason: "not now"}, &far)
	if far = x.far.settle(far.ID); far.State != dataspace.Stopped {
		t.Fatalf("stopped flow is %s", far.State)
	}
	here = x.here.until(here.ID, dataspace.Refused)
	x.remember(x.here, here.ID, dataspace.EventProfile, dataspace.EventDecision, dataspace.EventRefusal)
	x.remember(x.far, far.ID, dataspace.EventDecision, dataspace.EventStop)
}

func (x *exchange) suspended(t *testing.T) {
	before := x.outside()
	path := x.write(sample.Support)
	x.here.call("POST", "/peers/singapore/suspend", client.CutPeer{Reason: "a drill"}, nil)
	x.denied("nothing is sent to a peer that is cut", x.here.try("POST", "/flows/send", x.sending(path), nil))
	if now := x.outside(); now != before {
		t.Fatalf("the far side has %v flows and files, had %v", now, before)
	}
	x.here.call("POST", "/peers/singapore/resume", struct{}{}, nil)

	// The other way round: they have cut us.
	x.far.call("POST", "/peers/shanghai/suspend", client.CutPeer{Reason: "a drill"}, nil)
	x.denied("nothing is sent to a peer that has cut us", x.here.try("POST", "/flows/send", x.sending(path), nil))
	x.far.call("POST", "/peers/shanghai/resume", struct{}{}, nil)
	if now := x.outside(); now != before {
		t.Fatalf("the far side has %v flows and files, had %v", now, before)
	}
	// And with a flow under way that waits for a person at the far side.
	here, far := x.toTiger()
	files := x.outside()[1]
	x.here.call("POST", "/peers/singapore/suspend", client.CutPeer{Reason: "a drill"}, nil)
	x.far.call("POST", "/flows/"+string(far.ID)+"/accept", client.Judgement{Approve: true, Reason: "ordered"}, nil)
	for range 30 { // nothing may happen, for a while
		if now := x.outside()[1]; now != files {
			t.Fatal("something was delivered to a peer that is cut")
		}
		pause()
	}
	x.here.call("POST", "/peers/singapore/resume", struct{}{}, nil)
	here, far = x.here.settle(here.ID), x.far.settle(far.ID)
	if here.State != dataspace.Completed || far.State != dataspace.Completed {
		t.Fatalf("after a cut the sides are %s (%+v) and %s (%+v)", here.State, here.Trouble, far.State, far.Trouble)
	}
}

func (x *exchange) participantKey(t *testing.T) {
	own := x.newKey(x.here, "re desk", gateway.ParticipantMember, "re")
	var list []flow.Flow
	if err := x.here.tryAs(own, "GET", "/flows?limit=1000", nil, &list); err != nil {
		t.Fatal(err)
	}
	var foreign dataspace.FlowID
	for _, f := range x.here.flows() {
		if f.Local == acme {
			foreign = f.ID
		}
	}
	if len(list) != 2 || list[0].Local != "re" || list[1].Local != "re" {
		t.Fatalf("a participant's key sees %s", asJSON(list))
	}
	for _, path := range []string{
		"/flows/" + string(foreign), "/flows/" + string(foreign) + "/documents/plan", "/flows/" + string(foreign) + "/waybill",
		"/counts?exporter=acme", "/participants/acme", "/participants/acme/datasets/tickets-on-offer",
	} {
		err := x.here.tryAs(own, "GET", path, nil, nil)
		x.denied(path, err)
		if err.(*refusal).answer.Status != http.StatusNotFound {
			t.Errorf("%s of another participant: %v", path, err)
		}
	}
	for _, path := range []string{"/stop", "/resume", "/accept"} {
		x.denied(path, x.here.tryAs(own, "POST", "/flows/"+string(foreign)+path, client.Judgement{Approve: true, Reason: "mine"}, nil))
	}
	x.denied("keys", x.here.tryAs(own, "GET", "/keys", nil, nil))
	x.denied("no key", x.here.tryAs("", "GET", "/flows", nil, nil))
	s := x.portfolio()
	x.denied("a source outside of its outbox", x.here.tryAs(own, "POST", "/flows/send", s, nil))
	s.From = acme
	x.denied("in another's name", x.here.tryAs(own, "POST", "/flows/send", s, nil))
}

// evidence checks that both logs have every event once, and of each flow what
// was expected.
func (x *exchange) evidence(t *testing.T) {
	for g, flows := range x.kinds {
		kinds := checkLog(t, g.data)
		for id, want := range flows {
			wantKinds(t, kinds, id, want)
		}
	}
}

// quiet looks for the people of the sample tables everywhere but where their
// data is meant to be.
func (x *exchange) quiet(t *testing.T) {
	people := map[string]bool{}
	for kind, columns := range map[sample.Kind][]string{
		sample.Support:    {"身份证号", "手机号", "电子邮箱", "用户编号"},
		sample.Membership: {"电子邮箱", "手机号", "会员号", "昵称"},
		sample.Portfolio:  {"被保险人", "身份证号", "保单号"},
	} {
		table := sampleCells(t, kind)
		for _, name := range columns {
			at := indexOf(table[0], name)
			for _, row := range table[1:] {
				if len([]rune(row[at])) > 2 { // names of two characters are words, too
					people[row[at]] = true
				}
			}
		}
	}
	searched := 0
	look := func(where string, data []byte) {
		searched += len(data)
		if at := findPeople(people, data); at >= 0 {
			t.Fatalf("%s holds personal data at %d", where, at)
		}
	}
	for _, g := range []*gatewayProcess{x.here, x.far} {
		for _, path := range stateFiles(t, g, "inbox") {
			data, err := os.ReadFile(path)
			if err != nil {
				if os.IsNotExist(err) {
					continue // a file of the log or database that came and went
				}
				t.Fatal(err)
			}
			look(path, data)
		}
		resp, err := g.http.Get("https://" + g.management + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		var metrics strings.Builder
		if err := resp.Write(&metrics); err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if !strings.Contains(metrics.String(), "hutong_flows") {
			t.Fatal("no metrics")
		}
		look("metrics of "+g.id, []byte(metrics.String()))
	}
	if len(people) < 100_000 || searched < 1<<20 {
		t.Fatalf("looked for %d values in %d bytes: nothing was checked", len(people), searched)
	}
	t.Logf("looked for %d values in %d bytes", len(people), searched)
	for _, kind := range []sample.Kind{sample.Support, sample.Portfolio} {
		for _, row := range sampleCells(t, kind)[1:] {
			if findPeople(people, []byte(strings.Join(row, "|"))) < 0 {
				t.Fatalf("the search does not find the people of the %s table in its own rows", kind)
			}
		}
	}
}

// findPeople returns where data holds one of the values, or -1. It reads
// megabytes of databases, so it looks closer only where numbers, addresses or
// Chinese text begin.
func findPeople(people map[string]bool, data []byte) int {
	for at := 0; at < len(data); {
		switch c := data[at]; {
		case '0' <= c && c <= '9':
			end := at
			for end < len(data) && '0' <= data[end] && data[end] <= '9' {
				end++
			}
			if end-at >= 8 && numberOf(people, data, at, end) {
				return at
			}
			at = end
		case c == '@':
			if mailOf(people, data, at) {
				return at
			}
			at++
		case 0xe4 <= c && c <= 0xe9:
			end := at
			var run []rune
			for r, n := utf8.DecodeRune(data[end:]); unicode.Is(unicode.Han, r); r, n = utf8.DecodeRune(data[end:]) {
				run = append(run, r)
				end += n
			}
			if nameOf(people, run) {
				return at
			}
			at = max(end, at+1)
		default:
			at++
		}
	}
	return -1
}

// numberOf looks at a run of digits, with the letter before and behind it.
func numberOf(people map[string]bool, data []byte, from, to int) bool {
	for i := from; i < to; i++ {
		for j := i + 8; j <= min(to, i+18); j++ {
			if people[string(data[i:j])] || i == from && i > 0 && people[string(data[i-1:j])] {
				return true
			}
		}
		if to-i == 17 && to < len(data) && people[string(data[i:to+1])] {
			return true
		}
	}
	return false
}

func mailOf(people map[string]bool, data []byte, at int) bool {
	rest := data[at+1:]
	if !bytes.HasPrefix(rest, []byte("example.")) && !bytes.HasPrefix(rest, []byte("mail.example.")) {
		return false
	}
	for i := max(0, at-50); i < at; i++ {
		for j := 0; j <= min(len(rest), 20); j++ {
			if people[string(data[i:at+1+j])] {
				return true
			}
		}
	}
	return false
}

func nameOf(people map[string]bool, run []rune) bool {
	for i := range run {
		for j := i + 3; j <= min(len(run), i+10); j++ {
			if people[string(run[i:j])] {
				return true
			}
		}
	}
	return false
}

func indexOf(list []string, s string) int {
	for i, v := range list {
		if v == s {
			return i
		}
	}
	return -1
}
