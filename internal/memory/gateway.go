package memory

import (
	"bytes"
	"cmp"
	"context"
	"crypto/subtle"
	"fmt"
	"slices"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/gateway"
)

// Register keeps who stands behind the gateway and whom it trusts.
type Register struct{ s *State }

var _ gateway.Store = Register{}

// Register returns the store of the gateway service.
func (s *State) Register() Register { return Register{s} }

// owned names what a participant owns.
type owned[ID ~string] struct {
	owner dataspace.ParticipantID
	id    ID
}

// stated names what a peer said of a participant.
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
func (r Register) change(ctx context.Context, fn func(s *State) error) error {
	if err := r.s.lock(ctx); err != nil {
		return err
	}
	defer r.s.mu.Unlock()
	return fn(r.s)
}

// read runs fn with the lock held.
func read[V any](r Register, fn func(s *State) (V, error)) (V, error) {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	return fn(r.s)
}

// owner checks that a participant is there; empty: nobody is asked for.
func (s *State) owner(id dataspace.ParticipantID) error {
	if _, ok := s.participants[id]; !ok && id != "" {
		return dataspace.ErrNotFound
	}
	return nil
}

// InsertParticipant implements gateway.ParticipantStore.
func (r Register) InsertParticipant(ctx context.Context, p gateway.Participant) error {
	return r.change(ctx, func(s *State) error { return s.participants.insert(p.ID, p) })
}

// ReplaceParticipant implements gateway.ParticipantStore.
func (r Register) ReplaceParticipant(ctx context.Context, p gateway.Participant) error {
	return r.change(ctx, func(s *State) error { return s.participants.replace(p.ID, p) })
}

// Participant implements gateway.ParticipantStore.
func (r Register) Participant(_ context.Context, id dataspace.ParticipantID) (gateway.Participant, error) {
	return read(r, func(s *State) (gateway.Participant, error) { return load[gateway.Participant](s.participants, id) })
}

// Participants implements gateway.ParticipantStore.
func (r Register) Participants(context.Context) ([]gateway.Participant, error) {
	return read(r, func(s *State) ([]gateway.Participant, error) {
		list, err := all(s.participants, func(gateway.Participant) bool { return true })
		slices.SortFunc(list, func(a, b gateway.Participant) int { return cmp.Compare(a.ID, b.ID) })
		return list, err
	})
}

// RemoveParticipant implements gateway.ParticipantStore.
func (r Register) RemoveParticipant(ctx context.Context, id dataspace.ParticipantID) error {
	return r.change(ctx, func(s *State) error {
		if s.owns(id) {
			return fmt.Errorf("it owns something: %w", dataspace.ErrConflict)
		}
		return s.participants.remove(id)
	})
}

func (s *State) owns(id dataspace.ParticipantID) bool {
	for k := range s.datasets {
		if k.owner == id {
			return true
		}
	}
	for k := range s.instruments {
		if k.owner == id {
			return true
		}
	}
	for _, k := range s.keys {
		if k.Participant == id && id != "" {
			return true
		}
	}
	return false
}

// InsertDataset implements gateway.DatasetStore.
func (r Register) InsertDataset(ctx context.Context, d gateway.Dataset) error {
	return r.change(ctx, func(s *State) error {
		if err := s.owner(d.Owner); err != nil {
			return err
		}
		return s.datasets.insert(owned[dataspace.DatasetID]{d.Owner, d.ID}, d)
	})
}

// ReplaceDataset implements gateway.DatasetStore.
func (r Register) ReplaceDataset(ctx context.Context, d gateway.Dataset) error {
	return r.change(ctx, func(s *State) error { return s.datasets.replace(owned[dataspace.DatasetID]{d.Owner, d.ID}, d) })
}

// Dataset implements gateway.DatasetStore.
func (r Register) Dataset(_ context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID) (gateway.Dataset, error) {
	return read(r, func(s *State) (gateway.Dataset, error) {
		return load[gateway.Dataset](s.datasets, owned[dataspace.DatasetID]{owner, id})
	})
}

// Datasets implements gateway.DatasetStore.
func (r Register) Datasets(_ context.Context, owner dataspace.ParticipantID) ([]gateway.Dataset, error) {
	return read(r, func(s *State) ([]gateway.Dataset, error) {
		list, err := all(s.datasets, func(d gateway.Dataset) bool { return owner == "" || d.Owner == owner })
		slices.SortFunc(list, func(a, b gateway.Dataset) int {
			return cmp.Or(cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.ID, b.ID))
		})
		return list, err
	})
}

