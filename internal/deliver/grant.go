package deliver

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"hutong/internal/dataspace"
)

// GrantState says whether a grant's stream may be fetched.
type GrantState string

// The states. Revoked and Dead are final.
const (
	GrantActive    GrantState = "active"
	GrantSuspended GrantState = "suspended"
	GrantRevoked   GrantState = "revoked"
	// GrantDead is a grant whose delivery was stopped by the guard, a changed
	// source or a broken source. It needs a new profile; another attempt cannot
	// succeed.
	GrantDead GrantState = "dead"
)

// Grant entitles the holder of its token to one enforced stream.
type Grant struct {
	ID        dataspace.TransferID
	Flow      dataspace.FlowID
	Dataset   dataspace.DatasetID
	Source    dataspace.Source  // what OpenSource needs
	Stamp     string            // of the source when it was profiled; empty: not known
	Profile   dataspace.Profile // cleared; the digest of the source must match it
	Plan      dataspace.Plan
	Recipient string // whose pseudonym key is used
	Format    string // HTTPData or HutongLeaves
	ExpiresAt time.Time

	State  GrantState
	Reason string  // why it is dead, for people; never contains data
	Result *Result // what was delivered; nil before the first whole delivery
}

// TokenHash is the SHA-256 of a token. Only it is stored.
type TokenHash [sha256.Size]byte

// HashToken hashes a token as a client sends it.
func HashToken(token string) TokenHash { return sha256.Sum256([]byte(token)) }

// Store keeps grants. Every change is durable on return and atomic. It is
// safe for concurrent use.
type Store interface {
	// PutGrant stores g as active under the token's hash. It replaces an
	// existing grant of this ID together with its token, but keeps the Result.
	// It does not replace a revoked or dead grant: dataspace.ErrConflict.
	PutGrant(ctx context.Context, g Grant, token TokenHash) error
	// GrantByToken finds a grant in any state. dataspace.ErrNotFound.
	GrantByToken(ctx context.Context, token TokenHash) (Grant, error)
	// Grant finds a grant in any state. dataspace.ErrNotFound.
	Grant(ctx context.Context, id dataspace.TransferID) (Grant, error)
	// SetGrantState changes the state of a grant. A change of a revoked or dead
	// grant is dataspace.ErrConflict; a change to its present state does
	// nothing.
	SetGrantState(ctx context.Context, id dataspace.TransferID, s GrantState, reason string) error
	// SetGrantResult records what was delivered. The same result again changes
	// nothing; another one is dataspace.ErrConflict.
	SetGrantResult(ctx context.Context, id dataspace.TransferID, r Result) error
}

// newToken makes 32 random bytes, as base64 without padding.
func newToken() string {
	var b [32]byte
	rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// check checks a grant before it is stored.
func (g *Grant) check() error {
	switch {
	case g.ID == "":
		return fmt.Errorf("issue grant: no transfer id: %w", dataspace.ErrInvalid)
	case g.Format != HTTPData && g.Format != HutongLeaves:
		return fmt.Errorf("issue grant %s: unknown format %q: %w", g.ID, g.Format, dataspace.ErrInvalid)
	case g.Profile.Source.SHA256 == "":
		return fmt.Errorf("issue grant %s: the profile does not name the source's digest: %w", g.ID, dataspace.ErrInvalid)
	case g.ExpiresAt.IsZero():
		return fmt.Errorf("issue grant %s: no expiry: %w", g.ID, dataspace.ErrInvalid)
	}
	if err := (Law{}).CheckProfile(g.Plan, g.Profile); err != nil {
		return fmt.Errorf("issue grant %s: %w", g.ID, err)
	}
	return nil
}
