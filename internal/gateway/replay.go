package gateway

import (
	"crypto/sha256"
	"sync"
	"time"

	"hutong/internal/dataspace"
)

// replayWindow is the longest a token can be good by our clock: issued up to
// TokenSkew ahead of it, and accepted until TokenSkew after it expired.
const replayWindow = TokenLife + 2*TokenSkew

// maxReplay bounds the tokens remembered of one issuer in one window; about
// 2,000 requests a second.
const maxReplay = 1 << 18

// replay remembers tokens until they have expired, in two generations, so
// that forgetting costs nothing. It is in memory: a token stolen out of TLS
// could be used once more within a window after a restart, and the protocols
// above bear a repeated message. It is local to a process for the same reason;
// several processes that answer for one gateway would each have to be given
// the requests of the issuers of their own.
type replay struct {
	mu      sync.Mutex
	issuers map[string]*generations
}

type generations struct {
	since         time.Time
	current, last map[[16]byte]struct{}
}

func newReplay() *replay { return &replay{issuers: map[string]*generations{}} }

// use spends a token. A full memory refuses: forgetting would let a token be
// used twice.
func (r *replay) use(issuer, id string, now time.Time) error {
	sum := sha256.Sum256([]byte(id))
	key := [16]byte(sum[:])
	r.mu.Lock()
	defer r.mu.Unlock()
	g := r.issuers[issuer]
	if g == nil { // issuers are confirmed peers, so there are few
		g = &generations{since: now, current: map[[16]byte]struct{}{}}
		r.issuers[issuer] = g
	}
	if now.Sub(g.since) >= replayWindow {
		if now.Sub(g.since) < 2*replayWindow {
			g.last = g.current
		} else {
			g.last = nil
		}
		g.current, g.since = map[[16]byte]struct{}{}, now
	}
	_, used := g.current[key]
	_, before := g.last[key]
	if used || before {
		return unauthenticated("token.replayed", "", "the token was used before", "a token is good for one request; make a new one for each attempt")
	}
	if len(g.current) >= maxReplay {
		return problem(dataspace.ErrUnavailable, "token.flood", "", "the peer sends more requests than this gateway can check", "try again in a minute")
	}
	g.current[key] = struct{}{}
	return nil
}
