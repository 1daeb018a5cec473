package api

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/danielgtaylor/huma/v2"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/prove"
)

// evidenceHandlers answer for the log and for waybills.
type evidenceHandlers struct{ log *prove.Log }

func (h evidenceHandlers) show(context.Context, *none) (*body[client.Evidence], error) {
	head, err := h.log.Checkpoint()
	if err != nil && !errors.Is(err, dataspace.ErrNotFound) && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return &body[client.Evidence]{client.Evidence{LogKey: h.log.Key(), Checkpoint: string(head)}}, nil
}

func (h evidenceHandlers) waybill(_ context.Context, f flow.Flow, in *ByFlow) (*huma.StreamResponse, error) {
	if f.Waybill == "" {
		return nil, &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "waybill.none", Place: string(in.ID), Message: "the flow has no waybill",
			Hint: "only a completed flow has one; its state is " + string(f.State)}
	}
	data, err := os.ReadFile(f.Waybill)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		ctx.SetHeader("Content-Type", "application/vnd.hutong.waybill+json")
		_, _ = ctx.BodyWriter().Write(data) // a broken connection is the caller's to notice
	}}, nil
}
