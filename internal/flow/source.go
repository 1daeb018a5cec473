package flow

import (
	"context"
	"fmt"

	"hutong/internal/dataspace"
	"hutong/internal/objects"
)

// sources holds the source files that are kept until the flow has ended.
type sources struct {
	profiler Profiler
	uploads  objects.Store
}

// forget removes the census of a source, and also the source file if it was
// sent to the gateway for this flow. It may be repeated.
func (s sources) forget(ctx context.Context, f Flow) error {
	if err := s.profiler.Forget(ctx, f.ID); err != nil {
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
