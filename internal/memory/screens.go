package memory

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/screen"
)

// Screens keeps lists of barred recipients, and what people say of them.
type Screens struct {
	of     *Register
	outbox Officer
}

var _ screen.Store = Screens{}

// screenKey names a row.
type screenKey struct{ kind, name string }

// Rows implements screen.Store.
func (s Screens) Rows(_ context.Context, kind string) ([]screen.Row, error) {
	return read(s.of, func() (out []screen.Row, _ error) {
		for _, r := range s.of.screens {
			if r.Kind == kind {
				r.Body = bytes.Clone(r.Body)
				out = append(out, r)
			}
		}
		slices.SortFunc(out, func(a, b screen.Row) int { return cmp.Compare(a.Name, b.Name) })
		return out, nil
	})
}

// Put implements screen.Store.
func (s Screens) Put(ctx context.Context, r screen.Row, replaces dataspace.EventID, evidence dataspace.Event) error {
	return s.of.change(ctx, func() error {
		key := screenKey{r.Kind, r.Name}
		if s.of.screens[key].Event != replaces {
			return dataspace.ErrStale
		}
		if err := s.outbox.insert([]dataspace.Event{evidence}); err != nil {
			return err
		}
		if len(r.Body) == 0 {
			delete(s.of.screens, key)
			return nil
		}
		r.Body = bytes.Clone(r.Body)
		s.of.screens[key] = r
		return nil
	})
}
