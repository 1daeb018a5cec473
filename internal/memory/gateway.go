package memory

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/subtle"
	"fmt"
	"maps"
	"slices"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/declare"
	"hutong/internal/gateway"
	"hutong/internal/papers"
	"hutong/internal/screen"
)

// Register keeps the participants behind the gateway and the peers that it
// trusts.
type Register struct {
	lock
	participants table[dataspace.ParticipantID, gateway.Participant]
	datasets     table[owned[dataspace.DatasetID], gateway.Dataset]
	order        map[owned[dataspace.DatasetID]]int64 // the order in which datasets were registered
	last         int64
	instruments  table[owned[dataspace.InstrumentID], papers.Paper]
	keys         map[gateway.KeyID]gateway.APIKey
	setup        *setup
	peers        table[dataspace.PeerName, gateway.Peer]
	statements   map[stated]gateway.Statement
	said         map[saidKey][]byte // what people say of datasets
	declared     map[declaredKey]declare.Row
	screens      map[screenKey]screen.Row
	duties       *Duties
}

var _ gateway.Store = (*Register)(nil)

// owned is the key of something that a participant owns.
type owned[ID ~string] struct {
	owner dataspace.ParticipantID
	id    ID
}

// stated is the key of a peer's statement about a participant.
type stated struct {
	peer        dataspace.PeerName
	participant dataspace.ParticipantID
}

// setup is the set-up link of a gateway without an operator.
type setup struct {
	hash    [32]byte
	expires time.Time
}

// change runs fn with the lock held.
func (r *Register) change(ctx context.Context, fn func() error) error {
	if err := r.begin(ctx); err != nil {
		return err
	}
	defer r.mu.Unlock()
	return fn()
}

// read runs fn with the lock held.
func read[V any](r *Register, fn func() (V, error)) (V, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return fn()
}

// owner checks that a participant exists; an empty owner needs no check.
func (r *Register) owner(id dataspace.ParticipantID) error {
	if id != "" && !r.participants.has(id) {
		return dataspace.ErrNotFound
	}
	return nil
}

// InsertParticipant implements gateway.ParticipantStore.
func (r *Register) InsertParticipant(ctx context.Context, p gateway.Participant) error {
	return r.change(ctx, func() error { return r.participants.insert(p.ID, p) })
}

// ReplaceParticipant implements gateway.ParticipantStore.
func (r *Register) ReplaceParticipant(ctx context.Context, p gateway.Participant) error {
	return r.change(ctx, func() error {
		if err := r.participants.replace(p.ID, p); err != nil {
			return err
		}
		held, err := r.instruments.all(func(i papers.Paper) bool { return i.Owner == p.ID })
		r.duties.changed(func(l looked) bool {
			return l.owner == p.ID || slices.ContainsFunc(held, func(i papers.Paper) bool { return shares(i, l.owner) })
		})
		return err
	})
}

// Participant implements gateway.ParticipantStore.
func (r *Register) Participant(_ context.Context, id dataspace.ParticipantID) (gateway.Participant, error) {
	return read(r, func() (gateway.Participant, error) { return r.participants.load(id) })
}

// Participants implements gateway.ParticipantStore.
func (r *Register) Participants(context.Context) ([]gateway.Participant, error) {
	return read(r, func() ([]gateway.Participant, error) {
		list, err := r.participants.all(func(gateway.Participant) bool { return true })
		slices.SortFunc(list, func(a, b gateway.Participant) int { return cmp.Compare(a.ID, b.ID) })
		return list, err
	})
}

// RemoveParticipant implements gateway.ParticipantStore.
func (r *Register) RemoveParticipant(ctx context.Context, id dataspace.ParticipantID) error {
	return r.change(ctx, func() error {
		if r.owns(id) {
			return fmt.Errorf("it owns something: %w", dataspace.ErrConflict)
		}
		if err := r.participants.remove(id); err != nil {
			return err
		}
		maps.DeleteFunc(r.declared, func(k declaredKey, _ declare.Row) bool { return k.dataset.owner == id })
		return nil
	})
}

func (r *Register) owns(id dataspace.ParticipantID) bool {
	for k := range r.datasets.rows {
		if k.owner == id {
			return true
		}
	}
	for k := range r.instruments.rows {
		if k.owner == id {
			return true
		}
	}
	for _, k := range r.keys {
		if k.Participant == id && id != "" {
			return true
		}
	}
	return false
}

