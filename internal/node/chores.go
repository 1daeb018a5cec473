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

// chore is work that comes back by the clock. Each process does its own: what
// several processes share must be safe to tidy by all of them at once.
type chore string

const (
	tidyCounts  chore = "tidy counts"
	tidyUploads chore = "tidy uploads"
	lookAtFlows chore = "look at what is open about flows"
	goOver      chore = "go over the counts of exporters"
)

// tidyEvery is how often the counts are tidied, and flows are looked at that
// have changed or were last looked at on another day. It is the pause after a
// round over all exporters, too.
const tidyEvery = time.Minute

// newChores returns the engine of the chores. Each of them runs alone, so that
// one that hangs holds up no other, and begins when it is woken.
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

// tidyCounts merges what is counted and forgets who has left every window.
func (n *Node) tidyCounts(ctx context.Context) error {
	// Of a day that is still another one somewhere, the earlier one.
	today := pack.ParseDay(n.clock.Now().UTC().AddDate(0, 0, -1).Format(pack.DayForm))
	if day, ok := clear.NewCounting(n.Rules().Counts()).OutOfWindows(today); ok {
		if _, err := n.Counts.Prune(ctx, day); err != nil {
			return err
		}
	}
	_, err := n.Counts.Tidy(ctx)
	return err
}
