// Package memory keeps a gateway's state in memory and forgets it with the
// process. It keeps every promise of a store but durability, and is for tests
// and trials.
//
// Each service's store is in the file named after it. A flow, its documents and
// its evidence are stored together or not at all: the flows hold the lock of
// the evidence too while they change both. Locks are taken in this order: that
// of flows, register or counts, that of the evidence, that of the duties.
package memory

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
	"hutong/internal/gateway"
	"hutong/internal/tlog"
)

// State is the stores of one gateway.
type State struct {
	Register  *Register
	Lists     Lists
	Processes *Processes
	Flows     *Flows
	Grants    *Grants
	Evidence  *Evidence
	Counts    *Counts
	Duties    *Duties
}

// New returns a state of a gateway that knows nothing.
func New(gatewayID dataspace.GatewayID) State {
	duties := &Duties{flows: map[dataspace.FlowID]looked{}, open: map[dataspace.FlowID][][]byte{}, notices: map[noticed]notice{}}
	evidence := &Evidence{documents: map[dataspace.Digest]dataspace.Document{}, cosignedBy: map[string]cosigned{}, witnessed: map[string]tlog.Checkpoint{}}
	register := &Register{
		participants: table[dataspace.ParticipantID]{}, datasets: table[owned[dataspace.DatasetID]]{},
		instruments: table[owned[dataspace.InstrumentID]]{}, keys: map[gateway.KeyID]gateway.APIKey{},
		peers: table[dataspace.PeerName]{}, statements: map[stated]gateway.Statement{},
		order: map[owned[dataspace.DatasetID]]int64{}, duties: duties,
	}
	return State{
		Register:  register,
		Lists:     Lists{register},
		Processes: &Processes{rows: map[agree.Ref]agree.Row{}},
		Flows:     &Flows{rows: table[dataspace.FlowID]{}, evidence: evidence, duties: duties},
		Grants:    &Grants{rows: map[dataspace.TransferID]*grant{}},
		Evidence:  evidence,
		Counts:    newCounts(gatewayID, evidence),
		Duties:    duties,
	}
}

// lock is held by every call of a store.
type lock struct{ mu sync.Mutex }

// begin begins a change, unless the caller has gone. The lock is then held.
func (l *lock) begin(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l.mu.Lock()
	return nil
}

// table holds rows as JSON: what is read out of it shares nothing with what
// was put in.
type table[K comparable] map[K][]byte

// put stores v under a key.
func (t table[K]) put(key K, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode %T: %w", v, err)
	}
	t[key] = body
	return nil
}

// insert stores v under a key that is free; ErrConflict.
func (t table[K]) insert(key K, v any) error {
	if _, taken := t[key]; taken {
		return dataspace.ErrConflict
	}
	return t.put(key, v)
}

// replace stores v under a key that is taken; ErrNotFound.
func (t table[K]) replace(key K, v any) error {
	if _, taken := t[key]; !taken {
		return dataspace.ErrNotFound
	}
	return t.put(key, v)
}

// remove drops a row; ErrNotFound.
func (t table[K]) remove(key K) error {
	if _, taken := t[key]; !taken {
		return dataspace.ErrNotFound
	}
	delete(t, key)
	return nil
}

// load reads a row; ErrNotFound.
func load[V any, K comparable](t table[K], key K) (V, error) {
	var v V
	body, ok := t[key]
	if !ok {
		return v, dataspace.ErrNotFound
	}
	if err := json.Unmarshal(body, &v); err != nil {
		return v, fmt.Errorf("decode %T: %w", v, err)
	}
	return v, nil
}

// all reads the rows that want chooses, in no order.
func all[V any, K comparable](t table[K], want func(V) bool) ([]V, error) {
	var out []V
	for key := range t {
		v, err := load[V](t, key)
		if err != nil {
			return nil, err
		}
		if want(v) {
			out = append(out, v)
		}
	}
	return out, nil
}
