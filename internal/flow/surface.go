package flow

import (
	"context"

	"hutong/internal/dataspace"
	"hutong/internal/prove"
)

// What people and the other gateway may ask of the flows: each method hands on
// to the role that answers it, where its promise stands.

// Begin creates a flow and starts it.
func (s *Service) Begin(ctx context.Context, r Request) (Flow, error) {
	return s.commands.Begin(ctx, r)
}

// Decide records a person's decision on a flow that waits for one.
func (s *Service) Decide(ctx context.Context, id dataspace.FlowID, on dataspace.Verdict, approve bool, by, reason string) (Flow, error) {
	return s.commands.Decide(ctx, id, on, approve, by, reason)
}

// Stop ends a flow for good.
func (s *Service) Stop(ctx context.Context, id dataspace.FlowID, by, reason string) (Flow, error) {
	return s.commands.Stop(ctx, id, by, reason)
}

// Resume has a flow looked at again.
func (s *Service) Resume(ctx context.Context, id dataspace.FlowID) (Flow, error) {
	return s.commands.Resume(ctx, id)
}

// InstrumentsChanged decides anew what waits for the participant's papers.
func (s *Service) InstrumentsChanged(ctx context.Context, owner dataspace.ParticipantID) error {
	return s.commands.InstrumentsChanged(ctx, owner)
}

// Running counts the flows of a participant that have not ended.
func (s *Service) Running(ctx context.Context, owner dataspace.ParticipantID) (int, error) {
	return s.commands.Running(ctx, owner)
}

// RunningWith counts the flows with a peer by which data may still pass.
func (s *Service) RunningWith(ctx context.Context, name dataspace.PeerName) (int, error) {
	return s.commands.RunningWith(ctx, name)
}

// ApproveFiling records that a person approved the documents of a filing.
func (s *Service) ApproveFiling(ctx context.Context, id dataspace.FlowID, in Filing) (Filing, error) {
	return s.commands.ApproveFiling(ctx, id, in)
}

// Agenda lists obligations and warnings, as of today.
func (s *Service) Agenda(ctx context.Context, filter AgendaFilter) (Agenda, error) {
	return s.obligations.Agenda(ctx, filter)
}

// LookAtFlows looks at every flow of which something may be open anew. A flow
// that cannot be decided is an error; the others are looked at all the same.
func (s *Service) LookAtFlows(ctx context.Context) error { return s.obligations.LookAtFlows(ctx) }

// Fulfil records that a person fulfilled an obligation.
func (s *Service) Fulfil(ctx context.Context, id dataspace.FlowID, obligation, by, reason, on string) (Flow, error) {
	return s.obligations.Fulfil(ctx, id, obligation, by, reason, on)
}

// RulesChanged decides every standing flow again.
func (s *Service) RulesChanged(ctx context.Context) (looked, changed int, err error) {
	return s.rechecks.RulesChanged(ctx)
}

// Standing is an error if a flow that was cleared may not leave any more.
func (s *Service) Standing(ctx context.Context, f Flow) error { return s.decide.Standing(ctx, f) }

// Note returns the note of the flow of a negotiation to the other side of it.
func (s *Service) Note(ctx context.Context, caller dataspace.Caller, id dataspace.NegotiationID) (Note, error) {
	return s.signing.Note(ctx, caller, id)
}

// Countersign signs what a recipient states about a delivery, if it is so.
func (s *Service) Countersign(ctx context.Context, caller dataspace.Caller, r prove.Receipt, theirs prove.Signature) (prove.Signature, error) {
	return s.signing.Countersign(ctx, caller, r, theirs)
}

// Progress returns how far a flow's step has come; ok is false when nothing is
// under way.
func (s *Service) Progress(id dataspace.FlowID) (p Progress, ok bool) {
	return s.progress.of(id, s.now())
}
