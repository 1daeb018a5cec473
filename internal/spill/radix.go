package spill

import "slices"

// fewItems is how many items are sorted by comparing them.
const fewItems = 48

// radixSort sorts items whose keys are spread evenly, as hashes are: it puts them
// into places by one byte of the key after the other, beginning with the byte at
// shift, and compares only a few with each other. A bad spread costs time, and
// nothing else.
func radixSort[T any, P Item[T]](list []T, order func(a, b T) int, shift uint) {
	if len(list) <= fewItems || shift > 56 {
		slices.SortFunc(list, order)
		return
	}
	var from, to [256]int
	for i := range list {
		to[byte(P(&list[i]).Key()>>shift)]++
	}
	sum := 0
	for b, n := range to {
		from[b] = sum
		sum += n
		to[b] = sum
	}
	start := from
	for b := range from {
		for i := from[b]; i < to[b]; i = from[b] {
			at := byte(P(&list[i]).Key() >> shift)
			if int(at) == b {
				from[b]++
				continue
			}
			list[i], list[from[at]] = list[from[at]], list[i]
			from[at]++
		}
	}
	for b := range start {
		if part := list[start[b]:to[b]]; len(part) > 1 {
			radixSort[T, P](part, order, shift-8) // below the last byte it wraps to a large number
		}
	}
}
