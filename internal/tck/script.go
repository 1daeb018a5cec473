package main

import (
	"context"
	"sync"
	"time"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
)

// step is what the connector does when a process is in a state.
type step struct {
	at State
	do agree.MessageType
}

// State shortens the tables below.
type State = agree.State

// scripts say what the connector does in each test of the kit, by the dataset
// or agreement that the test names. Steps are taken in order, each once. An
// empty script does nothing but answer.
var scripts = map[string][]step{
	"ACN0101": {{agree.Requested, agree.MsgOffer}},
	"ACN0102": {{agree.Requested, agree.MsgOffer}, {agree.Requested, agree.MsgTerminate}},
	"ACN0103": {{agree.Requested, agree.MsgOffer}, {agree.Accepted, agree.MsgAgree}, {agree.Verified, agree.MsgFinalize}},
	"ACN0104": {{agree.Requested, agree.MsgAgree}, {agree.Verified, agree.MsgFinalize}},
	"ACN0201": {{agree.Requested, agree.MsgTerminate}},
	"ACN0202": {},
	"ACN0203": {{agree.Requested, agree.MsgAgree}},
	"ACN0204": {{agree.Requested, agree.MsgOffer}},
	"ACN0205": {{agree.Requested, agree.MsgOffer}, {agree.Offered, agree.MsgTerminate}},
	"ACN0206": {{agree.Requested, agree.MsgOffer}, {agree.Accepted, agree.MsgTerminate}},
	"ACN0207": {{agree.Requested, agree.MsgAgree}, {agree.Verified, agree.MsgTerminate}},
	"ACN0301": {{agree.Requested, agree.MsgAgree}, {agree.Verified, agree.MsgFinalize}},
	"ACN0302": {{agree.Requested, agree.MsgOffer}},
	"ACN0303": {{agree.Requested, agree.MsgOffer}},
	"ACN0304": {{agree.Requested, agree.MsgOffer}},

	"ACNC0101": {{agree.Offered, agree.MsgAccept}, {agree.Agreed, agree.MsgVerify}},
	"ACNC0102": {{agree.Offered, agree.MsgRequest}},
	"ACNC0103": {{agree.Offered, agree.MsgTerminate}},
	"ACNC0104": {{agree.Agreed, agree.MsgVerify}},
	"ACNC0201": {},
	"ACNC0202": {{agree.Requested, agree.MsgTerminate}},
	"ACNC0203": {{agree.Agreed, agree.MsgTerminate}},
	"ACNC0204": {},
	"ACNC0205": {{agree.Offered, agree.MsgAccept}},
	"ACNC0206": {{agree.Agreed, agree.MsgVerify}},
	"ACNC0301": {},
	"ACNC0302": {},
	"ACNC0303": {},
	"ACNC0304": {{agree.Offered, agree.MsgAccept}},
	"ACNC0305": {{agree.Offered, agree.MsgAccept}},
	"ACNC0306": {{agree.Offered, agree.MsgAccept}},

	"ATP0101": {{agree.Requested, agree.MsgStart}, {agree.Started, agree.MsgTerminate}},
	"ATP0102": {{agree.Requested, agree.MsgStart}, {agree.Started, agree.MsgComplete}},
	"ATP0103": {{agree.Requested, agree.MsgStart}, {agree.Started, agree.MsgSuspend}, {agree.Suspended, agree.MsgTerminate}},
	"ATP0104": {{agree.Requested, agree.MsgStart}, {agree.Started, agree.MsgSuspend}, {agree.Suspended, agree.MsgStart}, {agree.Started, agree.MsgComplete}},
	"ATP0105": {{agree.Requested, agree.MsgTerminate}},
	"ATP0201": {{agree.Requested, agree.MsgStart}},
	"ATP0202": {{agree.Requested, agree.MsgStart}},
	"ATP0203": {{agree.Requested, agree.MsgStart}},
	"ATP0204": {{agree.Requested, agree.MsgStart}},
	"ATP0205": {},
	"ATP0301": {},
	"ATP0302": {},
	"ATP0303": {{agree.Requested, agree.MsgStart}},
	"ATP0304": {{agree.Requested, agree.MsgStart}},
	"ATP0305": {{agree.Requested, agree.MsgStart}},
	"ATP0306": {{agree.Requested, agree.MsgStart}},

	"ATPC0101": {},
	"ATPC0102": {},
	"ATPC0103": {},
	"ATPC0104": {},
	"ATPC0105": {},
	"ATPC0201": {{agree.Started, agree.MsgTerminate}},
	"ATPC0202": {{agree.Started, agree.MsgComplete}},
	"ATPC0203": {{agree.Started, agree.MsgSuspend}, {agree.Suspended, agree.MsgTerminate}},
	"ATPC0204": {{agree.Started, agree.MsgSuspend}, {agree.Suspended, agree.MsgStart}, {agree.Started, agree.MsgComplete}},
	"ATPC0205": {{agree.Requested, agree.MsgTerminate}},
	"ATPC0301": {},
	"ATPC0302": {},
	"ATPC0303": {},
	"ATPC0304": {},
	"ATPC0305": {},
	"ATPC0306": {},
}

