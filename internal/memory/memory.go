// Package memory keeps a gateway's state in memory; it is lost when the process
// ends. The package keeps every promise of a store except durability, and is
// for tests and trials.
//
// Each service's store is in the file named after it. A flow, its documents and
// its evidence are stored together or not at all: the flows hold the lock of
// the evidence too while they change both. Locks are taken in this order: that
// of flows, register or counts, that of the evidence, that of the duties.
package memory

import (
	"context"
	"sync"

	"hutong/internal/agree"
	"hutong/internal/dataspace"
	"hutong/internal/declare"
	"hutong/internal/flow"
	"hutong/internal/gateway"
	"hutong/internal/papers"
	"hutong/internal/screen"
	"hutong/internal/tlog"
)

// State holds the stores of one gateway.
type State struct {
	Register  *Register
	Lists     Lists
	Processes *Processes
	Flows     *Flows
	Grants    *Grants
	Evidence  *Evidence
	Counts    *Counts
	Duties    *Duties
	Officer   Officer
	Declare   Declare
	Papers    Papers
	Screens   Screens
}

// New returns an empty state.
func New(gatewayID dataspace.GatewayID) State {
	duties := &Duties{flows: map[dataspace.FlowID]looked{}, open: map[dataspace.FlowID][][]byte{}, notices: map[noticed]notice{}}
	evidence := &Evidence{documents: map[dataspace.Digest]dataspace.Document{}, cosignedBy: map[string]cosigned{}, witnessed: map[string]tlog.Checkpoint{}}
	register := &Register{
		participants: newTable[dataspace.ParticipantID](gateway.EncodeParticipant, gateway.DecodeParticipant),
		datasets:     newTable[owned[dataspace.DatasetID]](gateway.EncodeDataset, gateway.DecodeDataset),
		instruments:  newTable[owned[dataspace.InstrumentID]](papers.Encode, papers.Decode),
		keys:         map[gateway.KeyID]gateway.APIKey{},
		peers:        newTable[dataspace.PeerName](gateway.EncodePeer, gateway.DecodePeer), statements: map[stated]gateway.Statement{},
		order: map[owned[dataspace.DatasetID]]int64{}, said: map[saidKey][]byte{}, declared: map[declaredKey]declare.Row{}, screens: map[screenKey]screen.Row{}, duties: duties,
	}
	return State{
		Register:  register,
		Lists:     Lists{register},
		Processes: &Processes{rows: map[agree.Ref]agree.Row{}},
		Flows:     &Flows{rows: newTable[dataspace.FlowID](flow.Encode, flow.Decode), evidence: evidence, duties: duties},
		Grants:    &Grants{rows: map[dataspace.TransferID]*grant{}},
		Evidence:  evidence,
		Counts:    newCounts(gatewayID, evidence),
		Duties:    duties,
		Officer:   Officer{register, gatewayID, evidence},
		Declare:   Declare{register, Officer{register, gatewayID, evidence}},
		Papers:    Papers{register, Officer{register, gatewayID, evidence}},
		Screens:   Screens{register, Officer{register, gatewayID, evidence}},
	}
}

// lock is locked by every call of a store.
type lock struct{ mu sync.Mutex }

// begin begins a change and locks, unless the context has ended.
func (l *lock) begin(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l.mu.Lock()
	return nil
}

// table holds rows in their stored form: a row that is read shares no memory
// with the row that was stored.
type table[K comparable, V any] struct {
	rows   map[K][]byte
	encode func(V) ([]byte, error)
	decode func([]byte) (V, error)
}

// newTable returns an empty table.
func newTable[K comparable, V any](encode func(V) ([]byte, error), decode func([]byte) (V, error)) table[K, V] {
	return table[K, V]{rows: map[K][]byte{}, encode: encode, decode: decode}
}

// has reports whether a key is taken.
func (t table[K, V]) has(key K) bool {
	_, taken := t.rows[key]
	return taken
}

// put stores v under a key.
func (t table[K, V]) put(key K, v V) error {
	body, err := t.encode(v)
	if err != nil {
		return err
	}
	t.rows[key] = body
	return nil
}

// insert stores v under a free key, or returns ErrConflict.
func (t table[K, V]) insert(key K, v V) error {
	if t.has(key) {
		return dataspace.ErrConflict
	}
	return t.put(key, v)
}

// replace stores v under a taken key, or returns ErrNotFound.
func (t table[K, V]) replace(key K, v V) error {
	if !t.has(key) {
		return dataspace.ErrNotFound
	}
	return t.put(key, v)
}

// remove removes a row, or returns ErrNotFound.
func (t table[K, V]) remove(key K) error {
	if !t.has(key) {
		return dataspace.ErrNotFound
	}
	delete(t.rows, key)
	return nil
}

// load reads a row, or returns ErrNotFound.
func (t table[K, V]) load(key K) (v V, err error) {
	body, ok := t.rows[key]
	if !ok {
		return v, dataspace.ErrNotFound
	}
	return t.decode(body)
}

// all reads the rows that want chooses, in no order.
func (t table[K, V]) all(want func(V) bool) ([]V, error) {
	var out []V
	for _, body := range t.rows {
		v, err := t.decode(body)
		if err != nil {
			return nil, err
		}
		if want(v) {
			out = append(out, v)
		}
	}
	return out, nil
}
