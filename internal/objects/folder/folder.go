// Package folder keeps objects as files of one directory, which nobody else
// writes into.
package folder

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"hutong/internal/dataspace"
	"hutong/internal/files"
	"hutong/internal/objects"
)

// Store is a directory of objects.
type Store struct{ root string }

var (
	_ objects.Store  = (*Store)(nil)
	_ objects.Local  = (*Store)(nil)
	_ objects.Opener = (*Store)(nil)
	_ objects.Mover  = (*Store)(nil)
)

// Open opens or creates the directory and removes what killed processes left
// half written in it.
func Open(root string) (*Store, error) {
	if err := files.MakeDir(root); err != nil {
		return nil, fmt.Errorf("open objects: %w", err)
	}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			_, err = files.CleanStale(p)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("open objects: %w", err)
	}
	return &Store{root: root}, nil
}

// Path implements objects.Local.
func (s *Store) Path(name string) (string, error) {
	if err := objects.CheckName(name); err != nil {
		return "", err
	}
	return filepath.Join(s.root, filepath.FromSlash(name)), nil
}

// Put implements objects.Store.
func (s *Store) Put(ctx context.Context, name string, r io.Reader, want objects.Want) (objects.Info, error) {
	at, err := s.Path(name)
	if err != nil {
		return objects.Info{}, err
	}
	if err := files.MakeDir(filepath.Dir(at)); err != nil {
		return objects.Info{}, fmt.Errorf("put object %s: %w", name, err)
	}
	p, err := files.Create(at)
	if err != nil {
		return objects.Info{}, fmt.Errorf("put object %s: %w", name, err)
	}
	info, err := fill(ctx, p, name, r, want)
	if err == nil {
		err = p.Commit()
	}
	if err != nil {
		return objects.Info{}, fmt.Errorf("put object %s: %w", name, errors.Join(err, p.Abort()))
	}
	stat, err := os.Stat(at)
	if err != nil {
		return objects.Info{}, fmt.Errorf("put object %s: %w", name, err)
	}
	info.Modified = stat.ModTime()
	return info, nil
}

// Open implements objects.Opener.
func (s *Store) Open(_ context.Context, name string) (objects.Object, error) {
	at, err := s.Path(name)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(at)
	if err != nil {
		return nil, fmt.Errorf("open object %s: %w", name, missing(err))
	}
	return objects.File(f)
}

// Move implements objects.Mover. Where the file lies on another disk it is
// copied.
func (s *Store) Move(ctx context.Context, name, file string) error {
	at, err := s.Path(name)
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = files.MakeDir(filepath.Dir(at))
	}
	if err == nil {
		err = files.Move(file, at)
	}
	if errors.Is(err, syscall.EXDEV) {
		return objects.Take(ctx, s, name, file)
	}
	if err != nil {
		return fmt.Errorf("move object %s: %w", name, err)
	}
	return nil
}

// fill writes what r holds and compares it with what is wanted.
func fill(ctx context.Context, p *files.Pending, name string, r io.Reader, want objects.Want) (objects.Info, error) {
	hash := sha256.New()
	size, err := io.Copy(io.MultiWriter(p, hash), reader{ctx, r})
	if err != nil {
		return objects.Info{}, err
	}
	sum := dataspace.Digest(hex.EncodeToString(hash.Sum(nil)))
	return objects.Info{Name: name, Size: size, SHA256: sum}, want.Check(name, size, sum)
}

// reader stops when the caller goes.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// Get implements objects.Store.
func (s *Store) Get(ctx context.Context, name string, from, length int64) (io.ReadCloser, error) {
	at, err := s.Path(name)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(at)
	if err != nil {
		return nil, fmt.Errorf("get object %s: %w", name, missing(err))
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case info.IsDir():
		err = dataspace.ErrNotFound
	case from < 0 || from > info.Size():
		err = fmt.Errorf("byte %d of %d: %w", from, info.Size(), dataspace.ErrInvalid)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("get object %s: %w", name, err), f.Close())
	}
	if length < 0 || length > info.Size()-from {
		length = info.Size() - from
	}
	return section{reader{ctx, io.NewSectionReader(f, from, length)}, f}, nil
}

// section reads a part of a file and closes it whole.
type section struct {
	io.Reader
	io.Closer
}

// missing says in our words that a file is not there.
func missing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %w", err, dataspace.ErrNotFound)
	}
	return err
}

// Stat implements objects.Store.
func (s *Store) Stat(_ context.Context, name string) (objects.Info, error) {
	at, err := s.Path(name)
	if err != nil {
		return objects.Info{}, err
	}
	info, err := os.Stat(at)
	if err == nil && info.IsDir() {
		err = dataspace.ErrNotFound
	}
	if err != nil {
		return objects.Info{}, fmt.Errorf("find object %s: %w", name, missing(err))
	}
	return objects.Info{Name: name, Size: info.Size(), Modified: info.ModTime()}, nil
}

// List implements objects.Store.
func (s *Store) List(ctx context.Context, prefix, after string, limit int) ([]objects.Info, error) {
	var out []objects.Info
	err := filepath.WalkDir(s.root, func(p string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // it went while the directory was read
		}
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		rel, err := filepath.Rel(s.root, p)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		switch hidden := path.Base(name)[0] == '.' && name != "."; {
		case d.IsDir() && (hidden || name != "." && !strings.HasPrefix(name+"/", prefix) && !strings.HasPrefix(prefix, name+"/")):
			return fs.SkipDir
		case d.IsDir() || hidden || !strings.HasPrefix(name, prefix) || name <= after:
			return nil
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			out = append(out, objects.Info{Name: name, Size: info.Size(), Modified: info.ModTime()})
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list objects: %w", err)
	}
	// A directory's files come before those of its neighbour "a-b", names do not.
	slices.SortFunc(out, func(a, b objects.Info) int { return strings.Compare(a.Name, b.Name) })
	return out[:min(len(out), max(limit, 0))], nil
}

// Delete implements objects.Store.
func (s *Store) Delete(_ context.Context, name string) error {
	at, err := s.Path(name)
	if err != nil {
		return err
	}
	if info, err := os.Stat(at); err == nil && info.IsDir() {
		return nil
	}
	if err := os.Remove(at); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete object %s: %w", name, err)
	}
	return nil
}
