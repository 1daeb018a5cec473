package flow

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
	"hutong/internal/deliver"
	"hutong/internal/prove"
)

// Start is the document of a delivery's beginning.
type Start struct {
	Transfer  string                `json:"transfer"` // this side's
	Format    string                `json:"format"`   // of the transfer
	Agreement dataspace.AgreementID `json:"agreement"`
	At        string                `json:"at"` // RFC 3339, UTC
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// Note is what the provider tells the recipient of a flow besides the offer:
// the plan in full, and the digests of what stays at home. The recipient
// needs them to check the plan and to sign for them.
type Note struct {
	Flow     dataspace.FlowID   `json:"flow"` // the provider's
	Plan     dataspace.Document `json:"-"`
	Profile  dataspace.Digest   `json:"profile_sha256"`
	Decision dataspace.Digest   `json:"decision_sha256"`
}

// Note returns the note of the flow of a negotiation to the other side of it;
// ErrNotFound for anybody else.
func (s *Service) Note(ctx context.Context, caller dataspace.Caller, id dataspace.NegotiationID) (Note, error) {
	f, err := s.cfg.Store.ByNegotiation(ctx, id)
	if err != nil {
		return Note{}, err
	}
	if f.Role != dataspace.Provider || f.Peer != caller.Peer || f.Counterparty != caller.Participant {
		return Note{}, fmt.Errorf("note of negotiation %s: %w", id, dataspace.ErrNotFound)
	}
	plan, err := s.Document(ctx, f, DocPlan)
	if err != nil {
		return Note{}, err
	}
	return Note{Flow: f.ID, Plan: plan, Profile: f.Documents[DocProfile], Decision: f.Documents[DocDecision]}, nil
}

// parties are the two sides with the keys they sign with.
func (s *Service) parties(ctx context.Context, f Flow) (prove.Parties, error) {
	other, err := s.cfg.Directory.Counterparty(ctx, f.Peer, f.Counterparty)
	if err != nil {
		return prove.Parties{}, err
	}
	own := s.cfg.Self
	own.Participant = f.Local
	if f.Role == dataspace.Provider {
		return prove.Parties{Provider: own, Consumer: other.Party}, nil
	}
	return prove.Parties{Provider: other.Party, Consumer: own}, nil
}

// sign states what arrived, and has the provider state the same.
func (s *Service) sign(ctx context.Context, f Flow) error {
	n, err := s.agree.Negotiation(ctx, f.Negotiation)
	if err != nil {
		return err
	}
	note, err := s.cfg.Receipts.Note(ctx, f.Local, f.address(), dataspace.NegotiationID(n.CounterpartID))
	if err != nil {
		return err
	}
	var started Start
	if err := s.read(ctx, f, DocStart, &started); err != nil {
		return err
	}
	other, err := s.cfg.Directory.Counterparty(ctx, f.Peer, f.Counterparty)
	if err != nil {
		return err
	}
	r, err := prove.NewReceipt(prove.Statement{
		Type: prove.StatementType, Agreement: f.Agreement,
		ProviderGateway: other.Gateway, ConsumerGateway: s.cfg.Gateway, ProviderFlow: note.Flow, ConsumerFlow: f.ID,
		Profile: note.Profile, Decision: note.Decision, Plan: f.Documents[DocPlan],
		Format: f.Format, Root: string(f.Delivered.Root), LeafSize: deliver.LeafSize, Leaves: f.Delivered.Leaves,
		Size: f.Delivered.Size, Rows: f.Delivered.Rows,
		Started: started.At, Finished: stamp(f.Delivered.At),
	})
	if err != nil {
		return err
	}
	own, err := r.Sign(s.cfg.Identity)
	if err != nil {
		return err
	}
	theirs, err := s.cfg.Receipts.Countersign(ctx, f.Local, f.address(), r, own)
	if err != nil {
		return err
	}
	if err := s.verifySignature(r, theirs, other.Party); err != nil {
		return err
	}
	// That the transfer is complete is told in the next step: with both
	// signatures there, nothing that goes wrong can undo the delivery.
	return s.receipt(ctx, f, r.With(theirs, own))
}

func (s *Service) verifySignature(r prove.Receipt, sig prove.Signature, by prove.Party) error {
	key, err := prove.IdentityOf(by)
	if err != nil {
		return err
	}
	return r.VerifyBy(sig, key)
}

// receipt records the receipt with both signatures: the delivery is done.
func (s *Service) receipt(ctx context.Context, f Flow, receipt prove.Receipt) error {
	r := record{flow: f}
	r.flow.State, r.flow.Trouble = dataspace.Proving, nil
	if err := r.document(DocReceipt, receipt); err != nil {
		return err
	}
	r.event(s, dataspace.EventReceipt, DocReceipt)
	_, err := s.save(ctx, r)
	return err
}

// Countersign checks what a recipient states about a delivery against what
// was sent, and signs the same. Asked again it signs the same again.
func (s *Service) Countersign(ctx context.Context, caller dataspace.Caller, r prove.Receipt, theirs prove.Signature) (prove.Signature, error) {
	st, err := r.Statement()
	if err != nil {
		return prove.Signature{}, err
	}
	f, err := s.cfg.Store.Flow(ctx, st.ProviderFlow)
	if err != nil {
		return prove.Signature{}, err
	}
	if f.Role != dataspace.Provider || f.Peer != caller.Peer || f.Counterparty != caller.Participant {
		return prove.Signature{}, fmt.Errorf("countersign for flow %s: %w", st.ProviderFlow, dataspace.ErrNotFound)
	}
	other, err := s.cfg.Directory.Counterparty(ctx, f.Peer, f.Counterparty)
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
	own, err := r.Sign(s.cfg.Identity)
	if err != nil {
		return prove.Signature{}, err
	}
	r.Signatures = nil
	f.Delivered = &Delivered{Result: result, At: s.now()}
	if err := s.receipt(ctx, f, r.With(own, theirs)); err != nil {
		return prove.Signature{}, err
	}
	s.engine.Wake(f.ID)
	return own, nil
}

// signedBefore answers a recipient that asks again: with the signature it was
// given, and only for the same statement.
func (s *Service) signedBefore(ctx context.Context, f Flow, r prove.Receipt) (prove.Signature, error) {
	var before prove.Receipt
	if err := s.read(ctx, f, DocReceipt, &before); err != nil {
		return prove.Signature{}, err
	}
	if before.Payload != r.Payload || len(before.Signatures) == 0 {
		return prove.Signature{}, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "receipt.other", Message: "another receipt was signed for this delivery"}
	}
	return before.Signatures[0], nil
}

