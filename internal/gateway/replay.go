package gateway

import (
	"crypto/sha256"
	"sync"
	"time"

	"hutong/internal/dataspace"
)

// replayWindow is the longest time for which a token can be valid by our clock:
// a token may be issued up to TokenSkew ahead of our clock and is accepted
// until TokenSkew after it expired.
const replayWindow = TokenLife + 2*TokenSkew

// maxReplay bounds the tokens of one issuer that are remembered in one window:
// about 2,000 requests a second.
const maxReplay = 1 << 18

// replay remembers tokens until they have expired. It keeps two generations, so
// that removing old tokens costs nothing. It is in memory: after a restart, a
// token stolen out of TLS could be used once more within a window, but the
// protocols above tolerate a repeated message. For the same reason it is local
// to a process. If several processes serve one gateway, all requests of an
// issuer must go to the same process.
type replay struct {
	mu      sync.Mutex
	issuers map[string]*generations
}

type generations struct {
	since         time.Time
	current, last map[[16]byte]struct{}
}

func newReplay() *replay { return &replay{issuers: map[string]*generations{}} }

// use marks a token as used. It refuses a token when the memory is full,
// because removing another token would allow it to be used twice.
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
