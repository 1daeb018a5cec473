// Package reliance finds the flows and datasets whose decisions rest on a legal
// document, so that people see what ends with it.
package reliance

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/papers"
	"hutong/internal/rules"
)

// Flows are the flows of a gateway.
type Flows interface {
	Each(ctx context.Context, of flow.Filter, fn func(flow.Flow) error) error
	Document(ctx context.Context, f flow.Flow, name string) (dataspace.Document, error)
}

// Uses are the flows and datasets whose decisions rest on a document.
type Uses struct {
	Flows    []Use     `json:"flows"`
	Datasets []Dataset `json:"datasets"`
	// More says that there are older flows that were not looked at.
	More bool `json:"more,omitempty"`
}

// Use is a flow whose decision rests on a document.
type Use struct {
	Flow        dataspace.FlowID        `json:"flow"`
	Participant dataspace.ParticipantID `json:"participant"`
	Dataset     dataspace.DatasetID     `json:"dataset"`
	State       dataspace.FlowState     `json:"state"`
	// Obligations are those that only the document fulfils.
	Obligations []string          `json:"obligations"`
	Verdict     dataspace.Verdict `json:"verdict"`
	Without     dataspace.Verdict `json:"without"` // the verdict without the document
	// Stops says that the flow has not delivered yet, and cannot do so without the
	// document.
	Stops bool `json:"stops"`
}

// Dataset is a dataset that was sent, or is to be sent, under a document.
type Dataset struct {
	Participant dataspace.ParticipantID `json:"participant"`
	Dataset     dataspace.DatasetID     `json:"dataset"`
}

// mostDelivered is how many delivered flows of a participant are looked at, the
// newest first. Flows that are not delivered are all looked at.
const mostDelivered = 200

var errEnough = errors.New("enough")

// Of finds what rests on each of some documents. A decision rests on a document if
// the rules in force decide otherwise on the same facts without it.
func Of(ctx context.Context, flows Flows, set *rules.Set, list ...papers.Paper) ([]Uses, error) {
	out := make([]Uses, len(list))
	users := map[dataspace.ParticipantID][]int{} // by participant: the documents that it may use
	for i, p := range list {
		out[i] = Uses{Flows: []Use{}, Datasets: []Dataset{}}
		for _, user := range papers.Users(p) {
			users[user] = append(users[user], i)
		}
	}
	for _, user := range slices.Sorted(maps.Keys(users)) {
		look := func(f flow.Flow) error { return reader{flows, set}.uses(ctx, f, users[user], list, out) }
		if err := flows.Each(ctx, flow.Filter{Local: user, States: dataspace.OpenFlows()}, look); err != nil {
			return nil, err
		}
		looked := 0
		err := flows.Each(ctx, flow.Filter{Local: user, States: []dataspace.FlowState{dataspace.Completed}}, func(f flow.Flow) error {
			if looked++; looked > mostDelivered {
				return errEnough
			}
			return look(f)
		})
		if errors.Is(err, errEnough) {
			for _, i := range users[user] {
				out[i].More = true
			}
		} else if err != nil {
			return nil, err
		}
	}
	for i := range out {
		u := &out[i]
		for _, f := range u.Flows {
			u.Datasets = append(u.Datasets, Dataset{f.Participant, f.Dataset})
		}
		slices.SortFunc(u.Datasets, func(a, b Dataset) int {
			return cmp.Or(cmp.Compare(a.Participant, b.Participant), cmp.Compare(a.Dataset, b.Dataset))
		})
		u.Datasets = slices.Compact(u.Datasets)
	}
	return out, nil
}

// reader decides flows with and without a document.
type reader struct {
	flows Flows
	set   *rules.Set
}

// uses adds a flow to those that rest on a document.
func (r reader) uses(ctx context.Context, f flow.Flow, which []int, list []papers.Paper, out []Uses) error {
	doc, err := r.flows.Document(ctx, f, flow.DocFacts)
	if errors.Is(err, dataspace.ErrNotFound) {
		return nil // not decided yet
	}
	if err != nil {
		return err
	}
	var facts dataspace.Facts
	if err := json.Unmarshal(doc, &facts); err != nil {
		return fmt.Errorf("read the facts of flow %s: %w", f.ID, err)
	}
	set := r.set
	if f.Role == dataspace.Consumer {
		set = set.Side(dataspace.ImportSide)
	}
	var with *dataspace.Decision
	for _, i := range which {
		rest := slices.DeleteFunc(slices.Clone(facts.Instruments), func(in dataspace.Instrument) bool { return is(in, list[i]) })
		if len(rest) == len(facts.Instruments) {
			continue
		}
		if with == nil {
			d, err := set.Decide(facts)
			if err != nil {
				return fmt.Errorf("decide flow %s: %w", f.ID, err)
			}
			with = &d
		}
		less := facts
		less.Instruments = rest
		without, err := set.Decide(less)
		if err != nil {
			return fmt.Errorf("decide flow %s without instrument %s: %w", f.ID, list[i].ID, err)
		}
		lost := lost(with, &without)
		if len(lost) == 0 && with.Verdict == without.Verdict {
			continue
		}
		stops := f.Delivered == nil && (len(lost) > 0 || without.Verdict.Severity() > with.Verdict.Severity())
		out[i].Flows = append(out[i].Flows, Use{f.ID, f.Local, f.Dataset, f.State, lost, with.Verdict, without.Verdict, stops})
	}
	return nil
}

// is reports whether an instrument in the facts of a flow is a document. Another
// owner may have one of the same kind and id.
func is(in dataspace.Instrument, p papers.Paper) bool {
	return in.Kind == p.Kind && in.ID == p.ID && in.File == p.File && in.Confirmed == p.Confirmed
}

// lost are the obligations that are fulfilled in one decision and not in another.
func lost(with, without *dataspace.Decision) []string {
	out := []string{}
	for _, o := range with.Obligations {
		if o.Satisfied && !slices.ContainsFunc(without.Obligations, func(p dataspace.Obligation) bool { return p.ID == o.ID && p.Satisfied }) {
			out = append(out, o.ID)
		}
	}
	return out
}