// unsigned ends a flow whose recipient fetched everything and said so, but
// whose connector signs no receipts. What this side knows is in the log; a
// waybill would need both signatures.
func (s *Service) unsigned(ctx context.Context, f Flow) error {
	result, done, err := s.data.Result(ctx, f.Transfer)
	if err != nil {
		return err
	}
	if !done {
		return s.endTold(ctx, f, "transfer.unfetched", "the recipient ended the transfer before it had fetched everything")
	}
	if _, recorded := f.Documents[DocReceipt]; !recorded {
		r := record{flow: f}
		r.flow.Delivered = &Delivered{Result: result, At: s.now()}
		if err := r.document(DocReceipt, map[string]any{"delivered": result, "agreement": f.Agreement, "signed_by_recipient": false}); err != nil {
			return err
		}
		r.event(s, dataspace.EventReceipt, DocReceipt)
		if f, err = s.save(ctx, r); err != nil {
			return err
		}
	}
	if err := s.logged(ctx, f); err != nil {
		return err
	}
	return s.complete(ctx, f, "")
}

// sameDelivery compares a recipient's statement with what this side knows.
func (s *Service) sameDelivery(f Flow, other Other, result deliver.Result, st prove.Statement) error {
	for _, c := range []struct {
		field string
		same  bool
	}{
		{"agreement", st.Agreement == f.Agreement},
		{"provider_gateway", st.ProviderGateway == s.cfg.Gateway},
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
				Message: "the receipt does not state what was delivered"}
		}
	}
	return nil
}

// clockSlack is how far a recipient's clock may differ, well beyond what its
// tokens would be refused for.
const clockSlack = 5 * time.Minute

