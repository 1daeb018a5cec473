package flow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"hutong/internal/agree"
	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/deliver"
	"hutong/internal/gateway"
	"hutong/internal/odrl"
	"hutong/internal/people"
)

// grantLife is how long a recipient may take to fetch what it was granted.
const grantLife = 7 * 24 * time.Hour

// provide does the next step of a flow whose data leaves from here.
func (s *Service) provide(ctx context.Context, f Flow) (again bool, err error) {
	switch f.State {
	case dataspace.Profiling:
		return true, s.profile(ctx, f)
	case dataspace.Checking:
		return true, s.check(ctx, f)
	case dataspace.Negotiating:
		return s.negotiateOut(ctx, f)
	case dataspace.Delivering:
		return s.handOut(ctx, f)
	case dataspace.Proving:
		return false, s.prove(ctx, f)
	}
	return false, fmt.Errorf("step flow %s: state %q: %w", f.ID, f.State, dataspace.ErrInvalid)
}

// profile finds out what is in the dataset.
func (s *Service) profile(ctx context.Context, f Flow) error {
	ctx, done := s.works.begin(ctx, f.ID)
	defer done()
	if now, err := s.cfg.Store.Flow(ctx, f.ID); err != nil || now.State != f.State {
		return err
	}
	p, stamp, err := s.cfg.Profiler.Profile(ctx, f, func(rows, bytes, total int64) {
		s.progress.set(f.ID, "profiling", rows, bytes, total, s.now())
	})
	s.progress.forget(f.ID)
	if err != nil {
		return fmt.Errorf("profile dataset %s: %w", f.Dataset, err)
	}
	return s.proceed(ctx, f.ID, dataspace.Profiling, func(r *record) error {
		r.flow.State, r.flow.Stamp, r.flow.Trouble = dataspace.Checking, stamp, nil
		if err := r.document(DocProfile, p); err != nil {
			return err
		}
		r.event(s, dataspace.EventProfile, DocProfile)
		return nil
	})
}

// check decides whether and how the flow may leave.
func (s *Service) check(ctx context.Context, f Flow) error {
	if err := s.cfg.Directory.Allow(ctx, f.Peer, gateway.Negotiation, f.Purpose); err != nil {
		return err
	}
	var profile dataspace.Profile
	if err := s.read(ctx, f, DocProfile, &profile); err != nil {
		return err
	}
	out, err := s.clear(ctx, f, profile)
	if errors.Is(err, errNoCensus) { // lost with the disk, or by somebody tidying up
		r := record{flow: f}
		r.flow.State = dataspace.Profiling
		_, err := s.save(ctx, r)
		return err
	}
	if err != nil {
		return err
	}
	r := record{flow: f}
	r.flow.Verdict, r.flow.Reserved, r.flow.Uncounted, r.flow.Trouble = out.decision.Verdict, out.reservation, out.uncounted, nil
	if err := r.documents(map[string]any{DocFacts: out.facts, DocDecision: out.decision, DocPlan: out.plan}); err != nil {
		return errors.Join(err, s.cfg.Counts.Release(ctx, reservationOf(f)))
	}
	r.event(s, dataspace.EventDecision, DocFacts, DocDecision, DocPlan)
	if err := r.decided(s, out.decision.Verdict); err != nil {
		return errors.Join(err, s.cfg.Counts.Release(ctx, reservationOf(f)))
	}
	saved, err := s.save(ctx, r)
	if err != nil {
		// Somebody ended the flow meanwhile, and may have released before
		// these people were reserved.
		return errors.Join(err, s.cfg.Counts.Release(ctx, reservationOf(f)))
	}
	switch saved.State {
	case dataspace.Ending:
		s.endNow(f.ID)
	case dataspace.WaitingAction:
		return s.papersCame(ctx, saved, out.held)
	}
	return nil
}

// papersCame decides a flow anew whose instruments changed while it was
// decided: whoever registered them did not see it waiting yet.
func (s *Service) papersCame(ctx context.Context, f Flow, held []dataspace.Instrument) error {
	now, err := s.cfg.Directory.Held(ctx, f.Local)
	if err != nil || reflect.DeepEqual(now, held) {
		return err
	}
	_, err = s.Resume(ctx, f.ID)
	return err
}

