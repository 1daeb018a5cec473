package flow

import "context"

// lanes bound how many datasets are profiled at the same moment: reading is
// bound by the processor, and more side by side only makes each slower. Small
// datasets have a lane of their own, so that they never wait for hours behind
// large ones.
type lanes struct{ small, large chan struct{} }

const (
	smallLane = 4
	largeLane = 2
	largeFrom = 64 << 20 // bytes
)

func newLanes() lanes {
	return lanes{small: make(chan struct{}, smallLane), large: make(chan struct{}, largeLane)}
}

// enter waits for a place; leave gives it back.
func (l lanes) enter(ctx context.Context, size int64) (leave func(), err error) {
	lane := l.small
	if size >= largeFrom {
		lane = l.large
	}
	select {
	case lane <- struct{}{}:
		return func() { <-lane }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
