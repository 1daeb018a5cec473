package pack

// Span has the days on which a statement is law, and those on which the pack knew
// it. The last day of the law belongs to it, the day of withdrawal does not.
type Span struct{ From, To, Recorded, Withdrawn string }

// Span is the time in which the rule is law and known.
func (r *RuleDoc) Span() Span { return Span{r.From, r.To, r.Recorded, r.Withdrawn} }

// Span is the time in which the treatment is law and known.
func (h *HandlingDoc) Span() Span { return Span{h.From, h.To, h.Recorded, h.Withdrawn} }

// Span is the time in which the clock is law and known.
func (i *IncidentDoc) Span() Span { return Span{i.From, i.To, i.Recorded, i.Withdrawn} }

// InForce reports whether the statement is law on a day.
func (s Span) InForce(on string) bool { return InForce(s.From, s.To, on) }

// Holds reports whether the statement is law on one day and was known on
// another.
func (s Span) Holds(on, knownOn string) bool {
	return s.InForce(on) && known(s.Recorded, s.Withdrawn, knownOn)
}

// Overlaps reports whether both are law on one day, and both known on one day.
func (s Span) Overlaps(o Span) bool {
	return (s.To == "" || o.From <= s.To) && (o.To == "" || s.From <= o.To) &&
		(s.Withdrawn == "" || o.Recorded < s.Withdrawn) && (o.Withdrawn == "" || s.Recorded < o.Withdrawn)
}

// Within reports whether s holds only on days on which o holds.
func (s Span) Within(o Span) bool {
	return o.From <= s.From && (o.To == "" || s.To != "" && s.To <= o.To) &&
		o.Recorded <= s.Recorded && (o.Withdrawn == "" || s.Withdrawn != "" && s.Withdrawn <= o.Withdrawn)
}

// InForce reports whether a statement with these bounds (inclusive, empty:
// open) holds on the day.
func InForce(from, to, on string) bool {
	return (from == "" || from <= on) && (to == "" || on <= to)
}

// known reports whether a statement was known at the end of a day, by the days
// on which it was recorded (empty: always) and withdrawn (empty: never). An empty
// day means all knowledge.
func known(recorded, withdrawn, on string) bool {
	if on == "" {
		return withdrawn == ""
	}
	return (recorded == "" || recorded <= on) && (withdrawn == "" || on < withdrawn)
}
