package memory

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/declare"
)

// Declare keeps what is declared of the participants and datasets of a register.
type Declare struct {
	of     *Register
	outbox Officer
}

var _ declare.Store = Declare{}

// declaredKey names a declaration. The dataset is empty where it is about the
// owner or all its datasets.
type declaredKey struct {
	dataset owned[dataspace.DatasetID]
	fact    string
}

// Declarations implements declare.Store.
func (d Declare) Declarations(_ context.Context, owner dataspace.ParticipantID) ([]declare.Row, error) {
	return read(d.of, func() (out []declare.Row, _ error) {
		for k, r := range d.of.declared {
			if k.dataset.owner == owner {
				r.Body = bytes.Clone(r.Body)
				out = append(out, r)
			}
		}
		slices.SortFunc(out, func(a, b declare.Row) int {
			return cmp.Or(cmp.Compare(a.Fact, b.Fact), cmp.Compare(a.Dataset, b.Dataset))
		})
		return out, nil
	})
}

// Declare implements declare.Store.
func (d Declare) Declare(ctx context.Context, owner dataspace.ParticipantID, r declare.Row, replaces dataspace.EventID, evidence dataspace.Event) error {
	return d.of.change(ctx, func() error {
		of := owned[dataspace.DatasetID]{owner, r.Dataset}
		key := declaredKey{of, r.Fact}
		if d.of.declared[key].Event != replaces {
			return dataspace.ErrStale
		}
		if !d.of.participants.has(owner) || r.Dataset != "" && !d.of.datasets.has(of) {
			return dataspace.ErrNotFound
		}
		if err := d.outbox.insert([]dataspace.Event{evidence}); err != nil {
			return err
		}
		r.Body = bytes.Clone(r.Body)
		d.of.declared[key] = r
		d.of.duties.changed(func(l looked) bool { return l.owner == owner })
		return nil
	})
}
