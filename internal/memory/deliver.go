package memory

import (
	"context"
	"fmt"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/deliver"
)

// Grants keeps the grants of deliveries.
type Grants struct {
	lock
	rows map[dataspace.TransferID]*grant
}

var _ deliver.Store = (*Grants)(nil)

// grant is a stored grant and the hash of its token.
type grant struct {
	token deliver.TokenHash
	body  []byte // see deliver.EncodeGrant

	state   deliver.GrantState
	reason  string
	result  *deliver.Result
	expires time.Time
}

// set stores v.
func (g *grant) set(v deliver.Grant) error {
	body, err := deliver.EncodeGrant(v)
	if err != nil {
		return err
	}
	g.body, g.state, g.reason, g.expires = body, v.State, v.Reason, v.ExpiresAt.Truncate(time.Microsecond)
	g.result = cloneResult(v.Result)
	return nil
}

func cloneResult(r *deliver.Result) *deliver.Result {
	if r == nil {
		return nil
	}
	out := *r
	return &out
}

func (g *grant) value() (deliver.Grant, error) {
	v, err := deliver.DecodeGrant(g.body)
	v.State, v.Reason, v.ExpiresAt, v.Result = g.state, g.reason, g.expires, cloneResult(g.result)
	return v, err
}

func over(state deliver.GrantState) bool {
	return state == deliver.GrantRevoked || state == deliver.GrantDead
}

// PutGrant implements deliver.Store.
func (g *Grants) PutGrant(ctx context.Context, v deliver.Grant, token deliver.TokenHash) error {
	if err := g.begin(ctx); err != nil {
		return err
	}
	defer g.mu.Unlock()
	v.State, v.Reason, v.Result = deliver.GrantActive, "", nil
	if old, ok := g.rows[v.ID]; ok {
		was, err := old.value()
		if err != nil {
			return err
		}
		if over(was.State) {
			return fmt.Errorf("store grant %s: it has ended: %w", v.ID, dataspace.ErrConflict)
		}
		v.Result = was.Result
	}
	next := &grant{token: token}
	if err := next.set(v); err != nil {
		return err
	}
	g.rows[v.ID] = next
	return nil
}

// GrantByToken implements deliver.Store.
func (g *Grants) GrantByToken(_ context.Context, token deliver.TokenHash) (deliver.Grant, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, o := range g.rows {
		if o.token == token {
			return o.value()
		}
	}
	return deliver.Grant{}, fmt.Errorf("find grant: %w", dataspace.ErrNotFound)
}

// Grant implements deliver.Store.
func (g *Grants) Grant(_ context.Context, id dataspace.TransferID) (deliver.Grant, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	o, ok := g.rows[id]
	if !ok {
		return deliver.Grant{}, fmt.Errorf("find grant %s: %w", id, dataspace.ErrNotFound)
	}
	return o.value()
}

// change changes a grant whole or not at all.
func (g *Grants) change(ctx context.Context, id dataspace.TransferID, fn func(*deliver.Grant) error) error {
	if err := g.begin(ctx); err != nil {
		return err
	}
	defer g.mu.Unlock()
	o, ok := g.rows[id]
	if !ok {
		return fmt.Errorf("change grant %s: %w", id, dataspace.ErrNotFound)
	}
	v, err := o.value()
	if err != nil {
		return err
	}
	if err := fn(&v); err != nil {
		return fmt.Errorf("change grant %s: %w", id, err)
	}
	return o.set(v)
}

// SetGrantState implements deliver.Store.
func (g *Grants) SetGrantState(ctx context.Context, id dataspace.TransferID, state deliver.GrantState, reason string) error {
	return g.change(ctx, id, func(v *deliver.Grant) error {
		if v.State == state {
			return nil
		}
		if over(v.State) {
			return fmt.Errorf("it is %s: %w", v.State, dataspace.ErrConflict)
		}
		v.State, v.Reason = state, reason
		return nil
	})
}

// SetGrantResult implements deliver.Store.
func (g *Grants) SetGrantResult(ctx context.Context, id dataspace.TransferID, r deliver.Result) error {
	return g.change(ctx, id, func(v *deliver.Grant) error {
		if v.Result != nil && *v.Result != r {
			return fmt.Errorf("it was another before: %w", dataspace.ErrConflict)
		}
		v.Result = &r
		return nil
	})
}
