package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/api/layout"

	"hutong/bench/pair"
	"hutong/client"
	"hutong/internal/dataspace"
	"hutong/internal/prove"
	"hutong/internal/sample"
	"hutong/internal/tlog"
)

// checked is what the checks found on the way.
type checked struct {
	entries  int                 // in both logs
	marks    map[string][]moment // of both sides
	verify   []time.Duration
	settling time.Duration // from the last completed flow to both sides being done
}

// moment is an entry of a log.
type moment struct {
	name string
	at   time.Time
}

// expected are the entries that each side of a delivered flow leaves in its
// log, once each.
var expected = map[dataspace.Role][]dataspace.EventKind{
	dataspace.Provider: {dataspace.EventProfile, dataspace.EventDecision, dataspace.EventAgreement, dataspace.EventStart, dataspace.EventReceipt},
	dataspace.Consumer: {dataspace.EventDecision, dataspace.EventAgreement, dataspace.EventStart, dataspace.EventReceipt},
}

// check fails unless every flow was completed once on both sides, with one
// agreement and one file, the same on both; unless each log has every event
// once and nothing else; unless people were counted once; and unless every
// waybill of both sides verifies.
func (r *runner) check(ctx context.Context) (*checked, error) {
	c := &checked{marks: map[string][]moment{}}
	sent, err := r.side(ctx, r.pair.Provider)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	got, err := r.side(ctx, r.pair.Consumer)
	if err != nil {
		return nil, err
	}
	c.settling = time.Since(began)
	errs := []error{r.ours(sent), match(sent, got), r.files(got)}
	for _, s := range []struct {
		gateway *pair.Gateway
		role    dataspace.Role
		flows   map[string]client.Flow
	}{{r.pair.Provider, dataspace.Provider, sent}, {r.pair.Consumer, dataspace.Consumer, got}} {
		errs = append(errs, c.log(s.gateway, s.role, s.flows), c.waybills(ctx, s.gateway, s.flows))
	}
	return c, errors.Join(append(errs, r.people(ctx))...)
}

// side are the flows of a gateway by agreement, once all have ended: the
// recipient ends a moment after the sender.
func (r *runner) side(ctx context.Context, g *pair.Gateway) (map[string]client.Flow, error) {
	list, err := client.Collect(g.Flows().List(ctx, client.FlowFilter{}))
	if err != nil {
		return nil, err
	}
	if len(list) != r.n {
		return nil, fmt.Errorf("%s has %d flows instead of %d", g.ID, len(list), r.n)
	}
	out := make(map[string]client.Flow, len(list))
	for _, f := range list {
		f, err := g.Follow(ctx, f.ID, func(client.Flow) {})
		if err != nil {
			return nil, err
		}
		if f.State != client.Completed || f.Delivered == nil || f.Waybill == "" {
			return nil, fmt.Errorf("%s: flow %s is %s: %+v", g.ID, f.ID, f.State, f.Trouble)
		}
		if _, twice := out[f.Agreement]; twice {
			return nil, fmt.Errorf("%s: two flows under agreement %s", g.ID, f.Agreement)
		}
		out[f.Agreement] = f
	}
	return out, nil
}

// ours checks that the flows are those that were started.
func (r *runner) ours(sent map[string]client.Flow) error {
	started := map[string]bool{}
	for _, f := range r.flows {
		started[f.view.ID] = true
	}
	for _, f := range sent {
		if !started[f.ID] {
			return fmt.Errorf("flow %s was not started by anybody", f.ID)
		}
		delete(started, f.ID)
	}
	if len(started) > 0 {
		return fmt.Errorf("%d flows are lost", len(started))
	}
	return nil
}

func match(sent, got map[string]client.Flow) error {
	seen := map[string]bool{}
	for id, s := range sent {
		g, ok := got[id]
		switch {
		case !ok:
			return fmt.Errorf("flow %s: the recipient knows nothing of agreement %s", s.ID, id)
		case s.Delivered.Root != g.Delivered.Root || s.Delivered.Rows != g.Delivered.Rows || s.Delivered.Size != g.Delivered.Size:
			return fmt.Errorf("flow %s: the two sides know of different deliveries", s.ID)
		case s.Dataset != g.Dataset || seen[s.Dataset]:
			return fmt.Errorf("flow %s: dataset %s came twice or as another", s.ID, s.Dataset)
		}
		seen[s.Dataset] = true
	}
	return nil
}

