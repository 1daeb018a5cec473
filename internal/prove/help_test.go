package prove_test

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/prove"
	"hutong/internal/sqlite"
)

// gateway is one side of a test: database, log, witness and keys.
type gateway struct {
	id                     dataspace.GatewayID
	identity, log, witness ed25519.PrivateKey
	dir                    string
	db                     *sqlite.DB
	store                  *sqlite.ProveStore
	l                      *prove.Log
	w                      *prove.Witness
	forks                  []prove.Fork
	server                 *httptest.Server
}

func newKey(t testing.TB) ed25519.PrivateKey {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	return private
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func value[V any](t testing.TB) func(V, error) V {
	t.Helper()
	return func(v V, err error) V {
		t.Helper()
		must(t, err)
		return v
	}
}

// newGateway opens a gateway whose witness knows the logs that peers returns.
func newGateway(t testing.TB, id dataspace.GatewayID, peers func(origin string) []string) *gateway {
	t.Helper()
	g := &gateway{id: id, identity: newKey(t), log: newKey(t), witness: newKey(t), dir: t.TempDir()}
	var err error
	g.db, err = sqlite.Open(t.Context(), filepath.Join(g.dir, "state.db"))
	must(t, err)
	t.Cleanup(func() { must(t, g.db.Close()) })
	g.store = sqlite.NewProveStore(g.db)
	g.open(t)
	t.Cleanup(func() { g.close(t) })
	g.w, err = prove.NewWitness(prove.WitnessConfig{
		Gateway: id, Key: g.witness, Store: g.store, Clock: time.Now, Logger: slog.New(slog.DiscardHandler),
		LogKeys: func(_ context.Context, origin string) ([]string, error) {
			if peers == nil {
				return nil, dataspace.ErrNotFound
			}
			keys := peers(origin)
			if keys == nil {
				return nil, dataspace.ErrNotFound
			}
			return keys, nil
		},
		OnFork: func(f prove.Fork) { g.forks = append(g.forks, f) },
	})
	must(t, err)
	g.server = httptest.NewServer(g.w.Handler())
	t.Cleanup(g.server.Close)
	return g
}

func (g *gateway) config() prove.Config {
	return prove.Config{Dir: filepath.Join(g.dir, "log"), Gateway: g.id, Key: g.log, Store: g.store, Logger: slog.New(slog.DiscardHandler),
		CosignEvery: 50 * time.Millisecond}
}

func (g *gateway) open(t testing.TB) {
	t.Helper()
	var err error
	g.l, err = prove.Open(t.Context(), g.config())
	must(t, err)
}

func (g *gateway) close(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	must(t, g.l.Close(ctx))
}

// record puts events into the outbox as the flow service does.
func (g *gateway) record(t testing.TB, events ...dataspace.Event) {
	t.Helper()
	must(t, g.insert(t.Context(), events...))
}

func (g *gateway) insert(ctx context.Context, events ...dataspace.Event) error {
	rows, err := prove.Encode(g.id, events...)
	if err != nil {
		return err
	}
	err = g.db.Update(ctx, func(tx *sql.Tx) error { return sqlite.InsertEvents(tx, rows) })
	g.l.Notify()
	return err
}

// event makes an event; docs are name and value in turn.
func event(t testing.TB, kind dataspace.EventKind, flow dataspace.FlowID, docs ...any) dataspace.Event {
	t.Helper()
	m := map[string]dataspace.Document{}
	for i := 0; i < len(docs); i += 2 {
		doc, err := dataspace.NewDocument(docs[i+1])
		must(t, err)
		m[docs[i].(string)] = doc
	}
	e, err := prove.NewEvent(kind, flow, time.Now(), m)
	must(t, err)
	return e
}

func (g *gateway) party(t testing.TB, participant dataspace.ParticipantID) prove.Party {
	t.Helper()
	vkey := func(f func(dataspace.GatewayID, crypto.PublicKey) (string, error), k ed25519.PrivateKey) string {
		return value[string](t)(f(g.id, k.Public()))
	}
	return prove.Party{Gateway: g.id, Participant: participant,
		Identity: vkey(prove.IdentityKey, g.identity), Log: vkey(prove.LogKey, g.log), Witness: vkey(prove.WitnessKey, g.witness)}
}

// pair returns two gateways that witness each other.
func pair(t testing.TB) (provider, consumer *gateway) {
	t.Helper()
	knows := func(other **gateway) func(string) []string {
		return func(origin string) []string {
			if origin != prove.LogName((*other).id) {
				return nil
			}
			return []string{(*other).l.Key()}
		}
	}
	provider = newGateway(t, "provider", knows(&consumer))
	consumer = newGateway(t, "consumer", knows(&provider))
	must(t, provider.l.SetWitness(t.Context(), consumer.peer()))
	must(t, consumer.l.SetWitness(t.Context(), provider.peer()))
	return provider, consumer
}

// strangers are a provider and a consumer that would cosign its log, which
// nobody has asked for yet.
func strangers(t testing.TB) (provider, consumer *gateway) {
	t.Helper()
	provider = newGateway(t, "provider", nil)
	return provider, newGateway(t, "consumer", func(string) []string { return []string{provider.l.Key()} })
}

func (g *gateway) peer() prove.PeerWitness {
	return prove.PeerWitness{Key: g.w.Key(), URL: g.server.URL, Client: http.DefaultClient}
}

// await waits for events and returns the index of the last.
func (g *gateway) await(t testing.TB, events ...dataspace.Event) (index uint64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for _, e := range events {
		var err error
		index, err = g.l.Await(ctx, e.ID)
		must(t, err)
	}
	return index
}

// until polls for a state that no channel reports.
func until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("never: " + what)
		}
	}
}

