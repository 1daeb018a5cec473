package flow

import (
	"context"
	"time"

	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/internal/zone"
)

// Some legal thresholds apply to the total of all flows between the same two
// parties over the preceding months. A pack that declares such a count says how
// many months. Where a dataset states its number of people in each category,
// the flow is decided on that number plus the numbers of the exporter's earlier
// flows to the same recipient. This gateway cannot know whether they were the
// same people, so the sum may be too high, never too low.

// statedBefore adds up what other flows between the parties of f state of the
// facts that are added up: flows delivered in the months before today, flows that
// were begun and may have sent data, and flows in progress. The months begin with
// their first day in the exporter's time zone.
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

// mayLeaveBefore reports whether a flow is in progress, or is being decided and
// came before f: of two flows decided at the same moment, the later one counts
// the earlier.
func (other Flow) mayLeaveBefore(f Flow) bool {
	switch other.State {
	case dataspace.Negotiating, dataspace.Delivering, dataspace.Proving, dataspace.Ending:
		return true
	case dataspace.Checking:
		return other.Created.Before(f.Created) || other.Created.Equal(f.Created) && other.ID < f.ID
	}
	return false
}

// leftAt is the latest time at which data of the flow left; zero if none did. A
// stream that was begun may have sent a part of it.
func (f Flow) leftAt() time.Time {
	switch {
	case f.Delivered != nil:
		return f.Delivered.At
	case f.Transfer != "":
		return f.Updated
	}
	return time.Time{}
}