// files checks that the recipient has one file of each flow, and no other.
func (r *runner) files(got map[string]client.Flow) error {
	dirs := map[string]int{}
	for _, f := range got {
		info, err := os.Stat(f.Delivered.Path)
		if err != nil {
			return err
		}
		if info.Size() != f.Delivered.Size {
			return fmt.Errorf("flow %s: the file has %d bytes instead of %d", f.ID, info.Size(), f.Delivered.Size)
		}
		dirs[filepath.Dir(f.Delivered.Path)]++
	}
	for dir, n := range dirs {
		list, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		// A file whose name begins with a dot is the gateway's own note of a delivery.
		list = slices.DeleteFunc(list, func(e os.DirEntry) bool { return strings.HasPrefix(e.Name(), ".") })
		if len(list) != n {
			return fmt.Errorf("%d files have arrived instead of %d", len(list), n)
		}
	}
	return nil
}

// people checks that everybody in the table was counted once, not once a flow.
func (r *runner) people(ctx context.Context) error {
	table, err := sample.Lookup(sample.Support)
	if err != nil {
		return err
	}
	counts, err := r.pair.Provider.Counts().Year(ctx, pair.Exporter, 0, 0)
	if err != nil {
		return err
	}
	if n := counts.Totals["non_sensitive"] + counts.Totals["sensitive"]; n != table.People {
		return fmt.Errorf("%d people are counted, the table has %d", n, table.People)
	}
	return nil
}

// log reads a gateway's whole log from disk and holds it against the flows.
func (c *checked) log(g *pair.Gateway, role dataspace.Role, flows map[string]client.Flow) error {
	agreement := map[string]string{}
	for id, f := range flows {
		agreement[f.ID] = id
	}
	kinds := map[string][]dataspace.EventKind{}
	seen := map[dataspace.EventID]bool{}
	err := entries(filepath.Join(g.Dir, "log"), func(e prove.EntryBody) error {
		if seen[e.ID] {
			return fmt.Errorf("event %s is there twice", e.ID)
		}
		seen[e.ID] = true
		if e.Flow == "" {
			return nil // of the gateway, such as the confirmation of a document
		}
		if agreement[string(e.Flow)] == "" {
			return fmt.Errorf("event %s is of flow %s, which was not asked for", e.ID, e.Flow)
		}
		at, err := time.Parse(time.RFC3339Nano, e.At)
		if err != nil {
			return err
		}
		kinds[string(e.Flow)] = append(kinds[string(e.Flow)], e.Kind)
		id := agreement[string(e.Flow)]
		c.marks[id] = append(c.marks[id], moment{string(role) + " " + string(e.Kind), at})
		return nil
	})
	if err != nil {
		return fmt.Errorf("log of %s: %w", g.ID, err)
	}
	c.entries += len(seen)
	for id := range agreement {
		if got := kinds[id]; !slices.Equal(got, expected[role]) {
			return fmt.Errorf("log of %s: flow %s has the events %v instead of %v", g.ID, id, got, expected[role])
		}
	}
	return nil
}

// entries yields every entry of a log that is kept in a directory.
func entries(dir string, yield func(prove.EntryBody) error) error {
	data, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return err
	}
	head, err := tlog.ParseCheckpoint(data)
	if err != nil {
		return err
	}
	for n := uint64(0); n*layout.EntryBundleWidth < head.Size; n++ {
		width := min(head.Size-n*layout.EntryBundleWidth, layout.EntryBundleWidth)
		data, err := os.ReadFile(filepath.Join(dir, layout.EntriesPath(n, uint8(width%layout.EntryBundleWidth))))
		if err != nil {
			return err
		}
		var bundle api.EntryBundle
		if err := bundle.UnmarshalText(data); err != nil {
			return err
		}
		for _, raw := range bundle.Entries {
			e, err := prove.ParseEntry(raw)
			if err != nil {
				return err
			}
			if err := yield(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// waybills verifies the waybill of each flow under the gateway's key.
func (c *checked) waybills(ctx context.Context, g *pair.Gateway, flows map[string]client.Flow) error {
	e, err := g.Client.Gateway().Evidence(ctx)
	if err != nil {
		return err
	}
	for _, f := range flows {
		data, err := os.ReadFile(f.Waybill)
		if err != nil {
			return err
		}
		began := time.Now()
		report, err := prove.Verify(data, prove.Trust{Keys: []string{e.LogKey}})
		if err != nil || !report.OK || string(report.Flow) != f.ID {
			return fmt.Errorf("waybill of flow %s at %s does not verify: %w", f.ID, g.ID, err)
		}
		c.verify = append(c.verify, time.Since(began))
	}
	return nil
}
