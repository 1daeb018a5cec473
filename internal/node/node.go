package node

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/gofrs/flock"

	"hutong/client"
	"hutong/internal/agree"
	"hutong/internal/agreed"
	"hutong/internal/clock"
	"hutong/internal/dataspace"
	"hutong/internal/decide"
	"hutong/internal/declare"
	"hutong/internal/deliver"
	"hutong/internal/dsp"
	"hutong/internal/element"
	"hutong/internal/exchange"
	"hutong/internal/fact"
	"hutong/internal/files"
	"hutong/internal/flow"
	"hutong/internal/gateway"
	"hutong/internal/objects/folder"
	"hutong/internal/officer"
	"hutong/internal/pack"
	"hutong/internal/people"
	"hutong/internal/prove"
	"hutong/internal/recognition"
	"hutong/internal/rules"
	"hutong/internal/screen"
	"hutong/internal/table/format"
	"hutong/internal/work"
	"hutong/packs"
)

// Node is one gateway, open and wired. Callers use its services.
type Node struct {
	Config  Config
	Gateway *gateway.Service
	Flows   *flow.Service
	Agree   *agree.Service
	Counts  *people.Counts
	Log     *prove.Log
	Kept    flow.Kept

	dsp     *dsp.Client
	logger  *slog.Logger
	clock   clock.Clock
	chores  *work.Engine[chore]
	lock    *flock.Flock
	keys    *gateway.Keys
	state   state
	data    *deliver.Server
	witness *prove.Witness
	rules   atomic.Pointer[rules.Set]
	forks   atomic.Int64
	public  net.Listener
	closers []func() error
}

// Open opens or creates everything under the data directory and wires the
// services. It starts nothing. It returns ErrConflict if another process has
// the directory open.
func Open(ctx context.Context, cfg Config, logger *slog.Logger) (_ *Node, err error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	n := &Node{Config: cfg, logger: logger, clock: clock.Process()}
	n.chores = n.newChores()
	defer func() {
		if err != nil {
			err = errors.Join(err, n.release())
		}
	}()
	for _, step := range []func(context.Context) error{n.openDir, n.listenPublic, n.openRows, n.openScratch, n.openKeys, n.openServices, n.loadRules, n.openLog, n.wire} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	n.state.survey = n.newSurvey()
	return n, nil
}

// dir returns a directory for data that belongs to the rows.
func (n *Node) dir(name string) string { return filepath.Join(n.state.home, name) }

// scratch returns a directory of this machine for temporary files. The next
// process removes the files that a process leaves there.
func (n *Node) scratch(name string) string { return filepath.Join(n.dir("scratch"), name) }

// openScratch empties the scratch directories, and removes those of older
// versions.
func (n *Node) openScratch(context.Context) error {
	for _, dir := range []string{n.dir("scratch"), filepath.Join(n.dir("census"), "under-way")} {
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("empty scratch directory: %w", err)
		}
	}
	for _, name := range []string{"census", "counts"} {
		if err := files.MakeDir(n.scratch(name)); err != nil {
			return fmt.Errorf("make scratch directory: %w", err)
		}
	}
	return nil
}

// Outbox is the directory that holds one directory of sources for each
// participant.
func (n *Node) Outbox() string { return filepath.Join(n.Config.DataDir, "outbox") }

func (n *Node) openDir(context.Context) error {
	if err := os.MkdirAll(n.Config.DataDir, 0o700); err != nil {
		return fmt.Errorf("open data directory: %w", err)
	}
	n.lock = flock.New(filepath.Join(n.Config.DataDir, "lock"))
	ok, err := n.lock.TryLock()
	if err != nil {
		return fmt.Errorf("lock data directory: %w", err)
	}
	if !ok {
		return &dataspace.Problem{Kind: dataspace.ErrConflict, Code: "serve.running", Place: n.Config.DataDir,
			Message: "a gateway is already running on this data directory", Hint: "stop it first, or choose another --data-dir"}
	}
	n.closers = append(n.closers, n.lock.Unlock)
	return nil
}

