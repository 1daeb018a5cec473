package agree_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
	"hutong/internal/memory"
	"hutong/internal/odrl"
)

// side is one of two connectors that speak to each other. The other one hears
// each message, and every second answer is lost on its way back.
type side struct {
	*agree.Service
	local dataspace.ParticipantID
	other *side
	store agree.Store

	mu   sync.Mutex
	sent int
	lose bool // every second answer
	told []string
	act  func(s *side, n agree.Negotiation) error
	move func(s *side, t agree.Transfer) error
}

var (
	_ agree.Sender    = (*side)(nil)
	_ agree.Handler   = (*side)(nil)
	_ agree.Catalogue = (*side)(nil)
)

// Send implements agree.Sender.
func (s *side) Send(ctx context.Context, d agree.Delivery) (agree.Ack, error) {
	s.mu.Lock()
	s.sent++
	lost := s.lose && s.sent%2 == 1
	s.mu.Unlock()
	in := agree.Inbound{Caller: dataspace.Caller{Participant: s.local, Peer: dataspace.PeerName("peer-" + s.local)}, Local: s.other.local, Message: d.Message, Key: d.Message.ID}
	ack, ref, err := s.other.hear(ctx, d, in)
	if ref != (agree.Ref{}) {
		s.other.Wake(ref)
	}
	switch {
	case errors.Is(err, dataspace.ErrInvalid), errors.Is(err, dataspace.ErrConflict), errors.Is(err, dataspace.ErrDenied), errors.Is(err, dataspace.ErrNotFound):
		return agree.Ack{}, &agree.RefusedError{Status: 400, Code: "no", Reason: []string{err.Error()}}
	case err == nil && lost:
		err = dataspace.ErrPeerUnreachable
	}
	return ack, err
}

// hear takes a message of the other side.
func (s *side) hear(ctx context.Context, d agree.Delivery, in agree.Inbound) (agree.Ack, agree.Ref, error) {
	if d.Initial {
		in.Message.Callback = "https://" + string(s.other.local)
		return s.ReceiveFirst(ctx, in)
	}
	id := d.Message.ConsumerPID
	if d.Role == dataspace.Consumer {
		id = d.Message.ProviderPID
	}
	ref := agree.Ref{Kind: d.Kind, ID: id}
	ack, err := s.Receive(ctx, ref, in)
	return ack, ref, err
}

// NegotiationChanged implements agree.Handler.
func (s *side) NegotiationChanged(_ context.Context, n agree.Negotiation) error {
	s.note("n", n.State)
	if s.act == nil || n.Pending {
		return nil
	}
	return s.act(s, n)
}

// TransferChanged implements agree.Handler.
func (s *side) TransferChanged(_ context.Context, t agree.Transfer) error {
	s.note("t", t.State)
	if s.move == nil || t.Pending {
		return nil
	}
	return s.move(s, t)
}

func (s *side) note(kind string, state agree.State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told = append(s.told, fmt.Sprintf("%s:%s", kind, state))
}

// heard is what the handler was told, repetitions left out.
func (s *side) heard() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, x := range s.told {
		if len(out) == 0 || out[len(out)-1] != x {
			out = append(out, x)
		}
	}
	return strings.Join(out, " ")
}

// Datasets implements agree.Catalogue.
func (s *side) Datasets(context.Context, dataspace.ParticipantID, dataspace.Caller, dataspace.DatasetID, int) ([]agree.Dataset, error) {
	return nil, nil
}

// Dataset implements agree.Catalogue.
func (s *side) Dataset(_ context.Context, _ dataspace.ParticipantID, _ dataspace.Caller, id dataspace.DatasetID) (agree.Dataset, error) {
	if id != "tickets" {
		return agree.Dataset{}, dataspace.ErrNotFound
	}
	return agree.Dataset{ID: id, Offers: []odrl.Policy{{ID: "o", Type: odrl.TypeOffer}}, Formats: []string{"HttpData-PULL"}}, nil
}

func newSide(local dataspace.ParticipantID) *side {
	s := &side{local: local, store: memory.New("here").Processes}
	s.Service = agree.New(agree.Config{Store: s.store, Sender: s, Handler: s, Catalogue: s, RetryMin: time.Second, RetryMax: time.Minute})
	return s
}

