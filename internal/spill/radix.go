package spill

import "sort"

// fewItems is how many items are sorted by comparing them.
const fewItems = 48

// entry is an item with its key beside it, which loops over keys then read
// without a call.
type entry[T any] struct {
	key  uint64
	item T
}

// sortEntries sorts entries by their keys, and those of one key by the items.
// Keys are spread evenly, as hashes are: it puts entries into places by one byte
// of the key after the other, beginning with the byte at shift, and compares only
// a few with each other. A bad spread costs time, and nothing else.
func sortEntries[T any, P Item[T]](list []entry[T], shift uint) {
	switch {
	case shift > 56: // below the last byte it wraps to a large number
		sortTies[T, P](list)
		return
	case len(list) <= fewItems:
		sortFew[T, P](list)
		return
	}
	var from, to [256]int
	for i := range list {
		to[byte(list[i].key>>shift)]++
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
			at := byte(list[i].key >> shift)
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
			sortEntries[T, P](part, shift-8)
		}
	}
}

// sortFew sorts by insertion.
func sortFew[T any, P Item[T]](list []entry[T]) {
	ties := false
	for i := 1; i < len(list); i++ {
		one, at := list[i], i
		for ; at > 0 && list[at-1].key > one.key; at-- {
			list[at] = list[at-1]
		}
		list[at] = one
		ties = ties || at > 0 && list[at-1].key == one.key
	}
	if !ties {
		return
	}
	for from := 0; from < len(list); {
		to := from + 1
		for to < len(list) && list[to].key == list[from].key {
			to++
		}
		sortTies[T, P](list[from:to])
		from = to
	}
}

// sortTies sorts entries of one key. Most are equal.
func sortTies[T any, P Item[T]](list []entry[T]) {
	for i := 1; i < len(list); i++ {
		if P(&list[i-1].item).Compare(&list[i].item) > 0 {
			sort.Sort(ties[T, P](list))
			return
		}
	}
}

// ties serves package sort, which moves no entry to the heap to compare it.
type ties[T any, P Item[T]] []entry[T]

func (t ties[T, P]) Len() int           { return len(t) }
func (t ties[T, P]) Less(i, j int) bool { return P(&t[i].item).Compare(&t[j].item) < 0 }
func (t ties[T, P]) Swap(i, j int)      { t[i], t[j] = t[j], t[i] }
