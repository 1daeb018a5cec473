package dataspace

import "strings"

// countsPrefix begins the names of the facts that count people: distinct people
// since 1 January of the year of the decision or over the window of their class,
// this flow included, flows outside the count left out.
const countsPrefix = "counts."

// FactCountsStandard is the classification by which sensitive people were counted,
// an id of the taxonomy, or "strictest" for any of them.
const FactCountsStandard = countsPrefix + "standard"

// IsCount reports whether a name is that of a fact that counts people: under
// counts, or under counts within the facts of a pack.
func IsCount(name string) bool { return ofCounts(name) && name != FactCountsStandard }

// ofCounts reports whether a name belongs to what is known of counted people.
func ofCounts(name string) bool {
	if strings.HasPrefix(name, countsPrefix) {
		return true
	}
	pack, rest, _ := strings.Cut(name, ".")
	return strings.HasPrefix(rest, countsPrefix) && strings.Contains(pack, "_")
}

// Counts are the numbers of people, by the names of facts.
func (f *Facts) Counts() Values { return f.Known.Only(ofCounts) }

// SetCounts replaces the counts of people in the facts.
func (f *Facts) SetCounts(counts Values) {
	f.Known = f.Known.Only(func(name string) bool { return !ofCounts(name) })
	f.Known.Over(counts)
}
