package node

import (
	"fmt"
	"path/filepath"
	"strings"

	"hutong/internal/files"
	"hutong/internal/flow"
)

// openFiles opens the source of a flow. What is named below the outbox of a
// participant must also lie there: participants write into their outboxes, and
// a link could have been put in after the path was checked.
func openFiles(outbox string, f flow.Flow) (*files.Source, error) {
	dir, err := filepath.Abs(outbox)
	if err != nil {
		return nil, fmt.Errorf("find outbox: %w", err)
	}
	path, opt := filepath.Clean(f.Source), files.Options(f.SourceForm)
	rel, err := filepath.Rel(dir, path)
	owner, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
	if err != nil || owner == ".." || owner == "." {
		return files.Open(f.Source, opt) // an operator's choice
	}
	return files.OpenWithin(filepath.Join(dir, owner), path, opt)
}
