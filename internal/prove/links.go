package prove

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"hutong/internal/dataspace"
	"hutong/internal/tlog"
)

// required are the kinds of entries of a completed flow, in their order. A
// consumer does not profile the data.
func required(role dataspace.Role) []dataspace.EventKind {
	all := []dataspace.EventKind{dataspace.EventProfile, dataspace.EventDecision, dataspace.EventAgreement, dataspace.EventStart, dataspace.EventReceipt}
	if role == dataspace.Consumer {
		return all[1:]
	}
	return all
}

// checkOrder verifies that no entry is missing and that each step comes after
// the step that it depends on.
func (v *verifier) checkOrder() error {
	before := -1
	for _, kind := range required(v.w.Role) {
		i := v.last(kind)
		if i < 0 {
			return problem("waybill.missing", "entries", fmt.Sprintf("there is no log entry of kind %q", kind), nil)
		}
		if i < before {
			return problem("waybill.order", v.entries[i].place, fmt.Sprintf("%q comes before %q in the log", kind, v.entries[before].Kind), nil)
		}
		before = i
	}
	for _, e := range v.entries {
		switch e.Kind {
		case dataspace.EventRefusal, dataspace.EventStop:
			return problem("waybill.order", e.place, fmt.Sprintf("the flow ended by %q, not by a delivery", e.Kind), nil)
		case dataspace.EventReceipt:
			if e.ID != v.entries[before].ID {
				return problem("waybill.receipt", e.place, "there are two receipts", nil)
			}
		}
	}
	v.ok("order", text("Decision, agreement, delivery and receipt were logged in this order; none is missing.", "判定、协议、交付、回执依次记录，无缺失。"))
	return nil
}

// reviewDoc is the required content of a person's decision.
type reviewDoc struct {
	Approve  bool             `json:"approve"`
	Decision dataspace.Digest `json:"decision"`
}

// checkDecision verifies that the last decision allowed the flow.
func (v *verifier) checkDecision() error {
	i := v.last(dataspace.EventDecision)
	// Only these members are needed of a document that is long.
	var d struct {
		Verdict     dataspace.Verdict `json:"verdict"`
		FactsSHA256 dataspace.Digest  `json:"facts_sha256"`
		Reasons     []json.RawMessage `json:"reasons"`
		Packs       []json.RawMessage `json:"packs"`
	}
	doc, err := v.doc(i, docDecision, &d)
	if err != nil {
		return err
	}
	facts, err := v.doc(i, docFacts, nil)
	if err != nil {
		return err
	}
	place := v.entries[i].place + "." + docDecision
	if d.FactsSHA256 != facts.Digest() {
		return problem("waybill.link", place, "the decision was made on other facts than those shown", nil)
	}
	if v.w.Role == dataspace.Provider {
		if _, err := v.doc(v.last(dataspace.EventProfile), docProfile, nil); err != nil {
			return err
		}
	}
	switch d.Verdict {
	case dataspace.Cleared:
		v.ok("decision", text(
			fmt.Sprintf("The rules cleared the flow on %d facts-bound reasons from %d rule packs.", len(d.Reasons), len(d.Packs)),
			fmt.Sprintf("规则判定放行：依据 %d 条理由、%d 个规则包，与所示事实绑定。", len(d.Reasons), len(d.Packs))))
		return nil
	case dataspace.HumanReview:
		return v.checkReview(doc.Digest(), i)
	}
	return problem("waybill.decision", place, fmt.Sprintf("the decision does not allow the flow: %s", d.Verdict), nil)
}

// checkReview verifies that a person approved the flow where the rules asked
// for a person.
func (v *verifier) checkReview(decision dataspace.Digest, after int) error {
	i := v.last(dataspace.EventReview)
	if i < after {
		return problem("waybill.missing", v.entries[after].place, "the decision asked for a person's review, and there is none after it", nil)
	}
	var r reviewDoc
	if _, err := v.doc(i, docReview, &r); err != nil {
		return err
	}
	if !r.Approve || r.Decision != decision || i > v.last(dataspace.EventStart) {
		return problem("waybill.decision", v.entries[i].place+"."+docReview, "the review does not allow the flow before its start", nil)
	}
	v.ok("decision", text("The rules asked for a person's review; the review allowed the flow, with a reason.", "规则要求人工复核；复核已附理由放行。"))
	return nil
}

