package rules

import (
	"maps"
	"slices"
)

// aside lists the mistakes in what stands beside the rules: when instruments
// are renewed and what ends them, and how switches stand.
func (m *mutator) aside() {
	y := &m.pack.yaml
	for _, kind := range sortedKeys(y.Instruments) {
		m.instrument(kind, y.Instruments[kind])
	}
	for _, name := range sortedKeys(y.Switches) {
		s := y.Switches[name]
		m.add("switch."+name+" default flipped", func(y *packYAML) {
			y.Switches = maps.Clone(y.Switches)
			s.Default = !s.Default
			y.Switches[name] = s
		})
	}
}

func (m *mutator) instrument(kind string, in instrumentYAML) {
	edit := func(change func(*instrumentYAML)) func(*packYAML) {
		return func(y *packYAML) {
			y.Instruments = maps.Clone(y.Instruments)
			copied := in
			change(&copied)
			y.Instruments[kind] = copied
		}
	}
	if r := in.Renew; r != nil {
		m.add("instrument."+kind+" renew deleted", edit(func(in *instrumentYAML) { in.Renew = nil }))
		for what, n := range map[string]int{"working_days": r.WorkingDays, "months": r.Months} {
			if n == 0 {
				continue
			}
			m.number("instrument."+kind+" renew "+what, int64(n), func(y *packYAML, v int64) {
				edit(func(in *instrumentYAML) {
					renew := *r
					if what == "months" {
						renew.Months = int(v)
					} else {
						renew.WorkingDays = int(v)
					}
					in.Renew = &renew
				})(y)
			})
		}
	}
	for j, t := range in.Triggers {
		m.add("instrument."+kind+" trigger "+t.On+" deleted", edit(func(in *instrumentYAML) {
			in.Triggers = slices.Delete(slices.Clone(in.Triggers), j, j+1)
		}))
	}
}
