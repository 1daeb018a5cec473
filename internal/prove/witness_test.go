package prove_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"

	"hutong/internal/dataspace"
	"hutong/internal/prove"
	"hutong/internal/tlog"
)

func TestTwoLogsWitnessEachOther(t *testing.T) {
	p, c := pair(t)
	for _, g := range []struct{ own, other *gateway }{{p, c}, {c, p}} {
		for i := range 3 {
			e := event(t, dataspace.EventStart, dataspace.FlowID(fmt.Sprintf("flow-%d", i)))
			g.own.record(t, e)
			index := g.own.await(t, e)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			must(t, g.own.l.AwaitCosigned(ctx, index, g.other.w.Key()))
			cancel()
		}
		signed, err := g.own.store.Cosigned(t.Context(), g.other.w.Key())
		must(t, err)
		// Both signatures verify with the code of other projects.
		logKey, err := note.NewVerifier(g.own.l.Key())
		must(t, err)
		witness, err := torchwood.NewCosignatureVerifier(g.other.w.Key())
		must(t, err)
		policy := torchwood.ThresholdPolicy(3, torchwood.OriginPolicy(prove.LogName(g.own.id)), torchwood.SingleVerifierPolicy(logKey), torchwood.SingleVerifierPolicy(witness))
		head, _, err := torchwood.VerifyCheckpoint(signed, policy)
		must(t, err)
		if head.N != 3 {
			t.Fatalf("cosigned size %d, want 3", head.N)
		}
	}
}

// A log that grows is shown to its witnesses also when no caller waits.
func TestWitnessIsShownAGrowingLog(t *testing.T) {
	p, c := pair(t)
	e := event(t, dataspace.EventStart, "flow-1")
	p.record(t, e)
	p.await(t, e)
	until(t, "witnessed", func() bool {
		head, err := c.store.Witnessed(t.Context(), prove.LogName(p.id))
		must(t, err)
		return head.Size == 1
	})
}

// An unreachable peer delays only the callers that wait for it, and is found
// again.
func TestWitnessThatIsDown(t *testing.T) {
	p, c := pair(t)
	down := &switchable{inner: http.DefaultTransport}
	down.set(true)
	peer := c.peer()
	peer.Client = &http.Client{Transport: down}
	must(t, p.l.SetWitness(t.Context(), peer))
	e := event(t, dataspace.EventStart, "flow-1")
	p.record(t, e)
	index := p.await(t, e)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	wantErr(t, p.l.AwaitCosigned(ctx, index, c.w.Key()), dataspace.ErrPeerUnreachable, "")
	down.set(false)
	ctx, cancel = context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	must(t, p.l.AwaitCosigned(ctx, index, c.w.Key()))
	wantErr(t, p.l.AwaitCosigned(ctx, index, p.w.Key()), dataspace.ErrNotFound, "")
}

