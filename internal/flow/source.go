package flow

import (
	"context"
	"fmt"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/objects"
)

// sources is what is kept of a flow's source until the flow has ended.
type sources struct {
	profiler Profiler
	uploads  objects.Store
}

// forget removes who is in a source, and the file itself if it was sent to the
// gateway for this flow. It may be repeated.
func (s sources) forget(ctx context.Context, f Flow) error {
	if err := s.profiler.Forget(f.ID); err != nil {
		return err
	}
	if f.Source.Kind != dataspace.SourceUpload {
		return nil
	}
	if err := s.uploads.Delete(ctx, f.Source.Place); err != nil {
		return fmt.Errorf("remove the source of flow %s: %w", f.ID, err)
	}
	return nil
}

// UploadLife is how long an upload waits for the flow that it was sent for.
const UploadLife = 24 * time.Hour

// uploadPage is how many uploads are looked at together.
const uploadPage = 1000

// TidyUploads removes the uploads that no flow was begun with in time: whoever
// sent them has gone.
func (s *Service) TidyUploads(ctx context.Context) error {
	used, err := usedUploads(ctx, s.store)
	if err != nil {
		return fmt.Errorf("tidy uploads: %w", err)
	}
	for after := ""; ; {
		page, err := s.uploads.List(ctx, "", after, uploadPage)
		if err != nil {
			return fmt.Errorf("tidy uploads: %w", err)
		}
		for _, o := range page {
			if used[o.Name] || s.now().Sub(o.Modified) < UploadLife {
				continue
			}
			if err := s.uploads.Delete(ctx, o.Name); err != nil {
				return fmt.Errorf("tidy uploads: %w", err)
			}
		}
		if len(page) < uploadPage {
			return nil
		}
		after = page[len(page)-1].Name
	}
}

// usedUploads are the uploads of flows that have not ended.
func usedUploads(ctx context.Context, flows Lister) (map[string]bool, error) {
	list, err := flows.List(ctx, Filter{Limit: -1, States: []dataspace.FlowState{
		dataspace.Profiling, dataspace.Checking, dataspace.WaitingAction, dataspace.WaitingReview, dataspace.Negotiating,
		dataspace.Delivering, dataspace.Proving, dataspace.Ending,
	}})
	used := map[string]bool{}
	for _, f := range list {
		if f.Source.Kind == dataspace.SourceUpload {
			used[f.Source.Place] = true
		}
	}
	return used, err
}