// checkReceipt verifies both signatures and compares the receipt with the other
// documents.
func (v *verifier) checkReceipt() error {
	i := v.last(dataspace.EventReceipt)
	var r Receipt
	doc, err := v.doc(i, docReceipt, nil)
	if err != nil {
		return err
	}
	place := v.entries[i].place + "." + docReceipt
	if err := strict(doc, &r); err != nil {
		return problem("waybill.document", place, "the receipt cannot be read", err)
	}
	s, err := r.Verify(v.identities())
	if err != nil {
		return problem("waybill.receipt", place, "the receipt does not have the signatures of both sides", err)
	}
	if err := v.checkLinks(s, place); err != nil {
		return err
	}
	v.report.Statement = &s
	v.ok("receipt", text(
		fmt.Sprintf("Both gateways signed the receipt: %s delivered %d rows, %d bytes (%s) to %s under agreement %s, Merkle root %s.", s.ProviderGateway, s.Rows, s.Size, s.Format, s.ConsumerGateway, s.Agreement, s.Root),
		fmt.Sprintf("双方网关均已签署回执：%s 依据协议 %s 向 %s 交付 %d 行、%d 字节（%s），默克尔根 %s。", s.ProviderGateway, s.Agreement, s.ConsumerGateway, s.Rows, s.Size, s.Format, s.Root)))
	return nil
}

// checkLinks compares the receipt with the documents it names.
func (v *verifier) checkLinks(s Statement, place string) error {
	agreement := v.last(dataspace.EventAgreement)
	var a struct {
		ID dataspace.AgreementID `json:"@id"`
	}
	if _, err := v.doc(agreement, docAgreement, &a); err != nil {
		return err
	}
	if a.ID != s.Agreement {
		return problem("waybill.link", place, "the receipt is for another agreement", nil)
	}
	if s.ProviderGateway != v.parties.Provider.Gateway || s.ConsumerGateway != v.parties.Consumer.Gateway {
		return problem("waybill.link", place, "the receipt is between other gateways", nil)
	}
	flow := s.ProviderFlow
	if v.w.Role == dataspace.Consumer {
		flow = s.ConsumerFlow
	}
	if flow != v.w.Flow {
		return problem("waybill.link", place, "the receipt is of another flow", nil)
	}
	plan, err := v.doc(agreement, docPlan, nil)
	if err != nil {
		return err
	}
	if plan.Digest() != s.Plan {
		return problem("waybill.link", place, "the receipt is for another plan than the agreed one", nil)
	}
	if v.w.Role == dataspace.Consumer {
		return nil // decision and profile are the provider's
	}
	decision := v.entries[v.last(dataspace.EventDecision)].docs[docDecision]
	profile := v.entries[v.last(dataspace.EventProfile)].docs[docProfile]
	if decision.Digest() != s.Decision || profile.Digest() != s.Profile {
		return problem("waybill.link", place, "the receipt is for another decision or profile", nil)
	}
	return nil
}

// VerifyFile checks that r has exactly the bytes that the statement of a
// receipt says were delivered. It needs memory for one leaf.
func VerifyFile(ctx context.Context, s Statement, r io.Reader) error {
	if err := s.check(); err != nil {
		return err
	}
	if s.LeafSize > maxWaybill {
		return fmt.Errorf("check file: leaves of %d bytes: %w", s.LeafSize, dataspace.ErrInvalid)
	}
	var root tlog.RootBuilder
	var size int64
	leaf := make([]byte, s.LeafSize)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := io.ReadFull(r, leaf)
		if n > 0 {
			root.Add(leaf[:n])
			size += int64(n)
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("check file: %w", err)
		}
	}
	if size != s.Size {
		return problem("waybill.file", "data", fmt.Sprintf("the file has %d bytes, the receipt says %d", size, s.Size), nil)
	}
	if root.Root().Hex() != s.Root {
		return problem("waybill.file", "data", "the file is not the one that the receipt is for", nil)
	}
	return nil
}
