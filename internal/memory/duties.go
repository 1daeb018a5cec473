package memory

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"hutong/internal/agenda"
	"hutong/internal/dataspace"
	"hutong/internal/flow"
	"hutong/internal/papers"
)

// Duties keeps the open obligations of flows. Flows and Register report each
// change to it, under their own locks, so that the result of an earlier look is
// never kept after a change.
type Duties struct {
	lock
	flows   map[dataspace.FlowID]looked
	open    map[dataspace.FlowID][][]byte // JSON of agenda.Ranked
	notices map[noticed]notice
}

var _ agenda.Store = (*Duties)(nil)

// looked says when a flow was checked.
type looked struct {
	owner   dataspace.ParticipantID
	dataset dataspace.DatasetID
	asOf    string // empty: something has changed since
	changed int64
}

// noticed is the key of a warning to an owner.
type noticed struct {
	owner  dataspace.ParticipantID
	digest dataspace.Digest
}

// notice is a warning and the flows that it is about.
type notice struct {
	doc   dataspace.Document
	flows map[dataspace.FlowID]bool
}

// flowChanged records a change of a flow. A flow that was never decided, or
// that ended before a delivery, has no duties.
func (d *Duties) flowChanged(f flow.Flow) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if f.Documents[flow.DocFacts] == "" {
		return
	}
	if f.State.Final() && f.Delivered == nil {
		delete(d.flows, f.ID)
		delete(d.open, f.ID)
		d.forgetNotices(f.ID)
		return
	}
	was, ok := d.flows[f.ID]
	if !ok {
		was = looked{owner: f.Local, dataset: f.Dataset}
	}
	was.asOf, was.changed = "", was.changed+1
	d.flows[f.ID] = was
}

// changed records a change of something on which the decisions of some flows
// depend.
func (d *Duties) changed(touches func(looked) bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for id, l := range d.flows {
		if touches(l) {
			l.asOf, l.changed = "", l.changed+1
			d.flows[id] = l
		}
	}
}

func (d *Duties) datasetChanged(owner dataspace.ParticipantID, id dataspace.DatasetID) {
	d.changed(func(l looked) bool { return l.owner == owner && l.dataset == id })
}

func (d *Duties) instrumentChanged(i papers.Paper) {
	d.changed(func(l looked) bool { return l.owner == i.Owner || shares(i, l.owner) })
}

// shares reports whether an instrument covers another exporter too.
func shares(i papers.Paper, with dataspace.ParticipantID) bool {
	return i.Covers != nil && slices.Contains(i.Covers.Exporters, with)
}

// unlooked returns the flows to check, in order. The caller holds the lock.
func (d *Duties) unlooked(of agenda.Filter, asOf string) []agenda.Unlooked {
	var out []agenda.Unlooked
	for id, l := range d.flows {
		if l.asOf != asOf && (of.Flow == "" || id == of.Flow) && (of.Local == "" || l.owner == of.Local) {
			out = append(out, agenda.Unlooked{AsOf: l.asOf, Flow: id, Changed: l.changed})
		}
	}
	slices.SortFunc(out, byLook)
	return out
}

func byLook(a, b agenda.Unlooked) int {
	return cmp.Or(cmp.Compare(a.AsOf, b.AsOf), cmp.Compare(a.Flow, b.Flow))
}

// Unlooked implements agenda.Store.
func (d *Duties) Unlooked(_ context.Context, of agenda.Filter, asOf string, after agenda.Unlooked, limit int) ([]agenda.Unlooked, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	list := slices.DeleteFunc(d.unlooked(of, asOf), func(u agenda.Unlooked) bool { return byLook(u, after) <= 0 })
	return list[:min(len(list), limit)], nil
}

// Undecided implements agenda.Store.
func (d *Duties) Undecided(_ context.Context, of agenda.Filter, asOf string) (int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return int64(len(d.unlooked(of, asOf))), nil
}

// PutLook implements agenda.Store.
func (d *Duties) PutLook(ctx context.Context, u agenda.Unlooked, l agenda.Look) error {
	var open [][]byte
	for _, r := range l.Duties {
		body, err := json.Marshal(r)
		if err != nil {
			return fmt.Errorf("encode obligation: %w", err)
		}
		open = append(open, body)
	}
	var docs []dataspace.Document
	for _, w := range l.Warnings {
		doc, err := dataspace.NewDocument(w)
		if err != nil {
			return fmt.Errorf("encode warning: %w", err)
		}
		docs = append(docs, doc)
	}
	if err := d.begin(ctx); err != nil {
		return err
	}
	defer d.mu.Unlock()
	was, ok := d.flows[u.Flow]
	if !ok || was.changed != u.Changed {
		return nil
	}
	was.asOf = l.AsOf
	d.flows[u.Flow], d.open[u.Flow] = was, open
	d.forgetNotices(u.Flow)
	for _, doc := range docs {
		key := noticed{l.Local, doc.Digest()}
		if d.notices[key].flows == nil {
			d.notices[key] = notice{doc: doc, flows: map[dataspace.FlowID]bool{}}
		}
		d.notices[key].flows[u.Flow] = true
	}
	return nil
}

// forgetNotices removes a flow from all warnings.
func (d *Duties) forgetNotices(id dataspace.FlowID) {
	for key, n := range d.notices {
		if delete(n.flows, id); len(n.flows) == 0 {
			delete(d.notices, key)
		}
	}
}

func byPlace(a, b agenda.Place) int {
	return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Flow, b.Flow), cmp.Compare(a.N, b.N))
}

// Duties implements agenda.Store.
func (d *Duties) Duties(_ context.Context, of agenda.Filter, after agenda.Place, limit int) ([]agenda.Ranked, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []agenda.Ranked
	for id, list := range d.open {
		if of.Flow != "" && id != of.Flow || of.Local != "" && d.flows[id].owner != of.Local {
			continue
		}
		for _, body := range list {
			var r agenda.Ranked
			if err := json.Unmarshal(body, &r); err != nil {
				return nil, fmt.Errorf("decode obligation: %w", err)
			}
			chosen := (r.Open || of.Fulfilled) && (of.DueBefore == "" || r.Rank < of.DueBefore)
			if chosen && (after == agenda.Place{} || byPlace(r.Place, after) > 0) {
				out = append(out, r)
			}
		}
	}
	slices.SortFunc(out, func(a, b agenda.Ranked) int { return byPlace(a.Place, b.Place) })
	return out[:min(len(out), limit)], nil
}

// Notices implements agenda.Store.
func (d *Duties) Notices(_ context.Context, of agenda.Filter, limit int) ([]agenda.Notice, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var keys []noticed
	for key, n := range d.notices {
		if (of.Local == "" || key.owner == of.Local) && (of.Flow == "" || n.flows[of.Flow]) {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b noticed) int { return cmp.Or(cmp.Compare(a.owner, b.owner), cmp.Compare(a.digest, b.digest)) })
	out := []agenda.Notice{}
	var errs []error
	for _, key := range keys[:min(len(keys), limit)] {
		n := agenda.Notice{Participant: key.owner}
		errs = append(errs, json.Unmarshal(d.notices[key].doc, &n.Warning))
		for id := range d.notices[key].flows {
			if of.Flow == "" || id == of.Flow {
				n.Flows = append(n.Flows, id)
			}
		}
		slices.Sort(n.Flows)
		n.FlowsInAll = int64(len(n.Flows))
		n.Flows = n.Flows[:min(len(n.Flows), agenda.NoticeFlows)]
		out = append(out, n)
	}
	return out, errors.Join(errs...)
}
