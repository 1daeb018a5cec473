package flow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"

	"hutong/internal/agree"
	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/decide"
	"hutong/internal/deliver"
	"hutong/internal/gateway"
	"hutong/internal/meter"
	"hutong/internal/odrl"
	"hutong/internal/offered"
)

// consumer does the steps of flows whose data arrives here.
type consumer struct {
	*records
	*outside
	ends      *ending
	proof     *proving
	signing   *Signing
	inbox     *inboxes
	rules     Rules
	directory Directory
	receipts  Receipts
	catalogue Catalogues
	client    func(dataspace.PeerName) *http.Client
	works     *inProgress
	progress  *meter.Meter
	switches  map[string]bool
}

func (s *consumer) consume(ctx context.Context, f Flow) (again bool, err error) {
	switch f.State {
	case dataspace.Checking:
		return true, s.checkOffer(ctx, f)
	case dataspace.Negotiating:
		return s.negotiateIn(ctx, f)
	case dataspace.Delivering:
		return s.transferIn(ctx, f)
	case dataspace.Proving:
		return false, s.proof.prove(ctx, f)
	}
	return false, fmt.Errorf("step flow %s: state %q: %w", f.ID, f.State, dataspace.ErrInvalid)
}

// checkOffer checks an offer against the law of the recipient and against what
// the recipient accepts without a person.
func (s *consumer) checkOffer(ctx context.Context, f Flow) error {
	n, err := s.agree.Negotiation(ctx, f.Negotiation)
	if err != nil {
		return err
	}
	if n.State == agree.Terminated {
		return s.ends.refusedByPeer(ctx, f, n.Process)
	}
	policy, terms, err := offered.Read(n.Offer)
	if err != nil {
		return s.ends.endFor(ctx, f, "offer.terms", "the offer has terms that this gateway cannot keep")
	}
	if err := s.directory.Allow(ctx, f.Peer, gateway.Negotiation, terms.Purpose); err != nil {
		return err
	}
	recipient, err := s.directory.Participant(ctx, f.Local)
	if err != nil {
		return err
	}
	note, err := s.receipts.Note(ctx, f.Local, f.address(), dataspace.NegotiationID(n.CounterpartID))
	if err != nil {
		return err
	}
	if note.Plan.Digest() != terms.Plan {
		return s.ends.endFor(ctx, f, "offer.plan", "the offer names another plan")
	}
	var plan dataspace.Plan
	if err := json.Unmarshal(note.Plan, &plan); err != nil {
		return s.ends.endFor(ctx, f, "offer.plan", "the plan cannot be read")
	}
	want := offered.Expected{Dataset: f.Dataset, From: f.Counterparty, To: f.Local}
	if f.Asked {
		want.Purpose = f.Purpose
	}
	if code, message := want.Wrong(terms, plan); code != "" {
		return s.ends.endFor(ctx, f, code, message)
	}
	facts, err := s.importFacts(ctx, f, recipient.Recipient(s.rules().Facts(), ""), plan, terms)
	if err != nil {
		return err
	}
	decision, err := decide.ByFacts(s.rules().Side(dataspace.ImportSide), facts, "")
	if err != nil {
		return err
	}
	r := s.record(f)
	r.flow.Purpose, r.flow.Format, r.flow.Verdict, r.flow.Trouble = terms.Purpose, plan.Format, decision.Verdict, nil
	if err := r.documents(map[string]any{DocFacts: facts, DocDecision: decision, DocOffer: policy}); err != nil {
		return err
	}
	r.attach(DocPlan, note.Plan)
	committed := []string{DocFacts, DocDecision, DocOffer}
	if note.Most != nil {
		if err := r.document(DocMost, note.Most); err != nil {
			return err
		}
		committed = append(committed, DocMost)
	}
	r.event(dataspace.EventDecision, committed...)
	if err := r.decided(decision.Verdict); err != nil {
		return err
	}
	if decision.Verdict == dataspace.Cleared && !f.Asked && !recipient.Intake.Accepts(f.Peer, terms.Purpose) {
		r.flow.State = dataspace.WaitingReview
		r.flow.Trouble = &Trouble{Code: "flow.intake", Message: "the recipient's intake leaves this offer to a person",
			Hint: fmt.Sprintf("hutong flow accept %s", f.ID)}
	}
	saved, err := s.save(ctx, r)
	if err == nil && saved.State == dataspace.Ending {
		s.ends.endNow(f.ID)
	}
	return err
}

