package deliver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"hutong/internal/dataspace"
)

// Request is one delivery to fetch.
type Request struct {
	Endpoint string // URL of the stream
	Token    string
	// RawToken sends the token as the whole Authorization header instead of
	// after "Bearer". Some connectors require this.
	RawToken bool
	Client   *http.Client
	Transfer dataspace.TransferID // the key of what was received so far; required
	Dir      string               // where the file appears
	Name     string               // the file's name in Dir, no path
	Format   string               // HTTPData or HutongLeaves

	// Plan is what was agreed about the columns and the format of the file;
	// required.
	Plan dataspace.Plan
	// Most is the most that the sender said would come; nil if it said nothing.
	Most *Most

	// Progress is called about once a leaf with the bytes held so far; may be
	// nil.
	Progress func(bytes int64)
	// Backoff is the pause before attempt n+1, counted since the last byte
	// arrived; nil means a quarter of a second at first and half a minute at
	// most.
	Backoff func(n int) time.Duration
	// Stall is how long the sender may send nothing before the connection is
	// closed and a new one is made. 0 means two minutes, or 15 for HTTPData,
	// where the sender sends nothing while it makes a resumed stream again.
	Stall time.Duration
}

// Pull fetches a delivery until it is complete, publishes it as Dir/Name in one
// step and returns the result after comparing its tree with the sender's.
//
// It continues from what an earlier Pull of the same transfer left, however
// that ended, and tries again while the other side cannot be reached, until ctx
// ends. A call after completion returns the same Result.
//
// A delivery that does not follow the plan, or is more than Most, is removed before
// anything of it is visible: ErrNotAgreed.
//
// Errors: dataspace.ErrPeerUnreachable (with the context's) when ctx ended;
// ErrUnauthenticated, ErrDenied, ErrNotFound, ErrInvalid for what the other
// side refuses or sends; ErrUnavailable for this side's disk. ErrConflict when
// Dir/Name already exists or another Pull is running; ErrEvidence when the
// received data did not match the sender's tree twice. After any error nothing
// is visible under the final name.
func Pull(ctx context.Context, req Request) (_ Result, err error) {
	if err := req.check(); err != nil {
		return Result{}, err
	}
	l, err := openDownload(&req)
	if err != nil {
		return Result{}, fmt.Errorf("fetch delivery: %w", err)
	}
	defer func() { err = errors.Join(err, l.close()) }()
	if l.done == nil {
		if err := req.fetch(ctx, l); err != nil {
			if errors.Is(err, ErrNotAgreed) {
				err = errors.Join(err, Clean(req.Dir, req.Name))
			}
			return Result{}, fmt.Errorf("fetch delivery: %w", err)
		}
	} else if err := l.rename(); err != nil {
		return Result{}, fmt.Errorf("fetch delivery: %w", err)
	}
	return *l.done, nil
}

func (req *Request) check() error {
	bad := func(what string) error {
		return fmt.Errorf("fetch delivery: %s: %w", what, dataspace.ErrInvalid)
	}
	u, err := url.Parse(req.Endpoint)
	switch {
	case err != nil || (u.Scheme != "http" && u.Scheme != "https"):
		return bad("endpoint is not an HTTP URL")
	case req.Transfer == "":
		return bad("no transfer id")
	case req.Name == "" || req.Name != filepath.Base(req.Name) || strings.HasPrefix(req.Name, ".") || len(req.Name) > 200:
		return bad("file name is not a plain name")
	case req.Format != HTTPData && req.Format != HutongLeaves:
		return bad("unknown format " + strconv.Quote(req.Format))
	case len(leaving(req.Plan)) == 0:
		return bad("no plan")
	}
	if req.Client == nil {
		req.Client = http.DefaultClient
	}
	if req.Backoff == nil {
		req.Backoff = func(n int) time.Duration { return min(250*time.Millisecond<<min(n, 10), 30*time.Second) }
	}
	if req.Progress == nil {
		req.Progress = func(int64) {}
	}
	if req.Stall == 0 {
		req.Stall = stall
		if req.Format == HTTPData {
			req.Stall = 15 * time.Minute
		}
	}
	return nil
}

// errMismatch says that the received data differs from the sent data, or that
// the sender does not have the resume point. Pull then starts again from the
// beginning, once.
var errMismatch = errors.New("the received data differs from the sent data")

// fetch tries until the delivery is published or can never be.
func (req *Request) fetch(ctx context.Context, l *download) error {
	mismatches := 0
	for n := 0; ; n++ {
		before := l.held()
		got, err := req.once(ctx, l)
		if err == nil {
			if err := req.examine(ctx, l.part, *got); err != nil {
				return errors.Join(err, l.sync())
			}
			return l.publish(*got)
		}
		switch {
		case errors.Is(err, errMismatch):
			if mismatches++; mismatches > 1 {
				return errors.Join(fmt.Errorf("%w: %w", dataspace.ErrEvidence, err), l.reset())
			}
			if err := l.reset(); err != nil {
				return err
			}
			continue
		case !errors.Is(err, dataspace.ErrPeerUnreachable):
			return errors.Join(err, l.sync())
		}
		if err := l.sync(); err != nil {
			return err
		}
		if l.held() > before {
			n = 0
		}
		if !wait(ctx, req.Backoff(n)) {
			return fmt.Errorf("%w: %w", context.Cause(ctx), err)
		}
	}
}