// decided goes where a verdict leads. What no rule lets pass ends.
func (r *record) decided(s *Service, v dataspace.Verdict) error {
	id := r.flow.ID
	switch v {
	case dataspace.Cleared:
		r.flow.State, r.flow.Trouble = dataspace.Negotiating, nil
		return nil
	case dataspace.ActionRequired:
		r.flow.State, r.flow.Trouble = dataspace.WaitingAction, &Trouble{Code: "flow.action_required", Message: "something that the law demands is still to be done",
			Hint: "register the instruments, or begin again with a stricter plan; the flow goes on by itself"}
		return nil
	case dataspace.HumanReview:
		r.flow.State, r.flow.Trouble = dataspace.WaitingReview, &Trouble{Code: "flow.human_review", Message: "a compliance officer must decide",
			Hint: fmt.Sprintf("hutong flow review %s --approve --reason ...", id)}
		return nil
	}
	return r.end(s, dataspace.Refused, &Trouble{Code: "flow.prohibited", Message: "the rules prohibit this flow",
		Hint: fmt.Sprintf("hutong flow show %s gives the articles", id)})
}

// caseOf gathers what a provider's flow is decided on.
func (s *Service) caseOf(ctx context.Context, f Flow, profile dataspace.Profile) (Case, error) {
	exporter, err := s.cfg.Directory.Participant(ctx, f.Local)
	if err != nil {
		return Case{}, err
	}
	recipient, err := s.cfg.Directory.Counterparty(ctx, f.Peer, f.Counterparty)
	if err != nil {
		return Case{}, err
	}
	held, err := s.cfg.Directory.Held(ctx, f.Local)
	if err != nil {
		return Case{}, err
	}
	before, err := s.statedBefore(ctx, f)
	if err != nil {
		return Case{}, err
	}
	return Case{
		Profile: profile, Before: before, Exporter: exporter.Exporter(), Recipient: recipient.Recipient(exporter.Group),
		Purpose: f.Purpose, Format: f.Format, Sector: exporter.Sector, Dataset: f.Facts, Own: f.Own, Instruments: held, On: s.today(),
		DeliveredOn: f.deliveredOn(), Switches: s.cfg.Switches,
	}, nil
}

// errNoCensus is that the people of a dataset must be found again.
var errNoCensus = fmt.Errorf("the census of the dataset is gone: %w", dataspace.ErrUnavailable)

// reserve counts the people of a flow and returns the totals of the year with
// them.
func (s *Service) reserve(ctx context.Context, f Flow, id dataspace.ReservationID, plan dataspace.Plan, on string) (dataspace.CountFacts, error) {
	census, err := s.cfg.Profiler.Census(f.ID)
	if errors.Is(err, dataspace.ErrNotFound) {
		return dataspace.CountFacts{}, errNoCensus
	}
	if err != nil {
		return dataspace.CountFacts{}, err
	}
	defer func() { _ = census.Close() }() // only read
	year, err := people.YearOf(on)
	if err != nil {
		return dataspace.CountFacts{}, err
	}
	counting := clear.NewCounting(s.cfg.Rules().Counts())
	totals, err := s.cfg.Counts.Reserve(ctx, people.Reservation{ID: id, Flow: f.ID, Exporter: f.Local, Year: year, On: on, To: string(f.Peer) + "/" + string(f.Counterparty)}, counting.Parts,
		func(yield func(person [16]byte, in people.Classes) error) error {
			return census.Each(clear.Leaving(plan), counting.Classes, yield)
		})
	if errors.Is(err, dataspace.ErrNotFound) { // a pack counts a class that the census does not know
		return dataspace.CountFacts{}, errNoCensus
	}
	if err != nil {
		return dataspace.CountFacts{}, fmt.Errorf("reserve people of flow %s: %w", f.ID, err)
	}
	counts := counting.Facts(totals)
	counts.Standard = s.cfg.Sensitive
	return counts, nil
}

// negotiateOut drives the negotiation of what may leave.
func (s *Service) negotiateOut(ctx context.Context, f Flow) (again bool, err error) {
	offer, err := s.offer(ctx, f)
	if err != nil {
		return false, err
	}
	n, err := s.agree.Negotiation(ctx, f.Negotiation)
	if errors.Is(err, dataspace.ErrNotFound) || f.Negotiation == "" {
		return s.beginOffer(ctx, f, offer)
	}
	if err != nil {
		return false, err
	}
	switch n.State {
	case agree.Requested: // begun by the recipient, now cleared
		_, err = s.agree.Counter(ctx, n.ID, offer)
	case agree.Accepted:
		if !odrl.SameRules(n.Offer, offer) {
			return false, s.endTold(ctx, f, "flow.terms", "what was accepted is not what was offered")
		}
		_, err = s.agree.Agree(ctx, n.ID)
	case agree.Verified:
		_, err = s.agree.Finalize(ctx, n.ID)
	case agree.Finalized:
		if n.Pending {
			return false, nil // the recipient may still have withdrawn
		}
		return true, s.agreed(ctx, f, n)
	case agree.Terminated:
		return false, s.refusedByPeer(ctx, f, n.Process)
	case agree.Offered, agree.Agreed:
		// Theirs to answer.
		return false, s.failedToTell(ctx, f, n.Process)
	}
	return false, err
}

