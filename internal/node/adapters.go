package node

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"hutong/internal/agree"
	"hutong/internal/clear"
	"hutong/internal/dataspace"
	"hutong/internal/declare"
	"hutong/internal/deliver"
	"hutong/internal/dsp"
	"hutong/internal/element"
	"hutong/internal/fact"
	"hutong/internal/flow"
	"hutong/internal/gateway"
	"hutong/internal/objects"
	"hutong/internal/odrl"
	"hutong/internal/offered"
	"hutong/internal/officer"
	"hutong/internal/pack"
	"hutong/internal/papers"
	"hutong/internal/people"
	"hutong/internal/profile"
	"hutong/internal/prove"
	"hutong/internal/rules"
	"hutong/internal/screen"
	"hutong/internal/zone"
)

// directory is the part of the gateway service that flows use.
type directory struct {
	*gateway.Service
	rules    func() *rules.Set
	declared *declare.Service
	held     *papers.Service
	screens  *screen.Service
	now      func() time.Time
}

var _ flow.Directory = directory{}

// Counterparty implements flow.Directory.
func (d directory) Counterparty(ctx context.Context, name dataspace.PeerName, id dataspace.ParticipantID) (flow.Other, error) {
	peer, err := d.Peer(ctx, name)
	if err != nil {
		return flow.Other{}, err
	}
	st, err := d.PeerParticipant(ctx, name, id)
	if err != nil {
		return flow.Other{}, err
	}
	other := flow.Other{PublicParticipant: st.Participant, Gateway: peer.Card.Gateway, URL: peer.URL, Address: peer.URL + dsp.BasePath(id)}
	other.Party, err = party(peer.Card)
	other.Party.Participant = id
	return other, err
}

// Home implements flow.Directory.
func (d directory) Home(ctx context.Context, id dataspace.ParticipantID) (zone.List, error) {
	p, err := d.Service.Participant(ctx, id)
	if errors.Is(err, dataspace.ErrNotFound) {
		return nil, nil
	}
	set := d.rules()
	return set.Home(p.Exporter(set.Facts())), err
}

// Participant implements flow.Directory. It adds what was declared of the
// participant and is in force.
func (d directory) Participant(ctx context.Context, id dataspace.ParticipantID) (gateway.Participant, error) {
	p, err := d.Service.Participant(ctx, id)
	if err != nil {
		return p, err
	}
	t, home := d.rules().Facts(), d.rules().Home(p.Exporter(d.rules().Facts()))
	now := d.now()
	list, err := d.declared.InForce(ctx, id, "", home.First(now), home.Last(now))
	for _, one := range list {
		def, ok := t.Lookup(one.Fact)
		if ok && def.Standing.About == fact.AboutCompany && !p.Known.Of(def.FieldName()).Known() {
			p.Known.Set(def.FieldName(), one.Value)
		}
	}
	return p, err
}

// Screened implements flow.Directory.
func (d directory) Screened(ctx context.Context, peer dataspace.PeerName, p gateway.PublicParticipant) (gateway.PublicParticipant, []dataspace.Screening, error) {
	listed, on, err := d.screens.Facts(ctx, screen.Recipient{Peer: peer, Participant: p.ID, Name: p.LegalName})
	for name, v := range listed.All() {
		// A list that does not name a recipient takes back nothing that was stated.
		def, ok := d.rules().Facts().Lookup(name)
		if ok && (v.Bool() || !p.Known.Of(def.FieldName()).Known()) {
			p.Known.Set(def.FieldName(), v)
		}
	}
	return p, on, err
}

// Held implements flow.Directory.
func (d directory) Held(ctx context.Context, owner dataspace.ParticipantID) ([]dataspace.Instrument, error) {
	return d.held.Held(ctx, owner)
}

// Declared implements flow.Directory.
func (d directory) Declared(ctx context.Context, owner dataspace.ParticipantID, id dataspace.DatasetID, at time.Time) ([]dataspace.Declaration, error) {
	home, err := d.Home(ctx, owner)
	if err != nil {
		return nil, err
	}
	return d.declared.InForce(ctx, owner, id, home.First(at), home.Last(at))
}

// stated is what is registered of a participant and of its datasets.
func (d directory) stated(ctx context.Context, owner dataspace.ParticipantID) ([]declare.Stated, error) {
	p, err := d.Service.Participant(ctx, owner)
	if err != nil {
		return nil, err
	}
	list, err := d.Datasets(ctx, owner)
	if err != nil {
		return nil, err
	}
	t := d.rules().Facts()
	out := []declare.Stated{{Place: "participant " + string(owner), Facts: p.Exporter(t)}}
	for _, one := range list {
		out = append(out, declare.Stated{Place: "dataset " + string(one.ID), Dataset: one.ID, Facts: t.OfDataset(one.Facts.Known)})
	}
	return out, nil
}

// zonesOf gives the time zones of a jurisdiction by the rules in force; before
// rules are loaded, none.
func zonesOf(in *atomic.Pointer[rules.Set]) func(dataspace.Jurisdiction) zone.List {
	return func(j dataspace.Jurisdiction) zone.List {
		if set := in.Load(); set != nil {
			return set.Zones(j)
		}
		return nil
	}
}

