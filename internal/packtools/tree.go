// Package packtools holds the tools of pack authors, for packs that no gateway
// uses yet. It loads them on top of the packs of the program, checks them
// together, and makes a new version of a pack from an official annex. It stores
// nothing and writes nothing.
package packtools

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"testing/fstest"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/packs"
)

// Limits of packs that are uploaded.
const (
	MaxFiles = 500
	MaxBytes = 8 << 20
)

// Files are a folder of packs: the files by their paths in it, with slashes.
type Files map[string][]byte

// Tree is a folder of packs on top of the packs that come with the program. A
// calendar, or a pack that another pack overlays, comes from the program if the
// folder does not have it.
func Tree(folder fs.FS) fs.FS { return overBuiltIn{folder} }

type overBuiltIn struct{ fs.FS }

// Open implements fs.FS.
func (o overBuiltIn) Open(name string) (fs.File, error) {
	f, err := o.FS.Open(name)
	if errors.Is(err, fs.ErrNotExist) && path.Base(name) != pack.SignatureFile {
		if below, other := packs.FS.Open(name); other == nil {
			return below, nil
		}
	}
	return f, err
}

// Bounded refuses too many files or bytes.
func (f Files) Bounded() error {
	total := 0
	for _, data := range f {
		total += len(data)
	}
	if len(f) > MaxFiles || total > MaxBytes {
		return problem(dataspace.ErrInvalid, "pack.size", "files", fmt.Sprintf("there are %d files with %d bytes; at most %d files and %d bytes are taken", len(f), total, MaxFiles, MaxBytes),
			"send only the packs that it is about")
	}
	return nil
}

// Folder returns the files as a folder in memory. It refuses names that are not
// paths below a folder.
func (f Files) Folder() (fs.FS, error) {
	out := fstest.MapFS{}
	for name, data := range f {
		if !fs.ValidPath(name) || name == "." || strings.Contains(name, `\`) {
			return nil, problem(dataspace.ErrInvalid, "pack.files", "files", fmt.Sprintf("%q is no path of a file below a folder of packs", name), "such as region/name/pack.yaml")
		}
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if _, both := f[dir]; both {
				return nil, problem(dataspace.ErrInvalid, "pack.files", dir, "is a file and a folder", "")
			}
		}
		out[name] = &fstest.MapFile{Data: data, Mode: 0o644}
	}
	return out, nil
}

// Load loads the packs of a folder. It returns ErrNotFound if there is none.
func (f Files) Load() ([]*pack.Pack, error) {
	folder, err := f.Folder()
	if err != nil {
		return nil, err
	}
	all, err := pack.LoadAll(Tree(folder))
	if err != nil {
		return nil, told(err)
	}
	if len(all) == 0 {
		return nil, problem(dataspace.ErrNotFound, "pack.none", "files", "there is no pack", "a pack is a folder with pack.yaml")
	}
	return all, nil
}

// told turns a missing file that a pack names into an error of the pack,
// because the folder holds all files that were sent.
func told(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "pack.file", Message: err.Error(), Hint: "send the files that the pack names too"}
	}
	return err
}

// Built returns the packs that come with the program.
func Built() ([]*pack.Pack, error) { return pack.LoadAll(packs.FS) }

// Find returns the pack with an id. The error names the ids that exist.
func Find(all []*pack.Pack, id string) (*pack.Pack, error) {
	ids := make([]string, len(all))
	for i, p := range all {
		if ids[i] = string(p.ID()); ids[i] == id {
			return p, nil
		}
	}
	return nil, problem(dataspace.ErrNotFound, "pack.unknown", "", fmt.Sprintf("there is no pack %q", id), "there are "+strings.Join(ids, ", "))
}

// Below returns the pack that a pack of the list overlays, if any: the pack
// that it was loaded with, or else the pack that comes with the program.
func Below(list ...*pack.Pack) ([]*pack.Pack, error) {
	for _, p := range list {
		if p.Base() != nil {
			return []*pack.Pack{p.Base()}, nil
		}
		if p.Overlays() == "" {
			continue
		}
		all, err := Built()
		if err != nil {
			return nil, err
		}
		base, err := Find(all, string(p.Overlays()))
		return []*pack.Pack{base}, err
	}
	return nil, nil
}

func problem(kind error, code, place, message, hint string) error {
	return &dataspace.Problem{Kind: kind, Code: code, Place: place, Message: message, Hint: hint}
}
