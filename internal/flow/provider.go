package flow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
	"hutong/internal/deliver"
	"hutong/internal/gateway"
	"hutong/internal/meter"
	"hutong/internal/odrl"
	"hutong/internal/offered"
)

// grantLife is how long a recipient may take to fetch the delivery.
const grantLife = 7 * 24 * time.Hour

// provider does the steps of flows whose data leaves from here.
type provider struct {
	*records
	*outside
	ends      *ending
	decide    *Deciding
	proof     *proving
	directory Directory
	profiler  Profiler
	counts    Counts
	works     *inProgress
	progress  *meter.Meter
	dataURL   func(dataspace.TransferID) string
	resume    func(context.Context, dataspace.FlowID) (Flow, error)
	said      func(context.Context, dataspace.ParticipantID, dataspace.DatasetID) error
}

func (s *provider) provide(ctx context.Context, f Flow) (again bool, err error) {
	switch f.State {
	case dataspace.Profiling:
		return true, s.profile(ctx, f)
	case dataspace.Checking:
		return true, s.check(ctx, f)
	case dataspace.Negotiating:
		return s.negotiateOut(ctx, f)
	case dataspace.Delivering:
		return s.transferOut(ctx, f)
	case dataspace.Proving:
		return false, s.proof.prove(ctx, f)
	}
	return false, fmt.Errorf("step flow %s: state %q: %w", f.ID, f.State, dataspace.ErrInvalid)
}

// profile finds out what the dataset contains.
func (s *provider) profile(ctx context.Context, f Flow) error {
	ctx, done := s.works.Begin(ctx, f.ID)
	defer done()
	if now, err := s.store.Flow(ctx, f.ID); err != nil || now.State != f.State {
		return err
	}
	p, stamp, err := s.profiler.Profile(ctx, f, func(rows, bytes, total int64) {
		s.progress.Set(f.ID, "profiling", rows, bytes, total, s.now())
	})
	s.progress.Forget(f.ID)
	if err != nil {
		return fmt.Errorf("profile dataset %s: %w", f.Dataset, err)
	}
	return s.proceed(ctx, f.ID, dataspace.Profiling, func(r *record) error {
		r.flow.State, r.flow.Stamp, r.flow.Trouble = dataspace.Checking, stamp, nil
		if err := r.document(DocProfile, p); err != nil {
			return err
		}
		r.event(dataspace.EventProfile, DocProfile)
		return nil
	})
}

// check decides whether and how the flow may leave.
func (s *provider) check(ctx context.Context, f Flow) error {
	if err := s.directory.Allow(ctx, f.Peer, gateway.Negotiation, f.Purpose); err != nil {
		return err
	}
	var profile dataspace.Profile
	if err := s.read(ctx, f, DocProfile, &profile); err != nil {
		return err
	}
	out, err := s.decide.clear(ctx, f, profile)
	// The census was lost with the disk or removed by a person, or people say
	// something else now.
	if errors.Is(err, errNoCensus) || errors.Is(err, errSaidSince) {
		r := s.record(f)
		r.flow.State = dataspace.Profiling
		_, err := s.save(ctx, r)
		return err
	}
	if err != nil {
		return err
	}
	r := s.record(f)
	r.flow.Verdict, r.flow.Reserved, r.flow.Uncounted, r.flow.Trouble = out.decision.Verdict, out.reservation, out.uncounted, nil
	if err := r.documents(map[string]any{DocFacts: out.facts, DocDecision: out.decision, DocPlan: out.plan}); err != nil {
		return errors.Join(err, s.counts.Release(ctx, reservationOf(f)))
	}
	r.event(dataspace.EventDecision, DocFacts, DocDecision, DocPlan)
	if err := r.decided(out.decision.Verdict); err != nil {
		return errors.Join(err, s.counts.Release(ctx, reservationOf(f)))
	}
	saved, err := s.save(ctx, r)
	if err != nil {
		// If the flow was ended meanwhile, the end may have come before this
		// reservation, which must then be released here.
		return errors.Join(err, s.counts.Release(ctx, reservationOf(f)))
	}
	switch saved.State {
	case dataspace.Ending:
		s.ends.endNow(f.ID)
	case dataspace.WaitingAction, dataspace.WaitingReview:
		return s.since(ctx, saved, out)
	}
	return nil
}

