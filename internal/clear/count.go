package clear

import (
	"hutong/internal/dataspace"
	"hutong/internal/people"
)

// Yearly is the classes that are counted by calendar years.
var Yearly = people.Part{Name: people.YearPart, Classes: []string{"non_sensitive", "sensitive", "under_14"}}

// InClasses are the classes of Yearly that a person is in.
func InClasses(sensitive, under14 bool) people.Classes {
	in := people.Classes(1)
	if sensitive {
		in = 2
	}
	if under14 {
		in |= 4
	}
	return in
}

// CountFacts are totals as a decision takes them.
func CountFacts(t people.Totals) dataspace.CountFacts {
	of := func(class string) *int64 { n := t[class]; return &n }
	return dataspace.CountFacts{NonSensitive: of("non_sensitive"), Sensitive: of("sensitive"), Under14: of("under_14")}
}
