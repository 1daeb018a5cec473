// Package objects is what a gateway keeps beside its rows: waybills, censuses,
// files that were sent to it. An object is a name and bytes that are there
// whole or not at all. Drivers are packages of their own, and each passes
// internal/objects/objectstest.
//
// It does not say what an object holds and does not know who may have it.
package objects

import (
	"context"
	"fmt"
	"io"
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