// A caller that does not wait is called once when the witness has cosigned, and
// also when the witness was replaced.
func TestWhenCosigned(t *testing.T) {
	p, c := pair(t)
	down := &switchable{inner: http.DefaultTransport}
	down.set(true)
	peer := c.peer()
	peer.Client = &http.Client{Transport: down}
	must(t, p.l.SetWitness(t.Context(), peer))
	e := event(t, dataspace.EventStart, "flow-1")
	p.record(t, e)
	index := p.await(t, e)
	called := make(chan string, 10)
	ask := func(who string) bool {
		t.Helper()
		done, err := p.l.WhenCosigned(index, c.w.Key(), who, func() { called <- who })
		must(t, err)
		return done
	}
	if ask("a") || ask("b") || ask("a") {
		t.Fatal("a witness that is down has cosigned")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	wantErr(t, p.l.AwaitCosigned(ctx, index, c.w.Key()), dataspace.ErrPeerUnreachable, "")
	if p.l.Answers(c.w.Key()) {
		t.Error("a witness that is down answers")
	}
	must(t, p.l.SetWitness(t.Context(), peer)) // its address has changed, say
	if got := <-called + <-called; got != "ab" && got != "ba" {
		t.Errorf("called for %q when the witness was replaced", got)
	}
	if ask("c") {
		t.Fatal("a witness that is down has cosigned")
	}
	down.set(false)
	if got := <-called; got != "c" {
		t.Errorf("called for %q when the witness had cosigned", got)
	}
	if !ask("d") || !p.l.Answers(c.w.Key()) {
		t.Error("the witness has not cosigned")
	}
	select {
	case got := <-called:
		t.Errorf("called once more for %q", got)
	default:
	}
	_, err := p.l.WhenCosigned(index, p.w.Key(), "e", func() { t.Error("called by a stranger") })
	wantErr(t, err, dataspace.ErrNotFound, "")
	if p.l.Answers(p.w.Key()) {
		t.Error("a stranger answers")
	}
}

type switchable struct {
	inner http.RoundTripper
	mu    sync.Mutex
	down  bool
}

func (s *switchable) set(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

func (s *switchable) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	down := s.down
	s.mu.Unlock()
	if down {
		return nil, errors.New("connection refused")
	}
	return s.inner.RoundTrip(r)
}

// The witness refuses a log that lost its end, and the log reports it itself.
func TestRolledBackLog(t *testing.T) {
	p, c := strangers(t)
	forge := newForge(t, p.log, prove.LogName(p.id))
	forge.add(5)
	must1(t)(c.w.Add(t.Context(), forge.submission(0, 5)))
	_, err := p.l.Cosign(t.Context(), c.peer())
	wantErr(t, err, dataspace.ErrEvidence, "log.rollback")
}

// A log that shows the same size with another content is refused, counted, and
// reported.
func TestForkedLog(t *testing.T) {
	p, c := strangers(t)
	forge := newForge(t, p.log, prove.LogName(p.id))
	forge.add(2)
	must1(t)(c.w.Add(t.Context(), forge.submission(0, 2)))
	a, b := event(t, dataspace.EventStart, "flow-1"), event(t, dataspace.EventStart, "flow-2")
	p.record(t, a, b)
	index := p.await(t, a, b)
	must(t, p.l.SetWitness(t.Context(), c.peer()))
	wantErr(t, p.l.AwaitCosigned(t.Context(), index, c.w.Key()), dataspace.ErrEvidence, "log.fork")
	wantErr(t, p.l.Contradicted(), dataspace.ErrEvidence, "log.fork")
	if len(c.forks) == 0 || !c.forks[0].Proven || c.forks[0].Seen.Size != 2 {
		t.Fatalf("forks %+v, want one proven at size 2", c.forks)
	}
}

// A larger tree that does not continue the cosigned one is refused.
func TestLogThatDoesNotContinue(t *testing.T) {
	p, c := strangers(t)
	forge := newForge(t, p.log, prove.LogName(p.id))
	forge.add(1)
	must1(t)(c.w.Add(t.Context(), forge.submission(0, 1)))
	a, b := event(t, dataspace.EventStart, "flow-1"), event(t, dataspace.EventStart, "flow-2")
	p.record(t, a, b)
	index := p.await(t, a, b)
	must(t, p.l.SetWitness(t.Context(), c.peer()))
	wantErr(t, p.l.AwaitCosigned(t.Context(), index, c.w.Key()), dataspace.ErrEvidence, "log.fork")
	wantErr(t, p.l.Contradicted(), dataspace.ErrEvidence, "log.fork")
	if len(c.forks) == 0 || c.forks[0].Proven {
		t.Fatalf("forks %+v, want one that is not proven", c.forks)
	}
}

func TestAddCheckpointAnswers(t *testing.T) {
	c := newGateway(t, "consumer", nil)
	key := newKey(t)
	name := "provider/log"
	log := newForge(t, key, name)
	log.add(10)
	other := newForge(t, key, name)
	other.entry = "other"
	other.add(10)
	stranger := newForge(t, newKey(t), "stranger/log")
	stranger.add(1)
	impostor := newForge(t, newKey(t), name)
	impostor.add(10)
	vkey := value[tlog.Key](t)(tlog.NewKey(name, tlog.Ed25519, key.Public()))
	w, err := prove.NewWitness(prove.WitnessConfig{Gateway: "consumer", Key: c.witness, Store: c.store, Clock: func() time.Time { return time.Unix(1234, 0) },
		Logger: c.config().Logger,
		LogKeys: func(_ context.Context, origin string) ([]string, error) {
			if origin != name {
				return nil, dataspace.ErrNotFound
			}
			return []string{vkey.String()}, nil
		}})
	must(t, err)
	bad := log.submission(4, 7)
	bad = bytes.Replace(bad, []byte("\n"), []byte("\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"), 1)
	for _, step := range []struct {
		name   string
		body   []byte
		status int
		answer string
	}{
		{"first", log.submission(0, 4), 200, "— consumer/witness "},
		{"again", log.submission(0, 4), 409, "4\n"},
		{"same", log.submission(4, 4), 200, "— consumer/witness "},
		{"same-other-root", other.submission(4, 4), 409, "another tree"},
		{"bad-proof", bad, 422, ""},
		{"fork", other.submission(4, 7), 422, ""},
		{"grow", log.submission(4, 7), 200, "— consumer/witness "},
		{"stale", log.submission(4, 7), 409, "7\n"},
		{"rollback", log.submission(2, 4), 409, "7\n"},
		{"old-beyond-new", bytes.Replace(log.submission(7, 9), []byte("old 7"), []byte("old 10"), 1), 400, ""},
		{"unknown-log", stranger.submission(0, 1), 404, ""},
		{"foreign-key", impostor.submission(7, 10), 403, ""},
		{"garbage", []byte("old"), 400, ""},
		{"empty", nil, 400, ""},
		{"grow-on", log.submission(7, 10), 200, "— consumer/witness "},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/add-checkpoint", bytes.NewReader(step.body))
		must(t, err)
		rec := recorder{header: http.Header{}}
		w.Handler().ServeHTTP(&rec, req)
		if rec.status != step.status || !strings.HasPrefix(rec.body.String(), step.answer) {
			t.Errorf("%s: status %d %q, want %d %q", step.name, rec.status, rec.body.String(), step.status, step.answer)
		}
		if sized := rec.header.Get("Content-Type") == "text/x.tlog.size"; sized != (step.status == 409 && step.name != "same-other-root") {
			t.Errorf("%s: content type %q", step.name, rec.header.Get("Content-Type"))
		}
	}
}

type recorder struct {
	header http.Header
	status int
	body   strings.Builder
}

func (r *recorder) Header() http.Header { return r.header }
func (r *recorder) WriteHeader(s int)   { r.status = s }
func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = 200
	}
	return r.body.Write(b)
}

