package files_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"hutong/internal/files"
	"hutong/internal/sourcetest"
)

func TestSource(t *testing.T) {
	for _, parts := range []int{1, 3} { // a file, and a directory of three
		sourcetest.Run(t, func(t *testing.T, with sourcetest.Table) sourcetest.Made {
			dir := filepath.Join(t.TempDir(), "table")
			write := func(t *testing.T, table sourcetest.Table) {
				t.Helper()
				if err := os.MkdirAll(dir, 0o700); err != nil {
					t.Fatal(err)
				}
				for i := range parts {
					part := sourcetest.Table{Columns: table.Columns, Rows: table.Rows[i*len(table.Rows)/parts : (i+1)*len(table.Rows)/parts]}
					if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i, ".csv")), part.CSV(), 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
			write(t, with)
			place := dir
			if parts == 1 {
				place = filepath.Join(dir, "0.csv")
			}
			return sourcetest.Made{
				Open:    func() (sourcetest.Source, error) { return files.Open(place, files.Options{}) },
				Replace: write,
				Remove: func(t *testing.T) {
					if err := os.RemoveAll(dir); err != nil {
						t.Fatal(err)
					}
				},
			}
		})
	}
}
