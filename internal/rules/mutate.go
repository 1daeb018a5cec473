package rules

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"hutong/internal/dataspace"
)

// MutationReport says how much the cases of a pack would notice: of each small
// mistake made in it on purpose, whether some case fails.
type MutationReport struct {
	Pack    dataspace.PackRef `json:"pack"`
	Mutants int               `json:"mutants"` // that load, without those excused
	Killed  int               `json:"killed"`
	// Survivors are mutants that no case notices, Excused those of them that
	// the cases say are equivalent. Stale excuses name no survivor.
	Survivors []string `json:"survivors,omitempty"`
	Excused   []string `json:"excused,omitempty"`
	Stale     []string `json:"stale,omitempty"`
	Err       string   `json:"error,omitempty"` // nothing could be tried
}

// trial is a case with its facts read.
type trial struct {
	facts  dataspace.Facts
	list   bool // with the items that the cases make up
	expect expectYAML
}

// Mutate makes every mutant of the pack and runs the pack's cases on each,
// together with the pack it overlays, until one fails. A mutant that does not
// load is none. The cases must hold on the pack itself.
func (p *Pack) Mutate(with ...*Pack) MutationReport {
	report := MutationReport{Pack: p.Ref()}
	y, err := p.readCases()
	if err != nil {
		report.Err = err.Error()
		return report
	}
	a := &attempt{pack: p, with: with, items: y.Items}
	if err := a.read(y); err != nil {
		report.Err = err.Error()
		return report
	}
	excuses := make(map[string]string, len(y.Equivalent))
	for _, x := range y.Equivalent {
		excuses[x.Mutant] = x.Why
	}
	made := p.mutations()
	fates := a.all(made)
	for i, m := range made {
		why, excused := excuses[m.id]
		switch {
		case fates[i] == survived && excused && why != "":
			report.Excused = append(report.Excused, m.id)
			delete(excuses, m.id)
			continue
		case fates[i] == survived:
			report.Survivors = append(report.Survivors, m.id)
		case fates[i] == killed:
			report.Killed++
		default:
			continue
		}
		report.Mutants++
	}
	report.Stale = sortedKeys(excuses)
	return report
}

// attempt is one trying of a pack's mutants.
type attempt struct {
	pack   *Pack
	with   []*Pack
	items  string // made up for the cases
	trials []trial
	clocks []incidentCaseYAML
}

// read prepares the cases, which must hold on the pack itself.
func (a *attempt) read(y casesYAML) error {
	c, err := a.court(a.pack)
	if err != nil {
		return err
	}
	for i := range y.Cases {
		f, err := y.Cases[i].facts(y.Defaults)
		if err != nil {
			return fmt.Errorf("case %s: %w", y.Cases[i].ID, err)
		}
		t := trial{f, y.Cases[i].List, y.Cases[i].Expect}
		if c.notices(&t) {
			return fmt.Errorf("case %s does not hold on the pack itself", y.Cases[i].ID)
		}
		a.trials = append(a.trials, t)
	}
	for _, k := range y.Incidents {
		if len(a.pack.testIncident(k, map[dataspace.RuleID][]string{})) > 0 {
			return fmt.Errorf("case %s does not hold on the pack itself", k.ID)
		}
	}
	a.clocks = y.Incidents
	return nil
}

// court is where a pack is tried: with an empty list, and with one made up.
type court struct {
	pack          *Pack
	empty, loaded *Set
}

func (a *attempt) court(p *Pack) (*court, error) {
	set, err := p.testSet(a.with)
	if err != nil {
		return nil, err
	}
	c := &court{pack: p}
	c.empty, c.loaded, err = p.caseSets(set, a.items)
	if err == nil { // too few cases for an index to pay
		c.empty.narrowed, c.loaded.narrowed = nil, nil
	}
	return c, err
}

// notices reports whether a case fails.
func (c *court) notices(t *trial) bool {
	set := c.empty
	if t.list {
		set = c.loaded
	}
	e := set.evaluation(&t.facts)
	defer e.release()
	return len(c.pack.compare(t.expect, e.decision(e.run()))) > 0
}

type fate uint8

const (
	stillborn fate = iota
	survived
	killed
)

// all decides the fate of each mutant, on every processor.
func (a *attempt) all(made []mutation) []fate {
	fates := make([]fate, len(made))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			known := map[string]condition{} // what compiles once serves all mutants
			order := slices.Clone(a.trials)
			for i := int(next.Add(1)) - 1; i < len(made); i = int(next.Add(1)) - 1 {
				fates[i] = a.one(made[i], order, known)
			}
		})
	}
	workers.Wait()
	return fates
}

// one moves the case that noticed to the front: it is likely to notice the next
// mutant of the same rule too.
func (a *attempt) one(m mutation, trials []trial, known map[string]condition) fate {
	mutant, err := a.pack.with(m, known)
	if err != nil {
		return stillborn
	}
	c, err := a.court(mutant)
	if err != nil {
		return stillborn
	}
	for i := range trials {
		if c.notices(&trials[i]) {
			first := trials[i]
			copy(trials[1:i+1], trials[:i])
			trials[0] = first
			return killed
		}
	}
	for _, k := range a.clocks {
		if len(mutant.testIncident(k, map[dataspace.RuleID][]string{})) > 0 {
			return killed
		}
	}
	return survived
}

// with is the pack with one mutation.
func (p *Pack) with(m mutation, known map[string]condition) (*Pack, error) {
	mutant := &Pack{yaml: p.yaml, dir: p.dir, sha256: p.sha256, calendar: p.calendar, base: p.base, list: p.list}
	m.apply(&mutant.yaml)
	c := &compiler{pack: mutant, known: known}
	return mutant, c.run()
}
