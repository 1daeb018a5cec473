package agree

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hutong/internal/dataspace"
)

const useOnly = `{"@id":"o1","@type":"Offer","target":"d1","permission":[{"action":"use"}]}`

// pair is one process as its two sides see it, with a wire between them that
// may lose answers and repeat messages.
type pair struct {
	t    *rapid.T
	side map[dataspace.Role]*process
	id   int
}

func newPair(t *rapid.T, kind Kind) *pair {
	p := &pair{t: t, side: map[dataspace.Role]*process{}}
	for _, role := range []dataspace.Role{consumer, provider} {
		p.side[role] = &process{Ref: Ref{kind, "pid-" + string(role)}, Process: Process{
			Role: role, Local: dataspace.ParticipantID(role),
			Counterparty: dataspace.Counterparty{Participant: dataspace.ParticipantID(role.Opposite())},
		}}
	}
	return p
}

func (p *pair) message(by dataspace.Role, t MessageType) Message {
	p.id++
	m := Message{ID: fmt.Sprintf("m%d", p.id), Type: t}
	me := p.side[by]
	switch t {
	case MsgRequest, MsgOffer:
		m.Offer = json.RawMessage(useOnly)
	case MsgAgree:
		if me.Offer != nil {
			var err error
			if m.Agreement, err = me.agreement("a1", time.Unix(0, 0)); err != nil {
				p.t.Fatal(err)
			}
		}
	case MsgTransfer:
		m.AgreementID, m.Format = "a1", "HttpData-PULL"
	}
	return m
}

// command lets one side send; it must be possible exactly where Next allows it.
func (p *pair) command(by dataspace.Role, t MessageType) {
	me := p.side[by]
	before := me.State
	to, possible := Next(me.Kind, before, by, t)
	err := me.send(p.message(by, t))
	switch {
	case (err == nil) != possible:
		p.t.Fatalf("%s sends %s in %s: %v", by, t, before, err)
	case err == nil && me.State != to, err != nil && me.State != before:
		p.t.Fatalf("%s sends %s in %s: now %s", by, t, before, me.State)
	}
}

// transmit takes the first message of one side's outbox to the other.
func (p *pair) transmit(by dataspace.Role, times int, answered bool) {
	me, other := p.side[by], p.side[by.Opposite()]
	if len(me.Outbox) == 0 {
		return
	}
	m := me.Outbox[0]
	m.ProviderPID, m.ConsumerPID = me.pids()
	var first Ack
	var failed error
	for i := range times {
		changed := other.changed
		ack, moved, err := other.receive(m, m.ID)
		if i == 0 {
			first, failed = ack, err
			continue
		}
		if moved || other.changed != changed {
			p.t.Fatalf("a repeated %s changed something", m.Type)
		}
		if (err == nil) != (failed == nil) || err == nil && (ack.State != first.State) {
			p.t.Fatalf("a repeated %s was answered %v %v, at first %v %v", m.Type, ack, err, first, failed)
		}
	}
	switch {
	case !answered:
	case failed != nil:
		if !errors.Is(failed, dataspace.ErrConflict) {
			p.t.Fatalf("%s was refused: %v", m.Type, failed)
		}
		me.refused(m.ID, &RefusedError{Status: 400}, Message{ID: m.ID + "-termination", Type: MsgTerminate})
	default:
		me.delivered(m.ID, first)
	}
}

// TestTwoSidesAgree lets both sides act at random, in any order, over a wire
// that loses answers and repeats messages. When the wire has been quiet for a
// while, both are in the same state, or the side whose message was refused has
// ended the process on both.
func TestTwoSidesAgree(t *testing.T) {
	for _, kind := range []Kind{KindNegotiation, KindTransfer} {
		t.Run(string(kind), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				p := newPair(t, kind)
				roles := rapid.SampledFrom([]dataspace.Role{consumer, provider})
				first := consumer
				if kind == KindNegotiation {
					first = roles.Draw(t, "first")
				}
				opening := map[dataspace.Role]MessageType{consumer: MsgRequest, provider: MsgOffer}[first]
				if kind == KindTransfer {
					opening = MsgTransfer
				}
				p.command(first, opening)
				p.transmit(first, 1, true)
				messages := []MessageType{MsgOffer, MsgRequest, MsgAccept, MsgAgree, MsgVerify, MsgFinalize, MsgTerminate}
				if kind == KindTransfer {
					messages = []MessageType{MsgStart, MsgSuspend, MsgComplete, MsgStart, MsgTerminate}
				}
				t.Repeat(map[string]func(*rapid.T){
					"command": func(t *rapid.T) {
						p.command(roles.Draw(t, "by"), rapid.SampledFrom(messages).Draw(t, "message"))
					},
					"transmit": func(t *rapid.T) {
						p.transmit(roles.Draw(t, "by"), rapid.IntRange(1, 3).Draw(t, "times"), rapid.Bool().Draw(t, "answered"))
					},
				})
				for range 20 {
					p.transmit(consumer, 1, true)
					p.transmit(provider, 1, true)
				}
				c, v := p.side[consumer], p.side[provider]
				if len(c.Outbox)+len(v.Outbox) > 0 {
					t.Fatalf("still to send: %v, %v", c.Outbox, v.Outbox)
				}
				refused := c.Failure != nil || v.Failure != nil
				if c.State != v.State && !(refused && c.State.Final() && v.State.Final()) {
					t.Fatalf("consumer %s, provider %s, refused %v", c.State, v.State, refused)
				}
			})
		})
	}
}

