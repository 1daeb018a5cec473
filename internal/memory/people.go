package memory

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"hutong/internal/dataspace"
	"hutong/internal/people"
	"hutong/internal/prove"
	"hutong/internal/runset"
)

// Counts keeps the data of people.Counts that is not in files. A change works
// on a copy, which replaces the rows when the change succeeds: a reader keeps
// the rows with which it began.
type Counts struct {
	gateway  dataspace.GatewayID
	evidence *Evidence

	change sync.Mutex // locked during a change
	mu     sync.Mutex // locked while now is read or replaced
	now    *counted
}

var _ people.Rows = (*Counts)(nil)

// counted is the rows at one moment. Lists of people are never changed in place.
type counted struct {
	ledgers     map[int64]people.Ledger
	tallies     map[tally]int64
	lists       map[int64]people.List
	claims      map[claimed]people.Claim
	members     map[int64][]runset.Person
	corrections map[string]people.Correction
	lastLedger  int64
	lastList    int64
}

// tally names the number of people of a ledger, class and day.
type tally struct {
	ledger int64
	class  int
	day    runset.Day
}

// claimed names a claim.
type claimed struct {
	id   dataspace.ReservationID
	part string
}

// clone shares lists of people only.
func (c *counted) clone() *counted {
	out := *c
	out.ledgers, out.tallies, out.lists = maps.Clone(c.ledgers), maps.Clone(c.tallies), maps.Clone(c.lists)
	out.claims, out.members, out.corrections = maps.Clone(c.claims), maps.Clone(c.members), maps.Clone(c.corrections)
	return &out
}

func newCounts(gateway dataspace.GatewayID, evidence *Evidence) *Counts {
	return &Counts{gateway: gateway, evidence: evidence, now: &counted{
		ledgers: map[int64]people.Ledger{}, tallies: map[tally]int64{}, lists: map[int64]people.List{},
		claims: map[claimed]people.Claim{}, members: map[int64][]runset.Person{}, corrections: map[string]people.Correction{},
	}}
}

