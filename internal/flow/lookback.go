package flow

import (
	"context"
	"time"

	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/internal/zone"
)

// Some numbers of the law are reached by all that passed between the same two
// parties over the preceding months, whichever flow brought it; a pack that
// declares such a count says how many months. Where a
// dataset states how many people it has of each category, the flow is decided
// on that and what the exporter's earlier flows to the same recipient stated.
// Whether they were the same people nobody knows here: they are added up, so
// the sum errs upwards.

// statedBefore adds up what other flows between the parties of f state of the
// facts that are added up: those delivered in the months before today, from the
// beginning of the first day where the exporter is, those begun and not known to
// have left nothing, and those that are on their way.
func (s *Deciding) statedBefore(ctx context.Context, f Flow, home zone.List) (sum dataspace.Values, err error) {
	added, months := clear.AddedUp(s.rules().Facts()), clear.StatedMonths(s.rules().Counts())
	if f.Facts.Known.Only(added).Len() == 0 || months == 0 {
		return sum, nil
	}
	since, err := home.Begins(pack.AddMonths(home.First(s.now()), -months))
	if err != nil {
		return sum, err
	}
	list, err := s.store.List(ctx, Filter{Local: f.Local, Peer: f.Peer, Counterparty: f.Counterparty, Since: since, Limit: -1})
	if err != nil {
		return sum, err
	}
	for _, other := range list {
		if other.ID == f.ID || other.Role != dataspace.Provider || other.Local != f.Local || other.Peer != f.Peer || other.Counterparty != f.Counterparty {
			continue
		}
		if at := other.leftAt(); other.mayLeaveBefore(f) || !at.IsZero() && !at.Before(since) {
			sum = clear.Plus(sum, other.Facts.Known.Only(added))
		}
	}
	return sum, nil
}

// mayLeaveBefore reports whether a flow is on its way, or is being decided and
// came before f: of two that are decided at the same moment, the later one
// sees the earlier.
func (other Flow) mayLeaveBefore(f Flow) bool {
	switch other.State {
	case dataspace.Negotiating, dataspace.Delivering, dataspace.Proving, dataspace.Ending:
		return true
	case dataspace.Checking:
		return other.Created.Before(f.Created) || other.Created.Equal(f.Created) && other.ID < f.ID
	}
	return false
}

// leftAt is when the flow's data left, at the latest; zero if none did. A stream
// that was begun may have brought some of it.
func (f Flow) leftAt() time.Time {
	switch {
	case f.Delivered != nil:
		return f.Delivered.At
	case f.Transfer != "":
		return f.Updated
	}
	return time.Time{}
}
