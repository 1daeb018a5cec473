package deliver_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/deliver"
	"hutong/internal/table"
	"hutong/internal/table/format"
)

// memory is a Store without durability.
type memory struct {
	mu     sync.Mutex
	grants map[dataspace.TransferID]deliver.Grant
	tokens map[deliver.TokenHash]dataspace.TransferID
	broken error // what SetGrantResult fails with
}

func (m *memory) PutGrant(_ context.Context, g deliver.Grant, token deliver.TokenHash) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	old := m.grants[g.ID]
	if old.State == deliver.GrantRevoked || old.State == deliver.GrantDead {
		return dataspace.ErrConflict
	}
	for hash, id := range m.tokens {
		if id == g.ID {
			delete(m.tokens, hash)
		}
	}
	g.State, g.Result = deliver.GrantActive, old.Result
	m.grants[g.ID], m.tokens[token] = g, g.ID
	return nil
}

func (m *memory) GrantByToken(ctx context.Context, token deliver.TokenHash) (deliver.Grant, error) {
	m.mu.Lock()
	id, ok := m.tokens[token]
	m.mu.Unlock()
	if !ok {
		return deliver.Grant{}, dataspace.ErrNotFound
	}
	return m.Grant(ctx, id)
}

func (m *memory) Grant(_ context.Context, id dataspace.TransferID) (deliver.Grant, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	g, ok := m.grants[id]
	if !ok {
		return g, dataspace.ErrNotFound
	}
	return g, nil
}

func (m *memory) SetGrantState(_ context.Context, id dataspace.TransferID, s deliver.GrantState, reason string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	g := m.grants[id]
	g.State, g.Reason = s, reason
	m.grants[id] = g
	return nil
}

func (m *memory) SetGrantResult(_ context.Context, id dataspace.TransferID, r deliver.Result) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken != nil {
		return m.broken
	}
	g := m.grants[id]
	if g.Result != nil && *g.Result != r {
		return dataspace.ErrConflict
	}
	g.Result = &r
	m.grants[id] = g
	return nil
}

// fail makes SetGrantResult fail from now on.
func (m *memory) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.broken = err
}

// observer records the calls it gets.
type observer struct {
	mu        sync.Mutex
	delivered []deliver.Result
	failed    []error
}

func (o *observer) Progress(_ dataspace.TransferID, rows, bytes int64) {
	if rows < 0 || bytes < 1 {
		o.Failed("", fmt.Errorf("progress of %d rows, %d bytes", rows, bytes))
	}
}

func (o *observer) Delivered(_ dataspace.TransferID, r deliver.Result) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.delivered = append(o.delivered, r)
}

func (o *observer) Failed(_ dataspace.TransferID, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.failed = append(o.failed, err)
}

// saw returns the calls so far.
func (o *observer) saw() (delivered []deliver.Result, failed []error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.delivered), slices.Clone(o.failed)
}

// stored is the grant as it is in the store.
func (w *world) stored() deliver.Grant {
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	return w.store.grants[w.grant.ID]
}

// world is a sender with one dataset, and room for a recipient.
type world struct {
	t      *testing.T
	store  *memory
	seen   *observer
	source *source
	server *deliver.Server
	web    *httptest.Server
	now    time.Time
	grant  deliver.Grant
	token  string
	want   []byte // what must arrive
	fresh  atomic.Int64
}

// began counts the requests so far for the whole stream.
func (w *world) began() int64 { return w.fresh.Load() }

