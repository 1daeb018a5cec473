package profile

import (
	"encoding/binary"
	"slices"
)

// outcome is the result for one value, each list ascending: the indices of the
// checks that it passes, and of the provable elements inside it.
type outcome struct {
	passes, holds []int32
}

// outcomes stores each outcome of a column once. Most values of a column have
// the same few outcomes, so each value stores a number instead of a set.
type outcomes struct {
	list  []outcome // from 1 on
	index map[string]uint32
	last  uint32 // the outcome of the previous value
	key   []byte
}

// maxOutcomes bounds the stored outcomes of texts with many different
// combinations.
const maxOutcomes = 4096

// number gives the number of an outcome, 0 when it is not stored. It copies
// what it stores.
func (o *outcomes) number(found *outcome) uint32 {
	if o.last != 0 && o.list[o.last].equal(found) {
		return o.last
	}
	o.key = found.encode(o.key[:0])
	if n, ok := o.index[string(o.key)]; ok {
		o.last = n
		return n
	}
	if len(o.list) == maxOutcomes {
		return 0
	}
	if o.list == nil {
		o.list, o.index = make([]outcome, 1, 8), map[string]uint32{}
	}
	o.last = uint32(len(o.list))
	o.list = append(o.list, outcome{slices.Clone(found.passes), slices.Clone(found.holds)})
	o.index[string(o.key)] = o.last
	return o.last
}

// keep removes all checks that are not live from the stored outcomes.
func (o *outcomes) keep(live []int32) {
	for i := range o.list {
		o.list[i].passes = slices.DeleteFunc(o.list[i].passes, func(check int32) bool { return !slices.Contains(live, check) })
	}
	clear(o.index) // several may be equal now; each value keeps its number
	o.last = 0
}

func (o *outcome) equal(p *outcome) bool {
	return slices.Equal(o.passes, p.passes) && slices.Equal(o.holds, p.holds)
}

func (o *outcome) encode(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(len(o.passes)))
	for _, list := range [2][]int32{o.passes, o.holds} {
		for _, i := range list {
			b = binary.LittleEndian.AppendUint32(b, uint32(i))
		}
	}
	return b
}
