// Package objects keeps the data of a gateway that is not in rows: waybills,
// censuses, uploaded files. An object is a name and bytes, and exists
// completely or not at all. Drivers are packages of their own, and each passes
// internal/objects/objectstest.
//
// The package does not know the content of an object or who may read it.
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

// Store keeps objects. Every method first checks the name with CheckName and
// returns ErrInvalid for a wrong one. All methods are safe for concurrent use.
type Store interface {
	// Put stores the bytes of r and replaces an object of that name. When it
	// returns, name and bytes survive a loss of power. On error nothing was
	// changed and nothing is left behind. It returns ErrInvalid if r does not
	// match want. If two puts of one name run at the same time, one of the
	// objects remains, complete.
	Put(ctx context.Context, name string, r io.Reader, want Want) (Info, error)
	// Get reads an object from the byte from on, at most length bytes; a
	// negative length means to the end. It returns ErrNotFound, or ErrInvalid
	// if from is negative or after the end. The bytes are of one object, even
	// if another object takes its name meanwhile.
	Get(ctx context.Context, name string, from, length int64) (io.ReadCloser, error)
	// Stat returns what is known of an object, or ErrNotFound.
	Stat(ctx context.Context, name string) (Info, error)
	// List returns at most limit objects whose names begin with prefix and come
	// after the name after, in order of their names.
	List(ctx context.Context, prefix, after string, limit int) ([]Info, error)
	// Delete removes an object permanently. A missing object is not an error.
	Delete(ctx context.Context, name string) error
}

// Want describes the bytes that a reader must give. The zero value accepts any
// bytes.
type Want struct {
	Size   int64 // negative or zero: not known
	SHA256 dataspace.Digest
}

// Info is what is known of an object.
type Info struct {
	Name     string
	Size     int64
	Modified time.Time
	// SHA256 is the digest of the bytes. Put always returns it; the other
	// methods only if the driver stores it.
	SHA256 dataspace.Digest
}

// Object is an object that can be read at any position. It is safe for
// concurrent use.
type Object interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// Opener is an optional interface of a driver that has a faster way than Get
// for many reads of one object.
type Opener interface {
	// Open opens an object, or returns ErrNotFound. The bytes are of one
	// object, even after another has taken its name or it was deleted.
	Open(ctx context.Context, name string) (Object, error)
}

// Open opens an object for reading at any position, or returns ErrNotFound.
// Without an Opener each read is a Get, so the object must be written only
// once, and must not be deleted before it is closed.
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

// File makes an object of an open file of this machine and takes over the file:
// it closes the file on error.
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

// Mover is an optional interface of a driver that can take a file of this
// machine without copying it.
type Mover interface {
	// Move is Move for this driver.
	Move(ctx context.Context, name, file string) error
}

// Move makes a file of this machine an object, replaces an object of that name,
// and removes the file. When it returns, name and bytes survive a loss of
// power, even if the file was not durable. On error the object is unchanged,
// and the file may still exist. It returns ErrNotFound if there is no such
// file.
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

// Local is an optional interface of a driver whose objects are files of this
// machine.
type Local interface {
	// Path returns the path of the object of that name, whether or not it
	// exists. Callers may only read the file.
	Path(name string) (string, error)
}

// Place returns the place of an object for people: its path if it is a file of
// this machine, else its name.
func Place(s Store, name string) string {
	if l, ok := s.(Local); ok {
		if path, err := l.Path(name); err == nil {
			return path
		}
	}
	return name
}

// maxName is the longest name: every file system and object store accepts it.
const maxName = 200

// CheckName returns ErrInvalid unless a name can be the name of an object:
// parts of lower-case letters, digits, ".", "_" and "-", none of which begins
// with ".", with "/" between them. Two different valid names also differ in a
// file system that ignores case.
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

// Check returns ErrInvalid if the bytes that were read do not match.
func (w Want) Check(name string, size int64, sum dataspace.Digest) error {
	if w.Size > 0 && w.Size != size {
		return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "object.size", Place: name,
			Message: fmt.Sprintf("%d bytes arrived, %d were announced", size, w.Size)}
	}
	if w.SHA256 != "" && w.SHA256 != sum {
		return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "object.sha256", Place: name,
			Message: "the data has another SHA-256 than was announced"}
	}
	return nil
}