func (s *Service) beginOffer(ctx context.Context, f Flow, offer json.RawMessage) (bool, error) {
	other, err := s.cfg.Directory.Counterparty(ctx, f.Peer, f.Counterparty)
	if err != nil {
		return false, err
	}
	if f.Negotiation == "" {
		// Named before it is begun: after a crash the same one is begun again.
		r := record{flow: f}
		r.flow.Negotiation = dataspace.NegotiationID(newID("neg-"))
		if f, err = s.save(ctx, r); err != nil {
			return false, err
		}
	}
	_, err = s.agree.Offer(ctx, agree.NewNegotiation{
		ID: f.Negotiation, Local: f.Local, Flow: f.ID, Offer: offer,
		Counterparty: dataspace.Counterparty{Participant: f.Counterparty, Peer: f.Peer, Address: other.Address},
	})
	return false, err
}

// offer derives the terms from the clearance: what was cleared is all that is
// ever offered.
func (s *Service) offer(ctx context.Context, f Flow) (json.RawMessage, error) {
	var plan dataspace.Plan
	if err := s.read(ctx, f, DocPlan, &plan); err != nil {
		return nil, err
	}
	t := odrl.Terms{
		OfferID: OfferID(f.Dataset, f.Purpose), Dataset: f.Dataset, Provider: f.Local, Recipient: f.Counterparty,
		Purpose: f.Purpose, Plan: f.Documents[DocPlan], RetentionDays: f.RetentionDays,
	}
	for _, c := range plan.Columns {
		if c.Action != dataspace.Drop {
			t.Columns = append(t.Columns, c.Name)
		}
	}
	p, err := odrl.Derive(t)
	if err != nil {
		return nil, fmt.Errorf("derive offer of flow %s: %w", f.ID, err)
	}
	return dataspace.CanonicalJSON(p)
}

// OfferID names the offer of a dataset for a purpose.
func OfferID(d dataspace.DatasetID, purpose string) string { return string(d) + ":" + purpose }

// agreed records the agreement, on either side.
func (s *Service) agreed(ctx context.Context, f Flow, n agree.Negotiation) error {
	parties, err := s.parties(ctx, f)
	if err != nil {
		return err
	}
	r := record{flow: f}
	r.flow.State, r.flow.Agreement, r.flow.Trouble = dataspace.Delivering, n.AgreementID, nil
	plan, err := s.Document(ctx, f, DocPlan)
	if err != nil {
		return err
	}
	r.attach(DocPlan, plan)
	if err := r.document(DocAgreement, n.Agreement); err != nil {
		return err
	}
	if err := r.document(DocParties, parties); err != nil {
		return err
	}
	r.event(s, dataspace.EventAgreement, DocAgreement, DocParties, DocPlan)
	_, err = s.save(ctx, r)
	return err
}

// handOut drives the transfer: it opens the stream once everything that led
// to it is in the log.
func (s *Service) handOut(ctx context.Context, f Flow) (again bool, err error) {
	if f.Transfer == "" {
		return s.adoptTransfer(ctx, f)
	}
	t, err := s.agree.Transfer(ctx, f.Transfer)
	if err != nil {
		return false, err
	}
	switch t.State {
	case agree.Requested:
		return false, s.start(ctx, f, t)
	case agree.Suspended:
		// The token is dead until the transfer is started again.
		return false, ignore(s.data.Suspend(ctx, t.ID), dataspace.ErrNotFound, dataspace.ErrConflict)
	case agree.Started:
		if t.Resumed {
			return false, s.start(ctx, f, t)
		}
	case agree.Terminated:
		return false, s.refusedByPeer(ctx, f, t.Process)
	case agree.Completed: // and nobody has asked for a signature
		return false, s.unsigned(ctx, f)
	}
	return false, s.failedToTell(ctx, f, t.Process)
}

// ignore is err unless it is one of these kinds.
func ignore(err error, kinds ...error) error {
	for _, k := range kinds {
		if errors.Is(err, k) {
			return nil
		}
	}
	return err
}