// party returns the gateway of a card in the form that evidence uses.
func party(c gateway.Card) (prove.Party, error) {
	identity, err := prove.IdentityKey(c.Gateway, c.Identity)
	return prove.Party{Gateway: c.Gateway, Identity: identity, Log: c.Log, Witness: c.Witness}, err
}

// catalogue shows the datasets of participants to peers.
type catalogue struct {
	gateway *gateway.Service
	lists   gateway.Lists
}

var _ agree.Catalogue = catalogue{}

// Datasets implements agree.Catalogue.
func (c catalogue) Datasets(ctx context.Context, local dataspace.ParticipantID, _ dataspace.Caller, after dataspace.DatasetID, limit int) ([]agree.Dataset, error) {
	list, err := c.lists.DatasetsPage(ctx, gateway.DatasetQuery{Owner: local, Offered: true, After: gateway.DatasetKey{Owner: local, ID: after}, Limit: limit})
	if err != nil {
		return nil, err
	}
	out := make([]agree.Dataset, len(list))
	for i, d := range list {
		out[i] = catalogued(d)
	}
	return out, nil
}

// Dataset implements agree.Catalogue.
func (c catalogue) Dataset(ctx context.Context, local dataspace.ParticipantID, _ dataspace.Caller, id dataspace.DatasetID) (agree.Dataset, error) {
	d, err := c.gateway.Dataset(ctx, local, id)
	if err != nil {
		return agree.Dataset{}, err
	}
	if len(d.Purposes) == 0 {
		return agree.Dataset{}, fmt.Errorf("find dataset %s: not offered: %w", id, dataspace.ErrNotFound)
	}
	return catalogued(d), nil
}

// catalogued is a dataset as the catalogue shows it, with the purposes for which a
// peer may ask for it. The columns that would leave are known only after the
// dataset is cleared for the peer that asks; the gateway then offers only these
// columns.
func catalogued(d gateway.Dataset) agree.Dataset {
	out := agree.Dataset{ID: d.ID, Title: d.Title.EN, Formats: []string{deliver.HutongLeaves, deliver.HTTPData}}
	if out.Title == "" {
		out.Title = d.Title.ZH
	}
	for _, p := range d.Purposes {
		out.Offers = append(out.Offers, odrl.Policy{
			ID: offered.ID(d.ID, p), Type: odrl.TypeOffer,
			Permission: []odrl.Rule{{Action: odrl.ActionUse, Constraint: []odrl.Constraint{{LeftOperand: odrl.OpPurpose, Operator: "eq", RightOperand: p}}}},
		})
	}
	return out
}

// identity proves this gateway's identity to peers and checks theirs, with
// tokens under the keys that were pinned at pairing.
type identity struct{ gateway *gateway.Service }

var (
	_ dsp.Authenticator = identity{}
	_ dsp.Credentials   = identity{}
)

// Authenticate implements dsp.Authenticator.
func (i identity) Authenticate(ctx context.Context, local dataspace.ParticipantID, r *http.Request) (dataspace.Caller, error) {
	c, err := i.gateway.Authenticate(ctx, local, r)
	var p *dataspace.Problem
	if errors.As(err, &p) && p.Code == gateway.CodeCut {
		// This is not a final refusal. The peer must send its message again
		// after an operator confirms the peer; a final refusal would lose the
		// message.
		err = fmt.Errorf("authenticate: %s: %w", p.Code, dataspace.ErrUnavailable)
	}
	return dataspace.Caller{Participant: c.Participant, Peer: c.Peer}, err
}

// Authorize implements dsp.Credentials.
func (i identity) Authorize(ctx context.Context, req *http.Request, local dataspace.ParticipantID, to dataspace.Counterparty) error {
	return i.gateway.Authorize(ctx, req, local, to.Peer, to.Participant)
}

// HTTPClient implements dsp.Credentials.
func (i identity) HTTPClient(to dataspace.Counterparty) *http.Client {
	return i.gateway.HTTPClient(to.Peer)
}

// witnessed says what a witness has cosigned of the log of a peer.
func witnessed(peers *gateway.Service, w *prove.Witness) func(context.Context, dataspace.Counterparty) (string, error) {
	return func(ctx context.Context, to dataspace.Counterparty) (string, error) {
		peer, err := peers.Peer(ctx, to.Peer)
		if err != nil {
			return "", err
		}
		return w.Seen(ctx, peer.Card.Gateway)
	}
}

// policy allows a peer the paths that the operator allows it.
type policy struct{ gateway *gateway.Service }

var _ agree.Policy = policy{}

