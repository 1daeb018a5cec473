package dataspace

// CountFacts are distinct people since 1 January of the year of the decision,
// this flow included, flows outside the count left out.
type CountFacts struct {
	NonSensitive *int64
	Sensitive    *int64
	// Under14 are those among the sensitive who are under 14: all that is about
	// a child is sensitive.
	Under14 *int64
	// Standard is the classification by which sensitive people were counted,
	// an id of the taxonomy, or "strictest" for any of them.
	Standard string
}

// Names of the facts that count people.
const (
	countsPrefix       = "counts."
	factNonSensitive   = countsPrefix + "non_sensitive"
	factSensitive      = countsPrefix + "sensitive"
	factChildren       = countsPrefix + "under_14"
	factCountsStandard = countsPrefix + "standard"
)

// Counts are the people that the facts count.
func (f *Facts) Counts() CountFacts {
	return CountFacts{
		NonSensitive: f.Known.maybeInt(factNonSensitive), Sensitive: f.Known.maybeInt(factSensitive),
		Under14: f.Known.maybeInt(factChildren), Standard: f.Known.Text(factCountsStandard),
	}
}

// SetCounts replaces the people that the facts count.
func (f *Facts) SetCounts(c CountFacts) {
	f.Known.ForgetUnder(countsPrefix)
	f.Known.Over(c.Values())
}

// Values are the counts by the names of facts.
func (c CountFacts) Values() Values {
	return ValuesOf(map[string]Value{
		factNonSensitive: MaybeInt(c.NonSensitive), factSensitive: MaybeInt(c.Sensitive),
		factChildren: MaybeInt(c.Under14), factCountsStandard: TextOf(c.Standard),
	})
}

// SensitivePeople are at least the children among them, whatever was counted;
// nil if it is not known.
func (c CountFacts) SensitivePeople() *int64 {
	if c.Sensitive != nil && c.Under14 != nil && *c.Under14 > *c.Sensitive {
		return c.Under14
	}
	return c.Sensitive
}

// Of is the count that a fact's name stands for; nil if it is not known.
func (c CountFacts) Of(fact string) *int64 {
	switch fact {
	case factNonSensitive:
		return c.NonSensitive
	case factSensitive:
		return c.SensitivePeople()
	case factChildren:
		return c.Under14
	}
	return nil
}

func (v Values) maybeInt(name string) *int64 {
	if n, ok := v.Int(name); ok {
		return &n
	}
	return nil
}

// Set states the count that a fact's name stands for. A name that is no count
// changes nothing.
func (c *CountFacts) Set(fact string, n int64) {
	switch fact {
	case "counts.non_sensitive":
		c.NonSensitive = &n
	case "counts.sensitive":
		c.Sensitive = &n
	case "counts.under_14":
		c.Under14 = &n
	}
}