// since decides a flow again of whose owner something was declared while it was
// decided, or whose instruments changed: whoever did it could not yet see that
// the flow waits.
func (s *provider) since(ctx context.Context, f Flow, out outcome) error {
	declared, err := s.directory.Declared(ctx, f.Local, f.Dataset, s.now())
	switch {
	case err != nil:
		return err
	case !slices.EqualFunc(declared, out.declared, func(a, b dataspace.Declaration) bool { return a.Event == b.Event }):
		return s.said(ctx, f.Local, f.Dataset)
	case f.State == dataspace.WaitingAction:
		return s.papersCame(ctx, f, out.held)
	}
	return nil
}

// papersCame decides a flow again whose instruments changed while it was decided.
func (s *provider) papersCame(ctx context.Context, f Flow, held []dataspace.Instrument) error {
	now, err := s.directory.Held(ctx, f.Local)
	if err != nil || reflect.DeepEqual(now, held) {
		return err
	}
	_, err = s.resume(ctx, f.ID)
	return err
}

// negotiateOut continues the negotiation of what may leave.
func (s *provider) negotiateOut(ctx context.Context, f Flow) (again bool, err error) {
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
			return false, s.ends.endFor(ctx, f, "flow.terms", "the accepted offer differs from the one made")
		}
		_, err = s.agree.Agree(ctx, n.ID)
	case agree.Verified:
		_, err = s.agree.Finalize(ctx, n.ID)
	case agree.Finalized:
		if n.Pending {
			return false, nil // the recipient may still have withdrawn
		}
		return true, s.proof.agreed(ctx, f, n)
	case agree.Terminated:
		return false, s.ends.refusedByPeer(ctx, f, n.Process)
	case agree.Offered, agree.Agreed:
		// The recipient must answer these.
		return false, s.ends.cannotNotify(ctx, f, n.Process)
	}
	return false, err
}

