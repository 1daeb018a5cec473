package api_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"hutong/client"
	"hutong/internal/api"
	"hutong/internal/dataspace"
	"hutong/internal/gateway"
)

// sample is a request that is answered for a caller with the permission. The
// answer may be an error, because no peer can be reached. OWNER, FLOW, KEY,
// SOURCE and PRINT are filled in.
type sample struct {
	query, body string
	answer      string // code of the refusal, for reasons other than the caller
}

// samples has a request for every operation.
var samples = map[string]sample{
	"get-gateway": {},
	"get-facts":   {},
	"post-setup":  {body: `{"token": "hutong_setup_wrong", "name": "me"}`, answer: "setup.link"},
	"get-keys":    {}, "post-keys": {body: `{"name": "x", "role": "auditor"}`}, "delete-keys-id": {},
	"get-participants":                                                {},
	"post-participants":                                               {body: `{"id": "OWNER", "jurisdiction": "CN", "legal_name": {"en": "x"}}`},
	"get-participants-id":                                             {},
	"put-participants-id":                                             {body: `{"id": "OWNER", "jurisdiction": "CN", "legal_name": {"en": "x"}}`},
	"delete-participants-id":                                          {},
	"get-participants-id-declarations":                                {},
	"post-participants-id-declarations":                               {body: `{"fact": "ciio", "value": "no", "reason": "read"}`},
	"post-participants-id-declarations-revoke":                        {body: `{"fact": "core", "reason": "read"}`, answer: "declaration.none"},
	"get-datasets":                                                    {query: "?owner=OWNER"},
	"post-datasets":                                                   {body: `{"id": "set", "owner": "OWNER", "source": "SOURCE"}`},
	"get-participants-owner-datasets-id":                              {},
	"get-participants-owner-datasets-id-statements":                   {},
	"post-participants-owner-datasets-id-statements-columns":          {body: `{"columns": [{"column": "none", "says": "confirm"}], "reason": "read"}`, answer: "statement.column"},
	"post-participants-owner-datasets-id-statements-keys-candidates":  {},
	"post-participants-owner-datasets-id-statements-keys":             {body: `{"role": "none", "columns": ["none"], "reason": "read"}`, answer: "statement.key"},
	"post-participants-owner-datasets-id-statements-keys-withdraw":    {body: `{"role": "none", "reason": "read"}`, answer: "statement.none"},
	"post-participants-owner-datasets-id-statements-columns-withdraw": {body: `{"columns": ["none"], "reason": "read"}`, answer: "statement.none"},
	"delete-participants-owner-datasets-id":                           {},
	"get-instruments":                                                 {query: "?owner=OWNER"},
	"post-instruments":                                                {body: `{"id": "paper", "owner": "OWNER", "kind": "cn.pipia"}`},
	"delete-participants-owner-instruments-id":                        {},
	"post-participants-owner-instruments-files":                       {query: "?size=2&sha256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", body: `{}`},
	"get-participants-owner-instruments-id":                           {},
	"get-participants-owner-instruments-id-file":                      {},
	"get-participants-owner-instruments-id-uses":                      {},
	"post-participants-owner-instruments-id-confirm":                  {body: `{"file": "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"}`},
	"get-screens":       {},
	"post-screens":      {query: "?id=barred&fact=recipient.restricted&authority=x&edition=1&day=2026-01-02&size=7&sha256=677672236449d865f54209faf95a7dc4c5c0364c5df03c062b5379fed221aba1", body: "name\nxy"},
	"delete-screens-id": {answer: "screen.none"},
	"get-peers-name-participants-participant-screening":  {},
	"post-peers-name-participants-participant-screening": {body: `{"list": "none", "entry": "none", "same": false, "reason": "read"}`},
	"get-peers":               {},
	"post-peers":              {body: `{"name": "new", "url": "https://127.0.0.1:1"}`},
	"get-peers-name":          {},
	"post-peers-name-confirm": {body: `{"fingerprint": "PRINT"}`},
	"post-peers-name-policy":  {body: `{"allow": ["catalogue", "negotiation", "transfer", "data", "witness"]}`},
	"post-peers-name-suspend": {body: `{"reason": "a drill"}`},
	"post-peers-name-resume":  {body: `{}`},
	"delete-peers-name":       {},
	"get-peers-name-participants-participant-catalogue": {query: "?as=OWNER"},
	"post-participants-owner-datasets-id-list-match":    {body: `{"pack": "cn/shanghai-negative-list", "items": [], "columns": "x", "reason": "read"}`, answer: "pack.list"},
	"get-flows":                                   {query: "?owner=OWNER"},
	"get-packs-changes":                           {query: "?owner=OWNER"},
	"post-participants-owner-uploads":             {query: "?name=a.csv&size=2&sha256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", body: `{}`},
	"post-participants-owner-uploads-profile":     {query: "?name=a.csv&size=8&sha256=50eaf855c6375807f709232c0e60a6911476e4878c1a2cf67767e9c521dff9f8", body: "id,n\n1,2"},
	"get-packs":                                   {},
	"get-packs-rules":                             {query: "?pack=cn/national"},
	"post-packs-check":                            {body: `{}`},
	"post-packs-test":                             {body: `{}`},
	"post-packs-mutate":                           {body: `{"files": {"zz/none/notes.txt": ""}}`, answer: "pack.none"},
	"post-packs-diff":                             {body: `{"a": {"packs": ["sg/pdpa"]}, "b": {"packs": ["sg/pdpa"]}}`},
	"post-packs-compare":                          {body: `{"a": {"packs": ["cn/national"]}, "b": {"packs": ["sg/pdpa"]}}`},
	"post-packs-import":                           {body: `{"name": "a.csv", "annex": "YSxiCjEsMg==", "mapping": "columns: {}", "pack": "cn/shanghai-negative-list"}`, answer: "annex.mapping"},
	"post-flows-send":                             {body: `{"from": "OWNER", "peer": "far", "to": "lion", "dataset": "set", "purpose": "business"}`},
	"post-flows-fetch":                            {body: `{"as": "OWNER", "peer": "far", "from": "lion", "dataset": "set", "purpose": "business"}`},
	"get-flows-id":                                {},
	"get-flows-id-documents-name":                 {},
	"post-flows-id-review":                        {body: `{"approve": true, "reason": "read"}`},
	"post-flows-id-accept":                        {body: `{"approve": true, "reason": "read"}`},
	"post-flows-id-stop":                          {body: `{"reason": "enough"}`},
	"post-flows-id-resume":                        {},
	"get-obligations":                             {query: "?owner=OWNER"},
	"post-flows-id-filings":                       {body: `{"kind": "cn/report", "digest": "` + strings.Repeat("ab", 32) + `", "reason": "read"}`},
	"post-flows-id-obligations-obligation-done":   {body: `{"reason": "done"}`},
	"get-counts":                                  {query: "?exporter=OWNER"},
	"post-counts-corrections":                     {body: `{"exporter": "OWNER", "year": 2026, "change": {"non_sensitive": 1, "sensitive": 0, "under_14": 0}, "reason": "found"}`},
	"post-assessments":                            {body: `{"facts": {"on": "2026-03-01", "exporter": {"jurisdiction": "CN"}, "recipient": {"jurisdiction": "SG"}}}`},
	"post-incidents-clocks":                       {body: `{"jurisdiction": "CN", "facts": {"discovered": "2026-06-01T10:00:00+08:00", "personal": true}}`},
	"post-participants-owner-datasets-id-profile": {},
	"post-participants-owner-datasets-id-list-match-candidates": {body: `{"pack": "cn/shanghai-negative-list"}`, answer: "pack.list"},
	"get-filings":                     {},
	"get-filings-questions":           {query: "?kind=pipia"},
	"get-flows-id-filings-wanted":     {answer: "flow.undecided"},
	"post-flows-id-filings-documents": {body: `{"kind": "pipia"}`},
	"post-flows-id-filings-approval":  {body: `{"kind": "pipia", "reason": "read"}`, answer: "filing.unready"},
	"get-evidence":                    {},
	"get-flows-id-waybill":            {},
}