func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return ctx.Err() == nil
	}
}

// once makes one connection. dataspace.ErrPeerUnreachable means: try again.
func (req *Request) once(ctx context.Context, l *download) (*Result, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silent := time.AfterFunc(req.Stall, func() { cancel(fmt.Errorf("the other side sends nothing")) })
	defer silent.Stop()
	resp, err := req.get(ctx, l)
	if err != nil {
		return nil, unreachable(err)
	}
	defer resp.Body.Close()
	if err := refused(resp); err != nil {
		return nil, err
	}
	resp.Body = &watched{ReadCloser: resp.Body, timer: silent, every: req.Stall}
	if req.Format == HutongLeaves {
		return req.takeLeaves(resp, l)
	}
	return req.takeBytes(resp, l)
}

// watched is a reader that restarts the timer whenever data arrives.
type watched struct {
	io.ReadCloser
	timer *time.Timer
	every time.Duration
}

// Read implements io.Reader.
func (h *watched) Read(p []byte) (int, error) {
	n, err := h.ReadCloser.Read(p)
	if n > 0 {
		h.timer.Reset(h.every)
	}
	return n, err
}

func (req *Request) get(ctx context.Context, l *download) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, req.Endpoint, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+req.Token)
	if req.RawToken {
		r.Header.Set("Authorization", req.Token)
	}
	r.Header.Set("Accept-Encoding", "identity") // the hash is over the unencoded bytes
	switch {
	case l.held() == 0:
	case req.Format == HutongLeaves:
		q := r.URL.Query()
		q.Set("from", strconv.FormatInt(l.held(), 10))
		r.URL.RawQuery = q.Encode()
	case l.tag != "":
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-", l.held()*LeafSize))
		r.Header.Set("If-Range", l.tag)
	}
	return req.Client.Do(r)
}

func (req *Request) takeLeaves(resp *http.Response, l *download) (*Result, error) {
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("unexpected status %d: %w", resp.StatusCode, dataspace.ErrInvalid)
	}
	f := frames{r: resp.Body, waits: l.held()}
	for {
		data, trailer, err := f.next()
		if errors.Is(err, dataspace.ErrInvalid) {
			return nil, err
		}
		if err != nil {
			return nil, unreachable(err)
		}
		if trailer != nil {
			return compare(l.whole(trailer.Rows), *trailer)
		}
		if err := req.take(l, data); err != nil {
			return nil, err
		}
	}
}

// take adds the next leaf, if there may be so much.
func (req *Request) take(l *download, data []byte) error {
	if req.Most != nil && l.held()*LeafSize+int64(len(data)) > req.Most.Bytes {
		return tooLarge(req.Most.Bytes)
	}
	if err := l.room(len(data)); err != nil {
		return err
	}
	if err := l.add(data); err != nil {
		return err
	}
	req.Progress(l.held()*LeafSize + int64(len(l.tail)))
	return nil
}

func compare(got, want Result) (*Result, error) {
	if got != want {
		return nil, fmt.Errorf("%w: root %s, expected %s", errMismatch, got.Root.Short(), want.Root.Short())
	}
	return &got, nil
}

// takeBytes takes the plain bytes of any sender. If the sender does not send
// the root, the transport alone shows that the body is complete.
func (req *Request) takeBytes(resp *http.Response, l *download) (*Result, error) {
	switch resp.StatusCode {
	case http.StatusOK:
		if err := l.reset(); err != nil {
			return nil, err
		}
		if tag := resp.Header.Get("ETag"); strings.HasPrefix(tag, `"`) {
			l.setTag(tag)
		}
	case http.StatusPartialContent:
		if begin := fmt.Sprintf("bytes %d-", l.held()*LeafSize); l.held() == 0 || !strings.HasPrefix(resp.Header.Get("Content-Range"), begin) {
			return nil, fmt.Errorf("the answer has a different range than requested: %w", errMismatch)
		}
	default:
		return nil, fmt.Errorf("unexpected status %d: %w", resp.StatusCode, dataspace.ErrInvalid)
	}
	buf := make([]byte, LeafSize)
	for {
		n, err := fill(resp.Body, buf)
		if err != nil && err != io.EOF {
			return nil, unreachable(err)
		}
		if n > 0 {
			if err := req.take(l, buf[:n]); err != nil {
				return nil, err
			}
		}
		if err == io.EOF {
			return compareAnnounced(resp, l)
		}
	}
}

// fill reads until buf is full or the body ends. Unlike io.ReadFull it
// distinguishes an end (io.EOF) from a broken connection.
func fill(r io.Reader, buf []byte) (n int, err error) {
	for n < len(buf) && err == nil {
		var more int
		more, err = r.Read(buf[n:])
		n += more
	}
	return n, err
}
