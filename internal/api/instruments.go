package api

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/objects"
	"hutong/internal/papers"
	"hutong/internal/reliance"
	"hutong/internal/rules"
)

// ByInstrument names an instrument in a path.
type ByInstrument struct {
	Owner dataspace.ParticipantID `path:"owner"`
	ID    dataspace.InstrumentID  `path:"id"`
}

func (in *ByInstrument) owner() dataspace.ParticipantID { return in.Owner }

func (in *ByInstrument) key() papers.Key { return papers.Key{Owner: in.Owner, ID: in.ID} }

// confirmedInstrument names the file with which an instrument was compared.
type confirmedInstrument struct {
	ByInstrument
	Body client.ConfirmInstrument
}

// listedInstruments narrows a list of instruments.
type listedInstruments struct {
	ByOwner
	Paged
}

// newInstrument is an instrument to be proposed.
type newInstrument struct{ Body client.Instrument }

func (in *newInstrument) owner() dataspace.ParticipantID {
	return dataspace.ParticipantID(in.Body.Owner)
}

// instrumentFile is the file of an instrument, in transfer. Its bytes are the
// body, which is not read into memory.
type instrumentFile struct {
	Owner  dataspace.ParticipantID `path:"owner"`
	Size   int64                   `query:"size" required:"true" minimum:"1" doc:"bytes"`
	SHA256 dataspace.Digest        `query:"sha256" required:"true" pattern:"^[0-9a-f]{64}$"`

	body io.Reader
}

func (in *instrumentFile) owner() dataspace.ParticipantID { return in.Owner }

// Resolve implements huma.Resolver: it only keeps the body.
func (in *instrumentFile) Resolve(ctx huma.Context) []error {
	in.body = ctx.BodyReader()
	return nil
}

// instrumentHandlers serve legal documents.
type instrumentHandlers struct {
	papers *papers.Service
	flows  *flow.Service
	rules  func() *rules.Set
}

func (h instrumentHandlers) list(ctx context.Context, in *listedInstruments) (*page[client.Instrument], error) {
	key := func(p papers.Paper) []string { return []string{string(p.Owner), string(p.ID)} }
	out, err := paged[client.Instrument](in.Paged, key, func(after []string, limit int) ([]papers.Paper, error) {
		last := papers.Key{Owner: dataspace.ParticipantID(after[0]), ID: dataspace.InstrumentID(after[1])}
		return h.papers.Page(ctx, in.Owner, last, limit)
	})
	if err != nil {
		return nil, err
	}
	return out, h.mark(ctx, out.Body)
}

// mark says what rests on instruments of an older version, which cover nothing.
func (h instrumentHandlers) mark(ctx context.Context, list []client.Instrument) error {
	var at []int
	var unsaid []papers.Paper
	for i, one := range list {
		if one.Standing != string(dataspace.PaperUnsaid) {
			continue
		}
		p, err := h.papers.Paper(ctx, papers.Key{Owner: dataspace.ParticipantID(one.Owner), ID: dataspace.InstrumentID(one.ID)})
		if errors.Is(err, dataspace.ErrNotFound) {
			continue // removed since the list was read
		}
		if err != nil {
			return err
		}
		at, unsaid = append(at, i), append(unsaid, p)
	}
	if len(unsaid) == 0 {
		return nil
	}
	uses, err := reliance.Of(ctx, h.flows, h.rules(), unsaid...)
	if err != nil {
		return err
	}
	for i, u := range uses {
		w, err := wired[client.InstrumentUses](seen(ctx, u))
		if err != nil {
			return err
		}
		list[at[i]].Uses = &w
	}
	return nil
}

// seen are the uses that the caller may see. The owner of a shared instrument does
// not see the flows of others.
func seen(ctx context.Context, u reliance.Uses) reliance.Uses {
	u.Flows = slices.DeleteFunc(u.Flows, func(f reliance.Use) bool { return !who(ctx).Sees(f.Participant) })
	u.Datasets = slices.DeleteFunc(u.Datasets, func(d reliance.Dataset) bool { return !who(ctx).Sees(d.Participant) })
	return u
}

func (h instrumentHandlers) show(ctx context.Context, in *ByInstrument) (*body[client.Instrument], error) {
	return answer[client.Instrument](h.papers.Paper(ctx, in.key()))
}

func (h instrumentHandlers) upload(ctx context.Context, in *instrumentFile) (*body[client.InstrumentFile], error) {
	info, err := h.papers.Upload(ctx, in.Owner, in.body, objects.Want{Size: in.Size, SHA256: in.SHA256})
	if err != nil {
		return nil, err
	}
	return &body[client.InstrumentFile]{client.InstrumentFile{File: string(info.SHA256), Size: info.Size}}, nil
}

func (h instrumentHandlers) file(ctx context.Context, in *ByInstrument) (*huma.StreamResponse, error) {
	_, r, err := h.papers.Open(ctx, in.key())
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		// The file is somebody's bytes: no browser may show it as a page.
		ctx.SetHeader("Content-Type", "application/octet-stream")
		ctx.SetHeader("Content-Disposition", "attachment")
		defer r.Close()
		_, _ = io.Copy(ctx.BodyWriter(), r) // the caller notices a broken connection
	}}, nil
}

func (h instrumentHandlers) by(ctx context.Context) papers.By {
	p := who(ctx)
	return papers.By{Name: p.Name, Key: string(p.Key)}
}

func (h instrumentHandlers) add(ctx context.Context, in *newInstrument) (*body[client.Instrument], error) {
	p, err := unwired[papers.Paper](in.Body)
	if err == nil {
		// No flow is decided again: what is proposed does not count.
		p, err = h.papers.Propose(ctx, p, h.by(ctx))
	}
	return answer[client.Instrument](p, err)
}

func (h instrumentHandlers) confirm(ctx context.Context, in *confirmedInstrument) (*body[client.Instrument], error) {
	p, err := h.papers.Confirm(ctx, in.key(), dataspace.Digest(in.Body.File), h.by(ctx))
	if err != nil {
		return nil, err
	}
	// A flow that waits for a person is decided again too: what the person approves
	// is a decision with this instrument.
	for _, user := range papers.Users(p) {
		err = errors.Join(err, h.flows.Commands.SaidOf(ctx, user, ""), h.flows.Commands.InstrumentsChanged(ctx, user))
	}
	return answer[client.Instrument](p, err)
}

func (h instrumentHandlers) uses(ctx context.Context, in *ByInstrument) (*body[client.InstrumentUses], error) {
	p, err := h.papers.Paper(ctx, in.key())
	if err != nil {
		return nil, err
	}
	uses, err := reliance.Of(ctx, h.flows, h.rules(), p)
	if err != nil {
		return nil, err
	}
	return answer[client.InstrumentUses](seen(ctx, uses[0]), nil)
}

func (h instrumentHandlers) remove(ctx context.Context, in *ByInstrument) (*none, error) {
	_, err := h.papers.Remove(ctx, in.key(), h.by(ctx))
	return &none{}, err
}
