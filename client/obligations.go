package client

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

// Agenda is what is open over the flows of a gateway, decided as of a day.
type Agenda struct {
	On          string   `json:"on"`
	Obligations []Duty   `json:"obligations"` // overdue first, then by date
	Warnings    []Notice `json:"warnings"`    // on the first page
	// Undecided is the number of flows that have changed or are not yet decided
	// as of today. Their entries are older. The gateway is deciding them: ask
	// again.
	Undecided int64 `json:"undecided,omitempty"`
}

// Duty is an obligation of one flow. Days are written 2006-01-02.
type Duty struct {
	Flow           string  `json:"flow"`
	Participant    string  `json:"participant"`
	Dataset        string  `json:"dataset"`
	DeliveredOn    string  `json:"delivered_on,omitempty"`
	ID             string  `json:"id"`
	Due            *string `json:"due"`
	Satisfied      bool    `json:"satisfied"`
	By             *string `json:"by"` // instrument id
	BeforeDelivery bool    `json:"before_delivery"`
	Text           Text    `json:"text"`
	// Deadline says in words when it is due where no date can be computed.
	Deadline *Text `json:"deadline,omitempty"`
	// Instruments are the kinds of instruments; any one of them satisfies the
	// obligation.
	Instruments []string `json:"instruments,omitempty"`
	// Until is the last day on which something must be kept.
	Until *string `json:"until,omitempty"`
	// Through lists, in order, the recognitions by which an instrument of
	// another regime satisfies it.
	Through []string `json:"through,omitempty"`
	Overdue bool     `json:"overdue,omitempty"`
	Done    *Done    `json:"done,omitempty"`
}

// Notice is a warning, and the flows that it is about.
type Notice struct {
	Participant    string   `json:"participant"`
	Flows          []string `json:"flows"` // the first hundred
	FlowsInAll     int64    `json:"flows_in_all"`
	Kind           string   `json:"kind"` // renew, refile
	Instrument     string   `json:"instrument,omitempty"`
	InstrumentKind string   `json:"instrument_kind,omitempty"`
	Number         string   `json:"number,omitempty"` // pack#name of the number of the law
	From           string   `json:"from,omitempty"`   // first day on which to act
	Until          string   `json:"until,omitempty"`  // last day of the instrument
	Article        string   `json:"article"`
	ArticleZH      string   `json:"article_zh,omitempty"`
	Source         string   `json:"source"`
	Confidence     string   `json:"confidence"`
	Text           Text     `json:"text"`
}

// Done records that a person fulfilled an obligation that no instrument
// satisfies.
type Done struct {
	Obligation string    `json:"obligation"`
	On         string    `json:"on"` // day on which it was done
	Reason     string    `json:"reason"`
	By         string    `json:"by"` // name of the key it was recorded with
	At         time.Time `json:"at"`
}

// Fulfilled says how an obligation was fulfilled.
type Fulfilled struct {
	Reason string `json:"reason" doc:"how the obligation was fulfilled; kept as evidence"`
	On     string `json:"on,omitempty" doc:"2006-01-02; today when empty"`
}

// ApproveFiling says which documents of a filing may be filed.
type ApproveFiling struct {
	Kind   string `json:"kind" doc:"kind of the filing"`
	Digest string `json:"digest" doc:"digest of the input of the documents"`
	Reason string `json:"reason" doc:"reason of the approval; kept as evidence"`
}

// Filing says that a person approved the documents of a filing about a flow:
// exactly those that were made of the input with this digest.
type Filing struct {
	Kind   string    `json:"kind"`
	Digest string    `json:"digest"`
	Reason string    `json:"reason"`
	By     string    `json:"by"` // name of the key it was recorded with
	At     time.Time `json:"at"`
}

// AgendaFilter selects what an agenda shows; empty fields select all.
type AgendaFilter struct {
	Owner     string
	Flow      string
	DueBefore string // only obligations that are due before this day
	Fulfilled bool   // also what is fulfilled
}

// Obligations gives access to the obligations of flows.
type Obligations struct{ t *transport }

// List returns the open obligations of all flows, and the instruments that soon
// end.
func (o Obligations) List(ctx context.Context, f AgendaFilter) (Agenda, error) {
	var all Agenda
	for at := (Page{}); ; {
		a, next, err := o.Page(ctx, f, at)
		if err != nil {
			return Agenda{}, err
		}
		if at.Cursor == "" {
			all = a
		} else {
			all.Obligations = append(all.Obligations, a.Obligations...)
		}
		if next == "" {
			return all, nil
		}
		at.Cursor = next
	}
}

// Page returns a part of what List does, and the cursor of the next.
func (o Obligations) Page(ctx context.Context, f AgendaFilter, p Page) (a Agenda, next string, err error) {
	q := values("owner", f.Owner, "flow", f.Flow, "due_before", f.DueBefore, "cursor", p.Cursor)
	if f.Fulfilled {
		q.Set("fulfilled", "true")
	}
	if p.Limit > 0 {
		q.Set("limit", strconv.Itoa(p.Limit))
	}
	a, h, err := answer[Agenda](ctx, o.t, http.MethodGet, "/obligations"+query(q), nil)
	return a, h.Get(NextHeader), err
}

// Fulfil records that a person fulfilled an obligation that no instrument
// satisfies.
func (o Obligations) Fulfil(ctx context.Context, flow, obligation string, in Fulfilled) (Flow, error) {
	return call[Flow](ctx, o.t, http.MethodPost, path("flows", flow, "obligations", obligation, "done"), in)
}

// ApproveFiling records that a compliance officer approved the documents of a
// filing about a flow.
func (o Obligations) ApproveFiling(ctx context.Context, flow string, in ApproveFiling) (Filing, error) {
	return call[Filing](ctx, o.t, http.MethodPost, path("flows", flow, "filings"), in)
}
