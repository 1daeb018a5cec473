package systest_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/gateway"
	"hutong/internal/papers"
	"hutong/internal/sample"
)

// TestContradictions: a running gateway neither decides, nor approves, nor clears a
// flow over statements that cannot both be true, and says which they are.
func TestContradictions(t *testing.T) {
	x := &exchange{world: newWorld(t)}
	x.exporter("re")
	x.compliance = x.newKey(x.here, "officer", gateway.Compliance, "")
	x.part("assessment", x.contradictoryFacts)
	x.part("flow", x.contradictoryFlow)
	x.part("approval", x.contradictoryApproval)
}

// contradicted is the answer of the API to what contradicts itself.
func contradicted(t *testing.T, err error) client.Error {
	t.Helper()
	var r *refusal
	if !errors.As(err, &r) || r.answer.Status != http.StatusConflict || r.answer.Kind != "contradiction" || len(r.answer.Contradictions) == 0 {
		t.Fatalf("it is %v", err)
	}
	if c := r.answer.Contradictions[0]; c.Code != r.answer.Code || c.A.ZH == "" || c.B.ZH == "" || c.Is.ZH == "" || c.Do.ZH == "" {
		t.Errorf("said in one language: %+v", c)
	}
	return r.answer
}

func (x *exchange) contradictoryFacts(t *testing.T) {
	facts := map[string]any{"on": day(0), "exporter": map[string]any{"jurisdiction": "CN"}, "recipient": map[string]any{"jurisdiction": "SG", "foreign_authority": true, "same_group": true},
		"data": map[string]any{"personal": true, "elements": []string{"bank_card"}}, "counts": map[string]any{"non_sensitive": 5, "sensitive": 0}}
	said := contradicted(t, x.here.try("POST", "/assessments", map[string]any{"facts": facts}, nil))
	if len(said.Contradictions) != 2 || said.Code != "contradiction.counts" || said.Contradictions[1].Code != "contradiction.facts" ||
		!strings.Contains(said.Place, "facts.counts.sensitive: 0 and facts.data.elements: bank_card") || said.Hint == "" {
		t.Errorf("the API answers %+v", said)
	}
	delete(facts["recipient"].(map[string]any), "same_group")
	facts["counts"] = map[string]any{"non_sensitive": 5, "sensitive": 1}
	var d dataspace.Decision
	x.here.call("POST", "/assessments", map[string]any{"facts": facts}, &d)
	if d.Verdict == "" {
		t.Error("consistent facts are not decided")
	}
}

func (x *exchange) contradictoryFlow(t *testing.T) {
	before := x.outside()
	ask := x.sending(x.write(sample.Support))
	ask.Facts.Known.Set("storage.until", dataspace.TextOf(day(-30)))
	ask.Facts.Known.Set("important_notified_on", dataspace.TextOf(day(-40)))
	said := contradicted(t, x.here.try("POST", "/flows/send", ask, nil))
	if said.Code != "contradiction.facts" || len(said.Contradictions) != 2 || !strings.Contains(said.Message, "facts.data.important: no") {
		t.Errorf("a flow that begins is answered %+v", said)
	}
	ask.Facts.Known.Set("storage.until", dataspace.TextOf(day(300)))
	ask.Facts.Known.Forget("important_notified_on")

	// Papers are compared when the flow is decided.
	x.instrument(papers.Paper{Owner: acme, Instrument: dataspace.Instrument{ID: "SC-2", Kind: "cn.standard_contract", EffectiveOn: day(-2), FiledOn: day(-9), RenewedOn: day(-3)}})
	f := x.send(ask)
	for deadline := time.Now().Add(flowTimeout); f.Trouble == nil; f = x.here.flow(f.ID) {
		if time.Now().After(deadline) || f.State.Final() {
			t.Fatalf("the flow is %s and says nothing", f.State)
		}
		time.Sleep(20 * time.Millisecond)
	}
	if f.State != dataspace.Checking || f.Trouble.Code != "contradiction.paper_day" || len(f.Trouble.Contradictions) != 2 {
		t.Fatalf("the flow is %s, %+v", f.State, f.Trouble)
	}
	if f.Verdict != "" || f.Reserved != "" || f.Documents[flow.DocDecision] != "" {
		t.Errorf("it is decided all the same: %s, %s", f.Verdict, f.Reserved)
	}
	if now := x.outside(); now != before {
		t.Errorf("the far side has %v flows and files, had %v", now, before)
	}
	out, _, code := x.here.command("flow", "follow", string(f.ID), "--lang", "zh")
	if code != 3 || !strings.Contains(out, "✗ facts.instruments.1.renewed_on（cn.standard_contract SC-2）："+day(-3)) || !strings.Contains(out, "filed_on") {
		t.Errorf("the command ends with %d and shows %s", code, out)
	}
	// Without the paper the flow goes on.
	x.here.call("DELETE", "/participants/acme/instruments/SC-2", nil, nil)
	x.here.call("POST", "/flows/"+string(f.ID)+"/resume", nil, &f)
	x.complete(f)
}

func (x *exchange) contradictoryApproval(t *testing.T) {
	f := x.here.settle(x.send(x.portfolio()).ID)
	if f.State != dataspace.WaitingReview {
		t.Fatalf("the flow is %s, %+v", f.State, f.Trouble)
	}
	x.instrument(papers.Paper{Owner: "re", Instrument: dataspace.Instrument{ID: "SC-1", Kind: "cn.standard_contract", EffectiveOn: day(-2), FiledOn: day(-9)}})
	// A new paper has the flow decided again: it cannot be approved meanwhile, and
	// stands still.
	judge, yes := "/flows/"+string(f.ID)+"/review", client.Judgement{Approve: true, Reason: "the annex was read"}
	x.denied("an approval over a contradiction", x.here.tryAs(x.compliance, "POST", judge, yes, nil))
	for deadline := time.Now().Add(flowTimeout); f.State != dataspace.Checking || f.Trouble == nil; f = x.here.flow(f.ID) {
		if time.Now().After(deadline) || f.State.Final() || f.Review != nil {
			t.Fatalf("the flow is %s after %s", f.State, asJSON(f.Review))
		}
		time.Sleep(20 * time.Millisecond)
	}
	if len(f.Trouble.Contradictions) != 1 || f.Trouble.Code != "contradiction.paper_day" || !strings.Contains(f.Trouble.Message, "SC-1") {
		t.Errorf("its trouble is %+v", f.Trouble)
	}
	key := filepath.Join(x.here.dir, "officer.key")
	if err := os.WriteFile(key, []byte(x.compliance), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, code := x.here.command("flow", "review", string(f.ID), "--approve", "--reason", "read", "--key-file", key); code == 0 {
		t.Error("the command approves it")
	}
	// Without the paper it waits for a person again, and is approved.
	x.here.call("DELETE", "/participants/re/instruments/SC-1", nil, nil)
	x.here.call("POST", "/flows/"+string(f.ID)+"/resume", nil, nil)
	f = x.here.until(f.ID, dataspace.WaitingReview)
	if err := x.here.tryAs(x.compliance, "POST", judge, yes, &f); err != nil {
		t.Fatal(err)
	}
	x.complete(f)
}
