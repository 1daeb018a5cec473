package examine

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/internal/rules"
)

// MutationReport says how many mistakes the cases of a pack would detect: for
// each small mistake made on purpose, whether some case fails.
type MutationReport struct {
	Pack    dataspace.PackRef `json:"pack"`
	Mutants int               `json:"mutants"` // that load, without the excused ones
	Killed  int               `json:"killed"`
	// Broken are mistakes after which the pack does not load: the loader detects
	// them, so no case has to.
	Broken int `json:"broken"`
	// Survivors are mutants that no case detects, Excused those of them that
	// the cases declare equivalent. Stale excuses name no survivor.
	Survivors []string `json:"survivors,omitempty"`
	Excused   []string `json:"excused,omitempty"`
	Stale     []string `json:"stale,omitempty"`
	Err       string   `json:"error,omitempty"` // nothing could be tried
}

// trial is a case with its facts parsed, or a case of an incident.
type trial struct {
	facts    dataspace.Facts
	expect   *expectYAML
	listed   bool // uses the invented list for the cases
	incident *incidentCaseYAML
}

// Mutate makes every mutant of the pack and runs the pack's cases on each,
// together with the pack it overlays, until one fails. A mutant that does not
// load is counted as broken and not as a mutant. The cases must hold on the pack itself.
func Mutate(p *pack.Pack, with ...*pack.Pack) MutationReport {
	report := MutationReport{Pack: p.Ref()}
	t, err := readTrials(p, with)
	if err != nil {
		report.Err = err.Error()
		return report
	}
	made := mutations(p)
	fates := t.all(made)
	for i, m := range made {
		why, excused := t.excuses[m.id]
		switch {
		case fates[i] == survived && excused && why != "":
			report.Excused = append(report.Excused, m.id)
			delete(t.excuses, m.id)
			continue
		case fates[i] == survived:
			report.Survivors = append(report.Survivors, m.id)
		case fates[i] == killed:
			report.Killed++
		default:
			report.Broken++
			continue
		}
		report.Mutants++
	}
	report.Stale = sorted(t.excuses)
	return report
}

// trials are the cases of a pack, ready to be run on its mutants.
type trials struct {
	pack    *pack.Pack
	with    []*pack.Pack   // beside it
	list    *pack.ItemList // invented for the cases; nil: none
	cases   []trial
	excuses map[string]string // why a mutant cannot be detected, by its id
}

func readTrials(p *pack.Pack, with []*pack.Pack) (*trials, error) {
	y, err := readCases(p)
	if err != nil {
		return nil, err
	}
	set, err := rules.Alone(p, with...)
	if err != nil {
		return nil, err
	}
	list, err := y.list(p)
	if err != nil {
		return nil, err
	}
	t := &trials{pack: p, with: with, list: list, excuses: make(map[string]string, len(y.Equivalent))}
	sets := setsOf(set, p, list)
	add := func(id string, one trial) error {
		if one.notices(p, sets) {
			return fmt.Errorf("case %s does not hold on the pack itself", id)
		}
		t.cases = append(t.cases, one)
		return nil
	}
	for i := range y.Cases {
		c := &y.Cases[i]
		f, err := c.facts(sets.of(c.List), y.Defaults)
		if err != nil {
			return nil, fmt.Errorf("case %s: %w", c.ID, err)
		}
		if err := add(c.ID, trial{facts: f, expect: &c.Expect, listed: c.List}); err != nil {
			return nil, err
		}
	}
	for i := range y.Incidents {
		c := &y.Incidents[i]
		if err := add(c.ID, trial{incident: c}); err != nil {
			return nil, err
		}
	}
	for _, x := range y.Equivalent {
		t.excuses[x.Mutant] = x.Why
	}
	return t, nil
}

// notices reports whether a case fails on a pack.
func (t *trial) notices(p *pack.Pack, sets setsByList) bool {
	if t.incident != nil {
		one := tester{pack: p, decided: map[dataspace.RuleID][]string{}}
		return len(one.incident(t.incident)) > 0
	}
	d, err := sets.of(t.listed).Brief(t.facts)
	return err != nil || len(compare(p, t.expect, &d)) > 0
}

type fate uint8

const (
	stillborn fate = iota
	survived
	killed
)

// all tests each mutant, on every processor.
func (t *trials) all(made []mutation) []fate {
	fates := make([]fate, len(made))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			editor, order := t.pack.Editor(), slices.Clone(t.cases)
			for {
				i := int(next.Add(1)) - 1
				if i >= len(made) {
					return
				}
				fates[i] = t.try(editor, made[i], order)
			}
		})
	}
	workers.Wait()
	return fates
}

// try moves the case that detected the mutant to the front: it is likely to
// detect the next mutant of the same rule too.
func (t *trials) try(editor *pack.Editor, m mutation, order []trial) fate {
	mutant, err := editor.Edit(m.apply)
	if err != nil {
		return stillborn
	}
	set, err := rules.Alone(mutant, t.with...)
	if err != nil {
		return stillborn
	}
	sets := setsOf(set, mutant, t.list)
	for i := range order {
		if order[i].notices(mutant, sets) {
			first := order[i]
			copy(order[1:i+1], order[:i])
			order[0] = first
			return killed
		}
	}
	return survived
}
