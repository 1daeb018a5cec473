package memory

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/officer"
	"hutong/internal/prove"
)

// Officer keeps what people say of the datasets of a register.
type Officer struct {
	*Register
	gateway  dataspace.GatewayID
	evidence *Evidence
}

var _ officer.Store = Officer{}

// saidKey names what somebody says of one thing in a dataset.
type saidKey struct {
	dataset owned[dataspace.DatasetID]
	kind    officer.Kind
	name    string
}

// Rows implements officer.Store.
func (o Officer) Rows(_ context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID) ([]officer.Row, error) {
	return read(o.Register, func() (out []officer.Row, _ error) {
		for k, body := range o.said {
			if k.dataset == (owned[dataspace.DatasetID]{owner, id}) {
				out = append(out, officer.Row{Kind: k.kind, Name: k.name, Body: bytes.Clone(body)})
			}
		}
		slices.SortFunc(out, func(a, b officer.Row) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name)) })
		return out, nil
	})
}

// Put implements officer.Store.
func (o Officer) Put(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID, rows []officer.Row, evidence []dataspace.Event) error {
	return o.change(ctx, func() error {
		of := owned[dataspace.DatasetID]{owner, id}
		if !o.datasets.has(of) {
			return dataspace.ErrNotFound
		}
		if err := o.insert(evidence); err != nil {
			return err
		}
		for _, r := range rows {
			o.said[saidKey{of, r.Kind, r.Name}] = bytes.Clone(r.Body)
		}
		return nil
	})
}

// Remove implements officer.Store.
func (o Officer) Remove(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID, gone officer.Gone, evidence []dataspace.Event) error {
	return o.change(ctx, func() error {
		of := owned[dataspace.DatasetID]{owner, id}
		for _, name := range gone.Names {
			if _, ok := o.said[saidKey{of, gone.Kind, name}]; !ok {
				return dataspace.ErrNotFound
			}
		}
		if err := o.insert(evidence); err != nil {
			return err
		}
		for _, name := range gone.Names {
			delete(o.said, saidKey{of, gone.Kind, name})
		}
		return nil
	})
}

// insert puts evidence into the outbox. The caller holds the lock of the
// register.
func (o Officer) insert(evidence []dataspace.Event) error {
	rows, err := prove.Encode(o.gateway, evidence...)
	if err != nil {
		return err
	}
	o.evidence.mu.Lock()
	defer o.evidence.mu.Unlock()
	return o.evidence.insertEvents(rows)
}
