// Package memory keeps objects in memory and forgets them with the process. It
// has none of what drivers can do beyond objects.Store, so that tests find out
// who needs more than that.
package memory

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/objects"
)

// Store is objects in memory.
type Store struct {
	now func() time.Time
	mu  sync.Mutex
	all map[string]object
}

var _ objects.Store = (*Store)(nil)

// object is bytes that are never changed.
type object struct {
	data     []byte
	modified time.Time
}

// New returns a store of nothing.
func New(now func() time.Time) *Store { return &Store{now: now, all: map[string]object{}} }

// Put implements objects.Store.
func (s *Store) Put(ctx context.Context, name string, r io.Reader, want objects.Want) (objects.Info, error) {
	if err := objects.CheckName(name); err != nil {
		return objects.Info{}, err
	}
	data, err := io.ReadAll(r)
	if err == nil {
		err = ctx.Err()
	}
	sum := sha256.Sum256(data)
	info := objects.Info{Name: name, Size: int64(len(data)), SHA256: dataspace.Digest(hex.EncodeToString(sum[:])), Modified: s.now()}
	if err == nil {
		err = want.Check(name, info.Size, info.SHA256)
	}
	if err != nil {
		return objects.Info{}, fmt.Errorf("put object %s: %w", name, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all[name] = object{data, info.Modified}
	return info, nil
}

// find returns an object; ErrNotFound.
func (s *Store) find(name string) (object, error) {
	if err := objects.CheckName(name); err != nil {
		return object{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.all[name]
	if !ok {
		return object{}, fmt.Errorf("find object %s: %w", name, dataspace.ErrNotFound)
	}
	return o, nil
}

// Get implements objects.Store.
func (s *Store) Get(_ context.Context, name string, from, length int64) (io.ReadCloser, error) {
	o, err := s.find(name)
	if err != nil {
		return nil, err
	}
	size := int64(len(o.data))
	if from < 0 || from > size {
		return nil, fmt.Errorf("get object %s: byte %d of %d: %w", name, from, size, dataspace.ErrInvalid)
	}
	if length < 0 || length > size-from {
		length = size - from
	}
	return io.NopCloser(bytes.NewReader(o.data[from : from+length])), nil
}

// Stat implements objects.Store.
func (s *Store) Stat(_ context.Context, name string) (objects.Info, error) {
	o, err := s.find(name)
	if err != nil {
		return objects.Info{}, err
	}
	return objects.Info{Name: name, Size: int64(len(o.data)), Modified: o.modified}, nil
}

// List implements objects.Store.
func (s *Store) List(ctx context.Context, prefix, after string, limit int) ([]objects.Info, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []objects.Info
	for _, name := range slices.Sorted(maps.Keys(s.all)) {
		if len(out) < limit && strings.HasPrefix(name, prefix) && name > after {
			out = append(out, objects.Info{Name: name, Size: int64(len(s.all[name].data)), Modified: s.all[name].modified})
		}
	}
	return out, nil
}

// Delete implements objects.Store.
func (s *Store) Delete(_ context.Context, name string) error {
	if err := objects.CheckName(name); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, name)
	return nil
}
