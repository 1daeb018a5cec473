package systest_test

import (
	"encoding/json"
	"errors"
	"maps"
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
	"hutong/internal/people"
	"hutong/internal/sample"
)

// exchange is two gateways with all that happens between them in one test.
type exchange struct {
	*world
	seen       pseudonyms
	compliance string // key of a compliance officer here
	// kinds are the log entries that each flow must have left, by gateway.
	kinds map[*gatewayProcess]map[dataspace.FlowID][]dataspace.EventKind
}

// TestExchange takes a dataset every way that there is between two gateways,
// and in the end looks for what must not be anywhere.
func TestExchange(t *testing.T) {
	x := &exchange{world: newWorld(t), seen: pseudonyms{}, kinds: map[*gatewayProcess]map[dataspace.FlowID][]dataspace.EventKind{}}
	x.exporter("re")
	x.recipient(court, "shanghai")
	x.recipient("tiger") // takes nothing without being asked
	x.compliance = x.newKey(x.here, "officer", gateway.Compliance, "")
	x.part("cleared", x.cleared)
	x.part("filing", x.filing)
	x.part("formats", x.formats)
	x.part("action-required", x.actionRequired)
	x.part("human-review", x.humanReview)
	x.part("review-against", x.reviewAgainst)
	x.part("prohibited", x.prohibited)
	x.part("fetch", x.fetch)
	x.part("intake", x.intake)
	x.part("stop", x.stop)
	x.part("suspended", x.suspended)
	x.part("participant-key", x.participantKey)
	x.part("counts", x.counts)
	x.part("evidence", x.evidence)
	x.part("quiet", x.quiet)
}

func (w *world) newKey(g *gatewayProcess, name string, role gateway.Role, of dataspace.ParticipantID) string {
	w.t.Helper()
	var k client.IssuedKey
	g.call("POST", "/keys", client.NewKey{Name: name, Role: string(role), Participant: string(of)}, &k)
	return k.Secret
}

// remember notes what the log must have of a flow.
func (x *exchange) remember(g *gatewayProcess, id dataspace.FlowID, kinds ...dataspace.EventKind) {
	if x.kinds[g] == nil {
		x.kinds[g] = map[dataspace.FlowID][]dataspace.EventKind{}
	}
	x.kinds[g][id] = kinds
}

// arrived compares a delivered file with what was sent and the plan, and
// checks both waybills.
func (x *exchange) arrived(here, far flowView, sent cells) {
	x.t.Helper()
	var plan dataspace.Plan
	x.here.document(here.ID, flow.DocPlan, &plan)
	x.seen.check(x.t, plan, sent, readDelivered(x.t, far.Delivered.Path))
	if here.Delivered.Rows != int64(len(sent)-1) || here.Delivered.Result != far.Delivered.Result {
		x.t.Fatalf("the two sides saw %s and %s", asJSON(here.Delivered), asJSON(far.Delivered))
	}
	x.verify(here, far)
}

func (x *exchange) cleared(t *testing.T) {
	path := x.write(sample.Support)
	bill := filepath.Join(x.here.dir, "first.waybill")
	stdout, stderr, code := x.here.command("--json", "send", path, "--to", "singapore/lion", "--from", acme, "--purpose", "business",
		"--sector", "digital_content", "--origin", "domestic", "--important", "no", "--core=false", "--state-secret=false",
		"--basis", "consent", "--separate-consent", "--notice-given", "--waybill", bill)
	if code != 0 {
		t.Fatalf("send ended with %d\n%s\n%s", code, stdout, stderr)
	}
	var f flowView
	if err := json.Unmarshal([]byte(stdout), &f); err != nil {
		t.Fatalf("%v\n%s", err, stdout)
	}
	here, far := x.complete(f)
	if here.Verdict != dataspace.Cleared {
		t.Fatalf("verdict %s", here.Verdict)
	}
	var plan dataspace.Plan
	x.here.document(here.ID, flow.DocPlan, &plan)
	for name, want := range map[string]dataspace.Action{"身份证号": dataspace.Drop, "用户编号": dataspace.Pseudonymise} {
		if c, _ := plan.Column(name); c.Action != want {
			t.Errorf("a column that must be %s is %s", want, c.Action)
		}
	}
	x.arrived(here, far, sampleCells(t, sample.Support))
	if got := x.people(acme); got["non_sensitive"] != supportPeople || got["sensitive"] != 0 {
		t.Fatalf("people %+v", got)
	}
	x.verifyByCommand(t, bill, far)
	x.remember(x.here, here.ID, sentKinds...)
	x.remember(x.far, far.ID, gotKinds...)
}