// RemoveDataset implements gateway.DatasetStore.
func (r Register) RemoveDataset(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID) error {
	return r.change(ctx, func(s *State) error { return s.datasets.remove(owned[dataspace.DatasetID]{owner, id}) })
}

// InsertInstrument implements gateway.InstrumentStore.
func (r Register) InsertInstrument(ctx context.Context, i gateway.Instrument) error {
	return r.change(ctx, func(s *State) error {
		if err := s.owner(i.Owner); err != nil {
			return err
		}
		return s.instruments.insert(owned[dataspace.InstrumentID]{i.Owner, i.ID}, i)
	})
}

// Instruments implements gateway.InstrumentStore.
func (r Register) Instruments(_ context.Context, owner dataspace.ParticipantID) ([]gateway.Instrument, error) {
	return read(r, func(s *State) ([]gateway.Instrument, error) {
		list, err := all(s.instruments, func(i gateway.Instrument) bool { return owner == "" || i.Owner == owner })
		slices.SortFunc(list, func(a, b gateway.Instrument) int {
			return cmp.Or(cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.ID, b.ID))
		})
		return list, err
	})
}

// RemoveInstrument implements gateway.InstrumentStore.
func (r Register) RemoveInstrument(ctx context.Context, owner dataspace.ParticipantID, id dataspace.InstrumentID) error {
	return r.change(ctx, func(s *State) error { return s.instruments.remove(owned[dataspace.InstrumentID]{owner, id}) })
}

// insertKey adds a key; ErrConflict, ErrNotFound.
func (s *State) insertKey(k gateway.APIKey) error {
	if err := s.owner(k.Participant); err != nil {
		return err
	}
	for _, o := range s.keys {
		if o.ID == k.ID || o.Hash == k.Hash {
			return dataspace.ErrConflict
		}
	}
	s.keys[k.ID] = k
	return nil
}

func (s *State) operators() (n int) {
	for _, k := range s.keys {
		if k.Role == gateway.Operator {
			n++
		}
	}
	return n
}

// InsertKey implements gateway.KeyStore.
func (r Register) InsertKey(ctx context.Context, k gateway.APIKey) error {
	return r.change(ctx, func(s *State) error { return s.insertKey(k) })
}

// KeyByHash implements gateway.KeyStore.
func (r Register) KeyByHash(_ context.Context, hash [32]byte) (gateway.APIKey, error) {
	return read(r, func(s *State) (gateway.APIKey, error) {
		for _, k := range s.keys {
			if k.Hash == hash {
				return k, nil
			}
		}
		return gateway.APIKey{}, dataspace.ErrNotFound
	})
}

// Keys implements gateway.KeyStore.
func (r Register) Keys(context.Context) ([]gateway.APIKey, error) {
	return read(r, func(s *State) ([]gateway.APIKey, error) {
		var list []gateway.APIKey
		for _, k := range s.keys {
			k.Hash = [32]byte{} // asked for by hash, never told
			list = append(list, k)
		}
		slices.SortFunc(list, func(a, b gateway.APIKey) int { return cmp.Compare(a.ID, b.ID) })
		return list, nil
	})
}

// RemoveKey implements gateway.KeyStore.
func (r Register) RemoveKey(ctx context.Context, id gateway.KeyID) error {
	return r.change(ctx, func(s *State) error {
		k, ok := s.keys[id]
		if !ok {
			return dataspace.ErrNotFound
		}
		if k.Role == gateway.Operator && s.operators() == 1 {
			return fmt.Errorf("the last key of an operator: %w", dataspace.ErrConflict)
		}
		delete(s.keys, id)
		return nil
	})
}

// PutSetup implements gateway.KeyStore.
func (r Register) PutSetup(ctx context.Context, hash [32]byte, expires time.Time) error {
	return r.change(ctx, func(s *State) error {
		if s.operators() > 0 {
			return fmt.Errorf("the gateway has an operator: %w", dataspace.ErrConflict)
		}
		s.setup = &setup{hash: hash, expires: expires}
		return nil
	})
}