// importFacts are the facts known to the receiving side: what the peer states
// about the exporter, and what leaves under the agreed plan.
func (s *consumer) importFacts(ctx context.Context, f Flow, recipient dataspace.Values, plan dataspace.Plan, terms odrl.Terms) (dataspace.Facts, error) {
	exporter, err := s.directory.Counterparty(ctx, f.Peer, f.Counterparty)
	if err != nil {
		return dataspace.Facts{}, err
	}
	facts := dataspace.Facts{Switches: s.switches, Known: exporter.Exporter(s.rules().Facts())}
	clear.DatesOf(s.rules().Home(facts.Known), s.now(), f.deliveredAt()).Put(&facts)
	facts.Known.Over(recipient)
	facts.Known.Over(dataspace.ValuesOf(map[string]dataspace.Value{
		"act": dataspace.TextOf("transfer"), "purpose": dataspace.TextOf(terms.Purpose),
		dataspace.FactPersonal: dataspace.MaybeBool(clear.PersonalByPlan(s.rules().Elements(), plan)), dataspace.FactElements: dataspace.ListOf(plan.Elements()...),
	}))
	if facts.Instruments, err = s.directory.Held(ctx, f.Local); err != nil {
		return dataspace.Facts{}, err
	}
	return facts, nil
}

// negotiateIn continues a negotiation that this side wants to succeed.
func (s *consumer) negotiateIn(ctx context.Context, f Flow) (again bool, err error) {
	n, err := s.agree.Negotiation(ctx, f.Negotiation)
	if errors.Is(err, dataspace.ErrNotFound) || f.Negotiation == "" {
		return s.beginRequest(ctx, f)
	}
	if err != nil {
		return false, err
	}
	switch n.State {
	case agree.Offered:
		return s.answerOffer(ctx, f, n)
	case agree.Agreed:
		// A provider may agree to a request without an offer of its own. Nobody
		// here has checked such an agreement.
		if same, err := offered.Is(n.Offer, f.Documents[DocOffer]); err != nil || !same || !odrl.SameRules(n.Agreement, n.Offer) {
			return false, s.ends.endFor(ctx, f, "flow.terms", "the agreement differs from the accepted offer")
		}
		_, err = s.agree.Verify(ctx, n.ID)
	case agree.Finalized:
		return true, s.proof.agreed(ctx, f, n)
	case agree.Terminated:
		return false, s.ends.refusedByPeer(ctx, f, n.Process)
	case agree.Requested, agree.Accepted, agree.Verified:
		return false, s.ends.cannotNotify(ctx, f, n.Process)
	}
	return false, err
}

// answerOffer accepts the offer that was checked, and has any other offer
// checked first.
func (s *consumer) answerOffer(ctx context.Context, f Flow, n agree.Negotiation) (bool, error) {
	same, err := offered.Is(n.Offer, f.Documents[DocOffer])
	if err != nil {
		return false, s.ends.endFor(ctx, f, "offer.terms", "the offer has terms that this gateway cannot keep")
	}
	if !same {
		r := s.record(f)
		r.flow.State = dataspace.Checking
		_, err := s.save(ctx, r)
		return err == nil, err
	}
	_, err = s.agree.Accept(ctx, n.ID)
	return false, err
}

func (s *consumer) beginRequest(ctx context.Context, f Flow) (bool, error) {
	other, err := s.directory.Counterparty(ctx, f.Peer, f.Counterparty)
	if err != nil {
		return false, err
	}
	to := dataspace.Counterparty{Participant: f.Counterparty, Peer: f.Peer, Address: other.Address}
	offers, err := s.catalogue.Offers(ctx, f.Local, to, f.Dataset)
	if err != nil {
		return false, err
	}
	var offer json.RawMessage
	for _, o := range offers {
		if p, err := odrl.Parse(o); err == nil && p.ID == offered.ID(f.Dataset, f.Purpose) {
			offer = o
		}
	}
	if offer == nil {
		return false, &dataspace.Problem{Kind: dataspace.ErrNotCleared, Code: "fetch.purpose", Place: string(f.Dataset),
			Message: fmt.Sprintf("the dataset is not offered for the purpose %q", f.Purpose), Hint: "hutong catalogue lists what is offered"}
	}
	if f.Negotiation == "" {
		r := s.record(f)
		r.flow.Negotiation = dataspace.NegotiationID(newID("neg-"))
		if f, err = s.save(ctx, r); err != nil {
			return false, err
		}
	}
	_, err = s.agree.Request(ctx, agree.NewNegotiation{ID: f.Negotiation, Local: f.Local, Flow: f.ID, Offer: offer, Counterparty: to})
	return false, err
}

