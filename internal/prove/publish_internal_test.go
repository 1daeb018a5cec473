package prove

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/transparency-dev/tessera"
	"golang.org/x/mod/sumdb/note"

	"hutong/internal/clock"
	"hutong/internal/tlog"
)

// slowReader shows a new checkpoint some time after it was signed, as a busy
// disk does.
type slowReader struct {
	tessera.LogReader
	mu   sync.Mutex
	data []byte
}

func (r *slowReader) ReadCheckpoint(context.Context) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.data, nil
}

func TestCheckpointThatAppearsLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		signer, err := tlog.NewSigner("g/log", ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
		if err != nil {
			t.Fatal(err)
		}
		sign := func(size int) []byte {
			data, err := note.Sign(&note.Note{Text: fmt.Sprintf("g/log\n%d\n%s\n", size, tlog.Hash{byte(size)})}, signer)
			if err != nil {
				t.Fatal(err)
			}
			return data
		}
		reader := &slowReader{data: sign(1)}
		l := &Log{cfg: Config{Clock: clock.System(), Logger: slog.New(slog.DiscardHandler)}, key: signer.Key, reader: reader,
			signed: make(chan uint64, 1), grown: make(chan struct{}), done: make(chan struct{})}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go l.watch(ctx)
		a := &announcer{Signer: signer, signed: l.signed}
		if _, err := a.Sign([]byte("g/log\n2\nroot\n")); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(7*time.Second, func() {
			reader.mu.Lock()
			defer reader.mu.Unlock()
			reader.data = sign(2)
		})
		start := time.Now()
		if err := l.awaitPublished(ctx, 2); err != nil {
			t.Fatal(err)
		}
		if late := time.Since(start) - 7*time.Second; late > lastLook {
			t.Fatalf("seen %v after it appeared", late)
		}
	})
}
