package node

import (
	"context"
	"fmt"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/flow"
)

// uploadLife is the time that an upload is kept without a flow.
const uploadLife = 24 * time.Hour

// uploadPage is the number of uploads that are checked together.
const uploadPage = 1000

// tidyUploads removes the uploads for which no flow began in time.
func (n *Node) tidyUploads(ctx context.Context) error {
	used, err := usedUploads(ctx, n.Flows)
	if err != nil {
		return fmt.Errorf("tidy uploads: %w", err)
	}
	for after := ""; ; {
		page, err := n.Kept.Uploads.List(ctx, "", after, uploadPage)
		if err != nil {
			return fmt.Errorf("tidy uploads: %w", err)
		}
		for _, o := range page {
			if used[o.Name] || n.clock.Now().Sub(o.Modified) < uploadLife {
				continue
			}
			if err := n.Kept.Uploads.Delete(ctx, o.Name); err != nil {
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
func usedUploads(ctx context.Context, flows *flow.Service) (map[string]bool, error) {
	used := map[string]bool{}
	err := flows.Each(ctx, flow.Filter{States: dataspace.OpenFlows()}, func(f flow.Flow) error {
		if f.Source.Kind == dataspace.SourceUpload {
			used[f.Source.Place] = true
		}
		return nil
	})
	return used, err
}
