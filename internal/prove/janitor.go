package prove

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// stale matches temporary files that a killed writer left: the library names
// them after the file they were to become, followed by a random number. A
// partial tile has at most three digits of its own.
var stale = regexp.MustCompile(`^(checkpoint\d+|\.state/(treeState|gcState|version)\d+|tile/(.*/)?(x?\d{3}\d+|x?\d{3}\.p/\d{4,}))$`)

// removeStale removes them. Nobody else may write the log meanwhile.
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