// newSides are a provider and a consumer that take each negotiation, and each
// transfer, to its end by themselves.
func newSides() (provider, consumer *side) {
	provider, consumer = newSide("acme"), newSide("lion")
	provider.other, consumer.other = consumer, provider
	ctx := context.Background()
	provider.act = func(s *side, n agree.Negotiation) (err error) {
		switch n.State {
		case agree.Requested, agree.Accepted:
			_, err = s.Agree(ctx, n.ID)
		case agree.Verified:
			_, err = s.Finalize(ctx, n.ID)
		}
		return err
	}
	provider.move = func(s *side, t agree.Transfer) (err error) {
		if t.State == agree.Requested {
			_, err = s.StartTransfer(ctx, t.ID, agree.NewHTTPAddress("https://acme/data", "token"))
		}
		return err
	}
	consumer.act = func(s *side, n agree.Negotiation) (err error) {
		switch n.State {
		case agree.Offered:
			_, err = s.Accept(ctx, n.ID)
		case agree.Agreed:
			_, err = s.Verify(ctx, n.ID)
		case agree.Finalized:
			_, err = s.RequestTransfer(ctx, agree.NewTransfer{ID: "t-1", Local: "lion", AgreementID: n.AgreementID, Format: "HttpData-PULL"})
		}
		return err
	}
	consumer.move = func(s *side, t agree.Transfer) (err error) {
		if t.State == agree.Started {
			_, err = s.CompleteTransfer(ctx, t.ID)
		}
		return err
	}
	return provider, consumer
}

func (s *side) toOther() dataspace.Counterparty {
	return dataspace.Counterparty{Participant: s.other.local, Peer: dataspace.PeerName("peer-" + s.other.local), Address: "https://" + string(s.other.local)}
}

func request(t *testing.T, s *side, id dataspace.NegotiationID, text string) {
	t.Helper()
	if _, err := s.Request(t.Context(), agree.NewNegotiation{ID: id, Local: s.local, Counterparty: s.toOther(), Offer: []byte(text)}); err != nil {
		t.Fatal(err)
	}
}

// only is the one process of a kind.
func (s *side) only(t *testing.T) (agree.Negotiation, agree.Transfer) {
	t.Helper()
	n, err := s.Negotiations(t.Context(), agree.Filter{})
	if err != nil || len(n) != 1 {
		t.Fatalf("%s has %d negotiations: %v", s.local, len(n), err)
	}
	moves, err := s.Transfers(t.Context(), agree.Filter{})
	if err != nil || len(moves) > 1 {
		t.Fatalf("%s has %d transfers: %v", s.local, len(moves), err)
	}
	return n[0], append(moves, agree.Transfer{})[0]
}

// Two services take a dataset from a request, or an offer, to the completed
// transfer, each step once, though every second answer is lost and each message
// therefore comes twice.
func TestPair(t *testing.T) {
	for name, c := range map[string]struct {
		begin func(t *testing.T, provider, consumer *side)
		told  [2]string // what the provider, and the consumer, hears first
	}{
		"request": {func(t *testing.T, _, consumer *side) { request(t, consumer, "n-1", offer) }, [2]string{"n:REQUESTED", ""}},
		"offer": {func(t *testing.T, provider, _ *side) {
			if _, err := provider.Offer(t.Context(), agree.NewNegotiation{ID: "n-1", Local: "acme", Flow: "flow-1", Counterparty: provider.toOther(), Offer: []byte(offer)}); err != nil {
				t.Fatal(err)
			}
		}, [2]string{"", "n:OFFERED"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				provider, consumer := newSides()
				provider.lose, consumer.lose = true, true
				defer closing(t, provider.Service)
				defer closing(t, consumer.Service)
				c.begin(t, provider, consumer)
				time.Sleep(5 * time.Minute)
				synctest.Wait()
				pn, pt := provider.only(t)
				cn, ct := consumer.only(t)
				if pn.State != agree.Finalized || cn.State != agree.Finalized || pt.State != agree.Completed || ct.State != agree.Completed {
					t.Fatalf("provider %s %s, consumer %s %s\n%s\n%s", pn.State, pt.State, cn.State, ct.State, provider.heard(), consumer.heard())
				}
				if pn.AgreementID == "" || pn.AgreementID != cn.AgreementID || string(pn.Agreement) != string(cn.Agreement) || pn.CounterpartID != string(cn.ID) || cn.CounterpartID != string(pn.ID) {
					t.Errorf("the two do not speak of one agreement:\n%+v\n%+v", pn, cn)
				}
				if pn.Pending || cn.Pending || pt.Pending || ct.Pending {
					t.Error("a message still waits")
				}
				if ct.DataAddress.URL() != "https://acme/data" || ct.DataAddress.Property("authorization") != "token" || pt.Dataset != "tickets" || ct.Dataset != "tickets" {
					t.Errorf("transfer %+v", ct)
				}
				if !strings.HasPrefix(provider.heard(), c.told[0]) || !strings.HasPrefix(consumer.heard(), c.told[1]) {
					t.Errorf("provider heard %s, consumer %s", provider.heard(), consumer.heard())
				}
				for _, s := range []*side{provider, consumer} {
					if left, err := s.store.Unfinished(t.Context(), agree.Ref{}, 10); err != nil || len(left) != 0 {
						t.Errorf("%s leaves %v unfinished: %v", s.local, left, err)
					}
				}
				found, err := provider.Agreement(t.Context(), "acme", dataspace.Provider, pn.AgreementID)
				if err != nil || found.ID != pn.ID {
					t.Errorf("the agreement is found as %s: %v", found.ID, err)
				}
				if _, err := provider.Agreement(t.Context(), "acme", dataspace.Consumer, pn.AgreementID); !errors.Is(err, dataspace.ErrNotFound) {
					t.Errorf("found in another role: %v", err)
				}
			})
		})
	}
}

