package deliver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/element"
)

// recheck is the number of leaves after which a running stream checks whether
// its grant is still active, in case another process ended it.
const recheck = 32

// stall is how long a recipient may take no data before the server closes the
// stream.
const stall = 2 * time.Minute

// Config is what a Server needs. All fields but Elements and Log are required.
type Config struct {
	Store    Store
	Open     OpenSource
	Write    NewWriter
	Keys     Keys
	Observer Observer
	// Elements are the elements that the guard looks for; nil means those that
	// come with the program.
	Elements func() *element.Taxonomy
	Now      func() time.Time
	Log      *slog.Logger
}

func (c *Config) elements() *element.Taxonomy {
	if c.Elements == nil {
		return element.Builtin()
	}
	return c.Elements()
}

// Server serves enforced streams to the holder of a grant's token, at Path(id)
// below its mount point. It is safe for concurrent use. A grant has one stream
// at a time: a new request ends the earlier one, which most likely waits on a
// lost connection. Only this process knows its running streams. Another process
// that serves the same grants does not end them; both follow the stored grant.
type Server struct {
	Config

	mu      sync.Mutex
	closed  bool
	running map[dataspace.TransferID]*run
}

type run struct {
	cancel context.CancelCauseFunc
	done   chan struct{}
}

// NewServer makes a server. It does no I/O.
func NewServer(c Config) *Server {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Server{Config: c, running: map[dataspace.TransferID]*run{}}
}

// Path is the path of a transfer's stream, below the server's mount point.
func Path(id dataspace.TransferID) string { return url.PathEscape(string(id)) }

// Issue stores a grant and returns the token that opens it; the token cannot be
// read again later. Issue for the same transfer replaces the token, as after a
// suspension. It returns dataspace.ErrConflict when the grant was revoked or is
// dead.
func (s *Server) Issue(ctx context.Context, g Grant) (token string, err error) {
	if err := g.check(); err != nil {
		return "", err
	}
	token = newToken()
	if err := s.Store.PutGrant(ctx, g, HashToken(token)); err != nil {
		return "", fmt.Errorf("issue grant %s: %w", g.ID, err)
	}
	s.stop(g.ID, errReplaced)
	return token, nil
}

// Suspend ends a running stream and refuses new ones until the grant is issued
// again.
func (s *Server) Suspend(ctx context.Context, id dataspace.TransferID) error {
	return s.end(ctx, id, GrantSuspended)
}

// Revoke ends a running stream and refuses new ones for ever.
func (s *Server) Revoke(ctx context.Context, id dataspace.TransferID) error {
	return s.end(ctx, id, GrantRevoked)
}

// Interrupt ends running streams; without a name, all. The recipients connect
// again and continue, if OpenSource still allows it.
func (s *Server) Interrupt(ids ...dataspace.TransferID) {
	if len(ids) == 0 {
		s.mu.Lock()
		ids = slices.Collect(maps.Keys(s.running))
		s.mu.Unlock()
	}
	for _, id := range ids {
		s.stop(id, errClosing)
	}
}

func (s *Server) end(ctx context.Context, id dataspace.TransferID, state GrantState) error {
	if err := s.Store.SetGrantState(ctx, id, state, ""); err != nil {
		return fmt.Errorf("end grant %s: %w", id, err)
	}
	s.stop(id, notActive(state))
	return nil
}

// Result returns what the stream of a transfer contains, once it was made
// completely.
func (s *Server) Result(ctx context.Context, id dataspace.TransferID) (Result, bool, error) {
	g, err := s.Store.Grant(ctx, id)
	if err != nil {
		return Result{}, false, fmt.Errorf("find grant %s: %w", id, err)
	}
	if g.Result == nil {
		return Result{}, false, nil
	}
	return *g.Result, true, nil
}

// Close ends all streams and refuses new ones. Recipients connect again when
// another server starts.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	var runs []*run
	for _, r := range s.running {
		runs = append(runs, r)
	}
	s.mu.Unlock()
	for _, r := range runs {
		r.cancel(errClosing)
		<-r.done
	}
	return nil
}

var (
	errReplaced = fmt.Errorf("serve delivery: another request took over: %w", dataspace.ErrPeerUnreachable)
	errClosing  = fmt.Errorf("serve delivery: closing: %w", dataspace.ErrPeerUnreachable)
)

func (s *Server) stop(id dataspace.TransferID, why error) {
	s.mu.Lock()
	r := s.running[id]
	s.mu.Unlock()
	if r != nil {
		r.cancel(why)
		<-r.done
	}
}

// begin makes the caller the only stream of id.
func (s *Server) begin(ctx context.Context, id dataspace.TransferID) (context.Context, func(), error) {
	ctx, cancel := context.WithCancelCause(ctx)
	r := &run{cancel: cancel, done: make(chan struct{})}
	for {
		s.mu.Lock()
		if s.closed {
			s.mu.Unlock()
			cancel(nil)
			return nil, nil, fmt.Errorf("serve delivery: closing: %w", dataspace.ErrUnavailable)
		}
		before := s.running[id]
		if before == nil {
			s.running[id] = r
			s.mu.Unlock()
			break
		}
		s.mu.Unlock()
		before.cancel(errReplaced)
		<-before.done
	}
	return ctx, func() {
		s.mu.Lock()
		delete(s.running, id)
		s.mu.Unlock()
		cancel(nil)
		close(r.done)
	}, nil
}

