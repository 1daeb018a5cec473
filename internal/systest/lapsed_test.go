package systest_test

import (
	"maps"
	"strings"
	"testing"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
)

// TestLapsed takes back what a flow was cleared on while it waits for a person
// at the far side: nothing may leave on a clearance that no longer holds.
func TestLapsed(t *testing.T) {
	x := &exchange{world: newWorld(t)}
	x.recipient("tiger")
	people := x.people(acme)
	here, far := x.toTiger()
	if got := x.people(acme); maps.Equal(got, people) {
		t.Fatal("the people of a flow under way are not held")
	}
	x.here.call("DELETE", "/participants/"+acme+"/instruments/"+acme+"-pipia", nil, nil)
	x.far.call("POST", "/flows/"+string(far.ID)+"/accept", client.Judgement{Approve: true, Reason: "ordered"}, nil)
	here, far = x.here.settle(here.ID), x.far.settle(far.ID)
	if here.State != dataspace.Refused || here.Trouble.Code != "flow.lapsed" || far.State != dataspace.Refused {
		t.Fatalf("the sides are %s (%+v) and %s (%+v)", here.State, here.Trouble, far.State, far.Trouble)
	}
	if list := x.delivered("tiger"); len(list) > 0 {
		t.Fatalf("delivered %v", list)
	}
	if got := x.people(acme); !maps.Equal(got, people) {
		t.Fatalf("people %+v, were %+v, though nothing left", got, people)
	}
	var d dataspace.Decision
	x.here.document(here.ID, flow.DocStartDecision, &d)
	if d.Verdict == dataspace.Cleared {
		t.Fatalf("the decision that ended the flow is %s", d.Verdict)
	}
	// The far side learns that it has ended, and not of whose papers.
	if strings.Contains(far.Trouble.Message, "instrument") || strings.Contains(far.Trouble.Message, string(here.ID)) {
		t.Errorf("the far side is told %q", far.Trouble.Message)
	}
	wantKinds(t, checkLog(t, x.here.data), here.ID, []dataspace.EventKind{
		dataspace.EventProfile, dataspace.EventDecision, dataspace.EventAgreement, dataspace.EventRefusal})
}