// request fills a sample in for what belongs to the owner.
func (w *world) request(r api.Route, owner dataspace.ParticipantID) (path, body string) {
	in := samples[r.Operation]
	of := map[string]string{"{owner}": string(owner), "{name}": "far", "{participant}": "lion", "{obligation}": "none", "{id}": string(owner)}
	switch {
	case strings.HasPrefix(r.Path, "/flows/"):
		of["{id}"], of["{name}"] = string(flowOf(owner)), "profile"
	case strings.HasPrefix(r.Path, "/keys/"):
		of["{id}"] = string(w.spare)
	case strings.Contains(r.Path, "/datasets/"):
		of["{id}"] = "set"
	case strings.Contains(r.Path, "/instruments/"):
		of["{id}"] = "paper"
	}
	path = r.Path + in.query
	for mark, value := range of {
		path = strings.ReplaceAll(path, mark, value)
	}
	peer, err := w.node.Gateway.Peer(w.t.Context(), "far")
	w.must(err)
	fill := strings.NewReplacer("OWNER", string(owner), "SOURCE", w.node.Outbox()+"/"+string(owner)+"/own.csv", "PRINT", peer.Fingerprint)
	return fill.Replace(path), fill.Replace(in.body)
}

// namesOwner reports whether a request names an owner, or asks for a list of
// things that have owners.
func namesOwner(r api.Route) bool {
	in := samples[r.Operation]
	return strings.Contains(r.Path+in.query+in.body, "OWNER") || strings.Contains(r.Path, "{owner}") ||
		strings.HasPrefix(r.Path, "/flows") || strings.HasPrefix(r.Path, "/participants")
}

