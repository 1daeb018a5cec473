package deliver_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/deliver"
)

func (w *world) do(header map[string]string) *http.Response {
	w.t.Helper()
	r, err := http.NewRequest(http.MethodGet, w.web.URL+"/data/"+deliver.Path(w.grant.ID), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+w.token)
	for k, v := range header {
		r.Header.Set(k, v)
	}
	resp, err := w.web.Client().Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	return resp
}

func (w *world) get(header map[string]string) (int, string) {
	w.t.Helper()
	resp := w.do(header)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func TestTokens(t *testing.T) {
	w := newWorld(t, members(1000), deliver.HTTPData)
	other := w.grant
	other.ID = "urn:uuid:t/2"
	foreign, err := w.server.Issue(context.Background(), other)
	if err != nil {
		t.Fatal(err)
	}
	old := w.token
	w.issue()
	cases := map[string]struct {
		token string
		want  int
	}{
		"bearer":   {"Bearer " + w.token, 200},
		"lower":    {"bearer " + w.token, 200},
		"raw":      {w.token, 200},
		"none":     {"", 401},
		"wrong":    {"Bearer x" + w.token, 401},
		"foreign":  {"Bearer " + foreign, 401},
		"replaced": {"Bearer " + old, 401},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			status, body := w.get(map[string]string{"Authorization": c.token})
			if status != c.want || (status == 200) != (body == string(w.want)) {
				t.Errorf("status %d, want %d; body %.60q", status, c.want, body)
			}
		})
	}
	for hash := range w.store.tokens {
		if hash == deliver.TokenHash([]byte(w.token)[:32]) {
			t.Error("the token is in the store")
		}
	}
}

func TestStates(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, members(1000), deliver.HTTPData)
	expect := func(what string, want int, code string) {
		t.Helper()
		if status, body := w.get(nil); status != want || !strings.Contains(body, code) {
			t.Errorf("%s: status %d, body %.80q", what, status, body)
		}
	}
	expect("active", 200, "")
	if err := w.server.Suspend(ctx, w.grant.ID); err != nil {
		t.Fatal(err)
	}
	expect("suspended", 403, "deliver.grant.suspended")
	w.issue()
	expect("resumed", 200, "")
	w.now = w.grant.ExpiresAt
	expect("expired", 403, "deliver.grant.expired")
	if _, err := deliver.Pull(ctx, w.request(t.TempDir())); !errors.Is(err, dataspace.ErrDenied) {
		t.Errorf("pull of an expired grant: %v", err)
	}
	w.now = w.now.Add(-time.Minute)
	if err := w.server.Revoke(ctx, w.grant.ID); err != nil {
		t.Fatal(err)
	}
	expect("revoked", 403, "deliver.grant.revoked")
	if _, err := w.server.Issue(ctx, w.grant); !errors.Is(err, dataspace.ErrConflict) {
		t.Errorf("issue after revoke: %v", err)
	}
	if err := w.server.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestSuspendRunning(t *testing.T) {
	w := newWorld(t, members(8<<20), deliver.HutongLeaves)
	req := w.request(t.TempDir())
	suspended := false
	req.Progress = func(bytes int64) {
		if !suspended {
			suspended = true
			if err := w.server.Suspend(context.Background(), w.grant.ID); err != nil {
				t.Error(err)
			}
		}
	}
	_, err := deliver.Pull(context.Background(), req)
	if !errors.Is(err, dataspace.ErrDenied) {
		t.Fatalf("error %v", err)
	}
	w.nothing(req.Dir)
	w.issue()
	again := w.request(req.Dir)
	var first int64
	again.Progress = func(bytes int64) {
		if first == 0 {
			first = bytes
		}
	}
	r, err := deliver.Pull(context.Background(), again)
	if err != nil {
		t.Fatal(err)
	}
	if first <= deliver.LeafSize {
		t.Errorf("began again at %d bytes", first)
	}
	w.arrived(req.Dir, r)
}

