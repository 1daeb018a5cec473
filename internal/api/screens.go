package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/gateway"
	"hutong/internal/screen"
)

// newList is a list of barred recipients, in transfer.
type newList struct {
	ID        string           `query:"id" required:"true" doc:"name of the list here"`
	Fact      string           `query:"fact" required:"true" doc:"the fact that it answers, such as recipient.restricted"`
	Authority string           `query:"authority" required:"true" doc:"who publishes it"`
	Edition   string           `query:"edition" required:"true"`
	Day       string           `query:"day" required:"true" doc:"day of the edition, 2006-01-02"`
	Size      int64            `query:"size" required:"true" minimum:"1" doc:"bytes"`
	SHA256    dataspace.Digest `query:"sha256" required:"true" pattern:"^[0-9a-f]{64}$"`

	body io.Reader
}

// Resolve implements huma.Resolver: it only keeps the body.
func (in *newList) Resolve(ctx huma.Context) []error {
	in.body = ctx.BodyReader()
	return nil
}

// oneList names a list in a path.
type oneList struct {
	ID string `path:"id"`
}

// ByRecipient names a participant behind a peer.
type ByRecipient struct {
	Name        dataspace.PeerName      `path:"name"`
	Participant dataspace.ParticipantID `path:"participant"`
}

// saidOfRecipient is what a person says of a participant behind a peer.
type saidOfRecipient struct {
	ByRecipient
	Body client.ScreenAnswer
}

// screenHandlers serve lists of barred recipients.
type screenHandlers struct {
	screens *screen.Service
	gateway *gateway.Service
	flows   *flow.Service
}

func (h screenHandlers) list(ctx context.Context, _ *none) (*body[[]client.ScreenList], error) {
	lists, err := h.screens.Lists(ctx)
	if err != nil {
		return nil, err
	}
	out, err := wiredAll[client.ScreenList](lists)
	return &body[[]client.ScreenList]{out}, err
}

func (h screenHandlers) add(ctx context.Context, in *newList) (*body[client.ScreenList], error) {
	data, err := io.ReadAll(io.LimitReader(in.body, screen.MaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read list: %w", err)
	}
	if int64(len(data)) != in.Size || dataspace.DigestOf(data) != in.SHA256 {
		return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "object.sha256", Place: "sha256", Message: "the data has another size or SHA-256 than was announced"}
	}
	l := screen.List{ID: in.ID, Fact: in.Fact, Authority: in.Authority, Edition: in.Edition, Day: in.Day}
	return answer[client.ScreenList](h.screens.Import(ctx, l, data, h.by(ctx)))
}

func (h screenHandlers) by(ctx context.Context) screen.By {
	p := who(ctx)
	return screen.By{Name: p.Name, Key: string(p.Key)}
}

func (h screenHandlers) remove(ctx context.Context, in *oneList) (*none, error) {
	if err := h.unasked(ctx, in.ID); err != nil {
		return nil, err
	}
	return &none{}, h.screens.Remove(ctx, in.ID, h.by(ctx))
}

// unasked refuses to remove a list while a flow waits for an answer about it: the
// flow would leave without one.
func (h screenHandlers) unasked(ctx context.Context, list string) error {
	return h.flows.Each(ctx, flow.Filter{States: []dataspace.FlowState{dataspace.Checking}}, func(f flow.Flow) error {
		if f.Role != dataspace.Provider {
			return nil
		}
		r, err := h.recipient(ctx, ByRecipient{f.Peer, f.Counterparty})
		if err != nil {
			return err
		}
		results, err := h.screens.Screen(ctx, r)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(results, func(res screen.Result) bool { return res.List.ID == list && len(res.Open) > 0 }) {
			return &dataspace.Problem{Kind: dataspace.ErrConflict, Code: "screen.waiting", Place: list, Message: "flow " + string(f.ID) + " waits for an answer about the list, and would go on without one",
				Hint: "say whether its recipient is on the list ('hutong screen check'), or stop the flow"}
		}
		return nil
	})
}

func (h screenHandlers) recipient(ctx context.Context, of ByRecipient) (screen.Recipient, error) {
	st, err := h.gateway.PeerParticipant(ctx, of.Name, of.Participant)
	return screen.Recipient{Peer: of.Name, Participant: of.Participant, Name: st.Participant.LegalName}, err
}

func (h screenHandlers) check(ctx context.Context, in *ByRecipient) (*body[[]client.Screening], error) {
	r, err := h.recipient(ctx, *in)
	if err != nil {
		return nil, err
	}
	return h.screened(ctx, r)
}

func (h screenHandlers) screened(ctx context.Context, r screen.Recipient) (*body[[]client.Screening], error) {
	results, err := h.screens.Screen(ctx, r)
	if err != nil {
		return nil, err
	}
	out, err := wiredAll[client.Screening](results)
	return &body[[]client.Screening]{out}, err
}

func (h screenHandlers) resolve(ctx context.Context, in *saidOfRecipient) (*body[[]client.Screening], error) {
	r, err := h.recipient(ctx, in.ByRecipient)
	if err != nil {
		return nil, err
	}
	say := screen.Say{List: in.Body.List, Entry: in.Body.Entry, Same: in.Body.Same, Reason: in.Body.Reason}
	if _, err := h.screens.Resolve(ctx, r, say, h.by(ctx)); err != nil {
		return nil, err
	}
	if err := h.decided(ctx, r); err != nil {
		return nil, err
	}
	return h.screened(ctx, r)
}

// decided has flows to a recipient decided again that wait.
func (h screenHandlers) decided(ctx context.Context, r screen.Recipient) error {
	waiting := []dataspace.FlowState{dataspace.Checking, dataspace.WaitingAction, dataspace.WaitingReview}
	var errs []error
	err := h.flows.Each(ctx, flow.Filter{States: waiting}, func(f flow.Flow) error {
		if f.Role != dataspace.Provider || f.Peer != r.Peer || f.Counterparty != r.Participant {
			return nil
		}
		if f.State != dataspace.Checking {
			errs = append(errs, h.flows.Commands.SaidOf(ctx, f.Local, f.Dataset))
			return nil
		}
		if _, err := h.flows.Commands.Resume(ctx, f.ID); err != nil && !errors.Is(err, dataspace.ErrConflict) {
			errs = append(errs, err)
		}
		return nil
	})
	return errors.Join(append(errs, err)...)
}
