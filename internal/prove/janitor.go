package prove

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// stale matches temporary files that a killed process left. The library gives
// such a file the name of its final file, followed by a random number. The
// number of a partial tile has at most three digits.
var stale = regexp.MustCompile(`^(checkpoint\d+|\.state/(treeState|gcState|version)\d+|tile/(.*/)?(x?\d{3}\d+|x?\d{3}\.p/\d{4,}))$`)

// removeStale removes them. No other process may write the log at the same
// time.
func removeStale(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if !stale.MatchString(filepath.ToSlash(rel)) {
			return nil
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
}
