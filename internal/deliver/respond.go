package deliver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"hutong/internal/dataspace"
)

// response is the answer in progress. It sends nothing before the first leaf is
// ready, so that an early failure still gets a status code.
type response struct {
	http.ResponseWriter
	server  *Server
	control *http.ResponseController
	begun   bool
}

func (w *response) begin(status int) {
	if !w.begun {
		w.begun = true
		w.WriteHeader(status)
	}
}

// unblock makes a hanging write fail when ctx ends. Call release before the
// handler continues: it leaves the connection without a deadline. It returns an
// error for a connection that has no deadlines.
func (w *response) unblock(ctx context.Context) (release func()) {
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		_ = w.control.SetWriteDeadline(time.Unix(1, 0))
	})
	return func() {
		if !stop() {
			<-done
		}
		_ = w.control.SetWriteDeadline(time.Time{})
	}
}

// send writes and flushes at once, so that no byte waits for the next leaf.
func (w *response) send(ctx context.Context, parts ...[]byte) error {
	_ = w.control.SetWriteDeadline(time.Now().Add(stall))
	if cause := context.Cause(ctx); cause != nil { // after the deadline: see unblock
		return cause
	}
	for _, p := range parts {
		if _, err := w.Write(p); err != nil {
			return fmt.Errorf("send delivery: %w: %w", dataspace.ErrPeerUnreachable, err)
		}
	}
	if err := w.control.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("send delivery: %w: %w", dataspace.ErrPeerUnreachable, err)
	}
	return nil
}

