package clear

import (
	"encoding/json"
	"reflect"
	"slices"

	"hutong/internal/dataspace"
)

// SameGrounds reports whether a person approved these facts, apart from the day,
// the counts, who declared the facts, instruments that do not count, and the lists
// with which the recipient was compared.
func SameGrounds(now, before dataspace.Facts) bool {
	for _, f := range []*dataspace.Facts{&now, &before} {
		f.On, f.At, f.Declared, f.Screened = "", "", nil, nil
		f.Instruments = slices.DeleteFunc(slices.Clone(f.Instruments), func(in dataspace.Instrument) bool { return !in.Counts() })
		f.SetCounts(dataspace.Values{})
	}
	a, err := json.Marshal(now)
	if err != nil {
		return false
	}
	b, err := json.Marshal(before)
	return err == nil && slices.Equal(a, b)
}

// SameReasons reports whether the same rules gave the same result in each
// regime.
func SameReasons(now, before dataspace.Decision) bool {
	rules := func(d dataspace.Decision) (out []dataspace.RuleID) {
		for _, r := range d.Reasons {
			out = append(out, r.Rule)
		}
		return out
	}
	return now.Verdict == before.Verdict && reflect.DeepEqual(now.Regimes, before.Regimes) &&
		slices.Equal(rules(now), rules(before))
}
