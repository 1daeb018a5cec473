package prove

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"k8s.io/klog/v2"

	"hutong/internal/clock"
	"hutong/internal/dataspace"
	"hutong/internal/tlog"
	"hutong/internal/work"
)

const (
	// batchSize is the largest number of entries written to the log at once.
	batchSize = 512
	// batchAge is how long the log waits for more entries before it writes. The
	// outbox sends its whole batch at once, so a short time is enough.
	batchAge = time.Millisecond
	// checkpointInterval is the smallest that Tessera permits.
	checkpointInterval = 100 * time.Millisecond
	// collectInterval is how often the log removes partial tiles that full ones
	// replace.
	collectInterval = time.Second
	// publishTimeout is how long a written entry may stay without a published
	// checkpoint before Await returns an error.
	publishTimeout = 10 * time.Second
)

// Config is what a Log needs. All fields without a default are required.
type Config struct {
	Dir     string              // of the log's files; made if it is missing
	Gateway dataspace.GatewayID // names the log
	Key     crypto.Signer       // Ed25519, signs checkpoints
	Store   Store
	Logger  *slog.Logger
	Clock   clock.Clock // by default that of the machine
	// CosignEvery is how often a log that has grown is sent to the witnesses
	// while no caller waits. Default one second.
	CosignEvery time.Duration
	// OnContradiction is called when a witness begins to contradict the log, so
	// that what is leaving stops. May be nil.
	OnContradiction func()
}

// Log is the transparency log of a gateway. Only one process at a time writes
// it.
type Log struct {
	cfg    Config
	key    tlog.Key
	store  Store
	lock   *os.File
	add    tessera.AddFn
	reader tessera.LogReader
	finish func(context.Context) error // waits for the last checkpoint

	outbox *work.Engine[outbox]
	signed chan uint64 // a checkpoint of this size is about to appear
	stop   context.CancelFunc
	done   chan struct{} // closed when Close begins
	work   sync.WaitGroup

	mu        sync.Mutex
	waiters   map[dataspace.EventID][]chan logged
	marked    map[dataspace.EventID]uint64 // some of those that are marked; a mark never changes
	head      tlog.SignedCheckpoint        // newest published, zero before the first
	grown     chan struct{}                // closed and replaced when head changes
	trouble   error                        // why the log cannot be written, nil if it can
	witnesses map[string]*cosigner         // by vkey
	closed    bool

	settled uint64 // entries below are marked; used by the drain only
	unsure  bool   // the log may contain entries that are not marked
}

type logged struct {
	index uint64
	err   error
}

// libraryLog sends the log lines of the library below to the first Log that is
// opened: the library has one logger for the process.
var libraryLog sync.Once

// Open opens or creates the log, marks the events that a killed process wrote
// but did not mark, and starts to write the outbox to it. It returns
// ErrConflict if another process has the log open; ErrEvidence if the log is
// older than the database or a witness has recorded, or belongs to another key.
func Open(ctx context.Context, cfg Config) (*Log, error) {
	if cfg.CosignEvery == 0 {
		cfg.CosignEvery = time.Second
	}
	if cfg.Clock == nil {
		cfg.Clock = clock.System()
	}
	libraryLog.Do(func() { klog.SetSlogLogger(cfg.Logger.With(slog.String("component", "tessera"))) })
	signer, err := tlog.NewSigner(LogName(cfg.Gateway), cfg.Key)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	if cfg.Dir, err = filepath.Abs(cfg.Dir); err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	lock, err := lockDir(cfg.Dir)
	if err != nil {
		return nil, err
	}
	l := &Log{
		cfg: cfg, key: signer.Key, store: cfg.Store, lock: lock,
		signed: make(chan uint64, 1), done: make(chan struct{}),
		waiters: map[dataspace.EventID][]chan logged{}, grown: make(chan struct{}), witnesses: map[string]*cosigner{},
	}
	l.outbox = l.newDrain()
	if err := l.start(ctx, signer); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return l, nil
}

