package systest_test

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/sample"
)

// TestOlderDirectory puts an older data directory back, whole and without a
// contradiction in it. Only the other gateway knows that there was more: the
// gateway must not deliver anything that it could never prove.
func TestOlderDirectory(t *testing.T) {
	w := newWorld(t)
	path := w.write(sample.Support)
	w.complete(w.send(w.sending(path)))
	w.here.stop()
	older, newest := filepath.Join(t.TempDir(), "older"), filepath.Join(t.TempDir(), "newest")
	copyDir(t, older, w.here.data)
	w.here.start()
	w.complete(w.send(w.sending(path)))
	w.here.stop()
	copyDir(t, newest, w.here.data)
	before := w.delivered(lion)

	copyDir(t, w.here.data, older)
	w.here.start()
	f := w.refused(w.send(w.sending(path)))
	if status, text := w.here.ready(); status != http.StatusServiceUnavailable || !strings.Contains(text, "log.rollback") || !strings.Contains(text, "singapore") {
		t.Errorf("/readyz answers %d: %s", status, text)
	}
	if now := w.delivered(lion); len(now) != len(before) {
		t.Fatalf("%v was delivered, before it was %v", now, before)
	}
	for id, kinds := range checkLog(t, w.here.data) {
		if id == f.ID {
			for _, k := range kinds {
				if k == dataspace.EventStart {
					t.Error("the log has a delivery that began")
				}
			}
		}
	}

	// The same while the other side is not there at the start: then the request
	// for the transfer says what it has cosigned.
	w.far.stop()
	w.here.stop()
	copyDir(t, w.here.data, older)
	w.here.start()
	if status, text := w.here.ready(); status != http.StatusOK {
		t.Errorf("a gateway that nobody contradicts is not ready: %d %s", status, text)
	}
	f = w.send(w.sending(path))
	w.far.start()
	w.refused(f)
	if now := w.delivered(lion); len(now) != len(before) {
		t.Fatalf("%v was delivered, before it was %v", now, before)
	}

	// With the newest directory everything goes on.
	w.here.stop()
	copyDir(t, w.here.data, newest)
	w.here.start()
	here, far := w.complete(w.send(w.sending(path)))
	w.verify(here, far)
	if status, text := w.here.ready(); status != http.StatusOK {
		t.Errorf("not ready with the newest directory: %d %s", status, text)
	}
}

// refused waits until a flow has ended because the recipient knows more of the
// log than this gateway has.
func (w *world) refused(f flowView) flowView {
	w.t.Helper()
	f = w.here.settle(f.ID)
	if f.State != dataspace.Failed || f.Trouble == nil || f.Trouble.Code != "log.rollback" || !strings.Contains(f.Trouble.Message, "singapore") {
		w.t.Fatalf("the flow is %s, with %+v\n%s", f.State, f.Trouble, w.here.tail())
	}
	return f
}

// copyDir makes to a copy of from.
func copyDir(t *testing.T, to, from string) {
	t.Helper()
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	// With the permissions, which the gateway looks at.
	if out, err := exec.Command("cp", "-a", from, to).CombinedOutput(); err != nil {
		t.Fatalf("copy %s: %v\n%s", from, err, out)
	}
}

// ready is the answer of /readyz.
func (g *gatewayProcess) ready() (status int, text string) {
	g.t.Helper()
	resp, err := g.http.Get("https://" + g.management + "/readyz")
	if err != nil {
		g.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		g.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}