// listenPublic binds the public address before the keys are opened: with port
// 0 the address is known only then, and it is in the gateway's card.
func (n *Node) listenPublic(ctx context.Context) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", n.Config.Listen)
	if err != nil {
		return &dataspace.Problem{Kind: dataspace.ErrUnavailable, Code: "serve.listen", Place: "listen", Message: "the public address cannot be used", Err: err,
			Hint: "choose another address in the configuration or with --listen"}
	}
	n.public = l
	n.closers = append(n.closers, func() error { return ignoreClosed(l.Close()) })
	if n.Config.URL == "" {
		n.Config.URL = "https://" + l.Addr().String()
	}
	return nil
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func (n *Node) openKeys(context.Context) (err error) {
	u, err := url.Parse(n.Config.URL)
	if err != nil {
		return fmt.Errorf("read url: %w", err)
	}
	var hosts []string
	if ip, err := netip.ParseAddr(u.Hostname()); err != nil || !ip.IsLoopback() {
		hosts = append(hosts, u.Hostname())
	}
	n.keys, err = gateway.OpenKeys(gateway.KeyOptions{Gateway: n.Config.Gateway, Dir: n.dir("keys"), CountDir: n.Config.KeyDir, Hosts: hosts, Now: n.clock.Now})
	return err
}

// openServices opens the service that counts people and the service that knows
// the peers.
func (n *Node) openServices(ctx context.Context) (err error) {
	lists, err := folder.Open(n.dir("counts"))
	if err != nil {
		return err
	}
	n.Counts, err = people.Open(ctx, n.state.counts, lists, n.scratch("counts"), countHashes(n.keys), func() { n.Log.Notify() })
	if err != nil {
		return err
	}
	n.closers = append(n.closers, n.Counts.Close)
	n.Gateway, err = gateway.New(gateway.Config{
		Gateway: n.Config.Gateway, Name: n.Config.Name, Jurisdiction: n.Config.Jurisdiction, URL: n.Config.URL,
		Keys: n.keys, Store: n.state.register, Now: n.clock.Now, Facts: n.facts, Zones: zonesOf(&n.rules),
		Running: func(ctx context.Context, id dataspace.ParticipantID) (int, error) {
			return n.Flows.Commands.Running(ctx, id)
		},
		RunningWith: func(ctx context.Context, name dataspace.PeerName) (int, error) {
			return n.Flows.Commands.RunningWith(ctx, name)
		},
	})
	if err != nil {
		return err
	}
	n.closers = append(n.closers, func() error { n.Gateway.Close(); return nil })
	return nil
}

// facts is the table of the facts that the rules in force can read. Before
// rules are loaded, it is the standard table.
func (n *Node) facts() *fact.Table {
	if set := n.rules.Load(); set != nil {
		return set.Facts()
	}
	return fact.Standard()
}

// loadRules reads the packs that are built in, and the newer signed ones of
// the operator's folder.
func (n *Node) loadRules(ctx context.Context) error {
	set, err := LoadRules(n.Config.Packs, n.Config.PackKey)
	if err != nil {
		return err
	}
	if err := set.CheckSwitches(n.Config.Switches); err != nil {
		return err
	}
	agreed, err := LoadRecognitions(n.Config.Recognitions, n.Config.Authorities)
	if err != nil {
		return err
	}
	set, unread, err := recognition.ApplyStored(set, agreed)
	if err != nil {
		return err
	}
	for _, u := range unread {
		n.logger.WarnContext(ctx, "a word of an agreement cannot be read, so its entry is not used", slog.Any("error", u))
	}
	n.rules.Store(set)
	return nil
}

// LoadRecognitions returns the agreements of a folder. Both parties must have
// signed each agreement with keys of the authorities. An agreement that does
// not verify is an error.
func LoadRecognitions(dir string, authorities []Authority) ([]agreed.Agreement, error) {
	if dir == "" {
		return nil, nil
	}
	trust, err := Trust(authorities)
	if err != nil {
		return nil, err
	}
	list, err := recognition.LoadAll(os.DirFS(dir), trust)
	if err != nil {
		return nil, fmt.Errorf("load agreements of %s: %w", dir, err)
	}
	return list, nil
}

