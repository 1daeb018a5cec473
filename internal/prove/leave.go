package prove

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/tlog"
)

// firstAnswers is how long a delivery waits for the first answer of the
// witnesses, all of them together.
const firstAnswers = 2 * time.Second

// recentHeads is how many cosigned heads are kept in memory. A recipient that
// names one of them needs no proof.
const recentHeads = 32

// MayLeave reports, as an error, why no data may leave now to the gateway whose
// witness has the given vkey. seen is what that gateway says it has cosigned of
// this log, a checkpoint without signatures, empty where it did not say.
//
// A log that continues what each of its witnesses has cosigned gives nil. A
// witness that says nothing within two seconds of being asked first stops
// nothing, unless it is the recipient's and seen is empty. ErrEvidence if seen
// is of another history, ErrUnavailable while any other witness knows another
// history, ErrInvalid if seen cannot be read, ErrPeerUnreachable if the
// recipient's witness must be asked and is silent, ErrNotFound if there is no
// such witness.
func (l *Log) MayLeave(ctx context.Context, recipient, seen string) error {
	l.mu.Lock()
	c := l.witnesses[recipient]
	l.mu.Unlock()
	if c == nil {
		return fmt.Errorf("ask the recipient's witness: no such witness: %w", dataspace.ErrNotFound)
	}
	if seen != "" {
		if err := c.compare(ctx, seen); err != nil {
			return err
		}
	}
	if err := l.askedAll(ctx); err != nil {
		return err
	}
	if err := l.Contradicted(); err != nil {
		return Withheld(err)
	}
	if seen == "" && !c.answered() {
		return fmt.Errorf("ask the recipient's witness %s: no answer yet: %w", c.key.Name(), dataspace.ErrPeerUnreachable)
	}
	return nil
}

// Withheld is the answer to somebody who asks for data while a witness
// contradicts the log. It is temporary: a flow waits until the operators have
// found out which history is true.
func Withheld(contradiction error) error {
	p := &dataspace.Problem{Kind: dataspace.ErrUnavailable, Code: "log.contradicted",
		Message: "nothing leaves while a witness knows another history of the evidence log",
		Hint:    "GET /readyz says which witness; compare both checkpoints with its operator"}
	var known *dataspace.Problem
	if errors.As(contradiction, &known) {
		p.Place = known.Place
	}
	return p
}

// Contradicted returns what a witness knows of this log that contradicts it, or
// nil.
func (l *Log) Contradicted() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.witnesses {
		c.mu.Lock()
		err := c.against
		c.mu.Unlock()
		if err != nil {
			return err
		}
	}
	return nil
}

// askedAll waits until each witness was asked once, but not long.
func (l *Log) askedAll(ctx context.Context) error {
	l.mu.Lock()
	var waits []chan struct{}
	for _, c := range l.witnesses {
		select {
		case <-c.tried:
		default:
			waits = append(waits, c.tried)
		}
	}
	l.mu.Unlock()
	if len(waits) == 0 {
		return nil
	}
	over, stop := l.after(firstAnswers)
	defer stop()
	for _, tried := range waits {
		select {
		case <-tried:
		case <-over:
			return nil
		case <-l.done:
			return errClosed
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// asked records that the first attempt has ended.
func (c *cosigner) asked() {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.tried:
	default:
		close(c.tried)
	}
}

// compare checks that this log continues the head that the witness says it has
// cosigned. A contradiction is known from then on.
func (c *cosigner) compare(ctx context.Context, seen string) error {
	said, err := tlog.ParseBody(seen)
	if err != nil || said.Origin != c.log.key.Name() {
		return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "log.seen", Place: c.key.Name(), Err: err,
			Message: "what the recipient says it has cosigned is no checkpoint of this gateway's log"}
	}
	if c.cosignedHead(said) {
		return nil
	}
	err = c.continues(ctx, said)
	if errors.Is(err, dataspace.ErrEvidence) {
		c.log.cfg.Logger.ErrorContext(ctx, "a recipient knows another history of the evidence log", slog.String("witness", c.key.Name()), slog.Any("error", err))
		c.settle(0, err)
	}
	return err
}

// keep remembers a head that the witness has cosigned.
func (c *cosigner) keep(head tlog.Checkpoint) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.recent) == recentHeads {
		c.recent = slices.Delete(c.recent, 0, 1)
	}
	c.recent = append(c.recent, head)
}

// answered reports whether the witness has cosigned since this process asks it.
func (c *cosigner) answered() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.recent) > 0
}

// cosignedHead reports whether the witness has cosigned this head for us.
func (c *cosigner) cosignedHead(said tlog.Checkpoint) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Contains(c.recent, said)
}

func (c *cosigner) continues(ctx context.Context, said tlog.Checkpoint) error {
	head := c.log.Head()
	if said.Size > head.Size {
		return rolledBack(c.key.Name(), said.Size, head.Size)
	}
	proof, err := c.log.Consistency(ctx, said.Size, head.Size)
	if err != nil {
		return err
	}
	if tlog.CheckConsistency(said, head.Checkpoint, proof) != nil {
		return forked(c.key.Name(), said.Size)
	}
	return nil
}

// Seen is what this witness has cosigned of the log of a gateway, as the gateway
// reads it before it delivers: a checkpoint without signatures, of an empty tree
// where the two have never met.
func (w *Witness) Seen(ctx context.Context, of dataspace.GatewayID) (string, error) {
	c, err := w.cfg.Store.Witnessed(ctx, LogName(of))
	if err != nil {
		return "", fmt.Errorf("read what is cosigned of the log of %s: %w", of, err)
	}
	if c.Size == 0 {
		c.Root = tlog.EmptyRoot()
	}
	return c.Body(), nil
}