// Of many checkpoints at the same time, none can move the witness back.
func TestWitnessIsAtomic(t *testing.T) {
	key := newKey(t)
	log := newForge(t, key, "provider/log")
	log.add(40)
	vkey := value[tlog.Key](t)(tlog.NewKey("provider/log", tlog.Ed25519, key.Public()))
	c := newGateway(t, "consumer", func(string) []string { return []string{vkey.String()} })
	must1(t)(c.w.Add(t.Context(), log.submission(0, 1)))
	var mu sync.Mutex
	var signed []uint64
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for size := uint64(2 + i); size <= 40; size += 3 {
				for {
					seen, err := c.store.Witnessed(t.Context(), "provider/log")
					if err != nil || seen.Size >= size {
						break
					}
					if _, err := c.w.Add(t.Context(), log.submission(seen.Size, size)); err == nil {
						mu.Lock()
						signed = append(signed, size)
						mu.Unlock()
						break
					}
				}
			}
		})
	}
	wg.Wait()
	head, err := c.store.Witnessed(t.Context(), "provider/log")
	must(t, err)
	if head != log.head(40) {
		t.Fatalf("witness stands at %d, want 40", head.Size)
	}
	once := map[uint64]int{}
	for _, s := range signed {
		if once[s]++; once[s] > 1 {
			t.Fatalf("size %d was cosigned from two places", s)
		}
	}
}

// The witness's HTTP status alone is not trusted: a cosignature by another key
// or over another tree does not count.
func TestForgedCosignature(t *testing.T) {
	p, c := pair(t)
	e := event(t, dataspace.EventStart, "flow-1")
	p.record(t, e)
	p.await(t, e)
	peer := c.peer()
	peer.Client = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		must(t, err)
		s, err := tlog.ParseSubmission(body)
		must(t, err)
		foreign := newKey(t)
		k := value[tlog.Key](t)(tlog.NewKey(prove.WitnessName(c.id), tlog.CosignatureV1, foreign.Public()))
		sig := value[tlog.Signature](t)(tlog.Cosign(k, foreign, s.Checkpoint, 1))
		return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(sig.String())), Request: r}, nil
	})}
	_, err := p.l.Cosign(t.Context(), peer)
	wantErr(t, err, dataspace.ErrDenied, "")
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func must1(t testing.TB) func(tlog.Signature, error) {
	return func(_ tlog.Signature, err error) {
		t.Helper()
		must(t, err)
	}
}