// Allow implements agree.Policy. A callback address must belong to the peer
// itself: a peer must not redirect our messages to another host.
func (p policy) Allow(ctx context.Context, caller dataspace.Caller, op dataspace.Operation) error {
	kinds := map[dataspace.OperationKind]gateway.Operation{
		dataspace.OpCatalogue: gateway.Catalogue, dataspace.OpNegotiate: gateway.Negotiation, dataspace.OpTransfer: gateway.Transfer,
	}
	if err := p.gateway.Allow(ctx, caller.Peer, kinds[op.Kind], ""); err != nil {
		return err
	}
	if op.Address == "" {
		return nil
	}
	peer, err := p.gateway.Peer(ctx, caller.Peer)
	if err != nil {
		return err
	}
	if op.Address != peer.URL+dsp.BasePath(caller.Participant) && op.Address != peer.Card.URL+dsp.BasePath(caller.Participant) {
		return &dataspace.Problem{Kind: dataspace.ErrDenied, Code: "peer.address", Place: "callbackAddress",
			Message: "the address is not the participant's at the peer's gateway"}
	}
	return nil
}

// catalogues asks other connectors for their offers.
type catalogues struct{ client *dsp.Client }

// Offers implements flow.Catalogues.
func (c catalogues) Offers(ctx context.Context, local dataspace.ParticipantID, of dataspace.Counterparty, id dataspace.DatasetID) ([]json.RawMessage, error) {
	d, err := c.client.Dataset(ctx, local, of, id)
	return d.Offers, err
}

// profiler profiles files and keeps each flow's census.
type profiler struct {
	kept    objects.Store
	scratch string // a directory of this machine, for sorting
	from    sources
	key     []byte
	counts  *people.Counts
	view    element.View
	rules   func() *rules.Set // they define the elements of a column and the classes that are counted
	home    func(context.Context, dataspace.ParticipantID) (zone.List, error)
	said    *officer.Service
	now     func() time.Time
}

var _ flow.Profiler = (*profiler)(nil)

// Profile implements flow.Profiler.
func (p *profiler) Profile(ctx context.Context, f flow.Flow, progress func(rows, bytes, total int64)) (dataspace.Profile, string, error) {
	src, err := p.from.open(f.Supply)
	if err != nil {
		return dataspace.Profile{}, "", err
	}
	stamp := src.Stamp()
	set := p.rules()
	// Ages are computed for the day at the exporter.
	home, err := p.home(ctx, f.Local)
	if err != nil {
		return dataspace.Profile{}, "", err
	}
	kept, err := p.said.Kept(ctx, f.Local, f.Dataset)
	if err != nil {
		return dataspace.Profile{}, "", err
	}
	algorithms, err := p.counts.Algorithms(ctx, f.Local, flow.Recipient(f), clear.NewCounting(set.Counts()).Parts)
	if err != nil {
		return dataspace.Profile{}, "", fmt.Errorf("profile dataset of flow %s: %w", f.ID, err)
	}
	hash, also := algorithms[0], ""
	if len(algorithms) > 1 {
		also = algorithms[1]
	}
	r, err := profile.Run(ctx, src, profile.Options{Hash: hash, Also: also, Say: kept.Say(set.Elements()), Keys: kept.Keys, Key: p.key, System: cmp.Or(f.SourceForm.System, string(f.Dataset)), Taxonomy: set.Elements(), Sensitive: p.view, Classes: set.Counts(), Dir: p.scratch, On: pack.ParseDay(home.First(p.now())), Progress: progress})
	if err != nil {
		return dataspace.Profile{}, "", err
	}
	if err := p.keep(ctx, f.ID, r); err != nil {
		return dataspace.Profile{}, "", fmt.Errorf("keep census of flow %s: %w", f.ID, err)
	}
	return r.Profile, stamp, nil
}

// Current implements flow.Profiler.
func (p *profiler) Current(ctx context.Context, f flow.Flow, of dataspace.Profile) (bool, error) {
	kept, err := p.said.Kept(ctx, f.Local, f.Dataset)
	return err == nil && officer.Current(p.rules().Elements(), of, kept), err
}

// Size implements flow.Profiler.
func (p *profiler) Size(f flow.Flow) int64 {
	at, err := p.from.place(f.Supply)
	if err != nil {
		return 0 // Profile reports the error
	}
	n, _ := at.Size()
	return n
}

// openSource opens the source of a grant in the same way as for profiling.
func (n *Node) openSource(ctx context.Context, g *deliver.Grant) (deliver.Source, error) {
	f, err := n.Flows.Flow(ctx, g.Flow)
	if err != nil {
		return nil, err
	}
	// The check runs for each fetch, so that cutting a peer also stops grants
	// that were given before.
	if err := n.Gateway.Allow(ctx, f.Peer, gateway.Data, f.Purpose); err != nil {
		// The error is unavailable, not denied: the grant stays valid if the
		// peer is cut only for a while.
		return nil, fmt.Errorf("open stream of flow %s: %s: %w", f.ID, err, dataspace.ErrUnavailable)
	}
	if err := n.Log.Contradicted(); err != nil {
		return nil, fmt.Errorf("open stream of flow %s: %w", f.ID, prove.Withheld(err))
	}
	// An instrument may have been withdrawn or have expired since then.
	if err := n.Flows.Deciding.Standing(ctx, f); err != nil {
		return nil, err
	}
	return n.state.sources.open(f.Supply)
}
