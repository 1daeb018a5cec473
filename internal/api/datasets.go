package api

import (
	"context"
	"fmt"
	"path/filepath"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
	"hutong/internal/rules"
)

// ByDataset names a dataset in a path.
type ByDataset struct {
	Owner dataspace.ParticipantID `path:"owner"`
	ID    dataspace.DatasetID     `path:"id"`
}

func (in *ByDataset) owner() dataspace.ParticipantID { return in.Owner }

// newDataset is a dataset to be registered.
type newDataset struct{ Body gateway.Dataset }

func (in *newDataset) owner() dataspace.ParticipantID { return in.Body.Owner }

// matchedDataset says of a dataset which items of a list it matches.
type matchedDataset struct {
	ByDataset
	Body ConfirmItems
}

// ConfirmItems is a person's word on which items of a list a dataset matches.
type ConfirmItems struct {
	Pack    dataspace.PackID `json:"pack"`
	Items   []string         `json:"items" doc:"all that match; empty: none does"`
	Columns dataspace.Digest `json:"columns" doc:"digest of the columns that were looked at"`
	Reason  string           `json:"reason"`
}

// datasetHandlers answer for registered datasets.
type datasetHandlers struct {
	gateway *gateway.Service
	rules   func() *rules.Set
	outbox  string
}

func (h datasetHandlers) list(ctx context.Context, in *ByOwner) (*body[[]gateway.Dataset], error) {
	list, err := h.gateway.Datasets(ctx, in.Owner)
	return &body[[]gateway.Dataset]{orEmpty(list)}, err
}

func (h datasetHandlers) add(ctx context.Context, in *newDataset) (*body[gateway.Dataset], error) {
	if err := sourceAllowed(ctx, h.outbox, in.Body.Owner, in.Body.Source); err != nil {
		return nil, err
	}
	d, err := h.gateway.AddDataset(ctx, in.Body)
	return &body[gateway.Dataset]{d}, err
}

func (h datasetHandlers) show(ctx context.Context, in *ByDataset) (*body[gateway.Dataset], error) {
	d, err := h.gateway.Dataset(ctx, in.Owner, in.ID)
	return &body[gateway.Dataset]{d}, err
}

func (h datasetHandlers) confirmItems(ctx context.Context, in *matchedDataset) (*body[gateway.Dataset], error) {
	m, err := in.Body.match(h.rules())
	if err != nil {
		return nil, err
	}
	m.By = who(ctx).Name
	d, err := h.gateway.ConfirmItems(ctx, in.Owner, in.ID, m)
	return &body[gateway.Dataset]{d}, err
}

func (h datasetHandlers) remove(ctx context.Context, in *ByDataset) (*none, error) {
	return &none{}, h.gateway.RemoveDataset(ctx, in.Owner, in.ID)
}

// maxConfirmed is how many items the facts of a flow can hold.
const maxConfirmed = 2000

// match binds the word to the list in force, which must have the items.
func (c ConfirmItems) match(set *rules.Set) (dataspace.ListMatch, error) {
	ref, items, err := set.List(c.Pack)
	if err != nil {
		return dataspace.ListMatch{}, err
	}
	if len(c.Items) > maxConfirmed {
		return dataspace.ListMatch{}, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "dataset.item", Place: "items",
			Message: fmt.Sprintf("names more than %d items", maxConfirmed), Hint: "no decision takes more"}
	}
	known := make(map[string]bool, len(items))
	for i := range items {
		known[items[i].ID] = true
	}
	for _, id := range c.Items {
		if !known[id] {
			return dataspace.ListMatch{}, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "dataset.item", Place: id,
				Message: "is no item of the list of " + string(ref.ID) + " " + ref.Version, Hint: "'hutong pack match' proposes items"}
		}
	}
	return dataspace.ListMatch{Pack: ref, Items: append([]string{}, c.Items...), Columns: c.Columns, Reason: c.Reason}, nil
}

// sourceAllowed keeps a participant's key from naming files of the gateway or
// of others: only what lies in its own outbox, by its name and by what links
// lead to. Whoever opens it looks at the links once more.
func sourceAllowed(ctx context.Context, outbox string, owner dataspace.ParticipantID, path string) error {
	if who(ctx).Role != gateway.ParticipantMember {
		return nil
	}
	denied := &dataspace.Problem{Kind: dataspace.ErrDenied, Code: "source.path", Place: "source",
		Message: "the source is not in the participant's outbox", Hint: "put the file into the outbox of the participant, or ask the operator"}
	root, err := filepath.Abs(filepath.Join(outbox, string(owner)))
	if err != nil || !filepath.IsAbs(path) || !within(root, path) {
		return denied
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return denied
	}
	if root, err = filepath.EvalSymlinks(root); err != nil || !within(root, real) {
		return denied
	}
	return nil
}

func within(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}