// UseSetup implements gateway.KeyStore.
func (r Register) UseSetup(ctx context.Context, hash [32]byte, now time.Time, k gateway.APIKey) error {
	return r.change(ctx, func(s *State) error {
		if s.setup == nil || !now.Before(s.setup.expires) || subtle.ConstantTimeCompare(s.setup.hash[:], hash[:]) != 1 {
			return dataspace.ErrNotFound
		}
		if err := s.insertKey(k); err != nil {
			return err
		}
		s.setup = nil
		return nil
	})
}

// peerOf finds the name of a peer by its gateway id.
func (s *State) peerOf(id dataspace.GatewayID) (gateway.Peer, error) {
	list, err := all(s.peers, func(p gateway.Peer) bool { return p.Card.Gateway == id })
	if err == nil && len(list) == 0 {
		return gateway.Peer{}, dataspace.ErrNotFound
	}
	if err != nil {
		return gateway.Peer{}, err
	}
	return list[0], nil
}

// InsertPeer implements gateway.PeerStore.
func (r Register) InsertPeer(ctx context.Context, p gateway.Peer) error {
	return r.change(ctx, func(s *State) error {
		if _, err := s.peerOf(p.Card.Gateway); err == nil {
			return dataspace.ErrConflict
		}
		return s.peers.insert(p.Name, p)
	})
}

// ReplacePeer implements gateway.PeerStore.
func (r Register) ReplacePeer(ctx context.Context, p gateway.Peer) error {
	return r.change(ctx, func(s *State) error {
		old, err := load[gateway.Peer](s.peers, p.Name)
		if err != nil {
			return err
		}
		if old.Version != p.Version {
			return fmt.Errorf("version %d is not %d: %w", old.Version, p.Version, dataspace.ErrStale)
		}
		if other, err := s.peerOf(p.Card.Gateway); err == nil && other.Name != p.Name {
			return dataspace.ErrConflict
		}
		s.forget(p.Name) // a statement holds only as long as the key that signed it
		p.Version++
		return s.peers.put(p.Name, p)
	})
}

// forget drops what a peer said.
func (s *State) forget(name dataspace.PeerName) {
	for k := range s.statements {
		if k.peer == name {
			delete(s.statements, k)
		}
	}
}

// Peer implements gateway.PeerStore.
func (r Register) Peer(_ context.Context, name dataspace.PeerName) (gateway.Peer, error) {
	return read(r, func(s *State) (gateway.Peer, error) { return load[gateway.Peer](s.peers, name) })
}

// PeerByGateway implements gateway.PeerStore.
func (r Register) PeerByGateway(_ context.Context, id dataspace.GatewayID) (gateway.Peer, error) {
	return read(r, func(s *State) (gateway.Peer, error) { return s.peerOf(id) })
}

// Peers implements gateway.PeerStore.
func (r Register) Peers(context.Context) ([]gateway.Peer, error) {
	return read(r, func(s *State) ([]gateway.Peer, error) {
		list, err := all(s.peers, func(gateway.Peer) bool { return true })
		slices.SortFunc(list, func(a, b gateway.Peer) int { return cmp.Compare(a.Name, b.Name) })
		return list, err
	})
}

// RemovePeer implements gateway.PeerStore.
func (r Register) RemovePeer(ctx context.Context, name dataspace.PeerName) error {
	return r.change(ctx, func(s *State) error {
		if err := s.peers.remove(name); err != nil {
			return err
		}
		s.forget(name)
		return nil
	})
}

// PutStatement implements gateway.StatementStore.
func (r Register) PutStatement(ctx context.Context, peer dataspace.PeerName, st gateway.Statement) error {
	return r.change(ctx, func(s *State) error {
		if _, ok := s.peers[peer]; !ok {
			return dataspace.ErrNotFound
		}
		st.Signed = bytes.Clone(st.Signed)
		s.statements[stated{peer, st.Participant.ID}] = st
		return nil
	})
}

// Statement implements gateway.StatementStore.
func (r Register) Statement(_ context.Context, peer dataspace.PeerName, id dataspace.ParticipantID) (gateway.Statement, error) {
	return read(r, func(s *State) (gateway.Statement, error) {
		st, ok := s.statements[stated{peer, id}]
		if !ok {
			return gateway.Statement{}, dataspace.ErrNotFound
		}
		st.Signed = bytes.Clone(st.Signed)
		return st, nil
	})
}