// verifyByCommand checks a waybill as anybody would, and that a changed one
// is noticed.
func (x *exchange) verifyByCommand(t *testing.T, bill string, far flowView) {
	t.Helper()
	var e client.Evidence
	x.here.call("GET", "/evidence", nil, &e)
	if out, errs, code := x.far.command("verify", bill, "--key", e.LogKey, "--data", far.Delivered.Path); code != 0 {
		t.Fatalf("verify ended with %d\n%s\n%s", code, out, errs)
	}
	data, err := os.ReadFile(bill)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	forged := filepath.Join(x.here.dir, "forged.waybill")
	if err := os.WriteFile(forged, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, errs, code := x.far.command("verify", forged, "--key", e.LogKey); code != 4 {
		t.Fatalf("verify of a changed waybill ended with %d\n%s\n%s", code, out, errs)
	}
}

func (x *exchange) formats(t *testing.T) {
	sent := sampleCells(t, sample.Support)
	for _, name := range []string{"jsonl", "parquet", "csv"} {
		s := x.sending(x.write(sample.Support))
		s.Format = name
		s.Columns = []dataspace.ColumnPlan{{Name: "手机号", Action: dataspace.Mask, First: 3, Last: 2}, {Name: "满意度", Action: dataspace.Drop}}
		here, far := x.complete(x.send(s))
		x.arrived(here, far, sent)
		x.remember(x.here, here.ID, sentKinds...)
		x.remember(x.far, far.ID, gotKinds...)
	}
	if got := x.people(acme); got["non_sensitive"] != supportPeople {
		t.Fatalf("people %+v after the same people again", got)
	}
}

func (x *exchange) actionRequired(t *testing.T) {
	before := x.outside()
	s := x.sending(x.write(sample.Membership))
	s.Dataset = "members"
	f := x.here.settle(x.send(s).ID)
	x.waits(f, dataspace.WaitingAction, dataspace.ActionRequired, before)
	var d dataspace.Decision
	x.here.document(f.ID, flow.DocDecision, &d)
	if len(d.Obligations) == 0 || len(d.Reasons) == 0 {
		t.Fatalf("decision without obligations or reasons: %s", asJSON(d))
	}
	if got := x.people(acme); got["non_sensitive"] != supportPeople {
		t.Fatalf("people are counted who did not leave: %+v", got)
	}
	contract := papers.Paper{Owner: acme, Instrument: dataspace.Instrument{
		ID: "contract-old", Kind: "cn.standard_contract", EffectiveOn: day(-400), FiledOn: day(-395), ExpiresOn: day(-1)}}
	x.instrument(contract)
	f = x.here.settle(f.ID)
	x.waits(f, dataspace.WaitingAction, dataspace.ActionRequired, before)

	contract.ID, contract.EffectiveOn, contract.FiledOn, contract.ExpiresOn = "contract-new", day(-5), day(0), ""
	x.instrument(contract)
	here, far := x.complete(f)
	x.arrived(here, far, sampleCells(t, sample.Membership))
	if got := x.people(acme); got["non_sensitive"] != supportPeople+120_000 {
		t.Fatalf("people %+v", got)
	}
	decision := dataspace.EventDecision
	x.remember(x.here, here.ID, dataspace.EventProfile, decision, decision, decision, dataspace.EventAgreement, dataspace.EventStart, dataspace.EventReceipt)
	x.remember(x.far, far.ID, gotKinds...)
}

// outside is what the far side has: flows and files.
func (x *exchange) outside() [2]int {
	return [2]int{len(x.far.flows()), len(x.delivered(lion)) + len(x.delivered(court)) + len(x.delivered("tiger"))}
}

// waits checks that a flow waits and that nothing has left.
func (x *exchange) waits(f flowView, state dataspace.FlowState, verdict dataspace.Verdict, before [2]int) {
	x.t.Helper()
	if f.State != state || f.Verdict != verdict || f.Delivered != nil {
		x.t.Fatalf("flow is %s with verdict %s (%+v), want %s with %s", f.State, f.Verdict, f.Trouble, state, verdict)
	}
	if f.Trouble == nil || f.Trouble.Message == "" {
		x.t.Fatalf("flow is %s and does not say why", f.State)
	}
	if now := x.outside(); now != before {
		x.t.Fatalf("the far side has %v flows and files, had %v", now, before)
	}
}

func (x *exchange) portfolio() sendAsk {
	s := x.sending(x.write(sample.Portfolio))
	s.From, s.Dataset, s.Facts = "re", "portfolio", known("reinsurance")
	s.Facts.Known.Set("scenario", dataspace.TextOf("RE-LIFE"))
	return s
}

func (x *exchange) humanReview(t *testing.T) {
	before := x.outside()
	f := x.here.settle(x.send(x.portfolio()).ID)
	x.waits(f, dataspace.WaitingReview, dataspace.HumanReview, before)
	var d dataspace.Decision
	x.here.document(f.ID, flow.DocDecision, &d)
	if len(d.Missing) == 0 {
		t.Fatal("the decision does not say what is missing")
	}
	judge := "/flows/" + string(f.ID) + "/review"
	yes := client.Judgement{Approve: true, Reason: "the annex was read: the thresholds are kept"}
	x.denied("an operator must not review", x.here.try("POST", judge, yes, nil))
	x.denied("a review needs a reason", x.here.tryAs(x.compliance, "POST", judge, client.Judgement{Approve: true}, nil))
	x.denied("an acceptance is no review", x.here.try("POST", "/flows/"+string(f.ID)+"/accept", yes, nil))
	x.waits(x.here.flow(f.ID), dataspace.WaitingReview, dataspace.HumanReview, before)
	if err := x.here.tryAs(x.compliance, "POST", judge, yes, &f); err != nil {
		t.Fatal(err)
	}
	here, far := x.complete(f)
	x.arrived(here, far, sampleCells(t, sample.Portfolio))
	if here.Review == nil || !here.Review.Approve || here.Review.Reason != yes.Reason || !strings.Contains(here.Review.By, "officer") {
		t.Fatalf("review %s", asJSON(here.Review))
	}
	if here.Verdict != dataspace.HumanReview {
		t.Fatalf("the review has replaced the verdict: %s", here.Verdict)
	}
	// Whether they count as sensitive depends on whether the findings of the
	// doctors leave.
	var plan dataspace.Plan
	x.here.document(here.ID, flow.DocPlan, &plan)
	want := people.Totals{"non_sensitive": 0, "sensitive": 1743, "under_14": 0}
	if c, _ := plan.Column("核保健康结论"); c.Action == dataspace.Drop {
		want = people.Totals{"non_sensitive": 1743, "sensitive": 0, "under_14": 0}
	}
	if got := x.people("re"); !maps.Equal(got, want) {
		t.Fatalf("people %v, want %v", got, want)
	}
	x.remember(x.here, here.ID, slices.Insert(slices.Clone(sentKinds), 2, dataspace.EventReview)...)
	x.remember(x.far, far.ID, gotKinds...)
}

func (x *exchange) denied(why string, err error) {
	x.t.Helper()
	var r *refusal
	if !errors.As(err, &r) || r.answer.Status/100 != 4 {
		x.t.Fatalf("%s: %v", why, err)
	}
}

func (x *exchange) reviewAgainst(t *testing.T) {
	before, people := x.outside(), x.people("re")
	s := x.portfolio()
	f := x.here.settle(x.send(s).ID)
	x.waits(f, dataspace.WaitingReview, dataspace.HumanReview, before)
	key := filepath.Join(x.here.dir, "officer.key")
	if err := os.WriteFile(key, []byte(x.compliance), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, errs, code := x.here.command("flow", "review", string(f.ID), "--reject", "--reason", "not before the annex is read", "--key-file", key); code != 0 {
		t.Fatalf("review ended with %d\n%s\n%s", code, out, errs)
	}
	f = x.here.settle(f.ID)
	if f.State != dataspace.Refused || f.Review == nil || f.Review.Approve {
		t.Fatalf("flow is %s after %s", f.State, asJSON(f.Review))
	}
	if now := x.outside(); now != before {
		t.Fatalf("the far side has %v flows and files, had %v", now, before)
	}
	if got := x.people("re"); !maps.Equal(got, people) {
		t.Fatalf("people %+v, were %+v", got, people)
	}
	x.remember(x.here, f.ID, dataspace.EventProfile, dataspace.EventDecision, dataspace.EventReview, dataspace.EventRefusal)
}

func (x *exchange) prohibited(t *testing.T) {
	before, people := x.outside(), x.people(acme)
	s := x.sending(x.write(sample.Support))
	s.To = court
	f := x.here.settle(x.send(s).ID)
	if f.State != dataspace.Refused || f.Verdict != dataspace.Prohibited {
		t.Fatalf("flow is %s with verdict %s", f.State, f.Verdict)
	}
	if now := x.outside(); now != before || f.Negotiation != "" {
		t.Fatalf("the far side has %v flows and files, had %v; negotiation %q", now, before, f.Negotiation)
	}
	if got := x.people(acme); !maps.Equal(got, people) {
		t.Fatalf("people %+v, were %+v", got, people)
	}
	x.remember(x.here, f.ID, dataspace.EventProfile, dataspace.EventDecision, dataspace.EventRefusal)
	_, _, code := x.here.command("send", s.Source.Place, "--from", acme, "--to", "singapore/court", "--purpose", "business", "--important", "no")
	if code != 3 {
		t.Fatalf("send of a prohibited flow ended with %d, want 3", code)
	}
}