func (c *Counts) at() *counted {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// View implements people.Rows.
func (c *Counts) View(ctx context.Context, fn func(context.Context, people.Reader) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return fn(ctx, &countTx{counted: c.at()})
}

// Update implements people.Rows.
func (c *Counts) Update(ctx context.Context, fn func(context.Context, people.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.change.Lock()
	defer c.change.Unlock()
	t := &countTx{counted: c.at().clone(), gateway: c.gateway}
	if err := fn(context.WithoutCancel(ctx), t); err != nil {
		return err
	}
	c.evidence.mu.Lock()
	defer c.evidence.mu.Unlock()
	if err := c.evidence.insertEvents(t.events); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t.counted
	return nil
}

// countTx is a transaction on the counts.
type countTx struct {
	*counted
	gateway dataspace.GatewayID
	events  []prove.Row
}

var _ people.Tx = (*countTx)(nil)

func cloneLedger(l people.Ledger) people.Ledger {
	l.Classes = slices.Clone(l.Classes)
	return l
}

// Ledger implements people.LedgerReader.
func (t *countTx) Ledger(_ context.Context, w people.Window) (people.Ledger, error) {
	for _, l := range t.ledgers {
		if l.Window == w {
			return cloneLedger(l), nil
		}
	}
	return people.Ledger{}, fmt.Errorf("find ledger: %w", dataspace.ErrNotFound)
}

// LedgerOf implements people.LedgerReader.
func (t *countTx) LedgerOf(_ context.Context, num int64) (people.Ledger, error) {
	l, ok := t.ledgers[num]
	if !ok {
		return people.Ledger{}, fmt.Errorf("find ledger: %w", dataspace.ErrNotFound)
	}
	return cloneLedger(l), nil
}

// LastYear implements people.LedgerReader.
func (t *countTx) LastYear(_ context.Context, exporter dataspace.ParticipantID, part string) (year int, err error) {
	for _, l := range t.ledgers {
		if l.Exporter == exporter && l.Part == part {
			year = max(year, l.Year)
		}
	}
	return year, nil
}

// Tally implements people.LedgerReader.
func (t *countTx) Tally(_ context.Context, ledger int64, since runset.Day) (out runset.Tally, err error) {
	for k, n := range t.tallies {
		if k.ledger == ledger && k.day >= since {
			out[k.class] += n
		}
	}
	return out, nil
}

// PutLedger implements people.LedgerWriter.
func (t *countTx) PutLedger(ctx context.Context, l people.Ledger) (people.Ledger, error) {
	if l.Num == 0 {
		if _, err := t.Ledger(ctx, l.Window); err == nil {
			return l, fmt.Errorf("store ledger: %w", dataspace.ErrConflict)
		}
		t.lastLedger++
		l.Num = t.lastLedger
	}
	t.ledgers[l.Num] = cloneLedger(l)
	return l, nil
}

// Count implements people.LedgerWriter. A rolling window has one class, and its
// people are counted by day.
func (t *countTx) Count(_ context.Context, ledger int64, c runset.Change) error {
	if c.Days != nil {
		for day, n := range c.Days {
			t.tallies[tally{ledger: ledger, day: day}] += n
		}
		return nil
	}
	for class, n := range c.Tally {
		if n != 0 {
			t.tallies[tally{ledger: ledger, class: class}] += n
		}
	}
	return nil
}

// Lists implements people.ListReader.
func (t *countTx) Lists(_ context.Context, f people.ListFilter) ([]people.List, error) {
	var out []people.List
	for _, l := range t.lists {
		if (f.Num == 0 || l.Num == f.Num) && (f.Job == "" || l.Job == f.Job) && (f.Ledger == 0 || l.Ledger == f.Ledger) &&
			(!f.Files || l.File && l.Counted) {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b people.List) int {
		return cmp.Or(cmp.Compare(a.Ledger, b.Ledger), compareBool(a.File, b.File), cmp.Compare(a.Info.People, b.Info.People), cmp.Compare(a.Num, b.Num))
	})
	return out, nil
}

// compareBool puts false first.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// Claims implements people.ListReader.
func (t *countTx) Claims(_ context.Context, f people.ClaimFilter) ([]people.Claim, error) {
	var out []people.Claim
	for _, c := range t.claims {
		if (f.ID == "" || c.ID == f.ID) && (f.Flow == "" || c.Flow == f.Flow) && (f.Ledger == 0 || c.Ledger == f.Ledger) {
			out = append(out, cloneClaim(c))
		}
	}
	slices.SortFunc(out, func(a, b people.Claim) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Part, b.Part)) })
	return out, nil
}

func cloneClaim(c people.Claim) people.Claim {
	c.People, c.New = maps.Clone(c.People), maps.Clone(c.New)
	return c
}

// PutList implements people.ListWriter.
func (t *countTx) PutList(_ context.Context, l people.List) (people.List, error) {
	if l.Num == 0 {
		t.lastList++
		l.Num = t.lastList
		t.lists[l.Num] = l
		return l, nil
	}
	if old, ok := t.lists[l.Num]; ok {
		old.Counted, old.Job, old.Info = l.Counted, l.Job, l.Info
		t.lists[l.Num] = old
	}
	return l, nil
}

// DeleteList implements people.ListWriter.
func (t *countTx) DeleteList(_ context.Context, num int64) error {
	delete(t.lists, num)
	return nil
}

// PutClaim implements people.ListWriter. Exporter and year come from the
// ledger.
func (t *countTx) PutClaim(_ context.Context, c people.Claim) error {
	l, ok := t.ledgers[c.Ledger]
	if !ok {
		return fmt.Errorf("store reservation: no ledger %d: %w", c.Ledger, dataspace.ErrNotFound)
	}
	c.Exporter, c.Year = l.Exporter, l.Year
	t.claims[claimed{c.ID, c.Part}] = cloneClaim(c)
	return nil
}