// InsertDataset implements gateway.DatasetStore.
func (r *Register) InsertDataset(ctx context.Context, d gateway.Dataset) error {
	return r.change(ctx, func() error {
		if err := r.owner(d.Owner); err != nil {
			return err
		}
		key := owned[dataspace.DatasetID]{d.Owner, d.ID}
		if err := r.datasets.insert(key, d); err != nil {
			return err
		}
		r.last++
		r.order[key] = r.last
		r.duties.datasetChanged(d.Owner, d.ID)
		return nil
	})
}

// ReplaceDataset implements gateway.DatasetStore.
func (r *Register) ReplaceDataset(ctx context.Context, d gateway.Dataset) error {
	return r.change(ctx, func() error {
		if err := r.datasets.replace(owned[dataspace.DatasetID]{d.Owner, d.ID}, d); err != nil {
			return err
		}
		r.duties.datasetChanged(d.Owner, d.ID)
		return nil
	})
}

// Dataset implements gateway.DatasetStore.
func (r *Register) Dataset(_ context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID) (gateway.Dataset, error) {
	return read(r, func() (gateway.Dataset, error) {
		return r.datasets.load(owned[dataspace.DatasetID]{owner, id})
	})
}

// Datasets implements gateway.DatasetStore.
func (r *Register) Datasets(_ context.Context, owner dataspace.ParticipantID) ([]gateway.Dataset, error) {
	return read(r, func() ([]gateway.Dataset, error) {
		list, err := r.datasets.all(func(d gateway.Dataset) bool { return owner == "" || d.Owner == owner })
		slices.SortFunc(list, func(a, b gateway.Dataset) int {
			return cmp.Or(cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.ID, b.ID))
		})
		return list, err
	})
}

// RemoveDataset implements gateway.DatasetStore.
func (r *Register) RemoveDataset(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID) error {
	return r.change(ctx, func() error {
		key := owned[dataspace.DatasetID]{owner, id}
		if err := r.datasets.remove(key); err != nil {
			return err
		}
		delete(r.order, key)
		maps.DeleteFunc(r.said, func(k saidKey, _ []byte) bool { return k.dataset == key })
		maps.DeleteFunc(r.declared, func(k declaredKey, _ declare.Row) bool { return k.dataset == key })
		r.duties.datasetChanged(owner, id)
		return nil
	})
}

// insertKey adds a key; ErrConflict, ErrNotFound.
func (r *Register) insertKey(k gateway.APIKey) error {
	if err := r.owner(k.Participant); err != nil {
		return err
	}
	for _, o := range r.keys {
		if o.ID == k.ID || o.Hash == k.Hash {
			return dataspace.ErrConflict
		}
	}
	r.keys[k.ID] = k
	return nil
}

func (r *Register) operators() (n int) {
	for _, k := range r.keys {
		if k.Role == gateway.Operator {
			n++
		}
	}
	return n
}

// InsertKey implements gateway.KeyStore.
func (r *Register) InsertKey(ctx context.Context, k gateway.APIKey) error {
	return r.change(ctx, func() error { return r.insertKey(k) })
}

// KeyByHash implements gateway.KeyStore.
func (r *Register) KeyByHash(_ context.Context, hash [32]byte) (gateway.APIKey, error) {
	return read(r, func() (gateway.APIKey, error) {
		for _, k := range r.keys {
			if k.Hash == hash {
				return k, nil
			}
		}
		return gateway.APIKey{}, dataspace.ErrNotFound
	})
}

// Keys implements gateway.KeyStore.
func (r *Register) Keys(context.Context) ([]gateway.APIKey, error) {
	return read(r, func() ([]gateway.APIKey, error) {
		var list []gateway.APIKey
		for _, k := range r.keys {
			k.Hash = [32]byte{} // the hash is used only for queries and never returned
			list = append(list, k)
		}
		slices.SortFunc(list, func(a, b gateway.APIKey) int { return cmp.Compare(a.ID, b.ID) })
		return list, nil
	})
}

// RemoveKey implements gateway.KeyStore.
func (r *Register) RemoveKey(ctx context.Context, id gateway.KeyID) error {
	return r.change(ctx, func() error {
		k, ok := r.keys[id]
		if !ok {
			return dataspace.ErrNotFound
		}
		if k.Role == gateway.Operator && r.operators() == 1 {
			return fmt.Errorf("the last key of an operator: %w", dataspace.ErrConflict)
		}
		delete(r.keys, id)
		return nil
	})
}

// PutSetup implements gateway.KeyStore.
func (r *Register) PutSetup(ctx context.Context, hash [32]byte, expires time.Time) error {
	return r.change(ctx, func() error {
		if r.operators() > 0 {
			return fmt.Errorf("the gateway has an operator: %w", dataspace.ErrConflict)
		}
		r.setup = &setup{hash: hash, expires: expires}
		return nil
	})
}

