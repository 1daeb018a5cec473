package client

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"time"
)

// The sides of a flow.
const (
	Provider = "provider"
	Consumer = "consumer"
)

// The states of a flow. Waiting states wait for a person, all others for the
// gateway.
const (
	Profiling     = "profiling"
	Checking      = "checking"
	WaitingAction = "waiting_action"
	WaitingReview = "waiting_review"
	Negotiating   = "negotiating"
	Delivering    = "delivering"
	Proving       = "proving"
	Ending        = "ending"
	Completed     = "completed"
	Refused       = "refused"
	Stopped       = "stopped"
	Failed        = "failed"
)

// The verdicts over a flow.
const (
	Cleared        = "cleared"
	ActionRequired = "action_required"
	HumanReview    = "human_review"
)

// Flow is one dataset going to one recipient for one purpose, as one of the
// two gateways sees it.
type Flow struct {
	ID           string `json:"id"`
	Role         string `json:"role"`
	Participant  string `json:"participant"` // behind this gateway
	Peer         string `json:"peer"`
	Counterparty string `json:"counterparty"` // behind the peer
	Dataset      string `json:"dataset"`
	Purpose      string `json:"purpose"`
	Format       string `json:"format"` // of the delivered file: csv, jsonl, parquet
	// Asked is set on the side that asked for the flow.
	Asked bool `json:"asked,omitempty"`

	State   string   `json:"state"`
	Verdict string   `json:"verdict,omitempty"`
	Trouble *Trouble `json:"trouble,omitempty"` // why it waits, or why it ended
	// EndsAs is the final state of a flow that is ending.
	EndsAs string `json:"ends_as,omitempty"`

	Source        Source       `json:"source,omitzero"` // on the provider's side
	SourceForm    SourceForm   `json:"source_form"`
	Stamp         string       `json:"stamp,omitempty"` // of the source when it was profiled
	Facts         Facts        `json:"facts"`
	Own           []ColumnPlan `json:"own_columns,omitempty"` // the sender's stricter choices
	RetentionDays int          `json:"retention_days,omitempty"`
	// Reserved are the people counted for this flow before its delivery.
	Reserved string `json:"reservation,omitempty"`
	// Uncounted is set if the rules leave the flow out of the count.
	Uncounted bool `json:"uncounted,omitempty"`

	// Documents are the digests of the flow's documents, by what they are.
	Documents map[string]string `json:"documents,omitempty"`
	// Events are the evidence entries of the flow, in order.
	Events []string `json:"events,omitempty"`

	Review *Review `json:"review,omitempty"`
	// Rechecks are later decisions with a different result after the rules had
	// changed, oldest first.
	Rechecks []Recheck `json:"rechecks,omitempty"`
	// Done are obligations that a person fulfilled after the delivery.
	Done []Done `json:"done,omitempty"`

	Negotiation string     `json:"negotiation,omitempty"`
	Agreement   string     `json:"agreement,omitempty"`
	Transfer    string     `json:"transfer,omitempty"`
	Delivered   *Delivered `json:"delivered,omitempty"`
	Waybill     string     `json:"waybill,omitempty"` // path, once it is written

	Version int64     `json:"version"`
	Created time.Time `json:"created"`
	Updated time.Time `json:"updated"`

	// Progress is the progress of the current work. It is set only in a
	// response about one flow.
	Progress *Progress `json:"progress,omitempty"`
	// Sending says why a protocol message has not arrived.
	Sending string `json:"sending,omitempty"`
}

// Final reports whether nothing more will happen.
func (f Flow) Final() bool {
	switch f.State {
	case Completed, Refused, Stopped, Failed:
		return true
	}
	return false
}

// Waiting reports whether a person must do something first.
func (f Flow) Waiting() bool { return f.State == WaitingAction || f.State == WaitingReview }

// SourceForm says how to read a source; empty fields are detected.
type SourceForm struct {
	Format    string `json:"format,omitempty"`
	Charset   string `json:"charset,omitempty"`
	Delimiter string `json:"delimiter,omitempty"`
	Dialect   string `json:"dialect,omitempty"`               // of csv: how cells are quoted and escaped, such as mysql, or quote=single,escape=backslash
	Header    string `json:"header,omitempty" enum:"yes,no"`  // of csv: yes, or no: the first line is a row
	Skip      int    `json:"skip,omitempty" minimum:"0"`      // of csv: lines above the header or the first row
	System    string `json:"system,omitempty" maxLength:"64"` // of the exporter, which gave the people their numbers; empty: the dataset is a system of its own
}