// Trust reads the keys of authorities.
func Trust(authorities []Authority) (recognition.Trust, error) {
	out := recognition.Trust{}
	for _, a := range authorities {
		key, err := readPackKey(a.Key)
		if err != nil {
			return nil, err
		}
		out[a.Jurisdiction] = append(out[a.Jurisdiction], key)
	}
	return out, nil
}

// LoadRules returns the packs in force: the built-in packs, replaced by the
// signed packs of a folder where the folder has them. Both arguments may be
// empty.
func LoadRules(dir, keyFile string) (*rules.Set, error) { return loadRules(dir, keyFile, rules.NewSet) }

// LoadSampleRules is LoadRules for trials: it accepts samples too. No gateway
// uses it.
func LoadSampleRules(dir, keyFile string) (*rules.Set, error) {
	return loadRules(dir, keyFile, rules.NewSampleSet)
}

func loadRules(dir, keyFile string, combine func(...*pack.Pack) (*rules.Set, error)) (*rules.Set, error) {
	list, err := loadPacks(dir, keyFile)
	if err != nil {
		return nil, err
	}
	set, err := combine(list...)
	if err != nil {
		return nil, err
	}
	return set.WithSensitive(set.Elements().Sensitive()), nil
}

func loadPacks(dir, keyFile string) ([]*pack.Pack, error) {
	list, err := pack.LoadAll(packs.FS)
	if err != nil {
		return nil, fmt.Errorf("load built-in packs: %w", err)
	}
	if dir != "" {
		key, err := readPackKey(keyFile)
		if err != nil {
			return nil, err
		}
		signed, err := pack.LoadAllSigned(os.DirFS(dir), key, list...)
		if err != nil {
			return nil, fmt.Errorf("load signed packs of %s: %w", dir, err)
		}
		if list, err = pack.Merge(list, signed); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func readPackKey(path string) (ed25519.PublicKey, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read key of packs: %w", err)
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(data)))
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "pack.key", Place: path, Message: "expected an Ed25519 public key, base64 of 32 bytes"}
	}
	return key, nil
}

// rulesFile holds the digest of the rules by which all flows were decided.
const rulesFile = "rules.sha256"

