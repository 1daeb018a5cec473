package node

import (
	"context"
	"fmt"
	"time"

	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/internal/work"
)

// chore is periodic work. Each process does its own chores: data that several
// processes share must be safe for all of them to tidy at the same time.
type chore string

const (
	tidyCounts  chore = "tidy counts"
	tidyUploads chore = "tidy uploads"
	lookAtFlows chore = "look at what is open about flows"
	goOver      chore = "go over the counts of exporters"
)

// tidyEvery is the interval at which the counts are tidied. At the same
// interval, flows are checked that have changed or were last checked on another
// day. It is also the pause after a round over all exporters.
const tidyEvery = time.Minute

// newChores returns the engine of the chores. Each chore runs independently, so
// that a chore that hangs does not delay the others. A chore begins when it is
// woken.
func (n *Node) newChores() *work.Engine[chore] {
	return work.New(work.Config[chore]{Name: "chore", Limit: 4, Last: tidyEvery, KeepPause: true, Clock: n.clock, Logger: n.logger,
		Step: func(ctx context.Context, c chore, _ work.Lane) (work.Next, error) {
			switch c {
			case tidyCounts:
				return work.Next{After: tidyEvery}, n.tidyCounts(ctx)
			case lookAtFlows:
				return work.Next{After: tidyEvery}, n.Flows.Obligations.LookAtFlows(ctx)
			case goOver:
				whole, err := n.state.survey.Step(ctx)
				if whole {
					return work.Next{After: tidyEvery}, err
				}
				return work.Next{After: surveyEvery}, err
			case tidyUploads:
				return work.Next{After: uploadLife / 4}, n.tidyUploads(ctx)
			}
			return work.Next{}, fmt.Errorf("no chore %q: %w", c, dataspace.ErrInvalid)
		},
	})
}

// tidyCounts merges the counts and removes the people who are in no window any
// more.
func (n *Node) tidyCounts(ctx context.Context) error {
	// If two days are possible in the world's time zones, take the earlier one.
	today := pack.ParseDay(n.clock.Now().UTC().AddDate(0, 0, -1).Format(pack.DayForm))
	if day, ok := clear.NewCounting(n.Rules().Counts()).OutOfWindows(today); ok {
		if _, err := n.Counts.Prune(ctx, day); err != nil {
			return err
		}
	}
	_, err := n.Counts.Tidy(ctx)
	return err
}