// UseSetup implements gateway.KeyStore.
func (r *Register) UseSetup(ctx context.Context, hash [32]byte, now time.Time, k gateway.APIKey) error {
	return r.change(ctx, func() error {
		if r.setup == nil || !now.Before(r.setup.expires) || subtle.ConstantTimeCompare(r.setup.hash[:], hash[:]) != 1 {
			return dataspace.ErrNotFound
		}
		if err := r.insertKey(k); err != nil {
			return err
		}
		r.setup = nil
		return nil
	})
}

// peerOf finds the name of a peer by its gateway id.
func (r *Register) peerOf(id dataspace.GatewayID) (gateway.Peer, error) {
	list, err := r.peers.all(func(p gateway.Peer) bool { return p.Card.Gateway == id })
	if err == nil && len(list) == 0 {
		return gateway.Peer{}, dataspace.ErrNotFound
	}
	if err != nil {
		return gateway.Peer{}, err
	}
	return list[0], nil
}

// InsertPeer implements gateway.PeerStore.
func (r *Register) InsertPeer(ctx context.Context, p gateway.Peer) error {
	return r.change(ctx, func() error {
		if _, err := r.peerOf(p.Card.Gateway); err == nil {
			return dataspace.ErrConflict
		}
		return r.peers.insert(p.Name, p)
	})
}

// ReplacePeer implements gateway.PeerStore.
func (r *Register) ReplacePeer(ctx context.Context, p gateway.Peer) error {
	return r.change(ctx, func() error {
		old, err := r.peers.load(p.Name)
		if err != nil {
			return err
		}
		if old.Version != p.Version {
			return fmt.Errorf("version %d is not %d: %w", old.Version, p.Version, dataspace.ErrStale)
		}
		if other, err := r.peerOf(p.Card.Gateway); err == nil && other.Name != p.Name {
			return dataspace.ErrConflict
		}
		r.forget(p.Name) // a statement is valid only as long as the key that signed it
		p.Version++
		return r.peers.put(p.Name, p)
	})
}

// forget removes the statements of a peer.
func (r *Register) forget(name dataspace.PeerName) {
	for k := range r.statements {
		if k.peer == name {
			delete(r.statements, k)
		}
	}
}

// Peer implements gateway.PeerStore.
func (r *Register) Peer(_ context.Context, name dataspace.PeerName) (gateway.Peer, error) {
	return read(r, func() (gateway.Peer, error) { return r.peers.load(name) })
}

// PeerByGateway implements gateway.PeerStore.
func (r *Register) PeerByGateway(_ context.Context, id dataspace.GatewayID) (gateway.Peer, error) {
	return read(r, func() (gateway.Peer, error) { return r.peerOf(id) })
}

// Peers implements gateway.PeerStore.
func (r *Register) Peers(context.Context) ([]gateway.Peer, error) {
	return read(r, func() ([]gateway.Peer, error) {
		list, err := r.peers.all(func(gateway.Peer) bool { return true })
		slices.SortFunc(list, func(a, b gateway.Peer) int { return cmp.Compare(a.Name, b.Name) })
		return list, err
	})
}

// RemovePeer implements gateway.PeerStore.
func (r *Register) RemovePeer(ctx context.Context, name dataspace.PeerName) error {
	return r.change(ctx, func() error {
		if err := r.peers.remove(name); err != nil {
			return err
		}
		r.forget(name)
		return nil
	})
}

// PutStatement implements gateway.StatementStore.
func (r *Register) PutStatement(ctx context.Context, peer dataspace.PeerName, signer ed25519.PublicKey, st gateway.Statement) error {
	return r.change(ctx, func() error {
		p, err := r.peers.load(peer)
		if err != nil {
			return err
		}
		if !bytes.Equal(p.Card.Identity, signer) {
			return fmt.Errorf("the peer has another identity key: %w", dataspace.ErrStale)
		}
		st.Signed = bytes.Clone(st.Signed)
		r.statements[stated{peer, st.Participant.ID}] = st
		return nil
	})
}

// Statement implements gateway.StatementStore.
func (r *Register) Statement(_ context.Context, peer dataspace.PeerName, id dataspace.ParticipantID) (gateway.Statement, error) {
	return read(r, func() (gateway.Statement, error) {
		st, ok := r.statements[stated{peer, id}]
		if !ok {
			return gateway.Statement{}, dataspace.ErrNotFound
		}
		st.Signed = bytes.Clone(st.Signed)
		return st, nil
	})
}