// rulesChanged decides the standing flows again if the rules differ from those
// of the last start. A flow that cannot be decided keeps its decision: the
// rules in force are applied again before any of its data leaves.
func (n *Node) rulesChanged(ctx context.Context) error {
	digest, err := decide.RulesDigest(n.Rules())
	if err != nil {
		return err
	}
	last, err := os.ReadFile(n.dir(rulesFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read rules of the last start: %w", err)
	}
	if strings.TrimSpace(string(last)) == string(digest) {
		return nil
	}
	looked, changed, err := n.Flows.Rechecking.RulesChanged(ctx)
	if looked > 0 {
		n.logger.InfoContext(ctx, "rules changed, standing flows decided again", slog.Int("flows", looked), slog.Int("changed", changed))
	}
	if err != nil {
		// The digest is not stored, so the next start tries again.
		n.logger.WarnContext(ctx, "some flows could not be decided again", slog.Any("error", err))
		return nil
	}
	return files.WriteFile(n.dir(rulesFile), []byte(string(digest)+"\n"), 0o600)
}

// Lists reads what the gateway knows page by page.
func (n *Node) Lists() gateway.Lists { return n.state.lists }

// Rules returns the packs in force.
func (n *Node) Rules() *rules.Set { return n.rules.Load() }

func (n *Node) openLog(ctx context.Context) (err error) {
	n.Log, err = prove.Open(ctx, prove.Config{Dir: n.dir("log"), Gateway: n.Config.Gateway, Key: n.keys.LogKey(), Store: n.state.evidence, Logger: n.logger, Clock: n.clock,
		OnContradiction: func() { n.data.Interrupt() }})
	if err != nil {
		return err
	}
	n.witness, err = prove.NewWitness(prove.WitnessConfig{
		Gateway: n.Config.Gateway, Key: n.keys.WitnessKey(), Store: n.state.evidence, Clock: n.clock.Now, Logger: n.logger,
		LogKeys: n.logKeys, OnFork: func(prove.Fork) { n.forks.Add(1) },
	})
	return err
}

// logKeys finds the key of a peer's log by its origin.
func (n *Node) logKeys(ctx context.Context, origin string) ([]string, error) {
	peers, err := n.Gateway.Peers(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range peers {
		if p.State == gateway.Confirmed && prove.LogName(p.Card.Gateway) == origin {
			return []string{p.Card.Log}, nil
		}
	}
	return nil, fmt.Errorf("find log %q: %w", origin, dataspace.ErrNotFound)
}

func (n *Node) wire(context.Context) error {
	self, err := party(n.Gateway.Card())
	if err != nil {
		return err
	}
	view, err := element.Builtin().ParseView(n.Config.Sensitive)
	if err != nil {
		return err
	}
	if n.Kept.Waybills, err = folder.Open(n.dir("waybills")); err != nil {
		return err
	}
	uploads, err := folder.Open(n.dir("uploads"))
	if err != nil {
		return err
	}
	n.Kept.Uploads = uploads
	if n.state.sources, err = newSources(n.Outbox(), uploads); err != nil {
		return err
	}
	event := func(kind dataspace.EventKind, docs map[string]dataspace.Document) (dataspace.Event, error) {
		return prove.NewEvent(kind, "", n.clock.Now(), docs)
	}
	members := directory{Service: n.Gateway, rules: n.Rules, now: n.clock.Now}
	n.state.declared = declare.New(declare.Config{
		Store: n.state.declare, Facts: func() *fact.Table { return n.Rules().Facts() }, Now: n.clock.Now, Event: event,
		Today: func(ctx context.Context, owner dataspace.ParticipantID) (first, last string, err error) {
			home, err := members.Home(ctx, owner)
			return home.First(n.clock.Now()), home.Last(n.clock.Now()), err
		},
		Stated: members.stated, Recorded: func() { n.Log.Notify() },
	})
	members.declared = n.state.declared
	if n.state.looked.papers, err = openPapers(n, event); err != nil {
		return err
	}
	members.held = n.state.looked.papers
	lists, err := folder.Open(n.dir("screens"))
	if err != nil {
		return err
	}
	n.state.looked.screens = screen.New(screen.Config{Store: n.state.screened, Files: lists, Facts: n.facts, Now: n.clock.Now, Event: event, Recorded: func() { n.Log.Notify() }})
	members.screens = n.state.looked.screens
	censuses, err := folder.Open(n.dir("census"))
	if err != nil {
		return err
	}
	n.state.said = officer.New(officer.Config{Store: n.state.officer, Elements: func() *element.Taxonomy { return n.Rules().Elements() }, Now: n.clock.Now,
		Event: event, Recorded: func() { n.Log.Notify() },
	})
	profiles := &profiler{home: members.Home, said: n.state.said, view: view, kept: censuses, scratch: n.scratch("census"), from: n.state.sources, key: n.keys.CountKey(), counts: n.Counts, now: n.clock.Now, rules: n.Rules}
	base := func(id dataspace.ParticipantID) string { return n.Config.URL + dsp.BasePath(id) }
	who := identity{n.Gateway}
	n.dsp = dsp.NewClient(dsp.ClientConfig{Credentials: who, BaseURL: base, Witnessed: witnessed(n.Gateway, n.witness), Logger: n.logger})
	n.Flows = flow.New(flow.Config{
		Gateway: n.Config.Gateway, Self: self, Identity: n.keys.Identity(), Store: n.state.flows, Duties: n.state.duties,
		Rules: n.Rules, Counts: n.Counts, Directory: members, Log: n.Log,
		Profiler: profiles, Sensitive: view.String(),
		Catalogue: catalogues{n.dsp}, Client: n.Gateway.HTTPClient,
		Receipts: &exchange.Client{URL: n.peerURL, HTTP: n.Gateway.HTTPClient, Authorize: n.Gateway.Authorize},
		DataURL:  func(id dataspace.TransferID) string { return n.Config.URL + dataPath + deliver.Path(id) },
		Switches: n.Config.Switches, Kept: n.Kept, Dir: n.Config.DataDir, Clock: n.clock, Logger: n.logger,
	})
	n.Agree = agree.New(agree.Config{
		Store: n.state.processes, Sender: n.dsp, Handler: n.Flows.Handler, Catalogue: catalogue{n.Gateway, n.Lists()},
		Policy: policy{n.Gateway}, Logger: n.logger, Clock: n.clock,
	})
	n.data = deliver.NewServer(deliver.Config{
		Store: n.state.grants, Open: n.openSource, Write: format.NewWriter, Keys: n.keys,
		Observer: n.Flows.Handler, Elements: func() *element.Taxonomy { return n.Rules().Elements() }, Now: n.clock.Now, Log: n.logger,
	})
	n.Flows.Connect(n.Agree, n.data)
	return nil
}

func (n *Node) peerURL(ctx context.Context, name dataspace.PeerName) (string, error) {
	p, err := n.Gateway.Peer(ctx, name)
	return p.URL, err
}

// Catalogue asks a participant behind a peer for its offers to a local
// participant. It returns one page and the position of the next.
func (n *Node) Catalogue(ctx context.Context, local dataspace.ParticipantID, of dataspace.Counterparty, at string) (_ []client.Offered, next string, err error) {
	base, err := n.peerURL(ctx, of.Peer)
	if err != nil {
		return nil, "", err
	}
	of.Address = base + dsp.BasePath(of.Participant)
	c, next, err := n.dsp.CataloguePage(ctx, local, of, at)
	if err != nil {
		return nil, "", err
	}
	out := make([]client.Offered, 0, len(c.Datasets))
	for _, d := range c.Datasets {
		out = append(out, client.Offered{ID: string(d.ID), Title: d.Title, Description: d.Description, Offers: d.Offers, Formats: d.Formats})
	}
	return out, next, nil
}

// PeerConfirmed starts asking the peer to cosign this gateway's log.
func (n *Node) PeerConfirmed(ctx context.Context, p gateway.Peer) error {
	return n.Log.SetWitness(ctx, prove.PeerWitness{
		Key: p.Card.Witness, URL: p.URL + witnessPath,
		Client: &http.Client{Transport: tokenTransport{n.Gateway, p.Name, n.Gateway.HTTPClient(p.Name)}},
	})
}

// PeerCut ends the streams to the peer that are open now. The policy of the
// peer stops later requests.
func (n *Node) PeerCut(ctx context.Context, p gateway.Peer) error {
	return n.Flows.Each(ctx, flow.Filter{States: []dataspace.FlowState{dataspace.Delivering}}, func(f flow.Flow) error {
		if f.Peer == p.Name && f.Role == dataspace.Provider && f.Transfer != "" {
			n.data.Interrupt(f.Transfer)
		}
		return nil
	})
}

// PeerGone stops asking the peer to cosign.
func (n *Node) PeerGone(p gateway.Peer) { n.Log.RemoveWitness(p.Card.Witness) }

// tokenTransport puts this gateway's own token on requests to a peer.
type tokenTransport struct {
	gateway *gateway.Service
	peer    dataspace.PeerName
	client  *http.Client
}

// RoundTrip implements http.RoundTripper.
func (t tokenTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	req = req.Clone(ctx)
	if err := t.gateway.Authorize(ctx, req, "", t.peer, ""); err != nil {
		return nil, err
	}
	return t.client.Transport.RoundTrip(req)
}

// release closes everything that Open has opened, newest first.
func (n *Node) release() error {
	var errs []error
	for i := len(n.closers) - 1; i >= 0; i-- {
		errs = append(errs, n.closers[i]())
	}
	n.closers = nil
	return errors.Join(errs...)
}
