package prove

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/tlog"
)

// maxSubmission is larger than a full proof with a note.
const maxSubmission = 96 << 10

// Fork is a checkpoint, signed by a log, that was refused because it
// contradicts what the log showed before.
type Fork struct {
	Seen  tlog.Checkpoint // what we cosigned
	Shown []byte          // signed note that was refused
	// Proven is true where the log signed two roots for one size: evidence
	// against its operator. Otherwise the consistency proof failed; the fault
	// may also be that of the sender.
	Proven bool
}

// WitnessConfig is what a Witness needs.
type WitnessConfig struct {
	Gateway dataspace.GatewayID
	Key     crypto.Signer // Ed25519, of this purpose only
	Store   WitnessStore
	// LogKeys returns the vkeys with which the log of this origin may sign,
	// ErrNotFound if it is not the log of a peer.
	LogKeys func(ctx context.Context, origin string) ([]string, error)
	Clock   func() time.Time
	Logger  *slog.Logger
	// OnFork is called for each contradiction, to count it. May be nil.
	OnFork func(Fork)
}

// Witness cosigns the logs of peers: it signs a tree head only if that
// continues the last one it signed. It implements C2SP tlog-witness.
type Witness struct {
	cfg WitnessConfig
	key tlog.Key
}

// NewWitness makes a witness.
func NewWitness(cfg WitnessConfig) (*Witness, error) {
	key, err := tlog.NewKey(WitnessName(cfg.Gateway), tlog.CosignatureV1, cfg.Key.Public())
	if err != nil {
		return nil, fmt.Errorf("make witness: %w", err)
	}
	return &Witness{cfg: cfg, key: key}, nil
}

// Key is the vkey of the witness.
func (w *Witness) Key() string { return w.key.String() }

// Handler serves POST /add-checkpoint.
func (w *Witness) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /add-checkpoint", w.serve)
	return mux
}

func (w *Witness) serve(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, maxSubmission))
	if err != nil {
		http.Error(rw, "request too large", http.StatusRequestEntityTooLarge)
		return
	}
	sig, err := w.Add(r.Context(), body)
	var stale *staleError
	switch {
	case err == nil:
		rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(rw, sig.String()) // the client went away
	case errors.As(err, &stale):
		rw.Header().Set("Content-Type", "text/x.tlog.size")
		rw.WriteHeader(http.StatusConflict)
		_, _ = fmt.Fprintf(rw, "%d\n", stale.size)
	case errors.Is(err, dataspace.ErrInvalid):
		http.Error(rw, "malformed request", http.StatusBadRequest)
	case errors.Is(err, dataspace.ErrNotFound):
		http.Error(rw, "unknown log", http.StatusNotFound)
	case errors.Is(err, dataspace.ErrDenied):
		http.Error(rw, "no signature by a known key of the log", http.StatusForbidden)
	case errors.Is(err, dataspace.ErrConflict):
		http.Error(rw, "another tree of the same size was cosigned", http.StatusConflict)
	case errors.Is(err, dataspace.ErrEvidence):
		http.Error(rw, "consistency proof does not verify", http.StatusUnprocessableEntity)
	default:
		w.cfg.Logger.ErrorContext(r.Context(), "witness checkpoint", slog.Any("error", err))
		http.Error(rw, "internal error", http.StatusInternalServerError)
	}
}

// staleError says that the submission does not start at our size.
type staleError struct{ size uint64 }

func (e *staleError) Error() string { return fmt.Sprintf("checkpoint %d was cosigned last", e.size) }

// Unwrap marks the error as one after which a new attempt from our size may
// succeed.
func (e *staleError) Unwrap() error { return dataspace.ErrStale }

// Add handles the body of one request: it checks that the checkpoint continues
// the log, makes that durable, and cosigns it. The errors wrap ErrInvalid,
// ErrNotFound (unknown log), ErrDenied (not signed by it), ErrStale (it does
// not start at our size), ErrConflict (another root) or ErrEvidence (the proof
// fails).
func (w *Witness) Add(ctx context.Context, body []byte) (tlog.Signature, error) {
	s, err := tlog.ParseSubmission(body)
	if err != nil {
		return tlog.Signature{}, err
	}
	next := s.Checkpoint.Checkpoint
	if err := w.known(ctx, s.Checkpoint); err != nil {
		return tlog.Signature{}, err
	}
	if s.Old > next.Size {
		return tlog.Signature{}, fmt.Errorf("witness %s: old size %d of %d: %w", next.Origin, s.Old, next.Size, dataspace.ErrInvalid)
	}
	seen, err := w.cfg.Store.Witnessed(ctx, next.Origin)
	if err != nil {
		return tlog.Signature{}, err
	}
	if seen.Size != s.Old {
		return tlog.Signature{}, &staleError{seen.Size}
	}
	if seen.Size > 0 && seen.Size == next.Size && seen.Root != next.Root {
		w.fork(ctx, seen, s.Checkpoint, true)
		return tlog.Signature{}, fmt.Errorf("witness %s: two trees of size %d: %w", next.Origin, next.Size, dataspace.ErrConflict)
	}
	if err := tlog.CheckConsistency(seen, next, s.Proof); err != nil {
		w.fork(ctx, seen, s.Checkpoint, false)
		return tlog.Signature{}, fmt.Errorf("witness %s: %w", next.Origin, err)
	}
	if seen != next {
		if err := w.cfg.Store.SetWitnessed(ctx, seen, next); errors.Is(err, dataspace.ErrStale) {
			now, err := w.cfg.Store.Witnessed(ctx, next.Origin)
			if err != nil {
				return tlog.Signature{}, err
			}
			return tlog.Signature{}, &staleError{now.Size}
		} else if err != nil {
			return tlog.Signature{}, err
		}
	}
	return tlog.Cosign(w.key, w.cfg.Key, s.Checkpoint, w.cfg.Clock().Unix())
}

// known checks that a key of the log signed the checkpoint.
func (w *Witness) known(ctx context.Context, c tlog.SignedCheckpoint) error {
	vkeys, err := w.cfg.LogKeys(ctx, c.Origin)
	if err != nil {
		return fmt.Errorf("witness %s: %w", c.Origin, err)
	}
	for _, v := range vkeys {
		k, err := tlog.ParseKey(v)
		if err != nil {
			// Not wrapped: the error is ours and not that of the request.
			return fmt.Errorf("witness %s: key of the log: %v", c.Origin, err)
		}
		if _, ok := c.By(k); ok {
			return nil
		}
	}
	return fmt.Errorf("witness %s: not signed by a known key: %w", c.Origin, dataspace.ErrDenied)
}

// fork reports a checkpoint that contradicts what was cosigned.
func (w *Witness) fork(ctx context.Context, seen tlog.Checkpoint, shown tlog.SignedCheckpoint, proven bool) {
	w.cfg.Logger.ErrorContext(ctx, "refuse checkpoint of a peer that contradicts its log",
		slog.String("origin", seen.Origin), slog.Bool("proven", proven),
		slog.Uint64("seen_size", seen.Size), slog.String("seen_root", seen.Root.Hex()), slog.Uint64("shown_size", shown.Size), slog.String("shown_root", shown.Root.Hex()))
	if w.cfg.OnFork != nil {
		w.cfg.OnFork(Fork{Seen: seen, Shown: shown.Bytes(), Proven: proven})
	}
}