// Trouble says, for people, why a flow waits or ended. It never holds data.
type Trouble struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	Retry   bool   `json:"retry,omitempty"` // the gateway tries again automatically
	// Contradictions are the statements that cannot both be true, if these are the
	// trouble.
	Contradictions []Contradiction `json:"contradictions,omitempty"`
}

// Review is a person's decision if one was asked for. It is kept in addition to
// the computed decision and never replaces it.
type Review struct {
	Approve  bool      `json:"approve"`
	Reason   string    `json:"reason"`
	By       string    `json:"by"` // name of the key it was made with
	At       time.Time `json:"at"`
	Decision string    `json:"decision"` // digest of the computed decision it was made on
}

// Recheck is a new decision with a different result after the rules had
// changed.
type Recheck struct {
	At time.Time `json:"at"`
	On string    `json:"on"` // day of the decision
	// Rules is the digest of all packs and agreements. Packs are the packs by
	// which the flow was not decided before.
	Rules    string    `json:"rules"`
	Packs    []PackRef `json:"packs,omitempty"`
	Decision string    `json:"decision"` // the flow's own, which stays
	Old      Stand     `json:"old"`
	New      Stand     `json:"new"`
	// Because are the rules that apply in only one of the two decisions.
	Because []string `json:"because,omitempty"`
	// Plan says that the rules now ask for a stricter plan than was agreed on.
	Plan string `json:"plan,omitempty"`
	// Back says that the result is again that of the flow's own decision.
	Back bool `json:"back,omitempty"`
}

// Stand is the result of a decision.
type Stand struct {
	Verdict string          `json:"verdict"`
	Regimes []RegimeOutcome `json:"regimes"`
}

// RegimeOutcome is what one jurisdiction's rules say on one side.
type RegimeOutcome struct {
	Jurisdiction string `json:"jurisdiction"`
	Side         string `json:"side"`
	Pathway      string `json:"pathway"` // before instruments
	Verdict      string `json:"verdict"` // after instruments
	// Counted says whether the people of the flow add to the regime's yearly
	// count.
	Counted bool `json:"counted"`
}

// Delivered is what reached the recipient's storage.
type Delivered struct {
	Root   string    `json:"root"` // of the hash tree over the file
	Size   int64     `json:"size"` // bytes
	Rows   int64     `json:"rows"` // -1: the other side did not say
	Leaves int64     `json:"leaves"`
	Path   string    `json:"path,omitempty"` // on the recipient's side
	At     time.Time `json:"at"`
}

// Progress is the progress of the current work. It is not durable: after a
// restart it begins again.
type Progress struct {
	Step    string  `json:"step"` // profiling, delivering
	Rows    int64   `json:"rows"`
	Bytes   int64   `json:"bytes"`
	Total   int64   `json:"total,omitempty"` // bytes; 0: not known
	Rate    float64 `json:"rate"`            // bytes per second since the step began
	Seconds float64 `json:"seconds_left,omitempty"`
}

// Send is a request to send a dataset to a participant behind a peer: a
// registered dataset by its id, or a source with its facts.
type Send struct {
	From    string `json:"from" doc:"the local participant"`
	Peer    string `json:"peer"`
	To      string `json:"to" doc:"the participant behind the peer"`
	Dataset string `json:"dataset" doc:"id of a registered dataset, or a name for the source"`
	Purpose string `json:"purpose"`
	Format  string `json:"format,omitempty" doc:"csv (default), jsonl or parquet"`

	Source        Source       `json:"source,omitzero" doc:"a file of the gateway, or an upload; default: the registered dataset"`
	SourceForm    *SourceForm  `json:"source_form,omitempty"`
	Facts         Facts        `json:"facts,omitempty" doc:"facts that override those of the registered dataset"`
	Columns       []ColumnPlan `json:"columns,omitempty" doc:"the sender's own choices; they may only be stricter than the rules ask for"`
	RetentionDays int          `json:"retention_days,omitempty" minimum:"0"`
}

// Fetch is a request for a dataset of a participant behind a peer.
type Fetch struct {
	As      string `json:"as" doc:"the local participant"`
	Peer    string `json:"peer"`
	From    string `json:"from" doc:"the participant behind the peer"`
	Dataset string `json:"dataset"`
	Purpose string `json:"purpose"`
}

// Judgement is a person's decision.
type Judgement struct {
	Approve bool   `json:"approve"`
	Reason  string `json:"reason" doc:"reason of the decision; kept as evidence"`
}

// StopFlow gives the reason for a stop.
type StopFlow struct {
	Reason string `json:"reason,omitempty"`
}

