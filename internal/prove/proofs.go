package prove

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/torchwood"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/api/layout"
	"github.com/transparency-dev/tessera/client"

	"hutong/internal/dataspace"
	"hutong/internal/tlog"
)

// Checkpoint returns the newest published checkpoint, a signed note.
// ErrUnavailable before the first.
func (l *Log) Checkpoint() ([]byte, error) {
	head := l.Head()
	if head.Text == "" {
		return nil, fmt.Errorf("read checkpoint: none yet: %w", dataspace.ErrUnavailable)
	}
	return head.Bytes(), nil
}

// Inclusion returns the proof that a tree of the given size, which must have
// been published, has the entry at index.
func (l *Log) Inclusion(ctx context.Context, index, size uint64) ([]tlog.Hash, error) {
	if index >= size || size > l.Head().Size {
		return nil, fmt.Errorf("prove entry %d in a tree of %d: %w", index, size, dataspace.ErrInvalid)
	}
	b, err := client.NewProofBuilder(ctx, size, l.reader.ReadTile)
	if err != nil {
		return nil, fmt.Errorf("prove entry %d: %w", index, err)
	}
	p, err := b.InclusionProof(ctx, index)
	if err != nil {
		return nil, fmt.Errorf("prove entry %d: %w", index, err)
	}
	return hashes(p)
}

// Consistency returns the proof that the tree of size to begins with the tree
// of size from. It is empty where from is 0 or equal to to.
func (l *Log) Consistency(ctx context.Context, from, to uint64) ([]tlog.Hash, error) {
	if from > to || to > l.Head().Size {
		return nil, fmt.Errorf("prove that %d continues %d: %w", to, from, dataspace.ErrInvalid)
	}
	if from == 0 || from == to {
		return nil, nil
	}
	b, err := client.NewProofBuilder(ctx, to, l.reader.ReadTile)
	if err != nil {
		return nil, fmt.Errorf("prove that %d continues %d: %w", to, from, err)
	}
	p, err := b.ConsistencyProof(ctx, from, to)
	if err != nil {
		return nil, fmt.Errorf("prove that %d continues %d: %w", to, from, err)
	}
	return hashes(p)
}

func hashes(raw [][]byte) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(raw))
	for i, r := range raw {
		if copy(out[i][:], r) != len(out[i]) || len(r) != len(out[i]) {
			return nil, fmt.Errorf("hash of %d bytes: %w", len(r), dataspace.ErrEvidence)
		}
	}
	return out, nil
}

// EntryAt returns the entry at index. ErrNotFound beyond the newest
// checkpoint.
func (l *Log) EntryAt(ctx context.Context, index uint64) ([]byte, error) {
	size := l.Head().Size
	if index >= size {
		return nil, fmt.Errorf("read entry %d: %w", index, dataspace.ErrNotFound)
	}
	at := index / layout.EntryBundleWidth
	raw, err := l.reader.ReadEntryBundle(ctx, at, layout.PartialTileSize(0, at, size))
	if err != nil {
		return nil, fmt.Errorf("read entry %d: %w", index, err)
	}
	var bundle api.EntryBundle
	if err := bundle.UnmarshalText(raw); err != nil {
		return nil, fmt.Errorf("read entry %d: %w", index, err)
	}
	i := int(index % layout.EntryBundleWidth)
	if i >= len(bundle.Entries) {
		return nil, fmt.Errorf("read entry %d: bundle is too short: %w", index, dataspace.ErrEvidence)
	}
	return bundle.Entries[i], nil
}

// Handler serves the log read-only in the C2SP tlog-tiles layout: checkpoint,
// tile/<level>/<n> and tile/entries/<n>. Entries hold no personal data. The
// server that mounts the handler decides who may read.
func (l *Log) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /checkpoint", func(w http.ResponseWriter, r *http.Request) {
		data, err := l.Checkpoint()
		if err != nil {
			http.Error(w, "no checkpoint yet", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(data) // the client went away
	})
	mux.HandleFunc("GET /tile/", func(w http.ResponseWriter, r *http.Request) {
		path := strings.TrimPrefix(r.URL.Path, "/")
		// Only valid tile names reach the file system.
		if _, err := torchwood.ParseTilePath(path); err != nil {
			http.NotFound(w, r)
			return
		}
		data, err := os.ReadFile(filepath.Join(l.cfg.Dir, filepath.FromSlash(path)))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		_, _ = w.Write(data) // the client went away
	})
	return mux
}
