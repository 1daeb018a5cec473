package people

import (
	"context"
	"errors"
	"slices"

	"hutong/internal/dataspace"
)

// Hash is one way to hash people. Each ledger has one, so that hashes of two are
// never counted together.
type Hash struct {
	Algorithm string
	KeyID     string // names key and algorithm
}

// hashes are the ways to hash people, the newest first.
type hashes []Hash

// of is the way to hash the people of a window: the one that its ledger began
// with, or the newest. It is also the newest for a ledger under another key, to
// which nobody can be added.
func (h hashes) of(ctx context.Context, q Reader, w Window) (Hash, error) {
	l, err := q.Ledger(ctx, w)
	if err != nil && !errors.Is(err, dataspace.ErrNotFound) {
		return Hash{}, err
	}
	if i := slices.IndexFunc(h, func(one Hash) bool { return one.KeyID == l.KeyID }); i >= 0 {
		return h[i], nil
	}
	return h[0], nil
}

// Algorithms are those by which the people of a flow must be hashed so that they
// can be counted in any set that is open: the newest, which a set has that begins
// tomorrow, and those with which the present ones began. The last year is open
// until another one has begun.
func (c *Counts) Algorithms(ctx context.Context, exporter dataspace.ParticipantID, to string, parts []Part) ([]string, error) {
	out := []string{c.hashes[0].Algorithm}
	err := c.rows.View(ctx, func(ctx context.Context, q Reader) error {
		for _, p := range parts {
			last, err := q.LastYear(ctx, exporter, p.Name)
			if err != nil {
				return err
			}
			h, err := c.hashes.of(ctx, q, p.window(Reservation{Exporter: exporter, To: to, Year: last}))
			if err != nil {
				return err
			}
			if !slices.Contains(out, h.Algorithm) {
				out = append(out, h.Algorithm)
			}
		}
		return nil
	})
	return out, err
}
