package systest_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
	f := x.here.settle(x.send(ask).ID)
	if f.State != dataspace.Refused || f.Trouble == nil || f.Trouble.Code != "contradiction.facts" || len(f.Trouble.Contradictions) != 2 {
		t.Fatalf("the flow is %s, %+v", f.State, f.Trouble)
	}
	if f.Verdict != "" || f.Reserved != "" || f.Documents[flow.DocDecision] != "" {
		t.Errorf("it is decided all the same: %s, %s", f.Verdict, f.Reserved)
	}
	if now := x.outside(); now != before {
		t.Errorf("the far side has %v flows and files, had %v", now, before)
	}
	out, _, _ := x.here.command("flow", "show", string(f.ID), "--lang", "zh")
	if !strings.Contains(out, "✗ facts.data.important：no") || !strings.Contains(out, "facts.storage.until："+day(-30)) {
		t.Errorf("the command shows %s", out)
	}
	// One answer put right, and the other left out: the same dataset leaves.
	ask.Facts.Known.Set("storage.until", dataspace.TextOf(day(300)))
	ask.Facts.Known.Forget("important_notified_on")
	x.complete(x.send(ask))
}

func (x *exchange) contradictoryApproval(t *testing.T) {
	f := x.here.settle(x.send(x.portfolio()).ID)
	if f.State != dataspace.WaitingReview {
		t.Fatalf("the flow is %s, %+v", f.State, f.Trouble)
	}
	x.instrument(papers.Paper{Owner: "re", Instrument: dataspace.Instrument{ID: "SC-1", Kind: "cn.standard_contract", EffectiveOn: day(-2), FiledOn: day(-9)}})
	judge, yes := "/flows/"+string(f.ID)+"/review", client.Judgement{Approve: true, Reason: "the annex was read"}
	said := contradicted(t, x.here.tryAs(x.compliance, "POST", judge, yes, nil))
	if said.Code != "contradiction.paper_day" || !strings.Contains(said.Place, "SC-1") {
		t.Errorf("the review is answered %+v", said)
	}
	key := filepath.Join(x.here.dir, "officer.key")
	if err := os.WriteFile(key, []byte(x.compliance), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, errs, code := x.here.command("flow", "review", string(f.ID), "--approve", "--reason", "read", "--key-file", key); code != 3 || !strings.Contains(errs, "contradiction.paper_day") {
		t.Errorf("the command ends with %d: %s", code, errs)
	}
	if f = x.here.flow(f.ID); f.State != dataspace.WaitingReview || f.Review != nil {
		t.Fatalf("the flow is %s after %s", f.State, asJSON(f.Review))
	}
	// What cannot be approved can be refused; without the paper it is approved.
	x.here.call("DELETE", "/participants/re/instruments/SC-1", nil, nil)
	if err := x.here.tryAs(x.compliance, "POST", judge, yes, &f); err != nil {
		t.Fatal(err)
	}
	x.complete(f)
}
