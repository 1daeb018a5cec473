package memory

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
)

// Processes keeps negotiations and transfers.
type Processes struct {
	lock
	rows map[agree.Ref]agree.Row
}

var _ agree.Store = (*Processes)(nil)

// Create implements agree.Store.
func (p *Processes) Create(ctx context.Context, r agree.Row) error {
	if err := p.begin(ctx); err != nil {
		return err
	}
	defer p.mu.Unlock()
	_, taken := p.rows[r.Ref]
	for _, o := range p.rows {
		taken = taken || r.Origin != "" && o.Origin == r.Origin
	}
	if taken {
		return fmt.Errorf("create %s: %w", r.Ref, dataspace.ErrConflict)
	}
	r.Version, r.Handled, r.Body = 1, 0, bytes.Clone(r.Body)
	p.rows[r.Ref] = r
	return nil
}

// Update implements agree.Store.
func (p *Processes) Update(ctx context.Context, r agree.Row) error {
	if err := p.begin(ctx); err != nil {
		return err
	}
	defer p.mu.Unlock()
	old, ok := p.rows[r.Ref]
	if !ok || old.Version != r.Version {
		return fmt.Errorf("update %s: %w", r.Ref, dataspace.ErrStale)
	}
	r.Version, r.Origin, r.Handled, r.Created, r.Body = r.Version+1, old.Origin, old.Handled, old.Created, bytes.Clone(r.Body)
	p.rows[r.Ref] = r
	return nil
}

// Load implements agree.Store.
func (p *Processes) Load(_ context.Context, ref agree.Ref) (agree.Row, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r, ok := p.rows[ref]
	if !ok {
		return agree.Row{}, dataspace.ErrNotFound
	}
	r.Body = bytes.Clone(r.Body)
	return r, nil
}

// find returns the rows that want chooses, oldest first. The caller holds the
// lock.
func (p *Processes) find(want func(agree.Row) bool) []agree.Row {
	var out []agree.Row
	for _, r := range p.rows {
		if want(r) {
			r.Body = bytes.Clone(r.Body)
			out = append(out, r)
		}
	}
	slices.SortFunc(out, older)
	return out
}

// older orders processes by age, and processes of one moment by their names.
func older(a, b agree.Row) int {
	return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
}

// ByOrigin implements agree.Store.
func (p *Processes) ByOrigin(_ context.Context, origin string) (agree.Row, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.find(func(r agree.Row) bool { return origin != "" && r.Origin == origin }) {
		return r, nil
	}
	return agree.Row{}, dataspace.ErrNotFound
}

// List implements agree.Store.
func (p *Processes) List(_ context.Context, f agree.Filter) ([]agree.Row, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.find(func(r agree.Row) bool {
		return (f.Kind == "" || r.Kind == f.Kind) && (f.Local == "" || r.Local == f.Local) && (f.Flow == "" || r.Flow == f.Flow) &&
			(f.Agreement == "" || r.Agreement == f.Agreement) && (f.State == "" || r.State == f.State)
	})
	slices.SortStableFunc(list, func(a, b agree.Row) int { return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.ID, b.ID)) })
	limit := f.Limit
	if limit <= 0 {
		limit = 100
	}
	return list[:min(len(list), limit)], nil
}

// Unfinished implements agree.Store.
func (p *Processes) Unfinished(_ context.Context, after agree.Ref, limit int) ([]agree.Ref, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	from, known := p.rows[after]
	if !known && after != (agree.Ref{}) {
		return nil, nil
	}
	var out []agree.Ref
	for _, r := range p.find(func(r agree.Row) bool {
		return (r.Pending || r.Changed > r.Handled) && (!known || older(from, r) < 0)
	}) {
		out = append(out, r.Ref)
	}
	return out[:min(len(out), limit)], nil
}

// Handled implements agree.Store.
func (p *Processes) Handled(ctx context.Context, marks []agree.Mark) error {
	if err := p.begin(ctx); err != nil {
		return err
	}
	defer p.mu.Unlock()
	for _, m := range marks {
		if r, ok := p.rows[m.Ref]; ok {
			r.Handled = max(r.Handled, m.Changed)
			p.rows[m.Ref] = r
		}
	}
	return nil
}