// serveLeaves sends frames, starting at the leaf given by ?from. It makes the
// earlier leaves again and skips them. Meanwhile it sends an empty frame now
// and then, so that the recipient does not close the connection.
func (s *Server) serveLeaves(ctx context.Context, w *response, r *http.Request, j job) error {
	from, err := parseFrom(r.URL.Query().Get("from"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/vnd.hutong.leaves")
	if r.Method == http.MethodHead {
		w.begin(http.StatusOK)
		return nil
	}
	if j.grant.Result != nil && from > j.grant.Result.Leaves {
		return beyond(j.grant.Result, from)
	}
	var head [4]byte
	var leaves, size int64
	result, err := produce(ctx, j, func(data []byte, rows int64) error {
		leaves++
		size += int64(len(data))
		if err := s.watch(ctx, j.grant, leaves, rows, size); err != nil {
			return err
		}
		switch {
		case leaves > from:
			w.begin(http.StatusOK)
			return w.send(ctx, frameHead(&head, uint32(len(data))), data)
		case leaves%recheck == 0:
			w.begin(http.StatusOK)
			return w.send(ctx, frameHead(&head, frameWait))
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.record(ctx, j.grant, result); err != nil {
		return err
	}
	if result.Leaves < from {
		return beyond(&result, from)
	}
	trailer, err := json.Marshal(result)
	if err != nil {
		return fmt.Errorf("encode trailer: %w", err)
	}
	w.begin(http.StatusOK)
	if err := w.send(ctx, frameHead(&head, 0), trailer); err != nil {
		return err
	}
	s.Observer.Delivered(j.grant.ID, result)
	return nil
}

func beyond(r *Result, from int64) error {
	return fmt.Errorf("serve delivery: %d leaves, asked from %d: %w", r.Leaves, from, errRange)
}

// record makes the result durable before the recipient can learn it. It refuses
// a later stream with a different result.
func (s *Server) record(ctx context.Context, g *Grant, r Result) error {
	if err := s.Store.SetGrantResult(ctx, g.ID, r); err != nil {
		return fmt.Errorf("record delivery: %w", err)
	}
	return nil
}

// serveBytes sends the plain bytes, all or one range of them. The length of a
// delivery is known only after it was made once, so a range is answered after
// one pass that sends nothing.
func (s *Server) serveBytes(ctx context.Context, w *response, r *http.Request, j job) error {
	tag := entityTag(j.grant)
	h := w.Header()
	h.Set("Content-Type", contentType(j.grant.Plan.Format))
	h.Set("Accept-Ranges", "bytes")
	h.Set("ETag", tag)
	asked, ranged := parseRange(r.Header.Get("Range"))
	if cond := r.Header.Get("If-Range"); cond != "" && cond != tag {
		ranged = false
	}
	if r.Method == http.MethodHead {
		w.begin(http.StatusOK)
		return nil
	}
	if !ranged {
		return s.sendAll(ctx, w, j)
	}
	if j.grant.Result == nil {
		result, err := s.rehearse(ctx, j)
		if err != nil {
			return err
		}
		j.grant.Result = &result
	}
	size := j.grant.Result.Size
	part, ok := asked.within(size)
	if !ok {
		h.Set("Content-Range", fmt.Sprintf("bytes */%d", size))
		return fmt.Errorf("serve delivery: %d bytes: %w", size, errRange)
	}
	h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", part.from, part.to-1, size))
	h.Set("Content-Length", strconv.FormatInt(part.to-part.from, 10))
	setResult(h, *j.grant.Result)
	return s.sendPart(ctx, w, j, part)
}

// rehearse makes the delivery without sending it.
func (s *Server) rehearse(ctx context.Context, j job) (Result, error) {
	var leaves, size int64
	result, err := produce(ctx, j, func(data []byte, rows int64) error {
		leaves++
		size += int64(len(data))
		return s.watch(ctx, j.grant, leaves, rows, size)
	})
	if err != nil {
		return Result{}, err
	}
	return result, s.record(ctx, j.grant, result)
}

// The result is sent as trailers of a complete HTTPData response, whose root is
// known last, and as headers of a partial one.
const (
	trailerRoot   = "Hutong-Root"
	trailerSize   = "Hutong-Size"
	trailerRows   = "Hutong-Rows"
	trailerLeaves = "Hutong-Leaves"
)

func setResult(h http.Header, r Result) {
	h.Set(trailerRoot, string(r.Root))
	h.Set(trailerSize, strconv.FormatInt(r.Size, 10))
	h.Set(trailerRows, strconv.FormatInt(r.Rows, 10))
	h.Set(trailerLeaves, strconv.FormatInt(r.Leaves, 10))
}

func (s *Server) sendAll(ctx context.Context, w *response, j job) error {
	for _, name := range []string{trailerRoot, trailerSize, trailerRows, trailerLeaves} {
		w.Header().Add("Trailer", name)
	}
	var leaves, size int64
	result, err := produce(ctx, j, func(data []byte, rows int64) error {
		leaves++
		size += int64(len(data))
		if err := s.watch(ctx, j.grant, leaves, rows, size); err != nil {
			return err
		}
		w.begin(http.StatusOK)
		return w.send(ctx, data)
	})
	if err != nil {
		return err
	}
	if err := s.record(ctx, j.grant, result); err != nil {
		return err
	}
	w.begin(http.StatusOK)
	setResult(w.Header(), result)
	s.Observer.Delivered(j.grant.ID, result)
	return nil
}

// sendPart sends a range whose length is announced. It holds back the last
// piece until the whole delivery was made and matched the earlier result: a
// recipient that has the announced length takes the data as final.
func (s *Server) sendPart(ctx context.Context, w *response, j job, part span) error {
	var leaves, size int64
	var held []byte
	result, err := produce(ctx, j, func(data []byte, rows int64) error {
		leaves++
		begin := size
		size += int64(len(data))
		if err := s.watch(ctx, j.grant, leaves, rows, size); err != nil {
			return err
		}
		from, to := max(part.from, begin)-begin, min(part.to, size)-begin
		if from >= to {
			return nil
		}
		if len(held) > 0 {
			w.begin(http.StatusPartialContent)
			if err := w.send(ctx, held); err != nil {
				return err
			}
		}
		held = append(held[:0], data[from:to]...)
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.record(ctx, j.grant, result); err != nil {
		return err
	}
	w.begin(http.StatusPartialContent)
	if err := w.send(ctx, held); err != nil {
		return err
	}
	if part.to == result.Size {
		s.Observer.Delivered(j.grant.ID, result)
	}
	return nil
}

// entityTag names the bytes of a grant's stream before they are made: the bytes
// depend only on what is hashed here.
func entityTag(g *Grant) string {
	plan, err := dataspace.CanonicalJSON(g.Plan)
	if err != nil {
		return `"` + string(dataspace.DigestOf([]byte(g.ID))) + `"`
	}
	text := string(g.ID) + "\n" + string(g.Profile.Source.SHA256) + "\n" + g.Recipient + "\n" + string(plan)
	return `"` + string(dataspace.DigestOf([]byte(text)).Short()) + `"`
}

func contentType(format string) string {
	switch format {
	case "csv":
		return "text/csv; charset=utf-8"
	case "jsonl":
		return "application/jsonl"
	case "parquet":
		return "application/vnd.apache.parquet"
	}
	return "application/octet-stream"
}

// refuse answers with a status and a code. The peer gets no more, because the
// message of an error may name columns that the peer must not know.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, id dataspace.TransferID, err error) {
	status, public := http.StatusServiceUnavailable, "deliver.unavailable"
	var p *dataspace.Problem
	switch {
	case errors.Is(err, errRange):
		status, public = http.StatusRequestedRangeNotSatisfiable, "deliver.range"
	case errors.Is(err, dataspace.ErrUnauthenticated):
		status, public = http.StatusUnauthorized, "deliver.token"
		w.Header().Set("WWW-Authenticate", "Bearer")
	case errors.As(err, &p) && p.Code == "deliver.grant.dead", permanent(err):
		status, public = http.StatusGone, "deliver.stopped"
	case errors.Is(err, dataspace.ErrDenied):
		status, public = http.StatusForbidden, code(err)
	case errors.Is(err, dataspace.ErrNotFound):
		status, public = http.StatusNotFound, "deliver.source"
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	s.Log.InfoContext(r.Context(), "delivery refused", slog.Any("transfer", id), slog.Int("status", status), slog.Any("error", err))
	w.Header().Del("Content-Length")
	w.Header().Del("ETag")
	w.Header().Del("Trailer")
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		fmt.Fprintf(w, "{\"code\":%q}\n", public)
	}
}
