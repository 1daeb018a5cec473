package main

import (
	"hutong/internal/people"
	"hutong/internal/runset"
)

// year are the classes that are counted, and their marks.
var year = people.Part{Name: people.YearPart, Classes: []string{"other", "sensitive", "child"}}

const (
	other runset.Mask = 1 << iota
	sensitive
	child
)

// totals names the numbers of a tally.
func totals(t runset.Tally) people.Totals {
	return people.Totals{"other": t[0], "sensitive": t[1], "child": t[2]}
}

// plus is both tallies together.
func plus(t, u runset.Tally) runset.Tally {
	for i := range u {
		t[i] += u[i]
	}
	return t
}

// crowd is distinct people, in lists of which a tenth came before.
type crowd struct {
	people, list int64
}

// fresh is how many of a full list are new.
func (c crowd) fresh() int64 { return c.list - c.list/10 }

// lists is how many lists there are.
func (c crowd) lists() int64 { return (c.people + c.fresh() - 1) / c.fresh() }

// of is a list in order, and what it adds to the totals. The people who came
// before are some of list n/2, a different part for each of two lists, so that
// everybody comes twice at most and the totals are known.
func (c crowd) of(n int64) (list []runset.Person, adds runset.Tally) {
	for i := n * c.fresh(); i < min((n+1)*c.fresh(), c.people); i++ {
		p := person(i)
		adds.Add(p.Mask)
		list = append(list, p)
	}
	if again := c.list / 10; n > 0 {
		from := n/2*c.fresh() + n%2*again
		for i := from; i < from+again; i++ {
			p := person(i)
			if i%3 == 0 {
				if p.Mask&sensitive == 0 {
					adds.Add(sensitive)
				}
				p.Mask = sensitive
			}
			list = append(list, p)
		}
	}
	return runset.Sort(list), adds
}

// person is somebody, as first exported: one in twenty with sensitive data, of
// whom every fifth is a child.
func person(i int64) runset.Person {
	mask := other
	switch {
	case i%100 == 0:
		mask = sensitive | child
	case i%20 == 0:
		mask = sensitive
	}
	// mix is one to one: nobody has another's hash.
	return runset.Person{Hi: mix(uint64(i)), Lo: mix(^uint64(i)), Kept: runset.Kept{Mask: mask}}
}

// mix is the finalizer of SplitMix64, uniform as keyed hashes are.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// yield gives a list as a census gives it.
func yield(list []runset.Person) people.People {
	return func(_ string, yield func([16]byte, people.Classes) error) error {
		for i := range list {
			p := &list[i]
			if err := yield(p.Hash(), people.Classes(p.Mask)); err != nil {
				return err
			}
		}
		return nil
	}
}
