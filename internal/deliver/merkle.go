package deliver

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"math/bits"

	"hutong/internal/dataspace"
)

// LeafSize is the number of bytes of a leaf; only the last may have fewer.
const LeafSize = 1 << 20

// leafHash is the RFC 6962 hash of one leaf.
type leafHash [sha256.Size]byte

// tree computes an RFC 6962 root leaf by leaf. It keeps only the roots of the
// complete subtrees to the left: 32 bytes for each bit of the leaf count.
type tree struct {
	hash   hash.Hash
	leaves int64
	size   int64
	stack  []leafHash
}

func newTree() *tree { return &tree{hash: sha256.New()} }

// addLeaf hashes a leaf into the tree and returns its hash.
func (t *tree) addLeaf(data []byte) leafHash {
	t.hash.Reset()
	t.hash.Write([]byte{0})
	t.hash.Write(data)
	var h leafHash
	t.hash.Sum(h[:0])
	t.add(h, len(data))
	return h
}

// add appends a leaf whose hash is known.
func (t *tree) add(h leafHash, size int) {
	for n := bits.TrailingZeros64(^uint64(t.leaves)); n > 0; n-- {
		top := len(t.stack) - 1
		h = t.node(t.stack[top], h)
		t.stack = t.stack[:top]
	}
	t.stack = append(t.stack, h)
	t.leaves++
	t.size += int64(size)
}

func (t *tree) node(left, right leafHash) (h leafHash) {
	t.hash.Reset()
	t.hash.Write([]byte{1})
	t.hash.Write(left[:])
	t.hash.Write(right[:])
	t.hash.Sum(h[:0])
	return h
}

// root is the root over all leaves so far. For no leaves it is the hash of the
// empty string.
func (t *tree) root() dataspace.Digest {
	if len(t.stack) == 0 {
		return dataspace.DigestOf(nil)
	}
	h := t.stack[len(t.stack)-1]
	for i := len(t.stack) - 2; i >= 0; i-- {
		h = t.node(t.stack[i], h)
	}
	return dataspace.Digest(hex.EncodeToString(h[:]))
}

func (t *tree) result(rows int64) Result {
	return Result{Root: t.root(), Size: t.size, Rows: rows, Leaves: t.leaves}
}
