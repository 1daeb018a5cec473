package tlog

import (
	xtlog "golang.org/x/mod/sumdb/tlog"
)

// RootBuilder computes the RFC 6962 Merkle root of leaves one by one, with
// memory for one hash per level. The zero value is an empty tree.
type RootBuilder struct {
	size  uint64
	stack []xtlog.Hash // roots of the perfect subtrees, widest first
}

// Add appends a leaf.
func (b *RootBuilder) Add(leaf []byte) {
	h := xtlog.RecordHash(leaf)
	for n := b.size; n&1 == 1; n >>= 1 {
		h = xtlog.NodeHash(b.stack[len(b.stack)-1], h)
		b.stack = b.stack[:len(b.stack)-1]
	}
	b.stack = append(b.stack, h)
	b.size++
}

// Size is the number of leaves.
func (b *RootBuilder) Size() uint64 { return b.size }

// Root is the root over the leaves added so far.
func (b *RootBuilder) Root() Hash {
	if b.size == 0 {
		return EmptyRoot()
	}
	h := b.stack[len(b.stack)-1]
	for i := len(b.stack) - 2; i >= 0; i-- {
		h = xtlog.NodeHash(b.stack[i], h)
	}
	return Hash(h)
}
