//go:build !unix

package files

import (
	"errors"
	"io/fs"
	"os"
)

// inode is not known here; name, size and time must do.
func inode(fs.FileInfo) uint64 { return 0 }

// lock cannot mark a file here, so CleanStale removes none.
func lock(_ *os.File, wait bool) (bool, error) {
	if wait {
		return true, nil
	}
	return false, errors.ErrUnsupported
}
