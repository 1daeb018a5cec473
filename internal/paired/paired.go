// Package paired finds out whether the values of two columns stand one to one:
// each value of the one in the rows of one value of the other, and the other way
// round. The numbers that two systems gave to one person stand so; those of two
// people who meet in a row do not.
package paired

import "hutong/internal/chance"

// sampled is how many values of a column are followed. Which ones they are
// depends only on their hashes, and all rows of each are seen.
const sampled = 4096

// Enough is the number of pairs from which columns can stand one to one. If n
// rows had each a value of n by chance, no value would repeat in n!/nⁿ of all
// cases. That is below one in a thousand from nine on.
const Enough = 9

// Pair follows the values of two columns.
type Pair struct{ a, b side }

// side are the values of one column.
type side struct {
	values *chance.Set[*partner]
}

// partner is the value beside another one.
type partner struct {
	hash uint64
	many bool // there are several
}

// New makes a pair without values.
func New() *Pair { return &Pair{newSide(), newSide()} }

func newSide() side { return side{chance.NewSet[*partner](sampled)} }

// Add records a row that has a value in both columns, by their hashes.
func (p *Pair) Add(a, b uint64) {
	p.a.add(a, b)
	p.b.add(b, a)
}

func (s side) add(value, beside uint64) {
	if one, ok := s.values.Get(value); ok {
		one.many = one.many || one.hash != beside
	} else if s.values.Wants(value) {
		s.values.Put(value, &partner{hash: beside})
	}
}

// Single are the shares of the values of either column that stand beside one
// value of the other only. ok is false when there are too few values to tell.
func (p *Pair) Single() (a, b float64, ok bool) {
	a, n := p.a.single()
	b, m := p.b.single()
	return a, b, n >= Enough && m >= Enough
}

func (s side) single() (share float64, values int) {
	all, one := s.values.All(), 0
	for _, p := range all {
		if !p.many {
			one++
		}
	}
	return float64(one) / float64(max(1, len(all))), len(all)
}
