// Package objects is what a gateway keeps beside its rows: waybills, censuses,
// files that were sent to it. An object is a name and bytes that are there
// whole or not at all. Drivers are packages of their own, and each passes
// internal/objects/objectstest.
//
// It does not say what an object holds and does not know who may have it.
package objects

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"hutong/internal/dataspace"
)

// Store keeps objects. Every name is checked with CheckName first; one that
// does not pass is ErrInvalid. All methods are safe for concurrent use.
type Store interface {
	// Put stores what r holds, in place of an object of that name. When it
	// returns, name and bytes survive a loss of power. On error nothing was
	// changed and nothing is left behind: ErrInvalid if r does not hold what
	// want says. Of two puts of one name at the same moment one lasts, whole.
	Put(ctx context.Context, name string, r io.Reader, want Want) (Info, error)
	// Get reads an object from a byte on; length is how many bytes at most,
	// negative: to the end. ErrNotFound; ErrInvalid if from is negative or
	// behind the end. What is read is one object, also while another takes its
	// name.
	Get(ctx context.Context, name string, from, length int64) (io.ReadCloser, error)
	// Stat says what is known of an object; ErrNotFound.
	Stat(ctx context.Context, name string) (Info, error)
	// List returns at most limit objects whose names begin with prefix and
	// stand behind the name after, in order of their names.
	List(ctx context.Context, prefix, after string, limit int) ([]Info, error)
	// Delete removes an object for good; one that is not there is no error.
	Delete(ctx context.Context, name string) error
}

// Want is what a reader must hold. The zero value asks for nothing.
type Want struct {
	Size   int64 // negative or zero: not known
	SHA256 dataspace.Digest
}

// Info is what is known of an object.
type Info struct {
	Name     string
	Size     int64
	Modified time.Time
	// SHA256 is of the bytes. Put always knows it; the others only where the
	// driver keeps it.
	SHA256 dataspace.Digest
}

// Object is an object that is read at any place. It is safe for concurrent use.
type Object interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// Opener is what a driver can also do that has something better than Get for
// many reads of one object.
type Opener interface {
	// Open opens an object; ErrNotFound. What is read is one object, also after
	// another has taken its name or it was deleted.
	Open(ctx context.Context, name string) (Object, error)
}

// Open opens an object to be read at any place; ErrNotFound. Without an Opener
// each read is a Get, so the object must be one that is written once, and must
// not be deleted before it is closed.
func Open(ctx context.Context, s Store, name string) (Object, error) {
	if o, ok := s.(Opener); ok {
		return o.Open(ctx, name)
	}
	info, err := s.Stat(ctx, name)
	if err != nil {
		return nil, err
	}
	return &ranges{ctx: context.WithoutCancel(ctx), store: s, info: info}, nil
}

// File is an open file of this machine as an object, which owns it: on error it
// is closed.
func File(f *os.File) (Object, error) {
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = dataspace.ErrNotFound
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open object: %w", err), f.Close())
	}
	return local{f, info.Size()}, nil
}

// local is a file of this machine.
type local struct {
	*os.File
	size int64
}

// Size implements Object.
func (l local) Size() int64 { return l.size }

// ranges reads an object part by part.
type ranges struct {
	ctx   context.Context // an io.ReaderAt is given none
	store Store
	info  Info
}

// Size implements Object.
func (r *ranges) Size() int64 { return r.info.Size }

// Close implements Object.
func (r *ranges) Close() error { return nil }

// ReadAt implements Object.
func (r *ranges) ReadAt(p []byte, off int64) (int, error) {
	if off >= r.info.Size {
		return 0, io.EOF
	}
	part, err := r.store.Get(r.ctx, r.info.Name, off, int64(len(p)))
	if err != nil {
		return 0, err
	}
	n, err := io.ReadFull(part, p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, errors.Join(err, part.Close())
}

// Mover is what a driver can also do that can take a file of this machine
// without copying it.
type Mover interface {
	// Move is Move for this driver.
	Move(ctx context.Context, name, file string) error
}

// Move makes a file of this machine an object, in place of one of that name,
// and removes the file. When it returns, name and bytes survive a loss of power,
// whether or not the file would have. On error the object is as it was before,
// and the file may be there. ErrNotFound if there is no such file.
func Move(ctx context.Context, s Store, name, file string) error {
	if m, ok := s.(Mover); ok {
		return m.Move(ctx, name, file)
	}
	return Take(ctx, s, name, file)
}

// Take is Move by copying.
func Take(ctx context.Context, s Store, name, file string) error {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		err = errors.Join(dataspace.ErrNotFound, err)
	}
	if err != nil {
		return fmt.Errorf("move object %s: %w", name, err)
	}
	_, err = s.Put(ctx, name, f, Want{})
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Remove(file); err != nil {
		return fmt.Errorf("move object %s: %w", name, err)
	}
	return nil
}

// Local is what a driver can also do whose objects are files of this machine.
type Local interface {
	// Path is where the object of that name lies, or would. What it names is
	// to be read only.
	Path(name string) (string, error)
}

// Place is where an object lies, for people: a path if it is a file of this
// machine, its name otherwise.
func Place(s Store, name string) string {
	if l, ok := s.(Local); ok {
		if path, err := l.Path(name); err == nil {
			return path
		}
	}
	return name
}

// maxName bounds a name: what every file system and object store takes.
const maxName = 200

// CheckName says whether a name can be an object's: parts of lower-case
// letters, digits, ".", "_" and "-", none of which begins with ".", with "/"
// between them. ErrInvalid. Two names that pass are never one to a file system
// that does not tell capitals.
func CheckName(name string) error {
	bad := name == "" || len(name) > maxName
	for part := range strings.SplitSeq(name, "/") {
		bad = bad || part == "" || part[0] == '.' || strings.Trim(part, "abcdefghijklmnopqrstuvwxyz0123456789._-") != ""
	}
	if bad {
		return fmt.Errorf("name object %q: expected lower-case letters, digits, '.', '_' and '-', in parts with '/': %w", name, dataspace.ErrInvalid)
	}
	return nil
}

// Check compares what was read with what was wanted; ErrInvalid.
func (w Want) Check(name string, size int64, sum dataspace.Digest) error {
	if w.Size > 0 && w.Size != size {
		return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "object.size", Place: name,
			Message: fmt.Sprintf("%d bytes arrived, %d were announced", size, w.Size)}
	}
	if w.SHA256 != "" && w.SHA256 != sum {
		return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "object.sha256", Place: name,
			Message: "what arrived has another SHA-256 than was announced"}
	}
	return nil
}
