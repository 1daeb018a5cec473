package systest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/gateway"
)

// TestDeclarations follows standing declarations from the command to the
// verifier, over two gateways: facts that nobody states are answered once, and
// are open again after the revocation.
func TestDeclarations(t *testing.T) {
	w := newWorld(t)
	const beta = "beta" // of whom nothing is stated but where it is
	w.here.call("POST", "/participants", gateway.Participant{ID: beta, LegalName: dataspace.Text{EN: beta}, Jurisdiction: "CN", Known: dataspace.ValuesOf(map[string]dataspace.Value{
		"registered_in": dataspace.TextOf("CN-SH"), "exports_from": dataspace.TextOf("CN-SH"),
	})}, nil)
	path := filepath.Join(w.here.dir, "stock.csv")
	if err := os.WriteFile(path, []byte(strings.Replace(furniture(300, plain), "姓名", "品名", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	stock := client.Facts{"sector": "digital_content", "origin": "domestic", "important": "no"}
	w.here.call("POST", "/datasets", client.Dataset{ID: "stock", Owner: beta, Source: client.File(path), Facts: stock}, nil)
	key := filepath.Join(w.here.dir, "officer.key")
	if err := os.WriteFile(key, []byte(w.newKey(w.here, "bob", gateway.Compliance, "")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	declare := func(words ...string) (string, string, int) {
		return w.here.command(append([]string{"--key-file", key, "declare"}, words...)...)
	}
	set := func(words ...string) string {
		t.Helper()
		out, said, code := declare(append([]string{"set"}, append(words, "--of", beta, "--reason", "register of 12 March")...)...)
		if code != 0 {
			t.Fatalf("%d, %s", code, said)
		}
		return out
	}
	ask := w.sending(path)
	ask.From, ask.Dataset, ask.Source, ask.SourceForm, ask.Facts = beta, "stock", dataspace.Source{}, nil, nil

	// Nobody has stated them, so the flow waits for a person, with the questions.
	first := w.here.settle(w.send(ask).ID)
	var open dataspace.Decision
	w.here.document(first.ID, flow.DocDecision, &open)
	asked := map[string]bool{}
	for _, m := range open.Missing {
		asked[m.Fact] = true
	}
	if first.State != dataspace.WaitingReview || !asked["exporter.ciio"] && !asked["data.core"] {
		t.Fatalf("the first flow is %s, missing %+v", first.State, open.Missing)
	}

	// Only a compliance officer declares, with a reason.
	if _, said, code := w.here.command("declare", "set", "ciio", "no", "--of", beta, "--reason", "x"); code == 0 || !strings.Contains(said, "participants.declare") {
		t.Errorf("the operator: %d, %s", code, said)
	}
	if _, said, code := declare("set", "ciio", "no", "--of", beta); code != 2 || !strings.Contains(said, "a reason is needed") {
		t.Errorf("without a reason: %d, %s", code, said)
	}
	if out := set("ciio", "no"); !strings.Contains(out, "exporter.ciio = no: in force") || !strings.Contains(out, "bob") {
		t.Errorf("declared: %s", out)
	}
	set("state_organ", "no")
	set("core", "否")
	set("state_secret", "no", "--dataset", "stock")
	if out, said, code := declare("list", "--of", beta); code != 0 || !strings.Contains(out, "data.state_secret = no of dataset stock: in force") || !strings.Contains(out, "? data.important") {
		t.Errorf("%d, %s%s", code, out, said)
	}

	// The flow that waited is decided again under them, and passes.
	here, far := w.complete(first)
	var facts dataspace.Facts
	w.here.document(here.ID, flow.DocFacts, &facts)
	if len(facts.Declared) != 4 {
		t.Fatalf("the facts rest on %+v", facts.Declared)
	}
	var decision dataspace.Decision
	w.here.document(here.ID, flow.DocDecision, &decision)
	rests := 0
	for _, r := range decision.Reasons {
		for _, b := range r.Declared {
			if b.By != "bob" || b.Until == "" || b.Event == "" {
				t.Errorf("rule %s rests on %+v", r.Rule, b)
			}
			rests++
		}
	}
	if rests == 0 {
		t.Error("no reason says on which declaration it rests")
	}
	if out, said, code := w.here.command("flow", "show", string(here.ID), "--long"); code != 0 || !strings.Contains(unwrap(out), "rests on the declaration of") || !strings.Contains(unwrap(out), "by bob until") {
		t.Errorf("flow show: %d, %s%s", code, out, said)
	}
	w.verify(here, far)

	// The waybill has their entries; one that was altered or left out is refused.
	var data []byte
	w.here.call("GET", "/flows/"+string(here.ID)+"/waybill", nil, &data)
	var evidence client.Evidence
	w.here.call("GET", "/evidence", nil, &evidence)
	verify := func(name string, data []byte) (string, int) {
		t.Helper()
		file := filepath.Join(w.here.dir, name)
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		out, said, code := w.here.command("verify", file, "--key", evidence.LogKey)
		return unwrap(out + said), code
	}
	if out, code := verify("declared.waybill", data); code != 0 || !strings.Contains(out, "data.core is false: declared of beta by bob") || !strings.Contains(out, "register of 12 March") {
		t.Errorf("verify: %d\n%s", code, out)
	}
	for name, altered := range map[string]string{
		"reason": strings.ReplaceAll(string(data), "register of 12 March", "register of 13 March"),
		"longer": strings.ReplaceAll(string(data), `"until":"`+facts.Declared[0].Until, `"until":"2099-12-31`),
		"value":  strings.Replace(string(data), `"fact":"data.core"`, `"fact":"data.state_secret"`, 1),
	} {
		if altered == string(data) {
			t.Fatalf("%s: nothing was altered", name)
		}
		if out, code := verify(name+".waybill", []byte(altered)); code == 0 {
			t.Errorf("an altered declaration (%s) is verified:\n%s", name, out)
		}
	}
	wantKinds(t, checkLog(t, w.here.data), "", []dataspace.EventKind{dataspace.EventInstrument, dataspace.EventDeclaration, dataspace.EventDeclaration, dataspace.EventDeclaration, dataspace.EventDeclaration})

	// What contradicts it is refused, with both places.
	other := ask
	other.Facts = &dataspace.DatasetFacts{Known: dataspace.ValuesOf(map[string]dataspace.Value{"core": dataspace.BoolOf(true)})}
	for what, err := range map[string]error{
		"the flow":         w.here.try("POST", "/flows/send", other, nil),
		"dataset parts":    w.here.try("POST", "/datasets", client.Dataset{ID: "parts", Owner: beta, Source: client.File(path), Facts: client.Facts{"core": true}}, nil),
		"participant beta": w.here.try("PUT", "/participants/"+beta, client.Participant{ID: beta, Jurisdiction: "CN", Facts: client.Facts{"ciio": true}}, nil),
	} {
		if err == nil || !strings.Contains(err.Error(), what) || !strings.Contains(err.Error(), "the declaration of beta says false") {
			t.Errorf("%s: %v", what, err)
		}
	}

	// A revocation opens the fact again: the next flow waits.
	if out, said, code := declare("revoke", "core", "--of", beta, "--reason", "notified on 2 May"); code != 0 || !strings.Contains(out, "revoked") {
		t.Fatalf("%d, %s%s", code, out, said)
	}
	if again := w.here.settle(w.send(ask).ID); again.State != dataspace.WaitingReview {
		t.Errorf("after the revocation the flow is %s", again.State)
	}
	if kinds := checkLog(t, w.here.data)[""]; kinds[len(kinds)-1] != dataspace.EventRevocation {
		t.Errorf("the log ends with %v", kinds)
	}
	// The evidence of what left before still holds.
	if out, code := verify("before.waybill", data); code != 0 {
		t.Errorf("verify: %d\n%s", code, out)
	}
}

// A revocation between the agreement and the delivery ends the flow before its
// data leaves.
func TestRevokedAfterAgreement(t *testing.T) {
	w := newWorld(t)
	w.recipient("tiger") // which leaves offers to a person
	path := filepath.Join(w.here.dir, "stock.csv")
	if err := os.WriteFile(path, []byte(strings.Replace(furniture(300, plain), "姓名", "品名", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	w.here.call("POST", "/datasets", client.Dataset{ID: "stock", Owner: acme, Source: client.File(path),
		Facts: client.Facts{"sector": "digital_content", "origin": "domestic", "important": "no", "state_secret": false}}, nil)
	key := w.newKey(w.here, "bob", gateway.Compliance, "")
	at := "/participants/" + acme + "/declarations"
	var made client.Declaration
	if err := w.here.tryAs(key, "POST", at, client.Declare{Fact: "core", Value: false, Reason: "catalogue of data"}, &made); err != nil || made.State != "in_force" {
		t.Fatalf("%+v, %v", made, err)
	}
	ask := w.sending(path)
	ask.Dataset, ask.Source, ask.SourceForm, ask.Facts, ask.To = "stock", dataspace.Source{}, nil, nil, "tiger"
	f := w.send(ask)
	var far flowView
	w.waitFar(func(o flow.Flow) bool {
		if o.State == dataspace.WaitingReview {
			far = w.far.flow(o.ID)
		}
		return o.State == dataspace.WaitingReview
	})
	if err := w.here.tryAs(key, "POST", at+"/revoke", client.Revoke{Fact: "core", Reason: "notified"}, nil); err != nil {
		t.Fatal(err)
	}
	w.far.call("POST", "/flows/"+string(far.ID)+"/accept", client.Judgement{Approve: true, Reason: "ordered"}, nil)
	if f := w.here.settle(f.ID); f.State != dataspace.Refused || f.Trouble.Code != "flow.lapsed" {
		t.Errorf("the flow is %s, %+v", f.State, f.Trouble)
	}
	if list := w.delivered("tiger"); len(list) != 0 {
		t.Errorf("delivered %v", list)
	}
}

// TestMinorsDeclared: a table without a column of ages says nothing of children.
// Once sensitive data of the year makes the law ask, the flow waits with the
// question; a declaration answers it for all datasets, and if there are some,
// everybody counts as one.
func TestMinorsDeclared(t *testing.T) {
	w := newWorld(t)
	var mails strings.Builder
	mails.WriteString("email\n")
	for i := range 40 {
		fmt.Fprintf(&mails, "user%d@example.com\n", i)
	}
	path := filepath.Join(w.here.dir, "mails.csv")
	if err := os.WriteFile(path, []byte(mails.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	key := w.newKey(w.here, "bob", gateway.Compliance, "")
	as := func(method, path string, in any) {
		t.Helper()
		if err := w.here.tryAs(key, method, path, in, nil); err != nil {
			t.Fatal(err)
		}
	}
	decisionOf := func(f flowView) (d dataspace.Decision) {
		t.Helper()
		w.here.document(f.ID, flow.DocDecision, &d)
		return d
	}
	asked := func(list []dataspace.Missing) bool {
		return slices.ContainsFunc(list, func(m dataspace.Missing) bool { return m.Fact == "data.under_14" && m.Ask != nil })
	}

	// An ordinary table leaves; the decision says what it takes for granted.
	first, _ := w.complete(w.send(w.sending(path)))
	if d := decisionOf(first); !asked(d.Assumed) || asked(d.Missing) {
		t.Errorf("assumed %+v, missing %+v", d.Assumed, d.Missing)
	}
	var p dataspace.Profile
	w.here.document(first.ID, flow.DocProfile, &p)
	if n, ok := p.Subjects.Classes["under_14"]; !ok || n != nil {
		t.Errorf("the profile counts %v", n)
	}

	// Sensitive data of the year: the law asks for the consent of guardians.
	as("POST", "/counts/corrections", client.Correct{Exporter: acme, Year: time.Now().In(shanghai).Year(), Change: client.Totals{"sensitive": 5}, Reason: "left before"})
	ask := w.sending(path)
	ask.Facts.Known.Set("necessity_shown", dataspace.BoolOf(true))
	waiting := w.here.settle(w.send(ask).ID)
	// Whatever the answer is, something has to be done first.
	if d := decisionOf(waiting); waiting.State != dataspace.WaitingAction || !asked(d.Missing) {
		t.Fatalf("the flow is %s, missing %+v", waiting.State, d.Missing)
	}
	declarations := "/participants/" + acme + "/declarations"
	as("POST", declarations, client.Declare{Fact: "under_14", Value: "no", Reason: "the shop asks for the age"})
	var missing []dataspace.Missing
	for range 500 {
		if missing = decisionOf(w.here.until(waiting.ID, dataspace.WaitingAction)).Missing; !asked(missing) {
			break
		}
		pause()
	}
	if asked(missing) {
		t.Errorf("it is asked again: %+v", missing)
	}
	if n := w.people(acme)["under_14"]; n != 0 {
		t.Errorf("%d children are counted", n)
	}

	// There are some after all: the flow is decided again, and all 40 count.
	as("POST", declarations, client.Declare{Fact: "under_14", Value: true, Reason: "the shop does not ask"})
	var facts dataspace.Facts
	for n := 0; ; n++ {
		f := w.here.settle(waiting.ID)
		w.here.document(f.ID, flow.DocFacts, &facts)
		if some, _ := facts.Known.Bool("data.under_14"); some {
			break
		}
		if n > 500 {
			t.Fatalf("the flow is %s, decided on %+v", f.State, facts.Declared)
		}
		pause()
	}
	young, _ := facts.Known.Int("counts.under_14")
	sensitive, _ := facts.Known.Int("counts.sensitive")
	if young != 40 || sensitive != 45 {
		t.Errorf("%d children and %d people with sensitive data are counted, want 40 and 45", young, sensitive)
	}
	if d := decisionOf(w.here.flow(waiting.ID)); !slices.ContainsFunc(d.Obligations, func(o dataspace.Obligation) bool { return o.ID == "cn.guardian_consent" && !o.Satisfied }) {
		t.Errorf("the consent of guardians is not asked for: %+v", d.Obligations)
	}
}
