package flow

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/deliver"
	"hutong/internal/prove"
)

// Signing makes the receipt of a delivery, which both gateways sign.
type Signing struct {
	*records
	*outside
	proof     *proving
	directory Directory
	receipts  Receipts
	gateway   dataspace.GatewayID
	identity  crypto.Signer
	wake      func(dataspace.FlowID)
}

// Note is what the provider tells the recipient of a flow besides the offer:
// the whole plan, the most that will come, and the digests of documents that stay
// with the provider. The recipient needs them to check the plan and what arrives,
// and to sign for them.
type Note struct {
	Flow     dataspace.FlowID   `json:"flow"` // the provider's
	Plan     dataspace.Document `json:"-"`
	Profile  dataspace.Digest   `json:"profile_sha256"`
	Decision dataspace.Digest   `json:"decision_sha256"`
	// Most is the most that will come; nil from an older gateway.
	Most *deliver.Most `json:"most,omitempty"`
}

// Note returns the note of a negotiation's flow of a local participant to the
// other side of it; ErrNotFound for every other caller, and under the path of
// every other participant.
func (s *Signing) Note(ctx context.Context, local dataspace.ParticipantID, caller dataspace.Caller, id dataspace.NegotiationID) (Note, error) {
	f, err := s.store.ByNegotiation(ctx, id)
	if err != nil {
		return Note{}, err
	}
	if f.Role != dataspace.Provider || f.Local != local || f.Peer != caller.Peer || f.Counterparty != caller.Participant {
		return Note{}, fmt.Errorf("note of negotiation %s: %w", id, dataspace.ErrNotFound)
	}
	plan, err := s.Document(ctx, f, DocPlan)
	if err != nil {
		return Note{}, err
	}
	var profile dataspace.Profile
	var treated dataspace.Plan
	if err := errors.Join(s.read(ctx, f, DocProfile, &profile), s.read(ctx, f, DocPlan, &treated)); err != nil {
		return Note{}, err
	}
	most := deliver.MostOf(profile, treated)
	return Note{Flow: f.ID, Plan: plan, Profile: f.Documents[DocProfile], Decision: f.Documents[DocDecision], Most: &most}, nil
}

// sign states what arrived, and has the provider state the same.
func (s *Signing) sign(ctx context.Context, f Flow) error {
	n, err := s.agree.Negotiation(ctx, f.Negotiation)
	if err != nil {
		return err
	}
	note, err := s.receipts.Note(ctx, f.Local, f.address(), dataspace.NegotiationID(n.CounterpartID))
	if err != nil {
		return err
	}
	var started Start
	if err := s.read(ctx, f, DocStart, &started); err != nil {
		return err
	}
	other, err := s.directory.Counterparty(ctx, f.Peer, f.Counterparty)
	if err != nil {
		return err
	}
	r, err := prove.NewReceipt(prove.Statement{
		Type: prove.StatementType, Agreement: f.Agreement,
		ProviderGateway: other.Gateway, ConsumerGateway: s.gateway, ProviderFlow: note.Flow, ConsumerFlow: f.ID,
		Profile: note.Profile, Decision: note.Decision, Plan: f.Documents[DocPlan],
		Format: f.Format, Root: string(f.Delivered.Root), LeafSize: deliver.LeafSize, Leaves: f.Delivered.Leaves,
		Size: f.Delivered.Size, Rows: f.Delivered.Rows,
		Started: started.At, Finished: stamp(f.Delivered.At),
	})
	if err != nil {
		return err
	}
	own, err := r.Sign(s.identity)
	if err != nil {
		return err
	}
	theirs, err := s.receipts.Countersign(ctx, f.Local, f.address(), r, own)
	if err != nil {
		return err
	}
	if err := s.verifySignature(r, theirs, other.Party); err != nil {
		return err
	}
	// The next step reports that the transfer is complete: with both signatures
	// stored, no later error can undo the delivery.
	return s.receipt(ctx, f, r.With(theirs, own))
}

func (s *Signing) verifySignature(r prove.Receipt, sig prove.Signature, by prove.Party) error {
	key, err := prove.IdentityOf(by)
	if err != nil {
		return err
	}
	return r.VerifyBy(sig, key)
}

// receipt records the receipt with both signatures: the delivery is done.
func (s *Signing) receipt(ctx context.Context, f Flow, receipt prove.Receipt) error {
	r := s.record(f)
	r.flow.State, r.flow.Trouble = dataspace.Proving, nil
	if err := r.document(DocReceipt, receipt); err != nil {
		return err
	}
	r.event(dataspace.EventReceipt, DocReceipt)
	_, err := s.save(ctx, r)
	return err
}

