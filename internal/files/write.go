package files

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"hutong/internal/dataspace"
)

// stalePrefix begins the names of unfinished files.
const stalePrefix = ".hutong-"

// Pending is an unfinished file. It is stored in the directory of its final
// name as a hidden file, readable for its owner only, until Commit gives it
// that name.
type Pending struct {
	path string
	file pendingFile
	done bool
}

// pendingFile is what Pending needs of an os.File.
type pendingFile interface {
	io.WriteCloser
	Name() string
	Sync() error
	Chmod(fs.FileMode) error
}

var _ io.Writer = (*Pending)(nil)

// Create begins a file that Commit will put at path; it replaces an existing
// one. Call Abort in any case (it does nothing after Commit).
func Create(path string) (*Pending, error) {
	for {
		f, err := os.CreateTemp(filepath.Dir(path), stalePrefix+"*.tmp")
		if err != nil {
			return nil, ioProblem("create a file in the directory", filepath.Dir(path), err)
		}
		if _, err = lock(f, true); err == nil {
			// CleanStale may have removed the file just before it was locked.
			var now, opened fs.FileInfo
			if opened, err = f.Stat(); err == nil {
				now, err = os.Stat(f.Name())
				if errors.Is(err, fs.ErrNotExist) || err == nil && !os.SameFile(now, opened) {
					f.Close()
					continue
				}
			}
		}
		if err != nil {
			return nil, errors.Join(ioProblem("create", path, err), f.Close(), os.Remove(f.Name()))
		}
		return &Pending{path: path, file: f}, nil
	}
}

// Write appends. After an error the file is removed and nothing more can be
// written.
func (p *Pending) Write(data []byte) (int, error) {
	if p.done {
		return 0, fs.ErrClosed
	}
	n, err := p.file.Write(data)
	if err != nil {
		err = p.fail("write", err)
	}
	return n, err
}

// Commit makes the file appear at its name. When it returns, content and name
// survive a power failure. After an error the name is as before, and nothing is
// left behind. The one exception: if syncing the directory failed, the new file
// exists but may not survive.
func (p *Pending) Commit() error {
	if p.done {
		return fs.ErrClosed
	}
	if err := p.file.Sync(); err != nil {
		return p.fail("write", err)
	}
	if err := os.Rename(p.file.Name(), p.path); err != nil {
		return p.fail("rename the new file to", err)
	}
	p.done = true
	err := p.file.Close() // only now, because it holds the lock
	return errors.Join(err, syncDir(filepath.Dir(p.path)))
}

// Finish gives the file its name as Commit does, but file and name may not
// survive a power failure: it is for temporary files, and for files that Move
// moves.
func (p *Pending) Finish() error {
	if p.done {
		return fs.ErrClosed
	}
	if err := os.Rename(p.file.Name(), p.path); err != nil {
		return p.fail("rename the new file to", err)
	}
	p.done = true
	return p.file.Close()
}

// Move gives a file another name; it replaces an existing file. When it returns,
// content and name survive a power failure.
func Move(from, to string) error {
	f, err := os.Open(from)
	if err != nil {
		return ioProblem("open", from, err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return ioProblem("write", from, err)
	}
	if err := os.Rename(from, to); err != nil {
		return ioProblem("rename the file to", to, err)
	}
	return syncDir(filepath.Dir(to))
}

// Abort removes the unfinished file. It may be called again, and after Commit.
func (p *Pending) Abort() error {
	if p.done {
		return nil
	}
	p.done = true
	return errors.Join(os.Remove(p.file.Name()), p.file.Close())
}

// fail aborts and says in the error whether anything was left behind.
func (p *Pending) fail(verb string, err error) error {
	out := &dataspace.Problem{
		Kind: dataspace.ErrUnavailable, Code: "files.write", Place: p.path,
		Message: "cannot " + verb + " the file; nothing of it was left behind", Err: cause(err),
	}
	if aerr := p.Abort(); aerr != nil {
		out.Message = "cannot " + verb + " the file, nor remove its beginning " + filepath.Base(p.file.Name())
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		out.Code, out.Hint = "files.full", "make room on the disk of "+filepath.Dir(p.path)+" and try again"
	}
	return out
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return ioProblem("open the directory", dir, err)
	}
	// Some file systems cannot sync a directory and return an error for it.
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return errors.Join(ioProblem("sync the directory", dir, err), d.Close())
	}
	return d.Close()
}

// MakeDir makes a directory and the missing ones above it, for their owner
// only. When it returns, they survive a power failure.
func MakeDir(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil
	}
	if parent := filepath.Dir(path); parent != path {
		if err := MakeDir(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		// Somebody else may have made it since.
		if info, statErr := os.Stat(path); statErr != nil || !info.IsDir() {
			return ioProblem("make the directory", path, err)
		}
	}
	return syncDir(filepath.Dir(path))
}

// WriteFile writes data to path with the guarantee of Commit.
func WriteFile(path string, data []byte, perm fs.FileMode) error {
	p, err := Create(path)
	if err != nil {
		return err
	}
	defer func() { _ = p.Abort() }() // return the first error, not this one
	if _, err := p.Write(data); err != nil {
		return err
	}
	if err := p.file.Chmod(perm); err != nil {
		return p.fail("set the permissions of", err)
	}
	return p.Commit()
}

// CleanStale removes the unfinished files of killed processes in dir, and
// returns how many they were. Files of a running process stay.
func CleanStale(dir string) (int, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, ioProblem("read the directory", dir, err)
	}
	removed := 0
	var errs []error
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), stalePrefix) || !strings.HasSuffix(e.Name(), ".tmp") || !e.Type().IsRegular() {
			continue
		}
		ok, err := removeStale(filepath.Join(dir, e.Name()))
		if ok {
			removed++
		}
		errs = append(errs, err)
	}
	return removed, errors.Join(errs...)
}

// removeStale removes path if no process holds its lock.
func removeStale(path string) (bool, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, ioProblem("open", path, err)
	}
	defer f.Close()
	free, err := lock(f, false)
	if err != nil || !free {
		return false, err
	}
	err = os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // its writer finished before the lock was free
	}
	if err != nil {
		return false, ioProblem("remove", path, err)
	}
	return true, nil
}
