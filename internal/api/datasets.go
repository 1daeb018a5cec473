package api

import (
	"context"
	"fmt"
	"path/filepath"

	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/declare"
	"hutong/internal/fact"
	"hutong/internal/gateway"
	"hutong/internal/rules"
)

// ByDataset names a dataset in a path.
type ByDataset struct {
	Owner dataspace.ParticipantID `path:"owner"`
	ID    dataspace.DatasetID     `path:"id"`
}

func (in *ByDataset) owner() dataspace.ParticipantID { return in.Owner }

// listedDatasets narrows a list of datasets.
type listedDatasets struct {
	ByOwner
	Paged
	Search string `query:"search" maxLength:"200" doc:"text to search in ids and titles: the beginnings of words, or Han characters in any place"`
}

// newDataset is a dataset to be registered.
type newDataset struct{ Body client.Dataset }

func (in *newDataset) owner() dataspace.ParticipantID { return dataspace.ParticipantID(in.Body.Owner) }

// matchedDataset says of a dataset which items of a list it matches.
type matchedDataset struct {
	ByDataset
	Body client.ConfirmItems
}

// datasetHandlers serve registered datasets.
type datasetHandlers struct {
	gateway  *gateway.Service
	lists    gateway.Lists
	declared *declare.Service
	rules    func() *rules.Set
	outbox   string
}

func (h datasetHandlers) list(ctx context.Context, in *listedDatasets) (*page[client.Dataset], error) {
	key := func(d gateway.Dataset) []string { return []string{string(d.Owner), string(d.ID)} }
	return paged[client.Dataset](in.Paged, key, func(after []string, limit int) ([]gateway.Dataset, error) {
		last := gateway.DatasetKey{Owner: dataspace.ParticipantID(after[0]), ID: dataspace.DatasetID(after[1])}
		list, err := h.lists.DatasetsPage(ctx, gateway.DatasetQuery{Owner: in.Owner, Search: in.Search, After: last, Limit: limit})
		for i := range list {
			list[i] = h.gateway.MarkDataset(list[i])
		}
		return list, err
	})
}

func (h datasetHandlers) add(ctx context.Context, in *newDataset) (*body[client.Dataset], error) {
	if err := pathAllowed(ctx, h.outbox, in.owner(), in.Body.Source.Place); err != nil {
		return nil, err
	}
	d, err := unwired[gateway.Dataset](in.Body)
	if err != nil {
		return nil, err
	}
	d.Facts.Known = fact.SaidBy(d.Facts.Known, who(ctx).Name)
	stated := declare.Stated{Place: "dataset " + string(d.ID), Dataset: d.ID, Facts: h.rules().Facts().OfDataset(d.Facts.Known)}
	if err := h.declared.Check(ctx, d.Owner, stated); err != nil {
		return nil, err
	}
	return answer[client.Dataset](h.gateway.AddDataset(ctx, d))
}

func (h datasetHandlers) show(ctx context.Context, in *ByDataset) (*body[client.Dataset], error) {
	return answer[client.Dataset](h.gateway.Dataset(ctx, in.Owner, in.ID))
}

func (h datasetHandlers) confirmItems(ctx context.Context, in *matchedDataset) (*body[client.Dataset], error) {
	m, err := matched(h.rules(), in.Body)
	if err != nil {
		return nil, err
	}
	m.By = who(ctx).Name
	return answer[client.Dataset](h.gateway.ConfirmItems(ctx, in.Owner, in.ID, m))
}

func (h datasetHandlers) remove(ctx context.Context, in *ByDataset) (*none, error) {
	return &none{}, h.gateway.RemoveDataset(ctx, in.Owner, in.ID)
}

// maxConfirmed is how many items the facts of a flow can hold.
const maxConfirmed = 2000

// matched binds a person's confirmation to the list in force, which must have
// the items.
func matched(set *rules.Set, c client.ConfirmItems) (dataspace.ListMatch, error) {
	ref, items, err := set.List(dataspace.PackID(c.Pack))
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
	return dataspace.ListMatch{Pack: ref, Items: append([]string{}, c.Items...), Columns: dataspace.Digest(c.Columns), Reason: c.Reason}, nil
}

// pathAllowed refuses a participant's key files of the gateway or of others.
// The path must lie in the participant's own outbox, both as written and after
// links are resolved. The code that opens the file checks the links again.
func pathAllowed(ctx context.Context, outbox string, owner dataspace.ParticipantID, path string) error {
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
