package gate

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"hutong/client"
	"hutong/internal/cli/frame"
)

// gateway is a gateway with the responses of a test, by method and path. Any
// other request fails the test.
type gateway struct {
	env      *frame.Env
	out, err bytes.Buffer
	asked    []string
}

func newGateway(t *testing.T, answers map[string]string) *gateway {
	t.Helper()
	g := &gateway{}
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		what := r.Method + " " + strings.TrimPrefix(r.URL.RequestURI(), client.Prefix)
		g.asked = append(g.asked, strings.TrimSpace(what+" "+string(body)))
		answer, ok := answers[what]
		if !ok {
			t.Errorf("nobody said what to answer to %s", what)
		}
		if status, refused, ok := strings.Cut(answer, " refused "); ok {
			answer = refused
			defer fmt.Fprint(w, answer)
			w.WriteHeader(map[string]int{"404": 404, "409": 409, "422": 422, "502": 502}[status])
			return
		}
		fmt.Fprint(w, answer)
	}))
	t.Cleanup(s.Close)
	dir := t.TempDir()
	key := sha256.Sum256(s.Certificate().RawSubjectPublicKeyInfo)
	place, err := json.Marshal(client.Endpoint{URL: s.URL, SPKI: hex.EncodeToString(key[:])})
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{client.EndpointFile: place, client.LocalKeyFile: []byte("hutong_key\n")} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	g.env = &frame.Env{Streams: frame.Streams{In: strings.NewReader(""), Out: &g.out, Err: &g.err}, DataDir: dir, Lang: "en"}
	return g
}

// run runs a command and returns its exit code.
func (g *gateway) run(t *testing.T, cmd *cobra.Command, words ...string) int {
	t.Helper()
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(words)
	err := cmd.ExecuteContext(t.Context())
	if err == nil {
		return frame.ExitOK
	}
	return g.env.Report(cmd, err)
}

// The kind of a refusal decides the exit code of the command.
func TestRefusals(t *testing.T) {
	const path = "POST /flows/f1/resume"
	for answer, want := range map[string]int{
		`404 refused {"code": "flow.unknown", "kind": "not_found", "message": "no"}`:             1,
		`409 refused {"code": "flow.lapsed", "kind": "not_cleared", "message": "no"}`:            3,
		`422 refused {"code": "evidence.fork", "kind": "evidence", "message": "no"}`:             4,
		`502 refused {"code": "peer.unreachable", "kind": "peer_unreachable", "message": "no"}`:  5,
		`409 refused {"code": "flow.state", "message": "no", "hint": "a gateway without kinds"}`: 1,
	} {
		g := newGateway(t, map[string]string{path: answer})
		if got := g.run(t, Flow(g.env), "resume", "f1"); got != want {
			t.Errorf("%s: exit code %d, want %d (%s)", answer, got, want, g.err.String())
		}
	}
}

// A command acts for the only participant, and needs a name if there are
// several.
func TestSole(t *testing.T) {
	for _, c := range []struct {
		there, named string
		want, says   string
	}{
		{`[{"id": "acme"}]`, "", "acme", ""},
		{`[{"id": "acme"}, {"id": "lion"}]`, "", "", "several participants stand behind this gateway"},
		{`[{"id": "acme"}, {"id": "lion"}]`, "lion", "lion", ""},
		{`[]`, "", "", "no participant stands behind this gateway"},
	} {
		g := newGateway(t, map[string]string{"GET /participants": c.there})
		api, err := g.env.Client()
		if err != nil {
			t.Fatal(err)
		}
		got, err := frame.Sole(t.Context(), api, c.named, "of")
		if got != c.want || (err == nil) != (c.says == "") || err != nil && err.Error() != c.says {
			t.Errorf("%s: %q, %v", c.there, got, err)
		}
	}
}