// wanted returns the status and code of the expected refusal, zero if none is
// expected.
func wanted(r api.Route, role gateway.Role, owner dataspace.ParticipantID) (int, string) {
	foreign := role == gateway.ParticipantMember && owner != acme
	switch {
	case r.Scope == api.Open:
		return 0, ""
	case role == "":
		return http.StatusUnauthorized, "key.missing"
	case !slices.Contains(role.Permissions(), r.Permission):
		return http.StatusForbidden, "key.role"
	case foreign && (r.Scope == api.Owner || r.Scope == api.Narrowed && samples[r.Operation].query != ""):
		return http.StatusNotFound, "participant.unknown"
	case foreign && r.Scope == api.OwnFlow:
		return http.StatusNotFound, "not_found"
	}
	return 0, ""
}

// Every role tries every operation, on its own things and on those of another
// owner.
func TestEveryCell(t *testing.T) {
	w := newWorld(t)
	routes, tried, refused := api.Routes(), 0, 0
	for _, r := range routes {
		if _, ok := samples[r.Operation]; !ok {
			t.Errorf("no request is known for %s %s", r.Method, r.Path)
			continue
		}
		if names := namesOwner(r); names != (r.Scope == api.Owner || r.Scope == api.OwnFlow || r.Scope == api.Narrowed) {
			t.Errorf("%s %s: its request names whose thing it is about: %v, but its scope is %s", r.Method, r.Path, names, r.Scope)
		}
		for _, role := range append(gateway.Roles(), "") {
			for _, owner := range []dataspace.ParticipantID{other, acme} {
				w.fill()
				path, body := w.request(r, owner)
				got := w.ask(w.keys[role], r.Method, path, body)
				status, code := wanted(r, role, owner)
				tried++
				if status != 0 {
					refused++
				}
				w.judge(r, string(role)+" on "+string(owner), got.Code, got.Body.Bytes(), status, code)
			}
		}
	}
	if len(samples) != len(routes) {
		t.Errorf("%d requests for %d operations", len(samples), len(routes))
	}
	if least := 10 * len(routes); tried != least || refused < tried/4 {
		t.Errorf("%d cells tried, %d of them to be refused; %d should be there", tried, refused, least)
	}
}

// judge compares a response with the table.
func (w *world) judge(r api.Route, cell string, got int, answer []byte, status int, code string) {
	w.t.Helper()
	var e client.Error
	if got >= 400 {
		if err := json.Unmarshal(answer, &e); err != nil {
			w.t.Errorf("%s %s, %s: answer %d is no error of the API: %q", r.Method, r.Path, cell, got, answer)
			return
		}
	}
	if status != 0 {
		if got != status || e.Code != code {
			w.t.Errorf("%s %s, %s: answered %d %s, want %d %s", r.Method, r.Path, cell, got, e.Code, status, code)
		}
		return
	}
	if want := samples[r.Operation].answer; want != "" {
		if e.Code != want {
			w.t.Errorf("%s %s, %s: answered %d %s, want %s: %s", r.Method, r.Path, cell, got, e.Code, want, e.Message)
		}
		return
	}
	if got == http.StatusUnauthorized || got == http.StatusForbidden || got == http.StatusNotFound ||
		got >= 500 && got != http.StatusBadGateway || got == http.StatusMethodNotAllowed {
		w.t.Errorf("%s %s, %s: answered %d %s: %s", r.Method, r.Path, cell, got, e.Code, e.Message)
	}
}

var placeholder = regexp.MustCompile(`\{([a-z]+)\}`)

// The served operations, the described operations and the table are the same.
func TestTableIsServed(t *testing.T) {
	text, err := api.Describe("1")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string           `yaml:"operationId"`
			Security    []map[string]any `yaml:"security"`
			Parameters  []struct {
				Name, In string
			} `yaml:"parameters"`
		} `yaml:"paths"`
	}
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	described := 0
	for _, methods := range doc.Paths {
		described += len(methods)
	}
	routes := api.Routes()
	if described != len(routes) {
		t.Errorf("%d operations are described, %d stand in the table", described, len(routes))
	}
	seen := map[string]bool{}
	for _, r := range routes {
		op, ok := doc.Paths[api.Prefix+r.Path][strings.ToLower(r.Method)]
		if !ok || op.OperationID != r.Operation || seen[r.Operation] {
			t.Errorf("%s %s is described as %q", r.Method, r.Path, op.OperationID)
		}
		seen[r.Operation] = true
		if open := len(op.Security) == 0; open != (r.Scope == api.Open) {
			t.Errorf("%s %s: needs no key: %v", r.Method, r.Path, open)
		}
		for _, m := range placeholder.FindAllStringSubmatch(r.Path, -1) {
			if !slices.ContainsFunc(op.Parameters, func(p struct{ Name, In string }) bool { return p.Name == m[1] && p.In == "path" }) {
				t.Errorf("%s %s: nobody reads %s", r.Method, r.Path, m[0])
			}
		}
	}
}
