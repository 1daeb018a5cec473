package api_test

import (
	"net/http"
	"strings"
	"testing"

	"hutong/internal/gateway"
)

// Each request says what must be in its answer and what must not.
func TestRequests(t *testing.T) {
	const member, operator, officer, auditor = gateway.ParticipantMember, gateway.Operator, gateway.Compliance, gateway.Auditor
	cases := []struct {
		name         string
		role         gateway.Role
		method, path string
		body         string
		status       int
		have, not    []string
	}{
		{name: "a participant lists itself only", role: member, method: "GET", path: "/participants", status: 200, have: []string{`"id":"acme"`}, not: []string{"other"}},
		{name: "an auditor lists all", role: auditor, method: "GET", path: "/participants", status: 200, have: []string{`"id":"acme"`, `"id":"other"`}},
		{name: "own datasets only", role: member, method: "GET", path: "/datasets", status: 200, have: []string{`"owner":"acme"`}, not: []string{"other"}},
		{name: "all datasets", role: officer, method: "GET", path: "/datasets", status: 200, have: []string{`"owner":"acme"`, `"owner":"other"`}},
		{name: "datasets of one", role: officer, method: "GET", path: "/datasets?owner=other", status: 200, have: []string{`"owner":"other"`}, not: []string{"acme"}},
		{name: "own instruments only", role: member, method: "GET", path: "/instruments", status: 200, have: []string{`"owner":"acme"`}, not: []string{"other"}},
		{name: "the file of an instrument", role: member, method: "GET", path: "/participants/acme/instruments/paper/file", status: 200, have: []string{"{}"}},
		{name: "not the file of another's", role: member, method: "GET", path: "/participants/other/instruments/paper/file", status: 404, not: []string{"{}"}},
		{name: "an instrument without its file", role: member, method: "POST", path: "/instruments", body: `{"id": "new", "owner": "acme", "kind": "cn.pipia", "number": "1", "authority": "acme", "completed_on": "2026-01-02", "covers": {"unlimited": ["recipients", "purposes", "data", "people", "until"]}}`, status: 422, have: []string{"instrument.file", "is needed"}},
		{name: "an operator confirms no instrument", role: operator, method: "POST", path: "/participants/acme/instruments/paper/confirm", body: `{"file": "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"}`, status: 403, have: []string{"key.role"}},
		{name: "another file is not confirmed", role: officer, method: "POST", path: "/participants/acme/instruments/paper/confirm", body: `{"file": "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8b"}`, status: 409, have: []string{"instrument.other_file"}},
		{name: "what rests on an instrument", role: officer, method: "GET", path: "/participants/acme/instruments/paper/uses", status: 200, have: []string{`"flows":[]`, `"datasets":[]`}},
		{name: "own flows only", role: member, method: "GET", path: "/flows", status: 200, have: []string{"flow-of-acme"}, not: []string{"other"}},
		{name: "all flows", role: operator, method: "GET", path: "/flows", status: 200, have: []string{"flow-of-acme", "flow-of-other"}},
		{name: "flows in a state", role: operator, method: "GET", path: "/flows?state=refused", status: 200, have: []string{"[]"}, not: []string{"flow-of"}},
		{name: "another's flow is not there", role: member, method: "GET", path: "/flows/flow-of-other", status: 404, have: []string{"not_found"}, not: []string{"lion", "business"}},
		{name: "nor in the obligations", role: member, method: "GET", path: "/obligations?flow=flow-of-other", status: 404, not: []string{"lion"}},
		{name: "own document", role: member, method: "GET", path: "/flows/flow-of-acme/documents/profile", status: 200, have: []string{`{"of":"acme"}`}},
		{name: "no such document", role: member, method: "GET", path: "/flows/flow-of-acme/documents/plan", status: 404, have: []string{"has no plan"}},
		{name: "own waybill", role: member, method: "GET", path: "/flows/flow-of-acme/waybill", status: 200, have: []string{`{"waybill": "of acme"}`}},
		{name: "keys without secrets", role: auditor, method: "GET", path: "/keys", status: 200, have: []string{"key-", `"name":"operator"`}, not: []string{"hutong_", "ash"}},
		{name: "a key needs a known role", role: operator, method: "POST", path: "/keys", body: `{"name": "x", "role": "king"}`, status: 422, have: []string{"request.form", "role"}, not: []string{"secret"}},
		{name: "a field that nobody knows", role: operator, method: "POST", path: "/keys", body: `{"name": "x", "role": "auditor", "admin": true}`, status: 422, have: []string{"admin"}, not: []string{"secret"}},
		{name: "a body is not read for who may not ask", role: auditor, method: "POST", path: "/keys", body: `{"admin": true}`, status: 403, have: []string{"key.role"}, not: []string{"admin"}},
		{name: "a file outside of the outbox", role: member, method: "POST", path: "/datasets", body: `{"id": "new", "owner": "acme", "source": "/etc/passwd"}`, status: 403, have: []string{"source.path"}, not: []string{"/etc"}},
		{name: "a file as older callers name it", role: operator, method: "POST", path: "/datasets", body: `{"id": "older", "owner": "acme", "source": "/data/a.csv"}`, status: 200, have: []string{`"source":{"kind":"file","place":"/data/a.csv"}`}},
		{name: "an upload cannot be registered", role: operator, method: "POST", path: "/datasets", body: `{"id": "upload", "owner": "acme", "source": {"kind": "upload", "place": "acme/x/a.csv"}}`, status: 422, have: []string{"one flow"}},
		{name: "a kind of source that nobody knows", role: operator, method: "POST", path: "/datasets", body: `{"id": "ftp", "owner": "acme", "source": {"kind": "ftp", "place": "/a"}}`, status: 422, have: []string{"source.form"}},
		{name: "a file is sent", role: member, method: "POST", path: "/participants/acme/uploads?name=Tickets%20%E8%A1%A8.CSV&size=2&sha256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", body: `{}`, status: 200, have: []string{`"kind":"upload"`, `"place":"acme/`, `/tickets__.csv"`, `"size":2`}},
		{name: "less than was announced", role: member, method: "POST", path: "/participants/acme/uploads?name=a.csv&size=3&sha256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", body: `{}`, status: 422, have: []string{"object.size"}},
		{name: "more than was announced", role: member, method: "POST", path: "/participants/acme/uploads?name=a.csv&size=1&sha256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", body: `{}`, status: 422, have: []string{"object.size"}},
		{name: "something else than was announced", role: member, method: "POST", path: "/participants/acme/uploads?name=a.csv&size=2&sha256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8b", body: `{}`, status: 422, have: []string{"object.sha256"}},
		{name: "an upload of another", role: operator, method: "POST", path: "/flows/send", body: `{"from": "acme", "peer": "far", "to": "lion", "dataset": "set", "purpose": "business", "source": {"kind": "upload", "place": "other/x/a.csv"}}`, status: 403, have: []string{"source.upload"}},
		{name: "an upload that is not there", role: operator, method: "POST", path: "/flows/send", body: `{"from": "acme", "peer": "far", "to": "lion", "dataset": "set", "purpose": "business", "source": {"kind": "upload", "place": "acme/../../a.csv"}}`, status: 422},
		{name: "a purpose that nobody knows", role: operator, method: "POST", path: "/flows/send", body: `{"from": "acme", "peer": "far", "to": "lion", "dataset": "set", "purpose": "curiosity"}`, status: 422, have: []string{"curiosity"}},
		{name: "a peer that is not there", role: operator, method: "GET", path: "/peers/near", status: 404, have: []string{"peer.unknown"}},
		{name: "a wrong fingerprint", role: operator, method: "POST", path: "/peers/far/confirm", body: `{"fingerprint": "aaaa"}`, status: 403, have: []string{"peer.fingerprint"}},
		{name: "a peer that cannot be reached", role: operator, method: "POST", path: "/peers", body: `{"name": "near", "url": "https://127.0.0.1:1"}`, status: 502, have: []string{"hint"}},
		{name: "counts of a year", role: member, method: "GET", path: "/counts?exporter=acme&year=2026", status: 200, have: []string{`"year":2026`}, not: []string{"other"}},
		{name: "a correction needs a reason", role: officer, method: "POST", path: "/counts/corrections", body: `{"exporter": "acme", "year": 2026, "change": {"non_sensitive": 1, "sensitive": 0, "under_14": 0}, "reason": ""}`, status: 422, have: []string{"reason"}},
		{name: "the key of the log", role: auditor, method: "GET", path: "/evidence", status: 200, have: []string{"log_key", "checkpoint"}},
		{name: "what is no route", role: operator, method: "GET", path: "/nothing", status: 404},
	}
	w := newWorld(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := w.ask(w.keys[c.role], c.method, c.path, c.body)
			answer := got.Body.String()
			if got.Code != c.status {
				t.Errorf("answered %d, want %d: %s", got.Code, c.status, answer)
			}
			for _, s := range c.have {
				if !strings.Contains(answer, s) {
					t.Errorf("the answer lacks %q: %s", s, answer)
				}
			}
			for _, s := range c.not {
				if strings.Contains(answer, s) {
					t.Errorf("the answer has %q: %s", s, answer)
				}
			}
			for name, want := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"} {
				if got.Header().Get(name) != want {
					t.Errorf("header %s is %q", name, got.Header().Get(name))
				}
			}
		})
	}
}

// The hooks are called when a decision about a peer was made, and only then.
func TestPeerHooks(t *testing.T) {
	w := newWorld(t)
	key := w.keys[gateway.Operator]
	peer, err := w.node.Gateway.Peer(t.Context(), "far")
	w.must(err)
	for _, step := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"POST", "/peers/far/confirm", `{"fingerprint": "wrong"}`, http.StatusForbidden, ""},
		{"POST", "/peers/far/confirm", `{"fingerprint": "` + peer.Fingerprint + `"}`, http.StatusOK, "confirmed"},
		{"POST", "/peers/far/suspend", `{"reason": "a drill"}`, http.StatusOK, "cut"},
		{"POST", "/peers/far/resume", `{}`, http.StatusOK, ""},
		{"DELETE", "/peers/near", "", http.StatusNotFound, ""},
		{"DELETE", "/peers/far", "", http.StatusNoContent, "gone"},
	} {
		w.hooks = nil
		if got := w.ask(key, step.method, step.path, step.body); got.Code != step.status || strings.Join(w.hooks, " ") != step.want {
			t.Errorf("%s %s: answered %d and told %q, want %d and %q: %s", step.method, step.path, got.Code, w.hooks, step.status, step.want, got.Body)
		}
	}
}