// The command sends the file of that name. It sends the registered dataset only
// if there is no such file.
func TestSendSource(t *testing.T) {
	const dataset = "GET /participants/acme/datasets/tickets"
	answers := map[string]string{dataset: `{"id": "tickets", "owner": "acme"}`, "POST /flows/send": `{"id": "f1", "state": "profiling"}`}
	args := []string{"tickets", "--from", "acme", "--to", "north/lion", "--purpose", "business", "--detach"}

	t.Chdir(t.TempDir())
	g := newGateway(t, answers)
	if code := g.run(t, Send(g.env), args...); code != 0 || g.out.String() != "f1\n" {
		t.Fatalf("exit code %d, %q, %s", code, g.out.String(), g.err.String())
	}
	if len(g.asked) != 2 || g.asked[0] != dataset || strings.Contains(g.asked[1], `"source":`) || !strings.Contains(g.asked[1], `"dataset":"tickets"`) {
		t.Errorf("asked %q", g.asked)
	}

	if err := os.WriteFile("tickets", []byte("a\n1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	g = newGateway(t, answers)
	if code := g.run(t, Send(g.env), append(args, "--core=false", "--drop", "a", "--dialect", "mysql", "--no-header", "--skip", "2")...); code != 0 {
		t.Fatalf("exit code %d, %s", code, g.err.String())
	}
	if last := g.asked[len(g.asked)-1]; len(g.asked) != 1 || !strings.Contains(last, `"source":{"kind":"file","place":"/`) || !strings.Contains(last, `"dialect":"mysql","header":"no","skip":2`) || !strings.Contains(last, `"core":false`) || !strings.Contains(last, `"columns":[{"name":"a","action":"drop"}]`) {
		t.Errorf("asked %q", g.asked)
	}
}

// A command that refuses its arguments sends no request to a gateway.
func TestRefusedHere(t *testing.T) {
	for _, c := range []struct {
		make  func(*frame.Env) *cobra.Command
		words string
		says  string
	}{
		{Send, "x.csv --to north --purpose business", "is not PEER/PARTICIPANT"},
		{Send, "x.csv --to north/lion --purpose busines", "the nearest are business"},
		{Fetch, "north/lion --purpose business", "does not name a dataset"},
		{Flow, "review f1 --approve", "a reason is needed"},
		{Flow, "review f1 --approve --reject --reason x", "a decision is needed"},
		{Dataset, "remove tickets", "name the participant with --of"},
		{Dataset, "confirm-items tickets --pack p --reason x", "either --item or --none"},
		{Instrument, "remove i1", "name the participant with --of"},
		{Obligations, "done f1 o1", "a reason is needed"},
		{Counts, "correct acme --reason x", "nothing would change"},
		{Counts, "correct acme --sensitive 1", "a reason is needed"},
	} {
		g := newGateway(t, nil)
		if code := g.run(t, c.make(g.env), strings.Fields(c.words)...); code != 2 || !strings.Contains(g.err.String(), c.says) {
			t.Errorf("%s: exit code %d, %q", c.words, code, g.err.String())
		}
		if len(g.asked) > 0 {
			t.Errorf("%s: asked %q", c.words, g.asked)
		}
	}
}

// A correction changes only the classes that were named.
func TestCorrect(t *testing.T) {
	g := newGateway(t, map[string]string{
		"GET /counts?exporter=acme&flows=0": `{"exporter": "acme", "year": 2026}`,
		"POST /counts/corrections":          `{"exporter": "acme", "year": 2026, "totals": {"sensitive": 7, "under_16": 3}}`,
	})
	if code := g.run(t, Counts(g.env), "correct", "acme", "--sensitive", "-120", "--reason", "never arrived"); code != 0 {
		t.Fatalf("exit code %d, %s", code, g.err.String())
	}
	if want := `POST /counts/corrections {"exporter":"acme","year":2026,"change":{"sensitive":-120},"reason":"never arrived"}`; g.asked[1] != want {
		t.Errorf("asked %s, want %s", g.asked[1], want)
	}
	// A class that the program has no words for is shown by its name.
	if out := g.out.String(); !strings.Contains(out, "under_16") || !strings.Contains(out, "7 people") {
		t.Errorf("printed %q", out)
	}
}

func TestVerdictMark(t *testing.T) {
	flow := client.Flow{Verdict: "cleared", Documents: map[string]string{"decision": "d1"}}
	recheck := func(decision, now string, back bool) client.Flow {
		f := flow
		f.Rechecks = []client.Recheck{{Decision: decision, New: client.Stand{Verdict: now}, Back: back}}
		return f
	}
	for want, f := range map[string]client.Flow{
		"cleared":            flow,
		"cleared≠prohibited": recheck("d1", "prohibited", false),
		"cleared≠":           recheck("d1", "cleared", false),
	} {
		if got := verdictMark(f); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for _, f := range []client.Flow{recheck("d1", "prohibited", true), recheck("older", "prohibited", false)} {
		if got := verdictMark(f); got != "cleared" {
			t.Errorf("%q, want none", got)
		}
	}
}

// How a file is laid out is registered with the dataset.
func TestDatasetLayout(t *testing.T) {
	g := newGateway(t, map[string]string{"POST /datasets": `{"id": "people", "owner": "acme"}`})
	args := []string{"add", "people", "people.csv", "--of", "acme", "--charset", "sjis", "--dialect", "quote=single", "--no-header", "--skip", "2", "--origin", "domestic"}
	if code := g.run(t, Dataset(g.env), args...); code != 0 {
		t.Fatalf("exit code %d, %s, asked %q", code, g.err.String(), g.asked)
	}
	if last := g.asked[len(g.asked)-1]; !strings.Contains(last, `"dialect":"quote=single","header":"no","skip":2`) {
		t.Errorf("asked %q", g.asked)
	}
}

func TestDatasetName(t *testing.T) {
	for path, want := range map[string]string{
		"/data/Support Tickets.csv": "support-tickets", "/data/a.csv": "dataset-a", "/data/会员.csv": "会员", "/data/2026_Q1.parquet": "2026-q1",
		"/data/客户.csv": "客户", "/data/订单-2025.csv": "订单-2025", "/data/名单_2025.csv": "名单-2025", "/data/部.csv": "dataset-部", "/data/...": "dataset",
		"/data/ＡＢ.csv": "ab", "/data/顧客データー.csv": "顧客データー", "/data/\u1100\u1161\u11a8고객.csv": "각고객", "/data/王 13924784691.csv": "dataset",
		"/" + strings.Repeat("客户-", 40) + ".csv": strings.Repeat("客户-", 19) + "客户",
		"/" + strings.Repeat("ab-", 40) + ".csv": strings.Repeat("ab-", 19) + "ab-"[:2],
	} {
		if got := datasetName(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}