// days gives people the day of their list; of their own data it keeps only the
// mask.
func days(list []runset.Person, l people.List) []runset.Person {
	out := slices.Clone(list)
	for i := range out {
		out[i].Kept = runset.Kept{Mask: out[i].Mask, Day: l.Day}
	}
	return out
}

// Members implements people.MemberReader.
func (t *countTx) Members(_ context.Context, list int64) (runset.Source, error) {
	l, ok := t.lists[list]
	if !ok {
		return runset.Slice(nil), nil
	}
	return runset.Slice(days(t.members[list], l)), nil
}

// others returns the people of all counting lists of a ledger except one.
func (t *countTx) others(ledger, but int64) []runset.Person {
	var out []runset.Person
	for num, list := range t.members {
		if l := t.lists[num]; num != but && l.Ledger == ledger && l.Counted {
			out = append(out, days(list, l)...)
		}
	}
	return runset.Sort(out)
}

// Others implements people.MemberReader.
func (t *countTx) Others(_ context.Context, ledger, but int64) (runset.Source, error) {
	return runset.Slice(t.others(ledger, but)), nil
}

// Held implements people.MemberReader.
func (t *countTx) Held(_ context.Context, ledger, but int64, list, held []runset.Person) error {
	others := t.others(ledger, but)
	for i := range list {
		if at, ok := slices.BinarySearchFunc(others, list[i], runset.Person.Compare); ok {
			held[i].Join(others[at])
		}
	}
	return nil
}

// AddMembers implements people.MemberWriter.
func (t *countTx) AddMembers(_ context.Context, l people.List, list []runset.Person) error {
	all := slices.Concat(t.members[l.Num], list)
	slices.SortFunc(all, runset.Person.Compare)
	for i := 1; i < len(all); i++ {
		if all[i-1].Compare(all[i]) == 0 {
			return fmt.Errorf("add people to list %d: one is there already: %w", l.Num, dataspace.ErrConflict)
		}
	}
	t.members[l.Num] = all
	return nil
}

// DropMembers implements people.MemberWriter.
func (t *countTx) DropMembers(_ context.Context, list int64, limit int) (more bool, err error) {
	all := t.members[list]
	if len(all) > limit {
		t.members[list] = all[limit:]
		return true, nil
	}
	delete(t.members, list)
	return false, nil
}

func cloneCorrection(c people.Correction) people.Correction {
	c.Change = maps.Clone(c.Change)
	return c
}

// Correction implements people.CorrectionReader.
func (t *countTx) Correction(_ context.Context, id string) (people.Correction, error) {
	c, ok := t.corrections[id]
	if !ok {
		return people.Correction{}, fmt.Errorf("find correction: %w", dataspace.ErrNotFound)
	}
	return cloneCorrection(c), nil
}

// Corrections implements people.CorrectionReader.
func (t *countTx) Corrections(_ context.Context, exporter dataspace.ParticipantID, year int) ([]people.Correction, error) {
	var out []people.Correction
	for _, c := range t.corrections {
		if c.Exporter == exporter && c.Year == year {
			out = append(out, cloneCorrection(c))
		}
	}
	slices.SortFunc(out, func(a, b people.Correction) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return out, nil
}

// PutCorrection implements people.Tx. The evidence is stored when the
// transaction ends, or the transaction is undone.
func (t *countTx) PutCorrection(_ context.Context, c people.Correction, evidence dataspace.Event) error {
	if _, taken := t.corrections[c.ID]; taken {
		return fmt.Errorf("store correction %s: %w", c.ID, dataspace.ErrConflict)
	}
	rows, err := prove.Encode(t.gateway, evidence)
	if err != nil {
		return fmt.Errorf("store correction: %w", err)
	}
	t.events = append(t.events, rows...)
	t.corrections[c.ID] = cloneCorrection(c)
	return nil
}
