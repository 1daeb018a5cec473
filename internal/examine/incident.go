package examine

import (
	"fmt"
	"slices"

	"hutong/internal/incident"
	"hutong/internal/pack"
)

type incidentCaseYAML struct {
	ID     string         `yaml:"id"`
	Facts  map[string]any `yaml:"facts"`
	Expect struct {
		Clocks map[string]string `yaml:"clocks"` // those that surely run: id and deadline, "" for none
		May    []string          `yaml:"may"`
		Absent []string          `yaml:"absent"`
		// Advice are all clocks of Clocks and May that are advice; Missing are texts
		// that are named.
		Advice  []string `yaml:"advice"`
		Missing []string `yaml:"missing"`
	} `yaml:"expect"`
	Why string `yaml:"why"`
}

// incident runs a case about an incident and lists its unexpected results.
func (t *tester) incident(c *incidentCaseYAML) (fails []string) {
	f, err := pack.DecodeIncident(c.Facts)
	if err != nil {
		return []string{err.Error()}
	}
	list, err := incident.OfPack(t.pack, f)
	if err != nil {
		return []string{err.Error()}
	}
	running, may := map[string]string{}, map[string]bool{}
	advice, missing := map[string]bool{}, map[string]bool{}
	for _, k := range list {
		advice[string(k.Rule)] = k.Advice
		for _, m := range k.Missing {
			missing[m.Fact] = true
		}
		if may[string(k.Rule)] = k.May; !k.May {
			running[string(k.Rule)] = k.Deadline
			t.decided[k.Rule] = append(t.decided[k.Rule], c.ID)
		}
	}
	for _, id := range sorted(c.Expect.Clocks) {
		if got, ok := running[id]; !ok {
			fails = append(fails, fmt.Sprintf("clock %s does not run", id))
		} else if want := c.Expect.Clocks[id]; got != want {
			fails = append(fails, fmt.Sprintf("clock %s ends %q, expected %q", id, got, want))
		}
	}
	for _, id := range c.Expect.May {
		if !may[id] {
			fails = append(fails, fmt.Sprintf("clock %s is not one that may run", id))
		}
	}
	for _, id := range append(sorted(c.Expect.Clocks), c.Expect.May...) {
		if is, told := advice[id]; told && is != slices.Contains(c.Expect.Advice, id) {
			fails = append(fails, fmt.Sprintf("clock %s: advice is %v", id, is))
		}
	}
	for _, name := range c.Expect.Missing {
		if !missing[name] {
			fails = append(fails, fmt.Sprintf("no clock names %s", name))
		}
	}
	for _, id := range c.Expect.Absent {
		if _, ok := may[id]; ok {
			fails = append(fails, fmt.Sprintf("clock %s should not appear", id))
		}
	}
	return fails
}
