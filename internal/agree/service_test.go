package agree_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
)

// rows is a Store in memory.
type rows struct {
	mu  sync.Mutex
	all map[agree.Ref]agree.Row
}

var _ agree.Store = (*rows)(nil)

func newRows() *rows { return &rows{all: map[agree.Ref]agree.Row{}} }

// Create implements agree.Store.
func (s *rows) Create(_ context.Context, r agree.Row) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for ref, have := range s.all {
		if ref == r.Ref || r.Origin != "" && have.Origin == r.Origin {
			return dataspace.ErrConflict
		}
	}
	r.Version = 1
	s.all[r.Ref] = r
	return nil
}

// Update implements agree.Store.
func (s *rows) Update(_ context.Context, r agree.Row) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	have, ok := s.all[r.Ref]
	if !ok || have.Version != r.Version {
		return dataspace.ErrConflict
	}
	r.Origin, r.Handled, r.Created, r.Version = have.Origin, have.Handled, have.Created, r.Version+1
	s.all[r.Ref] = r
	return nil
}

// Load implements agree.Store.
func (s *rows) Load(_ context.Context, ref agree.Ref) (agree.Row, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.all[ref]
	if !ok {
		return agree.Row{}, dataspace.ErrNotFound
	}
	return r, nil
}

// ByOrigin implements agree.Store.
func (s *rows) ByOrigin(_ context.Context, origin string) (agree.Row, error) {
	for _, r := range s.sorted() {
		if r.Origin == origin {
			return r, nil
		}
	}
	return agree.Row{}, dataspace.ErrNotFound
}

// List implements agree.Store for the filters that the tests use.
func (s *rows) List(context.Context, agree.Filter) ([]agree.Row, error) { return s.sorted(), nil }

// Unfinished implements agree.Store.
func (s *rows) Unfinished(_ context.Context, after agree.Ref, limit int) (out []agree.Ref, _ error) {
	behind := after == agree.Ref{}
	for _, r := range s.sorted() {
		if behind && (r.Pending || r.Changed > r.Handled) && len(out) < limit {
			out = append(out, r.Ref)
		}
		behind = behind || r.Ref == after
	}
	return out, nil
}

// Handled implements agree.Store.
func (s *rows) Handled(_ context.Context, marks []agree.Mark) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range marks {
		r := s.all[m.Ref]
		r.Handled = max(r.Handled, m.Changed)
		s.all[m.Ref] = r
	}
	return nil
}

func (s *rows) sorted() []agree.Row {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []agree.Row
	for _, r := range s.all {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b agree.Row) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// far is the other side, and the handler on this one.
type far struct {
	mu   sync.Mutex
	err  error // what it answers
	sent []time.Time
	ids  map[string]int // of the messages, and how often each arrived
	told []agree.State
	deaf int // calls that the handler fails
}

// Send implements agree.Sender.
func (f *far) Send(_ context.Context, d agree.Delivery) (agree.Ack, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sent = append(f.sent, time.Now())
	f.ids[d.Message.ID]++
	return agree.Ack{ProviderPID: d.Message.ProviderPID, ConsumerPID: "theirs", State: agree.Offered}, f.err
}

// NegotiationChanged implements agree.Handler.
func (f *far) NegotiationChanged(_ context.Context, n agree.Negotiation) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.deaf > 0 {
		f.deaf--
		return dataspace.ErrUnavailable
	}
	f.told = append(f.told, n.State)
	return nil
}

// TransferChanged implements agree.Handler.
func (f *far) TransferChanged(context.Context, agree.Transfer) error { return nil }

func (f *far) answers(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
}

// seen returns how many messages arrived, and which changes the handler was
// told of.
func (f *far) seen() (sent int, told string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.sent), strings.Trim(fmt.Sprint(f.told), "[]")
}

func newService(store agree.Store) (*agree.Service, *far) {
	f := &far{ids: map[string]int{}}
	return agree.New(agree.Config{Store: store, Sender: f, Handler: f, RetryMin: time.Second, RetryMax: time.Minute}), f
}

const offer = `{"@context":"http://www.w3.org/ns/odrl.jsonld","@id":"o","@type":"Offer","target":"tickets","permission":[{"action":"use"}]}`

func begin(t *testing.T, s *agree.Service, id string) {
	t.Helper()
	_, err := s.Offer(t.Context(), agree.NewNegotiation{
		ID: dataspace.NegotiationID(id), Local: "acme", Offer: []byte(offer), Counterparty: dataspace.Counterparty{Participant: "lion", Peer: "sg", Address: "https://sg"},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func closing(t *testing.T, s *agree.Service) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

var ref = agree.Ref{Kind: agree.KindNegotiation, ID: "n"}

// A message is sent until the other side has answered, always under the same
// id, and a caller can ask why it has not arrived.
func TestMessageIsRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := newService(newRows())
		defer closing(t, s)
		f.answers(dataspace.ErrPeerUnreachable)
		begin(t, s, "n")
		time.Sleep(10 * time.Second) // after 1, 2 and 4 seconds
		if n, _ := f.seen(); n != 4 {
			t.Errorf("%d attempts in ten seconds", n)
		}
		if trouble, ok := s.Trouble(ref); !ok || trouble.Attempts != 4 || !errors.Is(trouble.Err, dataspace.ErrPeerUnreachable) {
			t.Errorf("trouble %+v, %v", trouble, ok)
		}
		f.answers(nil)
		s.Wake(ref) // a message came from the other side
		synctest.Wait()
		if n, _ := f.seen(); n != 5 || len(f.ids) != 1 {
			t.Errorf("%d attempts under %d ids", n, len(f.ids))
		}
		if _, ok := s.Trouble(ref); ok {
			t.Error("the trouble is over and still told")
		}
		time.Sleep(time.Hour)
		if n, _ := f.seen(); n != 5 {
			t.Errorf("sent %d times after it was answered", n-5)
		}
	})
}