// TestResumeByConsumer: the provider's start after the consumer's brings the
// new address; another start is refused.
func TestResumeByConsumer(t *testing.T) {
	p := process{Ref: Ref{KindTransfer, "t"}, Process: Process{Role: consumer, State: Suspended, CounterpartID: "x"}}
	if err := p.send(Message{ID: "1", Type: MsgStart}); err != nil {
		t.Fatal(err)
	}
	start := Message{ID: "2", Type: MsgStart, ConsumerPID: "t", ProviderPID: "x", DataAddress: NewHTTPAddress("https://new", "token")}
	if _, moved, err := p.receive(start, "2"); err != nil || !moved || p.DataAddress.URL() != "https://new" {
		t.Fatalf("%v %v %v", moved, err, p.DataAddress)
	}
	start.DataAddress = NewHTTPAddress("https://newer", "token")
	if _, _, err := p.receive(start, "3"); !errors.Is(err, dataspace.ErrConflict) {
		t.Fatalf("a third start: %v", err)
	}
}

func TestAgreementMustBeTheOffer(t *testing.T) {
	agreement := func(change func(map[string]any)) json.RawMessage {
		p := process{Process: Process{Role: provider, Local: "p", Counterparty: dataspace.Counterparty{Participant: "c"}}, Dataset: "d1", Offer: json.RawMessage(useOnly)}
		data, err := p.agreement("a1", time.Unix(0, 0))
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]any
		if err := json.Unmarshal(data, &m); err != nil {
			t.Fatal(err)
		}
		if change != nil {
			change(m)
		}
		if data, err = json.Marshal(m); err != nil {
			t.Fatal(err)
		}
		return data
	}
	receive := func(a json.RawMessage) error {
		p := process{Ref: Ref{KindNegotiation, "n"}, Process: Process{Role: consumer, Local: "c", Counterparty: dataspace.Counterparty{Participant: "p"}, State: Requested}, Dataset: "d1", Offer: json.RawMessage(useOnly)}
		_, _, err := p.receive(Message{Type: MsgAgree, Agreement: a, ProviderPID: "x", ConsumerPID: "n"}, "k")
		if err != nil && (p.State != Requested || p.Agreement != nil) {
			t.Error("a refused agreement left something behind")
		}
		return err
	}
	if err := receive(agreement(nil)); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(map[string]any){
		"more permission": func(m map[string]any) { m["permission"] = []any{map[string]any{"action": "distribute"}} },
		"prohibition":     func(m map[string]any) { m["prohibition"] = []any{map[string]any{"action": "distribute"}} },
		"dataset":         func(m map[string]any) { m["target"] = "d2" },
		"assigner":        func(m map[string]any) { m["assigner"] = "q" },
		"assignee":        func(m map[string]any) { m["assignee"] = "q" },
		"type":            func(m map[string]any) { m["@type"] = "Offer" },
		"no id":           func(m map[string]any) { delete(m, "@id") },
	} {
		if err := receive(agreement(change)); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReceivedIsBounded(t *testing.T) {
	p := process{Ref: Ref{KindTransfer, "t"}, Process: Process{Role: consumer, State: Requested}}
	for i := range 3 * maxReceived {
		msg := []MessageType{MsgStart, MsgSuspend}[i%2]
		if _, _, err := p.receive(Message{Type: msg}, fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	last := func(r receipt) bool { return r.Key == fmt.Sprint(3*maxReceived-1) }
	if len(p.Received) != maxReceived || !slices.ContainsFunc(p.Received, last) {
		t.Fatalf("%d kept", len(p.Received))
	}
}