func wantErr(t testing.TB, err, kind error, code string) {
	t.Helper()
	var p *dataspace.Problem
	if !errors.Is(err, kind) {
		t.Fatalf("error %v, want %v", err, kind)
	}
	if code != "" && (!errors.As(err, &p) || p.Code != code) {
		t.Fatalf("error %v, want code %s", err, code)
	}
}

// docs are the documents of a cleared flow.
type docs struct {
	profile   dataspace.Profile
	facts     map[string]any
	decision  dataspace.Decision
	review    map[string]any
	plan      dataspace.Plan
	agreement map[string]any
	parties   prove.Parties
	statement prove.Statement
	receipt   prove.Receipt
	data      []byte
}

func digest(t testing.TB, v any) dataspace.Digest {
	t.Helper()
	return value[dataspace.Document](t)(dataspace.NewDocument(v)).Digest()
}

// sampleDocs makes consistent documents; change edits them before they are
// linked and signed.
func sampleDocs(t testing.TB, provider, consumer *gateway, flow dataspace.FlowID, change func(*docs)) docs {
	t.Helper()
	id := dataspace.ElementID("email")
	d := docs{
		profile: dataspace.Profile{Source: dataspace.ProfileSource{Name: "support.csv", Format: "csv"}, Rows: 3, Bytes: 42,
			Columns:  []dataspace.ColumnProfile{{Name: "mail", Type: "string", Element: &id, Confidence: 0.97, Band: dataspace.BandAccept, Personal: true}},
			Subjects: dataspace.Subjects{Classes: map[string]*int64{"sensitive": nil, "under_14": nil}}},
		facts:     map[string]any{"on": "2026-05-04", "purpose": "support", "flow": flow},
		decision:  dataspace.Decision{Verdict: dataspace.Cleared, Packs: []dataspace.PackRef{{ID: "xx/test", Version: "1", SHA256: dataspace.DigestOf(nil)}}},
		plan:      dataspace.Plan{Purpose: "support", Format: "csv", Columns: []dataspace.ColumnPlan{{Name: "mail", Element: &id, Action: dataspace.Mask, First: 1}}},
		agreement: map[string]any{"@id": "urn:uuid:" + string(flow), "@type": "Agreement", "note": "客户支持 <&>"},
		parties:   prove.Parties{Provider: provider.party(t, "acme"), Consumer: consumer.party(t, "globex")},
		data:      []byte("mail\na***\nb***\n"),
	}
	d.statement = prove.Statement{Type: prove.StatementType, ProviderGateway: provider.id, ConsumerGateway: consumer.id, ProviderFlow: flow, ConsumerFlow: flow + "-there",
		Format: "csv", Root: rootOf(d.data, 1<<20), LeafSize: 1 << 20, Leaves: 1, Size: int64(len(d.data)), Rows: 2, Started: "2026-05-04T01:02:03Z", Finished: "2026-05-04T01:02:04Z"}
	d.agreementID()
	if change != nil {
		change(&d)
	}
	if d.decision.FactsSHA256 == "" {
		d.decision.FactsSHA256 = digest(t, d.facts)
	}
	if d.decision.Verdict == dataspace.HumanReview && d.review == nil {
		d.review = map[string]any{"approve": true, "reason": "checked", "by": "officer", "decision": digest(t, d.decision)}
	}
	set := func(dst *dataspace.Digest, v any) {
		if *dst == "" {
			*dst = digest(t, v)
		}
	}
	set(&d.statement.Profile, d.profile)
	set(&d.statement.Decision, d.decision)
	set(&d.statement.Plan, d.plan)
	if d.receipt.Payload == "" {
		d.receipt = value[prove.Receipt](t)(prove.NewReceipt(d.statement))
		d.receipt = d.receipt.With(value[prove.Signature](t)(d.receipt.Sign(provider.identity)), value[prove.Signature](t)(d.receipt.Sign(consumer.identity)))
	}
	return d
}

func (d *docs) agreementID() {
	d.statement.Agreement = dataspace.AgreementID(fmt.Sprint(d.agreement["@id"]))
}

// events makes the evidence of a flow.
func (d docs) events(t testing.TB, flow dataspace.FlowID) []dataspace.Event {
	t.Helper()
	out := []dataspace.Event{
		event(t, dataspace.EventProfile, flow, "profile", d.profile),
		event(t, dataspace.EventDecision, flow, "facts", d.facts, "decision", d.decision),
	}
	if d.review != nil {
		out = append(out, event(t, dataspace.EventReview, flow, "review", d.review))
	}
	return append(out,
		event(t, dataspace.EventAgreement, flow, "agreement", d.agreement, "plan", d.plan, prove.DocParties, d.parties),
		event(t, dataspace.EventStart, flow, "plan", d.plan),
		event(t, dataspace.EventReceipt, flow, "receipt", d.receipt))
}
