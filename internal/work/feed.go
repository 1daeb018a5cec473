package work

import (
	"fmt"
	"log/slog"

	"hutong/internal/clock"
)

// page is how many ids are requested from the store at a time. The next page is
// requested when half of this one still waits, so that the line stays short,
// however many unfinished ids there are.
const page = 256

// Start continues unfinished work of earlier runs, the oldest first. If there
// are other processes, it repeats this from time to time for their unfinished
// work. The error is that of the first page; later ones are tried again.
func (e *Engine[ID]) Start() error {
	if e.cfg.Feed == nil {
		return nil
	}
	var none ID
	ids, err := e.cfg.Feed(e.taking, none, page)
	if err != nil {
		return fmt.Errorf("find unfinished %s work: %w", e.cfg.Name, err)
	}
	e.wg.Go(func() { e.feed(ids) })
	return nil
}

// feed takes in page after page. ids is the first one.
func (e *Engine[ID]) feed(ids []ID) {
	for {
		for _, id := range ids {
			e.take(id)
		}
		var after ID
		switch {
		case len(ids) == page:
			after = ids[len(ids)-1]
			if !e.roomy() {
				return
			}
		case e.cfg.Claims == nil:
			return // no other process leaves work behind
		case clock.Sleep(e.taking, e.cfg.Clock, e.cfg.Lease) != nil:
			return
		}
		var err error
		if ids, err = e.next(after); err != nil {
			return
		}
	}
}

// next reads a page, and tries again after a failure; an error means that the
// engine ends.
func (e *Engine[ID]) next(after ID) ([]ID, error) {
	for {
		ids, err := e.cfg.Feed(e.taking, after, page)
		if err == nil {
			return ids, nil
		}
		if e.taking.Err() == nil {
			e.cfg.Logger.WarnContext(e.taking, "find unfinished work", slog.String("work", e.cfg.Name), slog.Any("error", err))
		}
		if err := clock.Sleep(e.taking, e.cfg.Clock, e.cfg.Last); err != nil {
			return nil, err
		}
	}
}

// roomy waits until the line is short; false if no more work is started.
func (e *Engine[ID]) roomy() bool {
	for {
		e.mu.Lock()
		short := len(e.lanes[""].line) <= page/2
		e.mu.Unlock()
		if short {
			return e.taking.Err() == nil
		}
		select {
		case <-e.room:
		case <-e.taking.Done():
			return false
		}
	}
}