// ServeHTTP serves GET and HEAD of a delivery.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	g, err := s.authenticate(r)
	if err != nil {
		s.refuse(w, r, "", err)
		return
	}
	ctx, finish, err := s.begin(r.Context(), g.ID)
	if err != nil {
		s.refuse(w, r, g.ID, err)
		return
	}
	defer finish()
	out := &response{ResponseWriter: w, server: s, control: http.NewResponseController(w)}
	release := out.unblock(ctx)
	err = s.serve(ctx, out, r, &g)
	release()
	if err == nil {
		return
	}
	if cause := context.Cause(ctx); cause != nil && !permanent(err) {
		err = cause
	}
	if !errors.Is(err, errRange) {
		s.fail(ctx, g.ID, err)
	}
	if out.begun {
		panic(http.ErrAbortHandler) // a broken stream must not look complete
	}
	s.refuse(w, r, g.ID, err)
}

// authenticate finds the grant of the token, which must be for this path, not
// expired, and active.
func (s *Server) authenticate(r *http.Request) (Grant, error) {
	token := r.Header.Get("Authorization")
	if scheme, rest, ok := strings.Cut(token, " "); ok && strings.EqualFold(scheme, "Bearer") {
		token = strings.TrimSpace(rest)
	}
	if token == "" {
		return Grant{}, fmt.Errorf("authenticate: no token: %w", dataspace.ErrUnauthenticated)
	}
	g, err := s.Store.GrantByToken(r.Context(), HashToken(token))
	if errors.Is(err, dataspace.ErrNotFound) {
		return Grant{}, fmt.Errorf("authenticate: unknown token: %w", dataspace.ErrUnauthenticated)
	}
	if err != nil {
		return Grant{}, fmt.Errorf("authenticate: %w", err)
	}
	if id, err := url.PathUnescape(path.Base(r.URL.EscapedPath())); err != nil || id != string(g.ID) {
		return Grant{}, fmt.Errorf("authenticate: token of another transfer: %w", dataspace.ErrUnauthenticated)
	}
	return g, s.usable(&g)
}

// usable returns why a grant may not be used now, or nil.
func (s *Server) usable(g *Grant) error {
	if g.State != GrantActive {
		return notActive(g.State)
	}
	if !s.Now().Before(g.ExpiresAt) {
		return &dataspace.Problem{Kind: dataspace.ErrDenied, Code: "deliver.grant.expired",
			Message: "the grant has expired", Hint: "ask for the transfer again"}
	}
	return nil
}

func notActive(state GrantState) error {
	return &dataspace.Problem{Kind: dataspace.ErrDenied, Code: "deliver.grant." + string(state),
		Message: "the grant is " + string(state)}
}

// serve makes the stream in the format of the grant.
func (s *Server) serve(ctx context.Context, w *response, r *http.Request, g *Grant) error {
	source, err := s.Open(ctx, g)
	if err != nil {
		return fmt.Errorf("open source: %w", err)
	}
	j := job{grant: g, elements: s.elements(), source: source, keys: s.Keys, write: s.Write}
	if err := j.sameSource(); err != nil {
		return err
	}
	if g.Format == HutongLeaves {
		return s.serveLeaves(ctx, w, r, j)
	}
	return s.serveBytes(ctx, w, r, j)
}

// watch is called for each leaf that was made.
func (s *Server) watch(ctx context.Context, g *Grant, number, rows, bytes int64) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	s.Observer.Progress(g.ID, rows, bytes)
	if number%recheck != 0 {
		return nil
	}
	now, err := s.Store.Grant(ctx, g.ID)
	if err != nil {
		return fmt.Errorf("check grant: %w", err)
	}
	return s.usable(&now)
}

// fail reports the failure to the observer. It marks the grant dead when every
// other attempt would fail the same way; otherwise the recipient would try for
// ever.
func (s *Server) fail(ctx context.Context, id dataspace.TransferID, err error) {
	if permanent(err) {
		// The request may have ended; the failure must be recorded all the
		// same.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		if e := s.Store.SetGrantState(ctx, id, GrantDead, code(err)); e != nil {
			err = errors.Join(err, fmt.Errorf("mark grant %s dead: %w", id, e))
		}
	}
	s.Log.WarnContext(ctx, "delivery stopped", slog.Any("transfer", id), slog.Any("error", err))
	s.Observer.Failed(id, err)
}

// permanent reports whether a stream failed for a reason in the data, so that
// no other attempt can succeed. A grant that is not active is excluded.
func permanent(err error) bool {
	var p *dataspace.Problem
	if errors.As(err, &p) && strings.HasPrefix(p.Code, "deliver.grant.") {
		return false
	}
	return errors.Is(err, dataspace.ErrDenied) || errors.Is(err, dataspace.ErrConflict) || errors.Is(err, dataspace.ErrInvalid)
}

func code(err error) string {
	var p *dataspace.Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return "deliver.failed"
}