// adoptTransfer takes the newest transfer that the recipient requested under
// the agreement as the flow's.
func (s *Service) adoptTransfer(ctx context.Context, f Flow) (bool, error) {
	list, err := s.agree.Transfers(ctx, agree.Filter{Local: f.Local, Agreement: f.Agreement})
	if err != nil {
		return false, err
	}
	for _, t := range list {
		if t.Role != dataspace.Provider || t.State == agree.Terminated {
			continue
		}
		r := record{flow: f}
		r.flow.Transfer = t.ID
		if t.Flow == "" {
			if err := s.agree.Bind(ctx, agree.Ref{Kind: agree.KindTransfer, ID: string(t.ID)}, f.ID); err != nil {
				return false, err
			}
		}
		_, err := s.save(ctx, r)
		return err == nil, err
	}
	return false, nil
}

// start opens the stream. The start is evidence, and no byte leaves before
// the log shows it and all that came before.
func (s *Service) start(ctx context.Context, f Flow, t agree.Transfer) error {
	if t.Format != deliver.HTTPData && t.Format != deliver.HutongLeaves {
		return s.endTold(ctx, f, "transfer.format", fmt.Sprintf("the recipient asked for the format %q", t.Format))
	}
	if _, ok := f.Documents[DocStart]; !ok {
		var err error
		if f, err = s.open(ctx, f, t); err != nil || f.State != dataspace.Delivering {
			return err
		}
	}
	if err := s.logged(ctx, f); err != nil {
		return err
	}
	recipient, err := s.recipientName(ctx, f)
	if err != nil {
		return err
	}
	g := deliver.Grant{
		ID: t.ID, Flow: f.ID, Dataset: f.Dataset, Source: f.Source, Stamp: f.Stamp,
		Recipient: recipient, Format: t.Format, ExpiresAt: s.now().Add(grantLife),
	}
	if err := s.read(ctx, f, DocProfile, &g.Profile); err != nil {
		return err
	}
	if err := s.read(ctx, f, DocPlan, &g.Plan); err != nil {
		return err
	}
	token, err := s.data.Issue(ctx, g)
	if err != nil {
		return err
	}
	_, err = s.agree.StartTransfer(ctx, t.ID, agree.NewHTTPAddress(s.cfg.DataURL(t.ID), token))
	return err
}

// open decides the flow once more and records that its delivery begins. A flow
// that may not leave any more ends instead, with the decision as evidence.
func (s *Service) open(ctx context.Context, f Flow, t agree.Transfer) (Flow, error) {
	now, err := s.stands(ctx, f)
	lapsed := errors.Is(err, dataspace.ErrNotCleared) && now.decision.Verdict != ""
	if err != nil && !lapsed {
		return f, err
	}
	r := record{flow: f}
	if err := r.document(DocStartFacts, now.facts); err != nil {
		return f, err
	}
	if err := r.document(DocStartDecision, now.decision); err != nil {
		return f, err
	}
	if lapsed {
		if err := r.end(s, dataspace.Refused, trouble(err, false), DocStartFacts, DocStartDecision); err != nil {
			return f, err
		}
		if f, err = s.save(ctx, r); err == nil {
			s.endNow(f.ID)
		}
		return f, err
	}
	r.flow.Reserved, r.flow.Uncounted = now.reserved, now.uncounted
	if err := r.document(DocStart, Start{Transfer: string(t.ID), Format: t.Format, Agreement: f.Agreement, At: stamp(s.now())}); err != nil {
		return f, err
	}
	r.event(s, dataspace.EventStart, DocStart, DocStartFacts, DocStartDecision)
	return s.save(ctx, r)
}

// logged waits until the log durably has every event of the flow; that a
// checkpoint covers them is waited for when the flow is proved. Evidence that
// cannot be written stops the delivery.
func (s *Service) logged(ctx context.Context, f Flow) error {
	for _, id := range f.Events {
		if _, err := s.cfg.Log.AwaitLogged(ctx, id); err != nil {
			return fmt.Errorf("wait for evidence of flow %s: %w", f.ID, err)
		}
	}
	return nil
}

// read decodes one of the flow's documents.
func (s *Service) read(ctx context.Context, f Flow, name string, v any) error {
	d, err := s.Document(ctx, f, name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(d, v); err != nil {
		return fmt.Errorf("read %s of flow %s: %w", name, f.ID, err)
	}
	return nil
}
