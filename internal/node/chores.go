package node

import (
	"context"
	"fmt"
	"time"

	"hutong/internal/dataspace"
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
				_, err := n.Counts.Tidy(ctx)
				return work.Next{After: tidyEvery}, err
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
