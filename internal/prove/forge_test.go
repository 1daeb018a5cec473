package prove_test

import (
	"crypto/ed25519"
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/note"
	xtlog "golang.org/x/mod/sumdb/tlog"

	"hutong/internal/tlog"
)

// forge is a log in memory, written with other code than the real one, that can
// give false answers.
type forge struct {
	t      testing.TB
	signer *tlog.Signer
	entry  string
	hashes []xtlog.Hash
	size   int64
}

func newForge(t testing.TB, key ed25519.PrivateKey, origin string) *forge {
	t.Helper()
	s, err := tlog.NewSigner(origin, key)
	must(t, err)
	return &forge{t: t, signer: s, entry: "entry"}
}

func (f *forge) reader() xtlog.HashReader {
	return xtlog.HashReaderFunc(func(at []int64) ([]xtlog.Hash, error) {
		out := make([]xtlog.Hash, len(at))
		for i, x := range at {
			out[i] = f.hashes[x]
		}
		return out, nil
	})
}

func (f *forge) add(n int) {
	for range n {
		f.addEntry(fmt.Appendf(nil, "%s %d", f.entry, f.size))
	}
}

func (f *forge) addEntry(entry []byte) {
	f.t.Helper()
	h, err := xtlog.StoredHashes(f.size, entry, f.reader())
	must(f.t, err)
	f.hashes = append(f.hashes, h...)
	f.size++
}

func (f *forge) head(size int64) tlog.Checkpoint {
	f.t.Helper()
	root, err := xtlog.TreeHash(size, f.reader())
	must(f.t, err)
	return tlog.Checkpoint{Origin: f.signer.Name(), Size: uint64(size), Root: tlog.Hash(root)}
}

func (f *forge) signed(size int64) tlog.SignedCheckpoint {
	f.t.Helper()
	h := f.head(size)
	data, err := note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%s\n", h.Origin, h.Size, h.Root)}, f.signer)
	must(f.t, err)
	return value[tlog.SignedCheckpoint](f.t)(tlog.ParseCheckpoint(data))
}

func (f *forge) submission(old, size uint64) []byte {
	f.t.Helper()
	s := tlog.Submission{Old: old, Checkpoint: f.signed(int64(size))}
	if old > 0 && old <= size {
		p, err := xtlog.ProveTree(int64(size), int64(old), f.reader())
		must(f.t, err)
		for _, h := range p {
			s.Proof = append(s.Proof, tlog.Hash(h))
		}
	}
	return s.Bytes()
}

func (f *forge) proof(index, size int64, c tlog.SignedCheckpoint) tlog.Proof {
	f.t.Helper()
	p, err := xtlog.ProveRecord(size, index, f.reader())
	must(f.t, err)
	out := tlog.Proof{Index: uint64(index), Checkpoint: c}
	for _, h := range p {
		out.Hashes = append(out.Hashes, tlog.Hash(h))
	}
	return out
}
