package main

import (
	"context"
	"testing"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
	"hutong/internal/odrl"
)

// provide does the provider's part by itself.
func provide(ctx context.Context, s *agree.Service, n agree.Negotiation) (err error) {
	if n.Role != dataspace.Provider {
		return nil
	}
	switch n.State {
	case agree.Accepted:
		_, err = s.Agree(ctx, n.ID)
	case agree.Verified:
		_, err = s.Finalize(ctx, n.ID)
	}
	return err
}

// consume does the consumer's part by itself.
func consume(ctx context.Context, s *agree.Service, n agree.Negotiation) (err error) {
	if n.Role != dataspace.Consumer {
		return nil
	}
	switch n.State {
	case agree.Offered:
		_, err = s.Accept(ctx, n.ID)
	case agree.Agreed:
		_, err = s.Verify(ctx, n.ID)
	case agree.Finalized:
		_, err = s.RequestTransfer(ctx, agree.NewTransfer{
			ID: "t-" + dataspace.TransferID(n.ID), Local: n.Local, AgreementID: n.AgreementID, Format: "HttpData-PULL",
		})
	}
	return err
}

func serve(ctx context.Context, s *agree.Service, t agree.Transfer) (err error) {
	if t.Role == dataspace.Provider && t.State == agree.Requested {
		_, err = s.StartTransfer(ctx, t.ID, agree.NewHTTPAddress("https://data.example/x", "secret"))
	}
	return err
}

func receive(ctx context.Context, s *agree.Service, t agree.Transfer) (err error) {
	if t.Role == dataspace.Consumer && t.State == agree.Started {
		_, err = s.CompleteTransfer(ctx, t.ID)
	}
	return err
}

func TestProviderBegins(t *testing.T) {
	a, b := newSide(t, "alpha"), newSide(t, "beta")
	a.script(provide, serve)
	b.script(consume, receive)
	n, err := a.svc.Offer(t.Context(), agree.NewNegotiation{
		Local: "alpha", Counterparty: b.address(), Flow: "flow-1", Offer: offerJSON(t, "offer-1", "editing"),
	})
	if err != nil {
		t.Fatal(err)
	}
	n = a.deal(n.ID, agree.Finalized)
	there := b.deal(dataspace.NegotiationID(n.CounterpartID), agree.Finalized)
	if n.AgreementID == "" || there.AgreementID != n.AgreementID || !odrl.SameRules(n.Agreement, there.Offer) {
		t.Fatalf("agreements differ: %s, %s", n.AgreementID, there.AgreementID)
	}
	moved := b.move("t-"+dataspace.TransferID(there.ID), agree.Completed)
	if got := moved.DataAddress.Property("authorization"); got != "secret" {
		t.Fatalf("token %q", got)
	}
	here := a.move(dataspace.TransferID(moved.CounterpartID), agree.Completed)
	if here.Flow != "flow-1" || here.Dataset != "support" {
		t.Fatalf("provider's transfer has flow %q and dataset %q", here.Flow, here.Dataset)
	}
}
