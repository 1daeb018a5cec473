// Package domain says which answers a law can tell apart: it lists values of a
// fact such that, by the conditions of some packs, every other value is as good
// as one of them.
package domain

import (
	"maps"
	"slices"

	"hutong/internal/compared"
	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/item"
	"hutong/internal/pack"
)

// maxValues is the largest number of values of a fact. A fact with more has no
// domain.
const maxValues = 48

// Law is what some packs compare facts with. It is immutable and safe for
// concurrent use.
type Law struct {
	bounds map[string][]int64
	free   map[string]bool
}

// Of collects the bounds of packs, whose lists are given by list.
func Of(packs []*pack.Pack, list func(*pack.Pack) *pack.ItemList) *Law {
	l := &Law{bounds: map[string][]int64{}, free: map[string]bool{}}
	for _, p := range packs {
		numbers := map[string]*int64{}
		for i := range p.NumberList() {
			n := &p.NumberList()[i]
			numbers[n.Name] = n.Doc.Value
		}
		p.EachBound(func(bounds []compared.Bound, free []string) {
			for _, b := range bounds {
				if b.Number == "" {
					l.bound(b.Name, b.Value)
				} else if v := numbers[b.Number]; v != nil { // no answer helps where the number is not known
					l.bound(b.Name, *v)
				}
			}
			for _, name := range free {
				l.free[name] = true
			}
		})
		if items := list(p); items != nil {
			l.items(p, items)
		}
	}
	return l
}

// items takes the thresholds of a negative list.
func (l *Law) items(p *pack.Pack, list *pack.ItemList) {
	for i := range list.Items {
		it := &list.Items[i]
		for _, name := range p.People().Facts() {
			for _, step := range it.Steps() {
				for _, t := range []item.Threshold{step.People, step.Sensitive} {
					if t != 0 {
						l.bound(name, int64(t))
					}
				}
				if step.All != 0 {
					l.free[name] = true // it depends on the sum
				}
			}
		}
	}
}

func (l *Law) bound(name string, n int64) {
	if !slices.Contains(l.bounds[name], n) {
		l.bounds[name] = append(l.bounds[name], n)
	}
}

// Values are values of a fact that stand for all that it can have; nil if they
// cannot be listed. The further bounds are of the papers of a flow.
func (l *Law) Values(d *fact.Definition, further ...int64) []dataspace.Value {
	switch {
	case d.Member || d.Any != "":
		return nil
	case d.Type == fact.Bool:
		return []dataspace.Value{dataspace.BoolOf(false), dataspace.BoolOf(true)}
	case d.Type == fact.Int:
		return l.numbers(d.Name, further)
	case d.Type == fact.Text && len(d.Values) > 0 && len(d.Values) <= maxValues:
		out := make([]dataspace.Value, 0, len(d.Values))
		for _, v := range d.Values {
			out = append(out, dataspace.TextOf(v))
		}
		return out
	}
	return nil
}

// numbers are zero, each bound, and its neighbours: between them no condition
// changes.
func (l *Law) numbers(name string, further []int64) []dataspace.Value {
	if l.free[name] {
		return nil
	}
	set := map[int64]bool{0: true, 1: true}
	for _, b := range slices.Concat(l.bounds[name], further) {
		for n := b - 1; n <= b+1; n++ {
			if n >= 0 {
				set[n] = true
			}
		}
	}
	if len(set) > maxValues {
		return nil
	}
	var out []dataspace.Value
	for _, n := range slices.Sorted(maps.Keys(set)) {
		out = append(out, dataspace.IntOf(n))
	}
	return out
}