func TestIssueRefuses(t *testing.T) {
	w := newWorld(t, members(1000), deliver.HTTPData)
	for name, change := range map[string]func(*deliver.Grant){
		"no-id":     func(g *deliver.Grant) { g.ID = "" },
		"format":    func(g *deliver.Grant) { g.Format = "S3-PUSH" },
		"no-digest": func(g *deliver.Grant) { g.Profile.Source.SHA256 = "" },
		"no-expiry": func(g *deliver.Grant) { g.ExpiresAt = time.Time{} },
		"plan":      func(g *deliver.Grant) { g.Plan.Columns = g.Plan.Columns[:1] },
	} {
		g := w.grant
		change(&g)
		if _, err := w.server.Issue(context.Background(), g); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRanges(t *testing.T) {
	w := newWorld(t, members(3<<20), deliver.HTTPData)
	n := len(w.want)
	whole := w.do(nil)
	tag := whole.Header.Get("ETag")
	_ = whole.Body.Close()
	w.server.Close()
	w = newWorld(t, members(3<<20), deliver.HTTPData) // the length is not known yet
	cases := []struct {
		header, cond string
		status       int
		from, to     int
	}{
		{"bytes=1048577-", "", 206, 1048577, n}, {"bytes=0-", "", 206, 0, n}, {"bytes=5-9", "", 206, 5, 10},
		{"bytes=1048570-1048590", tag, 206, 1048570, 1048591}, {"bytes=-100", "", 206, n - 100, n},
		{fmt.Sprintf("bytes=%d-", n-1), "", 206, n - 1, n}, {fmt.Sprintf("bytes=100-%d", n*2), "", 206, 100, n},
		{fmt.Sprintf("bytes=%d-", n), "", 416, 0, 0}, {"bytes=7-", `"stale"`, 200, 0, n}, {"bytes=1-2,5-6", "", 200, 0, n},
		{"bytes=x", "", 200, 0, n}, {"bytes=9-5", "", 200, 0, n}, {"items=1-2", "", 200, 0, n},
	}
	for _, c := range cases {
		header := map[string]string{"Range": c.header}
		if c.cond != "" {
			header["If-Range"] = c.cond
		}
		resp := w.do(header)
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != c.status {
			t.Errorf("%s: status %d, want %d", c.header, resp.StatusCode, c.status)
			continue
		}
		if c.status != 416 && string(body) != string(w.want[c.from:c.to]) {
			t.Errorf("%s: %d bytes, want %d", c.header, len(body), c.to-c.from)
		}
		if want := fmt.Sprintf("bytes %d-%d/%d", c.from, c.to-1, n); c.status == 206 && resp.Header.Get("Content-Range") != want {
			t.Errorf("%s: range %s, want %s", c.header, resp.Header.Get("Content-Range"), want)
		}
	}
}

// The source changes between two passes: the stream never reaches the announced
// length.
func TestRangeOfChangedSource(t *testing.T) {
	w := newWorld(t, members(3<<20), deliver.HTTPData)
	if status, _ := w.get(nil); status != 200 {
		t.Fatal(status)
	}
	w.source.text = strings.Replace(w.source.text, "u0000042", "u9999999", 1)
	resp := w.do(map[string]string{"Range": "bytes=10-"})
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err == nil && resp.StatusCode == 206 {
		t.Errorf("%d bytes look whole", len(body))
	}
}

func TestMethodsAndHead(t *testing.T) {
	w := newWorld(t, members(1000), deliver.HTTPData)
	for method, want := range map[string]int{"HEAD": 200, "POST": 405, "DELETE": 405} {
		r := httptest.NewRequest(method, "/"+deliver.Path(w.grant.ID), nil)
		r.Header.Set("Authorization", w.token)
		got := httptest.NewRecorder()
		w.server.ServeHTTP(got, r)
		if got.Code != want || (method == "HEAD" && got.Body.Len() > 0) {
			t.Errorf("%s: status %d, %d bytes", method, got.Code, got.Body.Len())
		}
	}
}

// The sender is not Hutong: it sends no trailers and no entity tag, and breaks
// once.
func TestForeignSender(t *testing.T) {
	data := "a\n" + strings.Repeat("0123456789abcde\n", 200000)
	tries := 0
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "raw-token" {
			w.WriteHeader(401)
			return
		}
		if tries++; tries == 1 {
			io.WriteString(w, data[:2<<20])
			panic(http.ErrAbortHandler)
		}
		io.WriteString(w, data)
	}))
	defer web.Close()
	dir := t.TempDir()
	r, err := deliver.Pull(context.Background(), deliver.Request{
		Endpoint: web.URL, Token: "raw-token", RawToken: true, Transfer: "t", Dir: dir, Name: "x.bin", Format: deliver.HTTPData,
		Plan:    dataspace.Plan{Format: "csv", Columns: []dataspace.ColumnPlan{{Name: "a", Action: dataspace.Keep}}},
		Backoff: func(int) time.Duration { return 0 },
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "x.bin"))
	if err != nil || string(got) != data || r.Rows != -1 || r.Root != rootOf(got) {
		t.Errorf("%d bytes, %+v, %v", len(got), r, err)
	}
}

// If the connection of a recipient hangs, the recipient can use a new one.
func TestTakeOver(t *testing.T) {
	w := newWorld(t, members(12<<20), deliver.HutongLeaves)
	hung := w.do(nil) // and never read
	defer hung.Body.Close()
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	r, err := deliver.Pull(ctx, w.request(dir))
	if err != nil {
		t.Fatal(err)
	}
	w.arrived(dir, r)
}
