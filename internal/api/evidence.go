package api

import (
	"context"
	"errors"
	"io"
	"io/fs"

	"github.com/danielgtaylor/huma/v2"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/objects"
	"hutong/internal/prove"
)

// evidenceHandlers serve the log and the waybills.
type evidenceHandlers struct {
	log      *prove.Log
	waybills objects.Store
}

func (h evidenceHandlers) show(context.Context, *none) (*body[client.Evidence], error) {
	head, err := h.log.Checkpoint()
	if err != nil && !errors.Is(err, dataspace.ErrNotFound) && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return &body[client.Evidence]{client.Evidence{LogKey: h.log.Key(), Checkpoint: string(head)}}, nil
}

func (h evidenceHandlers) waybill(ctx context.Context, f flow.Flow, in *ByFlow) (*huma.StreamResponse, error) {
	if f.Waybill == "" {
		return nil, &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "waybill.none", Place: string(in.ID), Message: "the flow has no waybill",
			Hint: "only a completed flow has one; its state is " + string(f.State)}
	}
	// The waybill is found by its name: the path in the row is for people, and
	// the file may have moved.
	r, err := h.waybills.Get(ctx, flow.WaybillName(f.ID), 0, -1)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		ctx.SetHeader("Content-Type", "application/vnd.hutong.waybill+json")
		defer r.Close()
		_, _ = io.Copy(ctx.BodyWriter(), r) // the caller notices a broken connection
	}}, nil
}