// sameTime compares the recipient's times, which this side is about to sign,
// with its own: between the opening of the stream and now.
func (s *Service) sameTime(ctx context.Context, f Flow, st prove.Statement) error {
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
			Message: "the receipt's times are not those of the delivery", Hint: "set the clocks of both gateways by a time server"}
	}
	return nil
}

// prove waits until both logs hold the end of the flow and writes the
// waybill: the flow is complete.
func (s *Service) prove(ctx context.Context, f Flow) error {
	if f.Role == dataspace.Consumer {
		t, err := s.agree.Transfer(ctx, f.Transfer)
		if err != nil {
			return err
		}
		if t.State == agree.Started {
			if _, err := s.agree.CompleteTransfer(ctx, f.Transfer); err != nil && !errors.Is(err, dataspace.ErrConflict) {
				return err
			}
		}
	}
	parties, err := s.parties(ctx, f)
	if err != nil {
		return err
	}
	witness := parties.Side(f.Role.Opposite()).Witness
	var last uint64
	for _, id := range f.Events {
		index, err := s.cfg.Log.Await(ctx, id)
		if err != nil {
			return fmt.Errorf("wait for evidence of flow %s: %w", f.ID, err)
		}
		last = max(last, index)
	}
	cosigned, err := s.cosigned(ctx, f.ID, last, witness)
	if err != nil || !cosigned {
		return err
	}
	w, err := s.cfg.Log.Build(ctx, f.ID, f.Role, witness)
	if err != nil {
		return err
	}
	dir := filepath.Join(s.cfg.Dir, "waybills")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("write waybill: %w", err)
	}
	path := filepath.Join(dir, string(f.ID)+".waybill")
	if err := w.Write(path); err != nil {
		return err
	}
	return s.complete(ctx, f, path)
}

// cosignWait is how long a step waits for the peer's witness. Most answer
// sooner than the flow could be set down and taken up again.
const cosignWait = time.Second

// cosigned reports whether the peer's witness has cosigned the log up to an
// entry. If not, the flow is woken when it has: a peer that is gone must not
// hold up the flows with other peers.
func (s *Service) cosigned(ctx context.Context, id dataspace.FlowID, entry uint64, witness string) (bool, error) {
	if s.cfg.Log.Answers(witness) {
		waiting, cancel := context.WithTimeout(ctx, cosignWait)
		defer cancel()
		err := s.cfg.Log.AwaitCosigned(waiting, entry, witness)
		if err == nil {
			return true, nil
		}
		if !errors.Is(err, dataspace.ErrPeerUnreachable) || ctx.Err() != nil {
			return false, fmt.Errorf("wait for the peer's witness of flow %s: %w", id, err)
		}
	}
	done, err := s.cfg.Log.WhenCosigned(entry, witness, string(id), func() { s.engine.Wake(id) })
	if err != nil {
		return false, fmt.Errorf("wait for the peer's witness of flow %s: %w", id, err)
	}
	return done, nil
}

// complete ends a flow well. The people it delivered stay counted for good.
// What it held is let go before, so that a crash leaves nothing behind that
// nobody looks at again.
func (s *Service) complete(ctx context.Context, f Flow, waybill string) error {
	if f.Role == dataspace.Provider {
		if f.Reserved != "" {
			if err := s.cfg.Counts.Confirm(ctx, f.Reserved); err != nil {
				return err
			}
		}
		if err := s.data.Revoke(ctx, f.Transfer); err != nil && !errors.Is(err, dataspace.ErrNotFound) && !errors.Is(err, dataspace.ErrConflict) {
			return err
		}
		if err := s.cfg.Profiler.Forget(f.ID); err != nil {
			return err
		}
	}
	if f.Role == dataspace.Consumer && f.Delivered != nil {
		if err := deliver.Clean(filepath.Dir(f.Delivered.Path), filepath.Base(f.Delivered.Path)); err != nil {
			return err
		}
	}
	r := record{flow: f}
	r.flow.State, r.flow.Waybill, r.flow.Trouble = dataspace.Completed, waybill, nil
	_, err := s.save(ctx, r)
	if err == nil {
		s.progress.forget(f.ID)
	}
	return err
}