func (l *Log) start(ctx context.Context, signer *tlog.Signer) error {
	if err := removeStale(l.cfg.Dir); err != nil {
		return fmt.Errorf("open log: %w", err)
	}
	driver, err := posix.New(ctx, posix.Config{Path: l.cfg.Dir})
	if err != nil {
		return fmt.Errorf("open log: %w", err)
	}
	// The library's goroutines live longer than the call, but not longer than
	// the Log.
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	opts := tessera.NewAppendOptions().
		WithCheckpointSigner(&announcer{Signer: signer, signed: l.signed}).
		WithBatching(batchSize, batchAge).
		WithCheckpointInterval(checkpointInterval).
		WithCheckpointRepublishInterval(0).
		WithGarbageCollectionInterval(collectInterval).
		WithShutdownTimeout(publishTimeout)
	appender, finish, reader, err := tessera.NewAppender(background, driver, opts)
	if err != nil {
		stop()
		return fmt.Errorf("open log: %w", err)
	}
	l.add, l.finish, l.reader, l.stop = appender.Add, finish, reader, stop
	if err := l.check(ctx); err != nil {
		stop()
		return err
	}
	l.work.Go(func() { l.watch(background) })
	l.Notify()
	return nil
}

// check compares the log with the records of the database and the witnesses,
// and marks the entries that a killed process left unmarked.
func (l *Log) check(ctx context.Context) error {
	size, err := l.reader.IntegratedSize(ctx)
	if err != nil {
		return fmt.Errorf("open log: %w", err)
	}
	if err := l.readHead(ctx); err != nil {
		return err
	}
	known, err := l.store.LoggedSize(ctx)
	if err != nil {
		return fmt.Errorf("open log: %w", err)
	}
	cosigned, err := l.store.CosignedSize(ctx)
	if err != nil {
		return fmt.Errorf("open log: %w", err)
	}
	if seen := max(known, cosigned); seen > size {
		return &dataspace.Problem{
			Kind: dataspace.ErrEvidence, Code: "log.rollback", Place: l.cfg.Dir,
			Message: fmt.Sprintf("the evidence log has %d entries, but it had %d before", size, seen),
			Hint:    "the log was restored from an old copy; restore the newest one, or let the operator of each peer accept a new log",
		}
	}
	l.settled = known
	return l.reconcile(ctx)
}

// Key is the vkey of the log.
func (l *Log) Key() string { return l.key.String() }

// Notify tells the log that the outbox has new rows. It never blocks; call it
// after the commit.
func (l *Log) Notify() { l.outbox.Wake(outbox{}) }

// Health returns why the log cannot be written, or nil.
func (l *Log) Health() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.trouble
}

// Close stops reading the outbox, waits until a checkpoint covers the log, and
// releases the log.
func (l *Log) Close(ctx context.Context) error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	close(l.done)
	for _, w := range l.witnesses {
		w.stop()
	}
	l.mu.Unlock()
	l.outbox.Drain(ctx)
	err := l.finish(ctx)
	l.stop()
	l.work.Wait()
	l.release(errClosed)
	if err != nil {
		err = fmt.Errorf("close log: %w", err)
	}
	return errors.Join(err, l.lock.Close())
}

var errClosed = fmt.Errorf("evidence log is closed: %w", dataspace.ErrUnavailable)

// lockDir ensures that only one process writes the log. The lock ends with the
// process.
func lockDir(dir string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Join(dir, ".state"), 0o755); err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, ".state", "writer.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errors.Join(&dataspace.Problem{
			Kind: dataspace.ErrConflict, Code: "log.locked", Place: dir,
			Message: "another process writes this evidence log",
			Hint:    "stop the other gateway, or use another data directory",
		}, f.Close())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock log: %w", err), f.Close())
	}
	return f, nil
}
