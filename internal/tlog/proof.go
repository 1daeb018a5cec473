package tlog

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	xtlog "golang.org/x/mod/sumdb/tlog"

	"hutong/internal/dataspace"
)

// maxHashes bounds proof lines: a tree of 2^63 entries needs no more.
const maxHashes = 63

const proofHeader = "c2sp.org/tlog-proof@v1\n"

// Proof is a C2SP tlog-proof: an entry's index, its inclusion proof and the
// signed checkpoint that it leads to.
type Proof struct {
	Index      uint64
	Hashes     []Hash // from the leaf's sibling to the root's child
	Checkpoint SignedCheckpoint
}

// ParseProof reads a tlog-proof without extra data. It is the inverse of
// Bytes and verifies nothing.
func ParseProof(data []byte) (Proof, error) {
	bad := func(why string) (Proof, error) {
		return Proof{}, fmt.Errorf("malformed proof: %s: %w", why, dataspace.ErrInvalid)
	}
	rest, ok := strings.CutPrefix(string(data), proofHeader+"index ")
	if !ok {
		return bad("header")
	}
	line, rest, ok := strings.Cut(rest, "\n")
	index, err := strconv.ParseUint(line, 10, 63)
	if !ok || err != nil {
		return bad("index")
	}
	hashes, rest, err := parseHashes(rest)
	if err != nil {
		return Proof{}, fmt.Errorf("malformed proof: %w", err)
	}
	p := Proof{Index: index, Hashes: hashes}
	if p.Checkpoint, err = ParseCheckpoint([]byte(rest)); err != nil {
		return Proof{}, fmt.Errorf("malformed proof: %w", err)
	}
	if !bytes.Equal(p.Bytes(), data) {
		return bad("not in canonical form")
	}
	return p, nil
}

// parseHashes reads lines of hashes up to an empty line.
func parseHashes(s string) (hashes []Hash, rest string, err error) {
	for {
		line, rest, ok := strings.Cut(s, "\n")
		if !ok {
			return nil, "", fmt.Errorf("unexpected end of hashes: %w", dataspace.ErrInvalid)
		}
		if line == "" {
			return hashes, rest, nil
		}
		if len(hashes) == maxHashes {
			return nil, "", fmt.Errorf("more than %d hashes: %w", maxHashes, dataspace.ErrInvalid)
		}
		h, err := parseHash(line)
		if err != nil {
			return nil, "", err
		}
		hashes = append(hashes, h)
		s = rest
	}
}

func appendHashes(b []byte, hashes []Hash) []byte {
	for _, h := range hashes {
		b = append(append(b, h.String()...), '\n')
	}
	return append(b, '\n')
}

// Bytes is the text of the proof.
func (p Proof) Bytes() []byte {
	b := fmt.Appendf(nil, "%sindex %d\n", proofHeader, p.Index)
	b = appendHashes(b, p.Hashes)
	return append(b, p.Checkpoint.Bytes()...)
}

// Verify reports whether the checkpoint's tree has entry at the index. The
// caller must verify the checkpoint's signatures.
func (p Proof) Verify(entry []byte) error {
	if p.Index >= p.Checkpoint.Size {
		return fmt.Errorf("entry %d is beyond a tree of %d: %w", p.Index, p.Checkpoint.Size, dataspace.ErrEvidence)
	}
	err := xtlog.CheckRecord(convert[xtlog.RecordProof](p.Hashes), int64(p.Checkpoint.Size), xtlog.Hash(p.Checkpoint.Root), int64(p.Index), xtlog.RecordHash(entry))
	if err != nil {
		return fmt.Errorf("entry %d is not in the tree of %d: %w", p.Index, p.Checkpoint.Size, dataspace.ErrEvidence)
	}
	return nil
}

// CheckConsistency reports whether the tree to begins with the tree from, by
// the proof of RFC 6962 section 2.1.2. The proof is empty where from is empty
// or the sizes are equal; equal sizes require equal roots.
func CheckConsistency(from, to Checkpoint, proof []Hash) error {
	switch {
	case from.Size > to.Size:
		return fmt.Errorf("tree of %d is smaller than %d: %w", to.Size, from.Size, dataspace.ErrEvidence)
	case from.Size == 0 && len(proof) == 0:
		return nil
	case from.Size == 0:
		return fmt.Errorf("proof from an empty tree is not empty: %w", dataspace.ErrEvidence)
	}
	err := xtlog.CheckTree(convert[xtlog.TreeProof](proof), int64(to.Size), xtlog.Hash(to.Root), int64(from.Size), xtlog.Hash(from.Root))
	if err != nil {
		return fmt.Errorf("tree of %d does not continue the tree of %d: %w", to.Size, from.Size, dataspace.ErrEvidence)
	}
	return nil
}

func convert[P ~[]xtlog.Hash](hashes []Hash) P {
	out := make(P, len(hashes))
	for i, h := range hashes {
		out[i] = xtlog.Hash(h)
	}
	return out
}

// Submission is the body of a witness's add-checkpoint request.
type Submission struct {
	Old        uint64 // size that the proof starts from
	Proof      []Hash
	Checkpoint SignedCheckpoint
}

// ParseSubmission reads a request body. It is the inverse of Bytes.
func ParseSubmission(data []byte) (Submission, error) {
	rest, ok := strings.CutPrefix(string(data), "old ")
	line, rest, ok2 := strings.Cut(rest, "\n")
	old, err := strconv.ParseUint(line, 10, 63)
	if !ok || !ok2 || err != nil {
		return Submission{}, fmt.Errorf("malformed submission: old size: %w", dataspace.ErrInvalid)
	}
	s := Submission{Old: old}
	if s.Proof, rest, err = parseHashes(rest); err != nil {
		return Submission{}, fmt.Errorf("malformed submission: %w", err)
	}
	if s.Checkpoint, err = ParseCheckpoint([]byte(rest)); err != nil {
		return Submission{}, fmt.Errorf("malformed submission: %w", err)
	}
	if !bytes.Equal(s.Bytes(), data) {
		return Submission{}, fmt.Errorf("malformed submission: not in canonical form: %w", dataspace.ErrInvalid)
	}
	return s, nil
}

// Bytes is the request body.
func (s Submission) Bytes() []byte {
	b := fmt.Appendf(nil, "old %d\n", s.Old)
	b = appendHashes(b, s.Proof)
	return append(b, s.Checkpoint.Bytes()...)
}
