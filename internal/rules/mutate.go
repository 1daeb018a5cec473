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

// trial is a case with its facts read, or a case of an incident.
type trial struct {
	facts    dataspace.Facts
	expect   expectYAML
	list     *itemList // made up for the case, nil for none
	incident *incidentCaseYAML
}

// Mutate makes every mutant of the pack and runs the pack's cases on each,
// together with the pack it overlays, until one fails. A mutant that does not
// load is none. The cases must hold on the pack itself.
func (p *Pack) Mutate(with ...*Pack) MutationReport {
	report := MutationReport{Pack: p.Ref()}
	trials, excuses, err := p.trials(with)
	if err != nil {
		report.Err = err.Error()
		return report
	}
	made := p.mutations()
	fates := p.tryAll(made, trials, with)
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

func (p *Pack) trials(with []*Pack) ([]trial, map[string]string, error) {
	y, err := p.readCases()
	if err != nil {
		return nil, nil, err
	}
	set, err := p.testSet(with)
	if err != nil {
		return nil, nil, err
	}
	list, err := p.caseList(&y)
	if err != nil {
		return nil, nil, err
	}
	sets := p.withLists(set, list)
	out := make([]trial, 0, len(y.Cases)+len(y.Incidents))
	for _, c := range y.Cases {
		f, err := c.facts(y.Defaults)
		if err != nil {
			return nil, nil, fmt.Errorf("case %s: %w", c.ID, err)
		}
		t := trial{facts: f, expect: c.Expect}
		if c.List {
			t.list = list
		}
		if p.notices(sets, &t) {
			return nil, nil, fmt.Errorf("case %s does not hold on the pack itself", c.ID)
		}
		out = append(out, t)
	}
	for i, c := range y.Incidents {
		t := trial{incident: &y.Incidents[i]}
		if p.notices(sets, &t) {
			return nil, nil, fmt.Errorf("case %s does not hold on the pack itself", c.ID)
		}
		out = append(out, t)
	}
	excuses := make(map[string]string, len(y.Equivalent))
	for _, x := range y.Equivalent {
		excuses[x.Mutant] = x.Why
	}
	return out, excuses, nil
}

// notices reports whether a case fails.
func (p *Pack) notices(sets map[*itemList]*Set, t *trial) bool {
	if t.incident != nil {
		return len(p.testIncident(*t.incident, map[dataspace.RuleID][]string{})) > 0
	}
	e := sets[t.list].evaluation(&t.facts)
	defer e.release()
	return len(p.compare(t.expect, e.decision(e.run()))) > 0
}

type fate uint8

const (
	stillborn fate = iota
	survived
	killed
)

// tryAll decides the fate of each mutant, on every processor.
func (p *Pack) tryAll(made []mutation, trials []trial, with []*Pack) []fate {
	fates := make([]fate, len(made))
	var next atomic.Int64
	var all sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			known := map[string]condition{} // what compiles once serves all mutants
			order := slices.Clone(trials)
			for {
				i := int(next.Add(1)) - 1
				if i >= len(made) {
					return
				}
				fates[i] = p.try(made[i], order, known, with)
			}
		})
	}
	all.Wait()
	return fates
}

// try moves the case that noticed to the front: it is likely to notice the
// next mutant of the same rule too.
func (p *Pack) try(m mutation, trials []trial, known map[string]condition, with []*Pack) fate {
	mutant, err := p.with(m, known)
	if err != nil {
		return stillborn
	}
	set, err := mutant.testSet(with)
	if err != nil {
		return stillborn
	}
	sets := mutant.withLists(set, listOf(trials))
	for _, s := range sets {
		s.narrowed = nil // too few cases for an index to pay
	}
	for i := range trials {
		if mutant.notices(sets, &trials[i]) {
			first := trials[i]
			copy(trials[1:i+1], trials[:i])
			trials[0] = first
			return killed
		}
	}
	return survived
}

// listOf is the list that some case asks for.
func listOf(trials []trial) *itemList {
	for i := range trials {
		if trials[i].list != nil {
			return trials[i].list
		}
	}
	return nil
}

// with is the pack with one mutation.
func (p *Pack) with(m mutation, known map[string]condition) (*Pack, error) {
	mutant := &Pack{yaml: p.yaml, dir: p.dir, sha256: p.sha256, calendar: p.calendar, base: p.base}
	m.apply(&mutant.yaml)
	c := &compiler{pack: mutant, known: known}
	return mutant, c.run()
}