// transferIn requests the transfer, pulls the stream and signs the receipt.
func (s *consumer) transferIn(ctx context.Context, f Flow) (again bool, err error) {
	if f.Delivered != nil {
		return true, s.signing.sign(ctx, f)
	}
	if f.Transfer == "" {
		r := s.record(f)
		r.flow.Transfer = dataspace.TransferID(newID("transfer-"))
		if f, err = s.save(ctx, r); err != nil {
			return false, err
		}
	}
	t, err := s.agree.Transfer(ctx, f.Transfer)
	if errors.Is(err, dataspace.ErrNotFound) {
		_, err = s.agree.RequestTransfer(ctx, agree.NewTransfer{
			ID: f.Transfer, Local: f.Local, Flow: f.ID, AgreementID: f.Agreement, Format: deliver.HutongLeaves,
		})
		return false, err
	}
	if err != nil {
		return false, err
	}
	switch t.State {
	case agree.Started:
		if t.DataAddress == nil || t.DataAddress.URL() == "" {
			return false, s.ends.endFor(ctx, f, "transfer.address", "the transfer was started without saying where the data is")
		}
		return true, s.pull(ctx, f, t)
	case agree.Terminated:
		return false, s.ends.refusedByPeer(ctx, f, t.Process)
	}
	return false, s.ends.cannotNotify(ctx, f, t.Process)
}

// pull fetches the stream. It continues where an earlier attempt was
// interrupted.
func (s *consumer) pull(ctx context.Context, f Flow, t agree.Transfer) error {
	if _, ok := f.Documents[DocStart]; !ok {
		r := s.record(f)
		if err := r.document(DocStart, Start{Transfer: string(t.ID), Format: t.Format, Agreement: f.Agreement, At: stamp(s.now())}); err != nil {
			return err
		}
		r.event(dataspace.EventStart, DocStart)
		var err error
		if f, err = s.save(ctx, r); err != nil {
			return err
		}
	}
	if err := s.proof.logged(ctx, f); err != nil {
		return err
	}
	dir, err := s.inbox.dirOf(ctx, f.Local)
	if err != nil {
		return err
	}
	ctx, done := s.works.Begin(ctx, f.ID)
	defer done()
	if now, err := s.store.Flow(ctx, f.ID); err != nil || now.State != f.State {
		return err
	}
	plan, most, err := s.promised(ctx, f)
	if err != nil {
		return err
	}
	result, err := deliver.Pull(ctx, deliver.Request{
		Endpoint: t.DataAddress.URL(), Token: t.DataAddress.Property("authorization"), Client: s.client(f.Peer),
		Transfer: t.ID, Dir: dir, Name: f.fileName(), Format: t.Format, Plan: plan, Most: most,
		Progress: func(bytes int64) { s.progress.Set(f.ID, "delivering", 0, bytes, 0, s.now()) },
	})
	var other *dataspace.Problem
	if errors.Is(err, deliver.ErrNotAgreed) && errors.As(err, &other) {
		s.ends.logger.ErrorContext(ctx, "delivery refused", slog.Any("flow", f.ID), slog.Any("error", err))
		return s.ends.end(ctx, f, dataspace.Refused, &Trouble{Code: other.Code, Message: other.Message, Hint: other.Hint})
	}
	if err != nil {
		return fmt.Errorf("fetch delivery of flow %s: %w", f.ID, err)
	}
	s.progress.Forget(f.ID)
	return s.proceed(ctx, f.ID, dataspace.Delivering, func(r *record) error {
		r.flow.Delivered = &Delivered{Result: result, Path: filepath.Join(dir, f.fileName()), At: s.now()}
		r.flow.Trouble = nil
		return nil
	})
}

// promised is what this side agreed to take: the plan, and the most that the
// provider said would come, if it said so.
func (s *consumer) promised(ctx context.Context, f Flow) (plan dataspace.Plan, most *deliver.Most, err error) {
	if err := s.read(ctx, f, DocPlan, &plan); err != nil {
		return plan, nil, err
	}
	if _, said := f.Documents[DocMost]; !said {
		return plan, nil, nil
	}
	most = &deliver.Most{}
	return plan, most, s.read(ctx, f, DocMost, most)
}

type inboxes struct {
	directory Directory
	dir       string // see Config
}

func (s *inboxes) dirOf(ctx context.Context, owner dataspace.ParticipantID) (string, error) {
	recipient, err := s.directory.Participant(ctx, owner)
	if err != nil {
		return "", err
	}
	if recipient.Inbox != "" {
		return recipient.Inbox, nil
	}
	return filepath.Join(s.dir, "inbox", string(owner)), nil
}

func (f Flow) fileName() string { return fmt.Sprintf("%s-%s.%s", f.Dataset, f.ID, f.Format) }
