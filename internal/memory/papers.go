package memory

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/papers"
)

// Papers keeps the legal documents of the participants of a register.
type Papers struct {
	of     *Register
	outbox Officer
}

var _ papers.Store = Papers{}

func paperKey(p papers.Paper) owned[dataspace.InstrumentID] {
	return owned[dataspace.InstrumentID]{p.Owner, p.ID}
}

// Insert implements papers.Store.
func (s Papers) Insert(ctx context.Context, p papers.Paper) error {
	return s.of.change(ctx, func() error {
		if err := s.of.owner(p.Owner); err != nil {
			return err
		}
		if err := s.of.instruments.insert(paperKey(p), p); err != nil {
			return err
		}
		s.of.duties.instrumentChanged(p)
		return nil
	})
}

// Paper implements papers.Store.
func (s Papers) Paper(_ context.Context, of papers.Key) (papers.Paper, error) {
	return read(s.of, func() (papers.Paper, error) {
		return s.of.instruments.load(owned[dataspace.InstrumentID]{of.Owner, of.ID})
	})
}

// Papers implements papers.Store.
func (s Papers) Papers(_ context.Context, owner dataspace.ParticipantID) ([]papers.Paper, error) {
	return read(s.of, func() ([]papers.Paper, error) {
		list, err := s.of.instruments.all(func(p papers.Paper) bool { return owner == "" || p.Owner == owner })
		slices.SortFunc(list, func(a, b papers.Paper) int {
			return cmp.Or(cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.ID, b.ID))
		})
		return list, err
	})
}

// Page implements papers.Store.
func (s Papers) Page(ctx context.Context, owner dataspace.ParticipantID, after papers.Key, limit int) ([]papers.Paper, error) {
	list, err := s.Papers(ctx, owner)
	return page(list, func(p papers.Paper) bool {
		return owner == "" && p.Owner > after.Owner || (owner != "" || p.Owner == after.Owner) && p.ID > after.ID
	}, limit), err
}

// Shared implements papers.Store.
func (s Papers) Shared(ctx context.Context, exporter dataspace.ParticipantID, group string) ([]papers.Paper, error) {
	if group == "" {
		return nil, nil
	}
	list, err := s.Papers(ctx, "")
	if err != nil {
		return nil, err
	}
	var out []papers.Paper
	for _, one := range list {
		p, err := s.of.Participant(ctx, one.Owner)
		if err != nil && !errors.Is(err, dataspace.ErrNotFound) { // removed since the list was read
			return nil, err
		}
		if p.Group == group && one.Owner != exporter && shares(one, exporter) {
			out = append(out, one)
		}
	}
	return out, nil
}

// Replace implements papers.Store.
func (s Papers) Replace(ctx context.Context, was, now papers.Paper, evidence dataspace.Event) error {
	return s.change(ctx, was, []dataspace.Event{evidence}, func() error { return s.of.instruments.replace(paperKey(was), now) })
}

// Remove implements papers.Store.
func (s Papers) Remove(ctx context.Context, was papers.Paper, evidence ...dataspace.Event) error {
	return s.change(ctx, was, evidence, func() error { return s.of.instruments.remove(paperKey(was)) })
}

// change changes a row that is still as it was read, with its evidence.
func (s Papers) change(ctx context.Context, was papers.Paper, evidence []dataspace.Event, do func() error) error {
	return s.of.change(ctx, func() error {
		now, err := s.of.instruments.load(paperKey(was))
		if err != nil {
			return err
		}
		if !papers.Same(now, was) {
			return dataspace.ErrStale
		}
		if err := s.outbox.insert(evidence); err != nil {
			return err
		}
		s.of.duties.instrumentChanged(now)
		return do()
	})
}
