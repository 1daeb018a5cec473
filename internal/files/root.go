package files

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// root says where files must lie. No link below leads out of it, whenever
// somebody changes links: each file is opened step by step from the directory.
type root struct {
	outer  string // must contain the source; empty: any place
	folder string // is the source, and must contain its files; empty for a file
}

// Place is where a source lies.
type Place struct {
	Path string // of the file or directory
	// Within is empty, or the directory that others may write to: the source,
	// and the targets of links below Within, must be in it.
	Within string
}

// Open examines the source like the function Open.
func (p Place) Open(opt Options) (*Source, error) { return open(root{outer: p.Within}, p.Path, opt) }

// Size is the number of bytes of the source. No file is opened.
func (p Place) Size() (int64, error) {
	parts, err := list(root{outer: p.Within}, p.Path)
	return size(parts), err
}

// in opens the root and names path in it.
func (r root) in(path string) (*os.Root, string, error) {
	from := r.outer
	if from == "" {
		from = r.folder
	}
	dir, err := os.OpenRoot(from)
	if err == nil && r.outer != "" && r.folder != "" {
		rel, bad := filepath.Rel(r.outer, r.folder)
		outer := dir
		if bad != nil {
			rel = ".."
		}
		dir, err = outer.OpenRoot(rel)
		outer.Close() // only opened
		from = r.folder
	}
	if err != nil {
		return nil, "", err
	}
	rel, err := filepath.Rel(from, path)
	if err != nil {
		dir.Close() // only opened
		return nil, "", &fs.PathError{Op: "open", Path: path, Err: fs.ErrPermission}
	}
	return dir, rel, nil
}

func (r root) open(path string) (*os.File, error) {
	if r == (root{}) {
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
	if r == (root{}) {
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