func newWorld(t *testing.T, text, formatName string) *world {
	t.Helper()
	w := &world{
		t: t, store: &memory{grants: map[dataspace.TransferID]deliver.Grant{}, tokens: map[deliver.TokenHash]dataspace.TransferID{}},
		seen: &observer{}, source: &source{text: text, stamp: "1"}, now: time.Now(),
	}
	profile := dataspace.Profile{
		Source: dataspace.ProfileSource{SHA256: dataspace.DigestOf([]byte(text))},
		Columns: []dataspace.ColumnProfile{
			{Name: "user", Band: dataspace.BandNone}, {Name: "id_card", Element: id("cn_resident_id"), Band: dataspace.BandAccept},
			{Name: "name", Element: id("person_name_zh"), Band: dataspace.BandAccept}, {Name: "note", Band: dataspace.BandNone},
		},
	}
	plan, err := (deliver.Law{Handling: []dataspace.Handling{{Element: "cn_resident_id", Action: dataspace.Drop}}}).Propose(profile,
		[]dataspace.ColumnPlan{{Name: "user", Action: dataspace.Pseudonymise}, {Name: "name", Action: dataspace.Mask}}, "support", "csv")
	if err != nil {
		t.Fatal(err)
	}
	w.grant = deliver.Grant{
		ID: "urn:uuid:t/1", Source: dataspace.FileSource("members"), Stamp: "1", Profile: profile, Plan: plan, Recipient: "acme",
		Format: formatName, ExpiresAt: w.now.Add(time.Hour),
	}
	w.server = deliver.NewServer(deliver.Config{
		Store: w.store, Write: format.NewWriter, Keys: testKeys, Observer: w.seen,
		Open: func(context.Context, *deliver.Grant) (deliver.Source, error) { return w.source, nil },
		Now:  func() time.Time { return w.now },
		Log:  slog.New(slog.NewTextHandler(logTo{t}, nil)),
	})
	w.web = httptest.NewServer(http.StripPrefix("/data", http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery == "" && r.Header.Get("Range") == "" {
			w.fresh.Add(1)
		}
		w.server.ServeHTTP(rw, r)
	})))
	t.Cleanup(func() {
		w.web.CloseClientConnections()
		w.web.Close()
	})
	w.issue()
	w.want = w.expected()
	return w
}

type logTo struct{ t *testing.T }

func (l logTo) Write(p []byte) (int, error) {
	l.t.Logf("%s", bytes.TrimSpace(p))
	return len(p), nil
}

func (w *world) issue() {
	w.t.Helper()
	token, err := w.server.Issue(context.Background(), w.grant)
	if err != nil {
		w.t.Fatal(err)
	}
	w.token = token
}

func (w *world) expected() []byte {
	w.t.Helper()
	r, err := w.source.Read(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	p, err := deliver.Compile(w.grant.Plan, r.Schema(), "acme", testKeys)
	if err != nil {
		w.t.Fatal(err)
	}
	var out bytes.Buffer
	enc, err := format.NewWriter("csv", &out, p.Schema())
	if err != nil {
		w.t.Fatal(err)
	}
	var b table.Batch
	for err = r.Next(&b); err == nil; err = r.Next(&b) {
		if treated, err := p.Apply(&b); err != nil {
			w.t.Fatal(err)
		} else if err := enc.Write(treated); err != nil {
			w.t.Fatal(err)
		}
	}
	if err := enc.Close(); err != nil {
		w.t.Fatal(err)
	}
	return out.Bytes()
}

func (w *world) request(dir string) deliver.Request {
	return deliver.Request{
		Endpoint: w.web.URL + "/data/" + deliver.Path(w.grant.ID), Token: w.token, Client: w.web.Client(),
		Transfer: w.grant.ID, Dir: dir, Name: "members.csv", Format: w.grant.Format, Plan: w.grant.Plan,
		Backoff: func(int) time.Duration { return 0 },
	}
}

// arrived checks that the recipient has exactly the expected data.
func (w *world) arrived(dir string, r deliver.Result) {
	w.t.Helper()
	got, err := os.ReadFile(filepath.Join(dir, "members.csv"))
	if err != nil {
		w.t.Fatal(err)
	}
	if !bytes.Equal(got, w.want) {
		w.t.Fatalf("%d bytes arrived, which are not the %d that should", len(got), len(w.want))
	}
	if want := rootOf(got); r.Root != want || r.Size != int64(len(got)) {
		w.t.Errorf("result %+v, want root %s", r, want)
	}
	if err := deliver.Clean(dir, "members.csv"); err != nil {
		w.t.Fatal(err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		w.t.Errorf("%d files left in the recipient's directory", len(files))
	}
}

// nothing checks that the recipient's directory shows no file.
func (w *world) nothing(dir string) {
	w.t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		w.t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasPrefix(f.Name(), ".") {
			w.t.Errorf("%s is visible", f.Name())
		}
	}
}

// members is a table of about size bytes.
func members(size int) string {
	var b strings.Builder
	b.WriteString("user,id_card,name,note\n")
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, "u%07d,310101199001011234,张三丰,\"note, %d\"\n", i, i*7919%100003)
	}
	return b.String()
}

// cutter breaks each response body after some bytes.
type cutter struct {
	http.RoundTripper
	after func() int64 // negative: not at all
}

func (c *cutter) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := c.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if n := c.after(); n >= 0 {
		resp.Body = &cutBody{ReadCloser: resp.Body, left: n}
	}
	return resp, nil
}

type cutBody struct {
	io.ReadCloser
	left int64
}

func (c *cutBody) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	n, err := c.ReadCloser.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}
