package sqlite

import (
	"maps"
	"slices"

	"hutong/internal/flow"
)

// clone returns a flow that can be changed without a change to f. Values need
// no copy: they never change in place.
func clone(f flow.Flow) flow.Flow {
	f.Documents, f.Events = maps.Clone(f.Documents), slices.Clone(f.Events)
	if f.Trouble = copied(f.Trouble); f.Trouble != nil {
		f.Trouble.Contradictions = slices.Clone(f.Trouble.Contradictions)
	}
	if f.Facts.ListMatch = copied(f.Facts.ListMatch); f.Facts.ListMatch != nil {
		f.Facts.ListMatch.Items = slices.Clone(f.Facts.ListMatch.Items)
	}
	f.Facts.Events = slices.Clone(f.Facts.Events)
	f.Own = slices.Clone(f.Own)
	for i := range f.Own {
		f.Own[i].Element, f.Own[i].Found = copied(f.Own[i].Element), copied(f.Own[i].Found)
	}
	f.Review, f.Delivered, f.Done = copied(f.Review), copied(f.Delivered), slices.Clone(f.Done)
	f.Rechecks = slices.Clone(f.Rechecks)
	for i := range f.Rechecks {
		r := &f.Rechecks[i]
		r.Packs, r.Because = slices.Clone(r.Packs), slices.Clone(r.Because)
		r.Old.Regimes, r.New.Regimes = slices.Clone(r.Old.Regimes), slices.Clone(r.New.Regimes)
	}
	return f
}

func copied[T any](p *T) *T {
	if p == nil {
		return nil
	}
	c := *p
	return &c
}