// A definite refusal ends the process at once, and the handler is told of it.
func TestRefusalEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := newService(newRows())
		defer closing(t, s)
		f.answers(&agree.RefusedError{Status: 400, Code: "no"})
		begin(t, s, "n")
		time.Sleep(time.Hour)
		n, err := s.Negotiation(t.Context(), "n")
		if err != nil || n.State != agree.Terminated || n.Failure == nil {
			t.Errorf("the negotiation is %s with %+v, %v", n.State, n.Failure, err)
		}
		if _, told := f.seen(); !strings.HasSuffix(told, string(agree.Terminated)) {
			t.Errorf("the handler heard %q", told)
		}
	})
}

// The remaining messages of an ended process are not tried for ever.
func TestGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := newService(newRows())
		defer closing(t, s)
		begin(t, s, "n")
		synctest.Wait()
		f.answers(dataspace.ErrPeerUnreachable)
		if _, err := s.TerminateNegotiation(t.Context(), "n", "stop"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(48 * time.Hour)
		n, err := s.Negotiation(t.Context(), "n")
		if err != nil || n.Pending {
			t.Errorf("pending after two days: %v, %v", n.Pending, err)
		}
		if trouble, ok := s.Trouble(ref); ok {
			t.Errorf("what is not tried any more has trouble: %v", trouble.Err)
		}
		before, _ := f.seen()
		time.Sleep(48 * time.Hour)
		if after, _ := f.seen(); after != before {
			t.Errorf("%d attempts after giving up", after-before)
		}
	})
}

// A handler that fails is called again. After a start it is told only of the
// changes that it does not know yet.
func TestHandlerHears(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newRows()
		s, f := newService(store)
		f.deaf = 2
		begin(t, s, "n")
		time.Sleep(time.Minute)
		if _, told := f.seen(); told != string(agree.Offered) {
			t.Fatalf("the handler heard %q", told)
		}
		closing(t, s)

		again, g := newService(store)
		if err := again.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if _, told := g.seen(); told != "" {
			t.Errorf("after a start the handler heard %q again", told)
		}
		g.deaf = 1000
		begin(t, again, "m")
		time.Sleep(time.Minute)
		closing(t, again)

		third, h := newService(store)
		defer closing(t, third)
		if err := third.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if _, told := h.seen(); told != string(agree.Offered) {
			t.Errorf("after a start the handler heard %q", told)
		}
	})
}

// A start continues all unfinished work, however much there is.
func TestStartGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const many = 1500
		store := newRows()
		s, f := newService(store)
		f.answers(dataspace.ErrPeerUnreachable)
		for i := range many {
			begin(t, s, fmt.Sprintf("n%04d", i))
		}
		closing(t, s)
		again, g := newService(store)
		defer closing(t, again)
		if err := again.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		if n, _ := g.seen(); n != many {
			t.Errorf("%d of %d messages were sent", n, many)
		}
	})
}

// A conflict may pass, also where the other side could not be reached before.
func TestConflictAfterSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := newService(newRows())
		defer closing(t, s)
		f.answers(dataspace.ErrPeerUnreachable)
		begin(t, s, "n")
		time.Sleep(time.Hour)
		f.answers(&agree.RefusedError{Status: 409, Code: "busy"})
		time.Sleep(90 * time.Second) // one attempt, or two
		f.answers(nil)
		time.Sleep(time.Hour)
		n, err := s.Negotiation(t.Context(), "n")
		if err != nil || n.State != agree.Offered || n.Failure != nil || n.Pending {
			t.Errorf("the negotiation is %s, pending %v, with %+v, %v", n.State, n.Pending, n.Failure, err)
		}
		f.answers(&agree.RefusedError{Status: 409, Code: "never"})
		begin(t, s, "m")
		time.Sleep(time.Hour)
		if n, err := s.Negotiation(t.Context(), "m"); err != nil || n.State != agree.Terminated {
			t.Errorf("after a conflict that stays the negotiation is %s, %v", n.State, err)
		}
	})
}

// hanging is a sender to two peers, of which one never answers.
type hanging struct {
	*far
	dead    dataspace.PeerName
	timeout time.Duration
}

// Send implements agree.Sender.
func (h hanging) Send(ctx context.Context, d agree.Delivery) (agree.Ack, error) {
	if d.Counterparty.Peer != h.dead {
		return h.far.Send(ctx, d)
	}
	select {
	case <-time.After(h.timeout):
	case <-ctx.Done():
	}
	return agree.Ack{}, dataspace.ErrPeerUnreachable
}

// A peer that takes connections and answers nothing does not hold up the
// messages to others, however many wait for it.
func TestSilentPeerHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &far{ids: map[string]int{}}
		s := agree.New(agree.Config{Store: newRows(), Sender: hanging{f, "dead", 30 * time.Second}, Handler: f})
		defer closing(t, s)
		for i := range 2000 {
			_, err := s.Offer(t.Context(), agree.NewNegotiation{
				ID: dataspace.NegotiationID(fmt.Sprint("dead-", i)), Local: "acme", Offer: []byte(offer),
				Counterparty: dataspace.Counterparty{Participant: "lion", Peer: "dead", Address: "https://dead"},
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(5 * time.Minute)
		begin(t, s, "n")
		time.Sleep(time.Second)
		if n, err := s.Negotiation(t.Context(), "n"); err != nil || n.Pending {
			t.Errorf("a second later the message is pending: %v, %v", n.Pending, err)
		}
	})
}
