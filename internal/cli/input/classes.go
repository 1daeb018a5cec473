package input

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"hutong/internal/dataspace"
	"hutong/internal/pack"
	"hutong/packs"
)

// CountClasses are the classes that the packs of this program count by calendar
// years.
var CountClasses = sync.OnceValue(func() []dataspace.CountClass {
	list, err := pack.DeclaredCounts(packs.FS)
	if err != nil {
		panic(err) // the packs are part of the program
	}
	return slices.DeleteFunc(list, func(c dataspace.CountClass) bool { return c.Months > 0 || c.Pair || c.Of.Stated })
})

// ClassFlag is the name of the flag of a class.
func ClassFlag(id string) string { return strings.ReplaceAll(id, "_", "-") }

// CountText describes in words the people that a class, or its fact, counts.
func CountText(name string) dataspace.Text {
	for _, c := range CountClasses() {
		if c.ID == name || c.Fact == name {
			return c.Text
		}
	}
	return dataspace.Text{EN: name, ZH: name}
}

// ClassesOf returns the classes of totals: those of the program first, in their
// order, then all others by name.
func ClassesOf(totals map[string]int64) (out []string) {
	for _, c := range CountClasses() {
		out = append(out, c.ID)
	}
	for _, id := range slices.Sorted(maps.Keys(totals)) {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}