// settle is how long the connector waits before a step. The kit changes its own
// copy of a process some time after it has our answer, and ignores a message
// that comes before that.
const settle = 200 * time.Millisecond

// wait returns false if ctx ended first.
func wait(ctx context.Context) bool {
	timer := time.NewTimer(settle)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// player plays the scripts. It implements agree.Handler.
type player struct {
	svc *agree.Service // set before the first message

	mu   sync.Mutex
	done map[string]int // steps taken, by process
}

func (p *player) next(key, id string, at State) (agree.MessageType, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := p.done[id]
	steps := scripts[key]
	if n >= len(steps) || steps[n].at != at {
		return "", false
	}
	p.done[id]++
	return steps[n].do, true
}

// NegotiationChanged takes the next step of a negotiation's script.
func (p *player) NegotiationChanged(ctx context.Context, n agree.Negotiation) error {
	do, ok := p.next(string(n.Dataset), string(n.ID), n.State)
	if !ok || !wait(ctx) {
		return nil
	}
	var err error
	switch do {
	case agree.MsgOffer, agree.MsgRequest:
		_, err = p.svc.Counter(ctx, n.ID, n.Offer)
	case agree.MsgAccept:
		_, err = p.svc.Accept(ctx, n.ID)
	case agree.MsgAgree:
		_, err = p.svc.Agree(ctx, n.ID)
	case agree.MsgVerify:
		_, err = p.svc.Verify(ctx, n.ID)
	case agree.MsgFinalize:
		_, err = p.svc.Finalize(ctx, n.ID)
	case agree.MsgTerminate:
		_, err = p.svc.TerminateNegotiation(ctx, n.ID, "script", "the script ends here")
	}
	return err
}

// TransferChanged takes the next step of a transfer's script.
func (p *player) TransferChanged(ctx context.Context, t agree.Transfer) error {
	do, ok := p.next(string(t.AgreementID), string(t.ID), t.State)
	if !ok || !wait(ctx) {
		return nil
	}
	var err error
	switch do {
	case agree.MsgStart:
		var address *agree.DataAddress
		if t.Role == dataspace.Provider {
			address = agree.NewHTTPAddress("http://127.0.0.1/data", "token")
		}
		_, err = p.svc.StartTransfer(ctx, t.ID, address)
	case agree.MsgSuspend:
		_, err = p.svc.SuspendTransfer(ctx, t.ID, "script", "the script pauses here")
	case agree.MsgComplete:
		_, err = p.svc.CompleteTransfer(ctx, t.ID)
	case agree.MsgTerminate:
		_, err = p.svc.TerminateTransfer(ctx, t.ID, "script", "the script ends here")
	}
	return err
}