func (s *provider) beginOffer(ctx context.Context, f Flow, offer json.RawMessage) (bool, error) {
	other, err := s.directory.Counterparty(ctx, f.Peer, f.Counterparty)
	if err != nil {
		return false, err
	}
	if f.Negotiation == "" {
		// The id is stored before the negotiation is begun: after a crash the
		// same one is begun again.
		r := s.record(f)
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

// offer derives the terms from the clearance, so that only what was cleared is
// offered.
func (s *provider) offer(ctx context.Context, f Flow) (json.RawMessage, error) {
	var plan dataspace.Plan
	if err := s.read(ctx, f, DocPlan, &plan); err != nil {
		return nil, err
	}
	made, err := offered.Make(odrl.Terms{
		OfferID: offered.ID(f.Dataset, f.Purpose), Dataset: f.Dataset, Provider: f.Local, Recipient: f.Counterparty,
		Purpose: f.Purpose, Plan: f.Documents[DocPlan], RetentionDays: f.RetentionDays,
	}, plan)
	if err != nil {
		return nil, fmt.Errorf("offer flow %s: %w", f.ID, err)
	}
	return made, nil
}

// transferOut continues the transfer: it opens the stream when every earlier step
// is in the log.
func (s *provider) transferOut(ctx context.Context, f Flow) (again bool, err error) {
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
		// The token is invalid until the transfer is started again.
		return false, ignore(s.data.Suspend(ctx, t.ID), dataspace.ErrNotFound, dataspace.ErrConflict)
	case agree.Started:
		if t.Resumed {
			return false, s.start(ctx, f, t)
		}
	case agree.Terminated:
		return false, s.ends.refusedByPeer(ctx, f, t.Process)
	case agree.Completed: // and there was no request for a signature
		return false, s.unsigned(ctx, f)
	}
	return false, s.ends.cannotNotify(ctx, f, t.Process)
}

// ignore returns err unless it is one of these kinds.
func ignore(err error, kinds ...error) error {
	for _, k := range kinds {
		if errors.Is(err, k) {
			return nil
		}
	}
	return err
}

// adoptTransfer makes the newest transfer that the recipient requested under
// the agreement the transfer of the flow.
func (s *provider) adoptTransfer(ctx context.Context, f Flow) (bool, error) {
	list, err := s.agree.Transfers(ctx, agree.Filter{Local: f.Local, Agreement: f.Agreement})
	if err != nil {
		return false, err
	}
	for _, t := range list {
		if t.Role != dataspace.Provider || t.State == agree.Terminated {
			continue
		}
		r := s.record(f)
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

// start opens the stream. The start is evidence, and no byte leaves before the
// log contains it and everything before it.
func (s *provider) start(ctx context.Context, f Flow, t agree.Transfer) error {
	if t.Format != deliver.HTTPData && t.Format != deliver.HutongLeaves {
		return s.ends.endFor(ctx, f, "transfer.format", fmt.Sprintf("the recipient asked for the format %q", t.Format))
	}
	other, err := s.directory.Counterparty(ctx, f.Peer, f.Counterparty)
	if err != nil {
		return err
	}
	// A log that its witnesses know otherwise proves nothing of what leaves now.
	if err := s.evidence.MayLeave(ctx, other.Party.Witness, t.Witnessed); err != nil {
		return fmt.Errorf("start delivery of flow %s: %w", f.ID, err)
	}
	if _, ok := f.Documents[DocStart]; !ok {
		if f, err = s.open(ctx, f, t); err != nil || f.State != dataspace.Delivering {
			return err
		}
	}
	if err := s.proof.logged(ctx, f); err != nil {
		return err
	}
	g := deliver.Grant{
		ID: t.ID, Flow: f.ID, Dataset: f.Dataset, Source: f.Source, Stamp: f.Stamp,
		Recipient: recipientName(other, f.Counterparty), Format: t.Format, ExpiresAt: s.now().Add(grantLife),
	}
	if err := s.read(ctx, f, DocProfile, &g.Profile); err != nil {
		return err
	}
	g.Profile = g.Profile.Used()
	if err := s.read(ctx, f, DocPlan, &g.Plan); err != nil {
		return err
	}
	token, err := s.data.Issue(ctx, g)
	if err != nil {
		return err
	}
	_, err = s.agree.StartTransfer(ctx, t.ID, agree.NewHTTPAddress(s.dataURL(t.ID), token))
	return err
}

// open decides the flow once more and records that its delivery begins. A flow
// that may no longer leave ends instead; the decision is the evidence.
func (s *provider) open(ctx context.Context, f Flow, t agree.Transfer) (Flow, error) {
	now, err := s.decide.stands(ctx, f)
	lapsed := errors.Is(err, dataspace.ErrNotCleared) && now.decision.Verdict != ""
	if err != nil && !lapsed {
		return f, err
	}
	r := s.record(f)
	if err := r.document(DocStartFacts, now.facts); err != nil {
		return f, err
	}
	if err := r.document(DocStartDecision, now.decision); err != nil {
		return f, err
	}
	if lapsed {
		if err := r.end(dataspace.Refused, trouble(err, false), DocStartFacts, DocStartDecision); err != nil {
			return f, err
		}
		if f, err = s.save(ctx, r); err == nil {
			s.ends.endNow(f.ID)
		}
		return f, err
	}
	r.flow.Reserved, r.flow.Uncounted = now.reserved, now.uncounted
	if err := r.document(DocStart, Start{Transfer: string(t.ID), Format: t.Format, Agreement: f.Agreement, At: stamp(s.now())}); err != nil {
		return f, err
	}
	r.event(dataspace.EventStart, DocStart, DocStartFacts, DocStartDecision)
	return s.save(ctx, r)
}

// unsigned ends a flow whose recipient fetched and confirmed everything, but
// whose connector signs no receipts. The log contains what this side knows; a
// waybill would need both signatures.
func (s *provider) unsigned(ctx context.Context, f Flow) error {
	result, done, err := s.data.Result(ctx, f.Transfer)
	if err != nil {
		return err
	}
	if !done {
		return s.ends.endFor(ctx, f, "transfer.unfetched", "the recipient ended the transfer before it had fetched everything")
	}
	if _, recorded := f.Documents[DocReceipt]; !recorded {
		r := s.record(f)
		r.flow.Delivered = &Delivered{Result: result, At: s.now()}
		if err := r.document(DocReceipt, map[string]any{"delivered": result, "agreement": f.Agreement, "signed_by_recipient": false}); err != nil {
			return err
		}
		r.event(dataspace.EventReceipt, DocReceipt)
		if f, err = s.save(ctx, r); err != nil {
			return err
		}
	}
	if err := s.proof.logged(ctx, f); err != nil {
		return err
	}
	return s.proof.complete(ctx, f, "")
}