// What cannot begin is refused for good, and leaves nothing at the one who was
// asked.
func TestPairRefuses(t *testing.T) {
	other := strings.Replace(offer, `"tickets"`, `"other"`, 1)
	unknown := strings.Replace(offer, `"@id":"o"`, `"@id":"none"`, 1)
	for name, text := range map[string]string{"a dataset that is not offered": other, "an offer that is not in the catalogue": unknown} {
		synctest.Test(t, func(t *testing.T) {
			provider, consumer := newSides()
			defer closing(t, provider.Service)
			defer closing(t, consumer.Service)
			request(t, consumer, "n-1", text)
			time.Sleep(time.Minute)
			synctest.Wait()
			n, _ := consumer.only(t)
			if n.State != agree.Terminated || n.Failure == nil || n.Failure.Status != 400 {
				t.Errorf("%s: the negotiation is %s, %+v", name, n.State, n.Failure)
			}
			if list, err := provider.Negotiations(t.Context(), agree.Filter{}); err != nil || len(list) != 0 {
				t.Errorf("%s: the provider keeps %d negotiations: %v", name, len(list), err)
			}
		})
	}
}

// Somebody else is told that a process is not there, whatever is asked.
func TestPairOfOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		provider, consumer := newSides()
		defer closing(t, provider.Service)
		defer closing(t, consumer.Service)
		request(t, consumer, "n-1", offer)
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		n, tr := provider.only(t)
		for _, ref := range []agree.Ref{{Kind: agree.KindNegotiation, ID: string(n.ID)}, {Kind: agree.KindTransfer, ID: string(tr.ID)}} {
			if ack, err := provider.Status(t.Context(), dataspace.Caller{Participant: "lion", Peer: "peer-lion"}, "acme", ref); err != nil || ack.State == "" {
				t.Errorf("the counterparty is told %+v of %s: %v", ack, ref, err)
			}
			for _, c := range []dataspace.Caller{{Participant: "lion", Peer: "peer-tiger"}, {Participant: "tiger", Peer: "peer-lion"}, {}} {
				if _, err := provider.Status(t.Context(), c, "acme", ref); !errors.Is(err, dataspace.ErrNotFound) {
					t.Errorf("%+v is told of %s: %v", c, ref, err)
				}
				in := agree.Inbound{Caller: c, Local: "acme", Message: agree.Message{Type: agree.MsgTerminate, ProviderPID: ref.ID, ConsumerPID: n.CounterpartID}, Key: "k"}
				if _, err := provider.Receive(t.Context(), ref, in); !errors.Is(err, dataspace.ErrNotFound) {
					t.Errorf("%+v ends %s: %v", c, ref, err)
				}
			}
			if _, err := provider.Status(t.Context(), dataspace.Caller{Participant: "lion", Peer: "peer-lion"}, "other", ref); !errors.Is(err, dataspace.ErrNotFound) {
				t.Errorf("another participant here has %s: %v", ref, err)
			}
		}
		// An agreement is only for those who made it.
		in := agree.Inbound{Caller: dataspace.Caller{Participant: "tiger", Peer: "peer-tiger"}, Local: "acme",
			Message: agree.Message{Type: agree.MsgTransfer, ConsumerPID: "t-9", AgreementID: n.AgreementID, Format: "HttpData-PULL", Callback: "https://tiger"}, Key: "k"}
		if _, _, err := provider.ReceiveFirst(t.Context(), in); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("a transfer under another's agreement: %v", err)
		}
	})
}

// One side ends it: the other one is told why, and both stay ended.
func TestPairTerminates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		provider, consumer := newSides()
		provider.act, consumer.act = nil, nil
		defer closing(t, provider.Service)
		defer closing(t, consumer.Service)
		request(t, consumer, "n-1", offer)
		time.Sleep(time.Minute)
		synctest.Wait()
		pn, _ := provider.only(t)
		if _, err := provider.TerminateNegotiation(t.Context(), pn.ID, "not.cleared", "because"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		cn, _ := consumer.only(t)
		if cn.State != agree.Terminated || cn.Code != "not.cleared" || strings.Join(cn.Reason, "") != "because" {
			t.Fatalf("the consumer has %s %s %v", cn.State, cn.Code, cn.Reason)
		}
		if _, err := consumer.Verify(t.Context(), cn.ID); !errors.Is(err, dataspace.ErrConflict) {
			t.Errorf("what has ended goes on: %v", err)
		}
	})
}
