package files

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// root is the directory that must contain a source; empty: any place. No link
// below a root leads out of it, whenever somebody changes links: each file is
// opened step by step from the directory.
type root string

// OpenWithin is Open for a source that others may change: the source, and the
// targets of links below dir, must be within dir.
func OpenWithin(dir, path string, opt Options) (*Source, error) { return open(root(dir), path, opt) }

// in opens the root and names path in it.
func (r root) in(path string) (*os.Root, string, error) {
	rel, err := filepath.Rel(string(r), path)
	if err != nil {
		return nil, "", &fs.PathError{Op: "open", Path: path, Err: fs.ErrPermission}
	}
	dir, err := os.OpenRoot(string(r))
	return dir, rel, err
}

func (r root) open(path string) (*os.File, error) {
	if r == "" {
		return os.Open(path)
	}
	dir, rel, err := r.in(path)
	if err != nil {
		return nil, err
	}
	defer dir.Close() // an open file stays open
	return dir.Open(rel)
}

// stat follows links.
func (r root) stat(path string) (fs.FileInfo, error) {
	if r == "" {
		return os.Stat(path)
	}
	dir, rel, err := r.in(path)
	if err != nil {
		return nil, err
	}
	defer dir.Close() // only examined
	return dir.Stat(rel)
}

// readDir lists a directory, sorted by name.
func (r root) readDir(path string) ([]fs.DirEntry, error) {
	f, err := r.open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // only read
	entries, err := f.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}
