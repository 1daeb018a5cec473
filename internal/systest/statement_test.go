package systest_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/gateway"
)

// residents are valid numbers of nobody.
var residents = []string{"11010519491231002X", "440106197803076525", "310115198207014514"}

// furniture has a header that says names of people, over names of products.
func furniture(rows int, note func(i int) string) string {
	var b strings.Builder
	b.WriteString("姓名,数量,包装\n")
	for i := range rows {
		fmt.Fprintf(&b, "%s%s,%d,%s\n", []string{"红", "白", "黑", "黄"}[i%4], []string{"木桌", "沙发", "灯具"}[i%3], 1+i%9, note(i))
	}
	return b.String()
}

func plain(i int) string { return fmt.Sprintf("box %c", 'a'+i%20) }

// TestStatements follows a person's word on a column from the command to the
// verifier, over two gateways.
func TestStatements(t *testing.T) {
	w := newWorld(t)
	path := filepath.Join(w.here.dir, "stock.csv")
	put := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(furniture(300, plain))
	w.here.call("POST", "/datasets", client.Dataset{ID: "stock", Owner: acme, Source: client.File(path), Facts: stockFacts}, nil)
	key := filepath.Join(w.here.dir, "officer.key")
	if err := os.WriteFile(key, []byte(w.newKey(w.here, "bob", gateway.Compliance, "")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	asOfficer := func(words ...string) (string, string, int) {
		return w.here.command(append([]string{"--key-file", key}, words...)...)
	}
	send := func() flowView {
		t.Helper()
		ask := w.sending(path)
		ask.Dataset, ask.Source, ask.SourceForm, ask.Facts = "stock", dataspace.Source{}, nil, nil
		return w.here.settle(w.send(ask).ID)
	}
	profileOf := func(f flowView) (p dataspace.Profile) {
		w.here.document(f.ID, flow.DocProfile, &p)
		return p
	}
	column := func(p dataspace.Profile, name string) dataspace.ColumnProfile {
		t.Helper()
		c, ok := p.Column(name)
		if !ok {
			t.Fatalf("no column %s", name)
		}
		return c
	}

	// The wrong finding makes the table one about people, so the flow waits.
	first := send()
	if c := column(profileOf(first), "姓名"); c.Element == nil || *c.Element != "person_name_zh" || !first.State.Waiting() {
		t.Fatalf("the first flow is %s, and the column %+v", first.State, c)
	}

	// The operator runs the gateway, and does not say what a column is.
	if _, said, code := w.here.command("dataset", "column", "not-personal", "stock", "姓名", "--of", acme, "--reason", "x"); code == 0 || !strings.Contains(said, "datasets.state") {
		t.Errorf("the operator: %d, %s", code, said)
	}
	if _, said, code := asOfficer("dataset", "column", "not-personal", "stock", "姓名", "--of", acme); code != 2 || !strings.Contains(said, "a reason is needed") {
		t.Errorf("without a reason: %d, %s", code, said)
	}
	if out, said, code := asOfficer("dataset", "column", "not-personal", "stock", "姓名", "--of", acme, "--reason", "names of furniture, see the catalogue"); code != 0 || !strings.Contains(out, "holds no personal data (found: person_name_zh)") || !strings.Contains(out, "bob") {
		t.Fatalf("%d, %s%s", code, out, said)
	}

	// The flow that waited is profiled and decided again, and passes.
	here, _ := w.complete(first)
	p := profileOf(here)
	c := column(p, "姓名")
	if *c.Element != "person_name_zh" || !c.Said.Holds() || c.Said.Statement.By != "bob" || column(p.Used(), "姓名").Element != nil {
		t.Errorf("finding, statement and use: %+v", c)
	}
	var plan dataspace.Plan
	w.here.document(here.ID, flow.DocPlan, &plan)
	if one, _ := plan.Column("姓名"); one.Said != dataspace.SaysNotPersonal || one.Found == nil || *one.Found != "person_name_zh" || one.Element != nil || one.Action != dataspace.Keep {
		t.Errorf("the plan says %+v", one)
	}
	var waybill []byte
	w.here.call("GET", "/flows/"+string(here.ID)+"/waybill", nil, &waybill)
	file := filepath.Join(w.here.dir, "said.waybill")
	if err := os.WriteFile(file, waybill, 0o600); err != nil {
		t.Fatal(err)
	}
	var evidence client.Evidence
	w.here.call("GET", "/evidence", nil, &evidence)
	if out, said, code := w.here.command("verify", file, "--key", evidence.LogKey); code != 0 || !strings.Contains(unwrap(out), `Column "姓名": found person_name_zh. bob says that it holds no personal data`) || !strings.Contains(unwrap(out), "Used as no element.") || !strings.Contains(unwrap(out), "logged before the profile, with who, when and why: 1.") {
		t.Errorf("verify: %d\n%s%s", code, out, said)
	}
	wantKinds(t, checkLog(t, w.here.data), "", []dataspace.EventKind{dataspace.EventInstrument, dataspace.EventStatement})

	// The next month's file needs no question; the statement is exported as a row.
	put(furniture(450, plain))
	w.complete(send())
	if out, said, code := asOfficer("dataset", "column", "export", "stock", "--of", acme); code != 0 || out != "header,type,forms,found,says,element\n姓名,string,字 2-3 100%,person_name_zh,not_personal,\n" && !strings.HasPrefix(out, "header,type,forms,found,says,element\n姓名,string,字 3 100%,person_name_zh,not_personal,\n") {
		t.Errorf("%d, %q%s", code, out, said)
	}

	// What is taken back is in the log too, with who and why.
	if _, said, code := asOfficer("dataset", "column", "withdraw", "stock", "姓名", "--of", acme); code != 2 || !strings.Contains(said, "a reason is needed") {
		t.Errorf("withdraw without a reason: %d, %s", code, said)
	}
	if _, said, code := asOfficer("dataset", "column", "withdraw", "stock", "姓名", "--of", acme, "--reason", "names of customers since May"); code != 0 {
		t.Errorf("withdraw: %d, %s", code, said)
	}
	wantKinds(t, checkLog(t, w.here.data), "", []dataspace.EventKind{dataspace.EventInstrument, dataspace.EventStatement, dataspace.EventWithdrawal})

	// Valid identity numbers stay what they are, whatever was or is said.
	put(strings.Replace(furniture(300, func(i int) string { return residents[i%3] }), "包装", "编号", 1))
	_, said, code := asOfficer("dataset", "column", "not-personal", "stock", "编号", "--of", acme, "--reason", "our own numbers")
	if code == 0 || !strings.Contains(said, "cn_resident_id in 300 rows") || strings.Contains(said, residents[0]) {
		t.Errorf("not personal on valid numbers: %d, %s", code, said)
	}
	put(furniture(300, plain))
	if _, said, code := asOfficer("dataset", "column", "not-personal", "stock", "包装", "--of", acme, "--reason", "boxes"); code != 0 {
		t.Fatal(said)
	}
	put(furniture(300, func(i int) string {
		if i == 7 {
			return "box " + residents[0]
		}
		return plain(i)
	}))
	attacked := send()
	p = profileOf(attacked)
	if c := column(p.Used(), "包装"); !c.Personal || len(c.Contains) != 1 || c.Contains[0].Rows != 1 || len(column(p, "包装").Said.Proved) != 1 {
		t.Errorf("one number among boxes is used as %+v", c)
	}
	w.here.document(attacked.ID, flow.DocPlan, &plan)
	if one, _ := plan.Column("包装"); one.Action != dataspace.Drop || one.Rule == "" {
		t.Errorf("the plan lets the column with the number leave: %+v", one)
	}
}

// A statement that changes what an agreed flow was decided on ends the flow
// before its data leaves.
func TestStatementAfterAgreement(t *testing.T) {
	w := newWorld(t)
	w.recipient("tiger") // which leaves offers to a person
	path := filepath.Join(w.here.dir, "stock.csv")
	if err := os.WriteFile(path, []byte(strings.Replace(furniture(300, plain), "姓名", "品名", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	facts := client.Facts{"consent": map[string]any{"basis": "consent", "separate_consent": true, "notice_given": true}}
	maps.Copy(facts, stockFacts)
	w.here.call("POST", "/datasets", client.Dataset{ID: "stock", Owner: acme, Source: client.File(path), Facts: facts}, nil)
	key := w.newKey(w.here, "bob", gateway.Compliance, "")
	ask := w.sending(path)
	ask.Dataset, ask.Source, ask.SourceForm, ask.Facts, ask.To = "stock", dataspace.Source{}, nil, nil, "tiger"
	say := func(column, says, element string) {
		t.Helper()
		in := client.Say{Reason: "asked the shop", Columns: []client.SayColumn{{Column: column, Says: says, Element: element}}}
		if err := w.here.tryAs(key, "POST", "/participants/"+acme+"/datasets/stock/statements/columns", in, nil); err != nil {
			t.Fatal(err)
		}
	}
	accepted := func(change func()) flowView {
		t.Helper()
		f := w.send(ask)
		var far flowView
		w.waitFar(func(o flow.Flow) bool {
			if o.State == dataspace.WaitingReview {
				far = w.far.flow(o.ID)
			}
			return o.State == dataspace.WaitingReview
		})
		change()
		w.far.call("POST", "/flows/"+string(far.ID)+"/accept", client.Judgement{Approve: true, Reason: "ordered"}, nil)
		return w.here.settle(f.ID)
	}
	if f := accepted(func() { say("数量", "confirm", "") }); f.State != dataspace.Completed {
		t.Errorf("a statement that only confirms what was accepted ends the flow: %s %+v", f.State, f.Trouble)
	}
	if f := accepted(func() { say("品名", "correct", "person_name_zh") }); f.State != dataspace.Refused || f.Trouble.Code != "flow.said" {
		t.Errorf("the flow is %s, %+v", f.State, f.Trouble)
	}
	if list := w.delivered("tiger"); len(list) != 1 {
		t.Errorf("delivered %v", list)
	}
}

var stockFacts = client.Facts{"sector": "digital_content", "origin": "domestic", "important": "no", "core": false, "state_secret": false}

// unwrap joins wrapped lines.
func unwrap(s string) string { return strings.Join(strings.Fields(s), " ") }
