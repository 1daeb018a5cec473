package prove_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/prove"
	"hutong/internal/tlog"
)

// grow logs some events of a gateway and returns the index of the last.
func (g *gateway) grow(t *testing.T, n int) (last uint64) {
	t.Helper()
	for range n {
		e := event(t, dataspace.EventStart, dataspace.FlowID("flow-"+strings.ToLower(t.Name())))
		g.record(t, e)
		last = g.await(t, e)
	}
	return last
}

// What the recipient has cosigned is a head of this log, also an old one; and
// the empty tree is the beginning of every log.
func TestMayLeave(t *testing.T) {
	p, c := pair(t)
	first := value[string](t)(c.w.Seen(t.Context(), p.id))
	if want := "provider/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"; first != want {
		t.Fatalf("of a log that it has not seen a witness says %q", first)
	}
	seen := []string{first, ""}
	for range 3 {
		must(t, p.l.AwaitCosigned(t.Context(), p.grow(t, 1), c.w.Key()))
		seen = append(seen, value[string](t)(c.w.Seen(t.Context(), p.id)))
	}
	p.grow(t, 5)
	for _, s := range seen {
		must(t, p.l.MayLeave(t.Context(), c.w.Key(), s))
	}
	wantErr(t, p.l.MayLeave(t.Context(), p.w.Key(), first), dataspace.ErrNotFound, "")
	for _, s := range []string{"nonsense", strings.Replace(first, "provider", "other", 1), first + "\n", seen[2] + "more\n"} {
		wantErr(t, p.l.MayLeave(t.Context(), c.w.Key(), s), dataspace.ErrInvalid, "log.seen")
	}
	must(t, p.l.Contradicted())
}

// A recipient that knows more than this log has, or another beginning, stops
// its own delivery and every other one.
func TestRecipientThatKnowsAnotherHistory(t *testing.T) {
	for _, test := range []struct {
		name, code string
		known      func(*forge) tlog.Checkpoint
	}{
		{"more entries", "log.rollback", func(f *forge) tlog.Checkpoint { f.add(50); return f.head(50) }},
		{"another beginning", "log.fork", func(f *forge) tlog.Checkpoint { f.add(2); return f.head(2) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, c := pair(t)
			third := newGateway(t, "third", func(string) []string { return []string{p.l.Key()} })
			must(t, p.l.SetWitness(t.Context(), third.peer()))
			last := p.grow(t, 5)
			must(t, p.l.AwaitCosigned(t.Context(), last, c.w.Key(), third.w.Key()))
			seen := test.known(newForge(t, p.log, prove.LogName(p.id)))
			wantErr(t, p.l.MayLeave(t.Context(), c.w.Key(), seen.Body()), dataspace.ErrEvidence, test.code)
			wantErr(t, p.l.Contradicted(), dataspace.ErrEvidence, test.code)
			other := value[string](t)(third.w.Seen(t.Context(), p.id))
			err := p.l.MayLeave(t.Context(), third.w.Key(), other)
			wantErr(t, err, dataspace.ErrUnavailable, "log.contradicted")
			if errors.Is(err, dataspace.ErrEvidence) {
				t.Error("a contradiction by somebody else ends a flow for good")
			}
		})
	}
}

// A witness that knows more than the log has says so when it is asked first,
// although nothing new is in the log. Its silence afterwards takes nothing back.
func TestOlderLogIsFoundOutAtOnce(t *testing.T) {
	p, c := strangers(t)
	p.grow(t, 2)
	forge := newForge(t, p.log, prove.LogName(p.id))
	forge.add(5)
	must1(t)(c.w.Add(t.Context(), forge.submission(0, 5)))
	line := &switchable{inner: http.DefaultTransport}
	peer := c.peer()
	peer.Client = &http.Client{Transport: line}
	must(t, p.l.SetWitness(t.Context(), peer))
	until(t, "contradicted", func() bool { return p.l.Contradicted() != nil })
	wantErr(t, p.l.Contradicted(), dataspace.ErrEvidence, "log.rollback")
	line.set(true)
	_, err := p.l.Cosign(t.Context(), peer)
	wantErr(t, err, dataspace.ErrPeerUnreachable, "")
	wantErr(t, p.l.Contradicted(), dataspace.ErrEvidence, "log.rollback")
	// It is the recipient that does not say what it has cosigned.
	wantErr(t, p.l.MayLeave(t.Context(), c.w.Key(), ""), dataspace.ErrUnavailable, "log.contradicted")
}

// A witness that never answers delays a delivery to somebody else once, and not
// long; a recipient that says nothing must have answered as a witness.
func TestSilentWitness(t *testing.T) {
	p, c := pair(t)
	third := newGateway(t, "third", func(string) []string { return []string{p.l.Key()} })
	must(t, p.l.AwaitCosigned(t.Context(), p.grow(t, 1), c.w.Key()))
	hold := make(chan struct{})
	t.Cleanup(func() { close(hold) })
	peer := third.peer()
	peer.Client = &http.Client{Transport: held(hold)}
	must(t, p.l.SetWitness(t.Context(), peer))
	seen := value[string](t)(c.w.Seen(t.Context(), p.id))
	begun := time.Now()
	must(t, p.l.MayLeave(t.Context(), c.w.Key(), seen))
	if took := time.Since(begun); took < time.Second || took > 8*time.Second {
		t.Errorf("a silent witness delays a delivery for %s, want about two seconds", took)
	}
	wantErr(t, p.l.MayLeave(t.Context(), third.w.Key(), ""), dataspace.ErrPeerUnreachable, "")
}

// held is a transport that never answers before it is closed.
type held chan struct{}

// RoundTrip implements http.RoundTripper.
func (h held) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case <-h:
	case <-r.Context().Done():
	}
	return nil, errors.New("no answer")
}