// Countersign compares a recipient's statement about a delivery with what was
// sent, and signs the same statement. It may be repeated. The flow is one of the
// local participant that is asked.
func (s *Signing) Countersign(ctx context.Context, local dataspace.ParticipantID, caller dataspace.Caller, r prove.Receipt, theirs prove.Signature) (prove.Signature, error) {
	st, err := r.Statement()
	if err != nil {
		return prove.Signature{}, err
	}
	f, err := s.store.Flow(ctx, st.ProviderFlow)
	if err != nil {
		return prove.Signature{}, err
	}
	if f.Role != dataspace.Provider || f.Local != local || f.Peer != caller.Peer || f.Counterparty != caller.Participant {
		return prove.Signature{}, fmt.Errorf("countersign for flow %s: %w", st.ProviderFlow, dataspace.ErrNotFound)
	}
	other, err := s.directory.Counterparty(ctx, f.Peer, f.Counterparty)
	if err != nil {
		return prove.Signature{}, err
	}
	if err := s.verifySignature(r, theirs, other.Party); err != nil {
		return prove.Signature{}, err
	}
	if _, have := f.Documents[DocReceipt]; have {
		return s.signedBefore(ctx, f, r)
	}
	if f.State != dataspace.Delivering {
		return prove.Signature{}, &dataspace.Problem{Kind: dataspace.ErrDenied, Code: "flow.ended", Place: string(f.ID),
			Message: "the provider's flow has ended without this delivery"}
	}
	result, done, err := s.data.Result(ctx, f.Transfer)
	if err != nil {
		return prove.Signature{}, err
	}
	if !done {
		return prove.Signature{}, fmt.Errorf("countersign for flow %s: the delivery has not ended: %w", f.ID, dataspace.ErrUnavailable)
	}
	if err := s.sameDelivery(f, other, result, st); err != nil {
		return prove.Signature{}, err
	}
	if err := s.sameTime(ctx, f, st); err != nil {
		return prove.Signature{}, err
	}
	own, err := r.Sign(s.identity)
	if err != nil {
		return prove.Signature{}, err
	}
	r.Signatures = nil
	f.Delivered = &Delivered{Result: result, At: s.now()}
	if err := s.receipt(ctx, f, r.With(own, theirs)); err != nil {
		return prove.Signature{}, err
	}
	s.wake(f.ID)
	return own, nil
}

// signedBefore answers a repeated request with the same signature, but only for
// the same statement.
func (s *Signing) signedBefore(ctx context.Context, f Flow, r prove.Receipt) (prove.Signature, error) {
	var before prove.Receipt
	if err := s.read(ctx, f, DocReceipt, &before); err != nil {
		return prove.Signature{}, err
	}
	if before.Payload != r.Payload || len(before.Signatures) == 0 {
		return prove.Signature{}, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "receipt.other", Message: "another receipt was signed for this delivery"}
	}
	return before.Signatures[0], nil
}

// sameDelivery compares a recipient's statement with this side's records.
func (s *Signing) sameDelivery(f Flow, other Other, result deliver.Result, st prove.Statement) error {
	for _, c := range []struct {
		field string
		same  bool
	}{
		{"agreement", st.Agreement == f.Agreement},
		{"provider_gateway", st.ProviderGateway == s.gateway},
		{"consumer_gateway", st.ConsumerGateway == other.Gateway},
		{"profile_sha256", st.Profile == f.Documents[DocProfile]},
		{"decision_sha256", st.Decision == f.Documents[DocDecision]},
		{"plan_sha256", st.Plan == f.Documents[DocPlan]},
		{"format", st.Format == f.Format},
		{"root", st.Root == string(result.Root)},
		{"size", st.Size == result.Size},
		{"rows", st.Rows == result.Rows},
		{"leaf_size", st.LeafSize == deliver.LeafSize},
	} {
		if !c.same {
			return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "receipt." + c.field, Place: c.field,
				Message: "the receipt differs from what was delivered"}
		}
	}
	return nil
}

// clockSlack is how far a recipient's clock may differ. It is well beyond the
// difference at which its tokens are refused.
const clockSlack = 5 * time.Minute

// sameTime compares the recipient's times, which this side is about to sign,
// with its own: they must lie between the opening of the stream and now.
func (s *Signing) sameTime(ctx context.Context, f Flow, st prove.Statement) error {
	var own Start
	if err := s.read(ctx, f, DocStart, &own); err != nil {
		return err
	}
	opened, err := time.Parse(time.RFC3339, own.At)
	if err != nil {
		return fmt.Errorf("read start of flow %s: %w", f.ID, err)
	}
	started, err1 := time.Parse(time.RFC3339, st.Started)
	finished, err2 := time.Parse(time.RFC3339, st.Finished)
	if err1 != nil || err2 != nil || started.Before(opened.Add(-clockSlack)) || finished.After(s.now().Add(clockSlack)) {
		return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "receipt.time", Place: "finished",
			Message: "the receipt's times are not those of the delivery", Hint: "synchronise the clocks of both gateways with a time server"}
	}
	return nil
}