// FlowFilter selects flows; empty fields select all.
type FlowFilter struct {
	Owner string // the local participant
	State string
	Limit int // how many in all; 0: all
}

// Flows gives access to flows.
type Flows struct{ t *transport }

// List ranges over flows, newest first.
func (a Flows) List(ctx context.Context, f FlowFilter) iter.Seq2[Flow, error] {
	all := pages(func(p Page) ([]Flow, string, error) {
		p.Limit = min(f.Limit, maxPage)
		return page[Flow](ctx, a.t, "/flows", values("owner", f.Owner, "state", f.State), p)
	})
	if f.Limit <= 0 {
		return all
	}
	return func(yield func(Flow, error) bool) {
		n := 0
		for v, err := range all {
			if n++; !yield(v, err) || n == f.Limit {
				return
			}
		}
	}
}

// maxPage is the longest page of a gateway.
const maxPage = 1000

// Rechecked ranges over the flows whose new decision after an update of the
// packs has a different result.
func (a Flows) Rechecked(ctx context.Context, owner string) iter.Seq2[Flow, error] {
	return pages(func(p Page) ([]Flow, string, error) {
		return page[Flow](ctx, a.t, "/packs/changes", values("owner", owner), p)
	})
}

// Send begins to send a dataset.
func (a Flows) Send(ctx context.Context, in Send) (Flow, error) {
	return call[Flow](ctx, a.t, http.MethodPost, "/flows/send", in)
}

// Fetch asks for a dataset of the other side.
func (a Flows) Fetch(ctx context.Context, in Fetch) (Flow, error) {
	return call[Flow](ctx, a.t, http.MethodPost, "/flows/fetch", in)
}

// Get returns a flow, or ErrNotFound.
func (a Flows) Get(ctx context.Context, id string) (Flow, error) {
	return call[Flow](ctx, a.t, http.MethodGet, path("flows", id), nil)
}

// Wait returns the flow when its version is greater than after, or unchanged
// when the time is over. A gateway waits for MaxWait at most.
func (a Flows) Wait(ctx context.Context, id string, after int64, at time.Duration) (Flow, error) {
	seconds := int(min(at, MaxWait) / time.Second)
	q := values("after", strconv.FormatInt(after, 10), "wait", strconv.Itoa(seconds))
	return call[Flow](ctx, a.t, http.MethodGet, path("flows", id)+query(q), nil)
}

// MaxWait is how long a gateway waits for a flow to change.
const MaxWait = 25 * time.Second

// Follow yields the flow now and after every change, until the flow ends or an
// error occurs. It also continues while the flow waits for a person.
func (a Flows) Follow(ctx context.Context, id string) iter.Seq2[Flow, error] {
	return func(yield func(Flow, error) bool) {
		for seen := int64(-1); ; {
			f, err := a.Wait(ctx, id, seen, MaxWait)
			if err != nil {
				yield(Flow{}, err)
				return
			}
			if f.Version == seen {
				continue
			}
			if seen = f.Version; !yield(f, nil) || f.Final() {
				return
			}
		}
	}
}

// Document reads one of a flow's documents into v: profile, facts, decision,
// plan, agreement, receipt. It returns ErrNotFound if the flow does not have
// the document yet.
func (a Flows) Document(ctx context.Context, id, name string, v any) error {
	data, err := a.t.read(ctx, path("flows", id, "documents", name))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("read %s of flow %s: %w", name, id, err)
	}
	return nil
}

// Waybill returns the evidence of a completed flow; ErrNotFound before.
func (a Flows) Waybill(ctx context.Context, id string) ([]byte, error) {
	return a.t.read(ctx, path("flows", id, "waybill"))
}

// Review records a compliance officer's decision.
func (a Flows) Review(ctx context.Context, id string, in Judgement) (Flow, error) {
	return a.change(ctx, id, "review", in)
}

// Accept accepts or refuses an offer that the intake left to a person.
func (a Flows) Accept(ctx context.Context, id string, in Judgement) (Flow, error) {
	return a.change(ctx, id, "accept", in)
}

// Stop stops a flow permanently.
func (a Flows) Stop(ctx context.Context, id, reason string) (Flow, error) {
	return a.change(ctx, id, "stop", StopFlow{reason})
}

// Resume tries or decides a flow again now.
func (a Flows) Resume(ctx context.Context, id string) (Flow, error) {
	return a.change(ctx, id, "resume", nil)
}

func (a Flows) change(ctx context.Context, id, what string, in any) (Flow, error) {
	return call[Flow](ctx, a.t, http.MethodPost, path("flows", id, what), in)
}
